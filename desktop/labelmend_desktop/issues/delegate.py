"""Paints one line of the issue list: the crop, the kind, the class, the score, why, and the state."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from labelmend.review.states import FLAGGED
from labelmend_desktop import theme
from labelmend_desktop.issues.model import ROW, IssueModel
from labelmend_desktop.session import Session
from labelmend_desktop.words import issue_icon, issue_word, score_word, state_of

CROP = 56
HEIGHT = CROP + 2 * theme.GRID
_ICON = 16


class IssueDelegate(QStyledItemDelegate):
    """Reads everything from the table when it paints; keeps nothing."""

    def __init__(
        self, session: Session, *, colour_of: Callable[[int], QColor], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._colour_of = colour_of

    def sizeHint(  # noqa: D102
        self,
        _option: QStyleOptionViewItem,
        _index: QModelIndex | QPersistentModelIndex,
    ) -> QSize:
        return QSize(240, HEIGHT)

    def paint(  # noqa: D102
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        model = index.model()
        if not isinstance(model, IssueModel) or model.table is None:
            return
        row = int(index.data(ROW))
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        self._ground(painter, rect, state)
        crop = QRect(rect.left() + theme.GRID, rect.top() + theme.GRID, CROP, CROP)
        self._crop(painter, crop, model, row)
        left = crop.right() + 1 + theme.GRID
        lines = QRect(left, crop.top(), rect.right() - left - theme.GRID, CROP)
        self._words(painter, lines, model, row)
        painter.restore()

    def _ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        colours = theme.tokens()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(colours.selected))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(colours.accent))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(colours.hover))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(colours.line))

    def _crop(self, painter: QPainter, rect: QRect, model: IssueModel, row: int) -> None:
        table = model.table
        assert table is not None
        painter.fillRect(rect, QColor(theme.tokens().ground))
        image = int(table.image[row])
        ratio = painter.device().devicePixelRatio()
        picture = None
        if image >= 0:
            size = round(CROP * ratio)
            picture = self._session.pictures.crop(int(table.id[row]), image, table.bbox[row], size)
        if picture is not None:
            shown = picture.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRect(0, 0, shown.width(), shown.height())
            target.moveCenter(rect.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(target, picture)

    def _words(self, painter: QPainter, rect: QRect, model: IssueModel, row: int) -> None:
        table, colours = model.table, theme.tokens()
        assert table is not None
        step = CROP // 3
        top = QRect(rect.left(), rect.top(), rect.width(), step)
        theme.icon(issue_icon(table, row)).paint(
            painter, QRect(top.left(), top.top() + (step - _ICON) // 2, _ICON, _ICON)
        )
        score = score_word(table, row)
        tabular = theme.font(tabular=True)
        width = QFontMetrics(tabular).horizontalAdvance("0.00")
        self._text(painter, top, score, colours.text, tabular, right=True)
        word = QRect(top.left() + _ICON + 6, top.top(), top.width() - width - _ICON - 10, step)
        self._text(painter, word, issue_word(table, row), colours.text, theme.font(bold=True))
        middle = top.translated(0, step)
        self._swatch(painter, middle, int(table.category[row]))
        project = self._session.project
        standing = FLAGGED if project is None else project.standing(int(table.id[row]))
        state = self._state(painter, middle, *state_of(int(table.status[row]), standing))
        name = QRect(middle.left() + _ICON + 6, middle.top(), middle.width() - _ICON - 6 - state, step)
        # Of a long name both ends: many begin alike.
        ends = QFontMetrics(theme.font()).elidedText(
            model.class_of(row), Qt.TextElideMode.ElideMiddle, name.width()
        )
        self._text(painter, name, ends, colours.text, theme.font())
        bottom = middle.translated(0, step)
        self._text(painter, bottom, table.short(row), colours.text_quiet, theme.font(theme.SIZE_SMALL))

    def _swatch(self, painter: QPainter, rect: QRect, category: int) -> None:
        if category >= 0:
            square = QRect(0, 0, 10, 10)
            square.moveCenter(QRect(rect.left(), rect.top(), _ICON, rect.height()).center())
            painter.fillRect(square, self._colour_of(category))
            painter.setPen(QPen(QColor(theme.tokens().line), 1))
            painter.drawRect(square)

    def _state(self, painter: QPainter, rect: QRect, word: str, icon: str) -> int:
        """Paint the state at the right end; returns the width it took."""
        if not icon:
            return 0
        font = theme.font(theme.SIZE_SMALL)
        width = QFontMetrics(font).horizontalAdvance(word)
        self._text(painter, rect, word, theme.tokens().text_quiet, font, right=True)
        at = QRect(rect.right() - width - 16, rect.top() + (rect.height() - 12) // 2, 12, 12)
        theme.icon(icon, theme.tokens().text_quiet).paint(painter, at)
        return width + 24

    def _text(
        self, painter: QPainter, rect: QRect, text: str, colour: str, font: QFont, *, right: bool = False
    ) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(rect, int(side | Qt.AlignmentFlag.AlignVCenter), shown)
