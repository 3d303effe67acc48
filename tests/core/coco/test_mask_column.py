"""The masks of annotations, whatever form they have in the file; a broken one is none."""

import hashlib
import json

import numpy as np

from labelmend.coco.columns import read_dataset
from labelmend.coco.intake import Intake
from labelmend.coco.mask_column import read_masks
from labelmend.coco.source import lay_out
from labelmend.geometry import masks

RUNS = [11, 5, 184]
PACKED = masks.pack(RUNS, height=10, width=20)
SEGMENTATIONS = [
    {"size": [10, 20], "counts": RUNS},
    {"size": [10, 20], "counts": PACKED.decode()},
    [[1, 1, 6, 1, 6, 6]],
    {"size": [10, 20], "counts": "~~"},
    {"size": [11, 20], "counts": RUNS},
    [],
]


def test_masks_of_annotations() -> None:
    records = [
        {
            "id": i,
            "image_id": 1,
            "category_id": 1,
            "bbox": [1, 1, 2, 2],
            "area": area,
            "segmentation": one,
        }
        for i, (one, area) in enumerate(zip(SEGMENTATIONS, [float("nan"), 1, 1, 1, 1, 1], strict=True))
    ]
    records += [{**records[0], "image_id": 2}, {**records[0], "image_id": 3}]
    images = [{"id": 1, "file_name": "a", "width": 20, "height": 10}, {"id": 2, "file_name": "b"}]
    text = json.dumps({"images": images, "annotations": records, "categories": [{"id": 1, "name": "x"}]})
    data = text.encode()
    source = lay_out(Intake("a.json", data, hashlib.sha256(data).hexdigest()))
    dataset = read_dataset(source)
    found = read_masks(source, dataset)
    assert [found[i] for i in range(len(found))] == [PACKED, PACKED, *[b""] * 6]
    drawn = read_masks(source, dataset, rows=np.array([2, 0]))
    assert drawn[0] == PACKED
    assert drawn[1] == b""
    assert masks.area(drawn[2], height=10, width=20) > 0
