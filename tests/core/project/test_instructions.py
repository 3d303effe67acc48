"""Instructions of a project: who may change them, that it is kept and undone, what the finder makes of it."""

import json

import pytest

from builders.datasets import ANN, faulty, issue_of, make_project, write_dataset
from labelmend.cli import main
from labelmend.errors import Refused
from labelmend.find.issues import LOCATION
from labelmend.find.run import run_find
from labelmend.project import verbs
from labelmend.project.finding import find_inputs, store_found
from labelmend.project.instructing import instruct, instructions_of
from labelmend.project.project import Project
from labelmend.review.instructions import Amount, ClassInstructions, Instructions
from labelmend.review.states import Actor

EVE = Actor("Eve", "lead")
WIDE = Instructions(
    classes=tuple(ClassInstructions(name, tolerance=Amount(pixels=40)) for name in ("dog", "cat"))
)


@pytest.fixture
def project(tmp_path):
    made = make_project(tmp_path, actor=EVE)
    yield made
    made.close()


def test_only_a_lead_changes_the_instructions(project):
    project.work_as(ANN)
    with pytest.raises(Refused, match="Only the lead can change the instructions; you work as annotator"):
        instruct(project, WIDE)


def test_a_change_is_a_row_of_the_history_and_can_be_undone(project, tmp_path):
    assert [one.name for one in instructions_of(project).classes] == list(project.categories.name)
    project.apply(instruct(project, WIDE))
    assert project.state.instructions == WIDE
    with pytest.raises(Refused, match="nothing changes"):
        project.apply(instruct(project, WIDE))
    narrow = Instructions(classes=(ClassInstructions("dog", include="the tail"),))
    project.apply(instruct(project, narrow))
    assert project.undo_title() == "change the instructions: dog, cat"
    project.undo()
    assert project.state.instructions == WIDE
    project.redo()
    project.close()
    again = Project.open(tmp_path / "test.labelmend", actor=EVE)
    assert again.state.instructions == narrow
    assert not again.tampered
    row = again.store.history()[-3]
    assert (row.actor, row.role, row.op) == ("Eve", "lead", "do")
    assert (row.step().revision.before, row.step().revision.after) == (WIDE, narrow)
    again.undo()
    again.undo()
    assert again.state.instructions is None
    again.close()


def test_the_undo_of_one_lead_does_not_take_back_what_another_wrote_since(project):
    project.apply(instruct(project, WIDE))
    project.work_as(Actor("Max", "lead"))
    project.apply(instruct(project, Instructions(general="All of it.")))
    project.work_as(EVE)
    assert project.undo_title() is None


def test_verdicts_outlive_other_instructions(project):
    issue = issue_of(project, "location")
    row = project.issues.row_of(issue)
    key = int(project.issues.annotation[row])
    spurious = issue_of(project, "spurious")
    project.work_as(ANN)
    project.apply(verbs.dismiss(project, spurious))
    project.work_as(EVE)
    project.apply(instruct(project, WIDE))
    store_found(project, run_find(find_inputs(project)))
    table = project.issues
    assert table.status_of(table.row_of(spurious)) == "dismissed"
    located = table.annotation[table.kind == LOCATION].tolist()
    assert key not in located
    project.undo()
    store_found(project, run_find(find_inputs(project)))
    located = project.issues.annotation[project.issues.kind == LOCATION].tolist()
    assert key in located
    assert project.issues.status_of(project.issues.row_of(spurious)) == "dismissed"


def test_instructions_on_the_command_line(tmp_path, capsys):
    make_project(tmp_path).close()
    path, file = str(tmp_path / "test.labelmend"), tmp_path / "instructions.md"
    assert main(["instructions", path]) == 0
    assert capsys.readouterr().out.startswith("# How to label\n\n## cat\n\n## dog\n")
    file.write_text("## cat\n\nPurrs.\n\n- Tolerance: 4 px or 2 %\n")
    assert main(["instructions", path, "--read", str(file)]) == 1
    assert "--actor NAME" in capsys.readouterr().err
    assert main(["instructions", path, "--read", str(file), "--actor", "Ann", "--role", "annotator"]) == 1
    assert "Only the lead" in capsys.readouterr().err
    assert main(["instructions", path, "--read", str(file), "--actor", "Eve"]) == 0
    assert "change the instructions: cat" in capsys.readouterr().out
    assert main(["instructions", path, "--write", str(file)]) == 1
    assert "exists already" in capsys.readouterr().err
    before = file.read_text()
    assert main(["instructions", path, "--write", str(file), "--overwrite"]) == 0
    assert file.read_text() == before
    assert main(["find", path]) == 0
    assert main(["issues", path]) == 0
    assert "tolerance for cat: 4 px" in capsys.readouterr().out
    assert main(["history", path]) == 0
    assert "change the instructions: cat" in capsys.readouterr().out
    file.write_text("## horse\n")
    assert main(["instructions", path, "--read", str(file), "--actor", "Eve"]) == 1
    assert "line 1: this project has no class “horse”" in capsys.readouterr().err
    file.write_bytes(b"## d\xf6g\n")
    assert main(["instructions", path, "--read", str(file), "--actor", "Eve"]) == 1
    assert "UTF-8" in capsys.readouterr().err


def test_instructions_for_files_without_a_project(tmp_path, capsys):
    annotations, _, detections = write_dataset(tmp_path, **faulty())
    file, given = tmp_path / "i.md", ["--annotations", str(annotations), "--detections", str(detections)]
    file.write_text("## cat\n\n- Tolerance: 40 px\n\n## dog\n\n- Tolerance: 40 px\n")

    def located():
        rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return {row["category"] for row in rows if row["kind"] == "location"}

    assert main(["find", *given]) == 0
    assert {"cat", "dog"} & located()
    assert main(["find", *given, "--instructions", str(file)]) == 0
    assert not {"cat", "dog"} & located()
    make_project(tmp_path).close()
    assert main(["find", str(tmp_path / "test.labelmend"), "--instructions", str(file)]) == 1
    assert "labelmend instructions PROJECT --read FILE" in capsys.readouterr().err
