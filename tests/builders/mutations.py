"""Damaged COCO files: a sound document changed in its structure or in its bytes, always alike for a seed."""

import gzip
import json
import random
from collections.abc import Iterator
from typing import Any

from builders.coco_text import Literal, Pairs, Plain, Writer

ODD_VALUES = (
    *(Literal(text) for text in (b"NaN", b"Infinity", b"-Infinity", b"1e400", b"1e308", b"-0", b"0.0")),
    *(Literal(text) for text in (b"12345678901234567890123", b"-9223372036854775808", b"1E+2", b"null")),
    *(Literal(text) for text in (b"true", b'"\\ud800"', b'""', b'"7"', b"[]", b"{}", b"[[]]", b"[null]")),
    *(Literal(text) for text in (b"-1", b"0", b"1e-320", b"[[1,2,3]]", b'{"counts":"x","size":[1,1]}')),
    Literal(b'{"counts":[5,-3,1e9],"size":[240,320]}'),
    Literal(b"[[0,0,9,0,9,9],[NaN,1,2,3,4,5]]"),
    Literal(b"[" * 60 + b"]" * 60),
)
NEW_NAMES = (
    "id",
    "bbox",
    "image_id",
    "category_id",
    "segmentation",
    "iscrowd",
    "width",
    "score",
    "",
    "\u00e9",
)

Node = tuple[Any, int]
"""A place in a document: the list (or Pairs) that holds it and the index there."""


def document() -> Pairs:
    """A small sound document with boxes, polygons, both kinds of masks and a crowd."""
    polygon = [[20.0, 20.0, 60.0, 20.0, 60.0, 70.5, 20.0, 70.0]]
    mask = {"counts": [240 * 30 + 10, 40, 200, 40, 240 * 290 - 90 - 200], "size": [240, 320]}
    outlines: list[Any] = [None, polygon, polygon * 2, mask, {"counts": "PZ16:0O00O", "size": [240, 320]}, []]
    labels = [
        {
            "id": 10 + number,
            "image_id": 1 + number % 3,
            "category_id": 1 + number % 2,
            "bbox": [20.0 + number, 20.0, 40.0, 50.5],
            "area": 2020.0,
            "iscrowd": int(number == 3),
            **({} if outline is None else {"segmentation": outline}),
        }
        for number, outline in enumerate(outlines * 2)
    ]
    images = [{"id": n, "file_name": f"{n:03}.png", "width": 320, "height": 240} for n in (1, 2, 3)]
    classes = [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog", "supercategory": "pet"}]
    return _pairs({"info": {}, "images": images, "categories": classes, "annotations": labels})


def mutated(seed: int) -> bytes:
    """One damaged file: its seed says how it is damaged and how it is laid out; some are gzipped."""
    chance = random.Random(seed)
    damaged = document()
    for _ in range(chance.choice((1, 1, 2, 3))):
        _change_structure(damaged, chance)
    writer = Writer(chance, chance.choice(("default", "indented", "crlf"))) if chance.random() < 0.5 else None
    text = (writer or Writer(Plain(), "minimal")).document(damaged)
    if chance.random() < 0.4:
        text = _change_bytes(text, chance)
    if chance.random() < 0.1:
        text = gzip.compress(text, mtime=0)
        if chance.random() < 0.5:
            text = _change_bytes(text, chance)
    return text


def _pairs(value: Any) -> Any:
    """A JSON value with its objects as Pairs, which can hold a key twice."""
    if isinstance(value, dict):
        return Pairs((key, _pairs(inner)) for key, inner in value.items())
    return [_pairs(inner) for inner in value] if isinstance(value, list) else value


def _places(value: Any) -> Iterator[Node]:
    """Every member of an object and every entry of a list, at any depth."""
    if isinstance(value, Pairs):
        for index, (_, inner) in enumerate(value):
            yield value, index
            yield from _places(inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield value, index
            yield from _places(inner)


def _change_structure(damaged: Pairs, chance: random.Random) -> None:
    """Put an odd value at a place, or drop, double, rename or move what is there."""
    places = list(_places(damaged))
    if not places:
        return
    holder, index = chance.choice(places)
    action = chance.choice(("odd", "odd", "odd", "drop", "double", "rename", "swap"))
    entry = holder[index]
    if action == "odd":
        value = chance.choice(ODD_VALUES)
        holder[index] = (entry[0], value) if isinstance(holder, Pairs) else value
    elif action == "drop":
        del holder[index]
    elif action == "double":
        holder.insert(chance.randrange(len(holder) + 1), entry)
    elif action == "rename" and isinstance(holder, Pairs):
        holder[index] = (chance.choice(NEW_NAMES), entry[1])
    else:
        other = chance.randrange(len(holder))
        holder[index], holder[other] = holder[other], holder[index]


def _change_bytes(text: bytes, chance: random.Random) -> bytes:
    """Cut, double, flip or insert bytes."""
    if not text:
        return text
    start = chance.randrange(len(text))
    end = min(start + chance.choice((1, 1, 4, 60)), len(text))
    action = chance.choice(("cut", "cut rest", "double", "flip", "insert"))
    if action == "cut":
        return text[:start] + text[end:]
    if action == "cut rest":
        return text[:start]
    if action == "double":
        return text[:end] + text[start:]
    if action == "flip":
        return text[:start] + bytes([text[start] ^ (1 << chance.randrange(8))]) + text[start + 1 :]
    return text[:start] + json.dumps(chance.choice(NEW_NAMES)).encode() + text[start:]
