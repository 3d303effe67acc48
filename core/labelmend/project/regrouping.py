"""A mask taken apart into labels, and labels joined into a crowd; each is one step."""

from collections.abc import Sequence
from typing import Any

from labelmend.errors import Refused
from labelmend.geometry import masks, repainting
from labelmend.geometry.polygons import flat
from labelmend.project.annotation import Annotation
from labelmend.project.editing import composed, edited, following, owner_of, patched, present
from labelmend.project.edits import masked
from labelmend.project.history import Edit, Step
from labelmend.project.project import Project

MOST_PIECES = 500


def split(project: Project, key: int, *, issue: int | None = None) -> Step:
    """Make a label of each piece of a mask; the largest keeps the record, and none is a crowd any more.

    The new ones belong to the issue that the mask belongs to, if any. Raises Refused for what is no mask of
    several pieces.
    """
    label = present(project, key)
    if label.rle is None:
        raise Refused("Only a mask can be split into its pieces, and this label has none.")
    height, width = label.rle["size"]
    counts = masks.counts(label.rle, height=height, width=width)
    n = len(repainting.piece_sizes(counts, height=height, width=width))
    if n < 2:
        raise Refused("This mask is one piece: erase a line between what is to be two labels, then split it.")
    if n > MOST_PIECES:
        raise Refused(f"This mask falls into {n:,} pieces: drop its specks first (Shift+K).")
    pieces = repainting.components(counts, height=height, width=width)
    told = [masks.written(piece, height=height, width=width) for piece in pieces]
    values = masked(told[0], like=label.rle)
    edits = [patched(project, key, values | ({"iscrowd": 0} if label.crowd else {}))]
    added: list[Edit] = []
    for rle in told[1:]:
        new = composed(
            project,
            label.image,
            label.category,
            bbox=None,
            polygons=None,
            rle=rle,
            beside=added,
            identity=following(project, added[-1]) if added else None,
        )
        added.append(new)
    title = f"split the {'crowd' if label.crowd else 'mask'} into {n:,} labels"
    return edited(project, title, edits + added, kind="location", issue=owner_of(project, key, issue))


def join(project: Project, keys: Sequence[int], *, issue: int | None = None) -> Step:
    """Make one crowd of several labels of one class and picture; the largest keeps its record.

    Raises Refused for labels that cannot be joined.
    """
    labels = [present(project, key) for key in dict.fromkeys(keys)]
    if len(labels) < 2:
        raise Refused("Select two labels or more to join them into a crowd.")
    if len({label.image for label in labels}) > 1 or len({label.category for label in labels}) > 1:
        raise Refused("A crowd has one class: give these labels the same class first.")
    size = size_of(project, labels)
    counts = [counts_of(label, size) for label in labels]
    whole = counts[0]
    for one in counts[1:]:
        whole = repainting.union(whole, one, height=size[0], width=size[1])
    areas = [masks.area(one, height=size[0], width=size[1]) for one in counts]
    kept = labels[areas.index(max(areas))]
    told = masks.written(whole, height=size[0], width=size[1])
    values = masked(told, like=kept.rle or project.styles.mask())
    edits = [patched(project, kept.key, values | {"iscrowd": 1})]
    edits += [Edit(label.key, project.record(label.key), None) for label in labels if label is not kept]
    return edited(project, f"join {len(labels):,} labels into a crowd", edits, kind="location", issue=issue)


def size_of(project: Project, labels: Sequence[Annotation]) -> tuple[int, int]:
    """Height and width of the picture, as a mask or the file says."""
    told = {tuple(label.rle["size"]) for label in labels if label.rle is not None}
    if len(told) == 1:
        height, width = told.pop()
        return int(height), int(width)
    declared = project.declared_size(labels[0].image)
    if told or declared is None:
        raise Refused("These labels cannot be joined: the size of their picture is not clear.")
    return round(declared[1]), round(declared[0])


def counts_of(label: Annotation, size: tuple[int, int]) -> bytes:
    """The compressed counts of what a label covers in a picture of this height and width."""
    x, y, w, h = label.bbox.tolist()
    outline: Any = label.rle
    if outline is None:
        outline = flat(label.polygons) or [[x, y, x + w, y, x + w, y + h, x, y + h]]
    return masks.counts(outline, height=size[0], width=size[1])
