"""Opens a project to read it, also while a window has it open and writes: then a consistent copy is read."""

import shutil
import sqlite3
import time
from itertools import count
from pathlib import Path
from typing import Final

from labelmend.errors import Refused
from labelmend.project.aside import Aside
from labelmend.project.holding import is_held
from labelmend.project.schema import MIGRATIONS, migrate

_TRIES: Final = 20
_PATIENCE: Final = 2.0
"""So often is a copy tried at least, and for so many seconds."""
_WAL_HEAD: Final = 32
"""Bytes of the head of SQLite's write-ahead log; its salts change whenever the log starts anew."""


def open_to_read(path: Path) -> tuple[sqlite3.Connection, Aside | None]:
    """A connection that cannot write, and the folder of the copy when a copy is what it reads.

    The file itself is read where nobody writes to it, in which case nobody can until the connection is
    closed. Raises sqlite3.Error for what is no database, Refused when no copy could be made.
    """
    if is_held(path):
        return _open_copy(path)
    connection = connect(path)
    try:
        if _version(connection) >= len(MIGRATIONS):
            connection.execute("PRAGMA query_only = ON")
            return connection, None
    except sqlite3.OperationalError:  # locked by who writes, or in a folder that cannot be written to
        pass
    except BaseException:
        connection.close()
        raise
    connection.close()
    return _open_copy(path)


def connect(path: Path) -> sqlite3.Connection:
    """A connection that begins no transaction by itself and does not wait for another program."""
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0.2)


def _version(connection: sqlite3.Connection) -> int:
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _open_copy(path: Path) -> tuple[sqlite3.Connection, Aside]:
    folder = Aside()
    try:
        copy = Path(folder.name) / path.name
        copy_consistently(path, copy)
        connection = connect(copy)
        try:
            if 0 < _version(connection) < len(MIGRATIONS):
                migrate(connection, copy)
            connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
    except BaseException:
        folder.cleanup()
        raise
    return connection, folder


def copy_consistently(path: Path, to: Path) -> None:
    """Copy a database and its log while another program may write to them.

    What is committed stands in the log until the log starts anew. So as long as the log's head is the same
    before and after, file and log together are whole, whatever part of the log was meanwhile written into the
    file; a torn end of the log counts as not committed (sqlite.org/fileformat2.html, The Write-Ahead Log).
    Without a log, the file must not have changed. Raises Refused when it always did.
    """
    last = time.monotonic() + _PATIENCE
    for tried in count(1):
        before = _mark(path)
        shutil.copyfile(path, to)
        log, copied = _log(path), _log(to)
        copied.unlink(missing_ok=True)
        try:
            shutil.copyfile(log, copied)
        except FileNotFoundError:
            copied.unlink(missing_ok=True)
        if _mark(path) == before and _head(to) == _head(path):
            return
        if tried >= _TRIES and time.monotonic() > last:
            raise Refused(
                f"{path} is being written to without a pause: wait for that to end, then try again."
            )


def _log(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _head(path: Path) -> bytes:
    try:
        with _log(path).open("rb") as file:
            return file.read(_WAL_HEAD)
    except FileNotFoundError:
        return b""


def _mark(path: Path) -> tuple[bytes, int, int]:
    """What must stay as it is while the copy is made."""
    head, about = _head(path), path.stat()
    return (head, 0, 0) if head else (head, about.st_mtime_ns, about.st_size)
