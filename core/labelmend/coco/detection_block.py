"""Columns of detection records, their masks checked against their pictures' sizes."""

import math
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np

from labelmend.coco.blocks import BBOX, CATEGORY_ID, IMAGE_ID, four, number, put_ids
from labelmend.coco.columns import Dataset
from labelmend.coco.identity import ODD, Ids, Joiner
from labelmend.coco.picture_names import PictureNames
from labelmend.coco.record import polygons_of
from labelmend.coco.values import ClassNames
from labelmend.errors import BadFile
from labelmend.geometry import masks
from labelmend.geometry.masks import Rles

_NAN4 = (math.nan, math.nan, math.nan, math.nan)
_SCORE, _SEGMENTATION = attrgetter("score"), attrgetter("segmentation")
SHOWN = 8
"""So many keys of a record are told."""
_FILE_NAME = attrgetter("file_name")
SCORES = "score", "confidence", "conf"
"""Keys of a score: COCO's, then what others have, beside or among the attributes."""


class _Rle(msgspec.Struct, gc=False):
    size: tuple[int, int]
    counts: str | list[int]


class _Detection(msgspec.Struct, gc=False):
    image_id: int
    category_id: int
    score: float
    bbox: tuple[float, float, float, float] = _NAN4
    segmentation: _Rle | list[list[float]] | None = None
    file_name: str = ""


class DetectionBlock:
    """Columns of detections; `image`, `category`: rows of the dataset, -1 unknown; `masks` may be empty.

    `boxed`: whether the first record has a box of its own. images: finds the images by the file's ids; an
    image that is named (`file_name`, or in place of its id) is found by its name.
    """

    typed = _Detection

    def __init__(self, n: int, *, dataset: Dataset, images_by: Joiner | None = None) -> None:
        images, categories = dataset.images, dataset.categories
        self._images = images_by or Joiner(Ids(images.id, images.odd_ids))
        self._file_names = images.file_name
        self._categories = Joiner(Ids(categories.id, categories.odd_ids))
        self._classes = ClassNames(categories.name)
        self._width, self._height = images.width, images.height
        self.image_id, self.category_id = (Ids(np.full(n, ODD, np.int64)) for _ in range(2))
        self.image = np.full(n, -1, np.int32)
        self.category = np.full(n, -1, np.int32)
        self.bbox = np.full((n, 4), np.nan)
        self.score = np.full(n, np.nan)
        self.masks: list[bytes] = []
        self.bad_masks: dict[int, str] = {}
        self.broken: list[int] = []
        self.boxed = False
        self.first_keys: list[str] = []

    @cached_property
    def _names(self) -> PictureNames:
        return PictureNames(self._file_names)

    def put_typed(self, first: int, records: list[_Detection]) -> None:
        """Fill rows from records of the regular form."""
        n = len(records)
        rows = slice(first, first + n)
        put_ids(self.image_id.value, first, map(IMAGE_ID, records), n)
        put_ids(self.category_id.value, first, map(CATEGORY_ID, records), n)
        self.image[rows] = self._images.rows(self.image_id.value[rows])
        if any(map(_FILE_NAME, records)):
            named = self._names.rows([one.file_name for one in records])
            self.image[rows] = np.where(named < 0, self.image[rows], named)
        self.category[rows] = self._categories.rows(self.category_id.value[rows])
        flat = np.fromiter(chain.from_iterable(map(BBOX, records)), np.float64, 4 * n)
        self.bbox[rows] = flat.reshape(n, 4)
        if first == 0:
            self.boxed = bool(np.isfinite(flat[:4]).all())
        self.score[rows] = np.fromiter(map(_SCORE, records), np.float64, n)
        if any(map(_SEGMENTATION, records)):
            self._put_shapes(
                [(first + i, one.segmentation) for i, one in enumerate(records) if one.segmentation]
            )

    def put_loose(self, row: int, record: dict[str, Any]) -> None:
        """Fill a row from a record of any content."""
        self.image_id.put(row, record.get("image_id"))
        self.category_id.put(row, record.get("category_id"))
        self.image[row] = self._image(row, record)
        self.category[row] = self._category(row, record)
        self.bbox[row] = four(record.get("bbox"))
        if row == 0:
            self.boxed, self.first_keys = bool(record.get("bbox")), list(record)[:SHOWN]
        self.score[row] = score_of(record)
        if self.masks:
            self.masks[row] = b""
        self.bad_masks.pop(row, None)
        shape = record.get("segmentation")
        if isinstance(shape, list) and len(shape) == 1 and isinstance(shape[0], dict):
            shape = shape[0]  # a mask in brackets, as polygons are
        if shape:
            self._put_shapes([(row, shape)])

    def _image(self, row: int, record: dict[str, Any]) -> int:
        """The image of a record: by its name, else by its id, else by an id that is a name."""
        name, identity = record.get("file_name"), record.get("image_id")
        if isinstance(name, str) and (image := self._names.row(name)) >= 0:
            return image
        image = self._images.row(self.image_id.of(row))
        return self._names.row(identity) if image < 0 and isinstance(identity, str) else image

    def _category(self, row: int, record: dict[str, Any]) -> int:
        """The class of a record: by its id, else by an id that is a name, else by the name beside it."""
        category, identity = self._categories.row(self.category_id.of(row)), record.get("category_id")
        if category < 0:
            name = record.get("category_name") if identity is None else identity
            category = self._classes.row(name) if isinstance(name, str) else -1
        return category

    def _put_shapes(self, shapes: list[tuple[int, Any]]) -> None:
        """Set masks of rows, and the boxes of rows that have none."""
        self.masks = self.masks or [b""] * len(self.image)
        ready: list[tuple[int, bytes]] = []
        for row, shape in shapes:
            if self.image[row] < 0:
                continue
            ready += self._compressed(row, shape)
        for row, counts in self._sound(ready):
            self.masks[row] = counts
            if self._has_no_box(row):
                height, width = self._size(row)
                self.bbox[row] = masks.bounds(counts, height=height, width=width)

    def _has_no_box(self, row: int) -> bool:
        """Whether the box is none, or has no area, as writers of masks have it."""
        return not (np.isfinite(self.bbox[row]).all() and (self.bbox[row, 2:] > 0).all())

    def _compressed(self, row: int, shape: Any) -> list[tuple[int, bytes]]:
        """The row with its mask's compressed counts, whose text alone is not yet checked; or nothing."""
        if isinstance(shape, list) and self._has_no_box(row):
            points = np.concatenate([np.empty((0, 2)), *polygons_of(shape)])
            if len(points):
                low = points.min(0)
                self.bbox[row] = [*low, *(points.max(0) - low)]
        try:
            height, width = self._size(row)
            if isinstance(shape, _Rle):
                if isinstance(shape.counts, str) and shape.size == (height, width) and shape.counts:
                    return [(row, shape.counts.encode())]
                shape = {"size": shape.size, "counts": shape.counts}
            return [(row, masks.counts(shape, height=height, width=width))]
        except BadFile as error:
            self.bad_masks[row] = str(error)
            return []

    def _sound(self, ready: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
        """Those of the masks whose runs are whole and add up to their pictures' pixels."""
        if not ready:
            return []
        rows = np.array([row for row, _ in ready])
        images = self.image[rows]
        pixels = self._height[images] * self._width[images]
        sound = masks.fits(Rles.of([counts for _, counts in ready]), pixels)
        for row in rows[~sound].tolist():
            self.bad_masks[row] = "its mask is damaged or is not of its picture's size"
        return [one for one, good in zip(ready, sound.tolist(), strict=True) if good]

    def _size(self, row: int) -> tuple[int, int]:
        image = self.image[row]
        height, width = self._height[image], self._width[image]
        if not (height > 0 and width > 0):
            raise BadFile("its image has no width and height in the annotations file to check its mask by")
        return int(height), int(width)


def score_of(record: dict[str, Any]) -> float:
    """The score of a record, nan when it has none."""
    attributes = record.get("attributes")
    for holder in (record, attributes if isinstance(attributes, dict) else {}):
        for key in SCORES:
            if not math.isnan(score := number(holder.get(key))):
                return score
    return math.nan
