"""Reference pictures of the instructions: made of a label or a picture file, checked, and kept."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from labelmend.errors import BadFile, LabelmendError, Refused
from labelmend.geometry import contours, masks
from labelmend.geometry.orientation import Prefer
from labelmend.geometry.polygons import Parts
from labelmend.large_pictures import frame_of, is_large, read_part
from labelmend.picture_header import read_header
from labelmend.pictures import read_picture
from labelmend.progress import Progress, silent
from labelmend.project.annotation import Annotation, Suggestion
from labelmend.project.project import Project

SIDE: Final = 640
"""The longer side of a picture that is made of a label, in pixels."""
LARGEST_SIDE: Final = 2048
LARGEST_BYTES: Final = 2 << 20
"""What a picture file of the instructions may have at most."""
_CONTEXT: Final = 1.8
_LEAST: Final = 32.0
"""A picture shows so many times the label's longer side, and so many pixels at least."""
_SHARP: Final = 16_000_000
"""Of a large picture so many pixels around a label are read as they are."""
_LINE, _CASING = (0, 214, 255), (24, 20, 20)
_QUALITY: Final = 88


@dataclass(frozen=True)
class Cut:
    """What a reference picture is made of, safe for another thread: a label and where its picture is."""

    path: Path
    declared: tuple[int, int] | None
    prefer: Prefer
    bbox: NDArray[np.float64]
    polygons: Parts
    rle: dict[str, Any] | None
    origin: str


@dataclass(frozen=True)
class Made:
    """A picture's bytes (JPEG or PNG), their SHA-256, and where it is from."""

    name: str
    data: bytes
    origin: str


def cut_of(project: Project, label: Annotation) -> Cut:
    """What the reference picture of a label is made of. Raises Refused for one that is nowhere."""
    if label.image < 0 or not np.isfinite(label.bbox).all():
        raise Refused("This label lies in no picture: choose another one as a reference.")
    file = project.images.file_name[label.image]
    return Cut(
        path=project.image_path(label.image),
        declared=project.declared_size(label.image),
        prefer=project.orientation,
        bbox=label.bbox,
        polygons=label.polygons,
        rle=label.rle,
        origin=f"{file}, label {label.id}",
    )


def cut_of_place(project: Project, image: int, suggested: Suggestion) -> Cut:
    """The same of a place where a label is missing: the one that is suggested there. Raises Refused."""
    if suggested.fix != "create" or suggested.bbox is None:
        raise Refused("There is no label here: select the one to show in the instructions.")
    return Cut(
        path=project.image_path(image),
        declared=project.declared_size(image),
        prefer=project.orientation,
        bbox=suggested.bbox,
        polygons=suggested.polygons or (),
        rle=suggested.rle,
        origin=f"{project.images.file_name[image]}, a suggested label",
    )


def made_of_label(cut: Cut, *, progress: Progress = silent) -> Made:
    """The picture of a label with some of its surroundings, its outline drawn on it, as a JPEG.

    Raises LabelmendError when the picture is missing or broken.
    """
    progress(0, 100)
    side = max(float(cut.bbox[2:].max()) * _CONTEXT, _LEAST)
    middle = cut.bbox[:2] + cut.bbox[2:] / 2
    view = _view(cut, middle - side / 2, middle + side / 2)
    low, high = view.low, view.high
    grow = SIDE / float((high - low).max())
    size = np.maximum(np.round((high - low) * grow), 1).astype(int)
    by = grow / view.scale
    shift = (view.corner - low) * grow + (by - 1) / 2
    matrix = np.array([[by, 0, shift[0]], [0, by, shift[1]]])
    pixels = view.pixels if view.pixels.ndim == 3 else cv2.cvtColor(view.pixels, cv2.COLOR_GRAY2BGR)
    shown = cv2.warpAffine(
        pixels, matrix, tuple(size.tolist()), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    outline = [np.round(((part - low) * grow - 0.5) * 16).astype(np.int32) for part in _parts(cut)]
    for colour, thick in ((_CASING, 6), (_LINE, 2)):
        cv2.polylines(shown, outline, True, colour, thick, cv2.LINE_AA, 4)
    progress(100, 100)
    return _encoded(shown, cut.origin)


@dataclass(frozen=True)
class _View:
    """Pixels from `corner` on that are `scale` times label pixels, of which low to high are to be shown."""

    pixels: NDArray[np.uint8]
    corner: NDArray[np.float64]
    scale: float
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def _view(cut: Cut, low: NDArray[np.float64], high: NDArray[np.float64]) -> _View:
    """The pixels around a label, low to high as far as the picture goes; of a large one that part only."""
    if is_large(cut.path):
        frame = frame_of(cut.path, declared=cut.declared, prefer=cut.prefer)
        low, high = _within(low, high, np.array([frame.width, frame.height], np.float64))
        if (high - low).prod() <= _SHARP:
            part = (*low.astype(int).tolist(), *(high - low).astype(int).tolist())
            return _View(read_part(cut.path, part, frame), low, 1.0, low, high)
    reduce = next((by for by in (8, 4, 2) if (high - low).max() / by >= SIDE), 1)
    picture = read_picture(cut.path, declared=cut.declared, prefer=cut.prefer, reduce=reduce)
    low, high = _within(low, high, np.array([picture.width, picture.height], np.float64))
    return _View(picture.pixels, np.zeros(2), picture.pixels.shape[1] / picture.width, low, high)


def _within(
    low: NDArray[np.float64], high: NDArray[np.float64], room: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Whole pixels of a picture with so much room, one at least."""
    low = np.clip(np.floor(low), 0, room - 1)
    return low, np.clip(np.ceil(high), low + 1, room)


def _parts(cut: Cut) -> Parts:
    """The outlines that are drawn: of a mask its borders, of a box its sides."""
    if cut.rle is not None and cut.declared is not None:
        width, height = cut.declared
        counts = masks.counts(cut.rle, height=height, width=width)
        return contours.borders(counts, height=height, width=width)
    if cut.polygons:
        return cut.polygons
    x, y, w, h = cut.bbox.tolist()
    return (np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]]),)


def made_of_file(path: Path, *, progress: Progress = silent) -> Made:
    """The picture of a file, made small where it is large, as a JPEG.

    Raises LabelmendError when it is missing or no picture.
    """
    progress(0, 100)
    if not path.is_file():
        raise BadFile(f"{path} is no file: choose a picture.")
    pixels = read_picture(path, declared=None).pixels
    shrink = min(1.0, 2 * SIDE / max(pixels.shape[:2]))
    if shrink < 1:
        size = [max(1, round(side * shrink)) for side in pixels.shape[1::-1]]
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
    progress(100, 100)
    return _encoded(pixels, path.name)


def _encoded(pixels: NDArray[Any], origin: str) -> Made:
    done, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise LabelmendError("The picture could not be written as a JPEG: choose another one.")
    return checked(data.tobytes(), where=origin, origin=origin)


def checked(data: bytes, *, where: str, origin: str = "") -> Made:
    """A picture file's bytes with their name. Raises BadFile, with `where`, for what cannot be kept."""
    _require_bounds(data, where)
    try:
        whole = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) is not None
    except cv2.error:
        whole = False
    if not whole:
        raise BadFile(f"{where} is a broken picture: save it anew.")
    return Made(hashlib.sha256(data).hexdigest(), data, origin)


def _require_bounds(data: bytes, where: str) -> None:
    if len(data) > LARGEST_BYTES:
        raise BadFile(f"{where} has {len(data):,} bytes: {LARGEST_BYTES:,} are the most; make it smaller.")
    header = read_header(data)
    if header.format not in ("jpeg", "png") or header.size is None:
        raise BadFile(f"{where} is neither a JPEG nor a PNG picture: save it as one of them.")
    if max(header.size) > LARGEST_SIDE or min(header.size) < 1:
        raise BadFile(
            f"{where} has {header.size[0]:,} x {header.size[1]:,} pixels: {LARGEST_SIDE:,} a side are the "
            "most; make it smaller."
        )


def ending_of(data: bytes) -> str:
    """How the name of such a picture's file ends."""
    return ".png" if read_header(data).format == "png" else ".jpg"


def keep(project: Project, pictures: Mapping[str, bytes]) -> None:
    """Keep pictures in the project; what no instructions refer to yet is of no consequence."""
    project.require_whole()
    if pictures:
        with project.store.transaction():
            for name, data in pictures.items():
                project.store.put_picture(name, data)


def picture_of(project: Project, name: str) -> bytes:
    """The bytes of a picture of the instructions. Raises BadFile when they are gone or altered."""
    data = project.store.picture(name)
    if data is None:
        raise BadFile(f"A picture of the instructions is not in {project.name}: add it again.")
    _require_bounds(data, "A picture of the instructions")
    return data
