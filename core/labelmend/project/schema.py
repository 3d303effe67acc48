"""The tables of a project file, their version, and how an older file is brought up to date."""

import sqlite3
from pathlib import Path
from typing import Final

from labelmend.errors import BadFile

APPLICATION_ID: Final = 0x4C4D4E44  # "LMND": tells a project file from any other SQLite file

MIGRATIONS: Final[tuple[str, ...]] = (
    """
    CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE chunk(seq INTEGER PRIMARY KEY, body BLOB NOT NULL);
    CREATE TABLE array(name TEXT NOT NULL, part INTEGER NOT NULL, dtype TEXT NOT NULL, body BLOB NOT NULL,
                       PRIMARY KEY(name, part)) WITHOUT ROWID;
    CREATE TABLE history(seq INTEGER PRIMARY KEY, origin TEXT NOT NULL, at TEXT NOT NULL,
                         actor TEXT NOT NULL, role TEXT NOT NULL, op TEXT NOT NULL, of INTEGER,
                         title TEXT NOT NULL, body BLOB NOT NULL, hash BLOB NOT NULL);
    CREATE TRIGGER history_keeps BEFORE UPDATE ON history BEGIN SELECT RAISE(ABORT, 'history is kept'); END;
    CREATE TRIGGER history_stays BEFORE DELETE ON history BEGIN SELECT RAISE(ABORT, 'history is kept'); END;
    """,
    # Several files of detections: what is told of one becomes a list.
    "UPDATE meta SET value = json_array(json(value)) WHERE key = 'detections';",
    # Pictures that the instructions refer to, by SHA-256 of their bytes.
    "CREATE TABLE IF NOT EXISTS picture(name TEXT PRIMARY KEY, body BLOB NOT NULL);",
    # Rows of the history that count no more, since packages were merged anew: older programs count them.
    "",
    # Issues with the finder's own probability beside a score that verdicts taught: unknown to older programs.
    "",
)
"""MIGRATIONS[n] brings a file from version n to n + 1; the file's version is PRAGMA user_version."""


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring an open project file to the newest version, each step in one transaction, after a backup.

    Raises BadFile for a file that is no project, or one written by a newer Labelmend.
    """
    _require_own_schema(connection, path)
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    if version and application != APPLICATION_ID:
        raise BadFile(f"{path} is a database, but not a Labelmend project: choose a .labelmend file.")
    if version > len(MIGRATIONS):
        raise BadFile(
            f"{path} was written by a newer Labelmend (file version {version}, this program knows up to "
            f"{len(MIGRATIONS)}): update Labelmend to open it."
        )
    if 0 < version < len(MIGRATIONS):
        _back_up(connection, path.with_name(f"{path.name}.version{version}.backup"))
    for number in range(version, len(MIGRATIONS)):
        connection.executescript(
            f"BEGIN; {MIGRATIONS[number]} PRAGMA application_id = {APPLICATION_ID}; "
            f"PRAGMA user_version = {number + 1}; COMMIT;"
        )


def _require_own_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that brings queries of its own, which SQLite would run."""
    query = "SELECT name FROM sqlite_schema WHERE type = 'view' OR type = 'trigger' AND name NOT IN (?, ?)"
    found = connection.execute(query, ("history_keeps", "history_stays")).fetchone()
    if found is not None:
        raise BadFile(f"{path} holds {found[0]!r}, which Labelmend has not put there: use a copy of before.")


def _back_up(connection: sqlite3.Connection, to: Path) -> None:
    copy = sqlite3.connect(to)
    try:
        connection.backup(copy)
    finally:
        copy.close()
