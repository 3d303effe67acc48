"""What the fixes are worth: a project's detections evaluated against its annotations before and after."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from labelmend.coco.detections import Detections
from labelmend.coco.mask_column import mask_column
from labelmend.errors import BadFile, Refused
from labelmend.geometry import masks
from labelmend.geometry.masks import Rles
from labelmend.progress import Progress, silent, stage
from labelmend.project import verbs
from labelmend.project.export import Plan, plan
from labelmend.project.project import Project
from labelmend.report.average_precision import Figures, Frame, Kind, Regions, compare, ranks
from labelmend.review.states import Actor

KIND_NAMES: Final[dict[Kind, str]] = {"bbox": "boxes", "segm": "masks"}


@dataclass(frozen=True)
class Compared:
    """One model's figures before and after, by boxes or by masks.

    left_out: how many records of each side pycocotools cannot take, by why: "before", "after", "detections".
    """

    model: str
    kind: Kind
    before: Figures
    after: Figures
    left_out: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Evaluated:
    """All comparisons of a project, and what differs between before and after.

    number (m, 2): annotations of each class row, before and after. accepted: suggestions taken for this
    evaluation alone.
    """

    compared: tuple[Compared, ...]
    changed: int
    added: int
    deleted: int
    annotations: tuple[int, int]
    number: NDArray[np.int64]
    accepted: int


@dataclass(frozen=True)
class _Side:
    """Annotations of one side in the file's order: columns, and the record of each."""

    regions: Regions
    records: list[bytes | None]
    """The bytes of a record that differs from the source's; None: the source's own."""
    keys: NDArray[np.int64]


@dataclass(frozen=True)
class _Model:
    """One file of detections; boxed: whether it has boxes of its own, None where that is not known."""

    name: str
    boxed: bool | None
    detections: Regions


def evaluate(
    project: Project, *, every_fix: bool = False, if_accepted: int = 0, progress: Progress = silent
) -> Evaluated:
    """Average precision against the annotations as imported, and as an export would write them.

    every_fix: also the fixes that an export would hold back. if_accepted: as if so many of the best-ranked
    suggestions that wait were accepted too; the project must have been opened to be read.
    Raises Refused when the project has no detections.
    """
    every = project.detections()
    if every is None or not len(every):
        raise Refused(
            f"{project.path.name} has no detections to evaluate: find errors with some first.",
            typed="`labelmend find PROJECT --detections FILE` does.",
        )
    taken = accept_best(project, if_accepted)
    going = plan(project, every_fix=every_fix)
    before, after = _imported(project), _exported(project, going)
    touched = _touched(before.regions, after, going)
    found: list[Compared] = []
    kinds: tuple[Kind, ...] = ("bbox", "segm") if _has_masks(project, every) else ("bbox",)
    rounds = [(kind, part) for kind in kinds for part in _models(project, every)]
    for number, (kind, part) in enumerate(rounds):
        part_of = stage(progress, 100 * number // len(rounds), 100 * (number + 1) // len(rounds))
        found.append(_compare(project, kind, part, (before, after), touched, part_of))
    progress(100, 100)
    deleted = sum(record is None for record in going.changed.values())
    return Evaluated(
        compared=tuple(found),
        changed=len(going.changed) - deleted,
        added=len(going.added),
        deleted=deleted,
        annotations=(len(before.keys), len(after.keys)),
        number=np.stack([_per_class(project, side.regions) for side in (before, after)], axis=1),
        accepted=taken,
    )


def accept_best(project: Project, number: int) -> int:
    """Take so many of the best-ranked suggestions that wait, in memory alone; how many there were."""
    if not number:
        return 0
    if not project.store.reading:
        raise Refused(f"{project.path} is open to be changed: open it to be read to try suggestions out.")
    project.actor = Actor("what if", "annotator")
    taken = 0
    waiting = project.issues.rows_in("fix")
    for row in waiting[np.argsort(-project.issues.score[waiting], kind="stable")].tolist():
        if taken == number:
            break
        try:
            project.rehearse(verbs.accept(project, int(project.issues.id[row])))
        except Refused:  # no suggestion, or its label was changed by one before
            continue
        taken += 1
    return taken


def _per_class(project: Project, regions: Regions) -> NDArray[np.int64]:
    known = regions.category[regions.category >= 0]
    return np.bincount(known, minlength=len(project.categories)).astype(np.int64)


# -------------------------------------------------------------------- the two sides
def _imported(project: Project) -> _Side:
    columns = project.dataset.annotations
    regions = Regions(columns.image, columns.category, columns.bbox, columns.area, columns.crowd)
    return _Side(regions, [None] * len(columns), np.arange(len(columns)))


def _exported(project: Project, going: Plan) -> _Side:
    """The imported annotations with the changed ones in their places and the added ones behind."""
    columns = project.dataset.annotations
    stays = np.ones(len(columns), bool)
    stays[[key for key, record in going.changed.items() if record is None]] = False
    new = [(key, record) for key, record in going.changed.items() if record is not None]
    new += [(-1 - number, record) for number, record in enumerate(going.added)]
    now = [project.read_annotation(key, record) for key, record in new]
    inside = [one.key for one in now if one.key >= 0]

    def joined(base: NDArray[Any], values: list[Any]) -> NDArray[Any]:
        out = base.copy()
        if inside:
            out[inside] = np.array(values[: len(inside)], base.dtype).reshape(-1, *base.shape[1:])
        tail = np.array(values[len(inside) :], base.dtype).reshape(-1, *base.shape[1:])
        return np.concatenate([out[stays], tail])

    regions = Regions(
        joined(columns.image, [one.image for one in now]),
        joined(columns.category, [one.category for one in now]),
        joined(columns.bbox, [one.bbox for one in now]),
        joined(columns.area, [np.nan if one.area is None else one.area for one in now]),
        joined(columns.crowd, [one.crowd for one in now]),
    )
    keys = np.concatenate([np.flatnonzero(stays), np.arange(-1, -1 - len(going.added), -1)])
    record_of = dict(new)
    return _Side(regions, [record_of.get(key) for key in keys.tolist()], keys)


def _touched(before: Regions, after: _Side, going: Plan) -> NDArray[np.int64]:
    """The images whose annotations differ."""
    keys = np.array(sorted(going.changed), np.int64)
    differs = np.isin(after.keys, keys) | (after.keys < 0)
    images = np.concatenate([before.image[keys], after.regions.image[differs]])
    return np.unique(images[images >= 0]).astype(np.int64)


def _with_masks(project: Project, before: _Side, after: _Side) -> tuple[Regions, Regions]:
    """Both sides with their masks; those that did not change are drawn once."""
    own = _drawn(project, before, np.arange(len(before.keys)))
    pairs = zip(after.keys.tolist(), after.records, strict=True)
    column = [own[key] if record is None else b"" for key, record in pairs]
    fresh = np.flatnonzero([record is not None for record in after.records])
    drawn = _drawn(project, after, fresh)
    for number, row in enumerate(fresh.tolist()):
        column[row] = drawn[number]
    return replace(before.regions, masks=own), replace(after.regions, masks=Rles.of(column))


def _drawn(project: Project, side: _Side, rows: NDArray[np.int64]) -> Rles:
    image, images = side.regions.image[rows], project.images
    width, height = images.sizes_of(image)

    def read(i: int) -> bytes | None:
        row = int(rows[i])
        return side.records[row] or project.original(int(side.keys[row]))

    return mask_column(read, height=height, width=width)


# -------------------------------------------------------------------- one model, boxes or masks
def _compare(
    project: Project,
    kind: Kind,
    model: _Model,
    sides: tuple[_Side, _Side],
    touched: NDArray[np.int64],
    progress: Progress,
) -> Compared:
    before, after, detections = sides[0].regions, sides[1].regions, model.detections
    if kind == "segm":
        before, after = _with_masks(project, *sides)
    images, categories = project.images, project.categories
    frame = Frame(
        ranks(images.id, list(images.odd_ids)),
        ranks(categories.id, list(categories.odd_ids)),
        images.height,
        images.width,
    )
    if kind == "segm":
        detections = _as_loaded(detections, frame, boxed=model.boxed)
    seen, out = _usable(detections, kind)
    imported, out_before = _usable(before, kind)
    exported, out_after = _usable(after, kind)
    first, again = compare(
        seen, before=imported, after=exported, changed=touched, frame=frame, kind=kind, progress=progress
    )
    left_out = {"detections": out, "before": out_before, "after": out_after}
    return Compared(model.name, kind, first, again, {side: why for side, why in left_out.items() if why})


def _usable(regions: Regions, kind: Kind) -> tuple[Regions, dict[str, int]]:
    """The regions that pycocotools can take, with an area each; how many others there are, and why."""
    why = Counter[str]()
    good = np.ones(len(regions), bool)
    for reason, bad in _faults(regions, kind):
        why[reason] = int((bad & good).sum())
        good &= ~bad
    kept = regions.take(np.flatnonzero(good))
    area = np.where(np.isnan(kept.area), kept.bbox[:, 2] * kept.bbox[:, 3], kept.area)
    return replace(kept, area=area), {reason: n for reason, n in why.items() if n}


def _faults(regions: Regions, kind: Kind) -> list[tuple[str, NDArray[np.bool_]]]:
    found = [
        ("of an unknown image", regions.image < 0),
        ("of an unknown class", regions.category < 0),
        ("without a box", np.asarray(np.isnan(regions.bbox).any(axis=1))),
    ]
    if kind == "segm" and regions.masks is not None:
        found.append(("without a mask", np.diff(regions.masks.offsets) == 0))
    return found


def _has_masks(project: Project, detections: Detections) -> bool:
    return detections.masks is not None and bool(project.dataset.annotations.shape.any())


def _models(project: Project, every: Detections) -> list[_Model]:
    """The detections of each file."""
    regions = Regions(
        every.image,
        every.category,
        every.bbox,
        np.full(len(every), np.nan),
        np.zeros(len(every), bool),
        every.score,
        every.masks,
    )
    files = [(file["name"], file.get("boxed")) for file in project.store.get("detections", ())]
    if every.source is None:
        return [_Model(*files[0], regions)]
    parts = [regions.take(np.flatnonzero(every.source == n)) for n in range(len(files))]
    return [_Model(*file, part) for file, part in zip(files, parts, strict=True)]


def _as_loaded(detections: Regions, frame: Frame, *, boxed: bool | None) -> Regions:
    """The detections as pycocotools' loadRes makes them for masks: one that has none gets its box drawn, and
    the area is the box's; but in a file of masks alone it is the mask's. Where it is not known whether a file
    has boxes, it has none if all are their masks' bounds."""
    if detections.masks is None:
        return detections
    column, area = [], np.empty(len(detections))
    sizes = frame.height[detections.image].tolist(), frame.width[detections.image].tolist()
    alone = not boxed
    for row, (height, width) in enumerate(zip(*sizes, strict=True)):
        counts, (x, y, w, h) = detections.masks[row], detections.bbox[row].tolist()
        drawn = [[x, y, x, y + h, x + w, y + h, x + w, y]]
        column.append(counts or _drawn_on(drawn, height, width))
        if alone and counts:
            alone = boxed is False or bool(
                (masks.bounds(counts, height=int(height), width=int(width)) == detections.bbox[row]).all()
            )
            area[row] = masks.area(counts, height=int(height), width=int(width))
        else:
            alone = False
    found = replace(detections, masks=Rles.of(column))
    return replace(found, area=area) if alone else found


def _drawn_on(polygons: list[list[float]], height: float, width: float) -> bytes:
    """Polygons as a mask's counts; none on a picture whose size is not known or cannot be right."""
    if np.isnan(height) or np.isnan(width):
        return b""
    try:
        return masks.counts(polygons, height=int(height), width=int(width))
    except BadFile:
        return b""
