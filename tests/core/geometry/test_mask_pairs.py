"""Masks compared pair by pair, many at once, share what pycocotools says they share."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from labelmend.geometry import mask_pairs, masks
from labelmend.geometry.mask_pairs import iou_of_pairs
from labelmend.geometry.masks import Rles


def drawn(chance: Any, n: int, *, height: int, width: int) -> list[bytes]:
    """Masks from empty to full."""
    shares = chance.choice([0.0, 1.0, 0.1, 0.5, 0.9], n)
    pixels = [np.asfortranarray(chance.random((height, width)) < share, np.uint8) for share in shares]
    return [bytes(coco_mask.encode(one)["counts"]) for one in pixels]


@settings(max_examples=100)
@given(st.integers(0, 2**32), st.integers(1, 12), st.integers(1, 12))
def test_iou_of_pairs_is_that_of_pycocotools(seed: int, height: int, width: int) -> None:
    chance = np.random.default_rng(seed)
    a, b = (drawn(chance, n, height=height, width=width) for n in (7, 5))
    i, j = (side.ravel() for side in np.meshgrid(np.arange(7), np.arange(5), indexing="ij"))
    expected = masks.iou(a, b, height=height, width=width, crowd=[False] * 5)
    assert iou_of_pairs(Rles.of(a), Rles.of(b), i, j).tolist() == expected.ravel().tolist()


def test_portions_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(3)
    some = Rles.of(drawn(chance, 40, height=9, width=14))
    i, j = chance.integers(0, 40, (2, 300))
    whole = iou_of_pairs(some, some, i, j)
    monkeypatch.setattr(mask_pairs, "AT_ONCE", 100)
    assert iou_of_pairs(some, some, i, j).tolist() == whole.tolist()
    assert len(iou_of_pairs(some, some, i[:0], j[:0])) == 0
