"""Masks as COCO writes them: polygons, run lengths plain and compressed, boxes."""

import cv2
import numpy as np

from sample_scenes.layout import FINE, HEIGHT, WIDTH, Placed
from sample_scenes.shapes import Array

Polygons = list[list[float]]
Box = list[float]


def polygons(part: Placed, *, tolerance: float = 1.5) -> Polygons:
    """The outlines of the seen part in pixels, one a piece, largest first; slivers are left out."""
    padded = np.pad(part.seen.astype(np.uint8), 1)
    contours, _ = cv2.findContours(padded, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    kept = sorted(
        (c for c in contours if cv2.contourArea(c) > 40 * FINE * FINE), key=cv2.contourArea, reverse=True
    )
    corner = np.array([part.left - 1, part.top - 1]) + 0.5
    out = []
    for contour in kept:
        points = (cv2.approxPolyDP(contour, tolerance, True)[:, 0] + corner) / FINE
        out.append([float(value) for value in points.ravel()])
    return out


def bounds(parts: Polygons) -> Box:
    """The box [x, y, w, h] around polygons."""
    points = np.array([value for part in parts for value in part]).reshape(-1, 2)
    low, high = points.min(0), points.max(0)
    return tidy([*low, *(high - low)])


def area(parts: Polygons) -> float:
    """The area of polygons that do not overlap."""
    total = 0.0
    for part in parts:
        x, y = np.array(part).reshape(-1, 2).T
        total += abs(float(x @ np.roll(y, 1) - y @ np.roll(x, 1))) / 2
    return round(total, 2)


def tidy(values: list[float]) -> Box:
    return [round(float(value), 2) for value in values]


def coarse(part: Placed) -> Array:
    """The seen part as a mask (480, 640) of the finished picture: a pixel that is at least half covered."""
    full = np.zeros((HEIGHT * FINE, WIDTH * FINE), np.int32)
    rows, columns = part.seen.shape
    full[part.top : part.top + rows, part.left : part.left + columns] = part.seen
    return full.reshape(HEIGHT, FINE, WIDTH, FINE).sum((1, 3)) * 2 >= FINE * FINE


def mask_box(mask: Array) -> Box:
    """The box around a mask, as pycocotools' toBbox gives it."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return [0.0, 0.0, 0.0, 0.0]
    left, top = float(columns[0]), float(rows[0])
    return [left, top, float(columns[-1]) + 1 - left, float(rows[-1]) + 1 - top]


def runs(mask: Array) -> list[int]:
    """Run lengths down the columns, zeros first."""
    flat = np.concatenate([[0], mask.T.ravel().astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(flat))
    cuts = np.concatenate([[0], edges, [mask.size]])
    lengths = np.diff(cuts)
    return [int(n) for n in (lengths[:-1] if lengths[-1] == 0 else lengths)]


def compressed(mask: Array) -> str:
    """COCO's text form of run lengths: differences to the run before the last, five bits a letter."""
    lengths, text = runs(mask), []
    for n, length in enumerate(lengths):
        value, more = length - (lengths[n - 2] if n > 2 else 0), True
        while more:
            bits, value = value & 31, value >> 5
            more = value != (-1 if bits & 16 else 0)
            text.append(chr((bits | (32 if more else 0)) + 48))
    return "".join(text)


def moved(parts: Polygons, start: Box, end: Box) -> Polygons:
    """Polygons carried from one box to another."""
    scale = np.array([end[2] / start[2], end[3] / start[3]])
    low = np.array(start[:2])
    out = []
    for part in parts:
        points = (np.array(part).reshape(-1, 2) - low) * scale + end[:2]
        points = np.clip(points, 0, (WIDTH, HEIGHT))
        out.append([round(float(value), 2) for value in points.ravel()])
    return out


def iou(a: Box, b: Box) -> float:
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    tall = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    inter = max(wide, 0.0) * max(tall, 0.0)
    return inter / max(a[2] * a[3] + b[2] * b[3] - inter, 1e-9)


def cut(box: Box) -> Box:
    """A box cut at the picture, sides of at least two pixels."""
    left, top = min(max(box[0], 0.0), WIDTH - 2.0), min(max(box[1], 0.0), HEIGHT - 2.0)
    right = min(max(box[0] + box[2], left + 2), float(WIDTH))
    bottom = min(max(box[1] + box[3], top + 2), float(HEIGHT))
    return tidy([left, top, right - left, bottom - top])
