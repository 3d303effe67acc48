"""Any layout, any edits: what was not touched keeps its bytes, what was touched says what it should."""

import hashlib
import json
import random
import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import coco_text
from builders.coco_text import Writer, documents, equal, loads
from labelmend.coco.columns import NO_SHAPE, read_dataset
from labelmend.coco.identity import ODD
from labelmend.coco.intake import Intake
from labelmend.coco.record import compose, patch
from labelmend.coco.source import Source, lay_out
from labelmend.coco.splice import splices, write
from labelmend.coco.style import styles
from labelmend.coco.syntax import members
from labelmend.errors import BadFile

ARRAYS = "images", "annotations", "categories"
MANY = settings(max_examples=150, suppress_health_check=list(HealthCheck))


def intake(text: bytes) -> Intake:
    return Intake("a.json", text, hashlib.sha256(text).hexdigest())


def exported(source: Source, changed: Any, added: Any, *, chunk: int = 61) -> bytes:
    """The export, from chunks so small that records and splices span them."""
    data = source.data
    found = splices(source.spans, read=lambda a, b: data[a:b], changed=changed, added=added)
    chunks = [data[at : at + chunk] for at in range(0, len(data), chunk)]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        sha256, size = write(chunks, found, out, sha256=source.sha256, size=len(data))
        text = out.read_bytes()
    assert (sha256, size) == (hashlib.sha256(text).hexdigest(), len(text))
    return text


def expected_id(value: Any) -> Any:
    if type(value) is float and value.is_integer():
        value = int(value)
    return value


def id_key(value: Any) -> Any:
    value = expected_id(value)
    return (type(value).__name__ if type(value) is not float else "int", json.dumps(value))


@MANY
@given(documents())
def test_spans_columns_and_an_export_without_edits(drawn: Any) -> None:
    document, layout, seed = drawn
    writer = Writer(random.Random(seed), layout)
    text = writer.document(document)
    told = loads(text)
    try:
        source = lay_out(intake(text))
    except BadFile:
        # allowed only for half a surrogate pair beside another, which the strict copy does not see
        assert b"\\ud" in text.lower()
        return
    for array, spans in source.spans.items():
        assert list(zip(spans.start.tolist(), spans.end.tolist(), strict=True)) == writer.spans[array]
        assert text[spans.open : spans.open + 1] == b"["
        assert text[spans.close : spans.close + 1] == b"]"
        for row, record in enumerate(told[array]):
            assert equal(json.loads(source.record(array, row).decode()), record)
    check_columns(source, told)
    assert exported(source, {}, {}, chunk=(7, 61, 1 << 16)[seed % 3]) == text


def joined(rows: dict[Any, int], identity: Any) -> int:
    """The row of an id, written as it is or else as a text in the place of a number, or the reverse."""
    if id_key(identity) in rows or identity is None:
        return rows.get(id_key(identity), -1)
    if type(identity) is str and re.fullmatch("0|-?[1-9][0-9]*", identity):
        return rows.get(id_key(int(identity)), -1)
    return (
        rows.get(id_key(str(int(identity))), -1)
        if type(identity) in (int, float) and identity % 1 == 0
        else -1
    )


def in_number(value: Any) -> float:
    """A finite number, or the text of one; else nan."""
    if type(value) in (int, float) and abs(value) < 1e300:
        return float(value)
    plain = type(value) is str and re.fullmatch(r"\s*[-+]?[0-9]+(\.[0-9]*)?\s*", value)
    return float(value) if plain else np.nan


def check_columns(source: Source, told: Any) -> None:
    dataset = read_dataset(source)
    annotations = dataset.annotations
    rows_of: dict[str, dict[Any, int]] = {}
    for array in ("images", "categories"):
        rows_of[array] = {
            id_key(record["id"]): row
            for row, record in enumerate(told[array])
            if isinstance(record, dict) and record.get("id") is not None
        }
    for row, record in enumerate(told["annotations"]):
        record = record if isinstance(record, dict) else {}
        own = annotations.odd_ids[row] if annotations.id[row] == ODD else int(annotations.id[row])
        assert id_key(own) == id_key(record.get("id"))
        assert annotations.image[row] == joined(rows_of["images"], record.get("image_id"))
        if told["categories"]:  # else classes are called by the ids that annotations have
            assert annotations.category[row] == joined(rows_of["categories"], record.get("category_id"))
        box = record.get("bbox")
        numbers = [in_number(one) for one in box] if isinstance(box, list) and len(box) == 4 else [np.nan]
        if np.isfinite(numbers).all():
            assert annotations.bbox[row].tolist() == numbers
        elif annotations.shape[row] == NO_SHAPE:
            assert np.isnan(annotations.bbox[row]).all()
            assert any(f.row == row and f.code in ("bad-box", "not-an-object") for f in dataset.faults)
    for fault in dataset.faults:
        fault.sentence.encode()


def draw_edit(data: Any, told: Any, state: dict[str, Any]) -> None:
    """One random change, deletion or addition, on the records and on what they should say."""
    array = data.draw(st.sampled_from(["annotations", "annotations", "images", "categories"]))
    new, added, style = state["changed"][array], state["added"][array], state["styles"][array]
    alive = [row for row in range(len(told[array])) if new.get(row, b"") is not None]
    kind = data.draw(st.sampled_from(["set", "delete", "add"]))

    def value(key: str) -> float:
        whole = style.get(key) is not None and style[key].decimals < 1
        half = 0 if whole or not data.draw(st.booleans()) else 0.5
        return data.draw(st.integers(0, 900)) + half

    # two halves of a surrogate pair side by side are one character once they were written
    values: dict[str, Any] = {"name": json.loads(json.dumps(data.draw(coco_text.text)))}
    if array == "annotations":
        values = {"bbox": [value("bbox") for _ in range(4)], "category_id": data.draw(st.integers(0, 90))}
    if kind == "add":
        values = {"id": 1000 + len(added), **values}
        added.append((compose(values, template=state["template"](array), style=style), values))
    elif alive:
        row = data.draw(st.sampled_from(alive))
        record = new.get(row) or state["source"].record(array, row)
        if kind == "delete":
            new[row] = None
        elif isinstance(told[array][row], dict):
            new[row] = patch(record, values, style=style)
            told[array][row].update(values)
            state["keys"].setdefault((array, row), set()).update(values)
        else:
            with pytest.raises(BadFile):
                patch(record, values, style=style)


@MANY
@given(documents(), st.data())
def test_edits(drawn: Any, data: Any) -> None:
    document, layout, seed = drawn
    writer = Writer(random.Random(seed), layout)
    text = writer.document(document)
    told = loads(text)
    try:
        source = lay_out(intake(text))
    except BadFile:
        return
    every = {array: [source.record(array, row) for row in range(len(told[array]))] for array in ARRAYS}
    state: dict[str, Any] = {
        "source": source,
        "changed": {array: {} for array in ARRAYS},
        "added": {array: [] for array in ARRAYS},
        "styles": {array: styles(every[array]) for array in ARRAYS},
        "template": lambda array: every[array][-1] if every[array] else None,
        "keys": {},
    }
    for _ in range(data.draw(st.integers(1, 8))):
        draw_edit(data, told, state)
    added = {array: [record for record, _ in new] for array, new in state["added"].items()}
    got = exported(source, state["changed"], added, chunk=(7, 61, 1 << 16)[seed % 3])
    check_edited(text, writer.spans, got, told, state)


def check_edited(text: bytes, old_spans: Any, got: bytes, told: Any, state: dict[str, Any]) -> None:
    values, new_source = loads(got), lay_out(intake(got))
    old_place = new_place = 0
    for array in sorted(new_source.spans, key=lambda name: new_source.spans[name].open):
        changed, extra = state["changed"][array], [one for _, one in state["added"][array]]
        alive = [row for row in range(len(told[array])) if changed.get(row, b"") is not None]
        spans, old = new_source.spans[array], state["source"].spans[array]
        places = list(zip(spans.start.tolist(), spans.end.tolist(), strict=True))
        assert len(places) == len(alive) + len(extra)
        for i, row in enumerate(alive):
            assert equal(values[array][i], told[array][row])
            before, after = text[slice(*old_spans[array][row])], got[slice(*places[i])]
            if row not in changed:
                assert after == before
            else:
                check_members(before, after, state["keys"][array, row])
            if i and alive[i - 1] == row - 1:  # the gap between neighbours is kept
                assert (
                    got[places[i - 1][1] : places[i][0]]
                    == text[old_spans[array][row - 1][1] : old_spans[array][row][0]]
                )
        for record, wanted in zip(values[array][len(alive) :], extra, strict=True):
            assert {key: record[key] for key in wanted} == wanted
            assert len(record) == len(wanted)
        assert got[new_place : spans.open + 1] == text[old_place : old.open + 1]
        new_place, old_place = spans.close, old.close
    assert got[new_place:] == text[old_place:]


def check_members(before: bytes, after: bytes, touched: set[str]) -> None:
    """Inside a touched record every other member keeps its bytes and its place."""
    for old, new in zip(members(before), members(after), strict=False):
        assert old.key == new.key
        if old.key not in touched:
            assert before[old.start : old.end] == after[new.start : new.end]


@MANY
@given(documents(), st.data())
def test_what_is_accepted_is_json(drawn: Any, data: Any) -> None:
    document, layout, seed = drawn
    text = bytearray(Writer(random.Random(seed), layout).document(document))
    for _ in range(data.draw(st.integers(1, 3))):
        at, how = data.draw(st.integers(0, len(text) - 1)), data.draw(st.integers(0, 2))
        byte = data.draw(st.sampled_from(b'{}[]",:\\ 0-.eN\xff\x00\n'))
        if how == 0:
            text[at] = byte
        elif how == 1:
            del text[at]
        else:
            text.insert(at, byte)
        if not text:
            return
    try:
        source = lay_out(checked(bytes(text)))
    except BadFile:
        return
    told = loads(bytes(text))
    for array in source.spans:
        assert len(source.spans[array]) == len(told[array])
        for row, record in enumerate(told[array]):
            assert equal(json.loads(source.record(array, row).decode()), record)
    read_dataset(source)


def checked(text: bytes) -> Intake:
    """As take_in does it: text that is not UTF-8 is refused."""
    try:
        text.decode()
    except UnicodeDecodeError:
        raise BadFile("not UTF-8") from None
    return intake(text)
