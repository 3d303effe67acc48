"""Lead, annotator, reviewer and expert, one after the other at one window, up to the exported file."""

import json

import numpy as np
import pytest
from PySide6.QtCore import Qt

from builders.datasets import ANN, EXP, LEA, REV, make_project
from labelmend.project.sampling import batches, is_wrong
from labelmend.review.policy import Policy, Reason
from labelmend.review.sampling import Rates
from labelmend_desktop.dialogs import ExportChoice
from labelmend_desktop.sample_dialog import SampleChoice

K = Qt.Key


@pytest.fixture
def work(tmp_path, open_user):
    project = make_project(tmp_path)
    project.close()
    user = open_user(project.path)
    user.look()
    return user


def go_to(user, issue):
    """Press N until this issue is in sight."""
    for _ in range(len(user.window.session.order) + 1):
        if user.issue == issue:
            user.look()
            return
        user.press(K.Key_N)
    raise AssertionError(f"issue {issue} does not come")


def exported(user, path):
    user.export(path, ExportChoice(path, every_fix=False))
    return {one["id"]: one for one in json.loads(path.read_text())["annotations"]}


def lay_down(user):
    """The lead sets what a label is rejected for, and draws as much as a plan needs."""
    user.work_as(LEA)
    user.answers.given |= {
        "policy": Policy(reasons=(Reason("Wrong class", "W"), Reason("Blurred", "B"))),
        "sample": SampleChoice(Rates(1.0), 7, plan=(0.02, 0.95)),
    }
    user.choose("review_rules")
    user.choose("draw_sample")


def review(user, issues):
    """A corner is dragged and approved, a class rejected by two keys, a third label approved."""
    user.work_as(REV)
    go_to(user, issues["location"])
    user.drag_corner("se", 6, 4)
    assert user.state(issues["location"]) == "in_review"
    user.press(K.Key_Return)
    assert user.state(issues["location"]) == "approved"
    go_to(user, issues["class"])
    user.press(K.Key_X, K.Key_W)
    assert user.state(issues["class"]) == "rejected"
    go_to(user, issues["duplicate"])
    user.press(K.Key_Return)


def send_back_and_mend(user, issue):
    """The expert sends it back; the annotator sees why, and mends."""
    user.work_as(EXP)
    go_to(user, issue)
    user.press(K.Key_S)
    user.type("look at the ears")
    user.press(K.Key_Return)
    user.work_as(ANN)
    assert user.issue == issue
    assert "look at the ears" in user.window.panel.told.text()
    user.press(K.Key_3)
    user.press(K.Key_Return)
    told = user.project.standing(issue)
    assert (told.status, told.annotator) == ("fixed", "Ann")


def test_from_a_fix_by_way_of_a_correction_and_a_dispute_to_the_file(work, tmp_path):
    user = work
    issues = {}
    for kind in ("location", "class", "duplicate"):
        issues[kind] = user.go_to(kind)
        user.press(K.Key_Return)
    table = user.project.issues
    box = user.project.annotation(int(table.annotation[table.row_of(issues["location"])]))

    lay_down(user)
    review(user, issues)
    send_back_and_mend(user, issues["class"])
    project = user.project
    assert is_wrong(project.standing(issues["location"]))
    assert not is_wrong(project.standing(issues["duplicate"]))
    assert any(batch.refused for batch in batches(project))
    records = exported(user, tmp_path / "corrected.json")
    corrected = project.annotation(box.key).bbox.tolist()
    assert corrected[2:] == pytest.approx((box.bbox[2:] + np.array([6, 4])).tolist(), abs=0.6)
    assert records[box.id]["bbox"] == pytest.approx(corrected)
    titles = [row.title for row in project.store.history()]
    assert "approve with a correction" in titles
    assert "change the rules of review: reasons" in titles
