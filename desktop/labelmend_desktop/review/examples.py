"""Some labels of a cluster as small pictures: is it the same fault on all of them?"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from labelmend.project.project import Project
from labelmend_desktop import theme
from labelmend_desktop.decoding import pixmap_of
from labelmend_desktop.picture_button import picture_button
from labelmend_desktop.session import Session

SHOWN = 6
_SIDE = 56


class Examples(QWidget):
    """Emits ``chosen(issue)`` when a picture is clicked; empty for issues that stand for themselves."""

    chosen = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.issues: list[int] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.GRID // 2)
        self._buttons = [self._button(place) for place in range(SHOWN)]
        for place, button in enumerate(self._buttons):
            grid.addWidget(button, place // 3, place % 3, Qt.AlignmentFlag.AlignLeft)
        grid.setColumnStretch(3, 1)
        session.pictures.cropped.connect(self._paint_missing)
        self.hide()

    def _button(self, place: int) -> QToolButton:
        button = picture_button(f"example_{place + 1}", _SIDE, self)
        button.clicked.connect(lambda: self.chosen.emit(self.issues[place]))
        return button

    def show_cluster(self, project: Project, row: int) -> None:
        """Show labels of the card at this row, from all over the cluster; nothing for any other issue."""
        members = project.issues.members(row)
        places = np.unique(np.linspace(0, max(len(members) - 1, 0), SHOWN).astype(int))
        self.issues = project.issues.id[members[places[: len(members)]]].tolist()
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(self.issues))
            button.setIcon(QIcon())
        for place, issue in enumerate(self.issues):
            at = project.issues.row_of(issue)
            file = project.images.file_name[int(project.issues.image[at])]
            self._buttons[place].setToolTip(f"{project.issues.sentence(at)} ({file}) Click to look at it.")
            self._paint(place)
        self.setVisible(bool(self.issues))

    def _paint_missing(self) -> None:
        """Whatever crop arrived: one that was asked for may have been dropped for newer wishes since."""
        for place in range(len(self.issues)):
            if self._buttons[place].icon().isNull():
                self._paint(place)

    def _paint(self, place: int) -> None:
        project, issue = self._session.project, self.issues[place]
        row = project.issues.row_of(issue) if project is not None else -1
        if project is None or row < 0:
            return  # the project was closed, or its issues were found anew, while pictures were on their way
        side = round(_SIDE * self.devicePixelRatioF())
        table = project.issues
        crop = self._session.pictures.crop(issue, int(table.image[row]), table.bbox[row], side)
        if crop is not None:
            self._buttons[place].setIcon(QIcon(pixmap_of(crop)))
