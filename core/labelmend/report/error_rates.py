"""How many labels are wrong, class by class, as the drawn samples tell it, with exact limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from labelmend.project.history import AUDIT, Step
from labelmend.report.judgements import OUTCOMES, VERDICTS, Drawn, Ids, Judgements
from labelmend.report.tallies import Standings, split
from labelmend.review import acceptance

Of = Literal["finished", "unflagged"]
EVERY: Final = "All classes"


@dataclass(frozen=True, eq=False)
class ErrorRate:
    """How many labels of a class are wrong.

    of: "finished": of the labels that people fixed or dismissed and that a review sample was drawn from, as
    they stood when they were reviewed; "unflagged": of the labels that nothing was said of, by the last
    audit. size: how many labels that is; drawn, open, wrong, right: the ids of those that were drawn, of
    those still to review, of those that were corrected, or rejected and that no expert let stand, and of the
    others. low, high: so many of `size` are wrong, both inclusive, 95 % sure; what is still to review is
    right in low and wrong in high.
    """

    name: str
    of: Of
    size: int
    low: int
    high: int
    drawn: Ids
    open: Ids
    wrong: Ids
    right: Ids

    @property
    def share(self) -> float | None:
        """The share of the reviewed labels that is wrong; None while none is reviewed."""
        reviewed = len(self.wrong) + len(self.right)
        return len(self.wrong) / reviewed if reviewed else None


@lru_cache(4096)
def limits(size: int, sample: int, wrong: int, still: int, parts: int) -> tuple[int, int]:
    """`acceptance.interval` with 5 % of doubt shared by so many parts, and `still` of the sample unknown."""
    sure = 1 - 0.05 / parts
    low, high = acceptance.interval(size, sample, wrong, sure=sure)
    if still:
        high = acceptance.interval(size, sample, wrong + still, sure=sure)[1]
    return low, high


class ErrorRates:
    """Tells error rates of where the issues stand and of what was drawn."""

    def __init__(self, standings: Standings, judgements: Judgements) -> None:
        self._standings = standings
        self._wrong, self._still = _judged(standings, judgements.events)
        self._category = np.where(standings.category < 0, len(standings.classes), standings.category)
        self._names = (*standings.classes, "unknown class")

    def finished(self, draws: Sequence[Drawn]) -> tuple[ErrorRate, ...]:
        """Over all and class by class, of all draws together; empty without any.

        A label belongs to the last draw that it was in, with the class that it had then (after the fix, as
        acceptance plans count it), and there to the part with its rate. Of each part the
        drawn labels of a class are a simple random sample. Parts of one rate, the draws of several days say,
        are taken together: a sample in proportion to its parts varies no more than one of the whole (W. G.
        Cochran, Sampling Techniques, 3rd ed. 1977, 5.6). The limits of different rates are added, each with
        its share of the doubt (Bonferroni): the sum is at least as sure.
        """
        rows, stratum, drawn = self._last_draws(draws)
        if not len(rows):
            return ()
        told = [self._rate(EVERY, rows, stratum, drawn)]
        places = split(np.arange(len(rows)), self._drawn_as(draws)[rows], len(self._names))
        for name, mine in zip(self._names, places, strict=True):
            if len(mine):
                told.append(self._rate(name, rows[mine], stratum[mine], drawn[mine]))
        return tuple(told)

    def _drawn_as(self, draws: Sequence[Drawn]) -> Ids:
        """The class (n,) that each label had when it was drawn last; its issue's where no draw tells."""
        category = self._category.astype(np.int64)
        number = {name: n for n, name in reversed(list(enumerate(self._names)))}
        for draw in draws:
            for name, issues in draw.classes.items():
                rows = self._standings.rows_of(issues)
                category[rows[rows >= 0]] = number.get(name, len(self._names) - 1)
        return category

    def _last_draws(self, draws: Sequence[Drawn]) -> tuple[Ids, Ids, NDArray[np.bool_]]:
        """Rows of all labels that were in a draw, the number of the rate of the last one, and whether it drew
        them."""
        stratum = np.full(len(self._standings.id), -1)
        drawn = np.zeros(len(stratum), bool)
        numbers = {rate: number for number, rate in enumerate(sorted({draw.rate for draw in draws}))}
        for draw in draws:
            frame = self._standings.rows_of(draw.frame)
            stratum[frame[frame >= 0]] = numbers[draw.rate]
            drawn[frame[frame >= 0]] = False
            sample = self._standings.rows_of(draw.drawn)
            drawn[sample[sample >= 0]] = True
        rows = np.flatnonzero((stratum >= 0) & ~self._standings.is_card)
        return rows, stratum[rows], drawn[rows]

    def _rate(self, name: str, rows: Ids, stratum: Ids, drawn: NDArray[np.bool_]) -> ErrorRate:
        wrong, still = self._wrong[rows] & drawn, self._still[rows] & drawn
        sizes = np.bincount(stratum)
        counts = [np.bincount(stratum[mask], minlength=len(sizes)) for mask in (drawn, wrong, still)]
        low = high = 0
        for size, *sample in zip(sizes.tolist(), *(one.tolist() for one in counts), strict=True):
            if size:
                least, most = limits(size, *sample, np.count_nonzero(sizes))
                low, high = low + least, high + most
        ids = self._standings.id[rows]
        return ErrorRate(
            name, "finished", len(rows), low, high, ids[drawn], *_told_apart(ids, drawn, still, wrong)
        )

    def unflagged(self, audit: Step | None) -> tuple[ErrorRate, ...]:
        """The last audit over all and class by class; empty without one, or when it was taken back."""
        notes = [] if audit is None else [note for note in audit.notes if note.kind == AUDIT]
        rows = self._standings.rows_of(np.array([note.id for note in notes], np.int64))
        rows = rows[rows >= 0]
        if audit is None or not len(rows):
            return ()
        told = [self._audited(EVERY, int(audit.facts["labels"]), rows)]
        category = self._standings.category[rows]
        for number in np.flatnonzero(np.bincount(category[category >= 0])).tolist():
            name = self._standings.classes[number]
            told.append(self._audited(name, int(audit.facts[f"class {name}"]), rows[category == number]))
        return tuple(told)

    def _audited(self, name: str, size: int, rows: Ids) -> ErrorRate:
        ids, wrong, still = self._standings.id[rows], self._wrong[rows], self._still[rows]
        low, high = limits(size, len(rows), int(wrong.sum()), int(still.sum()), 1)
        return ErrorRate(
            name, "unflagged", size, low, high, ids, *_told_apart(ids, still | True, still, wrong)
        )


def _told_apart(
    ids: Ids, drawn: NDArray[np.bool_], still: NDArray[np.bool_], wrong: NDArray[np.bool_]
) -> tuple[Ids, Ids, Ids]:
    """The ids of what is still to review, of what is wrong and of what is right."""
    return ids[still], ids[wrong], ids[drawn & ~still & ~wrong]


def _judged(standings: Standings, events: NDArray[Any]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which issues (n,) are wrong, and which are open, if they were drawn: the rules of `sampling.is_wrong`
    and `is_open`, for all at once."""
    stood, corrected, elsewhere, differ = np.zeros((4, len(standings.id)), bool)
    rows = standings.rows_of(events["issue"])
    events, rows = events.compress(rows >= 0), rows[rows >= 0]
    # Of several decisions about one issue the last one holds: numpy keeps the last of repeated places.
    stood[rows] = events["outcome"] == OUTCOMES.index("fix stands")
    elsewhere[rows] = events["outcome"] == OUTCOMES.index("merged")
    corrected[rows] = events["corrected"]
    differ[rows] = events["verdict"] != VERDICTS.index("ambiguous")
    still = standings.in_states("in_review", "conflict") | (standings.in_states("ambiguous") & differ)
    right = standings.in_states("approved") | (standings.in_states("decided") & stood)
    return ~still & ~elsewhere & (corrected | ~right), still
