"""The class of the label at hand: the button that names it, the likely ones, and the list of all."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from labelmend.project.annotation import Annotation, Suggestion
from labelmend.project.project import Project
from labelmend.words import counted
from labelmend_desktop import theme
from labelmend_desktop.action_set import ActionSet
from labelmend_desktop.elided import ElidedButton
from labelmend_desktop.review.class_picker import ClassPicker
from labelmend_desktop.review.likely import frequent_classes, likely
from labelmend_desktop.review.likely_buttons import LikelyButtons
from labelmend_desktop.session import Session


class ClassChoice(QWidget):
    """Emits ``chosen(row)``; ``likely`` are the class rows that the digits stand for."""

    chosen = Signal(int)

    def __init__(self, session: Session, actions: ActionSet, *, colour_of: Callable[[int], QColor]) -> None:
        super().__init__()
        self._session, self._colour_of = session, colour_of
        self._known: Project | None = None
        self._recent: list[int] = []
        self._frequent: list[int] = []
        self.likely: list[int] = []
        self.button = ElidedButton()
        self.button.setObjectName("class_button")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(actions.action("choose_class").trigger)
        self._likely_buttons = LikelyButtons()
        self._likely_buttons.chosen.connect(self.chosen)
        actions.enable_with("choose_class", self.button, self._likely_buttons)
        self.picker = ClassPicker(self)
        self.picker.chosen.connect(self.chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.button)
        layout.addWidget(self._likely_buttons)

    def know(self, project: Project | None) -> None:
        """Forget the classes of another project: an issue of this one may come before it is announced."""
        if project is self._known:
            return
        self._known = project
        self._recent.clear()
        if project is not None:
            self._frequent = frequent_classes(project.dataset.class_counts)

    def show_class(
        self, project: Project, annotation: Annotation | None, suggested: Suggestion | None
    ) -> None:
        """Name the class of a label, or of the one that is suggested, and what else it is likely to be."""
        several = len(self._session.selection.several)
        own = annotation.category if annotation is not None else suggested.category if suggested else -1
        if suggested is not None and suggested.fix == "members":
            suggested = None
        names = project.categories.name
        shown = annotation is not None or suggested is not None or several > 0
        name = names[own] if 0 <= own < len(names) else "unknown class"
        self.button.say(f"{f'Class of {counted(several)}' if several else f'Class: {name}'}   C")
        box = annotation.bbox if annotation is not None else suggested.bbox if suggested else None
        # Who judges has other uses for the digits: reasons and versions.
        judges = self._session.queue in ("review", "expert") and not self._session.editing
        self.likely = []
        if shown and not judges:
            self.likely = self.likely_at(
                box, own=own, suggested=suggested.category if suggested is not None else -1
            )
        self._likely_buttons.show_classes(self.likely, names)
        self.setVisible(shown)

    def likely_at(self, box: NDArray[np.float64] | None, *, own: int = -1, suggested: int = -1) -> list[int]:
        """The class rows that a label in a box (4,) xywh is likely to be of, without its own."""
        return likely(
            own=own,
            suggested=suggested,
            bbox=box,
            detections=self._session.detections(),
            recent=self._recent,
            frequent=self._frequent,
        )

    def remember(self, category: int) -> None:
        """Offer this class first the next time."""
        self._recent = [category, *(other for other in self._recent if other != category)][:9]

    def pick(self, place: QPoint | None = None) -> None:
        """Open the list of all classes at a place of the screen, else below the button."""
        project = self._session.project
        if project is None:
            return
        names = project.categories.name
        colours = {row: self._colour_of(row) for row in range(len(names))}
        place = place or self.button.mapToGlobal(QPoint(0, self.button.height()))
        self.picker.ask(place, names, likely=self.likely, recent=self._recent, colours=colours)
