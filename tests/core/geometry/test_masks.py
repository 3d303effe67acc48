"""Masks agree with pycocotools, and nothing that claims to be enormous is believed."""

import pickle
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from labelmend.errors import BadFile
from labelmend.geometry import masks
from labelmend.geometry.masks import Rles


def encoded(pixels: Any) -> bytes:
    return bytes(coco_mask.encode(np.asfortranarray(pixels, np.uint8))["counts"])


def random_masks(n: int, *, height: int = 13, width: int = 17, seed: int = 0) -> list[Any]:
    chance = np.random.default_rng(seed)
    return [chance.random((height, width)) < share for share in chance.random(n)]


def test_rles_give_back_what_they_were_made_of() -> None:
    counts = [b"abc", b"", b"de", b"f"]
    rles = Rles.of(counts)
    assert [rles[i] for i in range(len(rles))] == counts
    assert rles[-1] == b"f"
    taken = rles.take([3, 1, 0, 0])
    assert [taken[i] for i in range(len(taken))] == [b"f", b"", b"abc", b"abc"]
    chosen = rles.take(np.array([True, False, True, False]))
    assert [chosen[i] for i in range(len(chosen))] == [b"abc", b"de"]
    again = pickle.loads(pickle.dumps(rles))
    assert [again[i] for i in range(4)] == counts
    assert len(Rles.of([])) == len(Rles.of([]).take([])) == 0
    with pytest.raises(IndexError):
        rles[4]


def test_unpacking_many_at_once_is_what_pixels_say() -> None:
    pixels = random_masks(60)
    pixels += [np.zeros((13, 17)), np.ones((13, 17))]
    rles = Rles.of([encoded(one) for one in pixels])
    found, offsets, sound = masks.unpack(rles)
    assert sound.all()
    for i, one in enumerate(pixels):
        flat = np.asarray(one, bool).ravel(order="F")
        edges = np.flatnonzero(np.diff(np.concatenate([[False], flat, [not flat[-1]]]).astype(np.int8)))
        runs = np.diff(np.concatenate([[0], edges]))
        assert found[offsets[i] : offsets[i + 1]].tolist() == runs.tolist()


def test_areas_of_many_at_once_are_what_pixels_say() -> None:
    pixels = random_masks(300)
    rles = Rles.of([*(encoded(one) for one in pixels), b""])
    every = rles.counts(np.arange(301))
    assert every == [rles[i] for i in range(301)]
    assert rles.counts(np.array([7, 300, 3])) == [rles[7], b"", rles[3]]
    assert masks.areas(every).tolist() == [*(float(np.count_nonzero(one)) for one in pixels), 0.0]
    assert masks.areas([]).tolist() == []


@settings(max_examples=200)
@given(st.lists(st.integers(0, 1 << 20), min_size=1, max_size=12))
def test_pack_and_unpack(lengths: list[int]) -> None:
    height, width = sum(lengths) + 1, 1
    told = [*lengths, 1]
    packed = masks.pack(told, height=height, width=width)
    got = masks.runs({"size": [height, width], "counts": packed.decode()}, height=height, width=width)
    assert got.tolist() == told


@settings(max_examples=300)
@given(st.lists(st.binary(max_size=12), max_size=5))
def test_any_bytes_are_unpacked_or_refused(texts: list[bytes]) -> None:
    found, offsets, sound = masks.unpack(Rles.of(texts))
    assert len(offsets) == len(texts) + 1
    assert len(sound) == len(texts)
    alone = [masks.unpack(Rles.of([text])) for text in texts]
    for i, (own, _, good) in enumerate(alone):  # a broken neighbour changes nothing
        assert sound[i] == good[0]
        if good[0]:
            assert found[offsets[i] : offsets[i + 1]].tolist() == own.tolist()


def test_counts_of_every_form_agree() -> None:
    pixels = np.zeros((10, 20), np.uint8)
    pixels[2:7, 3:9] = 1
    packed = encoded(pixels)
    runs = masks.runs({"size": [10, 20], "counts": packed.decode()}, height=10, width=20)
    for form in (
        {"size": [10, 20], "counts": packed.decode()},
        {"size": [10, 20], "counts": packed},
        {"size": (10, 20), "counts": runs.tolist()},
        {"size": [10, 20], "counts": [float(one) for one in runs]},
        [[3, 2, 9, 2, 9, 7, 3, 7]],
        [3, 2, 9, 2, 9, 7, 3, 7],
        [[3, 2, 6, 2, 6, 7, 3, 7], [6, 2, 9, 2, 9, 7, 6, 7]],
    ):
        assert masks.counts(form, height=10, width=20) == packed
    assert masks.area(packed, height=10, width=20) == 30
    assert masks.bounds(packed, height=10, width=20).tolist() == [3, 2, 6, 5]
    assert (masks.decode(packed, height=10, width=20) == pixels).all()


def test_iou_and_crowds() -> None:
    a, b = np.zeros((10, 20)), np.zeros((10, 20))
    a[0:4, 0:4] = 1
    b[0:4, 2:10] = 1
    first, second = [encoded(a)], [encoded(b), encoded(b)]
    found = masks.iou(first, second, height=10, width=20, crowd=[False, True])
    assert found.tolist() == [[8 / 40, 8 / 16]]
    assert masks.iou([], second, height=10, width=20, crowd=[False, True]).shape == (0, 2)
    assert masks.iou(first, [], height=10, width=20, crowd=[]).shape == (1, 0)


BAD: list[Any] = [
    {"size": [10**9, 10**9], "counts": [10**18]},
    {"size": [2, 3], "counts": [10**18]},
    {"size": [2, 3], "counts": [10**30]},
    {"size": [2, 3], "counts": "~~"},
    {"size": [2, 3], "counts": "P"},
    {"size": [2, 3], "counts": "Pé"},
    {"size": [2, 3], "counts": "oooooooooooooo3"},
    {"size": [2, 3], "counts": [-1, 7]},
    {"size": [2, 3], "counts": [1, 2.5, 2.5]},
    {"size": [2, 3], "counts": [True, 5]},
    {"size": [2, 3], "counts": ""},
    {"size": [2, 3], "counts": None},
    {"size": [2, 3], "counts": [1, 2]},
    {"size": [3, 2], "counts": [6]},
    {"size": "23", "counts": [6]},
    {"counts": [6]},
    {},
    [],
    None,
    7,
    "x",
    [[1, 2, 3, 4]],
    [[1, 2, 3, 4, 5, 6, 7]],
    [[1, 2, 3, 4, 5, "6"]],
    [[1, 2, 3, 4, 5, None]],
    [[1, 2, 3, 4, 5, float("nan")]],
    [[0, 0, 1e300, 0, 0, 1]],
    [[0, 0, 1e6, 0, 0, 1]],
    [{}],
    [[10**400, 2, 3, 4, 5, 6]],
]


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_what_is_no_mask_is_refused(bad: Any) -> None:
    started = time.monotonic()
    with pytest.raises(BadFile, match=r"^its "):
        masks.counts(bad, height=2, width=3)
    assert time.monotonic() - started < 1


def test_an_enormous_picture_is_refused_before_anything_is_allocated() -> None:
    for form in ({"size": [10**9, 10**9], "counts": [10**18]}, [[0, 0, 1, 0, 1, 1]]):
        with pytest.raises(BadFile):
            masks.counts(form, height=10**9, width=10**9)
    packed = masks.pack([30000 * 30000], height=30000, width=30000)
    with pytest.raises(BadFile, match="too large to be shown"):
        masks.decode(packed, height=30000, width=30000)


def test_an_outline_of_endless_length_is_refused() -> None:
    zigzag = [[0, 0, 1000, 1000] * 20_000]
    with pytest.raises(BadFile, match="outside"):
        masks.counts(zigzag, height=1000, width=1000)


@settings(max_examples=80)
@given(st.integers(0, 10_000), st.tuples(*[st.floats(-4, 16)] * 4))
def test_whether_a_mask_has_a_pixel_in_a_place_is_read_from_its_runs(seed, ends):
    pixels = (np.random.default_rng(seed).random((9, 11)) < 0.15).astype(np.uint8)
    mask = masks.counts(coco_mask.encode(np.asfortranarray(pixels)), height=9, width=11)
    left, right = sorted(ends[:2])
    top, bottom = sorted(ends[2:])
    y, x = np.nonzero(pixels)
    near = (x + 1 > left) & (x <= right) & (y + 1 > top) & (y <= bottom)
    assert masks.covers(mask, (left, top, right, bottom), height=9, width=11) == bool(near.any())


@pytest.mark.parametrize("by", [(2, 0), (0, -1), (-40, 3), (5, 5), (0, 0)])
def test_a_moved_mask_is_its_pixels_elsewhere_within_the_picture(by: tuple[int, int]) -> None:
    inside = np.zeros((13, 17), bool)
    inside[3:9, 4:11] = random_masks(1, height=6, width=7, seed=3)[0]
    x, y, w, h = masks.bounds(encoded(inside), height=13, width=17).astype(int)
    dx, dy = min(max(by[0], -x), 17 - x - w), min(max(by[1], -y), 13 - y - h)
    moved = masks.moved(encoded(inside), *by, height=13, width=17)
    assert np.array_equal(masks.decode(moved, height=13, width=17), np.roll(inside, (dy, dx), axis=(0, 1)))
    for whole in (np.zeros((13, 17), bool), np.ones((13, 17), bool)):
        assert masks.moved(encoded(whole), *by, height=13, width=17) == encoded(whole)
