"""How numbers are written in the source, sampled once and remembered."""

from collections.abc import Callable, Mapping

from labelmend.coco.spans import Spans
from labelmend.coco.style import Styles, sample_rows, styles


class StyleBook:
    """The number style of each key of the annotations, from a hundred records spread over the file."""

    def __init__(self, read: Callable[[int, int], bytes], spans: Mapping[str, Spans]) -> None:
        self._read = read
        self._span = spans["annotations"]
        self._styles: Styles | None = None

    def of_annotations(self) -> Styles:
        """The style by key."""
        if self._styles is None:
            rows = sample_rows(len(self._span.start))
            self._styles = styles([self._record(row) for row in rows])
        return self._styles

    def template(self) -> bytes | None:
        """The last record of the annotations, which a new one is laid out like; None when there is none."""
        n = len(self._span.start)
        return self._record(n - 1) if n else None

    def _record(self, row: int) -> bytes:
        return self._read(int(self._span.start[row]), int(self._span.end[row]))
