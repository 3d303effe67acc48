"""Says in words what a suggested fix would do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from labelmend.geometry.crossing import crossings
from labelmend.geometry.polygons import Parts
from labelmend.project.annotation import Annotation, Suggestion
from labelmend.project.in_words import moves_in_words


def suggestion_in_words(
    suggestion: Suggestion, annotation: Annotation | None, *, categories: Sequence[str]
) -> str:
    """One line, such as "Move left side 14.0 px right"."""
    words = _one_in_words(suggestion, annotation, categories=categories)
    if suggestion.drop:
        n = len(suggestion.drop)
        words += f"; delete the other {'piece' if n == 1 else f'{n} pieces'}"
    added = [_one_in_words(one, None, categories=categories) for one in suggestion.also]
    if any(one.outline == "cut" for one in (suggestion, *suggestion.also)):
        added.append("Each keeps its piece of the outline")
    return "; ".join([words, *(f"{one[0].lower()}{one[1:]}" for one in added)])


def _one_in_words(suggestion: Suggestion, annotation: Annotation | None, *, categories: Sequence[str]) -> str:
    name = categories[suggestion.category] if 0 <= suggestion.category < len(categories) else "unknown class"
    if suggestion.fix == "members":
        return "Fix its label" if suggestion.labels == 1 else f"Fix {suggestion.labels:,} labels at once"
    if suggestion.fix == "delete":
        return "Delete this label"
    if suggestion.fix == "create":
        what = f"Add {name}"
        if suggestion.bbox is not None:
            what += f", {suggestion.bbox[2]:.0f} × {suggestion.bbox[3]:.0f} px"
        return what + _drawn_as(suggestion)
    if suggestion.fix == "category":
        own = annotation.category if annotation is not None else -1
        was = categories[own] if 0 <= own < len(categories) else "unknown class"
        return f"Change {was} to {name}"
    if suggestion.fix == "outline":
        return _mended_in_words(suggestion.polygons or ())
    if annotation is None or suggestion.bbox is None:
        return "Move the sides"
    return _moved_in_words(suggestion, annotation, suggestion.bbox) + _drawn_as(suggestion)


def _moved_in_words(suggestion: Suggestion, annotation: Annotation, box: NDArray[np.float64]) -> str:
    """What becomes of the box: of merged and split labels how large it gets, of others which sides move."""
    size = f"{box[2]:.0f} × {box[3]:.0f} px"
    if suggestion.also:
        return f"Shrink this label to one object, {size}"
    if suggestion.drop:
        return f"Grow this label to the whole object, {size}"
    moves = moves_in_words(annotation.bbox, box)
    return f"Move {moves}" if moves else "Keep the box"


def _mended_in_words(parts: Parts) -> str:
    count = "one part" if len(parts) == 1 else f"{len(parts)} parts"
    return f"Mend the outline: {count} that cross{'es' if len(parts) == 1 else ''} nowhere"


def _drawn_as(suggestion: Suggestion) -> str:
    """Whose outline it gets, where it is not its own."""
    if suggestion.rle is not None:
        return ", with the model's mask"
    if suggestion.outline == "traced":
        points = sum(len(part) for part in suggestion.polygons or ())
        return f", with the outline of the model's mask ({points} points)"
    return ", outlines joined" if suggestion.outline == "joined" else ""


def notes(annotation: Annotation | None, *, suggested: Suggestion | None, editing: bool) -> str:
    """What a person should know before they change this shape; empty when there is nothing to say."""
    if annotation is None:
        return ""
    if annotation.crowd:
        return "A crowd region: one label over many objects."
    if annotation.rle is not None:
        return "A mask: E takes the brush, again the eraser."
    if suggested is None and any(len(crossings(part)) for part in annotation.polygons):
        return "Where its outline crosses itself, R proposes it mended."
    if annotation.polygons and editing:
        return "The box follows the polygon's points; taken by its box (E), the polygon is stretched with it."
    if suggested is not None and suggested.outline == "stretched":
        return "The polygon is stretched with its box."
    return ""
