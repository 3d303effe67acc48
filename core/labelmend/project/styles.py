"""How numbers are written in the source, sampled once and remembered."""

from collections.abc import Callable, Mapping

from labelmend.coco.record import annotation_of
from labelmend.coco.spans import Spans
from labelmend.coco.style import Styles, sample_rows, styles


class StyleBook:
    """The number style of each key of the annotations, from a hundred records spread over the file."""

    def __init__(self, read: Callable[[int, int], bytes], spans: Mapping[str, Spans]) -> None:
        self._read = read
        self._spans = spans
        self._styles: Styles | None = None

    def of_annotations(self) -> Styles:
        """The style by key."""
        if self._styles is None:
            rows = sample_rows(len(self._spans["annotations"].start))
            self._styles = styles([self._record(row) for row in rows])
        return self._styles

    def template(self) -> bytes | None:
        """The record that a new annotation is laid out like: the last one, or the last image where there
        is none; None when there is neither."""
        for array in ("annotations", "images"):
            n = len(self._spans[array].start)
            if n:
                return self._record(n - 1, array)
        return None

    def keys(self) -> frozenset[str]:
        """The keys of the last annotation; none when there is no annotation."""
        n = len(self._spans["annotations"].start)
        return frozenset(annotation_of(self._record(n - 1)).values) if n else frozenset()

    def _record(self, row: int, array: str = "annotations") -> bytes:
        span = self._spans[array]
        return self._read(int(span.start[row]), int(span.end[row]))
