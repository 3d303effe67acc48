"""Everything that a report tells as tables, one a file: for spreadsheets, and to be counted again."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from labelmend.project.annotation import Annotation
from labelmend.project.listing import names_of
from labelmend.project.project import Project
from labelmend.project.subjects import subject_of
from labelmend.report.chronicle import read_chronicle, rows_of
from labelmend.report.fixes import change_of, fixes
from labelmend.report.issue_columns import ISSUE, Value, issue_columns
from labelmend.review.sampling import Stratum

_SIDES: Final = ("x", "y", "width", "height")
_TALLY: Final = ("open", "done", "expected", "approved", "rejected", "first_pass", "seconds", "pace")
_STRATUM: Final = ("title", "rate", "frame", "drawn", "right", "wrong", "open", "elsewhere")
_BAND: Final = ("kind", "low", "high", "issues", "expected", "judged", "confirmed", "share")
_EXPORT: Final = (
    "row", "at", "by", "role", "file", "sha256_source", "sha256_export", "annotations_before",
    "annotations_after", "changed", "added", "deleted", "held_back", "states", "row_sha256",
)  # fmt: skip
_PAIR: Final = (
    "one", "other", "how", "labels", "agreed", "share", "low", "high", "kappa", "kappa_low", "kappa_high",
    "no_kappa", "classes", "class_share", "class_kappa", "shapes", "iou_mean", "iou_median",
)  # fmt: skip
_INSTRUCTIONS: Final = (
    "class", "definition", "include", "leave_out", "tolerance_pixels", "tolerance_percent", "margin_pixels",
    "margin_percent", "smallest_pixels", "pictures",
)  # fmt: skip
_HISTORY: Final = (
    "row", "at", "who", "role", "op", "of", "title", "labels", "issues", "images", "file", "annotation_id",
    "class", "sha256",
)  # fmt: skip
_RATE: Final = ("of", "name", "size", "drawn", "open", "wrong", "share", "low", "high")
_CHANGE: Final = (
    "issue", "annotation_id", "image_id", "change", "changed_by", "class_before", "class_now",
    *(f"{side}_before" for side in _SIDES), *(f"{side}_now" for side in _SIDES),
)  # fmt: skip


@dataclass(frozen=True)
class Table:
    """One table: the name of its file without the ending, the names of its columns, and its rows.

    columns: of a large one in place of the rows, those of some rows at a time.
    """

    name: str
    head: Sequence[str]
    rows: Iterable[Sequence[Value]] = ()
    columns: Iterable[Sequence[Sequence[Value]]] = ()


def tables(project: Project, told: Mapping[str, Any]) -> list[Table]:
    """All tables; told: what `numbers` tells. Rows are made as they are asked for."""
    course, draws = told["course"], told["draws"]
    judged = course["course"]["judged"]
    return [
        Table("issues", ISSUE, columns=issue_columns(project)),
        Table("changes", _CHANGE, _changes(project)),
        Table("history", _HISTORY, _history(project)),
        *(Table(name, (name.removesuffix("s"), *_TALLY), _picked(course[name], ("name", *_TALLY)))
          for name in ("queues", "kinds")),
        Table("classes", ("class", "class_id", "labels_before", "labels_after", *_TALLY),
              _classes(project, told)),
        Table("people", ("person", "role", *_TALLY), _picked(course["people"], ("name", "role", *_TALLY))),
        Table("reasons", ("reason", "labels"), _picked(course["reasons"], ("reason", "labels"))),
        Table("error_rates", _RATE, _picked(course["error_rates"], _RATE)),
        Table("course", ("at", *judged), zip(course["course"]["at"], *judged.values(), strict=True)),
        Table("agreement", _PAIR, _picked(told["agreement"]["pairs"], _PAIR)),
        Table("draws", ("draw", "row", "at", "by", "role", "what", "seed", *_STRATUM), _draws(draws)),
        Table("drawn", ("draw", "stratum", "issue", "drawn", "state"), _drawn(project, told)),
        Table("results", ("draw", "of", "labels", "sample", "open", "wrong", "may_be_wrong", "sentence"),
              _results(draws)),
        *(Table(name, (*_BAND, "share_low", "share_high"), _bands(told[name]))
          for name in ("reliability", "taught_reliability")),
        Table("instructions", _INSTRUCTIONS, _instructions(told)),
        Table("versions", ("row", "at", "by", "role", "of", "what", "taken_back"), _versions(told)),
        Table("trials", ("trial", "seed", "person", "answered", "right"), _trials(told)),
        Table("misunderstood", ("trial", "class", "kind", "answers", "right", "said_instead", "times"),
              _misunderstood(told)),
        Table("exports", _EXPORT, _picked(told["exports"], _EXPORT)),
    ]  # fmt: skip


def _picked(rows: Iterable[Mapping[str, Any]], names: Sequence[str]) -> Iterator[list[Value]]:
    return ([one[name] for name in names] for one in rows)


def _box(box: list[float]) -> list[Value]:
    return [*box] if all(map(math.isfinite, box)) else [None] * 4


# -------------------------------------------------------------------- changes
def _changes(project: Project) -> Iterator[list[Value]]:
    names, categories = names_of(project), project.categories.name

    def name(one: Annotation | None) -> str | None:
        return None if one is None else categories[one.category] if one.category >= 0 else "unknown class"

    # In the order of the file: the source is kept in compressed parts, and each is unpacked once so.
    for fix in sorted(fixes(project), key=lambda one: one.keys):
        before = project.state.before(fix.issue)
        for key in fix.keys:
            was, now = before[key], project.record(key)
            change, by = change_of(was, now)
            old = None if was is None else project.read_annotation(key, was)
            new = project.annotation(key)
            one = new or old
            image = -1 if one is None else one.image
            yield [
                fix.issue,
                names.annotation(key),
                names.image(image) if image >= 0 else None,
                change,
                round(by, 6),
                name(old),
                name(new),
                *([None] * 4 if old is None else _box(old.bbox.round(3).tolist())),
                *([None] * 4 if new is None else _box(new.bbox.round(3).tolist())),
            ]


# -------------------------------------------------------------------- history, classes, draws
def _history(project: Project) -> Iterator[list[Value]]:
    """The file is named of steps in one image, the label of steps about one."""
    files = project.images.file_name
    for row in rows_of(project):
        step = row.step()
        about = subject_of(project, step)
        counts = len(step.edits), len(step.decisions), len(about.images)
        file = files[about.images[0]] if len(about.images) == 1 else None
        one = about.labels[0] if len(about.labels) == 1 else None
        label = (None, None) if one is None else (one.id, one.category or "unknown class")
        who = row.seq, row.at, row.actor, row.role, row.op, row.of, row.title
        yield [*who, *counts, file, *label, row.hash.hex()]


def _classes(project: Project, told: Mapping[str, Any]) -> Iterator[list[Value]]:
    tallies = {one["name"]: one for one in told["course"]["classes"]}
    differs = {one["category"]: one["after"] for one in told["changes"]["classes"]}
    category = project.dataset.annotations.category
    number = np.bincount(category[category >= 0], minlength=len(project.categories)).tolist()
    for row, name in enumerate(project.categories.name):
        tally = tallies.get(name)
        counts = [None] * len(_TALLY) if tally is None else [tally[one] for one in _TALLY]
        yield [name, project.category_ids.id_of(row), number[row], differs.get(name, number[row]), *counts]


def _draws(draws: Sequence[Mapping[str, Any]]) -> Iterator[list[Value]]:
    for number, draw in enumerate(draws, 1):
        for stratum in draw["strata"]:
            about = [draw[name] for name in ("row", "at", "by", "role", "what", "seed")]
            yield [number, *about, *(stratum[name] for name in _STRATUM)]


def _drawn(project: Project, told: Mapping[str, Any]) -> Iterator[list[Value]]:
    """Every label of every frame: with the seed of its draw anybody can draw it again."""
    number = {draw["row"]: n for n, draw in enumerate(told["draws"], 1)}
    chronicle = read_chronicle(project)
    for row, draw in chronicle.draws:
        strata = draw.strata or (Stratum("all labels", draw.rate, draw.frame, draw.drawn),)
        for one in (*strata, *(again for again in (draw.second, draw.blind) if again is not None)):
            taken = frozenset(one.drawn)
            for issue in one.frame:
                yield [number[row.seq], one.title, issue, int(issue in taken), project.standing(issue).status]
    for row, step in chronicle.audits:
        for note in step.notes:
            status = project.standing(note.id).status
            yield [number[row.seq], "labels that nothing was said of", note.id, 1, status]


def _results(draws: Sequence[Mapping[str, Any]]) -> Iterator[list[Value]]:
    for number, draw in enumerate(draws, 1):
        for one in draw["results"]:
            plan = one.get("plan")
            of = one["name"] if plan is None else one["category"]
            size, sample = (one if plan is None else plan)["size"], (one if plan is None else plan)["sample"]
            most = None if plan is None else plan["most"]
            yield [number, of, size, sample, one["open"], one["wrong"], most, one["sentence"]]


def _bands(bands: Iterable[Mapping[str, Any]]) -> Iterator[list[Value]]:
    for one in bands:
        yield [*(one[name] for name in _BAND), *(one["interval"] or (None, None))]


def _instructions(told: Mapping[str, Any]) -> Iterator[list[Value]]:
    given = told["instructions"]["in_force"] or {}
    for one in given.get("classes", ()):
        amounts = [one.get(name) or {} for name in ("tolerance", "margin")]
        numbers = [amount.get(unit, 0) for amount in amounts for unit in ("pixels", "percent")]
        texts = [one.get(name, "") for name in ("name", "definition", "include", "leave_out")]
        yield [*texts, *numbers, one.get("smallest", 0), len(one.get("pictures", ()))]


def _versions(told: Mapping[str, Any]) -> Iterator[list[Value]]:
    """When the instructions and the rules of review were changed."""
    for one in told["instructions"]["versions"]:
        what = ", ".join([*(["what holds for all"] if one["general"] else []), *one["classes"]])
        yield [one["row"], one["at"], one["by"], one["role"], "instructions", what, int(one["undone"])]
    for one in told["rules"]["versions"]:
        title = one["title"]
        yield [one["row"], one["at"], one["by"], one["role"], "rules of review", title, int(one["undone"])]


def _trials(told: Mapping[str, Any]) -> Iterator[list[Value]]:
    for trial in told["trials"]:
        for one in trial["people"]:
            yield [trial["trial"], trial["seed"], one["name"], one["answered"], one["right"]]


def _misunderstood(told: Mapping[str, Any]) -> Iterator[list[Value]]:
    """What all answers came to, class by class and kind by kind, a line for each thing said instead."""
    for trial in told["trials"]:
        for one in trial["misunderstood"]:
            start = [trial["trial"], one["class"], one["kind"], one["asked"], one["right"]]
            for what, times in one["mistakes"].items() or [("", 0)]:
                yield [*start, what, times]
