"""The program's start: arguments, log, last resort, theme."""

import gc
import logging
import sys

import pytest
from PySide6.QtWidgets import QApplication

from builders.datasets import faulty, make_project, write_dataset
from labelmend.review.states import Actor
from labelmend_desktop import app, places, theme
from labelmend_desktop.main_window import MainWindow
from labelmend_desktop.prompts import Prompts
from labelmend_desktop.start.dropped import Dropped


@pytest.fixture
def quiet(monkeypatch):
    """What the start changes of the process is put back."""
    root = logging.getLogger()
    handlers, level, hook = list(root.handlers), root.level, sys.excepthook
    yield
    for handler in [h for h in root.handlers if h not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    sys.excepthook = hook
    gc.unfreeze()


def windows():
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]


def test_opens_the_project_of_the_command_line(tmp_path, qapp, quiet, qtbot, monkeypatch):
    project = make_project(tmp_path)
    path = project.path
    project.close()
    seen, frozen = [], gc.get_freeze_count()

    def work(*_arguments):
        """In place of the event loop, which in a test belongs to pytest."""
        assert gc.get_freeze_count() > frozen + 10_000
        (window,) = windows()
        qtbot.waitUntil(lambda: window.session.project is not None)
        seen.append((window.session.project.name, window.session.actor))
        sys.excepthook(ZeroDivisionError, ZeroDivisionError("oops"), None)
        seen.append(window.error_bar.text.text())
        window.close()
        window.deleteLater()
        return 0

    qapp.setQuitOnLastWindowClosed(False)
    monkeypatch.setattr(QApplication, "exec", work)
    assert app.main([str(path), "--actor", "Rev", "--role", "reviewer"]) == 0
    assert seen[0] == ("test.labelmend", Actor("Rev", "reviewer"))
    assert "our fault" in seen[1]
    assert "oops" in places.log_file().read_text()


def test_of_other_files_on_the_command_line_a_project_is_made(tmp_path, qapp, quiet, qtbot, monkeypatch):
    annotations, pictures, detections = write_dataset(tmp_path, **faulty())
    asked = []

    def work(*_arguments):
        (window,) = windows()
        qtbot.waitUntil(lambda: bool(asked))
        window.close()
        window.deleteLater()
        return 0

    qapp.setQuitOnLastWindowClosed(False)
    monkeypatch.setattr(QApplication, "exec", work)
    monkeypatch.setattr(Prompts, "new_project", lambda _, given: asked.append(given))
    assert app.main([str(annotations), str(detections)]) == 0
    assert asked == [Dropped(annotations=annotations, detections=(detections,), images=pictures)]


def test_unknown_role_is_refused(capsys):
    with pytest.raises(SystemExit):
        app.main(["--role", "king"])
    assert "king" in capsys.readouterr().err


def test_theme_is_chosen_and_kept(open_window, monkeypatch):
    monkeypatch.delenv("LABELMEND_THEME")
    hands = open_window()
    hands.window.actions_.run("theme_dark")
    assert theme.is_dark()
    assert app._theme_choice() == "dark"
    hands.window.actions_.run("theme_light")
    assert not theme.is_dark()


def test_recent_projects_forget_what_is_gone(tmp_path):
    for name in ("a", "b", "c"):
        path = tmp_path / f"{name}.labelmend"
        path.touch()
        places.remember_project(path)
    (tmp_path / "b.labelmend").unlink()
    assert [path.stem for path in places.recent_projects()] == ["c", "a"]
