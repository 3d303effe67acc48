"""Decodes pictures for the screen, off the UI thread: the pyramid of a picture, and crops of places in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage, QPixmap

from labelmend.geometry.orientation import Part, Prefer
from labelmend.large_pictures import Pyramid, open_pyramid, read_growing
from labelmend.pictures import Picture, automatic_levels, read_picture
from labelmend_desktop.levels import Levels, for_screen

SMALLEST_LEVEL = 512
"""A pyramid ends at the first level whose longer side is no longer than this, in pixels."""
_DARK, _EVERY = 64, 4
CROP_CONTEXT = 1.8
"""A crop shows the place with this many times its longer side."""
CROP_LEAST = 24.0
CLOSE_CONTEXT, CLOSE_LEAST, CLOSE_MOST = 6.0, 512, 1536
"""Of a large picture so many times the suspect's longer side, in pixels, is sharp before there are tiles."""
COARSELY = "The picture is large: it is shown coarsely until its tiles are made."


@dataclass(frozen=True)
class Place:
    """Where a picture is and in which frame its labels live (see labelmend.pictures.read_picture)."""

    path: Path
    declared: tuple[float, float] | None
    prefer: Prefer = "stored"


@dataclass(frozen=True)
class Sheet:
    """Pixels ready to paint: an ``image`` and, where there are 16 bits, the same ``deep``: (h, w) or BGR.

    ``automatic`` holds the picture's own numbers of black and white.
    """

    image: QImage
    deep: NDArray[np.uint16] | None
    automatic: tuple[int, int]

    def shown(self, part: QRect, levels: Levels) -> tuple[QImage, QRectF]:
        """A part as it is to be shown: an image, and where in it the part is."""
        if levels.plain:
            return self.image, QRectF(part)
        pixels: NDArray[Any] = pixels_of(self.image) if self.deep is None else self.deep
        pixels = pixels[part.top() : part.bottom() + 1, part.left() : part.right() + 1]
        image = image_over(for_screen(pixels, levels, self.automatic))
        return image, QRectF(image.rect())


Tile = Callable[[int, int, int], Sheet | None]
"""A tile by level, column and row of a pyramid, if it is at hand; else it is on its way."""


@dataclass(frozen=True)
class Loaded:
    """One picture ready to paint: ``levels`` halve in size from the first, all covering width x height px.

    ``deep`` holds the same levels with 16 bits, (h, w) or (h, w, 3) BGR, when the picture has them, and
    ``automatic`` its own numbers of black and white. ``bytes`` is what all of it takes in memory. ``note``
    is what is odd about the picture, in a sentence. It is ``dark`` when even its brightest hundredth, as it
    is shown at first, is below a quarter of white. A ``large`` picture is small here, and not ``whole``
    while it is being read (``seen``: what share of it is not grey; ``close``: a place in it and its pixels at
    full size): its pixels come in a ``tile`` each, as soon as there is a ``pyramid``.
    """

    levels: tuple[QImage, ...]
    width: int
    height: int
    note: str | None
    bytes: int
    automatic: tuple[int, int] = (0, 255)
    deep: tuple[NDArray[np.uint16], ...] = ()
    dark: bool = False
    large: bool = False
    seen: float = 1.0
    close: tuple[QRect, Sheet] | None = None
    whole: bool = True
    pyramid: Pyramid | None = None
    tile: Tile | None = None

    def sheet(self, level: int) -> Sheet:
        """One of ``levels``."""
        return Sheet(self.levels[level], self.deep[level] if self.deep else None, self.automatic)


def load(place: Place) -> Loaded:
    """The picture with its pyramid. Raises LabelmendError when it is missing or broken."""
    return _ready(read_picture(place.path, declared=place.declared, prefer=place.prefer, deep=True))


def load_large(place: Place, tiles: Path, *, near: NDArray[np.float64] | None = None) -> Iterator[Loaded]:
    """A large picture: with its pyramid if the file ``tiles`` is there, else ever more of it, and small.

    What is around the box ``near`` (4,) xywh comes sharp. Raises LabelmendError when it is broken.
    """
    given: dict[str, Any] = {"declared": place.declared, "prefer": place.prefer}
    loaded: Loaded | None = None
    if not tiles.exists():
        for picture in read_growing(place.path, near=_around(near), **given):
            loaded = _so_far(picture)
            yield loaded
            if tiles.exists():
                break
    if tiles.exists():
        picture, pyramid = open_pyramid(tiles, place.path, **given)
        yield replace(_ready(picture), large=True, pyramid=pyramid)
    elif loaded is not None:
        yield replace(loaded, whole=True)


def _so_far(picture: Picture) -> Loaded:
    """A large picture that is being read, with a word of how much is there."""
    loaded = replace(_ready(picture), large=True, seen=picture.seen, whole=False)
    share = f"{100 * picture.seen:.0f} % of it is read." if picture.seen < 1 else None
    sharp = "What is around the suspect is sharp." if picture.close else None
    note = " ".join(filter(None, (picture.note, COARSELY, share, sharp)))
    if picture.close is None:
        return replace(loaded, note=note)
    part, pixels = picture.close
    return replace(loaded, note=note, close=(QRect(*part), sheet_over(pixels, loaded.automatic)))


def _around(box: NDArray[np.float64] | None) -> Part | None:
    """The square around a box that is wanted sharp; None around one so large that it is seen small anyway."""
    if box is None or not np.isfinite(box).all() or max(box[2:]) > CLOSE_MOST:
        return None
    side = float(np.clip(CLOSE_CONTEXT * max(box[2:]), CLOSE_LEAST, CLOSE_MOST))
    left, top = np.floor(box[:2] + box[2:] / 2 - side / 2).astype(int).tolist()
    return left, top, round(side), round(side)


def sheet_over(pixels: NDArray[Any], automatic: tuple[int, int]) -> Sheet:
    """Pixels of 8 or 16 bits, (h, w) or (h, w, 3) BGR, as a sheet."""
    image = image_over(for_screen(pixels, Levels(), automatic))
    return Sheet(image, pixels if pixels.dtype == np.uint16 else None, automatic)


def _ready(picture: Picture) -> Loaded:
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
        dark=_is_dark(shown[-1]),
    )


def _is_dark(bgra: NDArray[np.uint8]) -> bool:
    """Whether even the brightest hundredth of pixels (h, w, 4) is dark."""
    some = bgra[::_EVERY, ::_EVERY, :3]
    return bool(np.percentile(some.max(axis=-1), 99) < _DARK)


def load_crop(place: Place, bbox: NDArray[np.float64], size: int) -> QImage:
    """A square of ``size`` pixels around ``bbox`` (4,) xywh; JPEG is decoded no larger than that needs."""
    side = crop_side(bbox)
    reduce = next((by for by in (8, 4, 2) if side / by >= size), 1)
    picture = read_picture(place.path, declared=place.declared, prefer=place.prefer, reduce=reduce)
    pixels = for_screen(picture.pixels, Levels(), (0, 255))
    return image_over(cut_out(pixels, _scale_of(picture), bbox, size))


def crop_of_large(place: Place, bbox: NDArray[np.float64], size: int, tiles: Path) -> QImage | None:
    """The same of a large picture, from its pyramid in the file ``tiles``; None while that is not there."""
    if not tiles.exists():
        return None
    picture, pyramid = open_pyramid(tiles, place.path, declared=place.declared, prefer=place.prefer)
    side = crop_side(bbox)
    level = int(np.clip(np.log2(side / size), 0, len(pyramid.sizes) - 1))
    room = np.array(pyramid.sizes[level])
    scale = room[0] / picture.width
    middle = np.nan_to_num(bbox[:2] + bbox[2:] / 2) * scale
    low = np.clip(np.floor(middle - side * scale / 2 - 1), 0, room - 1).astype(int)
    high = np.clip(np.ceil(middle + side * scale / 2 + 1), low + 1, room).astype(int)
    pixels = pyramid.part(level, (*low.tolist(), *(high - low).tolist()))
    shown = for_screen(pixels, Levels(), automatic_levels(picture.pixels))
    return image_over(cut_out(shown, scale, np.r_[bbox[:2] - low / scale, bbox[2:]], size))


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


def pixmap_of(image: QImage) -> QPixmap:
    """A pixmap with pixels of its own: one made of an image shares the buffer, and does not keep it."""
    return QPixmap.fromImage(image.copy())


class _Bits:
    """An image's bytes, a row each, for numpy, which keeps this: PySide's own buffer keeps no image alive."""

    def __init__(self, image: QImage) -> None:
        self.image = image
        bits = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), -1)
        self.__array_interface__ = bits.__array_interface__


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    """The (h, w, 4) BGRA pixels below an image of 32 bits a pixel, not copied; they keep it alive."""
    rows: NDArray[np.uint8] = np.asarray(_Bits(image))
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)


def _scale_of(picture: Picture) -> float:
    return float(picture.pixels.shape[1] / picture.width)
