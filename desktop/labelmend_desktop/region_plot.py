"""A histogram with a region to drag: of the scores of issues, of the brightness of a picture."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from labelmend_desktop import theme
from labelmend_desktop.still_plot import still_plot

_AT_ONCE = 16384
"""So many values are counted at once: larger arrays are fetched from the system and given back each time."""
_Ticks = list[tuple[float, str]]


class RegionPlot(QWidget):
    """Emits ``region_changed(low, high)`` while the region is dragged."""

    region_changed = Signal(float, float)

    def __init__(self, *, bins: int, height: int, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bins, self._bounds = bins, (0.0, 1.0)
        self.setFixedHeight(height)
        self.setToolTip(tip)
        self._plot = still_plot()
        self._plot.hideAxis("left")
        self._bars = pg.BarGraphItem(x=np.zeros(1), height=np.zeros(1), width=1 / bins)
        self._plot.addItem(self._bars)
        self.region = pg.LinearRegionItem((0, 1), bounds=(0, 1))
        self._plot.addItem(self.region)
        self.region.sigRegionChanged.connect(self._moved)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self.set_bounds((0, 1), [(0, "0"), (0.5, ".5"), (1, "1")])
        self._dress()

    def set_bounds(self, bounds: tuple[float, float], ticks: _Ticks) -> None:
        """From where to where the plot goes, and what stands below it."""
        self._bounds = bounds
        self._plot.setXRange(*bounds, padding=0.02)
        with QSignalBlocker(self.region):  # nobody has dragged it
            self.region.setBounds(bounds)
        self._plot.getAxis("bottom").setTicks([ticks])

    def show_values(self, values: NDArray[np.float64]) -> None:
        """Draw the histogram of ``values`` (n,); by square roots, so that few show beside many."""
        low, high = self._bounds
        width, counts = (high - low) / self._bins, np.zeros(self._bins, np.int64)
        for start in range(0, len(values), _AT_ONCE):
            some = values[start : start + _AT_ONCE]
            counts += np.histogram(some, bins=self._bins, range=self._bounds)[0]
        middles = low + width * (np.arange(self._bins) + 0.5)
        self._bars.setOpts(x=middles, height=np.sqrt(counts), width=width)
        self._plot.setYRange(0, max(1.0, float(np.sqrt(counts.max(initial=1)))), padding=0.05)

    def set_region(self, low: float, high: float) -> None:
        """Put the region there without a word."""
        with QSignalBlocker(self.region):
            self.region.setRegion((low, high))

    def reset(self) -> None:
        """Take everything into the region."""
        self.region.setRegion(self._bounds)

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
        self._bars.setOpts(brush=QColor(colours.text_quiet), pen=None)
        fill = QColor(colours.accent)
        fill.setAlpha(40)
        self.region.setBrush(fill)
        fill.setAlpha(70)
        self.region.setHoverBrush(fill)
        for line in self.region.lines:
            line.setPen(QColor(colours.accent), width=2)
            line.setHoverPen(QColor(colours.accent), width=4)
