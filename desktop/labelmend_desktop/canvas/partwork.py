"""Parts added to the selected label and cut out of it, labels joined, a polygon divided along a line."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from labelmend.errors import LabelmendError, Refused
from labelmend.geometry import masks
from labelmend.geometry.joining import divided
from labelmend.geometry.polygons import Part, Parts, area
from labelmend.project import outlining
from labelmend.project.annotation import Annotation
from labelmend.project.history import Step
from labelmend.project.outlining import Shaped
from labelmend_desktop.canvas.intricate import is_intricate
from labelmend_desktop.canvas.proposal import Proposal
from labelmend_desktop.canvas.taking import no_label
from labelmend_desktop.words import areas_in_words

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas
    from labelmend_desktop.session import Session


# ---- verbs of keys and menus


def begin(canvas: Canvas, tool: str) -> None:
    """Take the tool that adds a part or cuts one out, if the selected label can have parts."""
    label = _selected(canvas)
    if not label.polygons and label.rle is None:
        raise Refused("A box has no parts: draw its outline as a polygon first (G).")
    canvas.take_tool(tool)


def begin_line(canvas: Canvas) -> None:
    """Take the tool that divides the selected polygon; again: make a label of each of its parts."""
    label, tool = _selected(canvas), canvas.hands.tool
    if label.rle is not None:
        raise Refused("This is a mask: erase a line across it (Shift+W), then split it (Shift+G).")
    if not label.polygons:
        raise Refused("Only a polygon can be split along a line: select one first (click, or Tab).")
    if tool is not None and tool.name == "line" and not canvas.hands.busy:
        if len(label.polygons) < 2:
            raise Refused("This label has one part: click a line across it to split it.")
        canvas.hands.put_tool_back()
        _propose_parts(canvas, label)
    else:
        canvas.take_tool("line")


def join(canvas: Canvas) -> None:
    """Propose one label for those that are selected; of one, one part for those that meet."""
    session, project = canvas.session, canvas.session.project
    keys = session.selection.keys
    if project is None or not keys:
        raise Refused("Select two labels or more to join them (Ctrl and a click).")
    shape = session.making.aside(partial(outlining.together, project.still(), keys))
    scene = canvas.contents.scene
    canvas.proposals.show(
        Proposal(
            session.selected,
            "join the parts" if len(keys) == 1 else f"join {len(keys):,} labels",
            _joined_in_words(shape, len(keys)),
            box=shape.box,
            parts=shape.parts,
            rle=shape.rle,
            before=tuple(part for key in keys for part in scene.drawn(scene.row_of[key])),
            make=lambda session: session.edits.make_one(keys, shape),
        )
    )


def _joined_in_words(shape: Shaped, number: int) -> str:
    what = "The parts become one" if number == 1 else f"The {number:,} labels become one"
    if shape.holes:
        return f"{what}. {_words(shape)}"
    if shape.box is not None:
        return f"{what}: the box around them, {shape.box[2]:.0f} × {shape.box[3]:.0f} px."
    if shape.rle is not None:
        return f"{what}: a mask of {_pixels(shape):,} px."
    count = "one part" if len(shape.parts) == 1 else f"{len(shape.parts)} parts"
    return f"{what}, of {count}." if number > 1 else f"Of the parts those that meet become one: {count}."


# ---- what the tools do with what was drawn


def add_part(canvas: Canvas, outline: Part) -> None:
    """Add what an outline encloses to the selected label."""
    _change(canvas, outline, cut=False)


def cut_out(canvas: Canvas, outline: Part) -> None:
    """Take what an outline encloses out of the selected label."""
    _change(canvas, outline, cut=True)


def divide(canvas: Canvas, line: Part) -> None:
    """Make two labels of the selected polygon, one on either side of a line."""
    try:
        label = _selected(canvas)
        _divide(canvas, label.key, divided(label.polygons, line))
    except LabelmendError as error:
        canvas.session.failed.emit(error)


def _change(canvas: Canvas, outline: Part, *, cut: bool) -> None:
    session, project = canvas.session, canvas.session.project
    title = "cut out a part" if cut else "add a part"
    try:
        label = _selected(canvas)
        assert project is not None
        key, is_long = label.key, is_intricate(label.polygons)
        change = partial(
            outlining.with_outline, project.still() if is_long else project, key, outline, cut=cut
        )
        shape = session.making.aside(change) if is_long else change()
    except LabelmendError as error:
        session.failed.emit(error)
        return
    if shape.holes:
        canvas.proposals.show(Proposal(key, title, _words(shape), rle=shape.rle))
    elif shape.rle is not None:
        session.edits.set_mask(key, shape.rle, title=title)
    else:
        session.edits.set_polygons(key, shape.parts, title=title)


def _propose_parts(canvas: Canvas, label: Annotation) -> None:
    """Propose a label for each part of a polygon."""
    session, groups = canvas.session, [(part,) for part in label.polygons]
    assert session.project is not None
    step = outlining.divide(session.project, label.key, groups, issue=session.issue)
    words = f"Each part becomes a label: {areas_in_words(map(area, groups))}."
    make = partial(_take, step)
    canvas.proposals.show(Proposal(label.key, step.title, words, parts=label.polygons, make=make))


def _take(step: Step, session: Session) -> bool:
    return session.edits.take(step)


def _divide(canvas: Canvas, key: int, groups: Sequence[Parts]) -> None:
    if canvas.session.edits.divide(key, groups):
        areas = areas_in_words(map(area, groups))
        canvas.session.said.emit(f"Split into {len(groups):,} labels of {areas}.")


def _selected(canvas: Canvas) -> Annotation:
    label = canvas.contents.scene.annotation(canvas.session.selected)
    if label is None:
        raise no_label(canvas, "Select a label first (click, or Tab).")
    return label


def _words(shape: Shaped) -> str:
    """What will be written, where polygons cannot hold it."""
    assert shape.rle is not None
    holes = "a hole" if shape.holes == 1 else f"{shape.holes} holes"
    return f"COCO's polygons cannot hold {holes}: a mask (RLE) of {_pixels(shape):,} px will be written."


def _pixels(shape: Shaped) -> int:
    assert shape.rle is not None
    height, width = shape.rle["size"]
    return masks.area(masks.counts(shape.rle, height=height, width=width), height=height, width=width)
