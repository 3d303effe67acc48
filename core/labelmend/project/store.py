"""The SQLite file under a project: opening and locking it, arrays and chunks in it, rows of history."""

import contextlib
import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, ClassVar, Final

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray

from labelmend.errors import BadFile, Refused
from labelmend.progress import Progress, silent
from labelmend.project import packing
from labelmend.project.aside import Aside
from labelmend.project.history import Heading, Row, Told
from labelmend.project.holding import held_by_another, hold, release, say_who, unsay
from labelmend.project.packing import CHUNK
from labelmend.project.schema import migrate
from labelmend.project.snapshot import connect, open_to_read
from labelmend.workers.side_by_side import in_order

DAMAGE: Final = (
    KeyError, ValueError, TypeError, IndexError, AttributeError, OverflowError, RecursionError, MemoryError,
    msgspec.DecodeError,
)  # fmt: skip
"""What reading raises when a file holds what it should not."""
_FREE, _MOST_TIMES = 1 << 28, 200
"""Arrays of so many bytes are read from any file, and of so many times its size."""
_PAGE: Final = 8192
_FOLD_AT: Final = 64 * _PAGE
"""About so many bytes of the log are folded into the file at a time: some milliseconds' work."""
_SIDE_FILES: Final = ("-wal", "-shm", "-journal")


def refuse_leftovers(path: Path) -> None:
    """Refuse a place for a new project where SQLite would replay a stranger's journal into it.

    Raises Refused when the file, or a -wal, -shm or -journal of that name, is there, and for a folder.
    """
    if not path.name:  # "." or "/"
        raise Refused(f"{path} is a folder: choose another name.")
    for name in (path.name, *(path.name + side for side in _SIDE_FILES)):
        if path.with_name(name).exists():
            raise Refused(f"{path.with_name(name)} exists already: choose another name, or delete it first.")


class Store:
    """One open project file. Only the thread that applies steps writes; any thread may read chunks."""

    _held: ClassVar[set[Path]] = set()
    """The files that this process has open to write."""

    def __init__(self, path: Path, *, importing: bool = False, reading: bool = False) -> None:
        """Open the file; `reading`: beside whoever else has it open, and without writing."""
        self.path, self.reading = path, reading
        self._lock = threading.RLock()
        self._copy: Aside | None = None
        self._closed = False
        self._logs = not (importing or reading)
        self._unfolded = 0  # bytes of the log, about
        if not importing and not path.is_file():
            what = "is no file" if path.exists() else "is not there"
            raise BadFile(f"{path} {what}: choose an existing .labelmend file.")
        if reading and path.resolve() in self._held:
            # A file that was opened by hand takes all of this process's locks with it when it is closed.
            raise Refused(f"{path} is open in this very program: close it there first.")
        self._hold = None if reading or importing else hold(path)
        try:
            if reading:
                self._connection, self._copy = open_to_read(path)
            else:
                self._connection = connect(path)
        except sqlite3.Error as error:
            release(path, self._hold)
            raise _sentence(path, error) from error
        try:
            self._prepare(importing=importing)
        except sqlite3.Error as error:
            self._let_go()
            raise _sentence(path, error) from error
        except BaseException:
            self._let_go()
            raise
        if not reading:
            self._held.add(path.resolve())
        self._chunk = lru_cache(64)(self._read_chunk)

    def _prepare(self, *, importing: bool) -> None:
        execute = self._connection.execute
        if not self.reading:
            execute("PRAGMA locking_mode = EXCLUSIVE")
        if importing:
            execute(f"PRAGMA page_size = {_PAGE}")
            execute("PRAGMA journal_mode = OFF")
            execute("PRAGMA synchronous = OFF")
        elif not self.reading:
            execute("PRAGMA journal_mode = WAL")
            execute("PRAGMA synchronous = FULL")
            execute("PRAGMA wal_autocheckpoint = 0")  # `_fold` does it
            # The lock is taken by the first write: take it now, so that a second window learns it at once.
            execute("BEGIN IMMEDIATE")
            execute("COMMIT")
        if not importing and not execute("PRAGMA user_version").fetchone()[0]:
            raise BadFile(f"{self.path} is empty or not a Labelmend project: choose a .labelmend file.")
        migrate(self._connection, self.path)
        if not importing and not self.reading:
            self.say_who("")

    def into_wal(self) -> None:
        """Leave the journal mode of an import: from now on every commit is safe on its own."""
        with self._lock:
            self._connection.execute("PRAGMA journal_mode = WAL")

    def say_who(self, who: str) -> None:
        """Name who has the file open, for the sentence that a second opener gets."""
        say_who(self.path, who)

    def close(self) -> None:
        """Close the file; what was committed is all in the one file afterwards. Again it does nothing."""
        with self._lock:
            if self._closed:
                return
            self._closed = True  # from now on who is named, and what is locked, may be somebody else's
            if not self.reading and self._hold is None:
                unsay(self.path)
            self._let_go()
            if not self.reading:
                self._held.discard(self.path.resolve())

    def _let_go(self) -> None:
        self._connection.close()
        release(self.path, self._hold)
        if self._copy is not None:
            self._copy.cleanup()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and on the disk when it returns.

        Raises LabelmendError when the disk is full or the file cannot be written.
        """
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise _sentence(self.path, error) from error
            self._unfolded += _PAGE
            if self._logs and self._unfolded >= _FOLD_AT:
                self._unfolded = 0
                threading.Thread(target=self._fold, name="folding the log").start()

    def _fold(self) -> None:
        """Fold what stands in SQLite's log into the file, in a thread: a commit that does it by the way takes
        forty times as long as others. What is committed is on the disk before and after."""
        with self._lock, contextlib.suppress(sqlite3.Error):  # a full disk is said by the next commit
            if not self._closed:
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """Reading, from any thread; what is damaged is said in a sentence."""
        with self._lock:
            try:
                yield
            except (sqlite3.Error, zstandard.ZstdError) as error:
                raise BadFile(f"{self.path} is damaged ({error}): open a copy or a backup of it.") from error

    def require_sound(self) -> None:
        """Look at every page of the file. Raises BadFile when one is missing or is none."""
        with self._reading():
            with self.path.open("rb") as file:
                head = file.read(32)
            pages, size = int.from_bytes(head[28:]), int.from_bytes(head[16:18])
            if (
                pages * (size if size > 1 else 1 << 16) > self.path.stat().st_size
            ):  # sqlite.org/fileformat2.html
                raise sqlite3.DatabaseError("its end is missing")
            (told,) = self._connection.execute("PRAGMA quick_check(1)").fetchone()
            if told != "ok":
                raise sqlite3.DatabaseError(told)

    # ---------------------------------------------------------------- small values
    def get(self, key: str, default: Any = None) -> Any:
        """A small JSON value, or the default."""
        with self._reading():
            found = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return default if found is None else json.loads(found[0])

    def need(self, key: str) -> Any:
        """A small JSON value that every project has; KeyError when it is gone."""
        value = self.get(key)
        if value is None:
            raise KeyError(key)
        return value

    def put(self, key: str, value: Any) -> None:
        """Keep a small JSON value (inside the caller's transaction)."""
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES(?, ?)", (key, json.dumps(value)))

    # ---------------------------------------------------------------- arrays
    def put_array(self, name: str, array: NDArray[Any]) -> None:
        """Keep an array under a name, replacing what was there (inside the caller's transaction)."""
        self.put_arrays({name: array})

    def put_arrays(
        self, arrays: Mapping[str, NDArray[Any]], *, tick: Callable[[], None] = lambda: None
    ) -> None:
        """The same for several arrays: while one is written, others are compressed. tick, called between, may
        raise."""
        self._connection.executemany("DELETE FROM array WHERE name = ?", [(name,) for name in arrays])
        with ThreadPoolExecutor() as pool:
            packed = in_order(packing.row_of, packing.parts_of(arrays), executor=pool, tick=tick)
            for row in packed:
                self._unfolded += len(row[-1])
                self._connection.execute("INSERT INTO array VALUES(?, ?, ?, ?)", row)

    def array(self, name: str) -> NDArray[Any]:
        """The array of that name; KeyError when there is none."""
        return self._arrays("name = ?", name)[name]

    def arrays(self, prefix: str, *, but: Sequence[str] = ()) -> dict[str, NDArray[Any]]:
        """All arrays whose name begins with `prefix`, by the rest of their name, but for some."""
        others = ", ".join("?" for _ in but)
        where = f"substr(name, 1, {len(prefix)}) = ? AND substr(name, {len(prefix) + 1}) NOT IN ({others})"
        return {name[len(prefix) :]: array for name, array in self._arrays(where, prefix, *but).items()}

    def _arrays(self, where: str, *values: str) -> dict[str, NDArray[Any]]:
        with self._reading(), ThreadPoolExecutor() as pool:
            rows = self._connection.execute(
                f"SELECT name, dtype, body FROM array WHERE {where} ORDER BY name, part", values
            ).fetchall()
            self._require_room(sum(packing.size_of(body, packing.PART) for _, _, body in rows))
            bodies = pool.map(packing.unpacked, [body for _, _, body in rows])
            parts: dict[str, list[bytes]] = {}
            for (name, _, _), body in zip(rows, bodies, strict=True):
                parts.setdefault(name, []).append(body)
        shapes = {name: json.loads(dtype) for name, dtype, _ in rows}
        return {
            name: np.frombuffer(b"".join(parts[name]), np.dtype(dtype)).reshape(shape)
            for name, (dtype, shape) in shapes.items()
        }

    def _require_room(self, size: int) -> None:
        """Refuse what a small file says to hold, and would fill the memory: real ones hold ten times it."""
        if size > _FREE + _MOST_TIMES * self.path.stat().st_size:
            raise zstandard.ZstdError(f"arrays in it say that they hold {size:,} bytes")

    # ---------------------------------------------------------------- the verbatim source
    def put_source(self, data: bytes, *, progress: Progress = silent) -> None:
        """Keep the source's bytes in compressed chunks (inside the caller's transaction)."""
        with ThreadPoolExecutor() as pool:
            packed = in_order(
                partial(packing.chunks_from, memoryview(data)),
                iter(range(0, len(data), packing.CHUNKS_AT_ONCE * CHUNK)),
                executor=pool,
                tick=lambda: None,
            )
            for n, bodies in enumerate(packed):
                rows = enumerate(bodies, n * packing.CHUNKS_AT_ONCE)
                self._connection.executemany("INSERT INTO chunk VALUES(?, ?)", rows)
                progress(n * packing.CHUNKS_AT_ONCE * CHUNK, len(data))

    def chunks(self) -> Iterator[bytes]:
        """The source's bytes from first to last, chunk by chunk."""
        with self._reading():
            count = self._connection.execute("SELECT count(*) FROM chunk").fetchone()[0]
        for seq in range(count):
            yield self._read_chunk(seq)

    def read(self, start: int, end: int) -> bytes:
        """Bytes start..end of the source."""
        if end <= start:
            return b""
        first = start // CHUNK
        if end <= (first + 1) * CHUNK:
            return self._chunk(first)[start - first * CHUNK : end - first * CHUNK]
        data = b"".join(self._chunk(seq) for seq in range(first, (end - 1) // CHUNK + 1))
        return data[start - first * CHUNK : end - first * CHUNK]

    def _read_chunk(self, seq: int) -> bytes:
        with self._reading():
            found = self._connection.execute("SELECT body FROM chunk WHERE seq = ?", (seq,)).fetchone()
        if found is None:
            raise BadFile(f"{self.path} is damaged: part {seq} of the source is gone. Use a copy of it.")
        with self._reading():
            packing.size_of(found[0], CHUNK)
            return packing.unpacked(found[0])

    # ---------------------------------------------------------------- pictures of the instructions
    def put_picture(self, name: str, data: bytes) -> None:
        """Keep a picture file's bytes under their SHA-256 (inside the caller's transaction)."""
        self._unfolded += len(data)
        self._connection.execute("INSERT OR IGNORE INTO picture VALUES(?, ?)", (name, data))

    def picture(self, name: str) -> bytes | None:
        """The bytes of that SHA-256, None when they are not here. Raises BadFile when they are others."""
        with self._reading():
            found = self._connection.execute("SELECT body FROM picture WHERE name = ?", (name,)).fetchone()
        if found is not None and hashlib.sha256(found[0]).hexdigest() != name:
            raise BadFile(f"{self.path} is damaged: a picture of its instructions was altered.")
        return None if found is None else bytes(found[0])

    # ---------------------------------------------------------------- history
    def append(self, *rows: Row) -> None:
        """Add rows to the history (inside the caller's transaction)."""
        self._unfolded += sum(len(r.body) for r in rows)
        values = ((r.seq, r.origin, r.at, r.actor, r.role, r.op, r.of, r.title, r.body, r.hash) for r in rows)
        self._connection.executemany("INSERT INTO history VALUES(?,?,?,?,?,?,?,?,?,?)", values)

    def history(self, seqs: Iterable[int] | None = None) -> list[Row]:
        """All rows of the history in order, or those with the given numbers."""
        query = "SELECT * FROM history"
        with self._reading():
            if seqs is None:
                return [Row(*r) for r in self._connection.execute(f"{query} ORDER BY seq")]
            found = (self._connection.execute(f"{query} WHERE seq = ?", (seq,)).fetchone() for seq in seqs)
            return [Row(*r) for r in found if r is not None]

    def headings(self, seqs: Iterable[int]) -> list[Heading]:
        """The rows of the history with these numbers; what they did, which may be long, is not read."""
        query = "SELECT seq, at, actor, role, op, title FROM history WHERE seq = ?"
        with self._reading():
            found = (self._connection.execute(query, (seq,)).fetchone() for seq in seqs)
            return [Heading(*r) for r in found if r is not None]

    def history_after(self, seq: int, *, most: int) -> list[Row]:
        """The rows of the history that follow one, in order, at most so many; any thread may ask."""
        query = "SELECT * FROM history WHERE seq > ? ORDER BY seq LIMIT ?"
        with self._reading():
            return [Row(*r) for r in self._connection.execute(query, (seq, most))]

    def steps_after(self, seq: int, *, most: int) -> list[Told]:
        """Of the rows that follow one what people did, in order, at most so many; any thread may ask."""
        query = "SELECT seq, at, actor, role, op, of, body FROM history WHERE seq > ? ORDER BY seq LIMIT ?"
        with self._reading():
            return self._connection.execute(query, (seq, most)).fetchall()

    def events(self, after: int) -> list[Row]:
        """The exports, imports and finds after a row of the history."""
        query = "SELECT * FROM history WHERE seq > ? AND op IN ('export', 'import', 'find') ORDER BY seq"
        with self._reading():
            return [Row(*r) for r in self._connection.execute(query, (after,))]

    def times_of(self, role: str, latest: int) -> list[str]:
        """When somebody in this role did something, the latest first."""
        query = "SELECT at FROM history WHERE role = ? AND op = 'do' ORDER BY seq DESC LIMIT ?"
        with self._reading():
            return [at for (at,) in self._connection.execute(query, (role, latest))]


def _sentence(path: Path, error: sqlite3.Error) -> BadFile | Refused:
    """What an SQLite error means to a user."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return held_by_another(path)
    if "not a database" in text and _is_json(path):
        return BadFile(
            f"{path} is JSON, no project: make a new project of a COCO file and its pictures.",
            remedy="new_project",
            typed="`labelmend new` makes one, and `labelmend find --annotations` finds without one.",
        )
    if "not a database" in text or "malformed" in text:
        return BadFile(f"{path} is damaged or no Labelmend project ({text}): open a copy or a backup of it.")
    if "full" in text:
        return Refused(f"The disk of {path} is full: free some space; nothing was changed.")
    return BadFile(f"{path} cannot be opened or written ({text}): check the folder and its permissions.")


def _is_json(path: Path) -> bool:
    """Whether a file begins as JSON does: somebody named their annotations where a project is meant."""
    try:
        with path.open("rb") as file:
            return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    except OSError:
        return False
