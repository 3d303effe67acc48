"""The rules of review: the lead alone changes them; they are kept, undone, and go along in packages."""

import pytest

from builders.datasets import ANN, EXP, LEA, REV
from builders.teams import as_, made, shared
from labelmend.errors import Refused
from labelmend.project.policy import change_policy, policy_of
from labelmend.project.project import Project
from labelmend.review.policy import DEFAULT, Policy, Reason, tidy

OURS = Policy(reasons=(Reason("Blurred", "B"), Reason("Not ours", "")), second=0.1)


@pytest.fixture
def project(tmp_path):
    project = made(tmp_path)
    project.work_as(LEA)
    yield project
    project.close()


def test_the_lead_alone_changes_the_rules(project):
    for other in (ANN, REV, EXP):
        project.work_as(other)
        with pytest.raises(Refused, match="Only the lead can change the rules of review"):
            change_policy(project, OURS)
    assert policy_of(project) == DEFAULT
    assert DEFAULT.reasons


def test_rules_are_kept_and_undone(project):
    project.apply(change_policy(project, OURS))
    row = project.last_row
    assert (row.title, row.role) == ("change the rules of review: reasons, second review 10 %", "lead")
    with pytest.raises(Refused, match="nothing changes"):
        change_policy(project, OURS)
    project = as_(project, LEA)
    assert policy_of(project) == OURS
    project.undo()
    assert policy_of(project) == DEFAULT
    project.redo()
    assert policy_of(project) == OURS


def test_a_package_has_the_rules_and_keeps_them(project):
    project.apply(change_policy(project, OURS))
    package = Project.open(shared(project, "part", [0]), actor=LEA)
    assert policy_of(package) == OURS
    with pytest.raises(Refused, match="is a package: its rules"):
        change_policy(package, Policy(blind=0.5))
    package.close()


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        (Policy(reasons=(Reason(" ", "A"),)), "has no words"),
        (Policy(reasons=(Reason("Blurred", "Esc"),)), "one letter or digit, not 'ESC'"),
        (Policy(reasons=(Reason("Blurred", "é"),)), "one letter or digit"),
        (Policy(reasons=(Reason("Blurred", "a"), Reason("Dark", "A"))), "Two reasons have the key A"),
        (Policy(reasons=(Reason("Blurred", "A"), Reason("blurred ", "B"))), "Two reasons say blurred"),
        (Policy(second=1.5), "share of the second review"),
        (Policy(blind=float("nan")), "share of the blind second look"),
    ],
)
def test_rules_that_cannot_be_are_refused(policy, told):
    with pytest.raises(Refused, match=told):
        tidy(policy)


def test_a_listed_reason_is_known_by_its_words(project):
    assert OURS.reason(" not  OURS ") == "Not ours"
    assert OURS.reason("dark") == ""
