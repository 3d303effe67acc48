"""How the work went: over time, by queue, kind, class and person, with the error rates that were found."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from labelmend.report import markup
from labelmend.report.markup import Cell, Number
from labelmend.report.plot import Estimate, Series, interval_plot, line_plot

_QUEUES: Final = {"fix": "judged", "review": "reviewed", "expert": "decided by the expert"}
MOST: Final = 30
"""So many classes are drawn in a plot, and so many reasons listed."""


def course(told: dict[str, Any]) -> Iterator[str]:
    """How many labels were judged until when, and who judged what."""
    given = told["course"]
    if not given["course"]["at"]:
        yield markup.text("Nobody has judged anything yet.")
        return
    lines = [
        Series(_QUEUES[queue], values)
        for queue, values in given["course"]["judged"].items()
        if values and values[-1]
    ]
    yield markup.figures([line_plot("Labels judged over time (UTC)", given["course"]["places"], lines)])
    yield markup.text(
        "A label's time is the median, without breaks; the pace is labels in an hour of work. First pass is "
        "the share of the reviewed labels that the reviewer approved at the first look. By class is by the "
        "class that a label came with."
    )
    for title, name in (("By queue", "queues"), ("By kind", "kinds"), ("By class", "classes")):
        if given[name]:
            yield markup.heading(title)
            yield markup.table(_head(title.removeprefix("By ")), [_row(one) for one in given[name]])
    if given["people"]:
        yield markup.heading("By person")
        yield markup.table(
            ["person", "as", *(name for name in _head("")[1:] if name != "expected errors")],
            [[one["name"], one["role"], *_row(one, expected=False)[1:]] for one in given["people"]],
        )
    if given["reasons"]:
        yield markup.heading("Why labels were rejected")
        listed, rest = given["reasons"][:MOST], given["reasons"][MOST:]
        yield markup.table(["reason", "labels"], [[one["reason"], one["labels"]] for one in listed])
        if rest:
            yield markup.text(f"{len(rest):,} other reasons were given for fewer labels each.")


def _head(of: str) -> list[str]:
    times = ["time", "pace"]
    return [of, "open", "expected errors", "done", "approved", "rejected", "first pass", *times]


def _row(one: dict[str, Any], *, expected: bool = True) -> list[Cell]:
    reviewed = one["approved"] + one["rejected"]
    return [
        one["name"],
        one["open"],
        *([Number(f"{one['expected']:,.1f}" if one["expected"] else "")] if expected else []),
        one["done"],
        one["approved"] if reviewed else Number(""),
        one["rejected"] if reviewed else Number(""),
        markup.percent(one["first_pass"]),
        Number("" if one["seconds"] is None else f"{one['seconds']:.0f} s"),
        Number("" if one["pace"] is None else f"{one['pace']:,.0f} / h"),
    ]


def error_rates(told: dict[str, Any]) -> Iterator[str]:
    """How many labels are wrong, class by class, by the samples and by the audit."""
    rates = told["course"]["error_rates"]
    for of, title, about in _ERRORS:
        mine = [one for one in rates if one["of"] == of]
        if mine:
            yield markup.heading(title)
            yield markup.text(about)
            yield from _rates(mine, title)
    if not rates:
        yield markup.text("No sample was drawn: nobody can tell how many labels are wrong.")


_ERRORS: Final = (
    (
        "finished",
        "Of what was fixed or dismissed",
        "Labels that a second person rejected, by the samples of all draws, as they stood when they "
        "were reviewed. A rejected label is put right or decided afterwards. By class is by the class that "
        "they had when they were drawn: after the fix, as the draws count it.",
    ),
    (
        "unflagged",
        "Of what nothing was said of",
        "Labels that no issue names, by the last audit: so many wrong ones are left in the data.",
    ),
)


def _rates(rates: Sequence[dict[str, Any]], title: str) -> Iterator[str]:
    seen = [one for one in rates if one["share"] is not None]
    if seen:
        yield markup.figures(
            [interval_plot(f"Share of wrong labels: {title.lower()}", _estimates(seen[:MOST]))]
        )
    yield markup.text("The limits are exact for a sample of a finite batch, 95 % sure.", tone="quiet")
    yield markup.table(
        ["class", "labels", "drawn", "to review", "wrong", "share", "95 %", "wrong in all"],
        [_rate_row(one) for one in rates],
    )


def _estimates(rates: Sequence[dict[str, Any]]) -> list[Estimate]:
    return [
        Estimate(
            one["name"],
            one["share"],
            one["low"] / one["size"],
            one["high"] / one["size"],
            f"{one['wrong']:,} of {one['drawn'] - one['open']:,}: {_limits(one)}",
        )
        for one in rates
    ]


def _rate_row(one: dict[str, Any]) -> list[Cell]:
    most = f"{one['low']:,} – {one['high']:,}"
    return [
        one["name"],
        one["size"],
        one["drawn"],
        one["open"],
        one["wrong"],
        markup.percent(one["share"]),
        Number(_limits(one)),
        Number(most),
    ]


def _limits(one: dict[str, Any]) -> str:
    return str(markup.between([one["low"] / one["size"], one["high"] / one["size"]]))
