"""Chooses a class by typing a part of its name; the likely ones come first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from labelmend_desktop import theme

_ROW = Qt.ItemDataRole.UserRole


def matching(text: str, names: Sequence[str], *, first: Sequence[int] = ()) -> list[int]:
    """Class rows whose name holds ``text``: those that begin with it, then words that do, then the others.

    Without text, ``first`` come first; within a group the order is ``first``, then the alphabet.
    """
    text = text.strip().casefold()
    place = {row: at for at, row in enumerate(first)}

    def rank(row: int) -> tuple[int, int, str]:
        name = names[row].casefold()
        begins = 0 if name.startswith(text) else 1 if f" {text}" in name else 2
        return begins if text else 0, place.get(row, len(place)), name

    return sorted((row for row, name in enumerate(names) if text in name.casefold()), key=rank)


class ClassPicker(QFrame):
    """A pop-up: Enter takes the marked class, arrows move the mark, Esc leaves.

    Emits ``chosen(row)``, and ``left()`` when it goes.
    """

    chosen = Signal(int)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("class_picker")
        self.setProperty("room", "card")
        self._names: Sequence[str] = ()
        self._first: Sequence[int] = ()
        self._colours: dict[int, QColor] = {}
        self.text = QLineEdit()
        self.text.setPlaceholderText("Type a class")
        self.text.textChanged.connect(self._fill)
        self.text.installEventFilter(self)
        self.list = QListWidget()
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(self._take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.text)
        layout.addWidget(self.list)
        self.resize(260, 320)

    def ask(
        self,
        place: QPoint,
        names: Sequence[str],
        *,
        first: Sequence[int],
        colours: dict[int, QColor] | None = None,
    ) -> None:
        """Open at ``place`` (screen) with the classes ``names``."""
        self._names, self._first, self._colours = names, first, colours or {}
        self.text.clear()
        self._fill("")
        room = self.screen().availableGeometry()
        self.move(min(place.x(), room.right() - self.width()), min(place.y(), room.bottom() - self.height()))
        self.show()
        self.text.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102
        if watched is self.text and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            if event.key() in step:
                to = self.list.currentRow() + step[Qt.Key(event.key())]
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, to)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                item = self.list.currentItem()
                if item is not None:
                    self._take(item)
                return True
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: D102
        super().hideEvent(event)
        self.left.emit()

    def _fill(self, text: str) -> None:
        self.list.clear()
        for row in matching(text, self._names, first=self._first):
            item = QListWidgetItem(self._names[row])
            item.setData(_ROW, row)
            if row in self._colours:
                square = QPixmap(12, 12)
                square.fill(self._colours[row])
                item.setIcon(QIcon(square))
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _take(self, item: QListWidgetItem) -> None:
        self.hide()
        self.chosen.emit(int(item.data(_ROW)))
