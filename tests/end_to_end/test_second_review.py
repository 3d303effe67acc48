"""A second reviewer approves or rejects what a first one has approved, and is not told of them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from builders.datasets import LEA, REV, faulty, issue_of, make_project
from labelmend.project import sampling, verbs
from labelmend.project.policy import change_policy
from labelmend.review.policy import Policy
from labelmend.review.sampling import Rates
from labelmend.review.states import Actor

ROB = Actor("Rob", "reviewer")


def told(user):
    labels = user.window.panel.findChildren(QLabel)
    return " ".join(label.text() for label in labels if label.isVisible())


def test_a_second_reviewer_is_not_told_of_the_first(tmp_path, open_user):
    project = make_project(tmp_path, **faulty())
    issue = issue_of(project, "class")
    project.apply(verbs.accept(project, issue))
    project.work_as(LEA)
    project.apply(change_policy(project, Policy(second=1.0)))
    project.apply(sampling.draw_sample(project, Rates(1.0), seed=1), op="draw")
    project.close()

    user = open_user(project.path, actor=REV)
    assert user.issue == issue
    user.window.panel.comment.setText("looks fine to me")
    user.window.canvas.setFocus()
    user.press(Qt.Key.Key_Return)
    assert user.state(issue) == "in_review"
    assert user.window.session.waiting_rows("review").size == 0

    user.work_as(ROB)
    assert user.issue == issue
    words = told(user)
    assert "Accepted by Ann" in words
    for hint in ("Rev", "looks fine", "approve"):
        assert hint not in words, words
    user.press(Qt.Key.Key_Return)
    assert user.state(issue) == "approved"
    user.window.session.set_queue("done")
    user.window.session.set_issue(issue)
    words = told(user)
    assert "Rev" in words
    assert "Rob" in words
