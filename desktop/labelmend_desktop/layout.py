"""The panels around the picture: where they lie and how wide they are, kept from one time to the next."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from labelmend_desktop import places
from labelmend_desktop.on_screen import bring_within, room_for

_VERSION = 2
_SIZE = QSize(1440, 900)


class Layout:
    """Docks panels to a window; `restore` when all are, `keep` when the window closes."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._first = QByteArray()
        options = QMainWindow.DockOption
        window.setDockOptions(options.AnimatedDocks | options.AllowTabbedDocks)
        window.resize(room_for(window, _SIZE))

    def dock(
        self, title: str, inside: QWidget, area: Qt.DockWidgetArea, *, width: int, least: int
    ) -> QDockWidget:
        """A panel that can be moved and floated, not closed; `width` and `least` in pixels."""
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"dock_{title.lower()}")
        features = QDockWidget.DockWidgetFeature
        dock.setFeatures(features.DockWidgetMovable | features.DockWidgetFloatable)
        inside.setMinimumWidth(least)
        dock.setWidget(inside)
        self._window.addDockWidget(area, dock)
        self._window.resizeDocks([dock], [width], Qt.Orientation.Horizontal)
        return dock

    def restore(self) -> None:
        """Put window and panels where they were left; where they are now is where `reset` puts them."""
        self._first = self._window.saveState(_VERSION)
        settings = places.settings()
        for key, restore in (("geometry", self._window.restoreGeometry), ("layout", self._restore_panels)):
            stored = settings.value(f"window/{key}")
            if isinstance(stored, QByteArray):
                restore(stored)
        bring_within(self._window)

    def _restore_panels(self, stored: QByteArray) -> bool:
        return self._window.restoreState(stored, _VERSION)

    def reset(self) -> None:
        """Put the panels where they were before anybody moved them."""
        self._restore_panels(self._first)

    def keep(self, *, panels: bool) -> None:
        """Remember where the window is and, where they are shown, how its panels lie."""
        settings = places.settings()
        settings.setValue("window/geometry", self._window.saveGeometry())
        if panels:
            settings.setValue("window/layout", self._window.saveState(_VERSION))
