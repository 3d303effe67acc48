"""By what was labelled and reviewed: the instructions with their pictures, their versions, the rules."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import msgspec

from labelmend.report import markup, prose
from labelmend.report.crops import Single, data_uri
from labelmend.report.markup import Cell
from labelmend.review.instructions import ClassInstructions, Instructions, Reference, in_markdown, in_words

Taken = Mapping[str, Single | str]


def instructions(told: dict[str, Any], pictures: Taken) -> Iterator[str]:
    """The instructions in force, class by class, the versions they had, and the rules of review."""
    given = told["instructions"]["in_force"]
    if given is None:
        yield markup.text("The project has no instructions.")
    else:
        yield from _in_force(msgspec.convert(given, Instructions), pictures)
    versions = told["instructions"]["versions"]
    if versions:
        yield markup.heading("Their versions")
        yield markup.table(
            ["version", "when (UTC)", "who", "what changed"],
            [
                [
                    str(one["version"]),
                    markup.when(one["at"]),
                    markup.who(one["by"], one["role"]),
                    ("taken back: " if one["undone"] else "") + _changed(one),
                ]
                for one in versions
            ],
        )
    for one in told["trials"]:
        yield from _trial(one)
    yield from _rules(told["rules"])


def _changed(one: dict[str, Any]) -> str:
    return ", ".join([*(["what holds for all"] if one["general"] else []), *one["classes"]]) or "–"


def _in_force(given: Instructions, pictures: Taken) -> Iterator[str]:
    """What holds for all, then class by class what is written, let pass and shown."""
    if given.title:
        yield markup.heading(given.title)
    yield prose.html(given.general)
    silent = [one.name for one in given.classes if one == ClassInstructions(one.name)]
    for one in given.classes:
        if one.name not in silent:
            yield markup.heading(one.name)
            yield prose.html(in_markdown(one))
            yield markup.items(in_words(one))
            yield from _references(one, pictures)
    if silent:
        yield markup.text(f"Nothing is said of {', '.join(silent)}.")
    every = [each.picture for one in given.classes for each in one.pictures]
    if hidden := sum(picture not in pictures for picture in every):
        yield markup.text(f"{hidden:,} more pictures are in the instructions.", tone="quiet")


def _references(one: ClassInstructions, pictures: Taken) -> Iterator[str]:
    """The pictures of a class, those of how it is to be first."""
    shown = [
        _reference(one.name, each, pictures[each.picture])
        for each in sorted(one.pictures, key=lambda each: not each.good)
        if each.picture in pictures
    ]
    if shown:
        yield '<div class="references">' + "\n".join(shown) + "</div>"


def _reference(name: str, one: Reference, picture: Single | str) -> str:
    words = ("Like this" if one.good else "Not like this") + (f": {one.caption}" if one.caption else "")
    if isinstance(picture, str):
        return f'<p class="gone">{escape(words)}. {escape(picture)}</p>'
    size = f'width="{picture.width}" height="{picture.height}"'
    alt = escape(f"{name}. {words}", quote=True)
    image = f'<img {size} alt="{alt}" src="{data_uri(picture.jpeg)}">'
    return f"<figure>{image}<figcaption>{escape(words)}</figcaption></figure>"


def _trial(told: dict[str, Any]) -> Iterator[str]:
    yield markup.heading(f"Trial {told['trial']} of the instructions")
    chosen = "chosen by hand" if told["seed"] is None else f"drawn with the seed {told['seed']}"
    yield markup.text(
        f"{told['labels']:,} labels with known answers, {chosen}, were judged blind. Right is who said "
        "what reviewer or expert had let stand."
    )
    if told["people"]:
        rows: list[list[Cell]] = [[one["name"], one["answered"], one["right"]] for one in told["people"]]
        yield markup.table(["person", "answered", "right"], rows)
    wrong = [one for one in told["misunderstood"] if one["right"] < one["asked"]]
    if wrong:
        yield markup.table(
            ["class", "kind", "answers", "right", "what was said instead"],
            [
                [
                    one["class"],
                    one["kind"],
                    one["asked"],
                    one["right"],
                    "; ".join(f"{what} ({n:,})" for what, n in one["mistakes"].items()),
                ]
                for one in wrong
            ],
        )


def _rules(told: dict[str, Any]) -> Iterator[str]:
    yield markup.heading("Rules of review")
    yield markup.text(
        f"A second person reviews {100 * told['second']:.3g} % of the reviewed labels again; "
        f"{100 * told['blind']:.3g} % are judged a second time with detection and first verdict hidden. "
        "Nobody reviews their own work. A rejection has a reason, one of these or the reviewer's own words:"
    )
    yield markup.items(told["reasons"])
    if told["versions"]:
        yield markup.table(
            ["when (UTC)", "who", "what changed"],
            [
                [
                    markup.when(one["at"]),
                    markup.who(one["by"], one["role"]),
                    ("taken back: " if one["undone"] else "") + one["title"],
                ]
                for one in told["versions"]
            ],
        )
