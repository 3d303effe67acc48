"""The export from the window never takes the place of what the project was made of."""

import pytest

from labelmend.project.export import prepare, run_export
from labelmend_desktop.dialogs import ExportChoice
from labelmend_desktop.export_verb import ExportVerb

SENTENCE = "is what this project was made of, or has its name: choose another name."


@pytest.fixture
def errors(hands):
    told = []
    hands.session.failed.connect(lambda error: told.append(str(error)))
    return told


def export(hands, qtbot, out):
    """Export to a place; the names of what was asked."""
    before = len(hands.answers.shown)
    hands.answers.given["export"] = ExportChoice(out, every_fix=False)
    hands.window.actions_.run("export")
    qtbot.waitUntil(lambda: not hands.window.tasks.busy)
    return [name for name, _ in hands.answers.shown[before:]]


def test_the_name_of_the_source_is_refused_before_anything_is_asked(hands, errors, qtbot, tmp_path):
    source = tmp_path / "annotations.json"
    source.write_text("changed since")
    assert export(hands, qtbot, source) == ["export"]
    assert errors == [f"{source} {SENTENCE}"]
    assert source.read_text() == "changed since"


def test_a_copy_of_the_detections_is_refused_by_its_bytes(hands, errors, qtbot, tmp_path):
    copy = tmp_path / "copy.json"
    copy.write_bytes(held := (tmp_path / "detections.json").read_bytes())
    assert export(hands, qtbot, copy) == ["export", "replace"]
    assert errors == [f"{copy} {SENTENCE}"]
    assert copy.read_bytes() == held


def test_another_file_is_replaced_once_that_is_said(hands, errors, qtbot, tmp_path):
    out = tmp_path / "out.json"
    out.write_text("mine")
    hands.answers.given["replace"] = False
    assert export(hands, qtbot, out) == ["export", "replace"]
    assert out.read_text() == "mine"
    hands.answers.given["replace"] = True
    assert export(hands, qtbot, out) == ["export", "replace", "certificate"]
    assert out.read_bytes() == (tmp_path / "annotations.json").read_bytes()
    assert errors == []


def test_an_export_of_a_project_that_was_closed_meanwhile_is_not_kept(hands, errors, qtbot, tmp_path):
    out, project = tmp_path / "out.json", hands.session.project
    written = run_export(prepare(project, out))
    hands.session.open(project.path, actor=project.actor)
    ExportVerb(hands.session, hands.answers, hands.window.tasks)._keep(project, written)
    assert errors == ["out.json was not written, as its project was closed: export it again."]
    assert not out.exists()
    assert not list(tmp_path.glob(".exporting-*"))
    export(hands, qtbot, out)
    assert out.exists()
    assert hands.session.project.last_row.title == "Export out.json"
