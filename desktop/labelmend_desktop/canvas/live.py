"""Paints what is not quiet: the suspect, its suggestion, the selected shape, the draft in hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen

from labelmend.geometry.differences import Difference
from labelmend.geometry.polygons import Part, Parts, Vertices, bounds, scaled
from labelmend.project.annotation import Annotation
from labelmend_desktop.canvas.change import difference_of, paint_change
from labelmend_desktop.canvas.colours import ACCENT, DETECTION_DASH, colour_of
from labelmend_desktop.canvas.focus import Focus
from labelmend_desktop.canvas.gestures.story import Draft
from labelmend_desktop.canvas.hit import HANDLES as HANDLE_NAMES
from labelmend_desktop.canvas.hit import NOTHING, SUGGESTED, Hit, InHand, handle_points, middles
from labelmend_desktop.canvas.name_tag import tag, tag_font, tag_rect
from labelmend_desktop.canvas.proposal import Proposal
from labelmend_desktop.canvas.scene import Scene, corners
from labelmend_desktop.canvas.strokes import (
    cross_out,
    dim,
    dots,
    edged,
    halo,
    handles,
    path_of,
    stroke,
    thin,
    warnings,
    whiten,
)
from labelmend_desktop.canvas.tags import class_name, label_name, name_of
from labelmend_desktop.canvas.view import View

DIM = QColor(8, 9, 11, 105)
_MANY_POINTS = 400
_MOST_GRIPS = 3000
"""Of more vertices in sight only those that are picked have handles: they would hide the outline."""
_SPECK, _RING = 6.0, 14.0
_TAG_REACH = 160.0
"""Widget pixels around a shape in which its tag may lie."""


@dataclass(frozen=True, eq=False)
class Stage:
    """All that the live layer needs to know to paint one frame.

    While ``editing``, what is suggested is a thin outline, out of the way of the hands.

    ``wanted`` are the outlines of what is suggested; ``difference`` says what an outline has that another
    lacks, None while that is being looked for.
    Painting notes in ``taken`` where shapes and tags are, and in ``tags`` the tags alone.
    ``quiet`` tells the boxes near a box of the labels below, which tags hide as little of as may be.
    ``painted`` is the label that is shown by its pixels, for the brush. ``flipped`` shows the other state
    of the suspect (``other``: its outline there) instead of this one. ``path`` makes outlines that are there
    in other frames too into paths.
    """

    scene: Scene
    names: Sequence[str]
    quiet: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    focus: Focus | None = None
    wanted: Parts = ()
    difference: Callable[[Parts, Parts], Difference | None] = difference_of
    selected: int | None = None
    hovered: int | None = None
    in_hand: InHand | None = None
    draft: Draft | None = None
    proposal: Proposal | None = None
    painted: int | None = None
    active: Hit = NOTHING
    picked: Vertices = ()
    spot: NDArray[np.float64] | None = None
    crossings: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))
    calm: bool = False
    editing: bool = False
    flipped: bool = False
    other: Parts = ()
    other_name: str = ""
    draw_category: int = 0
    taken: list[QRectF] = field(default_factory=list)
    tags: list[QRectF] = field(default_factory=list)
    path: Callable[[Parts, View], QPainterPath] = path_of


def paint_live(painter: QPainter, stage: Stage, view: View, room: QRectF, font: QFont) -> None:
    """Paint the live layer into ``room``, the widget's rectangle."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    font = tag_font(font)
    if stage.flipped:
        _paint_other(painter, stage, view, room, font)
        return
    about = stage.focus.key if stage.focus else None
    _paint_others(painter, stage, view, room)  # first: the suspect's tag keeps off them
    if about is None or about != stage.painted:
        _paint_suspect(painter, stage, _outline(stage, about), view, room, font)
    if stage.selected is not None and stage.selected not in (about, stage.painted):
        _paint_selected(painter, stage, view, room, font)
    if stage.proposal is not None:
        _paint_proposal(painter, stage, stage.proposal, view, room)
    if stage.proposal is None or stage.proposal.key == SUGGESTED:
        _paint_grips(painter, stage, view, room)
    if stage.draft is not None and stage.draft.band and stage.draft.box is not None:
        _paint_band(painter, view.rect(stage.draft.box))
    elif stage.draft is not None and stage.draft.key is None and stage.draft.by is None:
        _paint_new(painter, stage, stage.draft, view)
    warnings(painter, stage.crossings, view)
    if stage.hovered is not None:
        _paint_name(painter, stage, stage.hovered, view, room, font)


def paint_dim(painter: QPainter, focus: Focus, scene: Scene, view: View, picture: QRectF) -> None:
    """Shade the picture but for the suspect, its suggestion, and a margin around both."""
    area = view.rect(focus.area(scene))
    margin = max(14.0, 0.12 * max(area.width(), area.height()))
    dim(painter, picture, area.adjusted(-margin, -margin, margin, margin), DIM)


def _outline(stage: Stage, key: int | None) -> Parts:
    """The outline of an annotation as it is, or as the draft has it; a polygon follows its box."""
    draft, annotation = stage.draft, stage.scene.annotation(key)
    if key is not None and draft is not None and draft.key == key:
        if draft.box is None:
            return draft.parts
        if annotation is not None and annotation.polygons:
            return scaled(annotation.polygons, bounds(annotation.polygons), draft.box)
        return (corners(draft.box),)
    if annotation is None or key is None:
        return ()
    return stage.scene.drawn(stage.scene.row_of[key])


def _path(stage: Stage, outline: Parts, view: View, room: QRectF, *, held: bool) -> QPainterPath:
    """Of a label; one that is held is another in every frame, and its path made at once."""
    return path_of(outline, view, room=room) if held else stage.path(outline, view)


def _is_held(stage: Stage, key: int | None) -> bool:
    """Whether a label is being dragged: then it is put to the picture as it is."""
    return key is not None and stage.draft is not None and stage.draft.key == key


def _paint_suspect(
    painter: QPainter, stage: Stage, suspect: Parts, view: View, room: QRectF, font: QFont
) -> None:
    focus = stage.focus
    if focus is None:
        return
    annotation = stage.scene.annotation(focus.key)
    suggestion = None if stage.draft is not None or stage.proposal is not None else focus.suggestion
    taken = stage.proposal is not None and stage.proposal.key == SUGGESTED  # in hand, drawn by itself
    wanted = () if suggestion is None and not taken else stage.wanted
    if not suspect and not wanted and focus.key is None and np.isfinite(focus.box).all():
        wanted = (corners(focus.box),)
    held = _is_held(stage, focus.key)
    path, wanted_path = _path(stage, suspect, view, room, held=held), stage.path(wanted, view)
    if not held and not taken:
        halo(painter, path if suspect else wanted_path)
    accent = QColor(ACCENT)
    if suggestion is not None and suggestion.fix == "delete":
        cross_out(painter, path, accent)
    elif wanted and suspect and not stage.editing:
        _paint_difference(painter, stage, suspect, wanted, view, room)
    if suspect and annotation is not None:
        (thin if held else stroke)(painter, path, colour_of(annotation.category))
    stretched = suggestion is not None and suggestion.outline == "stretched"
    if wanted and not (stretched and stage.editing):
        stroke(painter, wanted_path, accent, width=1 if stage.editing else 2)
    if stretched and suggestion is not None and suggestion.bbox is not None:
        # The sides that the reason speaks of: a stretched outline only touches them.
        stroke(painter, path_of((corners(suggestion.bbox),), view), accent, width=1.5, dash=DETECTION_DASH)
    about = path.boundingRect().united(wanted_path.boundingRect())
    if suspect and max(about.width(), about.height()) < _SPECK:
        about = _ring(painter, view.rect(bounds(suspect)).center())
    if not about.isNull():
        stage.taken.append(about)
        text, colour = _suspect_words(stage, focus, annotation)
        _tag(painter, stage, text, about, view, room, font, colour)


def _paint_others(painter: QPainter, stage: Stage, view: View, room: QRectF) -> None:
    """What else was changed with the suspect, so that all that there is to judge is seen."""
    for key in () if stage.focus is None else stage.focus.others:
        annotation = stage.scene.annotation(key)
        if annotation is None or key in (stage.selected, stage.painted):
            continue
        path = _path(stage, _outline(stage, key), view, room, held=_is_held(stage, key))
        if not stage.editing:
            halo(painter, path)
        stroke(painter, path, colour_of(annotation.category))
        stage.taken.append(path.boundingRect())


def _ring(painter: QPainter, middle: QPointF) -> QRectF:
    """A ring around a suspect too small to be seen, as one of no area is."""
    ring = QPainterPath()
    ring.addEllipse(middle, _RING, _RING)
    halo(painter, ring)
    stroke(painter, ring, QColor(ACCENT))
    return ring.boundingRect()


def _suspect_words(stage: Stage, focus: Focus, annotation: Annotation | None) -> tuple[str, QColor]:
    suggestion = focus.suggestion
    if annotation is None:
        category = suggestion.category if suggestion is not None else focus.category
        if category < 0:  # nothing is said of what may be missing
            return "here?", QColor(ACCENT)
        return f"{class_name(stage.names, category)}?", QColor(ACCENT)
    name = label_name(stage.names, annotation)
    if suggestion is not None and suggestion.fix == "category":
        name = f"{name} → {class_name(stage.names, suggestion.category)}"
    elif suggestion is not None and suggestion.fix == "delete":
        name = f"{name} → no label"
    return name, colour_of(annotation.category)


def _paint_selected(painter: QPainter, stage: Stage, view: View, room: QRectF, font: QFont) -> None:
    annotation = stage.scene.annotation(stage.selected)
    if annotation is None:
        return
    held, colour = _is_held(stage, stage.selected), colour_of(annotation.category)
    path = _path(stage, _outline(stage, stage.selected), view, room, held=held)
    if stage.draft is None:
        whiten(painter, path)
    if held:
        thin(painter, path, colour)
    else:
        stroke(painter, path, colour, width=2.5)
    name = label_name(stage.names, annotation)
    _tag(painter, stage, name, path.boundingRect(), view, room, font, colour)


def _paint_proposal(painter: QPainter, stage: Stage, proposal: Proposal, view: View, room: QRectF) -> None:
    """What a label would become, with what that adds and takes away, unless it is drawn already."""
    if proposal.is_still or (proposal.key == SUGGESTED and proposal.rle is not None):
        return
    if proposal.key == SUGGESTED:
        outline = _outline(stage, SUGGESTED) or proposal.outline
        stroke(painter, stage.path(outline, view), colour_of(stage.draw_category))
        return
    before = proposal.before or _outline(stage, proposal.key)
    _paint_difference(painter, stage, before, proposal.outline, view, room, known=proposal.change)
    stroke(painter, stage.path(proposal.outline, view), QColor(ACCENT))
    for part in proposal.parts if sum(map(len, proposal.parts)) <= _MANY_POINTS else ():
        dots(painter, part, view)
    handles(painter, proposal.moved, view, active=set(range(len(proposal.moved))), size=6.5)


def _paint_difference(
    painter: QPainter,
    stage: Stage,
    before: Parts,
    after: Parts,
    view: View,
    room: QRectF,
    known: Difference | None = None,
) -> None:
    found = known or stage.difference(before, after)
    if found is not None:  # else a thread looks for it
        paint_change(painter, before, after, view, room, known=found, path=stage.path)


def _paint_grips(painter: QPainter, stage: Stage, view: View, room: QRectF) -> None:
    """The handles or vertices of the shape in hand."""
    in_hand = stage.in_hand
    if in_hand is None or stage.calm:
        return
    draft = stage.draft if stage.draft is not None and stage.draft.key == in_hand.key else None
    box = in_hand.box
    if box is not None and draft is not None:
        box = draft.around
    if box is not None:
        if in_hand.parts:
            stroke(painter, path_of((corners(box),), view), QColor("white"), width=1)
        active = {HANDLE_NAMES.index(stage.active.handle)} if stage.active.handle else set()
        handles(painter, handle_points(box), view, active=active)
        return
    parts = draft.parts if draft is not None and draft.parts else in_hand.parts
    crowded = _in_sight(parts, view, room) > _MOST_GRIPS
    for number, part in enumerate(parts):
        active = {place for owner, place in stage.picked if owner == number}
        if crowded:
            handles(painter, part[sorted(active)], view, active=range(len(active)))
            continue
        if len(part) <= _MANY_POINTS and draft is None:
            dots(painter, middles(part, view.scale)[1], view)
        handles(painter, part, view, active=active, size=_size_of_vertices(part, view))
    if stage.spot is not None and draft is None:
        handles(painter, stage.spot[None], view, active={0}, size=6.5)


def _in_sight(parts: Parts, view: View, room: QRectF) -> int:
    """How many vertices of outlines lie in ``room``."""
    if sum(map(len, parts)) <= _MOST_GRIPS:
        return 0
    left, top, wide, high = view.box_of(room).tolist()
    x, y = np.concatenate(parts).T
    return int(((x >= left) & (x <= left + wide) & (y >= top) & (y <= top + high)).sum())


def _size_of_vertices(part: Part, view: View) -> float:
    """Smaller where they are close together: they must not hide the outline that they are on."""
    along = np.concatenate([part[1:], part[:1]]) - part
    lengths: list[float] = np.hypot(along[:, 0], along[:, 1]).tolist()
    apart = median(lengths) * view.scale  # numpy's takes three times as long
    return min(max(0.6 * apart, 3.5), 6.5)


def _paint_new(painter: QPainter, stage: Stage, draft: Draft, view: View) -> None:
    """A shape that is being drawn."""
    colour = colour_of(stage.draw_category)
    parts = (corners(draft.box),) if draft.box is not None else draft.parts
    path = path_of(parts, view, closed=draft.closed)
    (stroke if draft.closed else edged)(painter, path, colour)
    stage.taken.append(path.boundingRect())
    if not draft.closed:
        marks = parts[0][:-1] if draft.marks is None else draft.marks
        handles(painter, marks, view, size=6.5, active={0} if len(parts[0]) > 3 else set())


def _paint_band(painter: QPainter, rect: QRectF) -> None:
    """What selects the shapes within: thin, and dashed black on white, so that it is like no shape."""
    painter.setBrush(QColor(255, 255, 255, 40))
    painter.setPen(QPen(QColor("white"), 1))
    painter.drawRect(rect)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor("black"), 1, Qt.PenStyle.DashLine))
    painter.drawRect(rect)


def _paint_name(painter: QPainter, stage: Stage, row: int, view: View, room: QRectF, font: QFont) -> None:
    """The tag of the quiet shape below the cursor."""
    scene, name = stage.scene, name_of(stage.scene, stage.names, row)
    _tag(
        painter, stage, name, view.rect(scene.box(row)), view, room, font, colour_of(int(scene.category[row]))
    )


def _paint_other(painter: QPainter, stage: Stage, view: View, room: QRectF, font: QFont) -> None:
    """The suspect in its other state: as it was before it was changed, or as suggested."""
    if stage.focus is None:
        return
    if stage.other:
        path = stage.path(stage.other, view)
        halo(painter, path)
        stroke(painter, path, QColor(ACCENT))
        stage.taken.append(path.boundingRect())
        about = path.boundingRect()
    else:
        about = view.rect(stage.focus.area(stage.scene))
    _tag(painter, stage, stage.other_name, about, view, room, font, QColor(ACCENT))


def _tag(
    painter: QPainter,
    stage: Stage,
    text: str,
    about: QRectF,
    view: View,
    room: QRectF,
    font: QFont,
    colour: QColor,
) -> None:
    rect = tag_rect(text, font, about, room=room, avoid=stage.taken, beside=_beside(stage, about, view))
    stage.taken.append(rect)
    stage.tags.append(rect)
    tag(painter, text, rect, font, colour)


def _beside(stage: Stage, about: QRectF, view: View) -> NDArray[np.float64]:
    """The boxes (n, 4) x0 y0 x1 y1 of quiet labels where a tag may go, in widget pixels."""
    near = view.box_of(about.adjusted(-_TAG_REACH, -_TAG_REACH, _TAG_REACH, _TAG_REACH))
    boxes: NDArray[np.float64] = stage.quiet(near) * view.scale + (view.x, view.y, view.x, view.y)
    return boxes


def reach_of(draft: Draft, view: View) -> QRectF:
    """The widget rectangle that painting a draft may touch."""
    return view.rect(draft.around).adjusted(-12, -12, 12, 12)
