"""The fixes that a report shows: which, in what order, and what is drawn on their pictures."""

import cv2
import numpy as np
import pytest

from builders.datasets import annotation, detection, faulty, issue_of, make_project
from labelmend.errors import LabelmendError
from labelmend.geometry import masks
from labelmend.project import editing, verbs
from labelmend.report import crops
from labelmend.report.fixes import choose, fix_numbers, fixes, typical, worst
from labelmend.report.numbers import numbers
from labelmend.report.page import page
from labelmend.report.writing import pictures


@pytest.fixture
def mended(tmp_path):
    """One fix of each kind, and three boxes changed by hand, each more than the one before."""
    project = make_project(tmp_path, **faulty())
    for kind in ("location", "class", "missing"):
        project.apply(verbs.accept(project, issue_of(project, kind)))
    project.apply(verbs.accept(project, issue_of(project, "spurious", annotation=71)))
    for key, by in ((30, 2), (31, 9), (32, 25)):
        x, y, w, h = project.annotation(key).bbox.tolist()
        project.apply(editing.set_box(project, key, [x, y, w + by, h]))
    yield project
    project.close()


def test_every_fix_is_counted_by_what_was_done(mended):
    assert choose(mended).number == {"added": 1, "deleted": 1, "class": 1, "shape": 4}
    assert [one.kind for one in fixes(mended)].count("location") == 4
    mended.undo()
    assert choose(mended).number["shape"] == 3


def test_the_worst_are_those_that_changed_most(mended):
    shapes = [one for one in worst(fixes(mended), each=9) if one.change == "shape"]
    assert [one.by for one in shapes] == sorted((one.by for one in shapes), reverse=True)
    assert [one.keys for one in shapes if one.keys[0] >= 30] == [(32,), (31,), (30,)]
    assert [one.change for one in worst(fixes(mended), each=1)] == ["added", "deleted", "class", "shape"]


def test_what_a_person_noted_ranks_behind_what_the_finder_was_sure_of(mended):
    mended.apply(editing.create(mended, 0, 0, bbox=[285, 205, 30, 30]))
    added = [one for one in worst(fixes(mended), each=9) if one.change == "added"]
    assert [one.issue in mended.state.notes for one in added] == [False, True]
    assert added[0].score > 0.5
    assert added[1].score == 0
    told = [one for one in fix_numbers(mended, choose(mended))["worst"] if one["change"] == "added"]
    assert [one["score"] is None for one in told] == [False, True]


def test_typical_ones_are_drawn_by_the_seed(mended):
    found = fixes(mended)
    drawn = [[one.issue for one in typical(found, each=2, seed=seed)] for seed in (1, 1, 2, 3, 4)]
    assert drawn[0] == drawn[1]
    assert len({tuple(one) for one in drawn}) > 1
    kinds = [one.kind for one in typical(found)]
    assert sorted(kinds) == ["class", "location", "location", "missing", "spurious"]


def test_the_words_say_what_who_and_how_it_stands(mended):
    told = fix_numbers(mended, choose(mended))
    (one,) = [one for one in told["worst"] if one["change"] == "class"]
    assert one["what"] == "cat made dog"
    assert one["who"] == "Accepted by Ann"
    assert one["state"] == "fixed"
    assert one["file"] == "002.png"
    assert one["iou"] is None
    by_hand = [one for one in told["worst"] if one["what"].startswith("moved right side")]
    assert [round(one["iou"], 2) for one in by_hand] == [round(60 / (60 + by), 2) for by in (25, 9, 2)]


def red(jpeg):
    """How many pixels of the picture are red, and how many blue, as the outlines are."""
    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).astype(int)
    near = [np.abs(pixels - colour).max(axis=2) < 45 for colour in (crops.BEFORE, crops.AFTER)]
    return [int(one.sum()) for one in near]


def test_the_pictures_show_the_label_before_and_after(mended):
    for one in choose(mended).worst:
        taken = crops.pair(mended, one)
        assert max(taken.width, taken.height) == crops.SIDE
        (before_red, before_blue), (after_red, after_blue) = red(taken.before), red(taken.after)
        assert before_blue < 30
        assert after_red < 30
        assert (before_red > 200) == (one.fix.change != "added")
        assert (after_blue > 200) == (one.fix.change != "deleted")


def test_a_picture_that_is_missing_is_told(mended):
    mended.image_path(1).unlink()
    mended.image_path(0).write_bytes(b"no picture")
    chosen = choose(mended)
    taken = pictures(mended, chosen)
    told = [one for one in taken.fixes.values() if isinstance(one, str)]
    assert any("The picture 002.png is missing" in one for one in told)
    assert any("001.png is broken or of an unknown format" in one for one in told)
    text = page(numbers(mended, chosen=chosen), pictures=taken)
    assert "The picture 002.png is missing" in text
    assert text.count("<img") == 2 * sum(
        not isinstance(taken.fixes[one.fix.issue], str) for one in chosen.worst + chosen.typical
    )


def test_outlines_of_masks_polygons_and_of_nothing(tmp_path):
    runs = masks.counts([[40, 50, 100, 50, 100, 90, 40, 90]], height=240, width=320)
    labels = [
        annotation(
            1, 1, [40, 50, 60, 40], iscrowd=1, segmentation=masks.written(runs, height=240, width=320)
        ),
        annotation(2, 1, [10, 10, 20, 20], segmentation=[[10, 10, 30, 10, 30, 30]]),
        annotation(3, 1, [200, 100, 30, 20]),
        annotation(4, 1, [200, 100, 30, 20], segmentation={"size": [9, 9], "counts": [81]}),
    ]
    project = make_project(tmp_path, annotations=labels, detections=[detection(1, [1, 1, 9, 9])], images=1)
    shapes = [crops.outlines(project.annotation(key), (320, 240)) for key in range(4)]
    ends = np.array([[part.min(axis=0), part.max(axis=0)] for (part,) in shapes])
    assert ends[0] == pytest.approx(np.array([[40, 50], [100, 90]]), abs=0.5)
    assert ends[1:].tolist() == [[[10, 10], [30, 30]], *[[[200, 100], [230, 120]]] * 2]
    project.close()


def test_a_label_of_no_image_has_no_picture(mended):
    one = choose(mended).worst[0]
    with pytest.raises(LabelmendError, match="not in the file"):
        crops.pair(
            mended,
            type(one)(one.fix, -1, *[getattr(one, n) for n in ("what", "why", "who", "state", "labels")]),
        )
