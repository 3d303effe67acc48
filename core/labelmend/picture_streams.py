"""Pictures as libvips reads them: TIFF of every kind, damaged files, pictures too large for the memory."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyvips
from numpy.typing import NDArray

from labelmend.tiff_strips import TiffStrips

logging.getLogger("pyvips").setLevel(logging.ERROR)  # of a damaged file it warns strip by strip
pyvips.cache_set_max(0)  # a file that was written again must be read again

_QUICK = (np.uint8, np.uint16, np.float32)
"""Numbers that OpenCV turns from RGB to BGR, in a twentieth of numpy's time."""


def open_stream(path: Path, *, reduce: int = 1, damaged: bool = False) -> pyvips.Image:
    """The picture at ``path`` as stored, to be read once from top to bottom, in grey or in red, green, blue.

    ``reduce`` makes it smaller by that factor, by means of areas. Numbers keep their kind (8 or 16 bits,
    float); transparency is left out. A file that is ``damaged`` gives what can be read of it. Raises
    pyvips.Error, here or while it is read, when the file is no picture, or is damaged all the same.
    """
    given: dict[str, Any] = {"access": "sequential", "fail_on": "none" if damaged else "error"}
    image = pyvips.Image.new_from_file(str(path), **given)
    if reduce > 1 and is_read_small(image):
        image = pyvips.Image.new_from_file(str(path), shrink=reduce, **given)
    elif reduce > 1:
        image = image.shrink(reduce, reduce)
    return _in_light(image)


def read_strips(
    strips: TiffStrips, chosen: Sequence[int], *, rows: int, wanted: Callable[[pyvips.Image], pyvips.Image]
) -> NDArray[Any]:
    """What is ``wanted`` of these strips of a TIFF one below the other, of the last only so many ``rows``.

    As pixels_of. Raises pyvips.Error, OSError when they are damaged.
    """
    try:
        return _read_strips(strips.some(chosen, rows=rows, thrifty=True), wanted)
    except pyvips.Error:
        return _read_strips(strips.some(chosen, rows=rows), wanted)


def _read_strips(data: bytes, wanted: Callable[[pyvips.Image], pyvips.Image]) -> NDArray[Any]:
    image = pyvips.Image.new_from_buffer(data, "", access="sequential", fail_on="error")
    return pixels_of(_in_light(wanted(image)))


def _in_light(image: pyvips.Image) -> pyvips.Image:
    """Grey or red, green, blue: without inks, without transparency."""
    if image.interpretation == "cmyk" and image.bands >= 4:
        return _from_inks(image)
    return image.extract_band(0, n=3 if image.bands >= 3 else 1)


def is_read_small(image: pyvips.Image) -> bool:
    """Whether what is not wanted of a picture that is made smaller is never read."""
    return bool(image.get("vips-loader").startswith("jpeg"))


def orientation_of(image: pyvips.Image) -> int:
    """EXIF's orientation of the file, 1 to 8; 1 when it says nothing."""
    value = image.get("orientation") if "orientation" in image.get_fields() else 1
    return value if value in range(1, 9) else 1


def pixels_of(image: pyvips.Image) -> NDArray[Any]:
    """Read the picture: (h, w) grey or (h, w, 3) BGR."""
    pixels: NDArray[Any] = image.numpy()
    if pixels.ndim == 2:
        return pixels
    if pixels.shape[2] == 1:
        return pixels[..., 0]
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR) if pixels.dtype in _QUICK else pixels[..., ::-1].copy()


def _from_inks(image: pyvips.Image) -> pyvips.Image:
    """Red, green, blue of cyan, magenta, yellow, black, as OpenCV and Pillow have it: without profiles."""
    most = 255 if image.format == "uchar" else 65535
    light = (most - image.extract_band(0, n=3)) * (most - image.extract_band(3)) / most
    return light.rint().cast(image.format)
