"""Masks made of boxes of pixels, as a COCO file has them, and read from one again."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask

from builders.datasets import annotation
from labelmend.geometry import masks

SIZE = [240, 320]
Box = Sequence[int]


def drawn(*boxes: Box) -> np.ndarray:
    """Pixels (240, 320) of boxes xywh; a later box of a negative width takes away."""
    pixels = np.zeros(SIZE, np.uint8)
    for x, y, w, h in boxes:
        pixels[y : y + h, x : x + abs(w)] = w > 0
    return pixels


def rle_of(pixels: np.ndarray, *, listed: bool = False, order: Sequence[str] = ("size", "counts")) -> Any:
    """COCO's dictionary, its counts as text or as listed runs."""
    told = {"size": SIZE, "counts": coco_mask.encode(np.asfortranarray(pixels))["counts"].decode()}
    if listed:
        flat = np.append(0, pixels.ravel(order="F")).astype(int)
        told["counts"] = np.diff([0, *np.flatnonzero(np.diff(flat)).tolist(), flat.size - 1]).tolist()
    return {name: told[name] for name in order}


def mask_label(number: int, *boxes: Box, listed: bool = False, **more: Any) -> dict[str, Any]:
    """A record of image 1 whose mask is made of boxes."""
    pixels = drawn(*boxes)
    rle = rle_of(pixels, listed=listed, order=more.pop("order", ("size", "counts")))
    x, y, w, h = coco_mask.toBbox(rle_of(pixels)).tolist()
    told = {"segmentation": rle, "area": int(pixels.sum())}
    return annotation(number, 1, [x, y, w, h], **(told | more))


def pixels_of(record: dict[str, Any]) -> np.ndarray:
    """The pixels of a record's mask; its box and area must be theirs."""
    height, width = record["segmentation"]["size"]
    counts = masks.counts(record["segmentation"], height=height, width=width)
    rle = {"size": [height, width], "counts": counts}
    assert record["bbox"] == coco_mask.toBbox(rle).tolist()
    assert record["area"] == coco_mask.area(rle)
    return masks.decode(counts, height=height, width=width)


def records_of(path: Path) -> dict[Any, dict[str, Any]]:
    """The annotations of a file by their ids."""
    return {one["id"]: one for one in json.loads(path.read_bytes())["annotations"]}
