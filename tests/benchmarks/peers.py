"""Runs another tool on a pair of files: peers.py cleanlab|hotcoco ANNOTATIONS DETECTIONS OUT

Writes its suspects as JSON lines, one a line, as tests/benchmarks/find.py --out does. The peers are no
dependency of Labelmend: a peer that is not installed says so and ends with code 3. (FiftyOne is not here: its
wheel brings no MongoDB, without which it opens no dataset.)
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

NOT_INSTALLED = 3


def cleanlab(annotations: Path, detections: Path) -> Iterator[dict[str, Any]]:
    """ObjectLab's three scores of boxes, each 1 minus the quality."""
    from cleanlab.object_detection import rank

    gt, found = json.loads(annotations.read_text()), json.loads(detections.read_text())
    row = {image["id"]: i for i, image in enumerate(gt["images"])}
    place = {category["id"]: k for k, category in enumerate(gt["categories"])}
    mine: list[list[dict[str, Any]]] = [[] for _ in row]
    seen: list[list[list[Any]]] = [[[] for _ in place] for _ in row]
    for record in gt["annotations"]:
        if not record.get("iscrowd"):
            mine[row[record["image_id"]]].append(record)
    for record in found:
        seen[row[record["image_id"]]][place[record["category_id"]]].append(record)
    labels = [
        {
            "bboxes": corners([a["bbox"] for a in own]),
            "labels": np.array([place[a["category_id"]] for a in own], int),
        }
        for own in mine
    ]
    predictions = []
    for by_class in seen:
        columns = np.empty(len(place), object)
        for k, own in enumerate(by_class):
            score = np.array([d["score"] for d in own]).reshape(-1, 1)
            columns[k] = np.concatenate([corners([d["bbox"] for d in own]), score], axis=1)
        predictions.append(columns)
    told = {
        "missing": rank.compute_overlooked_box_scores(labels=labels, predictions=predictions),
        "class": rank.compute_swap_box_scores(labels=labels, predictions=predictions),
        "location": rank.compute_badloc_box_scores(labels=labels, predictions=predictions),
    }
    for kind, scores in told.items():
        for i, quality in enumerate(scores):
            of = [d for own in seen[i] for d in own] if kind == "missing" else mine[i]
            for record, one in zip(of, np.asarray(quality).tolist(), strict=True):
                if np.isfinite(one) and one < 1:
                    yield suspect(kind, record, 1 - one, named=kind != "missing")


def hotcoco(annotations: Path, detections: Path) -> Iterator[dict[str, Any]]:
    """The label errors of its diagnostics of images, scored by the detection's own score, and the annotations
    that its check of the file calls near duplicates."""
    import hotcoco

    gt = hotcoco.COCO(str(annotations))
    found = gt.load_res(str(detections))
    judged = hotcoco.COCOeval(gt, found, "bbox")
    judged.evaluate()
    box = {d["id"]: d["bbox"] for d in found.dataset["annotations"]}
    for error in judged.image_diagnostics()["label_errors"]:
        kind = "missing" if error["gt_id"] is None else "class"
        yield {
            "kind": kind,
            "image_id": error["image_id"],
            "annotation_id": error["gt_id"],
            "bbox": list(box[error["dt_id"]]),
            "score": error["dt_score"],
        }
    for warning in gt.healthcheck()["warnings"]:
        if warning["code"] == "near_duplicate":
            for record in gt.load_anns(warning["affected_ids"]):
                yield suspect("duplicate", record, 1.0, named=True)


def suspect(kind: str, record: dict[str, Any], score: float, *, named: bool) -> dict[str, Any]:
    return {
        "kind": kind,
        "image_id": record["image_id"],
        "annotation_id": record["id"] if named else None,
        "bbox": list(record["bbox"]),
        "score": score,
    }


def corners(boxes: list[list[float]]) -> np.ndarray:
    """xyxy (n, 4) of xywh."""
    out = np.array(boxes, float).reshape(-1, 4)
    out[:, 2:] += out[:, :2]
    return out


PEERS = {"cleanlab": cleanlab, "hotcoco": hotcoco}


def main() -> None:
    name, annotations, detections, out = sys.argv[1:]
    try:
        with Path(out).open("w") as file:
            for one in PEERS[name](Path(annotations), Path(detections)):
                file.write(json.dumps(one) + "\n")
    except ImportError as error:
        print(f"not installed ({error})")
        sys.exit(NOT_INSTALLED)


if __name__ == "__main__":
    main()
