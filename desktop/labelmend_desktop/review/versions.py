"""What several people made of one label, side by side below the picture, for the expert, who takes one.

The annotator sees them where the expert sent the label back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout

from labelmend.project.annotation import Annotation
from labelmend.project.history import NO_KEY, Version
from labelmend.project.in_words import said_in_words, versions_in_words
from labelmend.project.project import Project
from labelmend.project.verbs import take_version
from labelmend.project.versions import base_of, changed_nothing
from labelmend_desktop import theme
from labelmend_desktop.action_set import ActionSet
from labelmend_desktop.review.version_card import SIDE, SMALL_SIDE, VersionCard, paint_labels
from labelmend_desktop.session import Session
from labelmend_desktop.words import when

Records = Mapping[int, bytes | None]
ORIGINAL: Final = "Original"
_CHOOSES: Final = {"expert": ("expert", "original_stands", "K"), "fix": ("annotator", "dismiss", "Enter")}
"""Who chooses in a queue, what puts the original back there, and the key that keeps what was mended."""


class Versions(QScrollArea):
    """A card for each version, and first the label as it was before, that of whoever changed nothing too."""

    def __init__(self, session: Session, actions: ActionSet, *, colour_of: Callable[[int], QColor]) -> None:
        super().__init__()
        self.setObjectName("versions")
        self._session, self._actions, self._colour_of = session, actions, colour_of
        self.cards: list[VersionCard] = []
        self._records: list[Records] = []
        self._takes: list[int] = []
        self._shown: object = None
        self._inside = inside = QFrame()
        inside.setProperty("room", "status")
        self.told = QLabel()
        self.told.setFont(theme.font(theme.SIZE_SMALL))
        self.told.setProperty("tone", "quiet")
        self._row = QHBoxLayout()
        self._row.setSpacing(theme.GRID)
        self._column = column = QVBoxLayout(inside)
        column.setContentsMargins(2 * theme.GRID, theme.GRID, 2 * theme.GRID, theme.GRID)
        column.setSpacing(theme.GRID // 2)
        column.addWidget(self.told)
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
        """Show the versions of the issue in sight, in the expert's queue and where it was sent back to."""
        project, issue, queue = self._session.project, self._session.issue, self._session.queue
        versions = () if project is None or issue is None else project.state.versions_of(issue)
        if project is None or issue is None or not versions or queue not in _CHOOSES:
            self._shown = None
            self.hide()
            return
        shown = (project.path, issue, versions, project.actor, queue)
        if shown != self._shown:
            self._shown = shown
            self._fill(project, issue)
        self._paint()
        self.show()

    def _fill(self, project: Project, issue: int) -> None:
        for card in self.cards:
            self._row.removeWidget(card)
            card.deleteLater()
        versions, base = project.state.versions_of(issue), base_of(project, issue)
        role, put_back, _ = _CHOOSES[self._session.queue]
        words = versions_in_words(project, issue)
        same = [one for one in versions if changed_nothing(one, base)]
        self._takes = [n for n, one in enumerate(versions) if one not in same]
        self._records = [base, *(base | dict(versions[n].records) for n in self._takes)]
        self.cards = [
            VersionCard(ORIGINAL, "", _of_original(same, missing=_is_missing(project, issue, base)), key="X")
        ]
        self.cards[0].taken.connect(self._actions.action(put_back).trigger)
        for place, n in enumerate(self._takes):
            one = versions[n]
            told = words[n]
            if one.said and one.said != ((one.who, "fixed"),):
                told += f"\n{said_in_words(one.said)}"
            card = VersionCard(one.who, when(one.at) if one.at else "", told, key=str(place + 1))
            card.taken.connect(lambda place=place: self.take(place))
            self.cards.append(card)
        mine = project.actor is not None and project.actor.role == role and not project.tampered
        for n, card in enumerate(self.cards):
            card.setObjectName(f"version_{n}")
            card.set_takeable(mine)
            self._row.addWidget(card, 1)
            card.show()  # what a layout shows later has no height yet
        self.told.setText(self._in_words())
        self._fit()

    def _in_words(self) -> str:
        """What happened, and how to choose."""
        queue = self._session.queue
        did = "changed" if len(self._takes) > 1 else "judged"
        back = ", and the expert sent it back" if queue == "fix" else ""
        return (
            f"Several people {did} this label{back}. Take {'a version' if self._takes else 'the original'} "
            f"by its key, or mend the label by hand (E) and keep that ({_CHOOSES[queue][2]})."
        )

    def _fit(self) -> None:
        """Large pictures where there is room for them, and no higher than the cards."""
        room = self.viewport().width() // max(len(self.cards), 1)
        for card in self.cards:
            card.set_side(SIDE if room > 2 * SIDE else SMALL_SIDE)
        self._column.invalidate()
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
        """Take one of the versions other than the original, counted from 0, and go on."""
        issue, said = self._session.issue, self._session.asking.comment
        if issue is not None and number < len(self._takes):
            self._session.take(lambda p: take_version(p, issue, self._takes[number], comment=said), issue)

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.cards:
            self._paint()


def _is_missing(project: Project, issue: int, base: Records) -> bool:
    """Whether no label was there before."""
    row = project.issues.row_of(issue)
    about = NO_KEY if row < 0 else int(project.issues.annotation[row])
    return all(record is None for record in base.values()) and (bool(base) or about == NO_KEY)


def _of_original(same: Sequence[Version], *, missing: bool) -> str:
    """What the card of the original tells: what it is, and who left it so and what they said."""
    what = "no label here" if missing else "as it was before anybody changed it"
    said = sorted({each for one in same for each in one.said})
    return f"{what}\n{said_in_words(said)}" if said else what


def _labels(project: Project, records: Records) -> list[Annotation]:
    return [project.read_annotation(key, record) for key, record in records.items() if record is not None]


def _around(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The box (4,) xywh around boxes (n, 4)."""
    low, high = boxes[:, :2].min(axis=0), (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    return np.concatenate([low, high - low])
