#!/usr/bin/env python3
"""Makes the sample project: rendered pictures, labels with known errors, a simulated detector's results.

  make_sample.py [OUT]      OUT is resources/labelmend_resources/sample when it is not given

Needs numpy and OpenCV. Every number comes from a fixed seed: a second run writes the same bytes.
"""

import json
import sys
from pathlib import Path
from typing import Any

import cv2
from sample_scenes import detector, mistakes, render, table
from sample_scenes.layout import HEIGHT, WIDTH
from sample_scenes.table import CATEGORY_IDS, SEED, SUPERS, Label, Shot

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "resources" / "labelmend_resources" / "sample"
PEOPLE = ("anna", "ben", "chi")
QUALITY = 86


def image_record(shot: Shot) -> dict[str, Any]:
    stamp = f"2024-03-{4 + shot.number // 12:02d}T{9 + shot.number % 8:02d}:{(shot.number * 17) % 60:02d}:00Z"
    name, camera = shot.file_name, {"lens": "50 mm", "table": shot.ground}
    size = {"width": WIDTH, "height": HEIGHT}
    return {"id": shot.image_id, "file_name": name, **size, "license": 1, "captured": stamp, "camera": camera}


def annotation_record(label: Label, annotation_id: int) -> dict[str, Any]:
    """One annotation; the last keys are not COCO's, and an export must carry them unchanged."""
    record: dict[str, Any] = {
        "id": annotation_id,
        "image_id": label.image_id,
        "category_id": CATEGORY_IDS[label.kind],
        "bbox": label.box,
        "area": label.area(),
        "iscrowd": int(label.crowd),
        "segmentation": label.segmentation(),
        "drawn_by": PEOPLE[annotation_id % 3],
    }
    if label.seen < 0.97:
        record["attributes"] = {"occluded": True, "visible_share": round(label.seen, 2)}
    return record


def categories() -> list[dict[str, Any]]:
    return [
        {"id": number, "name": kind, "supercategory": SUPERS.get(kind, "metal"), "code": f"T-{number:02d}"}
        for kind, number in CATEGORY_IDS.items()
    ]


def dataset(shots: list[Shot]) -> tuple[str, str]:
    """annotations.json and truth.json as text."""
    truth = [label for shot in shots for label in table.true_labels(shot)]
    labels, errors = mistakes.spoil(shots, truth)
    numbers = [101 + n + n // 7 + 60 * (n > 140) for n in range(len(labels))]
    ids = {id(label): number for label, number in zip(labels, numbers, strict=True)}
    info = {
        "description": "Things on a table: the sample of Labelmend. Rendered pictures; the errors are known.",
        "version": "1.0",
        "year": 2024,
        "table": {"light": "one lamp", "errors": len(errors)},
    }
    licences = [{"id": 1, "name": "Apache License 2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"}]
    arrays = {
        "licenses": licences,
        "categories": categories(),
        "images": [image_record(shot) for shot in shots],
        "annotations": [annotation_record(label, ids[id(label)]) for label in labels],
    }
    known = {
        "meta": {"images": len(shots), "seed": SEED, "objects": len(truth)},
        "errors": [mistakes.record(n, mistake, ids) for n, mistake in enumerate(errors)],
    }
    return written({"info": info, **arrays, "revision": "table-7"}), written(known)


def written(top: dict[str, Any]) -> str:
    """JSON with one record a line."""
    members = []
    for name, value in top.items():
        text = json.dumps(value)
        if isinstance(value, list):
            text = "[\n" + ",\n".join("  " + json.dumps(record) for record in value) + "\n ]"
        members.append(f' "{name}": {text}')
    return "{\n" + ",\n".join(members) + "\n}\n"


def results(shots: list[Shot]) -> str:
    """detections.json as text."""
    return "[\n" + ",\n".join(json.dumps(record) for record in detector.detections(shots)) + "\n]\n"


def encoded(shot: Shot) -> bytes:
    """The picture of a shot as a JPEG file."""
    picture = render.photo(shot.things, ground=shot.ground, seed=(SEED, 3000, shot.number))
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()


def make(out: Path) -> None:
    """Write the sample's pictures and JSON files into a folder."""
    shots = table.shots()
    for shot in shots[:-1]:  # the last picture is the missing one
        path = out / "images" / shot.file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(shot))
    annotations, truth = dataset(shots)
    (out / "annotations.json").write_bytes(annotations.encode())
    (out / "truth.json").write_bytes(truth.encode())
    (out / "detections.json").write_bytes(results(shots).encode())


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE)
