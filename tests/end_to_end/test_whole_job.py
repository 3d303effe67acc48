"""The main job through the window, on the sample: find, fix, review, expert, export; with real events."""

import json

import numpy as np
import pytest
from PySide6.QtCore import Qt

from builders.checks import check_loads
from builders.datasets import ANN, EXP, LEA, REV
from builders.watchdog import watched
from labelmend.coco.source import read_source
from labelmend.review.sampling import Rates
from labelmend_desktop.dialogs import ExportChoice
from labelmend_desktop.sample_dialog import SampleChoice

SHIFT = Qt.KeyboardModifier.ShiftModifier


def is_box(suspect):
    """A box with room beside it: a corner that is dragged out of the picture stops at its edge."""
    if suspect is None or suspect.polygons or suspect.rle is not None:
        return False
    return bool((suspect.bbox[:2] + suspect.bbox[2:] < [600, 440]).all())


def is_polygon(suspect):
    return suspect is not None and len(suspect.polygons) == 1 and len(suspect.polygons[0]) >= 4


@pytest.fixture
def work(user, home):
    """The sample, opened from the menu, with its issues found."""
    user.choose("open_sample")
    user.wait(lambda: len(user.project.issues) > 0 and not user.window.tasks.busy)
    user.source = (user.project.path.parent / "annotations.json").read_bytes()
    user.look()
    return user


def fix_ten(user):
    """The annotator's work: one of each kind of fix. What was done, by name: (issue, annotation key)."""
    done = {}

    def take(name, kind, fits=lambda _suspect: True):
        user.go_to(kind, fits)
        done[name] = (user.issue, None if user.suspect() is None else user.suspect().key)
        return user.suspect()

    take("accepted duplicate", "duplicate")
    user.press(Qt.Key.Key_Return)
    mend_by_mouse(user, take)
    suspect = take("changed class", "class")
    user.choose_class("coin" if user.project.categories.name[suspect.category] != "coin" else "nut")
    user.press(Qt.Key.Key_Return)
    take("deleted", "spurious")
    user.press(Qt.Key.Key_Delete)
    assert user.project.annotation(done["deleted"][1]) is None
    user.press(Qt.Key.Key_N)
    take("dismissed", "spurious")
    user.press(Qt.Key.Key_X)
    take("ambiguous", "class")
    user.press(Qt.Key.Key_U)
    take("undone", "missing")
    user.press(Qt.Key.Key_A)
    assert user.state(done["undone"][0]) == "fixed"
    user.press(Qt.Key.Key_Z)
    assert user.state(done["undone"][0]) == "flagged"
    take("redone", "location", is_box)
    user.press(Qt.Key.Key_Return)
    user.press(Qt.Key.Key_Z)
    assert user.state(done["redone"][0]) == "flagged"
    user.press(Qt.Key.Key_Z, modifier=SHIFT)
    return done


def mend_by_mouse(user, take):
    """A corner dragged, a vertex moved, a missing box drawn."""
    before = take("dragged corner", "location", is_box).bbox
    user.drag_corner("se", 12, 9)
    assert np.allclose(user.suspect().bbox[2:] - before[2:], [12, 9], atol=1.0)
    user.press(Qt.Key.Key_Return)
    start = take("moved vertex", "location", is_polygon).polygons[0][1]
    user.move_vertex(1, -6, 5)
    assert not np.allclose(user.suspect().polygons[0][1], start)
    user.press(Qt.Key.Key_Return)
    take("drawn box", "missing")
    issue = user.issue
    user.draw_box(user.project.issues.bbox[user.project.issues.row_of(issue)])
    assert user.state(issue) == "fixed"
    user.press(Qt.Key.Key_Return)


def test_the_whole_job(work, tmp_path):
    """Nothing of it takes the UI thread over 50 ms."""
    with watched():
        the_whole_job(work, tmp_path)


def the_whole_job(work, tmp_path):
    user = work
    done = fix_ten(user)
    fixed = [name for name in done if name not in ("dismissed", "ambiguous", "undone")]
    assert {name: user.state(done[name][0]) for name in done} == {
        **dict.fromkeys(fixed, "fixed"),
        "dismissed": "dismissed",
        "ambiguous": "ambiguous",
        "undone": "flagged",
    }

    user.work_as(LEA)
    user.answers.given["sample"] = SampleChoice(Rates(1.0), 7)
    user.choose("draw_sample")
    user.work_as(REV)
    rejected = {done["changed class"][0], done["dragged corner"][0]}
    assert len(user.window.session.waiting_rows()) == len(fixed) + 1
    for _ in range(len(fixed) + 1):
        if user.window.session.issue is None or user.state(user.issue) != "in_review":
            user.window.issues.view.setFocus()
            user.press(Qt.Key.Key_Home, Qt.Key.Key_N)
        if user.issue in rejected:
            user.press(Qt.Key.Key_X, Qt.Key.Key_Return)
            user.type("not what the picture shows")
            user.press(Qt.Key.Key_Return)
        else:
            user.press(Qt.Key.Key_Return)
    assert {user.state(issue) for issue in rejected} == {"rejected"}
    assert user.state(done["moved vertex"][0]) == "approved"

    user.work_as(EXP)
    decide(user, {done["dragged corner"][0]: Qt.Key.Key_Return, done["changed class"][0]: Qt.Key.Key_X})
    assert user.state(done["dragged corner"][0]) == "decided"
    assert user.project.annotation(done["changed class"][1]).changed is False

    check_export(user, done, tmp_path)


def decide(user, keys):
    """The expert's decisions, by issue: Enter lets the fix stand, X puts the original back."""
    for _ in range(len(user.window.session.order)):
        if user.issue in keys and user.state(user.issue) == "rejected":
            user.press(keys[user.issue])
        else:
            user.press(Qt.Key.Key_N)


def check_export(user, done, tmp_path):
    """The file holds exactly what was done; every other record has its bytes; the certificate says so."""
    out = tmp_path / "corrected.json"
    shown = user.export(out, ExportChoice(out, every_fix=False))
    source, written = read_source(user.project.path.parent / "annotations.json"), read_source(out)
    before = [source.data[a:b] for a, b in zip(*ends(source), strict=True)]
    after = {json.loads(r)["id"]: r for r in (written.data[a:b] for a, b in zip(*ends(written), strict=True))}
    deleted = {done["accepted duplicate"][1], done["deleted"][1]}
    changed = {done["dragged corner"][1], done["moved vertex"][1], done["redone"][1]}
    for key, record in enumerate(before):
        number = json.loads(record)["id"]
        if key in deleted:
            assert number not in after
        elif key in changed:
            assert after[number] != record
            check_fields(json.loads(record), json.loads(after[number]))
        else:
            assert after[number] == record
    new = sorted(set(after) - {json.loads(record)["id"] for record in before})
    assert len(new) == 1
    certificate = json.loads((tmp_path / "corrected.json.certificate.json").read_text())
    numbers = {name: certificate[name] for name in ("changed", "added", "deleted", "identical")}
    assert numbers == {"changed": 3, "added": 1, "deleted": 2, "identical": len(before) - 5}
    assert any("3 changed, 1 added, 2 deleted" in sentence for sentence in shown["sentences"])
    check_loads(out)
    assert (user.project.path.parent / "annotations.json").read_bytes() == user.source
    titles = [row.title for row in user.project.store.history()]
    for title in (
        "accept the suggestion",
        "resize the box",
        "move a vertex",
        "delete the label",
        "not an error",
    ):
        assert title in titles
    assert {row.op for row in user.project.store.history()} >= {
        "import",
        "find",
        "do",
        "undo",
        "redo",
        "draw",
        "export",
    }


def ends(source):
    span = source.spans["annotations"]
    return span.start.tolist(), span.end.tolist()


def check_fields(before, after):
    """Only geometry changed, and box, area and polygon agree."""
    assert {k: v for k, v in before.items() if k not in ("bbox", "area", "segmentation")} == {
        k: v for k, v in after.items() if k not in ("bbox", "area", "segmentation")
    }
    x, y, w, h = after["bbox"]
    if after.get("segmentation"):
        points = np.concatenate([np.array(part).reshape(-1, 2) for part in after["segmentation"]])
        low, high = points.min(0), points.max(0)
        assert np.allclose([x, y, x + w, y + h], [*low, *high], atol=0.02)
    else:
        assert after["area"] == pytest.approx(w * h, rel=1e-3)


def test_a_restart_goes_on_where_it_was(work, open_user):
    user = work
    user.go_to("spurious")
    issue, key = user.issue, user.suspect().key
    user.press(Qt.Key.Key_Return)
    path = user.project.path
    user.window.close()
    again = open_user(path, actor=ANN)
    assert again.state(issue) == "fixed"
    again.press(Qt.Key.Key_Z)
    assert again.state(issue) == "flagged"
    assert again.project.annotation(key) is not None
