"""One whole run of the finder: what the reader of the files told, what was found, whether the files fit."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from labelmend.coco.faults import Fault
from labelmend.errors import NotThere
from labelmend.find.clusters.batches import batches
from labelmend.find.doctor import examine
from labelmend.find.evidence.label_masks import LabelMasks
from labelmend.find.find import Settings, find
from labelmend.find.inputs import ImageSizes, Ints, Labels, Predicted, Tolerance
from labelmend.find.issues import CODES, EVIDENCE, KINDS, STRUCTURE, Issues, concatenate, issues
from labelmend.find.issues import empty as no_issues
from labelmend.find.kinds.structure import HOLDS_NOTHING, apart_from, structure
from labelmend.find.sources import of_model
from labelmend.find.verdicts import Verdicts, heed, with_doubt
from labelmend.progress import Onward, Progress, silent, stage
from labelmend.workers.side_by_side import AHEAD, Together

if TYPE_CHECKING:
    from labelmend.find.pictures.likeness import Likeness
    from labelmend.find.pictures.look import Looked, ReadGrey, ReadRecord

WRONG_FOLDER: Final = "choose the folder that “file_name” starts from"
"""In the sentence of the one issue that stands for all pictures that are missing."""
RECORD: Final = CODES.index("record")
"""The code of an issue whose sentence the reader of the file wrote."""
NO_PICTURE: Final = CODES.index("no_picture")
"""The code of one whose picture's file is not there."""

PICTURES: Final = 70
"""Percent of a run that are over when the pictures have been looked at."""

_SAME: Final = {
    "bad-box": ("not_numbers",),
    "unknown-image": ("unknown_image",),
    "unknown-category": ("unknown_category",),
    "not-an-object": ("not_numbers", "unknown_image", "unknown_category"),
}
"""The reader's faults of annotations that the finder sees too, by the codes of both."""


@dataclass(frozen=True)
class FindInputs:
    """Frozen columns for one run of the finder, safe to use on another thread.

    masks: those of the labels, which take long where there are many. category_ids: the dataset's, by row.
    models: how the detections' sources are called, where there are several. tolerance: what the instructions
    let pass. verdicts: what people said of issues that were found before.
    read: gives the pictures, None when they are not to be looked at; record: gives the JSON of a label by its
    row, for its outline. noted: rows of the images whose picture is known to be missing or broken.
    """

    sizes: ImageSizes
    labels: Labels
    masks: LabelMasks
    predicted: Predicted | None
    categories: tuple[str, ...]
    files: tuple[str, ...]
    faults: tuple[Fault, ...]
    models: tuple[str, ...] = ()
    tolerance: Tolerance | None = None
    verdicts: Verdicts | None = None
    read: ReadGrey | None = None
    record: ReadRecord | None = None
    noted: frozenset[int] = frozenset()
    category_ids: Ints | None = None


@dataclass(frozen=True)
class Found:
    """What a run found: issues, and the sentences of those that the reader of the file had named.

    checkup: whether annotations and detections belong together, in sentences; misfit: they do not.
    looked: what was looked at in the pictures, in a sentence; empty when nothing was. heeded: whose verdicts
    taught the scores, likewise.
    """

    issues: Issues
    texts: dict[int, str]
    checkup: tuple[str, ...] = ()
    misfit: bool = False
    looked: str = ""
    heeded: str = ""


def run_find(
    inputs: FindInputs,
    *,
    progress: Progress = silent,
    executor: Executor | None = None,
    ahead: int = AHEAD,
) -> Found:
    """Find issues. Slow, pure: run it anywhere. Raises Cancelled when `progress` does.

    With an executor, blocks of images are examined there, `ahead` of them at a time.
    """
    labels = replace(inputs.labels, masks=inputs.masks, regions=inputs.masks.regions)
    progress = Onward(progress)
    finding: Progress = progress
    predicted, looked = inputs.predicted, None
    if inputs.read is not None:
        looked = _look(labels, inputs, stage(progress, 0, PICTURES))
        labels, predicted = with_looks(labels, predicted, looked.likeness)
        finding = stage(progress, PICTURES, 100)
    with Together(progress.again) as together:
        parting = together.begin(partial(batches, inputs.files))
        reading = together.begin(partial(inputs.masks.read, together.again))
        checking = together.begin(partial(structure, inputs.sizes, inputs.labels))
        # What it says is told at the end: it is done while the first blocks of images are made.
        comparing = together.begin(partial(examine_models, inputs))
        parted, faults, _ = parting(), checking(), reading()
        progress.again()
        found = find(
            inputs.sizes,
            labels,
            predicted,
            n_categories=len(inputs.categories),
            batches=parted,
            faults=faults,
            settings=Settings(tolerance=inputs.tolerance, verdicts=inputs.verdicts),
            progress=finding,
            executor=executor,
            ahead=ahead,
        )
        sentences, misfit = comparing()
    if looked is not None:
        found, unseen = _with_pictures(found, inputs, looked)
        inputs = replace(inputs, faults=(*inputs.faults, *unseen))
    heeded = "" if inputs.verdicts is None else inputs.verdicts.sentence()
    seen = "" if looked is None else looked.sentence()
    told = replace(_with_told(inputs, found), looked=seen, heeded=heeded)
    return replace(told, checkup=sentences, misfit=misfit)


def _look(labels: Labels, inputs: FindInputs, progress: Progress) -> Looked:
    from labelmend.find.pictures.look import look  # the libraries for pictures take a tenth of a second

    assert inputs.read is not None
    return look(
        labels,
        inputs.read,
        record=inputs.record,
        n_categories=len(inputs.categories),
        predicted=inputs.predicted,
        progress=progress,
    )


def with_looks(
    labels: Labels, predicted: Predicted | None, likeness: Likeness | None
) -> tuple[Labels, Predicted | None]:
    """Both with what they look like, where that was learned."""
    if likeness is None or predicted is None:
        return labels, predicted
    return replace(labels, nothing=likeness.nothing), replace(predicted, likeness=likeness.odds)


def _with_pictures(found: Issues, inputs: FindInputs, seen: Looked) -> tuple[Issues, tuple[Fault, ...]]:
    """The issues with what pictures show, and what could not be seen."""
    unnamed = {row for row, name in enumerate(inputs.files) if not name}  # which is told already
    shown = with_doubt(seen.issues)
    if inputs.verdicts is not None:
        shown = heed(shown, inputs.verdicts)
    shown = apart_from(shown, found, HOLDS_NOTHING)
    return _louder(found, shown), tuple(_unseen(seen, inputs.noted | unnamed))


def _unseen(looked: Looked, noted: frozenset[int]) -> Iterator[Fault]:
    """A fault for each picture that could not be seen; one for all where most are: their folder is wrong."""
    missing = looked.missing
    if 2 * looked.unseen > looked.seen + looked.unseen and looked.unseen > 1:
        first = next(iter(missing.values()))
        told = f"{looked.unseen:,} of {looked.seen + looked.unseen:,} pictures are missing or cannot be read"
        yield Fault("file", -1, "pictures", f"{told}: {WRONG_FOLDER}. {first}")
        return
    for image, why in missing.items():
        if image not in noted:
            code = "no_picture" if isinstance(why, NotThere) else "picture"
            yield Fault("images", image, code, str(why))


def examine_models(inputs: FindInputs) -> tuple[tuple[str, ...], bool]:
    """Whether each model's detections belong to the annotations, in sentences (with several, each said by
    name), and whether one of them does not."""
    sentences: list[str] = []
    misfit, predicted = False, inputs.predicted
    if predicted is None:
        return (), False
    n = predicted.n_sources
    for k in range(n):
        one = of_model(predicted, k) if n > 1 else predicted
        checkup = examine(
            inputs.sizes, inputs.labels, one, categories=inputs.categories, ids=inputs.category_ids
        )
        start = f"{inputs.models[k]}: " if n > 1 and k < len(inputs.models) else ""
        sentences += [start + sentence for sentence in checkup.sentences]
        misfit |= checkup.misfit
    return tuple(sentences), misfit


def _louder(found: Issues, seen: Issues) -> Issues:
    """Both, worst first; of two issues of one kind about one label the likelier stays."""
    both = concatenate([found, seen])
    both = both.take(both.order())
    rows = np.flatnonzero(np.isin(both.annotation, seen.annotation) & np.isin(both.kind, seen.kind))
    _, first = np.unique(both.annotation[rows] * len(KINDS) + both.kind[rows], return_index=True)
    kept = np.ones(len(both), bool)
    kept[rows] = False
    kept[rows[first]] = True
    return both.take(kept)


def run_check(inputs: FindInputs) -> Found:
    """What is wrong with the records themselves: the reader's faults and the structure of annotations."""
    return _with_told(inputs, structure(inputs.sizes, inputs.labels))


def _with_told(inputs: FindInputs, found: Issues) -> Found:
    """What the reader told, then what was found of the annotations that it did not name."""
    told, doubled = _told(inputs), np.zeros(len(found), bool)
    for told_code, codes in _SAME.items():
        named = [f.row for f in inputs.faults if f.array == "annotations" and f.code == told_code]
        same = (found.kind == STRUCTURE) & np.isin(found.code, [CODES.index(code) for code in codes])
        doubled |= same & np.isin(found.annotation, np.array(named, np.int64))
    return Found(concatenate([told.issues, found.take(~doubled)]), told.texts)


def _told(inputs: FindInputs) -> Found:
    """Structure issues from the faults of the import; a deleted annotation has lost its own."""
    if not inputs.faults:
        return Found(no_issues(), {})
    rows_of = {int(key): row for row, key in enumerate(inputs.labels.key.tolist()) if key >= 0}
    faults = [f for f in inputs.faults if f.array != "annotations" or f.row < 0 or f.row in rows_of]
    codes = [NO_PICTURE if fault.code == "no_picture" else RECORD for fault in faults]
    out = issues(STRUCTURE, np.ones(len(faults)), code=codes)
    evidence = np.full((len(faults), EVIDENCE), np.nan)
    # The sentence names the fault: a run later, the same fault is known by it.
    evidence[:, 7] = [zlib.crc32(fault.sentence.encode()) for fault in faults]
    out = replace(out, evidence=evidence)
    for n, fault in enumerate(faults):
        if fault.array == "annotations" and fault.row >= 0:
            row = rows_of[fault.row]
            out.annotation[n], out.image[n] = fault.row, inputs.labels.image[row]
            out.category[n], out.bbox[n] = inputs.labels.category[row], inputs.labels.bbox[row]
        elif fault.array == "images" and fault.row >= 0:
            out.image[n] = fault.row
    return Found(out, {n: fault.sentence for n, fault in enumerate(faults)})
