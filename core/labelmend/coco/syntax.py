"""JSON text as bytes: where its values begin and end, without changing a byte of it."""

import json
import re
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from labelmend.errors import BadFile

MAX_DEPTH = 64

SPACE = re.compile(rb"[ \t\r\n]*")
GAP = re.compile(rb"[ \t\r\n]*,[ \t\r\n]*")
KEY = re.compile(rb'("(?:[^"\\]++|\\.)*+")([ \t\r\n]*:[ \t\r\n]*)', re.S)
_SEPARATOR = re.compile(rb"[ \t\r\n]*([,}\]])[ \t\r\n]*")
_TOKEN = re.compile(rb'[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+"|[\[{]|[\]}]', re.S)
_SCALAR = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[^,\]}\[{ \t\r\n"]++', re.S)
_ARRAY = rb'\[(?:[^"\[\]{}]++|\[[^"\[\]{}]*+\])*+\]'
_SHALLOW = re.compile(_ARRAY)
"""An array of numbers, or of arrays of numbers: a box or an outline, in one go."""
_MEMBER = re.compile(
    KEY.pattern + b"(" + _ARRAY + b"|" + _SCALAR.pattern + b")" + rb"[ \t\r\n]*([,}])[ \t\r\n]*", re.S
)
"""A whole member of a record, unless its value is an object or deeper."""
_OPENING, _CLOSING = b"[{", b"]}"


class Member(NamedTuple):
    """A member of an object or array: `begin` is where its key (or value) begins, [start, end) its value."""

    key: str | None
    begin: int
    start: int
    end: int


def loads(text: bytes) -> Any:
    """The value of JSON text as Python's json reads it; integers too long to be ints become infinite."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        decoded = text.decode()  # it may hold NaN, half a surrogate pair, or a number beyond every size
    try:
        return json.loads(decoded)
    except json.JSONDecodeError:
        raise
    except ValueError:  # Python refuses integers of more than 4,300 digits
        return json.loads(decoded, parse_int=_whole)


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) < 4000 else float(digits)


@lru_cache(256)
def _key(text: bytes) -> Any:
    return loads(text)


def skip(text: bytes, at: int) -> int:
    """The end of the value that begins at `at`. The text must be valid JSON."""
    if text[at] not in _OPENING:
        found = _SCALAR.match(text, at)
        assert found
        return found.end()
    if shallow := _SHALLOW.match(text, at):
        return shallow.end()
    depth = 0
    while True:
        found = _TOKEN.match(text, at)
        assert found
        at = found.end()
        first = text[found.start()]
        depth += (first in _OPENING) - (first in _CLOSING)
        if not depth:
            return at


def after_space(text: bytes, at: int) -> int:
    """The first place from `at` on that is not white space."""
    found = SPACE.match(text, at)
    assert found
    return found.end()


def members(text: bytes, at: int = 0) -> list[Member]:
    """The members of the object or array that begins at `at`, in order; duplicate keys are all there."""
    keyed = text[at : at + 1] == b"{"
    at = after_space(text, at + 1)
    found: list[Member] = []
    while text[at : at + 1] not in (b"]", b"}"):
        key, begin = None, at
        if keyed and (whole := _MEMBER.match(text, at)):
            found.append(Member(_key(whole[1]), begin, whole.start(3), whole.end(3)))
            at = whole.end() if whole[4] == b"," else whole.start(4)
            continue
        if keyed:
            match = KEY.match(text, at)
            assert match
            key, at = _key(match[1]), match.end()
        end = skip(text, at)
        found.append(Member(key, begin, at, end))
        separator = _SEPARATOR.match(text, end)
        assert separator
        at = separator.start(1) if separator[1] != b"," else separator.end()
    return found


def check_depth(text: bytes) -> None:
    """Raise BadFile when a value is nested deeper than a record has any reason to be."""
    if text.count(b"[") + text.count(b"{") <= MAX_DEPTH:
        return  # as nearly always, at a hundredth of the cost
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += (token[0] in (b"[", b"{")) - (token[0] in (b"]", b"}"))
        if depth > MAX_DEPTH:
            raise BadFile("This record is nested too deep to be edited; simplify it in the file first.")
