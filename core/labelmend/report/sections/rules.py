"""By what was labelled and reviewed: the instructions with their pictures, their versions, the rules."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from labelmend.report import markup
from labelmend.report.crops import Single, data_uri
from labelmend.report.markup import Cell

Taken = Mapping[str, Single | str]


def instructions(told: dict[str, Any], pictures: Taken) -> Iterator[str]:
    """The instructions in force, class by class, the versions they had, and the rules of review."""
    given = told["instructions"]["in_force"]
    if given is None:
        yield markup.text("The project has no instructions.")
    else:
        if given.get("title"):
            yield markup.heading(given["title"])
        if given.get("general"):
            yield markup.text(given["general"], tone="prose")
        classes = given.get("classes", ())
        rows = [_class_row(one) for one in classes if len(one) > 1]
        if rows:
            head = ["class", "definition", "include", "leave out", "tolerance", "margin", "smallest"]
            yield markup.table(head, rows)
        silent = [one["name"] for one in classes if len(one) == 1]
        if silent:
            yield markup.text(f"Nothing is said of {', '.join(silent)}.")
        yield from _references(given.get("classes", ()), pictures)
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


def _class_row(one: dict[str, Any]) -> list[Cell]:
    texts = [one.get(name, "").replace("\n", "; ") for name in ("definition", "include", "leave_out")]
    smallest = one.get("smallest", 0)
    least = f"{smallest:g} px" if smallest else "–"
    return [one["name"], *texts, _amount(one.get("tolerance")), _amount(one.get("margin")), least]


def _amount(given: dict[str, float] | None) -> str:
    told = [
        f"{given[name]:g} {unit}"
        for name, unit in (("pixels", "px"), ("percent", "%"))
        if given and given.get(name)
    ]
    return " or ".join(told) or "–"


def _references(classes: Sequence[dict[str, Any]], pictures: Taken) -> Iterator[str]:
    every = [(one["name"], each) for one in classes for each in one.get("pictures", ())]
    shown = [
        _reference(name, each, pictures[each["picture"]])
        for name, each in every
        if each["picture"] in pictures
    ]
    if shown:
        yield '<div class="references">' + "\n".join(shown) + "</div>"
    if len(every) > len(shown):
        yield markup.text(f"{len(every) - len(shown):,} more pictures are in the instructions.", tone="quiet")


def _reference(name: str, one: dict[str, Any], picture: Single | str) -> str:
    how = "so" if one.get("good", True) else "not so"
    words = f"{name}, {how}" + (f": {one['caption']}" if one.get("caption") else "")
    if isinstance(picture, str):
        return f'<p class="gone">{escape(words)}. {escape(picture)}</p>'
    size = f'width="{picture.width}" height="{picture.height}"'
    image = f'<img {size} alt="{escape(words, quote=True)}" src="{data_uri(picture.jpeg)}">'
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
