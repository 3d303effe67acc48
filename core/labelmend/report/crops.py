"""Pictures of a fix: the place before and after, with the outlines of the labels drawn on it."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from labelmend.errors import LabelmendError
from labelmend.geometry import masks
from labelmend.geometry.contours import borders
from labelmend.geometry.polygons import Parts
from labelmend.pictures import Picture, read_picture
from labelmend.project.annotation import Annotation
from labelmend.project.project import Project
from labelmend.report.fixes import Shown

SIDE: Final = 300
"""Pixels of a picture's longer side in the report."""
REFERENCE_SIDE: Final = 200
"""The same of a picture of the instructions."""
QUALITY: Final = 82
ROOM: Final = 0.7
"""So much of the labels' longer side is seen around them, and LEAST_ROOM pixels at least."""
LEAST_ROOM: Final = 24.0
SMALLEST: Final = 48.0
"""Pixels of the picture that are seen at least."""
BEFORE: Final = (60, 90, 255)
AFTER: Final = (255, 190, 40)
"""BGR: the original outline is red, the corrected one blue; both have a dark casing, to be seen anywhere."""
BESIDE, CLEAR = (255, 255, 255), 0.5
"""The labels beside it are thin, and half of the ground shows through."""
CASING: Final = (20, 20, 20)
_SHIFT: Final = 4


@dataclass(frozen=True)
class Pair:
    """Two pictures as JPEG files, and their size in pixels."""

    before: bytes
    after: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Single:
    """One picture as a JPEG file, and its size in pixels."""

    jpeg: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Pictures:
    """The pictures of a report, or why one is not there, in a sentence.

    fixes: by the number of the issue; references: those of the instructions, by their SHA-256.
    """

    fixes: Mapping[int, Pair | str] = field(default_factory=dict)
    references: Mapping[str, Single | str] = field(default_factory=dict)


@dataclass(frozen=True)
class _View:
    """What is seen: from the corner (left, top) of the picture, in label pixels, at a scale."""

    left: float
    top: float
    scale: float

    def place(self, part: NDArray[np.float64]) -> NDArray[np.int32]:
        """Points (k, 2) of the picture as OpenCV draws them: whole numbers of sixteenths of a pixel."""
        points = (part - [self.left, self.top]) * self.scale - 0.5
        return np.asarray(np.round(points * (1 << _SHIFT)).clip(-1e8, 1e8), np.int32)


def pair(project: Project, shown: Shown) -> Pair:
    """The pictures of a fix. Raises LabelmendError when the picture is missing or broken."""
    if shown.image < 0:
        raise LabelmendError("The image of this label is not in the file.")
    picture, declared = _read(project, shown), project.declared_size(shown.image)
    size = declared or (picture.width, picture.height)
    mine = {one.key for both in shown.labels for one in both if one is not None}
    beside = [one for one in project.annotations_of(shown.image) if one.key not in mine]
    sides = [[one for one in side if one is not None] for side in zip(*shown.labels, strict=True)]
    whole = [outlines(one, size) for side in sides for one in side]
    ground, view = _cropped(picture, _place(whole, (picture.width, picture.height)))
    _draw_quiet(ground, [outlines(one, size) for one in beside if not one.crowd], view)
    out = []
    for side, colour in zip(sides, (BEFORE, AFTER), strict=True):
        canvas = ground.copy()
        _draw(canvas, [outlines(one, size) for one in side], view, colour)
        out.append(_jpeg(canvas))
    return Pair(out[0], out[1], ground.shape[1], ground.shape[0])


def single(data: bytes) -> Single:
    """A picture file made as small as a report shows it. Raises LabelmendError when it is broken."""
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise LabelmendError("A picture of the instructions is broken.")
    scale = min(REFERENCE_SIDE / max(pixels.shape[:2]), 1.0)
    size = tuple(max(1, round(side * scale)) for side in (pixels.shape[1], pixels.shape[0]))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return Single(_jpeg(small), *size)


def data_uri(jpeg: bytes) -> str:
    """A JPEG file as a page holds it within itself."""
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")


def outlines(annotation: Annotation, size: tuple[int, int]) -> Parts:
    """The outlines of a label, in pixels of its picture of `size`; of a record that has none: nothing."""
    if annotation.rle is not None:
        try:
            counts = masks.counts(annotation.rle, height=size[1], width=size[0])
            return borders(counts, height=size[1], width=size[0])
        except LabelmendError:
            pass  # a mask of another size: its box is drawn
    parts = tuple(part for part in annotation.polygons if np.isfinite(part).all())
    if parts:
        return parts
    if not np.isfinite(annotation.bbox).all():
        return ()
    x, y, w, h = annotation.bbox.tolist()
    return (np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]]),)


def _read(project: Project, shown: Shown) -> Picture:
    return read_picture(
        project.image_path(shown.image),
        declared=project.declared_size(shown.image),
        prefer=project.orientation,
    )


def _place(shapes: Sequence[Parts], size: tuple[int, int]) -> tuple[float, float, float, float]:
    """What is seen: left, top, right, bottom in label pixels, within the picture; all of it for no shapes."""
    points = [part for parts in shapes for part in parts]
    if not points:
        return (0.0, 0.0, float(size[0]), float(size[1]))
    every = np.concatenate(points)
    low, high = every.min(axis=0), every.max(axis=0)
    side = max(float((high - low).max()) + 2 * max(ROOM * float((high - low).max()), LEAST_ROOM), SMALLEST)
    out = []
    for middle, whole in zip(((low + high) / 2).tolist(), size, strict=True):
        wide = min(side, whole)
        start = min(max(middle - wide / 2, 0.0), whole - wide)
        out.append((start, start + wide))
    return (out[0][0], out[1][0], out[0][1], out[1][1])


def _cropped(picture: Picture, place: tuple[float, float, float, float]) -> tuple[NDArray[np.uint8], _View]:
    """The pixels of a place at the report's size, as BGR, and how it is seen."""
    own = picture.pixels.shape[1] / max(picture.width, 1)
    left, top = int(place[0] * own), int(place[1] * own)
    right, bottom = int(np.ceil(place[2] * own)), int(np.ceil(place[3] * own))
    pixels = picture.pixels[top : max(bottom, top + 1), left : max(right, left + 1)]
    if pixels.ndim == 2:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
    scale = SIDE / max(pixels.shape[:2])
    width, height = (max(1, round(side * scale)) for side in (pixels.shape[1], pixels.shape[0]))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    resized = np.asarray(cv2.resize(pixels, (width, height), interpolation=way), np.uint8)
    return resized, _View(left / own, top / own, scale * own)


def _draw(canvas: NDArray[Any], shapes: Sequence[Parts], view: _View, colour: tuple[int, int, int]) -> None:
    lines = [view.place(part) for parts in shapes for part in parts]
    for wide, paint in ((4, CASING), (2, colour)):
        cv2.polylines(canvas, lines, True, paint, wide, cv2.LINE_AA, _SHIFT)


def _draw_quiet(canvas: NDArray[Any], shapes: Sequence[Parts], view: _View) -> None:
    drawn, lines = canvas.copy(), [view.place(part) for parts in shapes for part in parts]
    cv2.polylines(drawn, lines, True, BESIDE, 1, cv2.LINE_AA, _SHIFT)
    cv2.addWeighted(drawn, 1 - CLEAR, canvas, CLEAR, 0, dst=canvas)


def _jpeg(pixels: NDArray[Any]) -> bytes:
    done, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise LabelmendError("A picture could not be written as JPEG.")
    return data.tobytes()
