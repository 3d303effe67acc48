"""Keys that one record has twice: readers take the last, but nobody can mean both."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from labelmend.coco.faults import Fault, FaultBook, shown
from labelmend.coco.identity import Ids
from labelmend.coco.source import Source
from labelmend.coco.syntax import members

_KEYS = {
    "images": ("id", "file_name", "width", "height"),
    "categories": ("id", "name"),
    "annotations": ("id", "image_id", "category_id", "bbox", "segmentation", "area", "iscrowd"),
}


def repeated_keys(source: Source, ids: dict[str, Ids]) -> list[Fault]:
    """One fault for each record that has one of COCO's keys twice; ids are those of each array's records.

    Takes a second for some hundred megabytes: every key is looked for in the text.
    """
    book = FaultBook(source.name)
    for array, keys in _KEYS.items():
        for row in _suspects(source, array, keys) if array in source.spans else ():
            record = source.record(array, row)
            number = Counter(one.key for one in members(record)) if record[:1] == b"{" else Counter()
            twice = [shown(key) for key in keys if number[key] > 1]
            if twice:
                told = f"has {' and '.join(twice)} more than once; the last counts. Keep the right one only."
                book.tell(array, row, "repeated-key", told, identity=ids[array].of(row))
    return book.faults()


def _suspects(source: Source, array: str, keys: Sequence[str]) -> list[int]:
    """Rows of the records that hold a key's text twice, wherever in them."""
    spans, found = source.spans[array], set[int]()
    for key in keys if len(spans) else ():
        first, last = int(spans.start[0]), int(spans.end[-1])
        text = re.compile(rb'"%s"[ \t\r\n]*:' % key.encode())
        places = np.fromiter((m.start() for m in text.finditer(source.data, first, last)), np.int64)
        rows = np.searchsorted(spans.start, places, side="right") - 1
        found.update(rows[1:][rows[1:] == rows[:-1]].tolist())
    return sorted(found)
