"""The top level of a JSON file: whether the text is JSON at all, and where each of its members lies."""

import re
from dataclasses import dataclass

import msgspec
import numpy as np

from labelmend.coco.faults import FaultBook, shown
from labelmend.coco.intake import Intake, strict
from labelmend.coco.syntax import KEY, after_space, skip
from labelmend.errors import BadFile

_BOM = b"\xef\xbb\xbf"
_SEPARATOR = re.compile(rb"[ \t\r\n]*([,}])[ \t\r\n]*")
_ERROR_PLACE = re.compile(r"^(.*?) \(byte (\d+)\)$")


_INSTEAD = {
    b"version https://git-lfs": "a pointer of Git LFS, not the file itself; fetch that with `git lfs pull`",
    b"<": "XML or a web page, not JSON; choose a COCO file, or download it again",
}
"""What is often found under the name of a JSON file, by how it begins."""


@dataclass(frozen=True, slots=True)
class TopLevel:
    """A checked JSON text. `text` is as long as the file's bytes and strictly JSON (see intake.strict).

    `places` are [start, end) of the members when the top level is an object, else None; then the one value
    begins at `start`, and `end` is the end of all but white space.
    """

    text: bytes
    start: int
    end: int
    places: dict[str, tuple[int, int]] | None


def read_top_level(intake: Intake, book: FaultBook) -> TopLevel:
    """Check that the bytes are JSON and find the top level's members; raises BadFile when they are not."""
    data = intake.data
    begin = len(_BOM) if data.startswith(_BOM) else 0
    start = after_space(data, begin)
    if start == len(data):
        raise BadFile(f"{intake.name} is empty; choose a COCO file.")
    keyed = data[start : start + 1] == b"{"
    text, raws = _decoded(intake, begin, keyed=keyed)
    if keyed:
        places, end = _places(text, start, raws, book)
        return TopLevel(text, start, end, places)
    return TopLevel(text, start, start + len(text[start:].rstrip(b" \t\r\n")), None)


def _decoded(intake: Intake, begin: int, *, keyed: bool) -> tuple[bytes, dict[str, msgspec.Raw]]:
    """The strict text, and when the top level is an object, its members' values."""
    text = intake.data
    for attempt in (0, 1):
        try:
            view = memoryview(text)[begin:]
            if keyed:
                return text, msgspec.json.decode(view, type=dict[str, msgspec.Raw])
            msgspec.json.decode(view, type=msgspec.Raw)
        except RecursionError:
            raise BadFile(
                f"{intake.name} is nested too deep to be a COCO file; choose another file."
            ) from None
        except msgspec.DecodeError as error:
            if attempt or (masked := strict(text)) == text:
                raise _not_json(intake, str(error), begin) from None
            text = masked
        else:
            return text, {}
    raise AssertionError


def _not_json(intake: Intake, told: str, begin: int) -> BadFile:
    """The sentence for text that is not JSON, with its line and column, or for what it is instead."""
    data, name = intake.data, intake.name
    for start, what in _INSTEAD.items():
        if data.startswith(start, begin):
            return BadFile(f"{name} is {what}.")
    if "truncated" in told:
        line = data.count(b"\n") + 1
        return BadFile(
            f"{name} breaks off at its end (line {line:,}, byte {len(data):,}): it is not whole; "
            "copy or download it again."
        )
    found = _ERROR_PLACE.match(told)
    what, at = (found[1], begin + int(found[2])) if found else (told, begin)
    line = data.count(b"\n", 0, at) + 1
    if "trailing characters" in told and re.search(rb"\n[ \t\r\n]*\{\Z", data[max(at - 99, 0) : at]):
        return BadFile(
            f"{name} holds one record a line (line {line:,} begins another), not one JSON list; put the "
            "records in brackets, with commas between them."
        )
    column = at - data.rfind(b"\n", 0, at)
    what = what.removeprefix("JSON is malformed: ")
    return BadFile(
        f"{name} is not valid JSON: {what} at line {line:,}, column {column:,} (byte {at:,}); "
        "repair it there or write it again."
    )


def _address(part: object) -> int:
    return int(np.frombuffer(part, np.uint8).__array_interface__["data"][0])  # type: ignore[call-overload]


def _places(
    text: bytes, start: int, raws: dict[str, msgspec.Raw], book: FaultBook
) -> tuple[dict[str, tuple[int, int]], int]:
    """Where each member's value lies. Of a key that is there twice the last counts, as for any reader."""
    base = _address(text)
    at_of = {key: _address(raw) - base for key, raw in raws.items()}
    places: dict[str, tuple[int, int]] = {}
    place = after_space(text, start + 1)
    while text[place : place + 1] != b"}":
        match = KEY.match(text, place)
        assert match
        key, place = msgspec.json.decode(match[1]), match.end()
        # a value that a later one of the same key replaced is not among the raws: walk over it
        end = place + len(memoryview(raws[key])) if at_of[key] == place else skip(text, place)
        if key in places:
            book.tell("file", -1, "duplicate-key", f"has the key {shown(key)} twice; the last one counts.")
        places[key] = place, end
        separator = _SEPARATOR.match(text, end)
        assert separator
        place = separator.start(1) if separator[1] == b"}" else separator.end()
    return places, place + 1
