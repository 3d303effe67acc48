"""Finds suspected label errors: annotations and detections in, ranked issues out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np

from labelmend.errors import Cancelled
from labelmend.find.blocks import Block, blocks, cut
from labelmend.find.classless import with_classes
from labelmend.find.clusters.batches import NO_BATCHES, Batches
from labelmend.find.clusters.cards import with_clusters
from labelmend.find.clusters.cluster import Cluster, Scene
from labelmend.find.clusters.systematic import systematic
from labelmend.find.evidence.collecting import collect
from labelmend.find.evidence.columns import Evidence, join
from labelmend.find.inputs import Floats, ImageSizes, Labels, Predicted, Tolerance
from labelmend.find.issues import Issues, concatenate
from labelmend.find.kinds.judge import judge
from labelmend.find.kinds.outliers import outliers
from labelmend.find.kinds.structure import BOX_FAULTS, HOLDS_NOTHING, apart_from, empty, inside, structure
from labelmend.find.sources import as_seen, labelled, object_rows, on_common_scale
from labelmend.find.tolerance import let_pass, with_margins
from labelmend.find.verdicts import Verdicts, heed, undoubted, with_doubt
from labelmend.progress import Progress, silent
from labelmend.workers.side_by_side import AHEAD, Together, aside, by_threads, in_order

FEWEST = 20
"""With fewer annotations or objects there is nothing to learn from."""

FEWEST_LISTED = 5000
"""So many of a kind are returned, however few are expected."""

STEPS = 1000
"""What progress counts."""

NOTHING = 1e-9
"""A probability that is no issue, whatever the floor."""


T = TypeVar("T")


@dataclass(frozen=True)
class Settings:
    """What a user may set.

    floor: issues that score less are not returned. plenty: of each kind at most this many times as many as
    errors are expected are returned, the best ones (which are all that score 1 / plenty or more). tolerance:
    what the instructions let pass is no issue. verdicts: what people said of issues teaches the scores.
    """

    floor: float = 4e-4
    plenty: float = 20.0
    tolerance: Tolerance | None = None
    verdicts: Verdicts | None = None


def find(
    sizes: ImageSizes,
    labels: Labels,
    predicted: Predicted | None,
    *,
    n_categories: int,
    batches: Batches | None = None,
    faults: Issues | None = None,
    settings: Settings = Settings(),
    progress: Progress = silent,
    executor: Executor | None = None,
    ahead: int = AHEAD,
) -> Issues:
    """Suspected label errors, worst first; score is the probability that the label is wrong.

    sizes has one row an image; labels and predicted name images and categories by row. Boxes are xywh in
    pixels. Everything that can be learned (how right the model is at which score, what it overlooks and
    confuses, how far its boxes spread, how frequent each kind of error is) is learned from this very
    pair. Without detections, or with too few to learn from, structure and duplicates remain. Systematic
    errors are looked for where `batches` tells which images may have come together. faults are those that
    `structure` finds, where it was asked before.

    progress is called at least every few tenths of a second and may raise Cancelled. Blocks of images are
    examined by threads, one a core, or with an executor there, `ahead` of them at a time (twice the workers
    is plenty), and what they show is judged here: the result is the same to the last digit. Neither the
    order of records nor their ids nor the scale of all coordinates changes a rank (a pixel too many
    remains one at any scale: faults of records are told by pixels).
    """
    steps = _Steps(progress)
    steps.report()

    def work() -> Issues:
        found = structure(sizes, labels) if faults is None else faults
        if len(sizes) and n_categories > 0:
            known = predicted and with_classes(labels, predicted, n_images=len(sizes), tick=steps.again)

            def look(now: Labels) -> Evidence:
                found = _examine(sizes, now, known or _nothing(), n_categories, steps, executor, ahead)
                return with_margins(found, settings.tolerance, sizes=sizes, labels=now, predicted=known)

            evidence = look(labels)
            scene = Scene(evidence, sizes, labels, known or _nothing(), batches or NO_BATCHES, n_categories)
            found = _seen(found, scene, known, settings, look, steps)
        return found.take(found.order())

    # Some single steps take long, however fast they are: the caller hears of them all the same.
    ranked = aside(work, tick=steps.report, stop=steps.stop)
    steps.at(1.0)
    steps.report()
    return ranked


def _seen(
    found: Issues,
    scene: Scene,
    predicted: Predicted | None,
    settings: Settings,
    look: Callable[[Labels], Evidence],
    steps: _Steps,
) -> Issues:
    """Faults of the records, with what the evidence shows beside them."""
    labels, evidence = scene.labels, scene.found
    clusters: tuple[Cluster, ...] = ()
    if predicted is not None and scene.batches.partings and _is_enough(evidence):
        evidence, clusters = systematic(scene, examine=look, tick=steps.creep)
    known = predicted is not None and len(predicted) > 0
    with Together(steps.creep) as together:
        odd = together.begin(partial(empty, found) if known else partial(_odd, scene.sizes, labels, found))
        judged = judge(
            evidence,
            labels,
            predicted if _is_enough(evidence) else None,
            n_images=scene.n_images,
            n_categories=scene.n_categories,
            least=partial(_least, settings=settings),
            tick=steps.creep,
        )
        # What lies outside its image is seen by no model: what it says of it repeats the fault.
        told = [apart_from(each, found, HOLDS_NOTHING) for each in judged]
        found = concatenate([found, *told, odd()])
    found = with_doubt(found)
    if settings.verdicts is not None:
        found = heed(found, settings.verdicts)
    if predicted is not None:
        found = _as_told(found, evidence, predicted, settings.tolerance)
    steps.creep()
    found = with_clusters(found, clusters, scene)
    steps.creep()
    return inside(found, scene.sizes, labels)


def _odd(sizes: ImageSizes, labels: Labels, faults: Issues) -> Issues:
    """Labels of odd size or shape, but for those whose box is known to be faulty."""
    return apart_from(outliers(sizes, labels), faults, BOX_FAULTS)


def _as_told(found: Issues, evidence: Evidence, predicted: Predicted, tolerance: Tolerance | None) -> Issues:
    """The issues with what several models and the instructions say of them."""
    if predicted.n_sources == 1 and tolerance is None:
        return found
    row = object_rows(found, evidence.objects)
    found = as_seen(found, evidence.objects, predicted, row)
    return found if tolerance is None else let_pass(found, tolerance, evidence.objects.box, row)


def _least(probability: Floats, settings: Settings) -> float:
    """The score from which an issue of one kind is worth a place in a list."""
    floor = max(float(undoubted(settings.floor)), NOTHING)
    some = probability[probability >= floor]
    most = settings.plenty * max(float(some.sum()), 1.0) + FEWEST_LISTED
    if len(some) <= most:
        return floor
    return float(np.partition(some, len(some) - int(most))[len(some) - int(most)])


class _Steps:
    """Turns the finder's stages into progress; the learning creeps towards its end, as rounds vary.

    The stages, on any thread, say how far they are; the caller's thread reports it.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._share, self._told = 0.0, 0
        self._stopped = False

    def report(self) -> None:
        """Tell the caller, who may raise Cancelled."""
        self._told = max(self._told, int(self._share * STEPS))  # threads may say it out of turn
        self._progress(self._told, STEPS)

    def stop(self) -> None:
        """The next stage that says anything ends."""
        self._stopped = True

    def at(self, share: float) -> None:
        if self._stopped:
            raise Cancelled
        self._share = share

    def again(self) -> None:
        self.at(self._share)

    def through(self, parts: Iterator[T], n: int, start: float, end: float) -> Iterator[T]:
        """The n parts, each moving on from start towards end once it is done."""
        for k, part in enumerate(parts, start=1):
            yield part
            # Labels may be looked at again, mended: progress does not go back.
            self.at(max(self._share, start + (end - start) * k / n))

    def creep(self) -> None:
        self.at(self._share + (1 - self._share) * 0.01)


def _is_enough(found: Evidence) -> bool:
    """Whether there is anything to learn from."""
    return min(len(found.annotations), len(found.objects)) >= FEWEST


def _nothing() -> Predicted:
    rows = np.zeros(0, np.int32)
    return Predicted(rows, rows, np.zeros((0, 4)), np.zeros(0))


def _examine(
    sizes: ImageSizes,
    labels: Labels,
    predicted: Predicted,
    n_categories: int,
    steps: _Steps,
    executor: Executor | None,
    ahead: int,
) -> Evidence:
    steps.again()
    plan = cut(sizes, labels, predicted)
    steps.again()
    each = partial(_each, executor=executor, ahead=ahead, tick=steps.again)
    blocks_of = partial(blocks, sizes, labels, n_categories=n_categories, plan=plan)
    begun = 0.0
    if predicted.n_sources > 1:
        begun = 0.15
        taken = steps.through(each(labelled, blocks_of(predicted)), len(plan.ends), 0.0, begun)
        predicted = on_common_scale(predicted, taken, tick=steps.again)
    parts = list(steps.through(each(collect, blocks_of(predicted)), len(plan.ends), begun, 0.6))
    joined = join(parts, steps.creep)
    steps.creep()
    return joined


def _each(
    work: Callable[[Block], T],
    todo: Iterator[Block],
    *,
    executor: Executor | None,
    ahead: int,
    tick: Callable[[], None],
) -> Iterator[T]:
    if executor is None:
        return by_threads(work, todo, tick=tick)
    return in_order(work, todo, executor=executor, ahead=ahead, tick=tick)
