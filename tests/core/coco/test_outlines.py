"""The outlines of many labels, measured by several threads."""

import json
from threading import Event

import numpy as np
import pytest

from labelmend.coco import outlines
from labelmend.coco.columns import Dataset, read_dataset
from labelmend.coco.source import Source, read_source
from labelmend.errors import Cancelled

MANY = 400


@pytest.fixture
def given(tmp_path, monkeypatch) -> tuple[Source, Dataset]:
    """Labels whose outlines differ, in many blocks; every fourth crosses itself, every fifth has none."""
    monkeypatch.setattr(outlines, "_BLOCK", 8)
    records = []
    for n in range(MANY):
        corners = [[n, 0], [n + 9, 9], [n + 9, 0], [n, 9]] if n % 4 == 0 else [[n, 0], [n + 9, 0], [n, 9]]
        shape = [] if n % 5 == 0 else [[number for corner in corners for number in corner]]
        record = {"id": n, "image_id": 1, "category_id": 1, "bbox": [n, 0, 9, 9]}
        records.append(record | {"segmentation": shape})
    images = [{"id": 1, "file_name": "a.jpg", "width": 600, "height": 20}]
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"images": images, "categories": [], "annotations": records}))
    source = read_source(file)
    return source, read_dataset(source)


def test_outlines_are_told_in_the_order_of_the_labels(given):
    bounds, crossing = outlines.read_outlines(*given)
    n = np.arange(MANY)
    drawn = n % 5 != 0
    np.testing.assert_array_equal(bounds[drawn], np.c_[n, 0 * n, 9 + 0 * n, 9 + 0 * n][drawn])
    assert np.isnan(bounds[~drawn]).all()
    np.testing.assert_array_equal(crossing, (n % 4 == 0) & drawn)


def test_who_stops_the_reading_waits_for_no_more_of_it(given, monkeypatch):
    begun, measure, never = [], outlines._measure, Event()

    def counted(lists):
        begun.append(len(lists))
        never.wait(0.03)  # so small blocks would all be read before anybody can stop it
        return measure(lists)

    def stop(done: int, total: int) -> None:
        raise Cancelled

    monkeypatch.setattr(outlines, "_measure", counted)
    with pytest.raises(Cancelled):
        outlines.read_outlines(*given, progress=stop)
    assert sum(begun) < MANY / 2
