"""What came in, what was found in it, whether the scores hold, and what an export changes."""

from collections.abc import Iterator, Sequence
from typing import Any

from labelmend.project.audit import LISTED
from labelmend.report import markup
from labelmend.report.markup import Cell, Code, Number
from labelmend.report.plot import reliability_plot, score_plot
from labelmend.review.states import STATUSES

ENOUGH = 10
"""So many issues of a kind must be judged for a plot of it."""


_KINDS = (
    "Kinds: missing, an object without a label; spurious, a label where nothing is; class, another object "
    "than the label says; location, loose, tight or shifted; duplicate, two labels on one object; structure, "
    "a record that cannot be right."
)


def imported(told: dict[str, Any]) -> Iterator[str]:
    """The files that the project was made of, with their hashes, and what is odd about them."""
    came, checkup = told["imported"], told["checkup"]
    file = came["annotations"]
    holds = f"{file['images']:,} images, {file['annotations']:,} labels of {file['classes']:,} classes"
    rows: list[list[Cell]] = [[file["file"], holds, Code(file["sha256"])]]
    rows += [
        [one["file"], f"{one['detections']:,} detections", Code(one["sha256"])] for one in came["detections"]
    ]
    yield markup.table(["file", "holds", "SHA-256"], rows)
    faults = came["faults"]
    yield markup.text(f"{faults:,} faults of single records were told." if faults else "No faults.")
    for sentence in checkup["sentences"]:
        yield markup.text(sentence, tone="warning" if checkup["misfit"] else "")


def issues(told: dict[str, Any]) -> Iterator[str]:
    """Of each kind how many there are, how many should be real, and how they stand."""
    yield markup.text(
        "An issue is a suspected error of one label. Its score is the probability that the label is wrong; "
        "expected is the sum of the scores: so many should be real."
    )
    yield markup.text(_KINDS, tone="quiet")
    kinds = told["kinds"]
    states = [state for state in STATUSES if any(state in one["states"] for one in kinds)]
    rows = [_kind_row(one["kind"], [one], states) for one in kinds if one["issues"]]
    head = ["kind", "issues", "expected", *map(markup.state_words, states)]
    yield markup.table(head, [*rows, _kind_row("all", kinds, states)], last_is_all=True)


def _kind_row(name: str, kinds: Sequence[dict[str, Any]], states: Sequence[str]) -> list[Cell]:
    expected = sum(one["expected"] for one in kinds)
    number = [sum(one["states"].get(state, 0) for one in kinds) for state in states]
    return [name, sum(one["issues"] for one in kinds), Number(f"{expected:,.1f}"), *number]


def scores(told: dict[str, Any]) -> Iterator[str]:
    """Whether as many issues of a score were confirmed as it promised."""
    bands = told["reliability"]
    yield markup.text(
        "Of the issues of a band of scores, as many should be confirmed as their mean score says. "
        "Judged are those that people decided so far, with the score that each had then: usually the best of "
        "each band first, but for those that the scores were checked by. The interval is Wilson's, of 95 %."
    )
    every = [one for one in bands if one["kind"] == "all"]
    listed = [one for one in every if one["low"] >= LISTED]
    if listed:
        few = sum(one["issues"] for one in every) - sum(one["issues"] for one in listed)
        yield markup.figures([score_plot(listed)])
        yield markup.text(f"{few:,} more have a score below {LISTED:g}, and are listed last.", tone="quiet")
    judged = [one for one in bands if one["judged"]]
    if not judged:
        yield markup.text("Nothing was judged yet.")
        return
    yield from _plots(judged)
    yield markup.text(f"Kinds of which fewer than {ENOUGH} were judged are in the table only.", tone="quiet")
    yield markup.table(
        ["kind", "score", "issues", "expected", "judged", "confirmed", "share", "95 %"],
        [_band_row(one) for one in judged],
    )
    yield from _taught(told["taught_reliability"])


def _taught(bands: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Whether scores hold that verdicts taught."""
    every = [one for one in bands if one["kind"] == "all"]
    if sum(one["judged"] for one in every) < ENOUGH:
        return
    expected, confirmed = (sum(one[name] for one in every) for name in ("expected", "confirmed"))
    yield markup.text(
        "Verdicts teach the scores of the others when errors are found again. Do those hold? Here each "
        "judged issue has the score that nine tenths of the verdicts on others of its kind would give it: "
        f"{expected:,.1f} should be real by these scores, {confirmed:,} were confirmed."
    )
    yield from _plots(bands)
    yield markup.table(
        ["kind", "score", "judged", "expected", "confirmed", "share", "95 %"],
        [[*row[:2], row[4], row[3], *row[5:]] for row in map(_band_row, bands)],  # all of them were judged
    )


def _plots(bands: Sequence[dict[str, Any]]) -> Iterator[str]:
    plots = [
        reliability_plot(kind, own)
        for kind in dict.fromkeys(one["kind"] for one in bands)
        if (own := [one for one in bands if one["kind"] == kind])
        and sum(one["judged"] for one in own) >= ENOUGH
    ]
    if plots:
        yield markup.figures(plots, small=True)


def _band_row(one: dict[str, Any]) -> list[Cell]:
    return [
        one["kind"],
        Number(f"{one['low']:.1f} – {one['high']:.1f}"),
        one["issues"],
        Number(f"{one['expected']:,.1f}"),
        one["judged"],
        one["confirmed"] if one["judged"] else None,
        markup.percent(one["share"], digits=0),
        markup.between(one["interval"], digits=0),
    ]


def changes(told: dict[str, Any]) -> Iterator[str]:
    """What an export would write now."""
    going = told["changes"]
    yield markup.text(
        f"{going['changed']:,} labels changed, {going['added']:,} added, {going['deleted']:,} deleted; "
        f"{going['held_back']:,} keep their original until they are decided."
    )
    if going["classes"]:
        rows: list[list[Cell]] = [
            [
                one["category"] or "unknown class",
                one["before"],
                one["after"],
                Number(f"{one['after'] - one['before']:+,}"),
            ]
            for one in going["classes"]
        ]
        yield markup.table(["class", "before", "after", "difference"], rows)
