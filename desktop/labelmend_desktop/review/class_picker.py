"""Chooses a class by a digit or by typing a part of its name; the likely ones come first."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHideEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from labelmend_desktop import theme

_Index = QModelIndex | QPersistentModelIndex
_DIGIT = Qt.ItemDataRole.UserRole
_WIDE = 260
_MOST_LINES = 12
_BESIDE = 12
"""Screen pixels between the place that was asked for and the pop-up, which must not cover it."""
_NAME = _WIDE - 80
"""Pixels of a line for a name; the rest is for its colour, its digit, the scroll bar and the margins."""


def matching(text: str, names: Sequence[str], *, first: Sequence[int] = ()) -> list[int]:
    """Class rows whose name fits ``text``, the best first.

    Names that begin with it, then those of which a word does, then those that hold it, then those that hold
    its letters in this order, the closer together the better. Without text, ``first`` come first; what fits
    as well is in the order of ``first``, then of the alphabet.
    """
    text = text.strip().casefold()
    place = {row: at for at, row in enumerate(first)}
    letters = re.compile(".*?".join(map(re.escape, text)))
    found = []
    for row, name in enumerate(names):
        fit = _fit(text, name.casefold(), letters)
        if fit is not None:
            found.append((fit, place.get(row, len(place)), name.casefold(), row))
    return [row for *_, row in sorted(found)]


def _fit(text: str, name: str, letters: re.Pattern[str]) -> int | None:
    """How well a name fits, 0 best; None when it does not."""
    at = name.find(text)
    if at >= 0:
        return 0 if at == 0 or not text else 1 if re.search(rf"\b{re.escape(text)}", name) else 2
    spread = letters.search(name)
    return None if spread is None else 3 + spread.end() - spread.start()


class ClassPicker(QFrame):
    """A pop-up: a digit or Enter takes a class, arrows move the mark, letters narrow the list, Esc leaves.

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
        self._digits: dict[str, int] = {}
        self.text = QLineEdit()
        self.text.setPlaceholderText("Type a class, or its number")
        self.text.textChanged.connect(self._fill)
        self.text.installEventFilter(self)
        self.list, self._lines = QListView(), _Lines(self)
        self.list.setModel(self._lines)
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(QSize(12, 12))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(_Numbered(self.list))
        self.list.clicked.connect(self._take_line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.text)
        layout.addWidget(self.list)
        self.setFixedWidth(_WIDE)

    def ask(
        self,
        place: QPoint,
        names: Sequence[str],
        *,
        likely: Sequence[int],
        recent: Sequence[int] = (),
        colours: dict[int, QColor] | None = None,
    ) -> None:
        """Open beside ``place`` (screen) with the classes ``names``: likely ones first, then recent ones.

        The likely ones are had by their digits, but for a digit that a name begins with: that is typed.
        """
        self._names, self._first = names, list(dict.fromkeys([*likely, *recent]))
        self._lines.colours = colours or {}
        typed = {name[:1] for name in names}
        digits = {str(at): row for at, row in enumerate(likely[:9], start=1)}
        self._digits = {digit: row for digit, row in digits.items() if digit not in typed}
        with QSignalBlocker(self.text):
            self.text.clear()
        self._fill("")
        lines = min(len(names), _MOST_LINES)
        self.list.setFixedHeight(lines * self.list.sizeHintForRow(0) + 2 * self.list.frameWidth())
        self.adjustSize()
        room = self.screen().availableGeometry()
        x, y = place.x() + _BESIDE, place.y() + _BESIDE
        self.move(
            x if x + self.width() <= room.right() else max(place.x() - _BESIDE - self.width(), room.left()),
            max(min(y, room.bottom() - self.height()), room.top()),
        )
        self.show()
        self.text.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102
        if watched is self.text and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            if event.key() in step:
                self._mark(self.list.currentIndex().row() + step[Qt.Key(event.key())])
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take_line(self.list.currentIndex())
                return True
            if not self.text.text() and event.text() in self._digits:
                self._take(self._digits[event.text()])
                return True
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: D102
        super().hideEvent(event)
        self.left.emit()

    def _fill(self, text: str) -> None:
        digits = {} if text else {row: digit for digit, row in self._digits.items()}
        rows = matching(text, self._names, first=self._first)
        self._lines.show(rows, self._names, digits=digits, font=self.list.font())
        self._mark(0)

    def _mark(self, line: int) -> None:
        self.list.setCurrentIndex(self._lines.index(max(0, min(len(self._lines.rows) - 1, line)), 0))

    def _take_line(self, index: QModelIndex) -> None:
        if index.isValid():
            self._take(self._lines.rows[index.row()])

    def _take(self, row: int) -> None:
        self.hide()
        self.chosen.emit(row)


class _Lines(QAbstractListModel):
    """The classes that fit, a line each. (Of items made in Python one was freed too early once, and the
    program with it: what Qt keeps for us it cannot free.)"""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: list[int] = []
        self.colours: dict[int, QColor] = {}
        self._names: Sequence[str] = ()
        self._digits: dict[int, str] = {}
        self._font = QFont()

    def show(self, rows: list[int], names: Sequence[str], *, digits: dict[int, str], font: QFont) -> None:
        """Have these lines in place of all others."""
        self.beginResetModel()
        self.rows, self._names, self._digits, self._font = rows, names, digits, font
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A name, its colour and its digit; of a long name both ends, for many begin alike."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return QFontMetrics(self._font).elidedText(self._names[row], Qt.TextElideMode.ElideMiddle, _NAME)
        if role == Qt.ItemDataRole.DecorationRole and row in self.colours:
            return theme.swatch(self.colours[row], 12)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._names[row]
        return self._digits.get(row, "") if role == _DIGIT else None


class _Numbered(QStyledItemDelegate):
    """Paints the digit that takes a class at the right of its name."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        digit = index.data(_DIGIT)
        if digit:
            painter.setPen(QColor(theme.tokens().text_quiet))
            room = option.rect.adjusted(0, 0, -theme.GRID, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, digit)
