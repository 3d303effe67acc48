"""The histogram of scores, with a region to drag: from which score on issues are shown."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from labelmend_desktop import theme

_BINS = 50


class ScoreHistogram(QWidget):
    """Emits ``region_changed(low, high)`` while the region is dragged."""

    region_changed = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(56)
        self.setToolTip("How many issues have which score. Drag the edges to show some of them only.")
        self._plot = pg.PlotWidget()
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.hideAxis("left")
        self._plot.getPlotItem().getViewBox().setDefaultPadding(0)
        self._plot.setXRange(0, 1, padding=0.02)
        self._bars = pg.BarGraphItem(x=np.zeros(1), height=np.zeros(1), width=1 / _BINS)
        self._plot.addItem(self._bars)
        self.region = pg.LinearRegionItem((0, 1), bounds=(0, 1))
        self._plot.addItem(self.region)
        self.region.sigRegionChanged.connect(self._moved)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self._dress()

    def show_scores(self, scores: NDArray[np.float64]) -> None:
        """Draw the histogram of ``scores`` (n,); by square roots, so that few show beside many."""
        counts, edges = np.histogram(scores, bins=_BINS, range=(0, 1))
        self._bars.setOpts(x=(edges[:-1] + edges[1:]) / 2, height=np.sqrt(counts), width=1 / _BINS)
        self._plot.setYRange(0, max(1.0, float(np.sqrt(counts.max(initial=1)))), padding=0.05)

    def reset(self) -> None:
        """Show every score."""
        self.region.setRegion((0, 1))

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def _moved(self) -> None:
        low, high = self.region.getRegion()
        self.region_changed.emit(float(low), float(high))

    def _dress(self) -> None:
        colours = theme.tokens()
        self._plot.setBackground(None)
        axis = self._plot.getAxis("bottom")
        axis.setPen(QColor(colours.line))
        axis.setTextPen(QColor(colours.text_quiet))
        axis.setStyle(tickFont=theme.font(theme.SIZE_SMALL), tickLength=2, tickTextOffset=1)
        axis.setHeight(18)
        axis.setTicks([[(0, "0"), (0.5, ".5"), (1, "1")]])
        self._bars.setOpts(brush=QColor(colours.text_quiet), pen=None)
        fill = QColor(colours.accent)
        fill.setAlpha(40)
        self.region.setBrush(fill)
        fill.setAlpha(70)
        self.region.setHoverBrush(fill)
        for line in self.region.lines:
            line.setPen(QColor(colours.accent), width=2)
            line.setHoverPen(QColor(colours.accent), width=4)
