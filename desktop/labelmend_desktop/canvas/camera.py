"""Holds the view of the canvas and takes it from one place to another."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation, Signal
from PySide6.QtWidgets import QWidget

from labelmend_desktop.canvas.view import View


class Camera(QObject):
    """``view`` is what is shown now, ``target`` where it is going."""

    moved = Signal()
    DURATION = 120

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self.view = self.target = self._from = View()
        self.animated = True
        self._travel = QVariantAnimation(self, startValue=0.0, endValue=1.0, duration=self.DURATION)
        self._travel.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._travel.valueChanged.connect(self._step)

    def show(self, view: View) -> None:
        """Show a view at once."""
        self._travel.stop()
        self.target = view
        self._set(view)

    def go(self, view: View) -> None:
        """Travel to a view, if that is wished."""
        if not self.animated or not self._widget.isVisible() or view == self.view:
            self.show(view)
            return
        self._travel.stop()
        self._from, self.target = self.view, view
        self._travel.start()

    def _step(self, part: float) -> None:
        size = self._widget.width(), self._widget.height()
        self._set(self._from.between(self.target, part, size))

    def _set(self, view: View) -> None:
        if view != self.view:
            self.view = view
            self.moved.emit()
