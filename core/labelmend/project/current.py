"""The annotations as they stand now: the source's records with the edits of the history over them."""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from copy import copy
from typing import Any, Final

import msgspec
import numpy as np

from labelmend.coco.columns import Dataset, fresh_id
from labelmend.coco.identity import Ids
from labelmend.coco.record import annotation_of
from labelmend.coco.spans import Spans
from labelmend.project.annotation import Annotation
from labelmend.project.rows_by_id import RowsById
from labelmend.project.state import State

ROOM: Final = 1 << 32
"""So many keys of labels, and ids of issues, are kept for what is added in one place."""
_CACHED_IMAGES: Final = 64


class _Record(msgspec.Struct, gc=False):
    image_id: Any = None


_DECODER: Final = msgspec.json.Decoder(_Record)


class CurrentAnnotations:
    """Reads records from the state where they were edited, else from the source; remembers a few images."""

    def __init__(
        self,
        dataset: Dataset,
        span: Spans,
        *,
        read: Callable[[int, int], bytes],
        state: State,
        image_ids: RowsById,
        category_ids: RowsById,
        floor: tuple[int, Any] = (0, None),
    ) -> None:
        """floor: the key below which annotations are added, and an id that those added come after.

        Keys further down than ROOM, and the ids that go with them, are kept for those that others add.
        """
        self._columns = dataset.annotations
        self._span = span
        self._read = read
        self._state = state
        self._image_ids = image_ids
        self._category_ids = category_ids
        rows = self._columns.image
        self._by_image = np.argsort(rows, kind="stable")
        self._first = np.searchsorted(rows[self._by_image], np.arange(len(dataset.images.id) + 1))
        self._added: dict[int, list[int]] = defaultdict(list)
        self._added_ids: dict[int, Any] = {}
        self._fresh: Any = None  # costly to tell where there are many
        self.lowest_key, first = floor
        self._last_key = self.lowest_key - ROOM
        self._taken = [] if first is None else [first]
        self._cache: OrderedDict[int, list[Annotation]] = OrderedDict()
        self._stale: dict[int, set[int]] = {}  # of images in the cache, the keys that changed since
        for key, record in sorted(state.added.items(), reverse=True):
            self.forget(key, record)

    def still(self, state: State) -> "CurrentAnnotations":
        """A copy over a copy of the state, that the next steps do not change."""
        other = copy(self)
        other._state, other._cache = state, OrderedDict(self._cache)
        other._stale = {image: set(keys) for image, keys in self._stale.items()}
        other._added = defaultdict(list, {image: list(keys) for image, keys in self._added.items()})
        other._added_ids = dict(self._added_ids)
        return other

    def original(self, key: int) -> bytes | None:
        """The record's bytes in the source; None for an annotation that was added here."""
        if not 0 <= key < len(self._span.start):
            return None
        return self._read(int(self._span.start[key]), int(self._span.end[key]))

    def record(self, key: int) -> bytes | None:
        """The record's bytes as they stand now; None when deleted or unknown."""
        records = self._state.records
        return records[key] if key in records else self.original(key)

    def of_image(self, image: int) -> list[Annotation]:
        """The annotations of an image: the source's in its order, then the added ones."""
        stale = self._stale.pop(image, None)
        if image in self._cache and stale is None:
            self._cache.move_to_end(image)
            return self._cache[image]
        known = {one.key: one for one in self._cache.pop(image, ()) if stale and one.key not in stale}
        keys: list[int] = []
        if 0 <= image < len(self._first) - 1:
            keys = self._by_image[self._first[image] : self._first[image + 1]].tolist()
        present = []
        for key in [*keys, *self._added.get(image, ())]:
            one = known.get(key)
            if one is None and (record := self.record(key)) is not None:
                one = self.read(key, record)
            if one is not None:
                present.append(one)
        self._cache[image] = present
        if len(self._cache) > _CACHED_IMAGES:
            gone, _ = self._cache.popitem(last=False)
            self._stale.pop(gone, None)
        return present

    def read(self, key: int, record: bytes) -> Annotation:
        """The annotation that these bytes are."""
        shape = annotation_of(record)
        image, category = self._rows(key, shape.image_id, shape.category_id)
        changed = key in self._state.records and self._state.records[key] != self.original(key)
        return Annotation(
            key=key,
            id=shape.id,
            image=image,
            category=category,
            bbox=shape.bbox,
            polygons=shape.polygons,
            rle=shape.rle,
            crowd=shape.crowd,
            area=shape.area,
            changed=changed,
        )

    def category_of(self, key: int) -> int:
        """The class row of an annotation as it stands now; -1 when it is deleted or not known."""
        records = self._state.records
        if key not in records:
            return int(self._columns.category[key]) if 0 <= key < len(self._columns.category) else -1
        record = records[key]
        return -1 if record is None else self._category_ids.row_of(annotation_of(record).category_id)

    def forget(self, key: int, record: bytes) -> int:
        """Take note that a record changed (these are its bytes now, or were before it went); its image."""
        if key < 0 and key not in self._added_ids:
            shape = annotation_of(record)
            self._added_ids[key] = shape.id
            if key >= self._last_key:
                self._fresh, self.lowest_key = None, min(self.lowest_key, key)
            self._added[self._image_ids.row_of(shape.image_id)].append(key)
        image = self._image(key, record)
        if image in self._cache:
            self._stale.setdefault(image, set()).add(key)
        return image

    def _image(self, key: int, record: bytes) -> int:
        if key >= 0 and key not in self._state.records:
            return int(self._columns.image[key])
        try:
            return self._image_ids.row_of(_DECODER.decode(record).image_id)
        except (msgspec.DecodeError, RecursionError):
            return self.read(key, record).image

    def added_to(self, image: int) -> tuple[int, ...]:
        """The keys of all annotations that were ever added to an image."""
        return tuple(self._added.get(image, ()))

    def id_of(self, key: int) -> Any:
        """The id of an annotation, deleted or not, as the file has it."""
        return self._added_ids[key] if key < 0 else Ids(self._columns.id, self._columns.odd_ids).of(key)

    def fresh_id(self, beside: Sequence[Any] = ()) -> Any:
        """An id that no annotation has or had, those that were added and deleted again included."""
        if self._fresh is None or beside:
            own = (one for key, one in self._added_ids.items() if key >= self._last_key)
            found = fresh_id(self._columns, taken=[*self._taken, *own, *beside])
            if beside:
                return found
            self._fresh = found
        return self._fresh

    def _rows(self, key: int, image_id: Any, category_id: Any) -> tuple[int, int]:
        if key >= 0 and key not in self._state.records:
            return int(self._columns.image[key]), int(self._columns.category[key])
        return self._image_ids.row_of(image_id), self._category_ids.row_of(category_id)
