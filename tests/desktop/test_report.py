"""The report from the window: asked for, written beside the work, shown; and stopped."""

from PySide6.QtCore import Qt

from labelmend_desktop.report_dialog import ReportChoice, WriteReportDialog


def test_the_report_is_written_and_shown(hands, tmp_path, qtbot):
    hands.press(Qt.Key.Key_Return, Qt.Key.Key_X)
    out = tmp_path / "report.html"
    hands.answers.given["write_report"] = ReportChoice(out, tables=True)
    control = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    hands.press(Qt.Key.Key_E, modifier=control)
    qtbot.waitUntil(lambda: ("page", out) in hands.answers.shown)
    asked = dict(hands.answers.shown)["write_report"]
    assert asked["target"] == tmp_path / "test-report.html"
    assert asked["has_detections"]
    text = out.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "is whole" in text
    assert text.count("<img") == 2 * 2  # the one fix, as the largest change and as a typical one
    assert (tmp_path / "report-tables" / "issues.csv").is_file()


def test_work_goes_on_while_it_is_written(hands, tmp_path, qtbot):
    rows = len(hands.session.project.store.history())
    out = tmp_path / "report.html"
    hands.answers.given["write_report"] = ReportChoice(out, show=False)
    hands.window.actions_.run("write_report")
    hands.press(Qt.Key.Key_Return)
    assert len(hands.session.project.store.history()) == rows + 1
    qtbot.waitUntil(lambda: not hands.window.tasks.busy)
    assert f"The history has {rows} rows and is whole" in out.read_text(encoding="utf-8")
    assert ("page", out) not in hands.answers.shown


def test_what_is_there_is_replaced_only_when_that_is_said(hands, tmp_path, qtbot):
    out = tmp_path / "report.html"
    out.write_text("mine")
    hands.answers.given |= {"write_report": ReportChoice(out), "replace": False}
    hands.window.actions_.run("write_report")
    assert not hands.window.tasks.busy
    assert out.read_text() == "mine"
    hands.answers.given["replace"] = True
    hands.window.actions_.run("write_report")
    qtbot.waitUntil(lambda: not hands.window.tasks.busy)
    assert out.read_text(encoding="utf-8").startswith("<!doctype")


def test_cancelled_it_leaves_nothing(hands, tmp_path, qtbot):
    out = tmp_path / "report.html"
    hands.answers.given["write_report"] = ReportChoice(out)
    hands.window.tasks.started.connect(lambda task: task.cancel())
    hands.window.actions_.run("write_report")
    qtbot.waitUntil(lambda: not hands.window.tasks.busy)
    assert not out.exists()
    assert ("page", out) not in hands.answers.shown


def test_a_place_that_cannot_be_taken_is_told(hands, tmp_path, qtbot):
    hands.answers.given["write_report"] = ReportChoice(tmp_path / "nowhere" / "report.html")
    project = hands.session.project
    hands.window.actions_.run("write_report")
    qtbot.waitUntil(lambda: hands.window.error_bar.isVisible())
    assert "is not there" in hands.window.error_bar.text.text()
    assert hands.session.project is project
    project.require_whole()


def test_the_dialog_answers_what_was_chosen(tmp_path, qtbot):
    dialog = WriteReportDialog(target=tmp_path / "a.html", has_detections=False)
    qtbot.addWidget(dialog)
    assert dialog.answer() == ReportChoice(tmp_path / "a.html")
    assert not dialog.evaluated.isEnabled()
    dialog.tables.setFocus()
    qtbot.keyClick(dialog.tables, Qt.Key.Key_Space)
    dialog.path.setText(str(tmp_path / "b.html"))
    assert dialog.answer().folder == tmp_path / "b-tables"
    dialog.path.setText(" ")
    assert not dialog.do.isEnabled()
