"""What several people made of one label, side by side below the picture, for the expert, who takes one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout

from labelmend.project.annotation import Annotation
from labelmend.project.in_words import versions_in_words
from labelmend.project.project import Project
from labelmend.project.verbs import take_version
from labelmend_desktop import theme
from labelmend_desktop.action_set import ActionSet
from labelmend_desktop.review.version_card import SIDE, SMALL_SIDE, VersionCard, paint_labels
from labelmend_desktop.session import Session
from labelmend_desktop.words import when

Records = Mapping[int, bytes | None]
ORIGINAL: Final = "Original"


class Versions(QScrollArea):
    """A card a version, and first the label as it was before; hidden where there is nothing to choose."""

    def __init__(self, session: Session, actions: ActionSet, *, colour_of: Callable[[int], QColor]) -> None:
        super().__init__()
        self.setObjectName("versions")
        self._session, self._actions, self._colour_of = session, actions, colour_of
        self.cards: list[VersionCard] = []
        self._records: list[Records] = []
        self._shown: object = None
        self._inside = inside = QFrame()
        inside.setProperty("room", "status")
        self._told = QLabel()
        self._told.setFont(theme.font(theme.SIZE_SMALL))
        self._told.setProperty("tone", "quiet")
        self._row = QHBoxLayout()
        self._row.setSpacing(theme.GRID)
        self._column = column = QVBoxLayout(inside)
        column.setContentsMargins(2 * theme.GRID, theme.GRID, 2 * theme.GRID, theme.GRID)
        column.setSpacing(theme.GRID // 2)
        column.addWidget(self._told)
        column.addLayout(self._row)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for signal in (session.project_changed, session.issue_changed, session.mode_changed):
            signal.connect(self.refresh)
        session.changed.connect(lambda _changes: self.refresh())
        session.pictures.cropped.connect(lambda _issue: self._paint())
        self.refresh()

    # ---------------------------------------------------------------- showing
    def refresh(self) -> None:
        """Show the versions of the issue in sight, in the expert's queue."""
        project, issue = self._session.project, self._session.issue
        versions = () if project is None or issue is None else project.state.versions.get(issue, ())
        if project is None or issue is None or not versions or self._session.queue != "expert":
            self._shown = None
            self.hide()
            return
        shown = (project.path, issue, versions, project.actor)
        if shown != self._shown:
            self._shown = shown
            self._fill(project, issue)
        self._paint()
        self.show()

    def _fill(self, project: Project, issue: int) -> None:
        for card in self.cards:
            self._row.removeWidget(card)
            card.deleteLater()
        versions, base = project.state.versions[issue], _before(project, issue)
        self._records = [base, *(base | dict(one.records) for one in versions)]
        words = versions_in_words(project, issue)
        self.cards = [VersionCard(ORIGINAL, "", "as it was before anybody changed it", key="X")]
        self.cards[0].taken.connect(self._actions.action("original_stands").trigger)
        for n, version in enumerate(versions):
            card = VersionCard(version.who, when(version.at) if version.at else "", words[n], key=str(n + 1))
            card.taken.connect(lambda n=n: self.take(n))
            self.cards.append(card)
        mine = project.actor is not None and project.actor.role == "expert"
        for n, card in enumerate(self.cards):
            card.setObjectName(f"version_{n}")
            card.set_takeable(mine)
            self._row.addWidget(card, 1)
        self._told.setText(
            "Several people changed this label. Take one version by its key, or mend the label by hand (E) "
            "and keep that (K)."
        )
        self._fit()

    def _fit(self) -> None:
        """Large pictures where there is room for them, and no higher than the cards."""
        room = self.viewport().width() // max(len(self.cards), 1)
        for card in self.cards:
            card.set_side(SIDE if room > 2 * SIDE else SMALL_SIDE)
        self._column.activate()
        width, bar = self._column.totalMinimumSize().width(), self.horizontalScrollBar().sizeHint().height()
        height = self._column.totalHeightForWidth(max(width, self.viewport().width()))
        self.setFixedHeight(height + bar * (width > self.viewport().width()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width() and self.cards:
            self._fit()
            self._paint()

    def _paint(self) -> None:
        """Paint the place with each version's outlines; the picture may still be on its way."""
        project, issue = self._session.project, self._session.issue
        if self._shown is None or project is None or issue is None:
            return
        labels = [_labels(project, records) for records in self._records]
        boxes = np.array([one.bbox for some in labels for one in some if np.isfinite(one.bbox).all()])
        row = project.issues.row_of(issue)
        place = _around(boxes) if len(boxes) else np.asarray(project.issues.bbox[row])
        ratio = self.devicePixelRatioF()
        side = round(self.cards[0].side * ratio)
        crop = self._session.pictures.crop(issue, self._session.image, place, side)
        for card, some in zip(self.cards, labels, strict=True):
            pixmap = QPixmap(side, side)
            pixmap.fill(QColor(theme.tokens().hover))
            size = project.declared_size(self._session.image)
            paint_labels(pixmap, crop, place, some, size=size, colour_of=self._colour_of)
            pixmap.setDevicePixelRatio(ratio)
            card.picture.setPixmap(pixmap)

    # ---------------------------------------------------------------- taking
    def take(self, number: int) -> None:
        """Take one of the versions, counted from 0, and go on."""
        issue = self._session.issue
        if issue is not None:
            self._session.take(lambda p: take_version(p, issue, number), issue)

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.cards:
            self._paint()


def _before(project: Project, issue: int) -> dict[int, bytes | None]:
    """The labels of the versions as they were before anybody changed them."""
    keys = {key for version in project.state.versions[issue] for key, _ in version.records}
    before = project.state.before(issue)
    return {key: before[key] if key in before else project.record(key) for key in sorted(keys | set(before))}


def _labels(project: Project, records: Records) -> list[Annotation]:
    return [project.read_annotation(key, record) for key, record in records.items() if record is not None]


def _around(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The box (4,) xywh around boxes (n, 4)."""
    low, high = boxes[:, :2].min(axis=0), (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    return np.concatenate([low, high - low])
