"""The main job on real datasets, where they are at hand: by keys and mouse, from import to export."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from builders.checks import check_export
from builders.datasets import ANN, EXP, LEA, REV
from builders.real import SETS
from builders.watchdog import watched
from labelmend.project.project import Project
from labelmend.project.suggesting import suggestion
from labelmend.review.sampling import Rates
from labelmend_desktop.sample_dialog import SampleChoice

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.mark.skipif(not SETS, reason="no real datasets at hand")
@pytest.mark.parametrize("dataset", SETS, ids=lambda path: path.name)
def test_ten_fixes_review_expert_export(dataset, open_user, tmp_path, capsys):
    path = tmp_path / f"{dataset.name}.labelmend"
    [detections] = [*dataset.glob("detections.json"), *dataset.glob("detections.json.gz")]
    source = (dataset / "annotations.json").read_bytes()
    imported = Project.create(
        path, annotations=dataset / "annotations.json", images=dataset / "images", detections=detections
    )
    user = open_user(path, actor=ANN)
    user.choose("find_issues")
    user.wait(lambda: len(user.project.issues) > 0)
    with watched():
        done = work(user)
    assert len(done) >= 10
    standings = [standing for standing in user.project.state.standings.values() if standing]
    finished = sum(standing.status in ("fixed", "dismissed") for standing in standings)
    review(user, finished)
    certificate = check_export(user, tmp_path / "corrected.json", source)
    assert (dataset / "annotations.json").read_bytes() == source
    numbers = {name: certificate[name] for name in ("changed", "added", "deleted", "held_back", "identical")}
    with capsys.disabled():
        print(f"\n{dataset.name}: {imported.sentence()}; {len(user.project.issues):,} issues; {numbers}")
        print(f"done: {', '.join(done)}")


def work(user):
    """Ten issues and more, each mended in the way that its data allows; what was done."""
    done = []
    for kind in ("duplicate", "spurious", "missing", "location", "class"):
        if user.show_only(kind):
            if not suggested(user):
                continue
            user.go_to(kind, lambda _suspect: user.window.session.suggestion() is not None)
            issue = user.issue
            user.press(Qt.Key.Key_Return)
            assert user.state(issue) == "fixed", kind
            done.append(f"accepted {kind}")
    done += mend_location(user) + draw(user) + judge(user)
    user.show_only("")
    return done


def mend_location(user):
    """A corner of a box dragged, a vertex of a polygon moved, a label deleted, a class changed."""
    done = []
    if user.show_only("location"):
        for word, fits in (("dragged corner", is_box), ("moved vertex", is_polygon)):
            if not has(user, fits):
                continue
            user.go_to("location", fits)
            issue, before = user.issue, user.project.record(user.suspect().key)
            user.drag_corner("se", 5, 4) if fits is is_box else user.move_vertex(0, 3, 3)
            if user.proposed is not None:
                # Its outline crosses itself, in the source already: it is written mended or not at all.
                user.press(Qt.Key.Key_Return)
            assert user.project.record(user.suspect().key) != before
            assert user.state(issue) == "fixed"
            user.press(Qt.Key.Key_Return)
            done.append(word)
        user.go_to("location")
        key = user.suspect().key
        if len(user.project.categories.name) > 1:
            before = user.suspect().category
            user.press(Qt.Key.Key_1)
            assert user.project.annotation(key).category != before
            done.append("changed class")
            user.press(Qt.Key.Key_N)
            user.go_to("location")
            key = user.suspect().key
        user.press(Qt.Key.Key_Delete)
        assert user.project.annotation(key) is None
        done.append("deleted")
    return done


def draw(user):
    """A missing box and a missing polygon drawn, and a vertex of it moved."""
    done = []
    user.show_only("missing")
    # Where two objects share a label they are one card, and the lone ones left may all be weak.
    user.show_every_score()
    for word in ("drew box", "drew polygon"):
        user.go_to("missing")
        issue = user.issue
        x, y, w, h = user.project.issues.bbox[user.project.issues.row_of(issue)].tolist()
        new = user.project.new_key()
        if word == "drew box":
            user.draw_box((x, y, w, h))
        else:
            user.draw_polygon([(x, y + h / 2), (x + w / 2, y), (x + w, y + h / 2), (x + w / 2, y + h)])
        assert user.state(issue) == "fixed", word
        made = user.project.annotation(new)
        assert np.abs(made.bbox - [x, y, w, h]).max() < 2.5
        done.append(word)
        if made.polygons and word == "drew polygon":
            user.press(Qt.Key.Key_E)
            user.drag(made.polygons[0][1], made.polygons[0][1] + [0, 3])
            assert user.project.annotation(new).polygons[0][1][1] > made.polygons[0][1][1]
            done.append("moved its vertex")
        user.press(Qt.Key.Key_Return)
    return done


def judge(user):
    """Dismissed, cannot tell, accepted and undone, accepted and undone and redone."""
    issues = []
    for keys in (
        (Qt.Key.Key_X,),
        (Qt.Key.Key_U,),
        (Qt.Key.Key_A, Qt.Key.Key_Z),
        (Qt.Key.Key_A, Qt.Key.Key_Z),
    ):
        user.go_to("missing")
        issues.append(user.issue)
        user.press(*keys)
        if len(keys) == 2:
            assert user.state(user.issue) == "flagged"
            user.press(Qt.Key.Key_N)
    # Undone twice: redo brings the last one back.
    user.press(Qt.Key.Key_Z, modifier=SHIFT)
    assert [user.state(issue) for issue in issues] == ["dismissed", "ambiguous", "flagged", "fixed"]
    return ["dismissed", "cannot tell", "undone", "redone"]


def review(user, finished):
    """Rev looks at all of it and rejects two; Exp lets one fix stand and puts one original back."""
    user.work_as(LEA)
    user.answers.given["sample"] = SampleChoice(Rates(1.0), 7)
    user.choose("draw_sample")
    user.work_as(REV)
    assert len(user.window.session.waiting_rows()) == finished
    rejected = []
    for _ in range(finished):
        user.look()
        if user.state(user.issue) == "in_review" and len(rejected) < 2:
            rejected.append(user.issue)
            user.press(Qt.Key.Key_X, Qt.Key.Key_Return)
            user.type("does not fit the object")
        user.press(Qt.Key.Key_Return)
    assert len(rejected) == 2
    assert [user.state(issue) for issue in rejected] == ["rejected", "rejected"]
    assert len(user.window.session.waiting_rows(queue="review")) == 0
    user.work_as(EXP)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_X):
        while user.state(user.issue) != "rejected":
            user.press(Qt.Key.Key_N)
        user.press(key)
    assert [user.state(issue) for issue in rejected] == ["decided", "decided"]


def suggested(user):
    """Whether the first of the list carry a suggestion (a mask's outline has none to offer)."""
    rows = [user.project.issues.row_of(int(issue)) for issue in user.window.session.order[:30]]
    return any(suggestion(user.project, row) is not None for row in rows)


def has(user, fits):
    rows = [user.project.issues.row_of(int(issue)) for issue in user.window.session.order[:60]]
    return any(fits(user.project.annotation(int(user.project.issues.annotation[row]))) for row in rows)


def is_box(suspect):
    return suspect is not None and not suspect.polygons and suspect.rle is None and min(suspect.bbox[2:]) > 8


def is_polygon(suspect):
    return suspect is not None and len(suspect.polygons) == 1 and min(suspect.bbox[2:]) > 12
