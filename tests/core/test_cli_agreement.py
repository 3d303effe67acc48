"""Agreement and the trial of the instructions, as a user types them."""

from pathlib import Path

import pytest

from builders.datasets import LEA, REV, issue_of, make_project
from builders.sheets import answered
from labelmend.cli import main
from labelmend.project import sampling, trials, verbs
from labelmend.project.policy import change_policy
from labelmend.project.project import Project
from labelmend.review.policy import Policy
from labelmend.review.sampling import Rates
from labelmend.review.states import Actor


@pytest.fixture
def path(tmp_path):
    """One class was mended, drawn for review and approved by one of two reviewers."""
    project = make_project(tmp_path)
    issue = issue_of(project, "class")
    project.apply(verbs.accept(project, issue))
    project.work_as(LEA)
    project.apply(change_policy(project, Policy(second=0.01, blind=1.0)))
    project.apply(sampling.draw_sample(project, Rates(1.0), seed=1), op="draw")
    project.work_as(REV)
    project.apply(verbs.approve(project, issue))
    project.close()
    return str(tmp_path / "test.labelmend")


def approve_again(path):
    project = Project.open(Path(path))
    project.work_as(Actor("Rob", "reviewer"))
    issue = issue_of(project, "class")
    project.apply(verbs.approve(project, issue))
    project.close()
    return issue


def test_agreement_of_pairs_and_what_waits(path, capsys):
    assert main(["agreement", path]) == 0
    told = capsys.readouterr().out
    assert "Ann and Rev, review: 1 of 1 verdicts alike" in told
    assert "Nobody has judged a label blind" in told
    assert "Waiting: 1 for a second reviewer, 1 for a blind second look." in told
    approve_again(path)
    assert main(["agreement", path]) == 0
    assert "Rev and Rob, second review: 1 of 1 verdicts alike" in capsys.readouterr().out


def test_a_trial_is_started_taken_and_told(path, capsys):
    issue = approve_again(path)
    assert main(["trial", path]) == 1
    assert "No trial of the instructions was started" in capsys.readouterr().err
    assert main(["trial", path, "--start", "20", "--seed", "3"]) == 1
    assert "Say who starts the trial" in capsys.readouterr().err
    assert main(["trial", path, "--start", "20", "--seed", "3", "--actor", "Lea"]) == 0
    assert "start trial 1 of the instructions: 1 label (seed 3)" in capsys.readouterr().out
    assert main(["trial", path]) == 0
    assert "Nobody has taken it yet." in capsys.readouterr().out
    project = Project.open(Path(path), actor=REV)
    own = answered(project, issue, verbs.dismiss, who="Rev")
    project.apply(trials.take_answer(project, trials.trial_of(project), issue, own), op="answer")
    project.close()
    assert main(["trial", path]) == 0
    told = capsys.readouterr().out
    assert "Rev: 1 answered, 0 as known" in told
    assert "dog, class: 0 of 1 as known" in told
    assert "1 x left as it was; it is to be changed" in told
    assert main(["trial", path, "--issues", str(issue), "--actor", "Lea"]) == 0
    assert "trial 2" in capsys.readouterr().out
    assert main(["trial", path, "--issues", str(issue), "--actor", "Ann", "--role", "annotator"]) == 1
    assert "Only the lead can start a trial" in capsys.readouterr().err
