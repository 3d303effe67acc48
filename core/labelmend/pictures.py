"""Reads a picture into the frame its labels live in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyvips
from numpy.typing import NDArray

from labelmend.errors import LabelmendError, NotThere
from labelmend.geometry.orientation import Frame, Part, Prefer, label_frame, turn, turned_part
from labelmend.picture_header import Header, read_header
from labelmend.picture_streams import open_stream, orientation_of, pixels_of

LARGEST = 50_000_000
"""Pictures of more pixels than this are decoded at a half, a quarter or an eighth of their size."""
HEAD = 1 << 20
"""Of a large file the header is looked for in the first so many bytes."""
_AS_STORED = cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION
_REDUCED = {2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4, 8: cv2.IMREAD_REDUCED_COLOR_8}
_DAMAGED = "The picture file is damaged or ends early: a part of the picture is missing."
_EITHER = (
    "EXIF says to turn this picture, and its size does not tell whether its labels were drawn on it turned. "
    "It is shown "
)
_SPARED = (0.001, 0.999)
"""Of pictures of more than 8 bits the pixels beyond these shares are black and white."""
_LOOKED_AT = 1 << 18


@dataclass(frozen=True)
class Picture:
    """One picture in its label frame.

    ``pixels`` is uint8 or, where asked for, uint16: (h, w) grey or (h, w, 3) BGR, contiguous. It covers
    ``width`` x ``height`` label pixels and has fewer of its own when it was decoded at a reduced size.
    Transparency is left out, as training code reads pictures. ``orientation`` is what it was turned by.
    ``note`` says what is odd, or is None. ``seen`` is the share that was read by now, the rest is grey.
    ``close`` is a part of it and its pixels at full size, where that was asked for (see read_growing).
    """

    pixels: NDArray[Any]
    width: int
    height: int
    orientation: int = 1
    note: str | None = None
    seen: float = 1.0
    close: tuple[Part, NDArray[Any]] | None = None


@dataclass(frozen=True)
class Stored:
    """A picture as the file has it: its pixels, maybe fewer than its ``size``, and what the file tells."""

    pixels: NDArray[Any]
    size: tuple[int, int]
    orientation: int
    damaged: bool
    seen: float = 1.0
    close: tuple[Part, NDArray[Any]] | None = None


def read_picture(
    path: Path,
    *,
    declared: tuple[float, float] | None,
    prefer: Prefer = "stored",
    reduce: int = 1,
    deep: bool = False,
) -> Picture:
    """The picture at ``path``, turned into its label frame (see geometry.orientation.label_frame).

    ``declared`` is the (width, height) in the annotations file, None when absent. ``reduce`` (1, 2, 4, 8)
    asks for pixels at that part of the size, which is quick for JPEG. Pictures of more than 8 bits are
    brought to 8 (see eight_bits) or, when ``deep``, to 16. Raises LabelmendError when the file is missing
    or is no picture.
    """
    return in_label_frame(_read(path, reduce), declared=declared, prefer=prefer, deep=deep)


def read_grey(
    path: Path, *, width: float, height: float, prefer: Prefer = "stored", reduce: int = 1
) -> tuple[NDArray[np.uint8], int, int]:
    """The grey levels (h, w) of the picture at ``path``, and its full width and height in label pixels.

    ``width`` and ``height`` are those of the annotations file, nan where it has none; the rest as for
    read_picture.
    """
    declared = (width, height) if width > 0 and height > 0 else None
    picture = read_picture(path, declared=declared, prefer=prefer, reduce=reduce)
    pixels = picture.pixels
    if pixels.ndim == 3:
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    return pixels, picture.width, picture.height


def in_label_frame(
    stored: Stored, *, declared: tuple[float, float] | None, prefer: Prefer, deep: bool
) -> Picture:
    """A picture turned as its labels lie, with a word of what is odd (see read_picture)."""
    pixels = _shrunk(stored.pixels)
    frame = label_frame(stored.size, orientation=stored.orientation, declared=declared, prefer=prefer)
    notes = [_DAMAGED] if stored.damaged else []
    if not frame.fits and declared is not None:
        notes.insert(
            0,
            f"The file says {declared[0]:g} × {declared[1]:g} pixels, the picture has {frame.width} × "
            f"{frame.height}: the labels are drawn where the file puts them.",
        )
    if frame.either:
        notes.append(_EITHER + ("as stored." if frame.orientation == 1 else "turned."))
    pixels = turn(_sixteen_bits(pixels) if deep else eight_bits(pixels), frame.orientation)
    return Picture(
        pixels=pixels,
        width=frame.width,
        height=frame.height,
        orientation=frame.orientation,
        note=" ".join(notes) or None,
        seen=stored.seen,
        close=None if stored.close is None else _turned(stored.close, frame),
    )


def _turned(close: tuple[Part, NDArray[Any]], frame: Frame) -> tuple[Part, NDArray[Any]]:
    """A part as stored and its pixels, turned into the label frame."""
    part = turned_part(close[0], size=(frame.width, frame.height), orientation=frame.orientation)
    return part, turn(close[1], frame.orientation)


def eight_bits(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Pixels as bytes: deeper ones are stretched between their automatic_levels."""
    if pixels.dtype == np.uint8:
        return pixels
    pixels = _sixteen_bits(pixels)
    low, high = automatic_levels(pixels)
    table = (np.arange(1 << 16, dtype=np.float64) - low) * (255 / ((high - low) or 1))
    return np.asarray(cv2.LUT(pixels, table.clip(0, 255).round().astype(np.uint8)), dtype=np.uint8)


def automatic_levels(pixels: NDArray[Any]) -> tuple[int, int]:
    """The values that black and white belong to, so that a few odd pixels do not make the others dark."""
    some = pixels.ravel()[:: max(1, pixels.size // _LOOKED_AT)]
    counts = np.cumsum(np.bincount(some))
    low, high = np.searchsorted(counts, np.multiply(_SPARED, counts[-1])).tolist()
    if low == high:  # what is of interest may be smaller than what is spared
        low, high = pixels.min(), pixels.max()
    return int(low), int(high)


def _read(path: Path, reduce: int) -> Stored:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
            header = read_header(head)
            if header.format == "tiff" or _reduction(header.size) > 1:
                return _streamed(path, header, reduce=reduce)
            data = head + file.read()
    except FileNotFoundError:
        raise NotThere(f"The picture {path.name} is missing: it was looked for in {path.parent}.") from None
    except OSError as error:
        raise LabelmendError(f"The picture {path} cannot be read: {error.strerror or error}.") from error
    # Not cv2.imread: it cannot open names outside ASCII on Windows.
    header = read_header(data)
    reduce = reduce if header.size else 1
    flags = _AS_STORED if reduce == 1 else _REDUCED[reduce] | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        pixels = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags) if data else None
    except cv2.error:
        pixels = None
    if pixels is None:
        return _streamed(path, header, reduce=reduce)
    size = header.size if reduce > 1 and header.size else (pixels.shape[1], pixels.shape[0])
    return Stored(np.asarray(pixels), size=size, orientation=header.orientation, damaged=False)


def _streamed(path: Path, header: Header, *, reduce: int) -> Stored:
    """The same by libvips: it reads more kinds of files, in less memory, and what is left of damaged ones."""
    for damaged in (False, True):
        try:
            whole = open_stream(path, damaged=damaged)
            size = (whole.width, whole.height)
            reduce = max(reduce, _reduction(size))
            pixels = pixels_of(open_stream(path, reduce=reduce, damaged=damaged) if reduce > 1 else whole)
        except pyvips.Error:
            continue
        turned = orientation_of(whole) if header.format == "tiff" else header.orientation
        return Stored(pixels, size=size, orientation=turned, damaged=damaged)
    kind = f" ({header.format})" if header.format else ""
    raise LabelmendError(f"The picture {path.name} is broken or of an unknown format{kind}: {path}.")


def _reduction(size: tuple[int, int] | None) -> int:
    width, height = size or (0, 0)
    return next((by for by in (1, 2, 4) if width * height / by**2 <= LARGEST), 8)


def _shrunk(pixels: NDArray[Any]) -> NDArray[Any]:
    """Pixels brought under LARGEST: formats whose size only decoding tells come here at full size."""
    by = _reduction((pixels.shape[1], pixels.shape[0]))
    if by == 1:
        return pixels
    small = (max(1, pixels.shape[1] // by), max(1, pixels.shape[0] // by))
    return np.asarray(cv2.resize(pixels, small, interpolation=cv2.INTER_AREA))


def _sixteen_bits(pixels: NDArray[Any]) -> NDArray[Any]:
    """Pixels of 8 or 16 bits as they are; others spread over 16 bits from their least to their greatest."""
    if pixels.dtype in (np.uint8, np.uint16):
        return pixels
    values = np.nan_to_num(pixels.astype(np.float64), posinf=0, neginf=0)
    low, high = values.min(initial=np.inf), values.max(initial=-np.inf)
    spread: NDArray[Any] = ((values - low) * (65535 / ((high - low) or 1))).round().astype(np.uint16)
    return spread
