"""Reference pictures as rows of small ones, good and bad apart; a click shows one large."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QIcon, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from labelmend.review.instructions import Reference
from labelmend_desktop import theme
from labelmend_desktop.reference_images import ReferenceImages

SIDE, SMALL_SIDE = 72, 48
_WORDS = {True: "Like this", False: "Not like this"}
_ICONS = {True: "mdi6.check-circle-outline", False: "mdi6.close-circle-outline"}


def words_of(good: bool) -> str:
    """What a picture is for, in words."""
    return _WORDS[good]


def icon_of(good: bool) -> QIcon:
    """The icon beside them; its shape tells as well as its colour."""
    return theme.icon(_ICONS[good], theme.tokens().ok if good else theme.tokens().danger)


class ReferencePictures(QWidget):
    """Emits ``opened(n)`` when the n-th of the pictures is clicked."""

    opened = Signal(int)

    def __init__(self, images: ReferenceImages) -> None:
        super().__init__()
        self._images = images
        self.pictures: tuple[Reference, ...] = ()
        self.buttons: list[QToolButton] = []
        self._side = SIDE
        self._waiting: list[int] = []
        self._later = QTimer(self)
        self._later.setInterval(0)
        self._later.timeout.connect(self._load_next)
        self._rows = {good: _Row(good) for good in (True, False)}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID // 2)
        for row in self._rows.values():
            layout.addWidget(row)

    def show_pictures(self, pictures: Sequence[Reference], *, side: int = SIDE) -> None:
        """Show these; each is decoded in a turn of its own, so that nothing waits for all of them."""
        self.pictures, self._side = tuple(pictures), side
        self.buttons = [self._button(n, one) for n, one in enumerate(self.pictures)]
        for good, row in self._rows.items():
            mine = [b for b, one in zip(self.buttons, self.pictures, strict=True) if one.good == good]
            row.fill(mine, side)
        self._waiting = list(range(len(self.buttons)))
        self.setVisible(bool(self.pictures))
        if self._waiting:
            self._later.start()

    def _button(self, place: int, one: Reference) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"reference_{place + 1}")
        button.setProperty("quiet", True)
        button.setProperty("picture", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setIconSize(QSize(self._side, self._side))
        button.setFixedSize(self._side + theme.GRID // 2, self._side + theme.GRID // 2)
        told = [one.caption, f"From {one.origin}." if one.origin else "", "Click to see it large."]
        button.setToolTip("\n".join(filter(None, told)))
        button.setAccessibleName(f"{_WORDS[one.good]}: {one.caption}".rstrip(": "))
        button.clicked.connect(lambda: self.opened.emit(place))
        return button

    def _load_next(self) -> None:
        if not self._waiting:
            self._later.stop()
            return
        place = self._waiting.pop(0)
        side = round(self._side * self.devicePixelRatioF())
        image = self._images.image(self.pictures[place].picture, side)
        if image.isNull():
            self.buttons[place].setIcon(theme.icon("mdi6.image-broken-variant"))
            self.buttons[place].setToolTip("This picture is not in the project any more.")
        else:
            self.buttons[place].setIcon(QIcon(QPixmap.fromImage(image)))


class _Row(QWidget):
    """A heading and as many pictures beside each other as there is room for."""

    def __init__(self, good: bool) -> None:
        super().__init__()
        self._good = good
        self._icon, heading = QLabel(), QLabel(_WORDS[good])
        heading.setFont(theme.font(theme.SIZE_SMALL))
        heading.setProperty("tone", "quiet")
        top = QHBoxLayout()
        top.setSpacing(theme.GRID // 2)
        top.addWidget(self._icon)
        top.addWidget(heading, 1)
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.GRID // 2)
        self._side = SIDE
        self._buttons: list[QToolButton] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addLayout(self._grid)

    def fill(self, buttons: list[QToolButton], side: int) -> None:
        """Show these in place of those before."""
        self._side = side
        for old in self._buttons:
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._buttons = buttons
        self._icon.setPixmap(icon_of(self._good).pixmap(14, 14))
        self.setVisible(bool(buttons))
        self._place()

    def _place(self) -> None:
        across = max(1, self.width() // (self._side + theme.GRID))
        for n, button in enumerate(self._buttons):
            self._grid.addWidget(button, n // across, n % across, Qt.AlignmentFlag.AlignLeft)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column == across else 0)
        self._grid.setColumnStretch(across, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._place()
