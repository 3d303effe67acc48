"""Decodes pictures for the screen, off the UI thread: the pyramid of a picture, and crops of places in it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage

from labelmend.geometry.orientation import Prefer
from labelmend.pictures import Picture, automatic_levels, read_picture
from labelmend_desktop.levels import Levels, for_screen

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

    ``deep`` holds the same levels with 16 bits, (h, w) or (h, w, 3) BGR, when the picture has them, and
    ``automatic`` its own numbers of black and white. ``bytes`` is what all of it takes in memory. ``note``
    is what is odd about the picture, in a sentence.
    """

    levels: tuple[QImage, ...]
    width: int
    height: int
    note: str | None
    bytes: int
    automatic: tuple[int, int] = (0, 255)
    deep: tuple[NDArray[np.uint16], ...] = ()

    def shown(self, level: int, part: QRect, levels: Levels) -> tuple[QImage, QRectF]:
        """A part of a level as it is to be shown: an image, and where in it the part is."""
        image = self.levels[level]
        if levels.plain:
            return image, QRectF(part)
        rows, columns = (
            slice(start, start + count)
            for start, count in ((part.y(), part.height()), (part.x(), part.width()))
        )
        pixels: NDArray[Any] = self.deep[level] if self.deep else pixels_of(image)
        shown = image_over(for_screen(pixels[rows, columns], levels, self.automatic))
        return shown, QRectF(shown.rect())


def load(place: Place) -> Loaded:
    """The picture with its pyramid. Raises LabelmendError when it is missing or broken."""
    picture = read_picture(place.path, declared=place.declared, prefer=place.prefer, deep=True)
    is_deep = picture.pixels.dtype == np.uint16
    automatic = automatic_levels(picture.pixels)
    levels = [picture.pixels if is_deep else for_screen(picture.pixels, Levels(), automatic)]
    while max(levels[-1].shape[:2]) > SMALLEST_LEVEL:
        height, width = levels[-1].shape[:2]
        half = (max(1, width // 2), max(1, height // 2))
        levels.append(np.asarray(cv2.resize(levels[-1], half, interpolation=cv2.INTER_AREA)))
    shown = [for_screen(level, Levels(), automatic) for level in levels] if is_deep else levels
    return Loaded(
        levels=tuple(image_over(level) for level in shown),
        width=picture.width,
        height=picture.height,
        note=picture.note,
        bytes=sum(level.nbytes for level in (shown + levels if is_deep else shown)),
        automatic=automatic,
        deep=tuple(np.asarray(level, np.uint16) for level in levels) if is_deep else (),
    )


def load_crop(place: Place, bbox: NDArray[np.float64], size: int) -> QImage:
    """A square of ``size`` pixels around ``bbox`` (4,) xywh; JPEG is decoded no larger than that needs."""
    side = crop_side(bbox)
    reduce = next((by for by in (8, 4, 2) if side / by >= size), 1)
    picture = read_picture(place.path, declared=place.declared, prefer=place.prefer, reduce=reduce)
    pixels = for_screen(picture.pixels, Levels(), (0, 255))
    return image_over(cut_out(pixels, _scale_of(picture), bbox, size))


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


def _scale_of(picture: Picture) -> float:
    return float(picture.pixels.shape[1] / picture.width)
