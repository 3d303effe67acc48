"""Plots leave nothing behind: a menu that outlives its plot is dressed with every change of the theme."""

import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QMenu

from labelmend_desktop.still_plot import still_plot


def menus() -> set[int]:
    """Those that are there once what waits to be deleted is: of this test, or of one before."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    found = [one for one in QApplication.topLevelWidgets() if isinstance(one, QMenu)]
    return {shiboken6.getCppPointer(one)[0] for one in found}


def test_a_plots_menus_go_with_it(qapp):
    before = menus()
    plot = still_plot()
    assert len(menus()) > len(before)
    plot.deleteLater()  # as with its window: nobody closes a plot by itself, which would let its menus go
    assert menus() == before
