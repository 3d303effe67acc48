"""What lies below a point of the picture: pure functions that return a small record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from labelmend.geometry.polygons import Part, Parts
from labelmend.project.history import NO_KEY
from labelmend_desktop.canvas.intricate import is_intricate
from labelmend_desktop.canvas.scene import BOX, MASK, OUTLINED, Scene

Kind = Literal["nothing", "shape", "inside", "handle", "side", "vertex", "middle", "edge"]
HANDLES = ("nw", "n", "ne", "e", "se", "s", "sw", "w")
REACH = 7.0
"""How near a line or a handle counts as on it, in widget pixels."""
SUGGESTED = NO_KEY
"""The key, in hand, of a label that is suggested where one is missing: it is none of the project's yet."""
MIDDLE_FROM = 24.0
"""An edge offers its middle for a new vertex when it is this long on the screen, in widget pixels."""


@dataclass(frozen=True)
class Hit:
    """What was hit: nothing, another shape (``key``), or of the shape in hand its inside, a box's handle
    or side (``handle``, one of HANDLES), a polygon's vertex, the edge after it, or that edge's middle.
    ``within``: the other shape is hit within the one that is edited.
    """

    kind: Kind = "nothing"
    key: int | None = None
    handle: str = ""
    part: int = -1
    index: int = -1
    within: bool = False


NOTHING = Hit()


@dataclass(frozen=True, eq=False)
class InHand:
    """The selected shape, as far as it can be dragged: a box (4,) xywh, or polygon parts, or neither.

    With both it is a polygon that is taken by its box. ``rle`` is the mask of one that is suggested.
    """

    key: int
    box: NDArray[np.float64] | None = None
    parts: Parts = ()
    rle: dict[str, Any] | None = None


def handle_points(box: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where the eight handles (8, 2) of a box (4,) xywh are, in the order of HANDLES."""
    x, y, w, h = box
    across = np.array([0, 0.5, 1, 1, 1, 0.5, 0, 0])
    down = np.array([0, 0, 0, 0.5, 1, 1, 1, 0.5])
    return np.column_stack([x + w * across, y + h * down])


def middles(part: NDArray[np.float64], scale: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Of a part, the edges long enough on the screen to offer their middle, and those middles (m, 2)."""
    along = np.roll(part, -1, axis=0) - part
    edges = np.flatnonzero(np.hypot(*along.T) * scale >= MIDDLE_FROM)
    return edges, part[edges] + along[edges] / 2


def hit(
    scene: Scene,
    x: float,
    y: float,
    *,
    scale: float,
    in_hand: InHand | None,
    rows: NDArray[np.int64],
    edges: bool = False,
) -> Hit:
    """What a press at picture point (x, y) would take hold of, seen at ``scale``.

    The shape in hand comes first: its handles and vertices, then
    its sides or (if it is edited: ``edges``) a polygon's edges, then the smallest of ``rows`` at the point,
    which may be the shape in hand itself.
    """
    reach = REACH / scale
    if in_hand is not None:
        found = _grip(in_hand, x, y, scale)
        if found is NOTHING and edges and in_hand.box is None:
            found = _edge(in_hand, np.array([x, y]), reach)
        if found is not NOTHING:
            return found
    key = shape_at(scene, x, y, reach=reach, rows=rows)
    if key is None and in_hand is not None and _holds_hand(in_hand, x, y):
        return Hit("inside", in_hand.key)  # taken by its box, beside its outline; or suggested only
    if key is None:
        return NOTHING
    if in_hand is not None and key == in_hand.key:
        return Hit("inside", key)
    return Hit("shape", key, within=edges and in_hand is not None and _holds_hand(in_hand, x, y))


def _grip(in_hand: InHand, x: float, y: float, scale: float) -> Hit:
    reach = REACH / scale
    point = np.array([x, y])
    if in_hand.box is not None:
        near = np.abs(handle_points(in_hand.box) - point).max(axis=1)
        if near.min() <= reach * 1.4:
            return Hit("handle", in_hand.key, HANDLES[int(near.argmin())])
        return _side(in_hand, x, y, reach)
    best, distance = NOTHING, reach * 1.4
    for number, part in enumerate(in_hand.parts):
        near = np.abs(part - point).max(axis=1)
        if near.min() <= distance:
            best, distance = Hit("vertex", in_hand.key, "", number, int(near.argmin())), float(near.min())
    if best is not NOTHING:
        return best
    for number, part in enumerate(in_hand.parts):
        edges, places = middles(part, scale)
        near = np.abs(places - point).max(axis=1, initial=0)
        if len(edges) and near.min() <= reach:
            return Hit("middle", in_hand.key, "", number, int(edges[near.argmin()]))
    return NOTHING


def _edge(in_hand: InHand, point: NDArray[np.float64], reach: float) -> Hit:
    """The edge of a polygon that lies nearest, within reach."""
    best, distance = NOTHING, reach * 0.8
    for number, part in enumerate(in_hand.parts):
        # Within a small part the edges leave a middle to take hold of.
        slack = min(distance, float(np.ptp(part, axis=0).max()) / 6)
        along = np.roll(part, -1, axis=0) - part
        length = np.maximum((along**2).sum(axis=1), 1e-12)
        share = np.clip(((point - part) * along).sum(axis=1) / length, 0, 1)
        away = np.hypot(*(part + share[:, None] * along - point).T)
        if away.min() <= slack:
            best, distance = Hit("edge", in_hand.key, "", number, int(away.argmin())), float(away.min())
    return best


def _side(in_hand: InHand, x: float, y: float, reach: float) -> Hit:
    assert in_hand.box is not None
    left, top, w, h = in_hand.box.tolist()
    right, bottom = left + w, top + h
    away = {"w": abs(x - left), "e": abs(x - right), "n": abs(y - top), "s": abs(y - bottom)}
    for side in away:
        along = top - reach <= y <= bottom + reach if side in "we" else left - reach <= x <= right + reach
        if not along:
            away[side] = np.inf
    side = min(away, key=away.__getitem__)
    # Within a small box the sides leave a middle to take hold of.
    slack = min(reach * 0.8, max(w if side in "we" else h, reach * 0.8) / 4)
    return Hit("side", in_hand.key, side) if away[side] <= slack else NOTHING


def _holds_hand(in_hand: InHand, x: float, y: float) -> bool:
    return _covers(in_hand.parts, x, y, 0) if in_hand.box is None else _within(in_hand.box, x, y)


def _within(box: NDArray[np.float64], x: float, y: float) -> bool:
    left, top, w, h = box.tolist()
    return bool(left <= x <= left + w and top <= y <= top + h)


def shape_at(scene: Scene, x: float, y: float, *, reach: float, rows: NDArray[np.int64]) -> int | None:
    """The key of the smallest annotation among ``rows`` that holds the point or has its line within reach."""
    near = rows[scene.touching(np.array([x - reach, y - reach, 2 * reach, 2 * reach]))[rows]]
    near = near[~scene.is_detection[near]]
    b = scene.boxes[near]
    for row in near[np.argsort((b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1]), kind="stable")].tolist():
        if scene.kind[row] == BOX or _holds(scene, row, x, y, reach):
            annotation = scene.annotations[row]
            return None if annotation is None else annotation.key
    return None


def named_at(
    scene: Scene, x: float, y: float, *, reach: float, rows: NDArray[np.int64], below: int | None
) -> int | None:
    """Which of ``rows`` is named when a press at the point would take ``below``, an annotation's row or None.

    A detection takes no press; it is named where its line lies nearer to the point than the annotation's,
    or where there is no annotation at all.
    """
    seen = rows[scene.is_detection[rows]]
    seen = seen[scene.touching(np.array([x - reach, y - reach, 2 * reach, 2 * reach]))[seen]]
    seen = seen[np.array([_is_held_by(scene, row, x, y, reach) for row in seen.tolist()], bool)]
    if not len(seen):
        return below
    away = _from_lines(scene, seen, x, y)
    nearest = int(away.argmin())
    if below is None:
        size = (scene.boxes[seen, 2:] - scene.boxes[seen, :2]).prod(axis=1)
        return int(seen[nearest if away[nearest] <= reach else size.argmin()])
    own = _from_lines(scene, np.array([below]), x, y)[0]
    return int(seen[nearest]) if away[nearest] <= reach and own > reach else below


def _from_lines(scene: Scene, rows: NDArray[np.int64], x: float, y: float) -> NDArray[np.float64]:
    """How far the point lies from the nearest line of each of these rows (n,)."""
    away = _from_sides(scene.boxes[rows], x, y)
    for at, row in enumerate(rows.tolist()):
        if scene.kind[row] != BOX and not is_intricate(parts := scene.drawn(row)):
            away[at] = min(abs(_depth(part, x, y)) for part in parts)
    return away


def _is_held_by(scene: Scene, row: int, x: float, y: float, reach: float) -> bool:
    """Whether a detection whose box is near the point is there too, as far as it is quickly told."""
    if scene.kind[row] != OUTLINED or is_intricate(parts := scene.outline(row)):
        return True
    return _covers(parts, x, y, reach)


def _from_sides(boxes: NDArray[np.float64], x: float, y: float) -> NDArray[np.float64]:
    """How far the point lies from the nearest side of each box (n, 4) x0 y0 x1 y1."""
    inner = np.stack([x - boxes[:, 0], y - boxes[:, 1], boxes[:, 2] - x, boxes[:, 3] - y], axis=1)
    inside = inner.min(axis=1)
    beyond = np.minimum(inner, 0)
    outside = np.hypot(beyond[:, [0, 2]].min(axis=1), beyond[:, [1, 3]].min(axis=1))
    away: NDArray[np.float64] = np.where(inside >= 0, inside, outside)
    return away


def _holds(scene: Scene, row: int, x: float, y: float, reach: float) -> bool:
    around = (x - reach, y - reach, x + reach, y + reach)
    covered = scene.mask_covers(row, around) if scene.kind[row] == MASK else None
    return _covers(scene.outline(row), x, y, reach) if covered is None else covered


def _covers(parts: Parts, x: float, y: float, reach: float) -> bool:
    """Whether the point lies in a part or within reach of its line."""
    return any(_depth(part, x, y) >= -reach for part in parts)


def _depth(part: Part, x: float, y: float) -> float:
    """How far within a part's line the point lies; beside it below 0."""
    line = (part - (x, y)).astype(np.float32).reshape(-1, 1, 2)  # relative to the point it suffices
    return float(cv2.pointPolygonTest(line, (0.0, 0.0), True))
