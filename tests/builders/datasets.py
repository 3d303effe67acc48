"""Small datasets and projects in one line: a test states only what matters to it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from labelmend.find.run import run_find
from labelmend.project.finding import find_inputs, store_found
from labelmend.project.project import Project
from labelmend.review.states import Actor

CLASSES = ("cat", "dog", "bird")
ANN = Actor("Ann", "annotator")
REV = Actor("Rev", "reviewer")
EXP = Actor("Exp", "expert")
LEA = Actor("Lea", "lead")


def annotation(
    number: int, image: int, bbox: Sequence[float], *, category: int = 1, **more: Any
) -> dict[str, Any]:
    """One annotation record; `more` overrides or adds keys."""
    area = bbox[2] * bbox[3]
    return {
        "id": number,
        "image_id": image,
        "category_id": category,
        "bbox": list(bbox),
        "area": area,
        "iscrowd": 0,
    } | more


def detection(image: int, bbox: Sequence[float], *, category: int = 1, score: float = 0.9) -> dict[str, Any]:
    """One detection record."""
    return {"image_id": image, "category_id": category, "bbox": list(bbox), "score": score}


def grid(images: int = 12) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Annotations and detections that agree: six objects on each image, seen by the model with jitter."""
    rng, annotations, detections = np.random.default_rng(0), [], []
    for image in range(1, images + 1):
        for place in range(6):
            x, y = 20.0 + 100 * (place % 3), 20.0 + 110 * (place // 3)
            box, category = [x, y, 60.0, 50.0 + 5 * place], 1 + place % 3
            annotations.append(annotation(len(annotations) + 1, image, box, category=category))
            seen = np.round(np.array(box) + rng.normal(0, 1, 4), 2).tolist()
            detections.append(
                detection(image, seen, category=category, score=round(float(rng.uniform(0.8, 0.99)), 3))
            )
    return annotations, detections


def write_dataset(
    folder: Path,
    *,
    annotations: Sequence[dict[str, Any]] | None = None,
    detections: Sequence[dict[str, Any]] | None = None,
    images: int = 12,
    size: tuple[int, int] = (320, 240),
    text: str | None = None,
    folders: dict[int, str] | None = None,
) -> tuple[Path, Path, Path]:
    """Write pictures, annotations.json and detections.json; their paths: annotations, folder, detections.

    folders: up to which image (its number) pictures lie in which folder.
    """
    given = grid(images)
    annotations = given[0] if annotations is None else annotations
    detections = given[1] if detections is None else detections
    pictures = folder / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    width, height = size
    for number in range(1, images + 1):
        picture = np.full((height, width, 3), 200 - 5 * (number % 8), np.uint8)
        for one in annotations:
            if one["image_id"] == number and all(isinstance(v, (int, float)) for v in one["bbox"]):
                x, y, w, h = (round(value) for value in one["bbox"])
                cv2.rectangle(picture, (x, y), (x + w, y + h), (60, 90, 60 * int(one["category_id"])), -1)
        (pictures / _name(number, folders)).parent.mkdir(exist_ok=True)
        cv2.imwrite(str(pictures / _name(number, folders)), picture)
    file = {
        "info": {"made": "by a test"},
        "images": [
            {"id": n, "file_name": _name(n, folders), "width": width, "height": height}
            for n in range(1, images + 1)
        ],
        "categories": [{"id": n + 1, "name": name} for n, name in enumerate(CLASSES)],
        "annotations": list(annotations),
    }
    (folder / "annotations.json").write_text(text if text is not None else json.dumps(file))
    (folder / "detections.json").write_text(json.dumps(list(detections)))
    return folder / "annotations.json", pictures, folder / "detections.json"


def _name(number: int, folders: dict[int, str] | None) -> str:
    within = next((name for last, name in sorted((folders or {}).items()) if number <= last), "")
    return f"{within}/{number:03}.png" if within else f"{number:03}.png"


def faulty(images: int = 12) -> dict[str, Any]:
    """A dataset with one error of each kind: keyword arguments of `write_dataset`."""
    annotations, detections = grid(images)
    annotations[0]["bbox"] = [8.0, 12.0, 76.0, 66.0]  # loose
    annotations[7]["category_id"] = 1  # a cat that is a dog
    del annotations[13]  # a missing dog on image 3
    annotations.append(annotation(900, 4, [250, 150, 40, 60], category=3))  # spurious
    annotations.append(annotation(901, 5, [20.5, 20.5, 60, 50], category=1))  # duplicate of image 5's first
    annotations.append(annotation(902, 6, [10, 10, 0, 0], category=2))  # structure
    return {"annotations": annotations, "detections": detections, "images": images}


def make_project(
    folder: Path,
    *,
    actor: Actor | None = ANN,
    find: bool = True,
    detections_given: bool = True,
    **dataset: Any,
) -> Project:
    """A project in `folder`, opened; with the issues found unless `find` is False."""
    annotations, pictures, detections = write_dataset(folder, **(dataset or faulty()))
    path = folder / "test.labelmend"
    given = detections if detections_given else None
    Project.create(path, annotations=annotations, images=pictures, detections=given)
    project = Project.open(path, actor=actor)
    if find:
        store_found(project, run_find(find_inputs(project)))
    return project


def issue_of(project: Project, kind: str, **where: int) -> int:
    """The id of the best-ranked flagged issue of a kind; `annotation=` or `image=` narrow it."""
    table = project.issues
    rows = [
        row
        for row in range(len(table))
        if table.kind_of(row) == kind
        and all(int(getattr(table, column)[row]) == value for column, value in where.items())
    ]
    return int(table.id[max(rows, key=lambda row: float(table.score[row]))])
