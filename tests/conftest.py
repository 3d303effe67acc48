"""What every test may ask for: a home of its own, and windows that are closed at its end."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from builders.datasets import ANN
from labelmend.project.project import Project
from labelmend.review.states import Actor

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# How long an example takes tells of the machine, not of what is tested.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing outside a temporary folder is touched."""
    folder = tmp_path / "home"
    monkeypatch.setenv("LABELMEND_HOME", str(folder))
    monkeypatch.setenv("LABELMEND_THEME", "light")
    return folder


@pytest.fixture(autouse=True)
def closes_projects(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the test itself opens is closed at its end; what the program opens it has to close."""
    opened: list[Project] = []

    def noting(open_: Callable[..., Project]) -> Callable[..., Project]:
        def note(*given: Any, **named: Any) -> Project:
            project = open_(*given, **named)
            if Path(sys._getframe(1).f_code.co_filename).is_relative_to(Path(__file__).parent):
                opened.append(project)
            return project

        return note

    for name in ("open", "open_to_read"):
        monkeypatch.setattr(Project, name, noting(getattr(Project, name)))
    yield
    for project in opened:
        project.close()


@pytest.fixture
def open_window(qtbot: Any, qapp: Any) -> Iterator[Callable[..., Any]]:
    """Opens the window on a project file, or on nothing; closed at the end."""
    # Imported late: the engine's tests run without Qt.
    from PySide6.QtCore import QEvent

    from builders.window import Answers, Hands
    from labelmend_desktop import theme
    from labelmend_desktop.garbage import Collector
    from labelmend_desktop.main_window import MainWindow
    from labelmend_desktop.session import Session

    theme.apply("light")
    collector = Collector()
    opened: list[MainWindow] = []

    def make(path: Path | None = None, *, actor: Actor | None = ANN, **given: Any) -> Hands:
        answers = Answers(**given)
        window = MainWindow(Session(), prompts=answers, actor=actor)
        opened.append(window)
        window.resize(1280, 800)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        if path is not None:
            assert window.files.open_path(path)
        return Hands(window, answers)

    yield make
    for window in opened:
        window.close()
        window.deleteLater()
        window.session.deleteLater()
    qapp.processEvents()
    # Nothing ends by itself outside an event loop, and every window left takes part in all that follows.
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    collector.stop()
