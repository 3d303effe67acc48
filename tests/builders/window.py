"""A window whose questions are answered by the test, and hands that press its keys."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from labelmend.review.states import Actor
from labelmend_desktop.dialogs import FindChoice
from labelmend_desktop.main_window import MainWindow
from labelmend_desktop.prompts import Prompts


class Answers(Prompts):
    """Answers every question from `given`, keeps what was shown in `shown`; no answer means Cancel."""

    def __init__(self, **given: Any) -> None:
        super().__init__(None)
        self.given: dict[str, Any] = {"find": FindChoice(), "replace": True} | given
        self.shown: list[tuple[str, Any]] = []

    def _answer(self, name: str, asked: Any) -> Any:
        self.shown.append((name, asked))
        return self.given.get(name)

    def who(self, default: Actor | None) -> Any:
        return self._answer("who", default)

    def new_project(self, given: Any) -> Any:
        return self._answer("new_project", given)

    def open_project(self, folder: Path) -> Any:
        return self._answer("open_project", folder)

    def detections_files(self, folder: Path) -> Any:
        return self._answer("detections_files", folder) or []

    def images_folder(self, folder: Path) -> Any:
        return self._answer("images_folder", folder)

    def read_so(self, offers: Any) -> Any:
        return self._answer("read_so", offers)

    def use_detections(self, **asked: Any) -> Any:
        return self._answer("use_detections", asked)

    def find(self, **asked: Any) -> Any:
        return self._answer("find", asked)

    def sample(self, **asked: Any) -> Any:
        return self._answer("sample", asked)

    def policy(self, given: Any) -> Any:
        return self._answer("policy", given)

    def trial(self, **asked: Any) -> Any:
        return self._answer("trial", asked)

    def show_trial(self, result: Any) -> None:
        self.shown.append(("trial result", result))

    def export(self, **asked: Any) -> Any:
        return self._answer("export", asked)

    def share(self, **asked: Any) -> Any:
        return self._answer("share", asked)

    def packages(self, folder: Path) -> Any:
        return self._answer("packages", folder) or []

    def replace(self, path: Path) -> Any:
        return self._answer("replace", path)

    def write_report(self, **asked: Any) -> Any:
        return self._answer("write_report", asked)

    def show_page(self, path: Path) -> None:
        self.shown.append(("page", path))

    def save_instructions(self, *, may_stay: bool) -> Any:
        return self._answer("save_instructions", may_stay)

    def picture_file(self, folder: Path) -> Any:
        return self._answer("picture_file", folder)

    def instructions_file(self, folder: Path) -> Any:
        return self._answer("instructions_file", folder)

    def instructions_folder(self, proposed: Path) -> Any:
        return self._answer("instructions_folder", proposed)

    def pdf_file(self, proposed: Path) -> Any:
        return self._answer("pdf_file", proposed)

    def show_certificate(self, **asked: Any) -> None:
        self.shown.append(("certificate", asked))

    def show_report(self, **asked: Any) -> None:
        self.shown.append(("report", asked))

    def about(self, text: str) -> None:
        self.shown.append(("about", text))


class Hands:
    """A window and the hands of a person who works in it."""

    def __init__(self, window: MainWindow, answers: Answers) -> None:
        self.window, self.answers, self.session = window, answers, window.session

    def press(self, *keys: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press keys wherever the focus is."""
        for key in keys:
            QTest.keyClick(self.window.focusWidget() or self.window, key, modifier)

    def click(self, name: str) -> None:
        """Click the button of that name that is in sight."""
        found = [w for w in self.window.findChildren(object, name) if getattr(w, "isVisible", bool)()]
        assert found, f"no {name} in sight"
        QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)

    def go_to(self, kind: str) -> int:
        """Go to the worst flagged issue of a kind."""
        project = self.session.project
        assert project is not None
        rows = [
            row
            for row in self.window.issues.model.rows.tolist()
            if project.issues.kind_of(row) == kind and project.issues.status_of(row) == "flagged"
        ]
        issue = int(project.issues.id[rows[0]])
        self.session.set_issue(issue)
        return issue

    def status(self, issue: int) -> str | None:
        project = self.session.project
        assert project is not None
        return project.issues.status_of(project.issues.row_of(issue))

    def listed(self) -> list[int]:
        return self.window.issues.model.ids().tolist()
