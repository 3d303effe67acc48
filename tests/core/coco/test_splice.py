"""Splicing: every pattern of deletions and additions, the frame of every layout, no damage to the target."""

import gzip
import hashlib
import itertools
import json
import os
from pathlib import Path
from typing import Any

import pytest

from builders.coco_text import Pairs, Plain, Writer, loads
from labelmend.coco.intake import Intake
from labelmend.coco.source import Source, lay_out
from labelmend.coco.splice import Damaged, Splice, splices, write
from labelmend.errors import Refused

BOX = [1, 2, 3, 4.5]


def source_of(text: bytes) -> Source:
    return lay_out(Intake("a.json", text, hashlib.sha256(text).hexdigest()))


def export(
    source: Source, out: Path, *, changed: Any = None, added: Any = None, chunk: int = 1 << 16
) -> bytes:
    data = source.data
    found = splices(
        source.spans,
        read=lambda a, b: data[a:b],
        changed={"annotations": changed or {}},
        added={"annotations": added or []},
    )
    chunks = [data[at : at + chunk] for at in range(0, len(data), chunk)]
    write(chunks, found, out, sha256=source.sha256, size=len(data))
    return gzip.decompress(out.read_bytes()) if out.suffix == ".gz" else out.read_bytes()


def written(ids: list[int], layout: str) -> bytes:
    records = [Pairs([("id", one), ("bbox", BOX)]) for one in ids]
    document = Pairs([("images", []), ("annotations", records), ("z", 1)])
    return Writer(Plain(1), layout).document(document)


def new_record(identity: int, layout: str) -> bytes:
    text = written([identity], layout)
    return source_of(text).record("annotations", 0)


@pytest.mark.parametrize("layout", ["minimal", "default", "indented", "crlf"])
def test_every_pattern_of_deletions_and_additions(layout: str, tmp_path: Path) -> None:
    for n in range(5):
        source = source_of(written(list(range(n)), layout))
        patterns = itertools.chain.from_iterable(itertools.combinations(range(n), k) for k in range(n + 1))
        for deleted, adds in itertools.product(patterns, range(3)):
            added = [100 + i for i in range(adds)]
            got = export(
                source,
                tmp_path / "out.json",
                changed=dict.fromkeys(deleted),
                added=[new_record(one, layout) for one in added],
                chunk=7,
            )
            wanted = [one for one in range(n) if one not in deleted] + added
            assert [record["id"] for record in loads(got)["annotations"]] == wanted
            if n > 1 and wanted:  # with two examples in the file it is what one writer would have written
                assert got == written(wanted, layout)
            elif n and not wanted:
                assert b'"annotations":[]' in got.replace(b" ", b"")


@pytest.mark.parametrize("layout", ["minimal", "default", "indented", "crlf"])
def test_an_empty_array_takes_the_frame_of_another(layout: str, tmp_path: Path) -> None:
    images = [Pairs([("id", one)]) for one in (1, 2)]
    records = [Pairs([("id", one), ("bbox", BOX)]) for one in (5, 6)]
    before, after = (
        Writer(Plain(1), layout).document(Pairs([("images", images), ("annotations", part)]))
        for part in ([], records)
    )
    got = export(source_of(before), tmp_path / "out.json", added=[new_record(one, layout) for one in (5, 6)])
    assert got == after


def test_an_empty_array_takes_the_frame_of_another_with_one_record(tmp_path: Path) -> None:
    text = b'{"images":[\n      {"id":1}\n ],"annotations":[]}'
    got = export(source_of(text), tmp_path / "out.json", added=[b'{"id":3}', b'{"id":4}'])
    assert got.endswith(b'"annotations":[\n      {"id":3},\n      {"id":4}\n ]}')


def test_uneven_gaps_stay_where_their_records_stay(tmp_path: Path) -> None:
    text = b'{"images":[],"annotations":[ {"id":0},{"id":1} ,\n{"id":2},  {"id":3} \t]}'
    source = source_of(text)
    for deleted, wanted in {
        (0,): b'[ {"id":1} ,\n{"id":2},  {"id":3} \t]',
        (1,): b'[ {"id":0},{"id":2},  {"id":3} \t]',
        (2,): b'[ {"id":0},{"id":1} ,\n{"id":3} \t]',
        (3,): b'[ {"id":0},{"id":1} ,\n{"id":2} \t]',
        (1, 2): b'[ {"id":0},{"id":3} \t]',
        (0, 1, 2): b'[ {"id":3} \t]',
        (2, 3): b'[ {"id":0},{"id":1} \t]',
        (0, 3): b'[ {"id":1} ,\n{"id":2} \t]',
        (0, 1, 2, 3): b"[]",
    }.items():
        got = export(source, tmp_path / "out.json", changed=dict.fromkeys(deleted))
        assert got == b'{"images":[],"annotations":' + wanted + b"}"


def test_an_added_record_takes_the_gap_between_the_last_two(tmp_path: Path) -> None:
    text = b'{"images":[],"annotations":[ {"id":0},{"id":1} ,\n{"id":2} \t]}'
    got = export(source_of(text), tmp_path / "out.json", changed={2: None}, added=[b'{"id":3}', b'{"id":4}'])
    assert got == b'{"images":[],"annotations":[ {"id":0},{"id":1} ,\n{"id":3} ,\n{"id":4} \t]}'


def test_a_change_beside_deletions(tmp_path: Path) -> None:
    source = source_of(written([0, 1, 2, 3], "default"))
    got = export(
        source, tmp_path / "out.json", changed={0: None, 1: b'{"id": 11}', 2: None, 3: None}, chunk=5
    )
    assert loads(got)["annotations"] == [{"id": 11}]
    assert source.spans["images"].open  # the other arrays are there and untouched
    assert got.endswith(b'}], "z": 1}')


def test_splices_that_span_chunks(tmp_path: Path) -> None:
    source = source_of(written(list(range(6)), "default"))
    long = json.dumps({"id": 9, "x": "y" * 300}).encode()
    wanted = export(source, tmp_path / "whole.json", changed={1: None, 2: None, 4: long}, added=[long])
    for chunk in range(1, 120):
        got = export(
            source, tmp_path / "out.json", changed={1: None, 2: None, 4: long}, added=[long], chunk=chunk
        )
        assert got == wanted


def test_a_packed_target_holds_the_same_text(tmp_path: Path) -> None:
    source = source_of(written([0, 1], "default"))
    assert export(source, tmp_path / "out.json.gz") == source.data
    first = (tmp_path / "out.json.gz").read_bytes()
    assert export(source, tmp_path / "other.json.gz") == source.data
    assert (tmp_path / "other.json.gz").read_bytes() == first  # no name and no time in it


def test_damage_is_seen_and_the_target_left_alone(tmp_path: Path) -> None:
    source = source_of(written([0, 1], "default"))
    target = tmp_path / "out.json"
    target.write_bytes(b"before")
    size = len(source.data)

    def attempt(chunks: list[bytes], found: list[Splice]) -> None:
        with pytest.raises(Damaged):
            write(chunks, found, target, sha256=source.sha256, size=size)
        assert [path.name for path in tmp_path.iterdir()] == ["out.json"]
        assert target.read_bytes() == b"before"

    attempt([source.data.replace(b"1", b"7")], [])
    attempt([source.data[:-1]], [])
    attempt([source.data, b" "], [])
    attempt([], [])
    attempt([source.data], [Splice(size, size, b"x")])
    attempt([source.data], [Splice(size + 5, size + 6, b"x")])
    attempt([source.data], [Splice(3, 6, b"x"), Splice(5, 8, b"x")])
    attempt([source.data[:4], source.data[4:]], [Splice(3, 6, b"x"), Splice(5, 8, b"x")])
    attempt([source.data], [Splice(6, 3, b"x")])


def test_a_target_is_replaced_whole_and_through_a_link(tmp_path: Path) -> None:
    source = source_of(written([0, 1], "default"))
    target, link = tmp_path / "real.json", tmp_path / "link.json"
    target.write_bytes(b"before")
    try:
        link.symlink_to(target)
    except OSError:
        pytest.skip("no symbolic links here")
    assert export(source, link) == source.data
    assert link.is_symlink()
    assert target.read_bytes() == source.data


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    source = source_of(written([0], "default"))
    with pytest.raises(Refused, match="cannot be written"):
        export(source, tmp_path / "nowhere" / "out.json")
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(Refused, match="cannot be written"):
        export(source, tmp_path / "folder.json")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.json"]


def test_a_full_disk_leaves_the_target_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = source_of(written([0], "default"))
    target = tmp_path / "out.json"
    target.write_bytes(b"before")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="No space left"):
        export(source, target)
    assert target.read_bytes() == b"before"
    assert len(list(tmp_path.iterdir())) == 1
