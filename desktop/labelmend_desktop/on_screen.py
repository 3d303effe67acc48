"""Keeps windows within the screen they are on."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QStyle, QWidget


def room_for(window: QWidget, wanted: QSize, *, share: float = 1.0) -> QSize:
    """``wanted``, but no more than ``share`` of the screen's free area less a title bar."""
    free = window.screen().availableGeometry()
    title = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
    return wanted.boundedTo(QSize(int(share * free.width()), int(share * free.height()) - title))


def bring_within(window: QWidget) -> None:
    """Shrink and move a window, not yet shown, so that its screen holds it; a maximised one already fits."""
    if window.isMaximized() or window.isFullScreen():
        return
    window.resize(room_for(window, window.size()))
    if window.pos().isNull():
        return  # never placed: the window manager finds the place
    free = window.screen().availableGeometry()
    at = window.geometry().topLeft()
    most = QPoint(free.right() + 1 - window.width(), free.bottom() + 1 - window.height())
    # Not move(): that places the frame, where `at` is the place inside it, and the window would creep down
    # by its title bar each time that it is opened.
    inside = QPoint(max(free.left(), min(at.x(), most.x())), max(free.top(), min(at.y(), most.y())))
    window.setGeometry(QRect(inside, window.size()))


def keep_within(window: QWidget) -> None:
    """Move a window that is shown, with its title bar, to where its screen holds it; its title if it is too
    large."""
    free, frame = window.screen().availableGeometry(), window.frameGeometry()
    left = max(free.left(), min(frame.left(), free.right() + 1 - frame.width()))
    top = max(free.top(), min(frame.top(), free.bottom() + 1 - frame.height()))
    if frame.topLeft() != QPoint(left, top):
        window.move(left, top)
