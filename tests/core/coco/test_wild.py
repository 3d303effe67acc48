"""COCO files of the wild, where they are at hand: an export without an edit is the source, byte for byte."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from builders.real import SETS
from labelmend.coco.columns import read_dataset
from labelmend.coco.detections import read_detections
from labelmend.coco.source import read_source
from labelmend.coco.splice import splices, write

NAMES = ("annotations*.json*", "corrected*.json*")
FILES = [path for folder in SETS for name in NAMES for path in folder.glob(name)]
PAIRS = [(folder / "annotations.json", path) for folder in SETS for path in folder.glob("detections.json*")]
pytestmark = pytest.mark.skipif(not SETS, reason="no real datasets at hand")


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_an_export_without_an_edit_is_the_source(path: Path, tmp_path: Path) -> None:
    source = read_source(path)
    found = splices(source.spans, read=lambda a, b: source.data[a:b], changed={}, added={})
    assert found == []
    chunks = [source.data[at : at + 50_000] for at in range(0, len(source.data), 50_000)]
    out = tmp_path / "out.json"
    write(chunks, found, out, sha256=source.sha256, size=len(source.data))
    assert out.read_bytes() == path.read_bytes()
    dataset, told = read_dataset(source), json.loads(source.data)
    assert [record["file_name"] for record in told["images"]] == dataset.images.file_name
    boxes = np.array([record["bbox"] for record in told["annotations"]], float)
    assert (boxes == dataset.annotations.bbox).all()
    ids = dataset.images.id[dataset.annotations.image]
    assert ids.tolist() == [record["image_id"] for record in told["annotations"]]


@pytest.mark.parametrize(("annotations", "path"), PAIRS, ids=str)
def test_detections_of_the_wild(annotations: Path, path: Path) -> None:
    dataset = read_dataset(read_source(annotations))
    found, faults = read_detections(path, dataset=dataset)
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    told = json.loads(text)
    assert len(found) + len({fault.row for fault in faults if fault.row >= 0}) >= len(told)
    for place in range(0, len(found), 997):
        record = told[found.row[place]]
        assert found.score[place] == record["score"]
        assert found.bbox[place].tolist() == record["bbox"]
        if found.masks is not None:
            assert found.masks[place] == record["segmentation"]["counts"].encode()
