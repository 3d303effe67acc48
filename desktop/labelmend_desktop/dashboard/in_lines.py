"""What the overview says, as cards and lines of bars and numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from PySide6.QtGui import QColor

from labelmend.project.audit import between
from labelmend.report.error_rates import ErrorRate
from labelmend.report.judgements import Ids
from labelmend.report.progress import Overview, Pair, Reason
from labelmend.report.tallies import Tally
from labelmend_desktop.dashboard.bars import Bars, Cell, Line, Piece
from labelmend_desktop.dashboard.headline import Headline
from labelmend_desktop.queues import QUEUE_WORDS
from labelmend_desktop.words import NAME_WORDS

Colours = Callable[[int], QColor]

SHOWN: Final = 60
"""So many lines are told apart; the rest is one."""
HEADS: Final = ("open", "done", "passed", "rejected", "a label", "an hour")
_DONE, _OPEN = "accent", "line"
_PASSED = "Of the labels that were reviewed, those that the reviewer approved at the first look."
_TOOK = "The median: half of the labels judged one at a time were faster; over 5 minutes is a break."
_LEFT = "The open ones by labels in an hour, which counts all working time, not by the median of a label."
_PACE = "Labels in an hour of work, breaks over 5 minutes left out, what took long counted in full."


def duration(seconds: float | None) -> str:
    """How long a label takes, in words."""
    if seconds is None:
        return "–"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s" if seconds < 100 else _minutes(seconds)


def _minutes(seconds: float) -> str:
    number, unit = (seconds / 60, "min") if seconds < 6000 else (seconds / 3600, "h")
    return f"{number:.1f} {unit}" if number < 10 else f"{number:,.0f} {unit}"


def per_cent(share: float | None) -> str:
    """A share; a small one with more digits."""
    if share is None:
        return "–"
    return f"{100 * share:.0f} %" if share in (0, 1) or share >= 0.1 else f"{100 * share:.2g} %"


# -------------------------------------------------------------------- the top line
def headlines(told: Overview) -> list[Headline]:
    """The three queues, and how many labels are wrong by what was drawn."""
    return [*map(_queue, told.queues), _rate(told)]


def _queue(one: Tally) -> Headline:
    name = {"fix": "Fix", "review": "Review", "expert": "Expert"}[one.name]
    waits, done = f"{name}: open", f"{name}: done"
    facts = [Cell(f"{len(one.done):,} done", done, one.done, "text_quiet")]
    if one.first_pass is not None:
        seen = np.concatenate([one.approved, one.rejected])
        facts.append(Cell(f"{per_cent(one.first_pass)} passed", "reviewed", seen, "text_quiet", _PASSED))
    if one.seconds is not None and one.pace is not None:
        if len(one.open):
            left = duration(3600 * len(one.open) / one.pace)
            facts.append(Cell(f"{left} left", waits, one.open, "text", _LEFT))
        facts.append(Cell(f"{one.pace:,.0f} an hour", done, one.done, "text_quiet", _PACE))
        facts.append(Cell(f"median {duration(one.seconds)}", done, one.done, "text_quiet", _TOOK))
    if one.expected >= 0.5 and not len(one.done):
        note = "The sum of their scores."
        facts.append(Cell(f"some {one.expected:,.0f} are errors", waits, one.open, "text_quiet", note))
    return Headline(
        QUEUE_WORDS[name.lower()],  # type: ignore[index]
        Cell(f"{len(one.open):,}", waits, one.open),
        Cell("open", tone="text_quiet"),
        (Piece(done, one.done, _DONE), Piece(waits, one.open, _OPEN)),
        facts,
    )


def _rate(told: Overview) -> Headline:
    """Labels that are wrong: in the finished work, and in what nothing was said of."""
    of = [one[0] for one in (told.finished, told.unflagged) if one]
    if not of:
        return Headline("Wrong labels", Cell("–"), Cell("nothing reviewed yet", tone="text_quiet"))
    first = of[0]
    seen = np.concatenate([first.wrong, first.right])
    facts = [fact for one in of for fact in _limits(one)]
    return Headline(
        "Wrong labels",
        Cell(per_cent(first.share), f"wrong of the {WORDS_OF[first.of]}", first.wrong),
        Cell(f"of {len(seen):,} reviewed", f"reviewed of the {WORDS_OF[first.of]}", seen, "text_quiet"),
        (
            Piece("wrong", first.wrong, "danger"),
            Piece("right", first.right, "ok"),
            Piece("still to review", first.open, _OPEN),
        ),
        facts,
    )


WORDS_OF: Final = {"finished": "finished labels", "unflagged": "unflagged labels"}
NOTES_OF: Final = {
    "finished": "Of the labels that were fixed or dismissed and that a sample was drawn from, in the class "
    "that they had then; 95 % sure.",
    "unflagged": "Of the labels that nothing was said of, by the last audit; 95 % sure.",
}


def limits(one: ErrorRate) -> str:
    """From where to where the share of wrong labels is, 95 % sure."""
    return between(one.low / one.size, one.high / one.size) if one.high else "0 %"


def _limits(one: ErrorRate) -> list[Cell]:
    title = f"drawn of the {WORDS_OF[one.of]}"
    text = f"{one.of} {limits(one)}"
    return [Cell(text, title, one.drawn, "text_quiet", f"{NOTES_OF[one.of]} They are {one.size:,}.")]


# -------------------------------------------------------------------- lines
def kinds(told: Overview) -> Bars:
    """What issues are called."""
    lines = [tally_line(one, NAME_WORDS[one.name]) for one in _most_first(told.kinds)]
    return Bars(HEADS, lines, empty="No issues.", whole=True)


def classes(told: Overview, names: Sequence[str], colour_of: Colours) -> Bars:
    """The classes, those with most issues first."""
    rows = {name: row for row, name in enumerate(names)}
    every = _most_first(told.classes)
    lines = [tally_line(one, one.name, colour_of(rows.get(one.name, -1))) for one in every[:SHOWN]]
    if every[SHOWN:]:
        lines.append(tally_line(_together(every[SHOWN:]), f"{len(every) - SHOWN:,} other classes"))
    return Bars(HEADS, lines, empty="No issues.", whole=True)


def people(told: Overview) -> Bars:
    """Everybody in each of their roles."""
    lines = [tally_line(one, one.name, aside=one.role) for one in told.people[:SHOWN]]
    return Bars(HEADS, lines, empty="Nobody has judged anything yet.", whole=True)


def tally_line(one: Tally, name: str, mark: QColor | None = None, *, aside: str = "") -> Line:
    """A tally as a line: the bar is what is done and what is open."""
    whose = f"{name} as {aside}" if aside else name
    waits, done = f"{whose}: open", f"{whose}: done"
    reviewed, rejected = _verdict_titles(name, aside)
    seen = np.concatenate([one.approved, one.rejected])
    judged = one.done if len(one.done) else one.open
    cells = (
        Cell(_count(one.open), waits, one.open),
        Cell(_count(one.done), done, one.done),
        Cell(per_cent(one.first_pass), reviewed, seen, note=_PASSED),
        Cell(_count(one.rejected), rejected, one.rejected, "danger" if len(one.rejected) else "text_quiet"),
        Cell(duration(one.seconds), whose, judged, note=_TOOK),
        Cell("–" if one.pace is None else f"{one.pace:,.0f}", whose, judged, note=_PACE),
    )
    return Line(name, (Piece(done, one.done, _DONE), Piece(waits, one.open, _OPEN)), cells, mark, aside)


def _verdict_titles(name: str, role: str) -> tuple[str, str]:
    if role == "reviewer":
        return f"reviewed by {name}", f"rejected by {name}"
    whose = f"{name}’s" if role else name
    return f"{whose}: reviewed", f"{whose}: rejected"


def _count(ids: Ids) -> str:
    return f"{len(ids):,}"


def _most_first(tallies: Sequence[Tally]) -> list[Tally]:
    return sorted(tallies, key=lambda one: -len(one.open) - len(one.done))


def _together(tallies: Sequence[Tally]) -> Tally:
    def all_of(part: str) -> Ids:
        return np.concatenate([getattr(one, part) for one in tallies])

    return Tally("", all_of("open"), all_of("done"), all_of("approved"), all_of("rejected"))


def reasons(told: tuple[Reason, ...]) -> Bars:
    """Why labels were rejected."""
    lines = [
        Line(
            one.text,
            (Piece(f"rejected: {one.text}", one.issues, "danger"),),
            (Cell(_count(one.issues), f"rejected: {one.text}", one.issues),),
        )
        for one in told[:SHOWN]
    ]
    return Bars(("labels",), lines, empty="Nothing was rejected.")


def pairs(told: tuple[Pair, ...]) -> Bars:
    """Which classes are taken for which."""
    return Bars(
        ("wrong", "right", "open"),
        [_pair(one) for one in told[:SHOWN]],
        empty="No class is taken for another.",
    )


def _pair(one: Pair) -> Line:
    name = f"{one.was} → {one.now}"
    wrong, right, waits = (f"{name}: {word}" for word in ("wrong", "right as they were", "open"))
    return Line(
        name,
        (
            Piece(wrong, one.confirmed, "danger"),
            Piece(right, one.refuted, "ok"),
            Piece(waits, one.open, _OPEN),
        ),
        (
            Cell(_count(one.confirmed), wrong, one.confirmed),
            Cell(_count(one.refuted), right, one.refuted),
            Cell(_count(one.open), waits, one.open),
        ),
    )
