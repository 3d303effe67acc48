"""Tables as CSV files in a folder (RFC 4180, UTF-8), which no spreadsheet takes for formulas."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from labelmend.errors import Refused
from labelmend.progress import Progress, silent, stage
from labelmend.report.issue_columns import Value
from labelmend.report.tables import Table

FORMULAS: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What a text begins with that a spreadsheet may compute, the wide forms of = + - @ too. Such a text gets an
apostrophe before it (OWASP, "CSV Injection"). Numbers are written as they are."""

_AT_ONCE: Final = 1000
"""After so many rows somebody may have pressed Cancel."""


def require_tables_place(folder: Path, *, overwrite: bool) -> None:
    """Refuse, before the work begins, a folder that cannot be made, or that holds CSV files already."""
    if not folder.parent.is_dir():
        raise Refused(f"The folder {folder.parent} is not there: make it, or choose another place.")
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is a file: name a folder for the tables.")
    if not overwrite and any(folder.glob("*.csv")):
        raise Refused(f"{folder} holds CSV files already: choose another folder, or say --overwrite.")


def write_tables(tables: Sequence[Table], folder: Path, *, progress: Progress = silent) -> None:
    """Write every table as NAME.csv into the folder, which is made if need be.

    All are written aside first: when that fails, nothing has changed. Raises Refused where nothing can be
    written.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="unfinished-", dir=folder.parent) as aside:
            for number, table in enumerate(tables):
                part = stage(progress, 100 * number // len(tables), 100 * (number + 1) // len(tables))
                _write(table, Path(aside) / f"{table.name}.csv", part)
            folder.mkdir(exist_ok=True)
            for table in tables:
                (Path(aside) / f"{table.name}.csv").replace(folder / f"{table.name}.csv")
    except OSError as error:
        raise Refused(
            f"{folder} cannot be written: {error.strerror or error}; choose another place."
        ) from error
    progress(100, 100)


def _write(table: Table, path: Path, progress: Progress) -> None:
    with path.open("x", encoding="utf-8", errors="backslashreplace", newline="") as file:
        file.write(_lines([[name] for name in table.head]))
        for columns in chain(_by_columns(table.rows), table.columns):
            progress(0, 1)
            file.write(_lines(columns))


def _by_columns(rows: Iterable[Sequence[Value]]) -> Iterator[Sequence[Sequence[Value]]]:
    rest = iter(rows)
    while part := list(islice(rest, _AT_ONCE)):
        yield list(zip(*part, strict=True))


def _lines(columns: Sequence[Sequence[Value]]) -> str:
    """Lines of these columns, which are made ready one by one: `csv.writer` looks at every letter."""
    return "\r\n".join([*map(",".join, zip(*map(_cells, columns), strict=True)), ""])


def _cells(column: Sequence[Any]) -> list[str]:
    """The values of a column as they are written: most are like others there."""
    kinds = set(map(type, column))
    if kinds == {type(None)}:
        return [""] * len(column)
    if kinds <= {str, type(None)}:
        told = {value: _cell(value) for value in set(column)}
        return list(map(told.__getitem__, column))
    if kinds == {float}:
        return _numbers(column)
    if kinds <= {int, type(None)}:
        return ["" if value is None else str(value) for value in column]
    return list(map(_cell, column))


def _numbers(column: Sequence[float]) -> list[str]:
    """`str` of numbers; JSON tells most of them alike, in a quarter of the time."""
    size = np.abs(column)
    told = msgspec.json.encode(column).decode()[1:-1].split(",")
    for place in np.flatnonzero(~(((size >= 1e-4) & (size < 1e16)) | (size == 0))).tolist():
        told[place] = str(column[place])
    return told


def _cell(value: Value) -> str:
    return "" if value is None else _quoted(str(cell(value)))


def _quoted(text: str) -> str:
    """A text within quotation marks if it needs them."""
    if "," in text or '"' in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def cell(value: Value) -> Value:
    """A value as a cell: a text that looks like a formula is marked as text."""
    if isinstance(value, str) and value.startswith(FORMULAS):
        return f"'{value}"
    return value
