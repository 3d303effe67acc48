"""What was drawn for review, how, what came of it, and what that proves and does not."""

from collections.abc import Iterator
from typing import Any, Final

from labelmend.report import markup
from labelmend.report.markup import Cell, Number, State

_WHAT: Final = {
    "rates": "by rates",
    "plans": "by acceptance plans",
    "rest": "the rest of what was not accepted",
    "audit": "an audit of labels that nothing was said of",
}
_PROVES: Final = {
    "rates": "A sample by rates shows how often a second person found a fix wrong; it promises nothing of "
    "the labels that were not drawn.",
    "plans": "Accepted means: were more labels of the batch wrong than the limit, so few wrong ones in the "
    "sample would be seen as seldom as the plan says. It does not say that every label is right, nor "
    "anything of labels outside the batch. Not accepted means that more of the "
    "sample were wrong than the plan allows.",
    "rest": "All that was left of batches that were not accepted was drawn.",
    "audit": "The interval is exact (hypergeometric) and holds the true number of wrong labels 95 times of a "
    "hundred. It is about labels that no issue names, as they were when the audit was drawn.",
}


def sampling(told: dict[str, Any]) -> Iterator[str]:
    """Every draw with its seed, frame, rates and strata, and its result."""
    draws = told["draws"]
    if not draws:
        yield markup.text("No sample was drawn: no second person was asked.")
        return
    yield markup.text(
        "Each label of a frame whose hash of seed and number is among the smallest is drawn; so anybody who "
        "has the project can draw the same sample again. Numbers are as things stand now."
    )
    for number, draw in enumerate(draws, 1):
        yield markup.heading(f"Draw {number}: {_WHAT[draw['what']]}")
        yield markup.text(
            f"{markup.when(draw['at'])} UTC by {markup.who(draw['by'], draw['role'])}: {draw['drawn']:,} of "
            f"{draw['frame']:,} labels, seed {draw['seed']}; row {draw['row']:,} of the history."
        )
        yield from _fared(draw)
        yield markup.text(_PROVES[draw["what"]], tone="quiet")


def _fared(draw: dict[str, Any]) -> Iterator[str]:
    if not draw["strata"]:
        yield markup.text("It was taken back.")
        return
    head = ["of", "rate", "frame", "drawn", "right", "wrong", "to review"]
    yield markup.table(
        head,
        [
            [
                one["title"],
                markup.percent(one["rate"]),
                one["frame"],
                one["drawn"],
                one["right"],
                one["wrong"],
                one["open"],
            ]
            for one in draw["strata"]
        ],
    )
    for one in draw["again"]:
        size = f"{one['drawn']:,} of {one['frame']:,}"
        yield markup.text(f"For a {one['title']}: {size}, drawn by the same seed.")
    elsewhere = sum(one["elsewhere"] for one in draw["strata"])
    if elsewhere:
        yield markup.text(f"{elsewhere:,} were settled under another issue of the same label, by a merge.")
    if draw["what"] == "plans":
        yield markup.table(
            ["class", "labels", "limit", "sure", "sample", "may be wrong", "wrong", "result"],
            [_plan_row(one) for one in draw["results"]],
        )
    if draw["results"]:
        yield markup.items(one["sentence"] for one in draw["results"])


def _plan_row(one: dict[str, Any]) -> list[Cell]:
    plan = one["plan"]
    result = "not accepted" if one["refused"] else "open" if one["open"] else "accepted"
    return [
        one["category"],
        plan["size"],
        Number(f"{100 * plan['limit']:.3g} %"),
        Number(f"{100 * plan['sure']:.3g} %"),
        plan["sample"],
        plan["most"],
        one["wrong"],
        State(result),
    ]
