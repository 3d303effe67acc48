"""The report as one HTML page that needs nothing beside it: no script, no file, no network."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, Final

from labelmend.report.average_precision import NAMES
from labelmend.report.plot import reliability_plot
from labelmend.review.states import STATUSES

_STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
table { border-collapse: collapse; margin: .6rem 0 1.2rem; }
th, td { padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #8884; text-align: right; }
th { font-weight: 600; } th:first-child, td:first-child { text-align: left; }
code { font-size: .85em; overflow-wrap: anywhere; }
.warning { border-left: 3px solid #c60; padding-left: .7rem; }
.plots { display: flex; flex-wrap: wrap; gap: 1.2rem; } figure { margin: 0; }
svg text { fill: currentColor; font: 11px system-ui, sans-serif; } small, .quiet { opacity: .7; }
"""


def page(told: dict[str, Any]) -> str:
    """The HTML of what `numbers` tells."""
    name = escape(told["project"])
    parts = [
        "<!doctype html>",
        '<html lang="en"><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{name}: report</title><style>{_STYLE}</style>",
        f"<h1>{name}</h1>",
        f'<p class="quiet">Written {escape(told["written"][:19])} UTC by {escape(told["program"])}.</p>',
        *_imported(told),
        *_issues(told["kinds"]),
        *_reliability(told["reliability"]),
        *_quality(told["quality"]),
        *_changes(told["changes"]),
    ]
    if "evaluation" in told:
        parts += _evaluation(told["evaluation"])
    return "\n".join([*parts, "</html>", ""])


def _imported(told: dict[str, Any]) -> Iterable[str]:
    imported, checkup = told["imported"], told["checkup"]
    file = imported["annotations"]
    yield "<h2>What was imported</h2>"
    holds = f"{file['images']:,} images, {file['annotations']:,} annotations of {file['classes']:,} classes"
    rows = [[file["file"], holds, _Code(file["sha256"])]]
    rows += [
        [one["file"], f"{one['detections']:,} detections", _Code(one["sha256"])]
        for one in imported["detections"]
    ]
    yield _table(["file", "holds", "SHA-256"], rows)
    faults = imported["faults"]
    yield f"<p>{faults:,} faults of single records were told.</p>" if faults else "<p>No faults.</p>"
    for sentence in checkup["sentences"]:
        yield f"<p{' class=warning' if checkup['misfit'] else ''}>{escape(sentence)}</p>"


def _issues(kinds: Sequence[dict[str, Any]]) -> Iterable[str]:
    yield "<h2>Issues</h2>"
    yield (
        "<p>Each issue's score is the probability that the label is wrong; <i>expected</i> is the sum of the "
        "scores: so many should be real.</p>"
    )
    states = [state for state in STATUSES if any(state in one["states"] for one in kinds)]
    rows = [_kind_row(one["kind"], [one], states) for one in kinds if one["issues"]]
    yield _table(
        ["kind", "issues", "expected", *(state.replace("_", " ") for state in states)],
        [*rows, _kind_row("all", kinds, states)],
    )


def _quality(quality: dict[str, Any]) -> Iterable[str]:
    for title, sentences in (("Acceptance", quality["batches"]), ("Audit", quality["audit"])):
        if sentences:
            yield f"<h2>{title}</h2>"
            told = "".join(f"<li>{escape(one['sentence'])}</li>" for one in sentences)
            yield f"<ul>{told}</ul>"


def _kind_row(name: str, kinds: Sequence[dict[str, Any]], states: Sequence[str]) -> list[str]:
    expected = sum(one["expected"] for one in kinds)
    number = [sum(one["states"].get(state, 0) for one in kinds) for state in states]
    return [name, f"{sum(one['issues'] for one in kinds):,}", f"{expected:,.1f}", *(f"{n:,}" for n in number)]


def _reliability(bands: Sequence[dict[str, Any]]) -> Iterable[str]:
    yield "<h2>Do the scores hold?</h2>"
    yield (
        "<p>Of the issues of a band of scores, as many should be confirmed as their mean score says. "
        "<i>Judged</i> are those that people decided so far, usually the best of each band first; the "
        "interval is Wilson's, of 95 %.</p>"
    )
    kinds = list(dict.fromkeys(one["kind"] for one in bands))
    judged = {kind: [one for one in bands if one["kind"] == kind and one["judged"]] for kind in kinds}
    plots = [reliability_plot(kind, judged[kind]) for kind in kinds if judged[kind]]
    if plots:
        yield '<div class="plots">' + "".join(f"<figure>{plot}</figure>" for plot in plots) + "</div>"
    else:
        yield "<p>Nothing was judged yet.</p>"
    yield _table(
        ["kind", "score", "issues", "expected", "judged", "confirmed", "share", "95 %"],
        [_band_row(one) for one in bands],
    )


def _band_row(one: dict[str, Any]) -> list[str]:
    share, interval = one["share"], one["interval"]
    return [
        one["kind"],
        f"{one['low']:.1f} – {one['high']:.1f}",
        f"{one['issues']:,}",
        f"{one['expected']:,.1f}",
        f"{one['judged']:,}",
        f"{one['confirmed']:,}" if one["judged"] else "",
        "" if share is None else f"{100 * share:.0f} %",
        "" if interval is None else f"{100 * interval[0]:.0f} – {100 * interval[1]:.0f} %",
    ]


def _changes(told: dict[str, Any]) -> Iterable[str]:
    yield "<h2>What an export changes</h2>"
    yield (
        f"<p>{told['changed']:,} annotations changed, {told['added']:,} added, {told['deleted']:,} deleted; "
        f"{told['held_back']:,} keep their original until they are decided.</p>"
    )
    if told["classes"]:
        yield _table(
            ["class", "before", "after", "difference"],
            [
                [
                    one["category"] or "(unknown)",
                    f"{one['before']:,}",
                    f"{one['after']:,}",
                    f"{one['after'] - one['before']:+,}",
                ]
                for one in told["classes"]
            ],
        )


def _evaluation(told: dict[str, Any]) -> Iterable[str]:
    yield "<h2>The detections, evaluated before and after</h2>"
    yield "<p>COCO's numbers, computed by pycocotools.</p>"
    for one in told["evaluated"]:
        yield f"<h3>{escape(one['detections'])}, {escape(one['by'])}</h3>"
        head = ["", "before", "after", "change"]
        yield _table(head, [[name, *_three(one["before"][name], one["after"][name])] for name in NAMES])
        for side, why in one["left_out"].items():
            told_why = ", ".join(f"{n:,} {reason}" for reason, n in why.items())
            yield f"<p>Left out {escape(side)}: {escape(told_why)}.</p>"
        yield _table(
            ["AP of class", *head[1:]],
            [[kind["category"], *_three(kind["before"], kind["after"])] for kind in one["classes"]],
        )


def _three(before: float | None, after: float | None) -> list[str]:
    change = "-" if before is None or after is None else f"{after - before:+.4f}"
    return ["-" if before is None else f"{before:.4f}", "-" if after is None else f"{after:.4f}", change]


class _Code(str):
    """A cell in the face of code."""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; every cell is escaped."""
    lines = ["<tr>" + "".join(f"<th>{escape(cell)}</th>" for cell in head) + "</tr>"]
    lines += ["<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows]
    return "<table>" + "\n".join(lines) + "</table>"


def _cell(text: str) -> str:
    told = escape(text)
    return f"<td><code>{told}</code></td>" if isinstance(text, _Code) else f"<td>{told}</td>"
