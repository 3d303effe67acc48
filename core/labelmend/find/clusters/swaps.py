"""Class pairs swapped in a batch: there one class looks like another to the model, elsewhere it does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from labelmend.find.clusters.batches import ALL
from labelmend.find.clusters.cluster import (
    CHANCE,
    FEWEST_IMAGES,
    Batch,
    Cluster,
    Scene,
    best_run,
    binomial_gain,
)
from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.sorting import groups

FEWEST = 8
"""Labels that must look like the other class."""

MOST_OF = 0.6
"""Share of a batch's labels of a class that must look like the other class."""

NEARLY_ALL = 0.8
"""Or: this share of what looks like the other class in the batch, where elsewhere that is labelled right."""

CONFUSED, TIMES = 0.25, 3.0
"""A pair that the model confuses this often elsewhere too, or a third as often as here, says nothing."""

UNKNOWN = 1 / 3
"""With no label of the class elsewhere, its confusion there is taken for this: one of three."""

LEAST_CONFUSED = 0.01
"""No pair is taken to be confused less often elsewhere."""

UNSEEN_TOO = 0.8
"""Share from which labels that the model did not see are taken to be swapped as well."""

AGAIN, FEWEST_AGAIN = 6.0, 3
"""What another pair of classes must show in a batch where one pair was found swapped."""

PAIRS = 100
"""Class pairs that are looked for in runs of images: those that disagree most."""

ROUNDS = 50
"""Clusters that are made at the most."""


@dataclass(frozen=True)
class _Seen:
    """Labels that the model surely sees: image, class, the class it says, whether that is another."""

    row: Ints
    image: Ints
    own: Ints
    says: Ints
    other: Bools


@dataclass(frozen=True)
class _Cells:
    """Pairs of classes by batch: k of n look like the other, elsewhere k_else of n_else; gain of that.

    turned: share of what looks like the other class here that is labelled so; turned_else: elsewhere.
    """

    batch: Ints
    own: Ints
    says: Ints
    k: Floats
    n: Floats
    k_else: Floats
    n_else: Floats
    gain: Floats
    turned: Floats
    turned_else: Floats
    tests: float

    @property
    def usual(self) -> Floats:
        """The share (n,) elsewhere."""
        return _usual(self.k_else, self.n_else)

    def plain(self) -> Bools:
        """Pairs (n,) that look like the other mostly here, or all that looks like it is labelled so; and
        hardly elsewhere."""
        share = self.k / self.n
        one_way = (self.turned >= NEARLY_ALL) & (self.turned_else <= CONFUSED)
        mostly = (share >= MOST_OF) | one_way
        return mostly & (self.usual <= CONFUSED) & (share >= TIMES * self.usual)


def swaps(scene: Scene) -> list[Cluster]:
    """Clusters of swapped classes, the plainest first; a label is in one of them at most."""
    seen = _seen(scene)
    free = np.ones(len(seen.row), bool)
    out: list[Cluster] = []
    while len(out) < ROUNDS and seen.other[free].sum() >= FEWEST:
        best = max(_candidates(scene, seen, free), key=lambda c: c[0], default=None)
        if best is None:
            break
        _, batch, cells = best
        out.append(_cluster(scene, seen, free, batch, cells))
        inside = batch.images[seen.image]
        for own in np.unique(cells.own):
            free &= ~(inside & (seen.own == own))
    return out


def _seen(scene: Scene) -> _Seen:
    a, o = scene.found.annotations, scene.found.objects
    row, thing = scene.pairs
    own, says = a.category[row], o.category[thing]
    other = (says != own) & (a.own_score[row] < 0.5 * o.score[thing])
    return _Seen(row, scene.label_image[row], own, says, other)


def _candidates(scene: Scene, seen: _Seen, free: Bools) -> Iterator[tuple[float, Batch, _Cells]]:
    """The best pair of classes of each way of parting, with what is connected to it in that batch."""
    for parting in scene.batches.partings:
        cells = _cells(scene, seen, free, parting.of, len(parting.names))
        found = _best(cells, whole=parting.way == ALL)
        if found is not None:
            value, i = found
            batch = Batch.of(parting, int(cells.batch[i]))
            if _spread(seen, free, batch, cells, i):
                yield value, batch, _connected(cells, i)
    yield from _in_runs(scene, seen, free)


def _in_runs(scene: Scene, seen: _Seen, free: Bools) -> Iterator[tuple[float, Batch, _Cells]]:
    """Runs of images in which two classes are swapped: both ways first, for where that gains as much."""
    n = scene.n_categories
    key, count = np.unique((seen.own * n + seen.says)[free & seen.other], return_counts=True)
    often = np.argsort(-count, kind="stable")[:PAIRS]
    pairs = [divmod(pair, n) for pair in key[often[count[often] >= FEWEST]].tolist()]
    known = set(pairs)
    both = [((own, says), (says, own)) for own, says in pairs if own < says and (says, own) in known]
    of_class = groups(np.where(free, seen.own, n), n + 1)
    for ways in (*both, *((pair,) for pair in pairs)):
        batch = _run(scene, seen, of_class, ways)
        if batch is None:
            continue
        cells = _cells(scene, seen, free, np.where(batch.images, 0, 1), 2)
        of_pair = np.isin(cells.own * n + cells.says, [own * n + says for own, says in ways])
        # Where a run is nearly the whole file, the classes may be named differently in the two files.
        elsewhere = cells.n_else >= FEWEST
        here = np.flatnonzero((cells.batch == 0) & of_pair & cells.plain() & elsewhere)
        if not len(here):
            continue
        i = int(here[np.argmax(cells.gain[here])])
        value_of = float(cells.gain[i] - np.log(scene.n_runs * len(key)))
        if value_of >= CHANCE and _spread(seen, free, batch, cells, i):
            yield value_of, batch, _connected(cells, i)


def _run(
    scene: Scene, seen: _Seen, of_class: Sequence[Ints], ways: Sequence[tuple[int, int]]
) -> Batch | None:
    """The run of images in which labels of a class look most like another, one way or both.

    of_class are the rows of each class that are free.
    """
    value, image, looking = [], [], []
    for own, says in ways:
        rows = of_class[own]
        looks = seen.other[rows] & (seen.says[rows] == says)
        usual = float(np.clip(looks.mean(), 0.02, UNKNOWN)) if len(looks) else UNKNOWN
        value.append(looks * np.log(0.8 / usual) + ~looks * np.log(0.2 / (1 - usual)))
        image.append(seen.image[rows])
        looking.append(looks)
    where, looks = np.concatenate(image), np.concatenate(looking)
    batch = scene.run(*best_run(np.concatenate(value), scene.batches.rank[where], scene.n_images))
    return batch if looks[batch.images[where]].sum() >= FEWEST else None


def _cells(scene: Scene, seen: _Seen, free: Bools, of: Ints, n_batches: int) -> _Cells:
    n = scene.n_categories
    batch, own, says = of[seen.image[free]], seen.own[free], seen.says[free]
    looks = seen.other[free]
    here = np.bincount(batch * n + own, minlength=n_batches * n)
    every = np.bincount(own, minlength=n)
    key, k = np.unique(((batch * n + own) * n + says)[looks], return_counts=True)
    pair, pair_of = np.unique(key % (n * n), return_inverse=True)
    total = np.bincount(pair_of, k, minlength=len(pair))[pair_of]
    batch_of, own_of, says_of = key // (n * n), key // n % n, key % n
    n_here = here[key // n].astype(np.float64)
    called = np.bincount(batch * n + says, minlength=n_batches * n)
    called_here, called_all = called[batch_of * n + says_of], np.bincount(says, minlength=n)[says_of]
    n_else, k_else = every[own_of] - n_here, total - k
    tests = float((here > 0).sum() * max(n - 1, 1))
    gain = binomial_gain(k.astype(np.float64), n_here, _usual(k_else, n_else))
    called_else = called_all - called_here
    return _Cells(
        batch_of, own_of, says_of, k.astype(np.float64), n_here, k_else, n_else, gain,
        k / called_here, _usual(k_else, called_else), tests,
    )  # fmt: skip


def _usual(k_else: Floats, n_else: Floats) -> Floats:
    return np.asarray(np.maximum((k_else + 1) / (n_else + 1 / UNKNOWN), LEAST_CONFUSED))


def _best(cells: _Cells, *, whole: bool) -> tuple[float, int] | None:
    """The plainest pair, by what its gain leaves after all tests. In the whole file only a pair that is
    swapped both ways is a fault of the labels rather than the model's ignorance."""
    good = (cells.k >= FEWEST) & (cells.gain - np.log(max(cells.tests, 1.0)) >= CHANCE)
    if whole:
        share = cells.k / cells.n
        mostly = {(o, s) for o, s, on in zip(cells.own, cells.says, share >= MOST_OF, strict=True) if on}
        both = [(s, o) in mostly for o, s in zip(cells.own, cells.says, strict=True)]
        good &= np.array(both, bool) & (share >= MOST_OF)
    else:
        good &= cells.plain()
    at = np.flatnonzero(good)
    if not len(at):
        return None
    i = int(at[np.argmax(cells.gain[at])])
    return float(cells.gain[i] - np.log(max(cells.tests, 1.0))), i


def _spread(seen: _Seen, free: Bools, batch: Batch, cells: _Cells, i: int) -> bool:
    """Whether the pair is seen in more images than a few."""
    inside = free & seen.other & batch.images[seen.image]
    inside &= (seen.own == cells.own[i]) & (seen.says == cells.says[i])
    return len(np.unique(seen.image[inside])) >= FEWEST_IMAGES


def _connected(cells: _Cells, i: int) -> _Cells:
    """The cells of the same batch whose classes hang together with cell i's."""
    likely = (cells.batch == cells.batch[i]) & (cells.k >= FEWEST_AGAIN) & (cells.gain >= AGAIN)
    likely &= (cells.k / cells.n >= MOST_OF) & (cells.usual <= UNKNOWN)
    likely[i] = True
    classes, some = {int(cells.own[i]), int(cells.says[i])}, {i}
    while True:
        more = {
            int(j)
            for j in np.flatnonzero(likely)
            if int(cells.own[j]) in classes or int(cells.says[j]) in classes
        }
        if more <= some:
            break
        some |= more
        classes |= {int(c) for j in more for c in (cells.own[j], cells.says[j])}
    rows = np.array([i, *sorted(some - {i})])
    columns = {f.name: getattr(cells, f.name)[rows] for f in fields(cells) if f.name != "tests"}
    return replace(cells, **columns)


def _cluster(scene: Scene, seen: _Seen, free: Bools, batch: Batch, cells: _Cells) -> Cluster:
    a = scene.found.annotations
    inside = batch.images[scene.label_image]
    taken = np.zeros(len(a), bool)
    taken[seen.row[~free]] = True
    said = np.full(len(a), -1, np.int64)
    said[seen.row] = np.where(seen.other, seen.says, -2)
    rows, to, likely = [], [], []
    for j in range(len(cells.k)):
        own = inside & (a.category == cells.own[j]) & ~taken
        share = (cells.k[j] + 1) / (cells.n[j] + 2)
        odds = share / (1 - share) * MOST_OF / cells.usual[j]
        looks = np.flatnonzero(own & (said == cells.says[j]))
        unseen = np.flatnonzero(own & (said == -1)) if share >= UNSEEN_TOO else looks[:0]
        rows.append(np.r_[looks, unseen])
        to.append(np.full(len(rows[-1]), cells.says[j]))
        likely.append(np.r_[np.full(len(looks), odds / (1 + odds)), np.full(len(unseen), share)])
    row = np.concatenate(rows)
    mutual = len(cells.k) == 2 and cells.own[0] == cells.says[1] and cells.own[1] == cells.says[0]
    many = float(len(np.unique(np.r_[cells.own, cells.says])))
    elsewhere = 0.0 if batch.way == ALL else 1.0
    return Cluster(
        "swapped_classes",
        batch,
        np.concatenate(likely),
        labels=a.label[row],
        category=np.concatenate(to).astype(np.int64),
        box=np.full((len(row), 4), np.nan),
        pair=(int(cells.own[0]), int(cells.says[0])),
        numbers={
            0: float(cells.k.sum()),
            1: float(cells.n.sum()),
            2: float(cells.k_else.sum()) * elsewhere,
            3: float(cells.n_else.sum()) * elsewhere,
            6: 1.0 if len(cells.k) == 1 else 2.0 if mutual else many,
        },
    )
