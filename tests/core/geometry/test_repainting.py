"""Masks repainted agree with pycocotools and with what their pixels say."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from labelmend.geometry import masks, repainting
from labelmend.geometry.repainting import Cut

Pixels = NDArray[np.uint8]
PICTURES = st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(
    lambda size: arrays(np.uint8, size, elements=st.integers(0, 1))
)
SOME = settings(max_examples=100)


def encoded(pixels: Any) -> bytes:
    return bytes(coco_mask.encode(np.asfortranarray(pixels, np.uint8))["counts"])


def size(pixels: Pixels) -> dict[str, int]:
    return {"height": pixels.shape[0], "width": pixels.shape[1]}


def decoded(mask: bytes, like: Pixels) -> Pixels:
    return masks.decode(mask, **size(like))


def area(mask: bytes, like: Pixels) -> int:
    return int(coco_mask.area({"size": list(like.shape), "counts": mask}))


def pieces_of(pixels: Pixels, *, corners: bool) -> list[set[tuple[int, int]]]:
    """Pixels that hang together, by walking from one to the next."""
    left = {(int(y), int(x)) for y, x in np.argwhere(pixels)}
    steps = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if corners or abs(y) + abs(x) == 1]
    found = []
    while left:
        piece, todo = set(), [left.pop()]
        while todo:
            y, x = todo.pop()
            piece.add((y, x))
            near = {(y + dy, x + dx) for dy, dx in steps} & left
            left -= near
            todo += near
        found.append(piece)
    return found


@SOME
@given(PICTURES, st.integers(0, 3))
def test_a_cut_holds_the_mask_and_is_encoded_as_pycocotools_would(pixels: Pixels, margin: int) -> None:
    mask = encoded(pixels)
    cut = repainting.cut(mask, **size(pixels), margin=margin)
    assert cut.pixels.sum() == area(mask, pixels)
    assert np.array_equal(cut.pixels, pixels[cut.top : cut.bottom, cut.left : cut.right])
    assert repainting.encoded(cut, **size(pixels)) == mask


@SOME
@given(PICTURES, st.data())
def test_union_and_difference_are_those_of_the_pixels(pixels: Pixels, data: st.DataObject) -> None:
    other = data.draw(arrays(np.uint8, pixels.shape, elements=st.integers(0, 1)))
    a, b = encoded(pixels), encoded(other)
    both = repainting.union(a, b, **size(pixels))
    rest = repainting.without(a, b, **size(pixels))
    assert np.array_equal(decoded(both, pixels), pixels | other)
    assert np.array_equal(decoded(rest, pixels), pixels & ~other & 1)
    assert area(both, pixels) == area(rest, pixels) + area(b, pixels)
    rows, columns = np.nonzero(pixels != other)
    place = repainting.changed_place(a, b, height=pixels.shape[0])
    assert (place is None) == (not len(rows))
    if place is not None:
        left, top, right, bottom = place
        assert (left, right) == (columns.min(), columns.max() + 1)
        assert top <= rows.min()
        assert bottom > rows.max()


POINTS = st.tuples(st.floats(-8, 28), st.floats(-8, 24))


@SOME
@given(POINTS, POINTS, st.floats(0.1, 9))
def test_a_stroke_paints_the_pixels_whose_middle_is_near(
    start: tuple[float, float], end: tuple[float, float], radius: float
) -> None:
    height, width = 16, 20
    cut = repainting.stroke(start, end, radius=radius, height=height, width=width)
    painted = np.zeros((height, width), bool)
    if cut is not None:
        painted[cut.top : cut.bottom, cut.left : cut.right] = cut.pixels
    a, b = np.array(start), np.array(end)
    y, x = np.mgrid[:height, :width]
    middle = np.stack([x, y], -1) + 0.5
    along = np.clip(((middle - a) @ (b - a)) / max(float((b - a) @ (b - a)), 1e-12), 0, 1)[..., None]
    away = np.hypot(*np.moveaxis(middle - a - along * (b - a), -1, 0))
    below = (x == np.floor(end[0])) & (y == np.floor(end[1]))
    unclear = np.abs(away - radius) < 1e-4
    assert (painted == ((away <= radius) | below))[~unclear].all()


@SOME
@given(st.lists(st.tuples(POINTS, POINTS, st.floats(0.5, 5)), max_size=5), st.integers(1, 9))
def test_a_trail_holds_the_pixels_of_all_its_strokes(strokes: list[Any], tile: int) -> None:
    trail, pixels = repainting.Trail(), np.zeros((16, 20), np.uint8)
    trail.TILE = tile
    for start, end, radius in strokes:
        cut = repainting.stroke(start, end, radius=radius, height=16, width=20)
        if cut is not None:
            trail.add(cut)
            pixels[cut.top : cut.bottom, cut.left : cut.right] |= cut.pixels
    assert np.array_equal(masks.decode(trail.mask(height=16, width=20), height=16, width=20), pixels)
    left, top, right, bottom = trail.place
    assert pixels[top:bottom, left:right].sum() == pixels.sum()


@SOME
@given(PICTURES)
def test_components_are_the_pieces_the_largest_first(pixels: Pixels) -> None:
    mask = encoded(pixels)
    found = repainting.components(mask, **size(pixels))
    told = sorted(sorted(map(tuple, np.argwhere(decoded(one, pixels)).tolist())) for one in found)
    assert told == sorted(sorted(piece) for piece in pieces_of(pixels, corners=True))
    areas = [area(one, pixels) for one in found]
    assert areas == sorted(areas, reverse=True)
    assert repainting.piece_sizes(mask, **size(pixels)).tolist() == areas[::-1]


@SOME
@given(PICTURES, st.integers(0, 8))
def test_specks_go_and_the_largest_piece_stays(pixels: Pixels, up_to: int) -> None:
    mask = encoded(pixels)
    sizes = sorted(map(len, pieces_of(pixels, corners=True)))
    left = area(repainting.drop_specks(mask, up_to, **size(pixels)), pixels)
    largest = sizes[-1:]
    wanted = [one for one in sizes if one > up_to] or [one for one in sizes if [one] == largest]
    assert left == sum(wanted)


@SOME
@given(PICTURES, st.integers(0, 8))
def test_holes_are_filled_and_nothing_else(pixels: Pixels, up_to: int) -> None:
    mask = encoded(pixels)
    around = np.pad(1 - pixels, 1, constant_values=1)
    holes = sorted((p for p in pieces_of(around, corners=False) if (0, 0) not in p), key=len)
    assert repainting.hole_sizes(mask, **size(pixels)).tolist() == [len(hole) for hole in holes]
    filled = repainting.fill_holes(mask, up_to, **size(pixels))
    gained = [len(hole) for hole in holes if len(hole) <= up_to]
    assert area(filled, pixels) == area(mask, pixels) + sum(gained)
    assert (decoded(filled, pixels) >= pixels).all()


@SOME
@given(PICTURES, st.integers(-3, 3))
def test_growing_is_by_distance(pixels: Pixels, by: int) -> None:
    changed = decoded(repainting.grown(encoded(pixels), by, **size(pixels)), pixels)
    near = np.zeros(pixels.shape, bool)
    for y, x in np.argwhere(pixels if by >= 0 else pixels == 0):
        gy, gx = np.mgrid[: pixels.shape[0], : pixels.shape[1]]
        near |= (gy - y) ** 2 + (gx - x) ** 2 <= by * by
    assert np.array_equal(changed, near if by >= 0 else pixels & ~near)


def test_the_edge_of_the_picture_is_no_background() -> None:
    whole = np.ones((5, 7), np.uint8)
    assert decoded(repainting.grown(encoded(whole), -2, **size(whole)), whole).all()


def test_an_empty_cut_is_an_empty_mask() -> None:
    nothing = repainting.encoded(Cut(np.zeros((2, 2), np.uint8), 1, 1), height=4, width=5)
    assert masks.area(nothing, height=4, width=5) == 0
    assert repainting.components(nothing, height=4, width=5) == []
    assert repainting.without(nothing, nothing, height=4, width=5) == nothing


@pytest.mark.parametrize("off", [(-9.0, 3.0), (3.0, 40.0)])
def test_a_stroke_off_the_picture_paints_nothing(off: tuple[float, float]) -> None:
    assert repainting.stroke(off, off, radius=4, height=16, width=20) is None
