"""What is suggested follows what the labels are now: mended outlines, and nothing where nothing is left."""

import numpy as np
import pytest

from builders.datasets import annotation, grid, issue_of, make_project
from builders.mask_labels import drawn, rle_of
from labelmend.errors import Refused
from labelmend.find.run import run_find
from labelmend.geometry.polygons import is_simple
from labelmend.project import editing, verbs
from labelmend.project.finding import add_detections, find_inputs, store_found
from labelmend.project.in_words import since_in_words
from labelmend.project.queues import waiting, waits
from labelmend.project.suggesting import suggestion

BOW = [20, 20, 80, 60, 80, 20, 20, 60]


@pytest.fixture
def bow(tmp_path):
    """A project with an outline that crosses itself, and the row of that issue."""
    annotations, detections = grid()
    annotations[0] |= {"bbox": [20, 20, 60, 40], "segmentation": [BOW]}
    project = make_project(tmp_path, annotations=annotations, detections=detections)
    yield project, project.issues.row_of(issue_of(project, "structure", annotation=0))
    project.close()


def test_the_mended_outline_is_suggested_and_accepted_in_one_step(bow):
    project, row = bow
    found = suggestion(project, row)
    assert found is not None
    assert found.fix == "outline"
    assert sorted(map(len, found.polygons)) == [3, 3]
    before = project.record(0)
    project.apply(verbs.accept(project, int(project.issues.id[row])))
    assert all(map(is_simple, project.annotation(0).polygons))
    assert project.annotation(0).area == pytest.approx(1200)
    project.undo()
    assert project.record(0) == before


def test_an_issue_found_before_there_was_such_a_fix_has_it_too(bow):
    project, row = bow
    project.issues.columns.fix[row] = 0
    assert suggestion(project, row).fix == "outline"


def test_of_two_labels_on_one_thing_only_one_can_go(tmp_path):
    project = make_project(tmp_path)
    row = project.issues.row_of(issue_of(project, "duplicate"))
    first, other = int(project.issues.annotation[row]), int(project.issues.other[row])
    assert suggestion(project, row).fix == "delete"
    assert since_in_words(project, row) == ""
    project.apply(editing.delete(project, other))
    assert suggestion(project, row) is None
    assert since_in_words(project, row) == "The other label was deleted since this was found."
    with pytest.raises(Refused, match="no suggestion"):
        verbs.accept(project, int(project.issues.id[row]))
    project.undo()
    assert suggestion(project, row).fix == "delete"
    assert project.record(first) is not None
    project.close()


def test_a_reason_that_tells_of_an_earlier_label_says_so(tmp_path):
    annotations, detections = grid()
    annotations[0] |= {"bbox": [8, 12, 76, 66], "category_id": 2}  # loose, and of another class
    project = make_project(tmp_path, annotations=annotations, detections=detections)
    loose = project.issues.row_of(issue_of(project, "location", annotation=0))
    wrong = project.issues.row_of(issue_of(project, "class", annotation=0))
    assert since_in_words(project, loose) == since_in_words(project, wrong) == ""
    project.apply(verbs.accept(project, int(project.issues.id[wrong])))
    assert "changed since this was found" in since_in_words(project, loose)
    assert since_in_words(project, wrong) == ""  # what was done under it is told beside it
    project.undo()
    assert since_in_words(project, loose) == ""
    project.apply(editing.set_category(project, 0, 0))
    assert suggestion(project, wrong) is None
    project.apply(editing.delete(project, 0, issue=int(project.issues.id[wrong])))
    assert since_in_words(project, loose) == "This label was deleted since this was found."
    assert suggestion(project, loose) is None
    project.close()


@pytest.mark.parametrize(("bbox", "seen"), [([200, 100, 0, 20], "no area"), ([900, 100, 20, 20], "outside")])
def test_a_label_that_holds_nothing_has_one_card(tmp_path, bbox, seen):
    annotations, detections = grid()
    annotations += [annotation(900 + k, 1, bbox) for k in range(2)]
    project = make_project(tmp_path, annotations=annotations, detections=detections)
    for key in (len(annotations) - 2, len(annotations) - 1):
        (row,) = (one for one in project.issues.rows_on(key).tolist() if waits(project, one, "fix"))
        assert np.isin(project.issues.rows_on(key), waiting(project, "fix")).sum() == 1
        assert project.issues.kind_of(row) == "structure"
        assert seen in project.issues.sentence(row)
        assert suggestion(project, row).fix == "delete"
    project.close()


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize("bbox", [[20, 20, 0, 40], [900, 20, 60, 40], [20, 20, 90, 40]])
def test_a_faulty_box_becomes_the_bounds_of_its_mask_which_stays_as_it_is(tmp_path, bbox, listed):
    annotations, detections = grid()
    rle = rle_of(drawn((20, 20, 60, 40)), listed=listed)
    annotations[0] |= {"bbox": bbox, "segmentation": rle}
    project = make_project(tmp_path, annotations=annotations, detections=detections)
    (row,) = (r for r in project.issues.rows_on(0).tolist() if project.issues.kind_of(r) == "structure")
    project.apply(verbs.accept(project, int(project.issues.id[row])))
    assert project.annotation(0).bbox.tolist() == [20, 20, 60, 40]
    assert project.annotation(0).rle == rle
    project.close()


def test_finding_again_leaves_a_judged_issue_the_mask_that_is_suggested(tmp_path):
    annotations, detections = grid()
    for one in detections:
        one["segmentation"] = rle_of(drawn(np.rint(one["bbox"]).astype(int).tolist()))
    project = make_project(tmp_path, annotations=annotations[1:], detections=detections)
    issue = issue_of(project, "missing")

    mask = detections[0]["segmentation"]

    def suggested():
        return suggestion(project, project.issues.row_of(issue)).rle

    assert suggested() == mask
    project.apply(verbs.ambiguous(project, issue))
    store_found(project, run_find(find_inputs(project)))
    assert suggested() == mask  # the expert may still use it
    add_detections(project, [tmp_path / "detections.json"])
    assert suggested() is None  # a row of a file says nothing of another
    project.close()
