"""The report as one HTML page that needs nothing beside it: no script, no file, no network."""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from labelmend.report import markup
from labelmend.report.crops import Pictures
from labelmend.report.sections import agreement, course, evaluation, fixes, found, proof, review, rules
from labelmend.report.style import STYLE


def page(told: dict[str, Any], *, pictures: Pictures | None = None) -> str:
    """The HTML of what `numbers` tells, with the pictures of its fixes."""
    name, when = escape(told["project"]), markup.when(told["written"])
    sections = [(title, list(parts)) for title, parts in _sections(told, pictures or Pictures())]
    links = "".join(f'<a href="#{_anchor(title)}">{escape(title)}</a> ' for title, _ in sections)
    out = [
        "<!doctype html>",
        '<html lang="en"><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{name}: report</title><style>{STYLE}</style>",
        f"<header><h1>{name}</h1>",
        markup.text(f"Report on the labels of {when} UTC, written by {told['program']}.", tone="quiet"),
        *([] if told["history"]["whole"] else [markup.text(told["history"]["tampered"], tone="alarm")]),
        _tiles(told),
        f"<nav>{links}</nav></header>",
    ]
    for title, parts in sections:
        out += [f'<section id="{_anchor(title)}"><h2>{escape(title)}</h2>', *parts, "</section>"]
    return "\n".join([*out, "</html>", ""])


def _sections(told: dict[str, Any], pictures: Pictures) -> Iterator[tuple[str, Iterable[str]]]:
    yield "What was imported", found.imported(told)
    yield "Issues", found.issues(told)
    if told["fixes"]["number"]:
        yield "Fixes", fixes.fixes(told, pictures.fixes)
    yield "How the work went", course.course(told)
    yield "Review", review.sampling(told)
    yield "How many are wrong", course.error_rates(told)
    yield "Agreement", agreement.agreement(told)
    yield "Do the scores hold?", found.scores(told)
    yield "What an export changes", found.changes(told)
    if "evaluation" in told:
        yield "The detections, before and after", evaluation.evaluation(told)
    yield "Instructions", rules.instructions(told, pictures.references)
    yield "Certificates", proof.certificates(told)
    yield "History", proof.history(told)


def _anchor(title: str) -> str:
    return "".join(one if one.isalnum() else "-" for one in title.lower()).strip("-")


def _tiles(told: dict[str, Any]) -> str:
    """The report in a few numbers."""
    file, going = told["imported"]["annotations"], told["changes"]
    every = [one for one in told["reliability"] if one["kind"] == "all"]
    judged, confirmed = (sum(one[name] for one in every) for name in ("judged", "confirmed"))
    strata = [one for draw in told["draws"] for one in draw["strata"]]
    drawn, still, wrong = (sum(one[name] for one in strata) for name in ("drawn", "open", "wrong"))
    rows = told["history"]["rows"]
    tiles = [
        ("labels", f"{file['annotations']:,}", f"in {file['images']:,} images"),
        (
            "issues",
            f"{sum(one['issues'] for one in told['kinds']):,}",
            f"{sum(one['expected'] for one in told['kinds']):,.0f} of them expected to be real",
        ),
        ("judged", f"{judged:,}", f"{confirmed:,} confirmed"),
        (
            "labels mended",
            f"{fixes.labels_mended(going):,}",
            f"by an export now, {going['held_back']:,} held back",
        ),
        ("drawn for review", f"{drawn:,}", f"{wrong:,} wrong, {still:,} to review"),
        ("history", f"{rows:,}", f"rows, {'' if told['history']['whole'] else 'not '}whole"),
    ]
    inside = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(number)}</dd><dd>{escape(about)}</dd></div>"
        for name, number, about in tiles
    )
    return f"<dl class=tiles>{inside}</dl>"
