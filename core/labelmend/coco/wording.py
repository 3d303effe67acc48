"""Wording: new JSON text with the gaps and number style of the text around it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from labelmend.coco.style import NumberStyle, number_text
from labelmend.coco.syntax import KEY, Member, loads, members

Change = tuple[int, int, bytes]

_LITERAL = re.compile(rb"[^\[\], \t\r\n]++")


def plain(value: Any) -> Any:
    """A value of Python's own kinds, as JSON has them."""
    if type(value) in (float, int, str) or (type(value) is list and _are_numbers(value)):
        return value
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value.decode() if isinstance(value, bytes) else value


def same(a: Any, b: Any) -> bool:
    """Whether two values are the same JSON value: 10 is 10.0, but 1 is not true."""
    if type(a) in (int, float) and type(b) in (int, float):
        return bool(a == b or (a != a and b != b))
    if type(a) is not type(b):
        return False
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return bool(a == b)


@dataclass(frozen=True, slots=True)
class Wording:
    """Gaps of an object or array: after its bracket, between members, before the closing one; its colon."""

    lead: bytes = b""
    gap: bytes = b", "
    tail: bytes = b""
    colon: bytes = b": "

    def member(
        self, key: str, value: Any, style: NumberStyle | None, *, example: bytes | None = None
    ) -> bytes:
        """A new member of the object: key, colon and value, the value laid out as the example is."""
        return json.dumps(key).encode() + self.colon + self.flat().text(value, style, example=example)

    def flat(self) -> "Wording":
        """These gaps on one line: for values that nothing in the file shows the layout of."""
        if any(b"\n" in one for one in (self.lead, self.gap, self.tail)):
            return Wording(colon=self.colon)
        return self

    def text(self, value: Any, style: NumberStyle | None, *, example: bytes | None = None) -> bytes:
        """JSON text of a value, laid out as the example, where that is of the same kind and not empty."""
        if isinstance(value, list):
            gaps, inner = _listed(example, self) if example and example[:1] == b"[" else (self, None)
            return _wrapped(b"[", [self.text(one, style, example=inner) for one in value], gaps, b"]")
        if isinstance(value, dict):
            gaps, kept = _named(example, self) if example and example[:1] == b"{" else (self, {})
            parts = [
                json.dumps(key).encode() + gaps.colon + self.text(one, None, example=kept.get(key))
                for key, one in value.items()
            ]  # numbers of an inner object (an RLE's size and counts) are written as they are
            return _wrapped(b"{", parts, gaps, b"}")
        return number_text(value, style) if type(value) in (int, float) else json.dumps(value).encode()

    def changes(
        self, record: bytes, start: int, end: int, value: Any, style: NumberStyle | None
    ) -> list[Change]:
        """Replacements that turn the value at [start, end) into `value`; none where it is equal already."""
        old_text = record[start:end]
        old = loads(old_text)
        if same(old, value):
            return []
        if old_text[:1] == b"[" and isinstance(value, list) and len(old) == len(value):
            if _are_numbers(old) and _are_numbers(value):
                return _renumbered(record, start, end, old, value, style)
            found: list[Change] = []
            for member, one in zip(members(record, start), value, strict=True):
                found += self.changes(record, member.start, member.end, one, style)
            return found
        new = self.flat().text(value, style, example=old_text)
        # a number that the file's style rounds to what is there already stays as it is
        return [] if type(value) is float and same(old, loads(new)) else [(start, end, new)]


@lru_cache(64)
def _listed(example: bytes, flat: Wording) -> tuple[Wording, bytes | None]:
    """The gaps of an array and the first value in it; of thousands of new records the example is one."""
    own = members(example)
    return (
        (wording_of(example, flat=flat, own=own), example[own[0].start : own[0].end]) if own else (flat, None)
    )


@lru_cache(64)
def _named(example: bytes, flat: Wording) -> tuple[Wording, Mapping[str | None, bytes]]:
    """The gaps of an object and its values by key; a mask is long, and the example of many new ones."""
    own = members(example)
    kept = {one.key: example[one.start : one.end] for one in own}
    return wording_of(example, flat=flat, own=own), kept


def _are_numbers(values: list[Any]) -> bool:
    return set(map(type, values)) <= {int, float}


def _renumbered(
    record: bytes, start: int, end: int, old: list[Any], new: list[Any], style: NumberStyle | None
) -> list[Change]:
    """The same for a flat list of numbers, which most of an outline is."""
    found: list[Change] = []
    for place, was, one in zip(_LITERAL.finditer(record, start, end), old, new, strict=True):
        if was == one or (was != was and one != one):
            continue
        text = number_text(one, style)
        if type(one) is int or not same(was, loads(text)):
            found.append((place.start(), place.end(), text))
    return found


def wording_of(text: bytes, *, flat: Wording | None = None, own: list[Member] | None = None) -> Wording:
    """The gaps of an object or array; what it does not show is taken from `flat`. own: its members."""
    base = flat or Wording()
    own = members(text) if own is None else own
    if not own:
        return base
    lead, tail = text[1 : own[0].begin], text[own[-1].end : -1]
    colon = _colon(text, own[0]) if own[0].key is not None else base.colon
    if len(own) > 1:
        gap = text[own[0].end : own[1].begin]
    elif b"\n" in lead:
        gap = b"," + lead
    else:
        gap = base.gap if own[0].key is None else (b", " if colon.endswith(b" ") else b",")
    return Wording(lead, gap, tail, colon)


def _colon(text: bytes, member: Member) -> bytes:
    found = KEY.match(text, member.begin)
    assert found
    return found[2]


def _wrapped(opening: bytes, parts: list[bytes], gaps: Wording, closing: bytes) -> bytes:
    return opening + (gaps.lead + gaps.gap.join(parts) + gaps.tail if parts else b"") + closing
