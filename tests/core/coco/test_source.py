"""Reading the bytes of COCO files: every place exact, every bad file refused with a sentence."""

import gzip
import itertools
import json
import time
from pathlib import Path
from typing import Any

import pytest

from labelmend.coco import intake as intake_module
from labelmend.coco import spans as spans_module
from labelmend.coco.columns import read_dataset
from labelmend.coco.source import Source, read_source
from labelmend.errors import BadFile, Cancelled

SMALL = {
    "info": {"x": [1, "é"]},
    "images": [{"id": 1, "file_name": 'a\\"b'}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2.5, 3, 4]}, {"id": 2}],
    "categories": [],
}


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def reader(text: bytes, name: str = "a.json") -> Source:
        path = tmp_path / name
        path.write_bytes(text)
        return read_source(path)

    return reader


def records(source: Source, array: str = "annotations") -> list[bytes]:
    return [source.record(array, row) for row in range(len(source.spans[array]))]


@pytest.mark.parametrize(
    "name", ["a.json.gz", "a.json"]
)  # packed is what begins as gzip does, however it is named
def test_a_gzipped_file_is_read_as_what_it_holds(read: Any, name: str) -> None:
    text = json.dumps(SMALL).encode()
    source = read(gzip.compress(text), name)
    assert source.data == text
    assert source.name == name


def test_bom_crlf_and_white_space(read: Any) -> None:
    text = b"\xef\xbb\xbf" + json.dumps(SMALL, indent=1).replace("\n", "\r\n").encode() + b"\r\n \t"
    source = read(text)
    assert [json.loads(one) for one in records(source)] == SMALL["annotations"]
    assert len(read_dataset(source).images) == 1


@pytest.mark.parametrize(
    "array", [b'[{"a":1},{"b":22},  {"c":3}]', b"[{} , {},{}]", b'[ {"a":1} ,{},{}]', b"[\n{},\n{},\n\n{}\n]"]
)
def test_uneven_gaps(read: Any, array: bytes) -> None:
    source = read(b'{"images":[],"annotations":%s}' % array)
    told = [json.dumps(one, separators=(",", ":")).encode() for one in json.loads(array)]
    assert records(source) == told


def test_slices_are_cut_between_records_only(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records with lists of objects, and strings that look like the space between two records."""
    plain = {"id": 1, "s": '},{"', "bbox": [1, 2, 3, 4]}
    deep = {"id": 2, "points": [{"x": [{"y": 1}, {"y": 2}]}, {"x": 1}, {}, {}], "z": {"q": [{}, {}]}}
    told = [plain, deep, {}, {"t": "}},,{{"}, *[plain, deep] * 9]
    for size, layout in itertools.product((1, 7, 20, 64, 200), ((",", ":"), (", ", ": "))):
        monkeypatch.setattr(spans_module, "SLICE", size)
        monkeypatch.setattr(spans_module, "REACH", 2 * size)
        text = json.dumps({"images": [], "annotations": told}, separators=layout).encode()
        assert [json.loads(one) for one in records(read(text))] == told


def test_bare_values_are_refused_before_they_fill_the_memory(read: Any) -> None:
    started = time.monotonic()
    with pytest.raises(BadFile, match="no record"):
        read(b'{"images":[],"annotations":[' + b"0," * 20_000_000 + b"0]}")
    with pytest.raises(BadFile, match="no record"):
        read(b'{"images":[],"annotations":[{},' + b"0," * 20_000_000 + b"0]}")
    assert time.monotonic() - started < 30


def test_a_record_of_endless_length_is_refused(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans_module, "SLICE", 100)
    monkeypatch.setattr(spans_module, "REACH", 200)
    monkeypatch.setattr(spans_module, "LONGEST", 1000)
    long = b'{"images":[],"annotations":[{"a":"%s"},{}]}'
    assert len(records(read(long % (b"x" * 900)))) == 2
    with pytest.raises(BadFile, match="longer than"):
        read(long % (b"x" * 2000))


@pytest.mark.parametrize("layout", [{}, {"indent": 1}, {"separators": (",", ":"), "ensure_ascii": False}])
def test_a_file_cut_anywhere_is_refused(read: Any, layout: Any) -> None:
    text = json.dumps({**SMALL, "x": float("nan")}, **layout).encode()
    read(text)
    for end in range(len(text)):
        with pytest.raises(BadFile, match=r"^a\.json "):
            read(text[:end])


def test_a_gzipped_file_cut_anywhere_is_refused(read: Any) -> None:
    packed = gzip.compress(json.dumps(SMALL).encode())
    for end in range(len(packed)):
        with pytest.raises(BadFile, match=r"^a\.json\.gz "):
            read(packed[:end], "a.json.gz")


REFUSED = {
    "not JSON": (b"id,name\n1,a\n", "not valid JSON.*line 1, column 1 "),
    "a comma too many": (b'{"images":[],\n "annotations":[{"a":1},]}', "line 2, column 2[345]"),
    "brackets": (b"[" * 50_000_000, "nested too deep"),
    "deep annotations": (b'{"images":[],"annotations":' + b"[" * 50_000_000, "nested too deep"),
    "deep, closed": (
        b'{"images":[],"annotations":[' + b"[" * 99999 + b"]" * 99999 + b"]}",
        "nested too deep",
    ),
    "open string": (b'{"images":[],"annotations":"' + b"x" * 9_000_000, "breaks off at its end"),
    "latin-1": (b'{"images":[],"annotations":[{"a":"\xe9"}]}', "not UTF-8"),
    "utf-16": (json.dumps(SMALL).encode("utf-16"), "UTF-16"),
    "zip": (b"PK\x03\x04\x14\xff\xfe", "is a ZIP archive; unpack it"),
    "a pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "`git lfs pull`"),
    "a page": (b"\xef\xbb\xbf<!doctype html>", "XML or a web page, not JSON"),
    "a record a line": (b'{"images": []}\r\n\n {"images": []}\n', "one record a line .line 3 begins another"),
    "empty": (b"", "is empty"),
    "BOM only": (b"\xef\xbb\xbf", "is empty"),
    "a list": (b"[]", "bare list"),
    "detections": (b'[{"image_id":1,"score":0.5}]', "detections file"),
    "a number": (b"17", "bare value"),
    "no annotations": (b'{"images":[]}', "no “annotations”"),
    "no images": (b'{"annotations":[],"other":1}', r"no “images”.*annotations, other"),
    "object for array": (b'{"images":[],"annotations":{}}', "“annotations” is not a list"),
    "null for array": (b'{"images":null,"annotations":[]}', "“images” is not a list"),
    "two documents": (b'{"images":[],"annotations":[]}{}', "not valid JSON"),
    "1e-Infinity": (b'{"images":[],"annotations":[{"a":1e-Infinity}]}', "not valid JSON"),
    "-NaN": (b'{"images":[],"annotations":[-NaN]}', "not valid JSON"),
    "NaN in a word": (b'{"images":[],"annotations":[xNaN]}', "not valid JSON"),
    "nul": (b'{"images":[],"annotations":[]}\0', "not valid JSON"),
    "surrogate bytes": (b'{"images":[],"annotations":["\xed\xa0\x80"]}', "not UTF-8"),
    "cut UTF-8": (b'{"images":[],"annotations":["\xe4', "not UTF-8"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_sentence(read: Any, name: str) -> None:
    text, told = REFUSED[name]
    started = time.monotonic()
    with pytest.raises(BadFile, match=told) as caught:
        read(text)
    sentence = str(caught.value)
    assert sentence.startswith("a.json")
    assert sentence.endswith(".")
    assert len(sentence) < 300
    assert time.monotonic() - started < 10


def test_a_character_that_pieces_cut_is_whole_or_refused(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    text = json.dumps({**SMALL, "x": "\u4f60" * 9}, ensure_ascii=False).encode()
    for piece in range(1, 9):
        monkeypatch.setattr(intake_module, "PIECE", piece)
        assert read(text).data == text
    start = text.index(b"\xe4")
    monkeypatch.setattr(intake_module, "PIECE", start + 1)
    broken = text[: start + 1] + b"a" * (start + 1) + text[start + 1 :]
    with pytest.raises(BadFile, match="not UTF-8"):
        read(broken)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path, told in ((tmp_path / "nowhere.json", "cannot be read"), (tmp_path, "is a folder: choose")):
        with pytest.raises(BadFile, match=told):
            read_source(path)


def test_a_gzip_bomb_is_refused(read: Any) -> None:
    with pytest.raises(BadFile, match="unpacks to more than"):
        read(gzip.compress(b" " * (80 << 20), 9), "a.json.gz")


def test_of_a_key_that_is_there_twice_the_last_counts(read: Any) -> None:
    source = read(
        b'{"annotations":[{"a":[1,"]"]}, 3],"images":[],"annotations":[{"id":1}],"annotations" : [ ]}'
    )
    assert records(source) == []
    assert [fault.code for fault in source.faults] == ["duplicate-key", "duplicate-key"]


def test_cancel_stops_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(SMALL))

    def cancel(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        read_source(path, progress=cancel)


def test_progress_ends_at_its_total(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(SMALL))
    told: list[tuple[int, int]] = []
    read_source(path, progress=lambda done, total: told.append((done, total)))
    assert all(0 <= done <= total for done, total in told)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
