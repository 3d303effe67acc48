"""What the overview says, as points: progress over time, error rates, and whether the scores hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

import numpy as np

from labelmend.report.error_rates import EVERY, ErrorRate
from labelmend.report.progress import Course, Overview
from labelmend_desktop import theme
from labelmend_desktop.dashboard.in_lines import NOTES_OF, WORDS_OF, limits, per_cent
from labelmend_desktop.dashboard.points import Floats, Frame, Series, Ticks
from labelmend_desktop.dashboard.spots import width_of

HOUR, DAY = 3600.0, 86400.0
RATES_SHOWN: Final = 10
_TONES: Final = {"fix": "accent", "review": "ok", "expert": "warn"}
_WORDS: Final = {"fix": "fixed or dismissed", "review": "reviewed", "expert": "decided"}
_SHARES: Final = [(n / 4, f"{25 * n} %") for n in range(5)]


# -------------------------------------------------------------------- progress over time
def course(told: Overview, *, in_all: bool) -> tuple[list[Series], Frame]:
    """Labels judged in each queue, in all or in each hour (each day, where that is longer than three)."""
    empty = "Nothing was judged yet."
    times = [one.at for one in told.courses if len(one.at)]
    if not times:
        return [], Frame((0, 1), (0, 1), empty=empty)
    edges = _edges(times, HOUR if by_hours(told) else DAY)
    series = [_series(one, edges, in_all=in_all) for one in told.courses if len(one.at)]
    top = max(float(one.y.max()) for one in series)
    margin = 0.02 * float(edges[-1] - edges[0])
    x_range = (float(edges[0]) - margin, float(edges[-1]) + 2 * margin)
    return series, Frame(x_range, (0, top * 1.15), _time_ticks(edges), left=48)


def by_hours(told: Overview) -> bool:
    """Whether progress is told by the hour."""
    times = [one.at for one in told.courses if len(one.at)]
    return bool(times) and max(one[-1] for one in times) - min(one[0] for one in times) <= 3 * DAY


def _edges(times: Sequence[Floats], bin_: float) -> Floats:
    """Where hours or days begin, from before the first time to after the last one."""
    first, last = min(float(one[0]) for one in times), max(float(one[-1]) for one in times)
    start = _floor(first, bin_)
    return np.arange(int((last - start) // bin_) + 2, dtype=np.float64) * bin_ + start


def _time_ticks(edges: Floats) -> Ticks:
    """The beginnings of some of the hours or days, in words; of few hours, also of their quarters or halves,
    as the axis has no room for what is written at its ends."""
    form = "%a %H:00" if edges[1] - edges[0] == HOUR else "%d %b"
    every = edges[:: max(1, -(-len(edges) // 8))].tolist()
    if edges[-1] - edges[0] <= 3 * HOUR:
        form, step = "%H:%M", HOUR / 4 if len(edges) == 2 else HOUR / 2
        every = np.arange(edges[0], edges[-1] + 1, step).tolist()
    return [(at, datetime.fromtimestamp(at).strftime(form)) for at in every]


def _floor(at: float, bin_: float) -> float:
    """The beginning of the hour or day, as the clock on the wall has it."""
    begins = datetime.fromtimestamp(at).replace(minute=0, second=0, microsecond=0)
    return (begins if bin_ == HOUR else begins.replace(hour=0)).timestamp()


def _series(one: Course, edges: Floats, *, in_all: bool) -> Series:
    ends = np.searchsorted(one.at, edges)
    parts = [one.issues[a:b] for a, b in pairwise(ends)]
    counts = np.array([len(part) for part in parts], float)
    form = "%a %d %b, %H:00" if edges[1] - edges[0] == HOUR else "%a %d %b"
    when = [datetime.fromtimestamp(at).strftime(form) for at in edges[:-1].tolist()]
    values = np.r_[0.0, np.cumsum(counts)] if in_all else np.r_[0.0, counts]
    word = _WORDS[one.queue]
    none = one.issues[:0]
    totals = np.cumsum(counts)
    return Series(
        edges,
        values,
        _TONES[one.queue],
        ["", *(f"{word}, {text}" for text in when)],
        [none, *parts],
        ["", *(f"{total:,.0f} {word} by then" for total in totals)],
        joined=True,
        name=f"{len(one.at):,} {word}" if in_all else word,
        about=word,
    )


# -------------------------------------------------------------------- error rates
def rates(told: Overview) -> tuple[list[Series], Frame]:
    """The share of wrong labels with its limits, over all and of the classes where it is highest."""
    names = _worst(told)
    if not names:
        empty = "Nothing was reviewed yet: draw a sample, or an audit."
        return [], Frame((0, 1), (0, 1), empty=empty, left=8)
    series, high = [], 0.0
    for every, tone, symbol, aside in (
        (told.finished, "accent", "o", 0.14),
        (told.unflagged, "warn", "d", -0.14),
    ):
        rows = [one for one in every if one.name in names and one.share is not None]
        if rows:
            series.append(_rate_points(rows, names, tone, symbol, aside))
            high = max(high, *(one.high / one.size for one in rows))
    top = _rounded(high)
    ticks = [(top * n / 4, f"{100 * top * n / 4:.3g} %") for n in range(5)]
    left = min(int(max(width_of(name, theme.SIZE_SMALL) for name in names)) + 12, 130)
    labels = [(float(-n), _short(name)) for n, name in enumerate(names)]
    frame = Frame((-0.015 * top, top * 1.06), (-len(names) + 0.4, 0.6), ticks, labels, across=True, left=left)
    return series, frame


def _short(name: str) -> str:
    return name if len(name) <= 18 else f"{name[:17]}…"


def _worst(told: Overview) -> list[str]:
    """The names of what is shown: all classes together, then those that most are wrong of for sure."""
    least: dict[str, tuple[float, float]] = {}
    for one in (*told.finished, *told.unflagged):
        if one.share is not None:
            least[one.name] = max(least.get(one.name, (0.0, 0.0)), (one.low / one.size, one.share))
    names = sorted(least, key=lambda name: (name != EVERY, *(-n for n in least[name])))
    return names[: RATES_SHOWN + 1]


def _rate_points(rows: list[ErrorRate], names: list[str], tone: str, symbol: str, aside: float) -> Series:
    shares = np.array([one.share or 0.0 for one in rows])
    return Series(
        shares,
        np.array([aside - names.index(one.name) for one in rows]),
        tone,
        [f"{one.name}: {'wrong' if len(one.wrong) else 'drawn'} of the {WORDS_OF[one.of]}" for one in rows],
        [one.wrong if len(one.wrong) else one.drawn for one in rows],
        [
            f"{per_cent(one.share)} wrong, {limits(one)} of {one.size:,}"
            f"{f', {len(one.open):,} still to review' if len(one.open) else ''}.\n{NOTES_OF[one.of]}"
            for one in rows
        ],
        np.array([[one.low / one.size, one.high / one.size] for one in rows]),
        symbol=symbol,
    )


def _rounded(high: float) -> float:
    """A round number from which the axis ends, not below what is there."""
    for top in (0.01, 0.02, 0.04, 0.1, 0.2, 0.4, 0.6, 0.8):
        if high <= top:
            return top
    return 1.0


# -------------------------------------------------------------------- the score curve
def curve(told: Overview) -> tuple[list[Series], Frame]:
    """Of the judged issues of each band of score the share that was a real error, against their scores."""
    frame = Frame(
        (-0.02, 1.08),
        (-0.02, 1.04),
        _SHARES,
        _SHARES,
        diagonal=bool(told.curve),
        left=40,
        empty="No issue was judged yet.",
    )
    bands = told.curve
    if not bands:
        return [], frame
    share = np.array([len(one.confirmed) / len(one.judged) for one in bands])
    series = Series(
        np.array([one.expected for one in bands]),
        share,
        "accent",
        [f"judged, scores {one.low:.1f} to {one.high:.1f}" for one in bands],
        [one.judged for one in bands],
        [
            f"{len(one.confirmed):,} of {len(one.judged):,} were errors; by their scores "
            f"{one.expected * len(one.judged):,.0f} should be."
            for one in bands
        ],
        np.array([one.interval for one in bands]),
    )
    return [series], frame
