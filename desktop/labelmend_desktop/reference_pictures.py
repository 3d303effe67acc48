"""Reference pictures as small ones, each with a badge that tells good from bad; a click shows one large."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QWidget

from labelmend.review.instructions import Reference
from labelmend_desktop import theme
from labelmend_desktop.picture_button import picture_button
from labelmend_desktop.reference_images import ReferenceImages

SIDE = 50
"""Of a small picture; two classes have two in a row each in a dock of the usual width."""
_BADGE = 16
_WORDS = {True: "Like this", False: "Not like this"}
_ICONS = {True: "mdi6.check-circle-outline", False: "mdi6.close-circle-outline"}


def words_of(good: bool) -> str:
    """What a picture is for, in words."""
    return _WORDS[good]


def icon_of(good: bool) -> QIcon:
    """The icon beside them; its shape tells as well as its colour."""
    return theme.icon(_ICONS[good], theme.tokens().ok if good else theme.tokens().danger)


class ReferencePictures(QWidget):
    """Good ones first. Emits ``opened(n)`` when the n-th of the pictures is clicked.

    Where one row has to do, it holds good and bad ones by turns; ``left_out(n)`` says that n had no room.
    """

    opened = Signal(int)
    left_out = Signal(int)

    def __init__(self, images: ReferenceImages) -> None:
        super().__init__()
        self._images = images
        self.pictures: tuple[Reference, ...] = ()
        self._in_one_row = False
        self.buttons: list[QToolButton] = []
        self._made: list[QToolButton] = []  # they stay for the next class: a new one takes a millisecond
        self._waiting: list[int] = []
        self._later = QTimer(self)
        self._later.setInterval(0)
        self._later.timeout.connect(self._load_next)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.GRID // 2)

    def show_pictures(self, pictures: Sequence[Reference], *, in_one_row: bool = False) -> None:
        """Show these, or as many as one row holds.

        Each is decoded in a turn of its own, so that nothing waits for all of them.
        """
        self.pictures, self._in_one_row = tuple(pictures), in_one_row
        self._made += [self._button(n) for n in range(len(self._made), len(self.pictures))]
        for n, button in enumerate(self._made):
            button.setVisible(n < len(self.pictures))
            button.setIcon(QIcon())
        self.buttons = self._made[: len(self.pictures)]
        for button, one in zip(self.buttons, self.pictures, strict=True):
            _tell(button, one)
        self._place()
        self._waiting = list(range(len(self.buttons)))
        self.setVisible(bool(self.pictures))
        if self._waiting:
            self._later.start()

    def _button(self, place: int) -> QToolButton:
        button = picture_button(f"reference_{place + 1}", SIDE, self)
        button.clicked.connect(lambda: self.opened.emit(place))
        return button

    def _place(self) -> None:
        across = max(1, (self.width() + theme.GRID // 2) // (SIDE + theme.GRID))
        shown = self._in_order()
        if self._in_one_row:
            shown = shown[:across]
        for n, button in enumerate(self.buttons):
            button.setVisible(n in shown)
        for at, n in enumerate(shown):
            self._grid.addWidget(self.buttons[n], at // across, at % across, Qt.AlignmentFlag.AlignLeft)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 0)
        self._grid.setColumnStretch(across, 1)
        self.left_out.emit(len(self.buttons) - len(shown))

    def _in_order(self) -> list[int]:
        """The good ones, then the bad; in one row by turns, so that it has of both."""
        places = sorted(range(len(self.buttons)), key=lambda n: not self.pictures[n].good)
        if self._in_one_row:
            good = sum(one.good for one in self.pictures)
            turn = {n: 2 * at if at < good else 2 * (at - good) + 1 for at, n in enumerate(places)}
            places.sort(key=turn.__getitem__)
        return places

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many in a row as there is room for."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._place()

    def _load_next(self) -> None:
        if not self._waiting:
            self._later.stop()
            return
        place = self._waiting.pop(0)
        image = self._images.image(self.pictures[place].picture, round(2 * SIDE * self.devicePixelRatioF()))
        if image.isNull():
            self.buttons[place].setIcon(theme.icon("mdi6.image-broken-variant"))
            self.buttons[place].setToolTip("This picture is not in the project any more.")
        else:
            self.buttons[place].setIcon(QIcon(self._small(image, good=self.pictures[place].good)))

    def _small(self, image: QImage, *, good: bool) -> QPixmap:
        """The middle of a picture as a square, with the badge that tells good from bad."""
        ratio = self.devicePixelRatioF()
        side = min(image.width(), image.height())
        square = image.copy((image.width() - side) // 2, (image.height() - side) // 2, side, side)
        room = round(SIDE * ratio)
        small = QPixmap.fromImage(
            square.scaled(
                room, room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        )
        small.setDevicePixelRatio(ratio)
        painter = QPainter(small)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        corner = QRect(SIDE - _BADGE - 1, SIDE - _BADGE - 1, _BADGE, _BADGE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.tokens().raised))
        painter.drawEllipse(corner)
        icon_of(good).paint(painter, corner)
        painter.end()
        return small


def _tell(button: QToolButton, one: Reference) -> None:
    """What a picture shows and where it is from."""
    words = words_of(one.good)
    told = f"{words}: {one.caption}" if one.caption else words
    origin = f"From {one.origin}." if one.origin else ""
    button.setToolTip("\n".join(filter(None, (told, origin, "Click to see it large."))))
    button.setAccessibleName(told)
