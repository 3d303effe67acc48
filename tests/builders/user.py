"""A person at the window: user verbs, each made of real key and mouse events."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from labelmend.find.issues import KINDS
from labelmend.project.annotation import Annotation
from labelmend.project.project import Project
from labelmend.review.states import Actor
from labelmend_desktop.canvas.proposal import Proposal
from labelmend_desktop.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier
CORNERS = {"nw": (0, 0), "ne": (1, 0), "sw": (0, 1), "se": (1, 1)}


class User:
    """Works in a window by keys and mouse; looks at the project to know where things are."""

    def __init__(self, window: MainWindow, answers: Any, wait: Callable[[Callable[[], bool]], None]) -> None:
        self.window, self.answers, self.wait = window, answers, wait

    # ---------------------------------------------------------------- what there is to see
    @property
    def project(self) -> Project:
        project = self.window.session.project
        assert project is not None
        return project

    @property
    def issue(self) -> int:
        issue = self.window.session.issue
        assert issue is not None
        return issue

    @property
    def kind(self) -> str:
        return self.project.issues.kind_of(self.project.issues.row_of(self.issue))

    def suspect(self) -> Annotation | None:
        """The annotation that the issue in sight is about."""
        key = int(self.project.issues.annotation[self.project.issues.row_of(self.issue)])
        return self.project.annotation(key)

    @property
    def proposed(self) -> Proposal | None:
        """What is proposed for the label in hand."""
        return self.window.canvas.proposals.current

    def state(self, issue: int) -> str | None:
        return self.project.issues.status_of(self.project.issues.row_of(issue))

    # ---------------------------------------------------------------- keys
    def press(self, *keys: Qt.Key, modifier: Qt.KeyboardModifier = PLAIN) -> None:
        for key in keys:
            QTest.keyClick(QApplication.focusWidget() or self.window, key, modifier)
        QApplication.processEvents()

    def type(self, text: str) -> None:
        QTest.keyClicks(QApplication.focusWidget(), text)

    # ---------------------------------------------------------------- going about
    def go_to(self, kind: str, fits: Callable[[Annotation | None], bool] = lambda _suspect: True) -> int:
        """Press N until an issue of a kind comes into sight whose suspect `fits`."""
        seen: set[int] = set()
        while self.issue not in seen:
            seen.add(self.issue)
            if self.kind == kind and self.state(self.issue) == "flagged" and fits(self.suspect()):
                self.look()
                return self.issue
            self.press(Qt.Key.Key_N)
        raise AssertionError(f"no {kind} in the list that fits")

    def show_only(self, kind: str) -> bool:
        """Choose a kind in the filter with the arrow keys ("" shows all); whether the list shows any."""
        combo = self.window.issues.filters.kind
        combo.setFocus()
        QTest.keyClick(combo, Qt.Key.Key_Home)
        for _ in range(KINDS.index(kind) + 1 if kind else 0):
            QTest.keyClick(combo, Qt.Key.Key_Down)
        self.window.canvas.setFocus()
        self.wait(lambda: not self.window.issues._later.isActive())
        return len(self.window.session.order) > 0

    def show_every_score(self) -> None:
        """Click on "Show all": a long list begins with the likeliest."""
        button = self.window.issues.filters.every
        if button.isVisible():
            QTest.mouseClick(button, LEFT)
            self.wait(lambda: not self.window.issues._later.isActive())

    def look(self) -> None:
        """Wait until the picture and its shapes are there."""
        canvas = self.window.canvas
        self.wait(lambda: canvas.loaded is not None or bool(canvas.words))
        self.wait(lambda: self._painted())

    def _painted(self) -> bool:
        frames = self.window.canvas.frames
        self.window.canvas.update()
        QApplication.processEvents()
        return self.window.canvas.frames > frames

    def rest(self) -> None:
        """Wait until nothing more is painted by and by."""
        canvas = self.window.canvas
        self.wait(
            lambda: (
                self.look() is None
                and canvas.overlay.settled
                and canvas.ground.settled
                and not canvas.contents.masks.behind
                and not canvas.paths.behind
                and not canvas.contents.detected.busy
            )
        )

    # ---------------------------------------------------------------- mouse, in pixels of the picture
    def at(self, x: float, y: float) -> QPoint:
        return self.window.canvas.view.to_widget(x, y).toPoint()

    def point(self, x: float, y: float) -> None:
        """Rest the cursor there, coming from beside it: Qt does not tell of a cursor that stays."""
        for away in (QPoint(3, 3), QPoint()):
            QTest.mouseMove(self.window.canvas, self.at(x, y) + away)
        QApplication.processEvents()

    def click(
        self, x: float, y: float, *, double: bool = False, modifier: Qt.KeyboardModifier = PLAIN
    ) -> None:
        act = QTest.mouseDClick if double else QTest.mouseClick
        act(self.window.canvas, LEFT, modifier, self.at(x, y))
        QApplication.processEvents()

    def drag(
        self, start: Sequence[float], end: Sequence[float], *, modifier: Qt.KeyboardModifier = PLAIN
    ) -> None:
        """Press, move in five steps, release, with the modifier held."""
        self.drag_to(start, end, modifier=modifier)
        self.let_go(*end, modifier=modifier)

    def drag_to(
        self, start: Sequence[float], end: Sequence[float], *, modifier: Qt.KeyboardModifier = PLAIN
    ) -> None:
        """Press and move; the button is still held."""
        canvas, a, b = self.window.canvas, np.array(start, float), np.array(end, float)
        points = [self.at(*(a + (b - a) * part)) for part in np.linspace(0, 1, 6)]
        QTest.mouseMove(canvas, points[0])
        QTest.mousePress(canvas, LEFT, modifier, points[0])
        for point in points[1:]:
            self._move(point, modifier)
        QApplication.processEvents()

    def let_go(self, x: float, y: float, *, modifier: Qt.KeyboardModifier = PLAIN) -> None:
        """Release the button there."""
        QTest.mouseRelease(self.window.canvas, LEFT, modifier, self.at(x, y))
        QApplication.processEvents()

    def _move(self, point: QPoint, modifier: Qt.KeyboardModifier) -> None:
        """Move the mouse with its button held; QTest's own moves carry no modifiers."""
        canvas = self.window.canvas
        if modifier == PLAIN:
            QTest.mouseMove(canvas, point)
            return
        local, everywhere = QPointF(point), QPointF(canvas.mapToGlobal(point))
        QApplication.sendEvent(
            canvas,
            QMouseEvent(QEvent.Type.MouseMove, local, everywhere, Qt.MouseButton.NoButton, LEFT, modifier),
        )

    def wheel(self, x: float, y: float, *, notches: int, modifier: Qt.KeyboardModifier = PLAIN) -> None:
        """Turn the wheel, a notch at a time."""
        canvas, at = self.window.canvas, QPointF(self.at(x, y))
        for _ in range(abs(notches)):
            turn, none = QPoint(0, 120 if notches > 0 else -120), Qt.MouseButton.NoButton
            where, phase = QPointF(canvas.mapToGlobal(at)), Qt.ScrollPhase.NoScrollPhase
            event = QWheelEvent(at, where, QPoint(), turn, none, modifier, phase, False)
            QApplication.sendEvent(canvas, event)

    # ---------------------------------------------------------------- mending
    def drag_corner(self, corner: str, dx: float, dy: float) -> None:
        """Edit the suspect's box by a corner."""
        self.press(Qt.Key.Key_E)
        suspect = self.suspect()
        assert suspect is not None
        x, y, w, h = suspect.bbox
        right, down = CORNERS[corner]
        start = np.array([x + right * w, y + down * h])
        self.drag(start, start + np.array([dx, dy]))

    def move_vertex(self, vertex: int, dx: float, dy: float) -> None:
        """Edit the suspect's polygon by a vertex."""
        self.press(Qt.Key.Key_E)
        suspect = self.suspect()
        assert suspect is not None
        start = suspect.polygons[0][vertex]
        self.drag(start, start + np.array([dx, dy]))

    def draw_box(self, bbox: Sequence[float]) -> None:
        x, y, w, h = bbox
        self.press(Qt.Key.Key_B)
        self.drag((x, y), (x + w, y + h))

    def draw_polygon(self, points: Sequence[Sequence[float]]) -> None:
        self.press(Qt.Key.Key_G)
        for x, y in points:
            self.click(x, y)
        self.press(Qt.Key.Key_Return)

    def choose_class(self, name: str) -> None:
        self.press(Qt.Key.Key_C)
        self.wait(
            lambda: QApplication.activePopupWidget() is not None or _is_text(QApplication.focusWidget())
        )
        self.type(name)
        self.press(Qt.Key.Key_Return)

    # ---------------------------------------------------------------- whole-project work
    def work_as(self, actor: Actor) -> None:
        self.answers.given["who"] = actor
        self.choose("switch_person")

    def choose(self, action: str) -> None:
        """Choose an entry of a menu."""
        entry = self.window.actions_.action(action)
        assert entry.isEnabled(), action
        entry.trigger()
        QApplication.processEvents()
        self.wait(lambda: not self.window.tasks.busy)

    def export(self, path: Path, choice: Any) -> dict[str, Any]:
        """Export; what the window showed as certificate."""
        self.answers.given["export"] = choice
        self.choose("export")
        shown: dict[str, Any] = next(
            asked for name, asked in reversed(self.answers.shown) if name == "certificate"
        )
        assert shown["path"] == path
        return shown


def _is_text(widget: Any) -> bool:
    return hasattr(widget, "text") and hasattr(widget, "setText") and hasattr(widget, "selectAll")
