"""Gives the finder the annotations as they stand now, and keeps what it found without losing a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from labelmend.coco.detections import Detections
from labelmend.coco.faults import Fault, in_short
from labelmend.errors import BadFile
from labelmend.find.evidence.label_masks import LabelMasks
from labelmend.find.inputs import ImageSizes, Labels, Predicted, Tolerance
from labelmend.find.issues import STRUCTURE, Issues
from labelmend.find.offers import Offer, read_checked, told
from labelmend.find.run import NO_PICTURE, RECORD, FindInputs, Found, run_find
from labelmend.geometry import masks, polygons
from labelmend.progress import Progress, silent
from labelmend.project.annotation import Annotation
from labelmend.project.creation import detection_files
from labelmend.project.decided import verdicts_on
from labelmend.project.found_again import join_run
from labelmend.project.history import Step
from labelmend.project.imported import get_faults, get_outlines, put_detections, put_faults
from labelmend.project.project import Project
from labelmend.project.run import load_run, save_run
from labelmend.project.state import Changes
from labelmend.review.instructions import tolerance_of

if TYPE_CHECKING:
    from labelmend.find.pictures.look import ReadGrey, ReadRecord


def find_inputs(project: Project, *, pictures: bool = False) -> FindInputs:
    """Everything a run needs, as it stands now; `pictures`: they are looked at too, which takes longer."""
    images, detections, labels = project.images, project.detections(), _labels(project)
    compared = detections is not None and detections.masks is not None
    read, record = _readers(project, labels) if pictures else (None, None)
    return FindInputs(
        sizes=ImageSizes(images.width, images.height),
        labels=labels,
        masks=_masks(project, labels, compared=compared),
        predicted=None if detections is None else _predicted(detections),
        categories=tuple(project.categories.name),
        category_ids=project.categories.id,
        files=tuple(images.file_name),
        # Not those of the detections: the import tells them, and no label would be mended by them.
        faults=tuple(get_faults(project.store, "faults")),
        models=project.models,
        tolerance=_tolerance(project),
        verdicts=verdicts_on(project),
        read=read,
        record=record,
        noted=frozenset(
            note.image
            for note in project.state.notes.values()
            if note.is_of_picture and note.id in project.state.standings
        ),
    )


def find_in(project: Project, *, pictures: bool = False, progress: Progress = silent) -> Found:
    """What the finder finds in a project as it stands. Slow: a thread takes `project.still()`."""
    return run_find(find_inputs(project, pictures=pictures), progress=progress)


def _tolerance(project: Project) -> Tolerance | None:
    """What the instructions let pass, by class row; None when they set no number."""
    given = project.state.instructions
    return None if given is None else tolerance_of(given, project.categories.name)


def _readers(project: Project, labels: Labels) -> tuple[ReadGrey, ReadRecord]:
    from labelmend.project.picture_reader import picture_reader, record_reader  # its libraries take a while

    return picture_reader(project), record_reader(project, labels)


def add_detections(
    project: Project, paths: Sequence[Path], *, offered: bool = False, progress: Progress = silent
) -> tuple[list[str], tuple[Offer, ...]]:
    """Use other detections from now on, one file a model. Find again afterwards.

    Returns their faults in sentences, and how files that do not fit as they are written would be read (with
    `offered`: were read) to fit.
    """
    read = read_checked(
        paths, dataset=project.dataset, beside=project.frame.name, offered=offered, progress=progress
    )
    store_detections(project, read.detections, read.faults, read.paths)
    return in_short(read.faults), read.offers


def store_detections(
    project: Project, detections: Detections, faults: list[Fault], paths: Sequence[Path]
) -> Changes:
    """Keep the detections that were read from these files in place of the ones before."""
    files = detection_files(paths, beside=project.frame.name)
    names = ", ".join(file.name for file in files)
    facts: dict[str, str | int | float] = {
        "detections": names,
        "sha256": ", ".join(file.sha256 for file in files),
    }
    readings = told(detections.readings)
    so = f", read: {readings['read as']}" if readings else ""
    step = Step(title=f"New detections: {names}{so}", facts=facts | readings)
    row = project.next_row(step, "import")
    with project.store.transaction():
        put_detections(project.store, detections, files)
        put_faults(project.store, "detection faults", faults)
        # What the last run found points at rows of the old file.
        found, ids, texts = load_run(project.store)
        stale = replace(found, detection=np.full(len(found), -1, np.int32))
        save_run(project.store, stale, ids, texts)
        project.store.append(row)
    project.read_run(row, step)
    return Changes(title=step.title, issues_replaced=True)


def has_looked(project: Project) -> bool:
    """Whether errors were looked for at any time, found or not."""
    return bool(project.store.arrays("issues."))


def store_found(project: Project, found: Found) -> Changes:
    """Keep a run's issues in place of the last run's; every issue that has a history stays as it is, but
    for those of which all that was said was taken back."""
    table = project.issues
    runs = len(table.id) - len(project.state.notes)
    standings = project.state.standings
    joined, ids, next_id = join_run(
        table.columns.take(np.arange(runs)),
        table.id[:runs],
        found.issues,
        judged=standings,
        taken_back=[issue for issue, standing in standings.items() if standing is None],
        next_id=project.new_issue(),
    )
    kept = len(ids) - (next_id - project.new_issue())
    texts = {int(i): table.text(int(i)) for i in ids[:kept]} | _texts_by_id(found, joined, ids, kept)
    run = joined, ids, {i: text for i, text in texts.items() if text}
    step = Step(title=f"Find: {len(found.issues):,} issues", facts={"issues": len(found.issues)})
    row = project.next_row(step, "find")
    with project.store.transaction():
        save_run(project.store, *run)
        project.store.put("next issue", next_id)
        project.store.append(row)
    project.read_run(row, step, run)
    return Changes(title=step.title, issues_replaced=True)


def _texts_by_id(found: Found, joined: Issues, ids: NDArray[np.int64], kept: int) -> dict[int, str]:
    """The sentences of the told faults by issue id; the sentence's checksum is in the evidence."""
    by_sum = {float(found.issues.evidence[row, 7]): text for row, text in found.texts.items()}
    told = np.flatnonzero((joined.kind == STRUCTURE) & np.isin(joined.code, (RECORD, NO_PICTURE)))
    return {int(ids[row]): by_sum[float(joined.evidence[row, 7])] for row in told[told >= kept].tolist()}


# -------------------------------------------------------------------- inputs
def _predicted(detections: Detections) -> Predicted:
    return Predicted(
        detections.image,
        detections.category,
        detections.bbox,
        detections.score,
        detections.masks,
        detections.source,
    )


def _labels(project: Project) -> Labels:
    """The source's columns without what was changed or deleted, then the changed and added as they stand."""
    columns, outlines = project.dataset.annotations, get_outlines(project.store)
    edited = sorted(project.state.records)
    stays = np.ones(len(columns.id), bool)
    stays[[key for key in edited if key >= 0]] = False
    keys = np.flatnonzero(stays)
    now = [a for a in (project.annotation(key) for key in edited) if a is not None]
    bounds = [_outline(a, project) for a in now]
    crossing = [any(not polygons.is_simple(part) for part in a.polygons) for a in now]

    def joined(base: NDArray[Any], new: list[Any]) -> NDArray[Any]:
        if not edited:
            return base  # nothing to leave out: a copy of everything would hold the window up
        tail = np.array(new, base.dtype).reshape(-1, *base.shape[1:])
        return np.concatenate([base[keys], tail])

    return Labels(
        key=np.concatenate([keys, np.array([a.key for a in now], np.int64)]),
        image=joined(columns.image, [a.image for a in now]),
        category=joined(columns.category, [a.category for a in now]),
        bbox=joined(columns.bbox, [a.bbox for a in now]),
        crowd=joined(columns.crowd, [a.crowd for a in now]),
        outline=joined(outlines.bounds, bounds),
        crossing=joined(outlines.crossing, crossing),
    )


def _outline(annotation: Annotation, project: Project) -> NDArray[np.float64]:
    if annotation.polygons:
        return polygons.bounds(annotation.polygons)
    size = project.declared_size(annotation.image)
    if annotation.rle is None or size is None:
        return np.full(4, np.nan)
    try:
        counts = masks.counts(annotation.rle, height=size[1], width=size[0])
    except BadFile:
        return np.full(4, np.nan)
    return masks.bounds(counts, height=size[1], width=size[0])


def _masks(project: Project, labels: Labels, *, compared: bool) -> LabelMasks:
    """The masks of these labels as they stand now."""
    records, keys = dict(project.state.records), labels.key.tolist()
    width, height = project.images.sizes_of(labels.image)

    def read(i: int) -> bytes | None:
        return records[keys[i]] if keys[i] in records else project.original(keys[i])

    return LabelMasks(labels, read, width=width, height=height, compared=compared)
