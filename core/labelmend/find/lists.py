"""Writes lists of issues for other programs, as JSON lines or CSV: column by column, a portion at a time."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal, TextIO

Form = Literal["jsonl", "csv"]
FORMS: tuple[Form, ...] = ("jsonl", "csv")

COLUMNS = (
    "kind",
    "image_id",
    "annotation_id",
    "bbox",
    "score",
    "category",
    "state",
    "cluster",
    "reason",
    "suggestion",
)
"""Of an issue, in a list."""

Portion = dict[str, list[Any]]
"""The columns of some rows by name, each with a value a row."""

_text = json.JSONEncoder(ensure_ascii=False).encode
_by_lines = json.JSONEncoder(ensure_ascii=False, separators=("\n", ": ")).encode
_NESTED = {dict, list, type(None)}
_BEFORE_NESTED = re.compile(r"\n(?=[\[{n])")  # n begins null alone


def write_list(
    portions: Iterable[Portion], out: TextIO, *, form: Form, columns: Sequence[str] = COLUMNS
) -> None:
    """Write portions as they come: a JSON object a line, or CSV with a head (boxes as x y w h).

    Raises ValueError for any other form.
    """
    if form not in FORMS:
        raise ValueError(f"form is one of {', '.join(FORMS)}, not {form}")
    if form == "jsonl":
        line = "{" + ", ".join(f"{_text(name)}: %s" for name in columns) + "}\n"
        for some in portions:
            out.writelines(map(line.__mod__, zip(*(_texts(some[name]) for name in columns), strict=True)))
        return
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for some in portions:
        writer.writerows(zip(*(_cells(some[name]) for name in columns), strict=True))


def _texts(values: list[Any]) -> list[str]:
    """The values of a column as JSON, made at once: no string holds a line break as it is, so that breaks are
    between two values, and between the parts of one."""
    whole = _by_lines(values)[1:-1]
    if _NESTED.issuperset(map(type, values)):
        texts = [text.replace("\n", ", ") for text in _BEFORE_NESTED.split(whole)]
    else:
        texts = whole.split("\n")
    return texts if len(texts) == len(values) else list(map(_text, values))


def _cells(values: list[Any]) -> Iterable[Any]:
    """The values of a column as CSV has them."""
    if {dict, list}.isdisjoint(map(type, values)):
        return values
    return map(_cell, values, _texts(values))


def _cell(value: Any, text: str) -> Any:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return text if isinstance(value, dict) else value
