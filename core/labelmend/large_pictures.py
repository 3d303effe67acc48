"""Pictures too large for the memory: seen small as they are read, and close up by a pyramid of tiles.

A JPEG or PNG can only be read from its top to its bottom; of a TIFF some rows are had from anywhere, which
show it all at once. Each is read once more in the background and written as a tiled TIFF of halved sizes, of
which any part can then be had in milliseconds.
"""

from collections.abc import Generator, Iterator
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray

from labelmend.errors import BadFile, LabelmendError
from labelmend.geometry.orientation import Frame, Part, Prefer, label_frame, stored_part, swaps_sides, turn
from labelmend.picture_header import read_header
from labelmend.picture_streams import is_read_small, open_stream, orientation_of, pixels_of, read_strips
from labelmend.pictures import HEAD, LARGEST, Picture, Stored, eight_bits, in_label_frame
from labelmend.tiff_strips import TiffStrips

COARSE = 8_000_000
"""The small picture has no more pixels than this, unless an eighth of the size has."""
TILE = 512
"""Side of a tile of the pyramid, in pixels."""
_TELL, _MORE = 0.5, 0.05
"""Seconds between two states of the small picture, and what share of it is new in each: however slow it goes,
showing them takes a part of the time only."""
_STRIP = 16
"""Rows of the small picture read at once: no more than libvips keeps, of which a part is taken after that."""
_AT_ONCE = 256
"""Rows of a TIFF read at once, or a strip: all of their width is in memory then."""
_MANY = 16
"""A TIFF of fewer strips is read from its top: what lies between them is not to be guessed."""
_KINDS = {"uchar": (np.uint8, 128), "ushort": (np.uint16, 0)}
"""The type of numbers, and what stands for what is not read yet: of 16 bits nothing that is bright."""
_QUALITY = 92
"""Of tiles of 8 bits, which are kept as JPEG: in a third of the space, colours are 2 or 3 off."""


def is_large(path: Path) -> bool:
    """Whether the picture has more pixels than LARGEST; False of what is no picture."""
    try:
        with path.open("rb") as file:
            header = read_header(file.read(HEAD))
        if header.size is not None or header.format not in ("tiff", "webp"):
            width, height = header.size or (0, 0)
        else:
            image = open_stream(path)
            width, height = image.width, image.height
    except (OSError, pyvips.Error):
        return False
    return width * height > LARGEST


def read_growing(
    path: Path,
    *,
    declared: tuple[float, float] | None,
    prefer: Prefer = "stored",
    near: Part | None = None,
) -> Iterator[Picture]:
    """The picture small, turned as its labels lie, ever more of it: what is not read yet is grey.

    Its part ``near`` (x, y, w, h) in the label frame comes at full size as soon as it is read, as
    Picture.close: of a TIFF before all else, of a JPEG, which is read small, never. Other arguments as of
    pictures.read_picture, with the depth kept. Raises LabelmendError when the picture is broken.
    """
    for damaged in (False, True):
        try:
            part = (
                None if near is None else _stored_near(near, frame_of(path, declared=declared, prefer=prefer))
            )
            for stored in _growing(path, part, damaged=damaged):
                yield in_label_frame(stored, declared=declared, prefer=prefer, deep=True)
        except pyvips.Error:
            continue
        return
    raise LabelmendError(f"The picture {path.name} is broken: {path}.")


def _stored_near(near: Part, frame: Frame) -> Part | None:
    """What of a part is in the picture, as it is stored."""
    x, y = max(near[0], 0), max(near[1], 0)
    w, h = min(near[0] + near[2], frame.width) - x, min(near[1] + near[3], frame.height) - y
    size = (frame.width, frame.height)
    return stored_part((x, y, w, h), size=size, orientation=frame.orientation) if w > 0 and h > 0 else None


def _growing(path: Path, near: Part | None, *, damaged: bool) -> Iterator[Stored]:
    whole = open_stream(path, damaged=damaged)
    size = (whole.width, whole.height)
    reduce = next((by for by in (2, 4) if size[0] * size[1] / by**2 <= COARSE), 8)
    orientation, small = _orientation(path, whole), is_read_small(whole)
    image = open_stream(path, reduce=reduce, damaged=damaged) if small else whole.shrink(reduce, reduce)
    close = None if near is None or small or whole.format not in _KINDS else _Close(path, whole, near)
    image = image if image.format in _KINDS else image.cast("float")
    kind, grey = _KINDS.get(image.format, (np.float32, 0))
    pixels = np.full((image.height, image.width, image.bands), grey, kind)
    told, shown, seen = monotonic(), 0.0, 0.0
    for share in _more(path, image, pixels, reduce, close):
        seen = max(seen, share)
        if share in (0, 1) or (share >= shown + _MORE and monotonic() > told + _TELL):
            now = pixels[..., 0].copy() if image.bands == 1 else pixels.copy()
            sharp = close.told() if close else None
            yield Stored(now, size=size, orientation=orientation, damaged=damaged, seen=seen, close=sharp)
            told, shown = monotonic(), seen


def _more(
    path: Path, image: pyvips.Image, pixels: NDArray[Any], reduce: int, close: "_Close | None"
) -> Iterator[float]:
    """Read a picture into ``pixels``, skimmed at first if it can be; the share of it that is there."""
    if close and close.told():
        yield 0.0
    is_read = yield from _skimmed(path, pixels, reduce)
    if not is_read:
        region = pyvips.Region.new(image)
        for top in range(0, image.height, _STRIP):
            strip = pixels[top : top + _STRIP]
            strip[:] = _fetched(region, (0, top, image.width, len(strip)), pixels.dtype)
            if close:
                close.take((top + len(strip) + 1) * reduce)
            yield (top + len(strip)) / image.height


def _fetched(region: pyvips.Region, part: Part, kind: np.dtype[Any]) -> NDArray[Any]:
    read = np.frombuffer(region.fetch(*part), kind)
    return read.reshape(part[3], part[2], -1)[..., ::-1]


class _Close:
    """A part (x, y, w, h) of a picture: from its strips, or taken while all of it is read."""

    def __init__(self, path: Path, whole: pyvips.Image, part: Part) -> None:
        self._part, self._region = part, pyvips.Region.new(whole)
        read = _part_in_strips(path, part)
        self._taken = 0 if read is None else part[3]
        self._pixels: NDArray[Any] = (
            np.empty((part[3], part[2], whole.bands), _KINDS[whole.format][0]) if read is None else read
        )

    def told(self) -> tuple[Part, NDArray[Any]] | None:
        """The part and its pixels, as pixels_of; None while they are not all there."""
        if self._taken < self._part[3]:
            return None
        return self._part, self._pixels[..., 0] if self._pixels.shape[2:] == (1,) else self._pixels

    def take(self, bottom: int) -> None:
        """Take what is above the row ``bottom``, read just now, and was not taken before."""
        x, top, w, h = self._part
        rows = min(bottom - top, h) - self._taken
        if rows > 0:
            part = (x, top + self._taken, w, rows)
            self._pixels[self._taken : self._taken + rows] = _fetched(self._region, part, self._pixels.dtype)
            self._taken += rows


def _skimmed(path: Path, pixels: NDArray[Any], reduce: int) -> Generator[float, None, bool]:
    """Of a TIFF some rows of each strip, and between them what is likely; the same, and if that is all of it.

    What cannot be skimmed (other files, few strips, damaged ones) is left as far as it was read.
    """
    try:
        strips, at = TiffStrips(path), -1
        rows, middles = min(strips.rows, reduce), range(reduce // 2, strips.height - reduce, reduce)
        chosen = list(dict.fromkeys(middle // strips.rows for middle in middles))
        group = _STRIP if strips.rows <= reduce else 1
        for first in range(0, len(chosen) if len(chosen) >= _MANY else 0, group):
            some = chosen[first : first + group]
            read = read_strips(strips, some, rows=rows, wanted=lambda image: image.shrink(reduce, rows))
            for strip, row in zip(some, read, strict=True):
                last, at = at, strip * strips.rows // reduce
                _bridge(pixels[max(last, 0) : at + 1], row.reshape(pixels.shape[1:]))
            yield (at + 1) / len(pixels)
    except (BadFile, OSError, pyvips.Error):
        return False
    if at >= 0:
        pixels[at:] = pixels[at]
        yield 1.0
    return at >= 0 and strips.rows <= reduce


def _bridge(pixels: NDArray[Any], row: NDArray[Any]) -> None:
    """From the first row of ``pixels`` go over to this ``row``, which becomes the last."""
    part = np.linspace(0, 1, len(pixels)).reshape(-1, 1, 1)
    pixels[:] = pixels[0] * (1 - part) + row * part if len(pixels) > 1 else row


def frame_of(path: Path, *, declared: tuple[float, float] | None, prefer: Prefer = "stored") -> Frame:
    """The frame in which the labels of a picture live. Raises LabelmendError when it is broken."""
    try:
        whole = open_stream(path)
        turned = _orientation(path, whole)
    except pyvips.Error as error:
        raise LabelmendError(f"The picture {path.name} is broken: {path}.") from error
    return label_frame((whole.width, whole.height), orientation=turned, declared=declared, prefer=prefer)


def read_part(path: Path, part: Part, frame: Frame) -> NDArray[np.uint8]:
    """A part (x, y, w, h) of a picture in its label frame, as sharp as it is: (h, w) or (h, w, 3) BGR.

    But for a TIFF the file is read down to there, which of a large one takes seconds. Raises LabelmendError.
    """
    stored = stored_part(part, size=(frame.width, frame.height), orientation=frame.orientation)
    try:
        pixels = _part_in_strips(path, stored)
        pixels = pixels_of(open_stream(path).crop(*stored)) if pixels is None else pixels
    except pyvips.Error as error:
        raise LabelmendError(f"The picture {path.name} is broken: {path}.") from error
    return eight_bits(turn(pixels, frame.orientation))


def _part_in_strips(path: Path, stored: Part) -> NDArray[Any] | None:
    """A part of a TIFF from its strips; None of other files, of long strips and of damaged ones."""
    x, y, w, h = stored
    try:
        strips = TiffStrips(path)
        if strips.rows * _MANY > strips.height:
            return None
        step = strips.rows * max(1, _AT_ONCE // strips.rows)
        edges = [y, *range((y // step + 1) * step, y + h, step), y + h]
        return np.concatenate([_in_strips(strips, (x, a, w, b - a)) for a, b in pairwise(edges)])
    except (BadFile, OSError, pyvips.Error):
        return None


def _in_strips(strips: TiffStrips, part: Part) -> NDArray[Any]:
    x, y, w, h = part
    first, last = y // strips.rows, (y + h - 1) // strips.rows
    return read_strips(
        strips,
        range(first, last + 1),
        rows=y + h - last * strips.rows,
        wanted=lambda image: image.crop(x, y - first * strips.rows, w, h),
    )


def _orientation(path: Path, image: pyvips.Image) -> int:
    with path.open("rb") as file:
        header = read_header(file.read(HEAD))
    return orientation_of(image) if header.format == "tiff" else header.orientation


def write_pyramid(source: Path, target: Path, *, beside: Path) -> None:
    """Write the pyramid of the picture ``source`` as it is stored.

    It is written into the file ``beside``, which becomes ``target`` when it is whole. Raises LabelmendError
    when the picture is damaged or the disk is full.
    """
    try:
        _write(open_stream(source), beside)
        beside.replace(target)
    except (pyvips.Error, OSError) as error:
        beside.unlink(missing_ok=True)
        reason = str(error).strip().splitlines()[-1]
        raise LabelmendError(f"The tiles of {source.name} cannot be written: {reason}.") from error


def _write(image: pyvips.Image, target: Path) -> None:
    lossy: dict[str, Any] = {"compression": "jpeg", "Q": _QUALITY}
    how = lossy if image.format == "uchar" else {"compression": "none"}
    image.tiffsave(
        str(target),
        tile=True,
        tile_width=TILE,
        tile_height=TILE,
        pyramid=True,
        bigtiff=True,
        region_shrink="mean",
        **how,
    )


class Pyramid:
    """A pyramid on the disk, turned by ``orientation``; may be read in any thread.

    ``sizes`` are the (width, height) of its levels, which halve from the first, the picture's own.
    """

    def __init__(self, path: Path, *, orientation: int = 1) -> None:
        """Raises LabelmendError when there is no pyramid."""
        try:
            first = pyvips.Image.new_from_file(str(path))
            pages = range(1, first.get("n-pages"))
            self._levels = [first, *(pyvips.Image.new_from_file(str(path), page=page) for page in pages)]
        except pyvips.Error as error:
            raise LabelmendError(f"There are no tiles in {path}.") from error
        self._orientation = orientation
        self.sizes = [
            (level.height, level.width) if swaps_sides(orientation) else (level.width, level.height)
            for level in self._levels
        ]

    def part(self, level: int, part: Part) -> NDArray[Any]:
        """A part (x, y, w, h) within a level, (h, w) or (h, w, 3) BGR; LabelmendError when it is gone."""
        stored = stored_part(part, size=self.sizes[level], orientation=self._orientation)
        try:
            return turn(pixels_of(self._levels[level].crop(*stored)), self._orientation)
        except pyvips.Error as error:
            raise LabelmendError("The tiles of a large picture cannot be read any more.") from error


def open_pyramid(
    tiles: Path, source: Path, *, declared: tuple[float, float] | None, prefer: Prefer = "stored"
) -> tuple[Picture, Pyramid]:
    """The picture ``source`` small and close up, both turned as its labels lie, from its pyramid.

    Other arguments as of pictures.read_picture. Raises LabelmendError when there is no pyramid.
    """
    stored = Pyramid(tiles)
    level = next((i for i, (wide, high) in enumerate(stored.sizes) if wide * high <= COARSE), -1)
    level %= len(stored.sizes)
    pixels = stored.part(level, (0, 0, *stored.sizes[level]))
    orientation = _orientation(source, open_stream(source))
    small = Stored(pixels, size=stored.sizes[0], orientation=orientation, damaged=False)
    picture = in_label_frame(small, declared=declared, prefer=prefer, deep=True)
    return picture, Pyramid(tiles, orientation=picture.orientation)
