"""Splices: an export is the source's bytes with the changed records put in their places, and nothing else."""

import gzip
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

from labelmend.coco.spans import Spans
from labelmend.coco.syntax import KEY, SPACE
from labelmend.errors import LabelmendError, Refused

Read = Callable[[int, int], bytes]


class Splice(NamedTuple):
    """The bytes [start, end) of the source become `new`."""

    start: int
    end: int
    new: bytes


class Damaged(LabelmendError):
    """What is stored is not what was imported; nothing was written."""


class _Frame(NamedTuple):
    """Gaps of an array: after its bracket, between records (with the comma), before the closing bracket."""

    lead: bytes
    gap: bytes
    tail: bytes


def splices(
    spans: Mapping[str, Spans],
    *,
    read: Read,
    changed: Mapping[str, Mapping[int, bytes | None]],
    added: Mapping[str, Sequence[bytes]],
) -> list[Splice]:
    """The splices, in the order of the file, for changed records (None: deleted), by row, and added ones.

    `read(start, end)` gives bytes of the source. A record deleted before one that stays takes the gap after
    it along, one deleted at the end the gap before it.
    """
    found: list[Splice] = []
    for array, span in spans.items():
        new, records = changed.get(array, {}), list(added.get(array, ()))
        for row, record in new.items():
            if record is not None:
                found.append(Splice(int(span.start[row]), int(span.end[row]), record))
        dead = {row for row, record in new.items() if record is None}
        if dead or records:
            frame = _frame(spans, array, read) if records else _Frame(b"", b"", b"")
            found += _deleted_inside(span, dead)
            found += _at_the_end(span, dead, records, frame)
    return sorted(found)


def _last_survivor(span: Spans, dead: set[int]) -> int:
    last = len(span) - 1
    while last in dead:
        last -= 1
    return last


def _deleted_inside(span: Spans, dead: set[int]) -> list[Splice]:
    """Runs of deleted records before a survivor: each goes from its start to the survivor's."""
    last, found = _last_survivor(span, dead), []
    rows = sorted(row for row in dead if row < last)
    for row in rows:
        if row - 1 in dead:
            continue
        survivor = row + 1
        while survivor in dead:
            survivor += 1
        found.append(Splice(int(span.start[row]), int(span.start[survivor]), b""))
    return found


def _at_the_end(span: Spans, dead: set[int], records: list[bytes], frame: _Frame) -> list[Splice]:
    """Deleted records at the end, and the added ones."""
    n, last = len(span), _last_survivor(span, dead)
    joined = frame.gap.join(records)
    if last >= 0:
        if last == n - 1 and not records:
            return []
        new = frame.gap + joined if records else b""
        return [Splice(int(span.end[last]), int(span.end[-1]), new)]
    if n and records:
        return [Splice(int(span.start[0]), int(span.end[-1]), joined)]
    return [Splice(span.open + 1, span.close, frame.lead + joined + frame.tail if records else b"")]


def _frame(spans: Mapping[str, Spans], array: str, read: Read) -> _Frame:
    """How the file sets out an array's records: as this array shows, else another, else the top level."""
    for name in (array, *spans):
        span = spans[name]
        n = len(span)
        if not n:
            continue
        lead = read(span.open + 1, int(span.start[0]))
        tail = read(int(span.end[-1]), span.close)
        if n > 1:
            return _Frame(lead, read(int(span.end[-2]), int(span.start[-1])), tail)
        if name == array or b"\n" in lead:
            gap = b"," + lead if lead else _top_frame(read, spans).gap
            return _Frame(lead, gap, tail)
    return _top_frame(read, spans)


def _top_frame(read: Read, spans: Mapping[str, Spans]) -> _Frame:
    """A guess from the first member of the top level, for files that show no record."""
    first = min((span.open for span in spans.values()), default=0)
    text = read(0, min(first, 4096))
    begin = text.find(b"{") + 1
    space = SPACE.match(text, begin)
    white = space[0] if space else b""
    key = KEY.match(text, begin + len(white))
    if b"\n" in white:
        deeper = white + re.sub(rb"^[\r\n]+", b"", white)
        return _Frame(deeper, b"," + deeper, white)
    return _Frame(b"", b", " if key and key[2].endswith(b" ") else b",", b"")


def write(
    chunks: Iterable[bytes], splices: Sequence[Splice], out: Path, *, sha256: str, size: int
) -> tuple[str, int]:
    """Write the source, given in chunks, with the splices applied; return SHA-256 and length of the text.

    The text is written beside the target, flushed to the disk, read back, and only then put in the target's
    place. A target whose name ends in .gz gets the same text packed; the returned figures are the text's.
    Raises Damaged when the chunks are not the source (`sha256`, `size`), Refused when the place cannot be
    written to; in both cases the target is as it was.
    """
    out = out.resolve()
    part = out.with_name(f"{out.name}.{os.getpid()}.part")
    try:
        with _opened(part, packed=out.suffix.lower() == ".gz") as file:
            written = _spliced(file, chunks, splices, sha256=sha256, size=size)
        if _read_back(part, packed=out.suffix.lower() == ".gz") != written:
            raise Refused(
                f"{out.name} did not come back from the disk as it was written; choose another place."
            )
        part.replace(out)
        sync_folder(out.parent)
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror or error}; choose another place.") from None
    finally:
        with suppress(OSError):  # where nothing can be written nothing was
            part.unlink(missing_ok=True)
    return written


def _spliced(
    file: IO[bytes], chunks: Iterable[bytes], splices: Sequence[Splice], *, sha256: str, size: int
) -> tuple[str, int]:
    """Copy the chunks with the splices applied."""
    before, after = hashlib.sha256(), hashlib.sha256()
    length = 0

    def put(piece: bytes | memoryview) -> None:
        nonlocal length
        after.update(piece)
        length += len(piece)
        file.write(piece)

    place = copied = done = 0  # places in the source (copied >= place always); splices that are done
    for chunk in chunks:
        before.update(chunk)
        view, end = memoryview(chunk), place + len(chunk)
        while done < len(splices) and splices[done].start < end:
            start, stop, new = splices[done]
            if start < copied or stop < start:
                raise Damaged(
                    "Two changes overlap in the file, which cannot be; the target was left as it was."
                )
            put(view[copied - place : start - place])
            put(new)
            copied, done = stop, done + 1
        if copied < end:
            put(view[copied - place :])
            copied = end
        place = end
    if done != len(splices) or place != size or before.hexdigest() != sha256:
        raise Damaged(
            "The source kept in the project is not what was imported, so nothing was exported; "
            "restore the project from a backup."
        )
    return after.hexdigest(), length


@contextmanager
def _opened(part: Path, *, packed: bool) -> Iterator[IO[bytes]]:
    """A new file, flushed to the disk when it is closed well."""
    with part.open("wb", 1 << 20) as file:
        if packed:
            with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=file, mtime=0) as inner:
                yield inner  # type: ignore[misc]
        else:
            yield file
        file.flush()
        os.fsync(file.fileno())


def _read_back(part: Path, *, packed: bool) -> tuple[str, int]:
    digest, length = hashlib.sha256(), 0
    with gzip.open(part) if packed else part.open("rb") as file:
        while piece := file.read(4 << 20):
            digest.update(piece)
            length += len(piece)
    return digest.hexdigest(), length


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a power cut, where the system has a way to (Windows has none)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
