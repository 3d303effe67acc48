"""A plot that shows and is not moved: the ground of every plot of ours."""

from __future__ import annotations

import pyqtgraph as pg


def still_plot() -> pg.PlotWidget:
    """A plot that neither mouse nor menu changes, with its axes right around what it shows."""
    plot = pg.PlotWidget(enableMenu=False)
    plot.hideButtons()
    plot.setMouseEnabled(x=False, y=False)
    item = plot.getPlotItem()
    item.getViewBox().setDefaultPadding(0)
    # It makes the menu anyhow, as a window of its own: without an owner that would outlive the plot.
    item.ctrlMenu.setParent(plot, item.ctrlMenu.windowFlags())
    return plot
