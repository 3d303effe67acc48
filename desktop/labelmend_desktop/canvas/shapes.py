"""One frame of shapes on what is still, bottom to top: shade, live shapes, names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter

from labelmend.geometry.polygons import Vertices
from labelmend_desktop.canvas.backdrop import place_of_words
from labelmend_desktop.canvas.colours import ACCENT
from labelmend_desktop.canvas.live import Stage, paint_dim, paint_live, reach_of
from labelmend_desktop.canvas.name_tag import GAP, tag, tag_font, tag_rect, tag_size
from labelmend_desktop.canvas.strokes import cross_out, halo, stroke
from labelmend_desktop.canvas.tags import name_of
from labelmend_desktop.canvas.view import View

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas

_AROUND = 14.0
"""Widget pixels that handles, halo and signs reach beyond the shape that they are on."""


class Shapes:
    """Paints what is alive on the canvas, and knows where that is when it moves.

    ``tags`` are where the tags of it are, in widget pixels.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.tags: list[QRectF] = []
        self._there = QRectF()

    def paint(self, painter: QPainter, rect: QRect, frame: QRectF) -> None:
        """Paint what lies in ``rect``; ``frame`` is the picture. All in widget pixels."""
        canvas, contents = self._canvas, self._canvas.contents
        canvas.aids.ties.draw(painter, rect)
        calm = not canvas.session.editing and canvas.hands.tool is None
        if contents.focus is not None and calm:
            paint_dim(painter, contents.focus, contents.scene, canvas.view, frame)
        canvas.chosen.draw(painter, rect)
        canvas.proposals.draw(painter, rect)
        stage = _stage(canvas)
        paint_live(painter, stage, canvas.view, QRectF(canvas.rect()), canvas.font())
        if not stage.flipped:
            _paint_deleted(painter, canvas, stage)
        canvas.aids.tags.draw(painter, QRectF(rect), stage.taken)
        canvas.brush.paint(painter)
        self._there = _in_hand(stage, canvas.view)
        for taken in stage.taken:
            self._there = self._there.united(taken)
        self.tags = stage.tags

    def repaint(self, *, coming: QRectF | None = None) -> None:
        """Repaint them where they are, and where one is ``coming``.

        That is one rectangle: in a region of several, lines take twice as long.
        """
        canvas = self._canvas
        area = self._there.united(coming or QRectF()).adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND)
        area = canvas.aids.tags.whole(area.united(canvas.aids.loupe.follow()))
        canvas.update(area.toAlignedRect() & canvas.rect())

    def repaint_draft(self) -> None:
        """Repaint where the draft was and is."""
        draft = self._canvas.hands.draft
        if draft is None:
            self.repaint()
            return
        wide = max((tag.width() for tag in self.tags), default=0.0)
        high = max((tag.height() for tag in self.tags), default=0.0)
        self.repaint(coming=reach_of(draft, self._canvas.view).adjusted(-wide, -high, wide, high))

    def repaint_name(self, row: int | None) -> None:
        """Repaint what says which shape, or none, is below the cursor."""
        if row is None:
            self.repaint()
            return
        canvas, scene = self._canvas, self._canvas.contents.scene
        names = () if canvas.session.project is None else canvas.session.project.categories.name
        wide, high = tag_size(name_of(scene, names, row), tag_font(canvas.font()))
        wide, high = wide + GAP, high + GAP
        self.repaint(coming=canvas.view.rect(scene.box(row)).adjusted(-wide, -high, wide, high))


def _in_hand(stage: Stage, view: View) -> QRectF:
    """Where the draft is, or else the selected label."""
    if stage.draft is not None:
        return reach_of(stage.draft, view)
    row = None if stage.selected is None else stage.scene.row_of.get(stage.selected)
    return QRectF() if row is None else view.rect(stage.scene.box(row))


def _paint_deleted(painter: QPainter, canvas: Canvas, stage: Stage) -> None:
    """A suspect that was deleted, crossed out where it was: else nobody could tell whether that is right."""
    outline, accent = canvas.contents.deleted(), QColor(ACCENT)
    if not outline:
        return
    path = canvas.paths.of(outline, canvas.view)
    area = path.boundingRect()
    halo(painter, path)
    cross_out(painter, path, accent)
    stroke(painter, path, accent, width=1.5)
    font = tag_font(canvas.font())
    rect = tag_rect("deleted", font, area, room=QRectF(canvas.rect()), avoid=[*stage.taken, area])
    stage.taken.extend((area, rect))
    tag(painter, "deleted", rect, font, accent)


def _stage(canvas: Canvas) -> Stage:
    session, contents, hands = canvas.session, canvas.contents, canvas.hands
    flipped = session.flip and contents.focus is not None
    other, name = contents.other_state() if flipped else ((), "")
    idle = not (session.editing or canvas.pointing.over_hand or hands.draft is not None)
    return Stage(
        scene=contents.scene,
        names=session.project.categories.name if session.project is not None else (),
        quiet=contents.quiet_labels,
        focus=contents.focus,
        wanted=contents.wanted(),
        difference=contents.difference,
        selected=session.selected,
        hovered=None if canvas.aids.tags.names(canvas.pointing.hovered) else canvas.pointing.hovered,
        in_hand=contents.in_hand(),
        draft=hands.draft,
        proposal=canvas.proposals.current,
        painted=canvas.brush.key,
        active=hands.active,
        picked=_picked(canvas),
        spot=canvas.pointing.spot,
        crossings=_crossings(canvas),
        calm=hands.tool is not None or idle,
        editing=session.editing,
        flipped=flipped,
        other=other,
        other_name=name,
        draw_category=_category_drawn(canvas),
        taken=_proposed(canvas),
        path=canvas.paths.of,
    )


def _proposed(canvas: Canvas) -> list[QRectF]:
    """What no tag is to cover beside the suspect: the shape that is proposed and what is said of it."""
    proposal = canvas.proposals.current
    if proposal is None or not proposal.outline:
        return []
    room, font = canvas.rect().toRectF().getRect(), canvas.font().toString()
    shown = canvas.paths.of(proposal.outline, canvas.view)
    return [shown.boundingRect(), place_of_words(canvas.proposals.words, room, font)]


def _picked(canvas: Canvas) -> Vertices:
    """Vertices to be shown as picked, of the polygon in hand as the gesture under way has it."""
    draft, in_hand = canvas.hands.draft, canvas.contents.in_hand()
    if in_hand is None:
        return []
    changed = draft is not None and draft.key == in_hand.key and draft.parts
    return canvas.picking.among(in_hand.key, draft.parts if draft is not None and changed else in_hand.parts)


def _crossings(canvas: Canvas) -> NDArray[np.float64]:
    """Where the outline that is being made, or else the one in question, crosses itself (m, 2)."""
    if canvas.hands.draft is not None or canvas.proposals.current is not None:
        return canvas.mending.marks
    key, focus = canvas.session.selected, canvas.contents.focus
    asked = focus.key if key is None and focus is not None else key
    return canvas.mending.marks_of(canvas.contents.scene.annotation(asked))


def _category_drawn(canvas: Canvas) -> int:
    """The class of what is being drawn: that of the selected label, where it is drawn for that."""
    tool, annotation = canvas.hands.tool, canvas.contents.scene.annotation(canvas.session.selected)
    for_another = annotation is not None and tool is not None and tool.name in ("part", "cut", "line")
    return annotation.category if annotation is not None and for_another else canvas.session.draw_category
