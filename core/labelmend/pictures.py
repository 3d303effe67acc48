"""Reads a picture into the frame its labels live in."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from labelmend.errors import LabelmendError
from labelmend.geometry.orientation import Prefer, label_frame, turn
from labelmend.picture_header import Header, read_header, without_orientation

LARGEST = 50_000_000
"""Pictures of more pixels than this are decoded at a half, a quarter or an eighth of their size."""
_END_OF_JPEG = b"\xff\xd9"
_AS_STORED = cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION
_REDUCED = {2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4, 8: cv2.IMREAD_REDUCED_COLOR_8}


@dataclass(frozen=True)
class Picture:
    """One picture in its label frame.

    ``pixels`` is uint8, (h, w) grey or (h, w, 3) BGR, contiguous. It covers ``width`` x ``height`` label
    pixels and has fewer of its own when it was decoded at a reduced size. Transparency is left out, as
    training code reads pictures. ``note`` says in one sentence what is odd, or is None.
    """

    pixels: NDArray[np.uint8]
    width: int
    height: int
    note: str | None = None


def read_picture(
    path: Path, *, declared: tuple[float, float] | None, prefer: Prefer = "stored", reduce: int = 1
) -> Picture:
    """The picture at ``path``, turned into its label frame (see geometry.orientation.label_frame).

    ``declared`` is the (width, height) in the annotations file, None when absent. ``reduce`` (1, 2, 4, 8)
    asks for pixels at that part of the size, which is quick for JPEG. 16-bit and float pictures are
    stretched from their darkest to their brightest value. Raises LabelmendError when the file is missing
    or is no picture.
    """
    data = _bytes_of(path)
    header = read_header(data)
    cut = header.format == "jpeg" and _END_OF_JPEG not in data[-(1 << 16) :]
    if cut:
        data += _END_OF_JPEG  # what is there is decoded then, the rest is grey
    reduce = max(reduce, _reduction(header.size)) if header.size else 1
    pixels = _decoded(data, header=header, reduce=reduce, path=path)
    stored = header.size if reduce > 1 and header.size else (pixels.shape[1], pixels.shape[0])
    pixels = _shrunk(pixels)
    frame = label_frame(stored, orientation=header.orientation, declared=declared, prefer=prefer)
    note = None
    if not frame.fits and declared is not None:
        note = (
            f"The file says {declared[0]:g} x {declared[1]:g} pixels, the picture has {frame.width} x "
            f"{frame.height}: the labels are drawn where the file puts them."
        )
    elif cut:
        note = "The picture file ends early: a part of the picture is missing."
    return Picture(pixels=turn(pixels, frame.orientation), width=frame.width, height=frame.height, note=note)


def _bytes_of(path: Path) -> bytes:
    """The file's bytes. Not cv2.imread: it cannot open names outside ASCII on Windows."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise LabelmendError(
            f"The picture {path.name} is missing: it was looked for in {path.parent}."
        ) from None
    except OSError as error:
        raise LabelmendError(f"The picture {path} cannot be read: {error.strerror or error}.") from error


def _reduction(size: tuple[int, int]) -> int:
    return next((by for by in (1, 2, 4) if size[0] * size[1] / by**2 <= LARGEST), 8)


def _shrunk(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pixels brought under LARGEST: formats whose size only decoding tells come here at full size."""
    by = _reduction((pixels.shape[1], pixels.shape[0]))
    if by == 1:
        return pixels
    small = (max(1, pixels.shape[1] // by), max(1, pixels.shape[0] // by))
    return np.asarray(cv2.resize(pixels, small, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _decoded(data: bytes, *, header: Header, reduce: int, path: Path) -> NDArray[np.uint8]:
    flags = _AS_STORED if reduce == 1 else _REDUCED[reduce] | cv2.IMREAD_IGNORE_ORIENTATION
    if header.format == "tiff" and header.orientation != 1:
        data = without_orientation(data)
    try:
        pixels = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags) if data else None
    except cv2.error:
        pixels = None
    if pixels is None:
        kind = f" ({header.format})" if header.format else ""
        raise LabelmendError(f"The picture {path.name} is broken or of an unknown format{kind}: {path}.")
    return _eight_bits(np.asarray(pixels))


def _eight_bits(pixels: NDArray[np.generic]) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return pixels  # type: ignore[return-value]  # numpy's types do not follow the test
    values = np.nan_to_num(pixels.astype(np.float32), posinf=0, neginf=0)
    low, high = float(values.min()), float(values.max())
    return ((values - low) * (255 / ((high - low) or 1))).round().astype(np.uint8)
