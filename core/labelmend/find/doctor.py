"""Checks before any score that annotations and detections belong together, and says what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from labelmend.coco.identity import ODD
from labelmend.coco.reading import AS_WRITTEN, BOXES, Given, Reading
from labelmend.find.class_ids import better_classes
from labelmend.find.classless import says_nothing
from labelmend.find.inputs import Floats, ImageSizes, Ints, Labels, Predicted
from labelmend.find.mapping import (
    AGREES,
    FAIR,
    FEWEST,
    POOR,
    WIN,
    Asked,
    Index,
    better_boxes,
    both,
    plain_readings,
    share_on,
)
from labelmend.geometry.boxes import finite

SURE = 0.5
"""Score from which a detection is asked."""

ASKED = 10_000
"""Sure detections that are looked at; more change nothing."""

UNRUN = 0.1
"""Share of the annotated images without a detection from which that is said."""

TOO_GOOD_SHARE, TOO_GOOD_IOU = 0.98, 0.97
"""Agreement beyond what a model reaches on labels that it has not seen."""

SAME = 0.51
"""Pixels within which two boxes are one box, rounded."""

COPIED = 0.5
"""Share of sure detections that are an annotation to the pixel from which one was made from the other."""


@dataclass(frozen=True)
class Checkup:
    """sentences: what was checked and found; misfit: something of it needs looking into.

    reading: how the detections must be read to fit, None when they fit as they are or nothing fits. share: of
    the sure detections in annotated images that lie on an annotation, read so.
    """

    sentences: tuple[str, ...]
    misfit: bool = False
    reading: Reading | None = None
    share: float = 0.0


def examine(
    sizes: ImageSizes,
    labels: Labels,
    predicted: Predicted,
    *,
    categories: Sequence[str],
    ids: Ints | None = None,
) -> Checkup:
    """Whether detections that were read already are of one dataset and convention with the annotations.

    ids (k,): the dataset's category ids, by which classes are named; without them, their rows.
    """
    ids = np.arange(len(categories)) if ids is None else ids
    category = predicted.category
    given = Given(predicted.image, category, ids[category], predicted.bbox, predicted.score)
    checkup = examine_given(sizes, labels, given, categories=categories, ids=ids)
    return replace(checkup, sentences=(*checkup.sentences, *_on_images(labels, predicted)))


def examine_given(
    sizes: ImageSizes, labels: Labels, given: Given, *, categories: Sequence[str], ids: Ints
) -> Checkup:
    """Whether a file of detections, as it is written, is of one dataset, convention and list of classes.

    categories and ids (k,) are the dataset's, by row. Quick: it looks at some sure detections only, and
    always at the same ones.
    """
    index = Index(labels, len(sizes))
    sure = _sure(given, len(index))
    for n, what in ((len(index), "Annotations"), (len(given.score), "Detections")):
        if n < FEWEST:  # see find.FEWEST
            learned = f"of fewer than {FEWEST} nothing is learned"
            return Checkup((f"{what}: {n}; {learned}, and only faults of records and duplicates are found.",))
    if len(sure) < FEWEST:
        return Checkup(("Too few sure detections to compare the two files.",))
    notes = _on_scores(given.score)
    strange = float((given.image[sure] < 0).mean())
    sure = sure[given.image[sure] >= 0]
    annotated = index.has(given.image[sure].astype(np.int64))
    empty = float((~annotated).sum()) / max(len(sure), 1)
    if strange >= FAIR or empty >= 1 - POOR:
        words = (
            f"{_share(strange)} of the sure detections are of images that the annotations do not have"
            if strange >= FAIR
            else f"{_share(empty)} of the sure detections lie in images without annotations"
        )
        return Checkup((f"{words}: the detections may be of another split.", *notes), misfit=True)
    rows = sure[annotated]
    rows = rows[given.image[rows] % (1 + len(rows) // ASKED) == 0]  # some images, whole
    if len(rows) < FEWEST:
        return Checkup(("Too few sure detections in annotated images to compare the two files.", *notes))
    asked = Asked.of(sizes, given, rows)
    found = _compare(index, asked, given, rows, categories, ids)
    if found.reading is None and found.share < POOR:
        found = _of_labels(sizes, labels, asked, found)
    return replace(found, sentences=(*found.sentences, *notes), misfit=found.misfit or bool(notes))


def _sure(given: Given, n_labels: int) -> Ints:
    """Rows of the sure detections; where a model's scores are low throughout, of its surest ones."""
    with np.errstate(invalid="ignore"):
        fair = finite(given.bbox) & np.isfinite(given.score)
        sure = np.flatnonzero(fair & (given.score >= SURE))
    if len(sure) >= FEWEST or not fair.any():
        return sure
    best = np.sort(given.score[fair])[::-1]
    return np.flatnonzero(fair & (given.score >= best[min(n_labels // 2, len(best) - 1)]))


def _of_labels(sizes: ImageSizes, labels: Labels, asked: Asked, found: Checkup) -> Checkup:
    """What was found, or where the labels are what is not written as COCO has it, that."""
    rows = np.flatnonzero((labels.image >= 0) & finite(labels.bbox))
    image = labels.image[rows].astype(np.int64)
    theirs = Asked(image, labels.bbox[rows], sizes.width[image], sizes.height[image])
    for reading in plain_readings(theirs):
        read = labels.bbox.copy()
        read[rows] = theirs.read(reading)
        share = share_on(Index(replace(labels, bbox=read), len(sizes)), asked, AS_WRITTEN)
        if share >= max(FAIR, found.share + WIN):
            few = (
                f"Only {_share(found.share)} of the sure detections in annotated images lie on an annotation."
            )
            seem = (
                f"The boxes of the annotations seem to be {_box_words(reading)}: read so, {_share(share)} do."
            )
            return replace(found, sentences=(few, f"{seem} Correct the file of the annotations."))
    return found


def _on_images(labels: Labels, predicted: Predicted) -> tuple[str, ...]:
    """That many images were not run, it seems."""
    labelled = np.unique(labels.image[labels.image >= 0])
    bare = len(labelled) - int(np.isin(labelled, predicted.image).sum())
    if len(predicted.score) < FEWEST or bare == len(labelled) or bare < UNRUN * len(labelled):
        return ()
    told = f"{bare:,} of {len(labelled):,} annotated images have no detection at all"
    return (f"{told}: their labels are compared with none.",)


def _compare(
    index: Index, asked: Asked, given: Given, rows: Ints, categories: Sequence[str], ids: Ints
) -> Checkup:
    share, of = share_on(index, asked, AS_WRITTEN), ""
    if share < POOR:
        some = _of_known_things(index, asked, given.category_id[rows])
        if len(some) >= FEWEST:
            asked, rows, of = asked.take(some), rows[some], " of some of its classes"
            share = share_on(index, asked, AS_WRITTEN)
    boxes, better = better_boxes(index, asked, share)
    told = []
    said = f"{_share(share)} of the sure detections{of} in annotated images lie on an annotation (IoU 0.5)"
    if boxes != AS_WRITTEN:
        told = [f"Only {said}.", f"{_words(boxes)}: read so, {_share(better)} do."]
    elif share < POOR:
        told = [
            f"Only {said}: the two files may not belong together.",
            "If so, nothing that is found by them can be relied on: choose the detections of these pictures.",
        ]
        return Checkup((" ".join(told),), misfit=True, share=share)
    box = asked.read(boxes)
    near, at = index.nearest(asked.image, box)
    on = np.flatnonzero(near >= AGREES)
    here, there = index.category[at[on]], given.category_id[rows[on]]
    same = float((here == given.category[rows[on]]).mean())
    known = here >= 0
    one = given.category_id[0]
    if (given.category_id == one).all() and says_nothing(given.category, here, index.category):
        return _classless(said, boxes, told, given, index, ids, better)
    classes = better_classes(here[known], there[known], given, ids=ids, categories=categories, share=same)
    if classes is not None:
        told.append(
            f"{'Only ' if same < FAIR else ''}{_share(same)} of the boxes that agree have the same class. "
            f"The detections' category ids are {classes.words}: read so, {_share(classes.share)} have."
        )
        return Checkup(tuple(told), misfit=True, reading=both(boxes, classes.reading), share=better)
    if boxes != AS_WRITTEN:
        return Checkup(tuple(told), misfit=True, reading=boxes, share=better)
    if same < FAIR:
        told = [
            f"{said}, but only {_share(same)} of these have its class: classes may be numbered otherwise."
        ]
        return Checkup(tuple(told), misfit=True, share=share)
    sound = _on_agreement(f"{said}; {_share(same)} of these have its class", near, box, index.box[at])
    return replace(sound, share=share)


def _classless(
    said: str, boxes: Reading, told: Sequence[str], given: Given, index: Index, ids: Ints, share: float
) -> Checkup:
    """One class for whatever the model sees: if the dataset does not know it, any will do (see classless)."""
    begun = "Read so, they" if told else f"{said}. They"
    words = (
        f"{begun} are of one class, whatever they lie on: of the class of a label they say nothing, and that "
        "of a missing one is a guess."
    )
    reading, theirs = boxes, int(given.category_id[0])
    if given.category[0] < 0 and theirs != ODD:
        any_one = int(ids[np.bincount(index.category[index.category >= 0]).argmax()])
        reading = both(boxes, Reading(classes=((theirs, any_one),)))
    if reading == AS_WRITTEN:
        return Checkup((words,), share=share)
    return Checkup((*told, words), misfit=True, reading=reading, share=share)


def _of_known_things(index: Index, asked: Asked, category_id: Ints) -> Ints:
    """Those (k,) of classes of the file that mostly lie on annotations: a model may know many more things."""
    near, _ = index.nearest(asked.image, asked.read(AS_WRITTEN))
    _, of = np.unique(category_id, return_inverse=True)
    n, on = np.bincount(of), np.bincount(of, near >= AGREES)
    return np.flatnonzero(((n >= FEWEST) & (on >= FAIR * n))[of])


def _words(reading: Reading) -> str:
    """What the boxes seem to be."""
    if reading.frame:
        return f"Their boxes seem to be {reading.framed()}"
    if reading.scale != (1.0, 1.0) or reading.offset != (0.0, 0.0):
        x, y = reading.scale
        if reading.shares:
            return f"Their boxes seem to be of pictures resized to {1 / x:.0f} x {1 / y:.0f} px"
        told = []
        if (x, y) != (1.0, 1.0):
            small = x >= 1 and y >= 1
            by = f"{x:.4g} x {y:.4g}" if small else f"{1 / x:.4g} x {1 / y:.4g}"
            told.append(f"{by} times {'too small' if small else 'as large as the labels'}")
        if reading.offset != (0.0, 0.0):
            told.append("moved by " + ", ".join(f"{0 - by:.4g}" for by in reading.offset) + " px")
        return f"Their boxes seem to be {' and '.join(told)}"
    return f"Their boxes seem to be {_box_words(reading)}"


def _box_words(reading: Reading) -> str:
    unit = "in shares of the picture" if reading.shares else "in pixels"
    return f"{BOXES[reading.boxes]} {unit}, instead of x, y, width, height in pixels"


def _on_agreement(said: str, near: Floats, box: Floats, label: Floats) -> Checkup:
    """Sound pairs, and those that agree better than two independent sources can."""
    copied = float(((np.abs(box - label) <= SAME).all(axis=1) & (near >= AGREES)).mean())
    exact = float((np.abs(box - label) <= 1e-6).all(axis=1).mean())
    share, median = float((near >= AGREES).mean()), float(np.median(near[near >= AGREES]))
    if exact >= COPIED:
        return Checkup(
            (
                f"{said}, and {_share(exact)} are an annotation to the last digit: the annotations seem to "
                "be made from these detections, or the detections from them. Their agreement says nothing.",
            ),
            misfit=True,
        )
    if share >= TOO_GOOD_SHARE and median >= TOO_GOOD_IOU and copied >= COPIED:
        return Checkup(
            (
                f"{said}, with a median IoU of {median:.3f}: too good to be true. A model that was trained "
                "on these labels repeats their errors.",
            ),
            misfit=True,
        )
    return Checkup((f"{said}.",))


def _on_scores(score: Floats) -> tuple[str, ...]:
    fair = score[np.isfinite(score)]
    if len(fair) >= FEWEST and float(np.ptp(fair)) == 0:
        return (
            f"All scores are {fair[0]:g}: nothing tells sure detections from doubtful ones, so the scores of "
            "issues are rough. Results with the model's own scores serve better.",
        )
    return ()


def _share(value: float) -> str:
    shown = f"{100 * value:.0f}"
    return f"{min(100 * value, 99.9):.1f} %" if shown == "100" and value < 1 else f"{shown} %"
