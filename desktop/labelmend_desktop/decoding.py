"""Decodes pictures for the screen, off the UI thread: the pyramid of a picture, and crops of places in it."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from labelmend.geometry.orientation import Prefer
from labelmend.pictures import Picture, read_picture

SMALLEST_LEVEL = 512
"""A pyramid ends at the first level whose longer side is no longer than this, in pixels."""
CROP_CONTEXT = 1.8
"""A crop shows the place with this many times its longer side."""
CROP_LEAST = 24.0


@dataclass(frozen=True)
class Place:
    """Where a picture is and in which frame its labels live (see labelmend.pictures.read_picture)."""

    path: Path
    declared: tuple[float, float] | None
    prefer: Prefer = "stored"


@dataclass(frozen=True)
class Loaded:
    """One picture ready to paint: ``levels`` halve in size from the first, all covering width x height px.

    ``bytes`` is what the levels take in memory. ``note`` is what is odd about the picture, in a sentence.
    """

    levels: tuple[QImage, ...]
    width: int
    height: int
    note: str | None
    bytes: int


def load(place: Place) -> Loaded:
    """The picture with its pyramid. Raises LabelmendError when it is missing or broken."""
    picture = read_picture(place.path, declared=place.declared, prefer=place.prefer)
    levels = [_for_screen(picture.pixels)]
    while max(levels[-1].shape[:2]) > SMALLEST_LEVEL:
        height, width = levels[-1].shape[:2]
        half = (max(1, width // 2), max(1, height // 2))
        levels.append(np.asarray(cv2.resize(levels[-1], half, interpolation=cv2.INTER_AREA), dtype=np.uint8))
    return Loaded(
        levels=tuple(image_over(level) for level in levels),
        width=picture.width,
        height=picture.height,
        note=picture.note,
        bytes=sum(level.nbytes for level in levels),
    )


def load_crop(place: Place, bbox: NDArray[np.float64], size: int) -> QImage:
    """A square of ``size`` pixels around ``bbox`` (4,) xywh; JPEG is decoded no larger than that needs."""
    side = crop_side(bbox)
    reduce = next((by for by in (8, 4, 2) if side / by >= size), 1)
    picture = read_picture(place.path, declared=place.declared, prefer=place.prefer, reduce=reduce)
    return image_over(cut_out(_for_screen(picture.pixels), _scale_of(picture), bbox, size))


def crop_of(loaded: Loaded, bbox: NDArray[np.float64], size: int) -> QImage:
    """The same square, cut from a picture that is at hand."""
    side = crop_side(bbox)
    level = loaded.levels[0]
    for smaller in loaded.levels[1:]:
        if side * smaller.width() / loaded.width < size:
            break
        level = smaller
    return image_over(cut_out(pixels_of(level), level.width() / loaded.width, bbox, size))


def crop_side(bbox: NDArray[np.float64]) -> float:
    """The side of the square a crop shows, in picture pixels."""
    longer = float(max(bbox[2], bbox[3]))
    return max(CROP_LEAST, longer * CROP_CONTEXT) if np.isfinite(longer) else CROP_LEAST


def cut_out(
    pixels: NDArray[np.uint8], scale: float, bbox: NDArray[np.float64], size: int
) -> NDArray[np.uint8]:
    """A (size, size, 4) square of BGRA pixels that are ``scale`` times label pixels; grey outside."""
    centre = np.nan_to_num(np.asarray(bbox[:2], dtype=np.float64) + np.asarray(bbox[2:]) / 2)
    grow = size / (crop_side(bbox) * scale)
    shift = size / 2 - (centre * scale) * grow
    matrix = np.array([[grow, 0, shift[0] + (grow - 1) / 2], [0, grow, shift[1] + (grow - 1) / 2]])
    grey = (64, 60, 58, 255)
    cut = cv2.warpAffine(
        pixels, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=grey
    )
    return np.ascontiguousarray(cut, dtype=np.uint8)


def image_over(bgra: NDArray[np.uint8]) -> QImage:
    """A QImage over contiguous (h, w, 4) pixels, which it keeps alive but does not copy."""
    height, width = bgra.shape[:2]
    # PySide's QImage keeps no reference to the buffer it is made over.
    image = QImage(bgra.data, width, height, bgra.strides[0], QImage.Format.Format_RGB32)
    image.pixels = bgra  # type: ignore[attr-defined]
    return image


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    """The (h, w, 4) BGRA pixels below an image of 32 bits a pixel, not copied."""
    rows = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), -1)
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)


def _for_screen(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """BGRA, which Qt draws three times faster than 24-bit or grey pixels."""
    code = cv2.COLOR_GRAY2BGRA if pixels.ndim == 2 else cv2.COLOR_BGR2BGRA
    return np.asarray(cv2.cvtColor(pixels, code), dtype=np.uint8)


def _scale_of(picture: Picture) -> float:
    return float(picture.pixels.shape[1] / picture.width)
