"""COCO files as text of any layout, with the place of every record: an oracle independent of the program."""

import json
import math
import random
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

LAYOUTS = "minimal", "default", "indented", "crlf", "random"


@dataclass(frozen=True)
class Literal:
    """Text that is written as it is."""

    text: bytes


class Pairs(list[tuple[str, Any]]):
    """An object as a list of members: a key may be there twice."""


class Plain(random.Random):
    """Chance that always takes the plainest way: no BOM, no escapes, no white space at the end."""

    def random(self) -> float:
        return 0.99

    def choice(self, seq: Any) -> Any:
        return seq[0]


class Writer:
    """Serialises a document and remembers where the records of its top-level arrays are."""

    def __init__(self, chance: random.Random, layout: str) -> None:
        self.out = bytearray()
        self.spans: dict[str, list[tuple[int, int]]] = {}
        self.chance, self.layout = chance, layout
        self.comma, self.colon = {
            "default": (b", ", b": "),
            "indented": (b",", b": "),
            "crlf": (b",", b": "),
        }.get(layout, (b",", b":"))

    def document(self, value: Any) -> bytes:
        if self.chance.random() < 0.15:
            self.out += b"\xef\xbb\xbf"
        self.out += self.space()
        self.value(value, 0, ())
        self.out += self.space() + self.chance.choice([b"", b"\n", b"\r\n \t"])
        return bytes(self.out)

    def space(self) -> bytes:
        if self.layout != "random":
            return b""
        return self.chance.choice([b"", b"", b" ", b"\n", b"\r\n  ", b"\t", b"  \n\n"])

    def line(self, depth: int) -> bytes:
        return {"indented": b"\n" + b"  " * depth, "crlf": b"\r\n" + b"\t" * depth}.get(self.layout, b"")

    def text(self, value: str) -> bytes:
        def escaped(one: str) -> bool:
            code = ord(one)
            must = code < 32 or 0xD800 <= code < 0xE000 or one in '"\\'
            return must or (code < 65536 and self.chance.random() < 0.1)

        return "".join(f"\\u{ord(c):04x}" if escaped(c) else c for c in value).encode()

    def value(self, value: Any, depth: int, path: tuple[Any, ...]) -> None:
        if isinstance(value, Pairs):
            self.pairs(value, depth, path)
        elif isinstance(value, (list, tuple)):
            self.array(value, depth, path)
        elif isinstance(value, Literal):
            self.out += value.text
        elif isinstance(value, str):
            self.out += b'"' + self.text(value) + b'"'
        else:
            self.out += json.dumps(value).encode()

    def pairs(self, value: Pairs, depth: int, path: tuple[Any, ...]) -> None:
        self.out += b"{" + self.space()
        for i, (key, one) in enumerate(value):
            if i:
                self.out += self.space() + self.comma + self.space()
            self.out += self.line(depth + 1) + b'"' + self.text(key) + b'"'
            self.out += self.space() + self.colon + self.space()
            if depth == 0:
                self.spans[key] = []
            self.value(one, depth + 1, (*path, key))
        self.out += (self.line(depth) if value else b"") + self.space() + b"}"

    def array(self, value: Any, depth: int, path: tuple[Any, ...]) -> None:
        self.out += b"[" + self.space()
        for i, one in enumerate(value):
            if i:
                self.out += self.space() + self.comma + self.space()
            self.out += self.line(depth + 1)
            start = len(self.out)
            self.value(one, depth + 1, (*path, i))
            if depth == 1:
                self.spans[path[0]].append((start, len(self.out)))
        self.out += (self.line(depth) if value else b"") + self.space() + b"]"


def loads(text: bytes) -> Any:
    """What Python's json reads, BOM or not."""
    return json.loads(text.decode("utf-8-sig"))


def equal(a: Any, b: Any) -> bool:
    """Equal JSON values: nan is nan, 1 is 1.0 but not true, keys in the same order."""
    if isinstance(a, float) and isinstance(b, float) and math.isnan(a):
        return math.isnan(b)
    if type(a) in (int, float) and type(b) in (int, float):
        return bool(a == b)
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return list(a) == list(b) and all(equal(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(equal, a, b))
    return bool(a == b)


text = st.text(st.sampled_from('ab{}[],:"\\ \u00e9\u4e2d\U0001f600\n\ud83d\udc00/NaN'), max_size=6)
odd = st.sampled_from(
    [Literal(one) for one in (b"NaN", b"-Infinity", b"1e400", b"-0", b"1E+2", b"12345678901234567890123")]
    + [Literal(one) for one in (b"0.10", b"null", b"true", b'", NaN,"')]
)
number = st.one_of(
    st.integers(-5, 700), st.integers(0, 60000).map(lambda n: n / 100), st.integers(0, 600).map(float)
)
anything = st.recursive(
    st.one_of(number, text, odd, st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.lists(st.tuples(text, inner), max_size=3).map(Pairs)
    ),
    max_leaves=6,
)
identity = st.one_of(
    *[st.integers(0, 9)] * 6,
    st.sampled_from(
        ["7", "x", 3.0, Literal(b"99999999999999999999"), Literal(b"-9223372036854775808"), True, None]
    ),
)


@st.composite
def records(draw: Any, *members: tuple[str, Any]) -> Pairs:
    """A record with most of these members, some unknown ones, now and then a key twice, in any order."""
    found = [(key, draw(value)) for key, value in members if draw(st.integers(0, 19))]
    found += draw(st.lists(st.tuples(text, anything), max_size=2))
    if found and draw(st.integers(0, 9)) == 0:
        found.append((found[0][0], draw(anything)))
    return Pairs(draw(st.permutations(found)) if draw(st.booleans()) else found)


IMAGE = (("id", identity), ("width", number), ("height", number), ("file_name", text))
CATEGORY = (("id", identity), ("name", text))
ANNOTATION = (
    ("id", identity),
    ("image_id", identity),
    ("category_id", identity),
    ("bbox", st.one_of(*[st.lists(number, min_size=4, max_size=4)] * 4, anything)),
    ("area", st.one_of(number, odd)),
    ("iscrowd", st.integers(0, 1)),
    ("segmentation", st.one_of(st.lists(st.lists(number, max_size=6), max_size=2), anything)),
)


@st.composite
def documents(draw: Any) -> tuple[Pairs, str, int]:
    """(document, layout, seed): a COCO file of a few records, some of them no records at all."""

    def mostly(strategy: Any) -> Any:
        return st.one_of(*[strategy] * 15, anything)

    top = [
        ("images", draw(st.lists(mostly(records(*IMAGE)), max_size=4))),
        ("annotations", draw(st.lists(mostly(records(*ANNOTATION)), max_size=6))),
        ("categories", draw(st.lists(mostly(records(*CATEGORY)), max_size=3))),
    ]
    top += draw(st.lists(st.tuples(text, anything), max_size=2))
    top = list(draw(st.permutations(top)))
    if draw(st.integers(0, 7)) == 0:  # a member that a later one of the same key replaces
        top.insert(0, (draw(st.sampled_from(["annotations", "images", "info"])), draw(anything)))
    return Pairs(top), draw(st.sampled_from(LAYOUTS)), draw(st.integers(0, 9999))
