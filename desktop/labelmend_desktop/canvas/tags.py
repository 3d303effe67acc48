"""The names of all shapes in sight, and detections' scores: none over another, faint on small shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QTimer
from PySide6.QtGui import QPainter, QPixmap

from labelmend_desktop.canvas.colours import colour_of
from labelmend_desktop.canvas.name_tag import GAP, tag_font, tag_picture
from labelmend_desktop.canvas.scene import Scene
from labelmend_desktop.canvas.view import View

if TYPE_CHECKING:
    from labelmend.project.annotation import Annotation
    from labelmend_desktop.canvas.canvas import Canvas

Floats = NDArray[np.float64]
MOST = 80
"""So many names are placed at the most, those of the largest shapes."""
FAINT_FROM, CLEAR_FROM = 16.0, 48.0
"""A shape whose longer side is shorter than the first has no name, from the second on it is wholly clear."""
SETTLE = 80
"""Names find their places when the view has been still for so long, in milliseconds."""


def opacity(longer_side: Floats) -> Floats:
    """How clear (n,) the names of shapes are, 0 to 1, by their longer sides (n,) in widget pixels."""
    return np.clip((longer_side - FAINT_FROM) / (CLEAR_FROM - FAINT_FROM), 0.0, 1.0)


def place(sizes: Floats, abouts: Floats, *, room: Floats, avoid: Floats) -> Floats:
    """Where tags go, (n, 4) x0 y0 x1 y1; rows of nan for those that find no place.

    ``sizes`` (n, 2) are the tags' own, ``abouts`` (n, 4) x0 y0 x1 y1 the shapes that they name, the most
    important first. Every tag lies wholly in ``room`` (4,), beside its shape, off the tags before it and
    off ``avoid`` (m, 4).
    """
    out = np.full((len(sizes), 4), np.nan)
    taken = np.concatenate([np.asarray(avoid, np.float64).reshape(-1, 4), np.full((len(sizes), 4), np.nan)])
    used = len(taken) - len(sizes)
    for row, ((w, h), (x0, y0, x1, y1)) in enumerate(zip(sizes.tolist(), abouts.tolist(), strict=True)):
        left = [x0, x0, x1 - w, x1 - w, x1 + GAP, x0 - GAP - w]
        top = [y0 - GAP - h, y1 + GAP, y0 - GAP - h, y1 + GAP, y0, y0]
        low = np.column_stack([left, top])
        places = np.hstack([low, low + np.array([w, h])])
        fits = (low >= room[:2]).all(axis=1) & (places[:, 2:] <= room[2:]).all(axis=1)
        for one in places[fits]:
            others = taken[:used]
            if not ((others[:, :2] < one[2:]) & (others[:, 2:] > one[:2])).all(axis=1).any():
                out[row] = taken[used] = one
                used += 1
                break
    return out


def class_name(names: Sequence[str], category: int) -> str:
    """What a class is called, by its row."""
    return names[category] if 0 <= category < len(names) else "unknown class"


def label_name(names: Sequence[str], label: Annotation) -> str:
    """What a label is called: its class, and that it is a crowd."""
    return class_name(names, label.category) + (" · crowd" if label.crowd else "")


def name_of(scene: Scene, names: Sequence[str], row: int) -> str:
    """What a row is called: a label by its class, a detection by its score too, and by its model where there
    are several."""
    label = scene.annotations[row]
    if label is not None:
        return label_name(names, label)
    name = class_name(names, int(scene.category[row]))
    model = scene.model(row)
    return f"{name} {scene.score[row]:.2f}" + (f" · {model}" if model else "")


@dataclass(frozen=True)
class Placed:
    """One name, ready to draw."""

    row: int
    rect: QRectF
    opacity: float
    pixmap: QPixmap


class Tags:
    """Places the names when the view rests, shifts them with a pan, and hides them during a zoom.

    ``placed`` are those that were placed for ``view``.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.placed: list[Placed] | None = None
        self.view = View()
        self._settle = QTimer(canvas, singleShot=True, interval=SETTLE)
        self._settle.timeout.connect(self.drop)

    @property
    def on(self) -> bool:
        """Whether names are wanted."""
        return self._canvas.session.seeing["show_names"]

    @property
    def settled(self) -> bool:
        """Whether the names have found their places for the view that is seen."""
        return not self._settle.isActive()

    def drop(self) -> None:
        """Shapes, their names or the view are others: find places anew."""
        if self.on or self.placed:
            self.placed = None
            self._canvas.update()

    def view_moved(self) -> None:
        """The view goes on moving: wait."""
        if self.on:
            self._settle.start()

    def names(self, row: int | None) -> bool:
        """Whether a row has its name on the picture."""
        return self.on and any(one.row == row for one in self.placed or ())

    def whole(self, area: QRectF) -> QRectF:
        """An area with the names that reach into it: one that makes way does so whole."""
        if self.on and self.placed:
            by = self._canvas.view.x - self.view.x, self._canvas.view.y - self.view.y
            places = [one.rect.translated(*by) for one in self.placed]
            for place in [one for one in places if one.intersects(area)]:
                area = area.united(place)
        return area

    def draw(self, painter: QPainter, rect: QRectF, taken: Sequence[QRectF]) -> None:
        """Draw those that reach into ``rect`` and lie off what is ``taken`` by other tags and the suspect."""
        view = self._canvas.view
        if not self.on:
            return
        if self.placed is None:
            self.view, self.placed = view, self._find_places(taken)
        if view.scale != self.view.scale:
            return
        by = QPointF(view.x - self.view.x, view.y - self.view.y)
        for one in self.placed:
            here = one.rect.translated(by)
            if here.intersects(rect) and not any(here.intersects(other) for other in taken):
                painter.setOpacity(one.opacity)
                painter.drawPixmap(here.topLeft(), one.pixmap)
        painter.setOpacity(1.0)

    def _find_places(self, taken: Sequence[QRectF]) -> list[Placed]:
        canvas, scene = self._canvas, self._canvas.contents.scene
        project = canvas.session.project
        names = () if project is None else project.categories.name
        boxes = scene.boxes[canvas.contents.rows] * canvas.view.scale + [canvas.view.x, canvas.view.y] * 2
        room = np.array([0.0, 0.0, canvas.width(), canvas.height()])
        longer = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0)
        seen = (boxes[:, :2] < room[2:]).all(axis=1) & (boxes[:, 2:] > 0).all(axis=1) & (longer > FAINT_FROM)
        chosen = np.flatnonzero(seen)
        chosen = chosen[np.argsort(-longer[chosen], kind="stable")][:MOST]
        rows = canvas.contents.rows[chosen].tolist()
        clear = opacity(longer[chosen]).tolist()
        font, dpr = tag_font(canvas.font()), canvas.devicePixelRatioF()
        pixmaps = [
            tag_picture(name_of(scene, names, row), font, colour_of(int(scene.category[row])), dpr)
            for row in rows
        ]
        sizes = np.array([pixmap.deviceIndependentSize().toTuple() for pixmap in pixmaps]).reshape(-1, 2)
        avoid = np.array([rect.getCoords() for rect in taken]).reshape(-1, 4)
        found = place(sizes, np.round(boxes[chosen]), room=room, avoid=avoid)
        return [
            Placed(row, QRectF(x0, y0, x1 - x0, y1 - y0), part, pixmap)
            for row, (x0, y0, x1, y1), part, pixmap in zip(rows, found.tolist(), clear, pixmaps, strict=True)
            if x0 == x0  # not nan
        ]
