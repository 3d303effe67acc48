"""Reviewing, deciding and setting the rules by commands: what people may do, scripts may, and no more."""

import json
from pathlib import Path

import pytest

from builders.datasets import ANN, issue_of, make_project
from labelmend.cli import main
from labelmend.project import verbs
from labelmend.project.policy import policy_of
from labelmend.project.project import Project
from labelmend.review.policy import Reason

KINDS = ("missing", "spurious", "class", "duplicate")


@pytest.fixture
def drawn(tmp_path):
    """Ann fixed three labels and could not tell a fourth; all three wait for a reviewer. Path and issues."""
    project = make_project(tmp_path)
    issues = [issue_of(project, kind) for kind in KINDS]
    for issue in issues[:3]:
        project.apply(verbs.accept(project, issue))
    project.apply(verbs.ambiguous(project, issues[3]))
    project.close()
    path = str(tmp_path / "test.labelmend")
    assert main(["draw", path, "--rate", "1", "--seed", "1", "--actor", "Lea"]) == 0
    return path, [str(issue) for issue in issues]


def states(path, capsys):
    capsys.readouterr()
    assert main(["issues", path]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {str(row["issue"]): row["state"] for row in rows}


def test_scripts_review_and_decide(drawn, capsys):
    path, (first, second, third, unclear) = drawn
    assert main(["review", path, "--approve", first, "--actor", "Rev"]) == 0
    told = ["--reason", "wrong  Class", "--comment", "a bird", "--actor", "Rev"]
    assert main(["review", path, "--reject", second, third, *told]) == 0
    assert f"issue {third}: reject" in capsys.readouterr().out
    assert main(["review", path, "--decide", second, "original-stands", "--actor", "Exp"]) == 0
    assert main(["review", path, "--decide", third, "fix-stands", "--actor", "Exp"]) == 0
    back = ["--decide", unclear, "sent-back", "--actor", "Exp"]
    assert main(["review", path, *back]) == 1
    assert "write a comment" in capsys.readouterr().err
    assert main(["review", path, *back, "--comment", "zoom in"]) == 0
    found = states(path, capsys)
    assert [found[one] for one in (first, second, third, unclear)] == [
        "approved",
        "decided",
        "decided",
        "flagged",
    ]
    project = Project.open(Path(path))
    assert project.standing(int(third)).reason == "Wrong class"
    assert "Wrong class: a bird" in [entry.comment for entry in project.story(int(third))]
    project.close()


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (["--approve", "{0}", "--actor", " ann "], "own work"),
        (["--approve", "{0}", "--actor", "Lea", "--role", "lead"], "Only a reviewer can review"),
        (["--approve", "{3}", "--actor", "Rev"], "not in the review sample"),
        (["--approve", "999999", "--actor", "Rev"], "There is no issue 999999"),
        (["--reject", "{0}", "--actor", "Rev"], "needs a reason"),
        (["--reject", "{0}", "{3}", "--reason", "no", "--actor", "Rev"], "not in the review sample"),
        (["--approve", "{0}", "--reason", "no", "--actor", "Rev"], "--reason goes with --reject"),
        (["--decide", "{3}", "fix-stands", "--actor", "Ann"], "own work"),
        (["--decide", "{3}", "fix-stands", "--actor", "Rev", "--role", "reviewer"], "Only an expert"),
        (["--decide", "{3}", "corrected", "--actor", "Exp"], "corrected nothing"),
        (["--decide", "{3}", "shrug", "--actor", "Exp"], "one of fix-stands"),
    ],
)
def test_what_people_may_not_do_scripts_may_not_either(drawn, capsys, what, told):
    path, issues = drawn
    before = states(path, capsys)
    assert main(["review", path, *(part.format(*issues) for part in what)]) == 1
    assert told in capsys.readouterr().err
    assert states(path, capsys) == before


def test_the_lead_sets_the_rules_by_a_command(drawn, capsys):
    path, _ = drawn
    given = ["rules", path, "--reason", "b=Blurred", "--reason", "=Ask the lead", "--second", "0.1"]
    assert main(given) == 1
    assert "--actor NAME" in capsys.readouterr().err
    assert main([*given, "--actor", "Rev", "--role", "reviewer"]) == 1
    assert "Only the lead" in capsys.readouterr().err
    assert main([*given, "--actor", "Lea"]) == 0
    assert main(["rules", path]) == 0
    assert capsys.readouterr().out.splitlines()[-4:] == [
        "reason B: Blurred",
        "reason -: Ask the lead",
        "second review: 10 % of the drawn labels",
        "blind second look: 0 % of the finished labels",
    ]
    project = Project.open(Path(path), actor=ANN)
    assert policy_of(project).reasons == (Reason("Blurred", "B"), Reason("Ask the lead", ""))
    project.close()
    with pytest.raises(SystemExit):
        main(["rules", path, "--reason", "Blurred", "--actor", "Lea"])
    assert "KEY=TEXT is needed" in capsys.readouterr().err


def test_a_script_reopens_what_the_person_may(drawn, capsys):
    path, (first, _second, _third, unclear) = drawn
    assert main(["review", path, "--reopen", unclear, "--actor", "Bob"]) == 0
    assert f"issue {unclear}: reopen" in capsys.readouterr().out
    assert main(["review", path, "--reopen", first, "--actor", "Bob"]) == 1
    assert "can no longer reopen" in capsys.readouterr().err
    assert main(["review", path, "--reopen", first, "--actor", "Rev", "--role", "reviewer"]) == 0
    found = states(path, capsys)
    assert [found[issue] for issue in (first, unclear)] == ["flagged", "flagged"]
