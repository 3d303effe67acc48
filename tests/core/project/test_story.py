"""The story of an issue is told of what heads the rows about it: what they did may be long."""

import pytest

from builders.datasets import EXP, issue_of, make_project
from labelmend.project import verbs
from labelmend.project.project import Project


@pytest.fixture
def project(tmp_path):
    project = make_project(tmp_path)
    yield project
    project.close()


def test_each_row_is_told_with_what_was_said_then(project):
    issue, other = issue_of(project, "spurious"), issue_of(project, "location")
    for comment in ("it is there", "behind the cup"):
        project.apply(verbs.dismiss(project, issue, comment=comment))
    project.undo()
    expected = [
        ("not an error", "it is there"),
        ("not an error", "behind the cup"),
        ("undo: not an error", ""),
    ]
    assert [(one.what, one.comment) for one in project.story(issue)] == expected
    assert project.story(other) == []
    path = project.path
    project.close()
    again = Project.open_to_read(path)
    assert [(one.what, one.comment) for one in again.story(issue)] == expected
    again.close()


def test_an_expert_who_keeps_a_label_is_not_said_to_keep_a_fix(project):
    issue = issue_of(project, "missing")
    project.apply(verbs.ambiguous(project, issue))
    project.work_as(EXP)
    project.apply(verbs.decide(project, issue, "fix stands"))
    assert project.story(issue)[-1].what == "expert: kept as it is now"


def test_what_the_rows_did_is_not_read(project, monkeypatch):
    issue = issue_of(project, "spurious")
    project.apply(verbs.dismiss(project, issue, comment="it is there"))
    monkeypatch.setattr(project.store, "history", None)
    assert [one.comment for one in project.story(issue)] == ["it is there"]
