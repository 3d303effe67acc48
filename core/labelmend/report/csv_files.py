"""Tables as CSV files in a folder (RFC 4180, UTF-8), which no spreadsheet takes for formulas."""

import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from labelmend.errors import Refused
from labelmend.progress import Progress, silent, stage
from labelmend.report.tables import Table, Value

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
        writer = csv.writer(file)
        writer.writerow(table.head)
        for number, row in enumerate(table.rows):
            if number % _AT_ONCE == 0:
                progress(0, 1)
            writer.writerow([cell(value) for value in row])


def cell(value: Value) -> Value:
    """A value as a cell: a text that looks like a formula is marked as text."""
    if isinstance(value, str) and value.startswith(FORMULAS):
        return f"'{value}"
    return value
