"""A plot of points that lead to labels, with limits and lines between them, in the theme's colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QToolTip, QVBoxLayout, QWidget

from labelmend.report.judgements import Ids
from labelmend_desktop import theme
from labelmend_desktop.dashboard.spots import Spot, tip_of
from labelmend_desktop.still_plot import still_plot

_NEAR, _MARGIN, _GAP = 14, 1, 3
"""Pixels from a point at which a click still means it, around the words of a name, and below the lowest."""
Floats = NDArray[np.float64]
Ticks = list[tuple[float, str]]


@dataclass(frozen=True, eq=False)
class Series:
    """Points (n,) of one colour: what each tells and the labels behind it.

    limits (n, 2): from where to where along the axis of values the truth may lie. joined: a line goes through
    them. name: written at the last point; it leads to the labels of all points, which ``about`` says of them.
    """

    x: Floats
    y: Floats
    tone: str
    titles: Sequence[str]
    issues: Sequence[Ids]
    tips: Sequence[str] = ()
    limits: Floats | None = None
    joined: bool = False
    name: str = ""
    about: str = ""
    symbol: str = "o"


@dataclass(frozen=True, eq=False)
class Frame:
    """What stands round the points: ranges, ticks, and whether values lie along x."""

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_ticks: Ticks | None = None
    y_ticks: Ticks | None = None
    across: bool = False
    diagonal: bool = False
    left: int = 40
    empty: str = ""


class PointPlot(QWidget):
    """``taken(title, issues)`` when somebody wants to see the labels behind a point."""

    taken = Signal(str, object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._series: Sequence[Series] = ()
        self._frame = Frame((0, 1), (0, 1))
        self._here: tuple[int, int] | None = None
        self._names: list[tuple[pg.TextItem, Series]] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        # Making and drawing a plot takes 10 ms: each has a turn of the event loop of its own.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._draw)
        self._soon.start()

    @cached_property
    def plot(self) -> pg.PlotWidget:
        """What is drawn in."""
        plot = still_plot()
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.getPlotItem().getViewBox().sigResized.connect(self._soon.start)  # names are placed by pixels
        plot.scene().sigMouseClicked.connect(self._clicked)
        plot.scene().sigMouseMoved.connect(self._hovered)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(plot)
        return plot

    @cached_property
    def _ring(self) -> pg.ScatterPlotItem:
        """What lies round the point that is meant."""
        return pg.ScatterPlotItem(size=15, brush=None)

    @property
    def settled(self) -> bool:
        """Whether what is to be seen is drawn."""
        return not self._soon.isActive()

    def show_points(self, series: Sequence[Series], frame: Frame) -> None:
        """Show other points."""
        self._series, self._frame, self._here = series, frame, None
        self._soon.start()

    # ---------------------------------------------------------------- how it is drawn
    def _draw(self) -> None:
        colours, frame = theme.tokens(), self._frame
        self._dress()
        self.plot.clear()
        self._names = []
        some = any(len(one.x) for one in self._series)
        for name, ticks in (("bottom", frame.x_ticks), ("left", frame.y_ticks)):
            self.plot.getAxis(name).setTicks(None if ticks is None else [ticks])
            self.plot.showAxis(name, some)
        self.plot.getAxis("left").setWidth(frame.left)
        self.plot.setXRange(*frame.x_range, padding=0)
        self.plot.setYRange(*frame.y_range, padding=0)
        if not some:
            text = pg.TextItem(frame.empty, color=colours.text_quiet, anchor=(0, 0))
            text.setFont(theme.font())
            text.setPos(frame.x_range[0], frame.y_range[1])
            self.plot.addItem(text)
            return
        quiet = pg.mkPen(colours.line, width=1)
        if frame.diagonal:
            self.plot.addItem(pg.PlotCurveItem([0, 1], [0, 1], pen=quiet, antialias=True))
        for one in self._series:
            self._draw_series(one)
        self._write_names()
        self._ring.setPen(pg.mkPen(colours.accent, width=2))
        self._ring.setData([], [])
        self.plot.addItem(self._ring)

    def _draw_series(self, one: Series) -> None:
        colour = QColor(getattr(theme.tokens(), one.tone))
        if one.joined:
            self.plot.addItem(pg.PlotCurveItem(one.x, one.y, pen=pg.mkPen(colour, width=2), antialias=True))
        if one.limits is not None and len(one.x):
            value = one.x if self._frame.across else one.y
            below, above = value - one.limits[:, 0], one.limits[:, 1] - value
            sides = {"left": below, "right": above} if self._frame.across else {"top": above, "bottom": below}
            self.plot.addItem(
                pg.ErrorBarItem(x=one.x, y=one.y, pen=pg.mkPen(colour, width=2), beam=0, **sides)
            )
        size = 5 if one.joined else 9
        self.plot.addItem(
            pg.ScatterPlotItem(one.x, one.y, size=size, symbol=one.symbol, brush=colour, pen=pg.mkPen(None))
        )

    def _write_names(self) -> None:
        """Each at its last point; where two lines end close to each other, one name above the other."""
        box = self.plot.getPlotItem().getViewBox()
        a_pixel = (self._frame.y_range[1] - self._frame.y_range[0]) / max(box.height(), 1.0)
        top = -np.inf
        for one in sorted(
            (one for one in self._series if one.name and len(one.x)), key=lambda one: one.y[-1]
        ):
            colours = theme.tokens()
            behind = QColor(colours.raised)  # a line that runs there lies below the words
            behind.setAlpha(220)
            colour = QColor(getattr(colours, one.tone))
            text = pg.TextItem(one.name, color=colour, anchor=(1, 1), fill=behind)
            text.setFont(theme.font(theme.SIZE_SMALL))
            text.textItem.document().setDocumentMargin(_MARGIN)
            text.updateTextPos()
            place = max(one.y[-1] + _GAP * a_pixel, top)
            text.setPos(one.x[-1], place)
            self.plot.addItem(text)
            self._names.append((text, one))
            top = place + text.boundingRect().height() * a_pixel

    def _dress(self) -> None:
        colours = theme.tokens()
        self.plot.setBackground(QColor(colours.raised))
        for name in ("bottom", "left"):
            axis = self.plot.getAxis(name)
            axis.setPen(QColor(colours.line))
            axis.setTextPen(QColor(colours.text_quiet))
            axis.setStyle(tickFont=theme.font(theme.SIZE_SMALL, tabular=True), tickLength=-4)

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_soon"):
            self._soon.start()

    # ---------------------------------------------------------------- mouse and keys
    def place_of(self, series: int, number: int) -> QPoint:
        """Where a point is, in pixels of the plot's viewport."""
        one = self._series[series]
        seen = self.plot.getPlotItem().getViewBox().mapViewToScene(QPointF(one.x[number], one.y[number]))
        there: QPoint = self.plot.mapFromScene(seen)
        return there

    def _nearest(self, scene: QPointF) -> tuple[int, int] | None:
        box = self.plot.getPlotItem().getViewBox()
        found, best = None, float(_NEAR)
        for number, one in enumerate(self._series):
            for place in range(len(one.x)):
                there = box.mapViewToScene(QPointF(one.x[place], one.y[place])) - scene
                far = float(np.hypot(there.x(), there.y()))
                if far < best and len(one.issues[place]):
                    found, best = (number, place), far
        return found

    def _spot(self, point: tuple[int, int]) -> Spot:
        one, place = self._series[point[0]], point[1]
        tip = one.tips[place] if one.tips else ""
        return Spot(QRectF(), one.titles[place], one.issues[place], tip)

    def _go(self, point: tuple[int, int] | None) -> None:
        if point == self._here:
            return
        self._here = point
        if point is None:
            self._ring.setData([], [])
        else:
            one = self._series[point[0]]
            self._ring.setData([one.x[point[1]]], [one.y[point[1]]])

    def _named(self, scene: QPointF) -> Spot | None:
        """The line whose name is there."""
        for text, one in self._names:
            place = text.mapRectToScene(text.boundingRect())
            if place.contains(scene):
                return Spot(place, one.about, np.concatenate(one.issues))
        return None

    def _hovered(self, scene: QPointF) -> None:
        name = self._named(scene)
        self._go(None if name else self._nearest(scene))
        spot = name if self._here is None else self._spot(self._here)
        self.plot.setCursor(Qt.CursorShape.PointingHandCursor if spot else Qt.CursorShape.ArrowCursor)
        if spot is not None:
            at = self.plot.mapToGlobal(self.plot.mapFromScene(scene))
            QToolTip.showText(at, tip_of(spot), self.plot)

    def _clicked(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        name, point = self._named(event.scenePos()), self._nearest(event.scenePos())
        if name is not None:
            self.taken.emit(name.title, name.issues)
        elif point is not None:
            self._take(point)

    def _take(self, point: tuple[int, int]) -> None:
        spot = self._spot(point)
        self.taken.emit(spot.title, spot.issues)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        points = [
            (n, place)
            for n, one in enumerate(self._series)
            for place in range(len(one.x))
            if len(one.issues[place])
        ]
        way = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
        if event.key() in way and points:
            at = points.index(self._here) + way[Qt.Key(event.key())] if self._here in points else 0
            self._go(points[at % len(points)])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._here is not None:
            self._take(self._here)
        else:
            super().keyPressEvent(event)
