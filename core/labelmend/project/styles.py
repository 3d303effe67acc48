"""How numbers are written in the source, sampled once and remembered."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from labelmend.coco.columns import POLYGONS, RLE
from labelmend.coco.record import annotation_of
from labelmend.coco.spans import Spans
from labelmend.coco.style import Styles, sample_rows, styles


class StyleBook:
    """The number style of each key of the annotations, from a hundred records spread over the file."""

    def __init__(
        self,
        read: Callable[[int, int], bytes],
        spans: Mapping[str, Spans],
        *,
        shape: npt.NDArray[np.uint8],
    ) -> None:
        """shape (n,): what outline each annotation has, as in the columns of the annotations."""
        self.outlined = bool((shape > 0).any())
        self.mostly_polygons = bool((shape == POLYGONS).sum() > (shape == RLE).sum())
        self._masks = np.flatnonzero(shape == RLE)[-1:].tolist()
        self._read = read
        self._spans = spans
        self._styles: Styles | None = None
        self._keys: frozenset[str] | None = None
        self._template: tuple[bytes | None] | None = None

    def of_annotations(self) -> Styles:
        """The style by key."""
        if self._styles is None:
            rows = sample_rows(len(self._spans["annotations"].start))
            self._styles = styles([self._record(row) for row in rows])
        return self._styles

    def template(self) -> bytes | None:
        """The record that a new annotation is laid out like: the last one, or the last image where there
        is none; None when there is neither."""
        if self._template is None:
            last = [(array, len(self._spans[array].start) - 1) for array in ("annotations", "images")]
            self._template = (next((self._record(row, array) for array, row in last if row >= 0), None),)
        return self._template[0]

    def mask(self) -> dict[str, Any] | None:
        """The mask that a new one is written like: that of the last annotation that has one, or None."""
        rle = (annotation_of(self._record(self._masks[0])).rle if self._masks else None) or {}
        return {name: value for name, value in rle.items() if name in ("size", "counts")} or None

    def keys(self) -> frozenset[str]:
        """The keys of the last annotation; none when there is no annotation."""
        if self._keys is None:
            n = len(self._spans["annotations"].start)
            self._keys = frozenset(annotation_of(self._record(n - 1)).values) if n else frozenset()
        return self._keys

    def _record(self, row: int, array: str = "annotations") -> bytes:
        span = self._spans[array]
        return self._read(int(span.start[row]), int(span.end[row]))
