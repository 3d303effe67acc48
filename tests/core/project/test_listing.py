"""The list of issues that other programs read: all, the worst, or some of every kind and score."""

import json

from builders.datasets import ANN, make_project
from labelmend.cli.command_line import main
from labelmend.find.to_check import LEAST
from labelmend.project import verbs
from labelmend.project.project import Project


def listed(path, capsys, *asked):
    assert main(["issues", str(path), *asked]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_of_what_waits_some_of_every_kind_and_score(tmp_path, capsys):
    make_project(tmp_path).close()
    path = tmp_path / "test.labelmend"
    every, some = listed(path, capsys), listed(path, capsys, "--spread", "3")
    assert len(some) == 3 < len(every)
    assert some == [one for one in every if one in some]
    assert len({one["kind"] for one in some}) > 1
    assert min(one["score"] for one in some) >= LEAST
    project = Project.open(path, actor=ANN)
    project.apply(verbs.dismiss(project, some[0]["issue"]))
    project.close()
    assert some[0]["issue"] not in [one["issue"] for one in listed(path, capsys, "--spread", "90")]
