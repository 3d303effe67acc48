"""What does not matter changes no rank: the ids, the order of all records, the scale of all coordinates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import labelmend
from builders.find_cases import World, seen_row, world
from labelmend.find import blocks
from labelmend.find.kinds import classes, labelled, moved, spurious

File = dict[str, Any]

ROUNDED = 1.1e-6
"""Records hold scores of six digits."""


@dataclass
class Files:
    """A dataset and its detections as JSON; every record carries its name, which no reader looks at."""

    dataset: File
    detections: list[File]


@pytest.fixture(scope="module")
def scene() -> Files:
    """Errors of all kinds, among many ties: equal scores, equal boxes, touching boxes."""
    scene = world(images=250, each=7, seed=8)
    scene.label_box = [np.round(b).tolist() for b in scene.label_box]
    rng = np.random.default_rng(2)
    for image in range(0, 240, 6):
        scene.unlabel(seen_row(scene, image)[0])
        row, found = seen_row(scene, image + 1)
        scene.label_class[row] = (scene.found_class[found] + 1) % 3
        row, _ = seen_row(scene, image + 2)
        scene.label_box[row] = list(np.add(scene.label_box[row], [25, 10, 20, 0]))
        row, _ = seen_row(scene, image + 3)
        scene.label(image + 3, scene.label_class[row], np.add(scene.label_box[row], rng.integers(0, 6, 4)))
        row, _ = seen_row(scene, image + 4)
        x, y, w, h = scene.label_box[row]
        scene.label(image + 4, scene.label_class[row], [x + w, y, w, h])  # it touches the first
        scene.label(image + 5, 0, [*rng.uniform(0, 500, 2), *rng.uniform(20, 90, 2)])
        scene.label(image + 5, 1, [0, 0, 100, 100], crowd=image % 12 == 0)
        tied(scene, image, rng)
    return files(scene)


def tied(scene: World, image: int, rng: np.random.Generator) -> None:
    """Things at which a choice among equals, or at a border, must not be left to rounding or to the order."""
    across, down = rng.integers(50, 150, 2).tolist()
    x, y = rng.integers(150, 300, 2).tolist()
    sure = rng.uniform(0.7, 0.9)
    for k in range(6):  # between two detections, and two between one
        scene.label(image + k, k % 3, [x, y, across, down])
        for side in (-across // 3, across // 3, *([0] if k > 3 else [])):
            scene.detect(image + k, k % 3, [x + side, y, across, down], sure + k / 100)
    scene.detect(image, 0, [x + across // 6, y, across, down], sure)  # a chain: only the ends are apart
    scene.label(image + 1, 1, [x, y + 80, 100, 40])  # an IoU of a half
    scene.label(image + 1, 1, [x, y + 80, 100, 80])
    scene.detect(image + 1, 1, [x, y + 80, 100, 65], 0.7)  # 0.65 of the second
    scene.detect(image + 1, 2, [x, y + 80, 100, 100], 0.7)
    scene.detect(image + 3, 1, [x, 20, 60, 60], 0.7)  # between two labels
    scene.label(image + 3, 1, [x - 20, 20, 60, 60])
    scene.label(image + 3, 1, [x + 20, 20, 60, 60])
    scene.label(image + 4, 1, [x, 20, 60, 60])  # twice the same, which nobody sees
    scene.label(image + 4, 1, [x + 2, 20, 60, 60])
    scene.detect(image + 2, 1, [1.8, y, 50, 50], 0.7)  # as far from the border as counts as cut off by it
    scene.label(image + 2, 1, [1.8, y, 50, 60])


@pytest.fixture(scope="module")
def outlined(scene) -> Files:
    """The same with outlines, and small things that are there twice, as large as a few pixels."""
    rng = np.random.default_rng(5)
    annotations = [dict(one) for one in scene.dataset["annotations"]]
    images = scene.dataset["images"]
    for n in range(120):
        x, y, w, h = (*rng.uniform(20, 550, 2), *rng.uniform(3, 16, 2))
        twice = {"image_id": images[2 * n]["id"], "category_id": n % 3, "iscrowd": 0, "area": w * h}
        for k, (dx, dy) in enumerate([(0.0, 0.0), rng.uniform(-0.15, 0.15, 2) * (w, h)]):
            box = np.round([x + dx, y + dy, w, h], 1).tolist()
            annotations.append({"id": 5000 + 2 * n + k, "bbox": box, "name": f"b{n} {k}", **twice})
    for one in annotations:
        x, y, w, h = one["bbox"]
        turns = (np.arange(9) + rng.uniform(-0.3, 0.3, 9)) * 2 * np.pi / 9
        outline = rng.uniform(0.3, 0.5, (9, 1)) * np.c_[np.cos(turns), np.sin(turns)] + 0.5
        outline[[0, 2, 4, 6], [0, 1, 0, 1]] = [1, 1, 0, 0]  # it reaches all sides of its box
        one["segmentation"] = [(outline * (w, h) + (x, y)).ravel().tolist()]
    return Files({**scene.dataset, "annotations": annotations}, scene.detections)


def files(scene: World) -> Files:
    box = [np.round(b, 1).tolist() for b in scene.label_box]
    rows = [n for n, at in enumerate(scene.label_image) if at >= 0]
    annotations = [
        {
            "id": n,
            "image_id": scene.label_image[n],
            "category_id": scene.label_class[n],
            "bbox": box[n],
            "iscrowd": int(scene.crowd[n]),
            "area": box[n][2] * box[n][3],
            "name": f"a{n}",
        }
        for n in rows
    ]
    side = {"width": 600, "height": 600}
    images = [{"id": n, "file_name": f"{n % 3}/{n:04}.jpg", **side} for n in range(scene.images)]
    classes = [{"id": n, "name": f"class {n}"} for n in range(scene.classes)]
    found = zip(scene.found_image, scene.found_class, scene.found_box, scene.found_score, strict=True)
    detections = [
        {"image_id": at, "category_id": c, "bbox": np.round(b, 1).tolist(), "score": round(s, 3)}
        for at, c, b, s in found
    ]
    return Files({"images": images, "categories": classes, "annotations": annotations}, detections)


def renamed(given: Files) -> Files:
    """Other ids of images, classes and annotations, in another order than before."""
    numbers = np.random.default_rng(3).permutation(10_000) + 7

    def of_image(key: int) -> int:
        return int(numbers[key])

    def of_class(key: int) -> int:
        return int(numbers[5000 + key])

    d = given.dataset
    return Files(
        {
            "images": [{**one, "id": of_image(one["id"])} for one in d["images"]],
            "categories": [{**one, "id": of_class(one["id"])} for one in d["categories"]],
            "annotations": [
                {
                    **one,
                    "id": int(numbers[one["id"]]),
                    "image_id": of_image(one["image_id"]),
                    "category_id": of_class(one["category_id"]),
                }
                for one in d["annotations"]
            ],
        },
        [
            {**one, "image_id": of_image(one["image_id"]), "category_id": of_class(one["category_id"])}
            for one in given.detections
        ],
    )


def shuffled(given: Files) -> Files:
    """All records in another order, those of the classes too."""
    rng = np.random.default_rng(4)

    def mixed(records: list[File]) -> list[File]:
        return [records[n] for n in rng.permutation(len(records)).tolist()]

    d = given.dataset
    parts = {"images": mixed(d["images"]), "annotations": mixed(d["annotations"])}
    parts["categories"] = d["categories"][::-1]
    return Files({**d, **parts}, mixed(given.detections))


def scaled(given: Files, by: float) -> Files:
    """All boxes and pictures larger."""

    def larger(one: File) -> File:
        parts = {"bbox": [by * v for v in one["bbox"]]}
        if "segmentation" in one:
            parts["segmentation"] = [[by * v for v in part] for part in one["segmentation"]]
        return {**one, **parts}

    d = given.dataset
    images = [{**one, "width": by * one["width"], "height": by * one["height"]} for one in d["images"]]
    annotations = [{**larger(one), "area": by * by * one["area"]} for one in d["annotations"]]
    parts = {"images": images, "annotations": annotations}
    return Files({**d, **parts}, [larger(one) for one in given.detections])


CHANGES = {
    "ids renamed": renamed,
    "records shuffled": shuffled,
    "twice as large": lambda given: scaled(given, 2.0),
    "1.7 times as large": lambda given: scaled(given, 1.7),
    "all at once": lambda given: scaled(shuffled(renamed(given)), 1.7),
}


@pytest.fixture
def small_portions(monkeypatch):
    """Many blocks, and samples of some of the rows: as of a large dataset."""
    monkeypatch.setattr(blocks, "ROWS", 700)
    monkeypatch.setattr(blocks, "JOINED", 200)
    monkeypatch.setattr(moved, "ROWS", 500)
    for module in (labelled, classes, spurious):
        monkeypatch.setattr(module, "FIT_ROWS", 900)


@pytest.mark.usefixtures("small_portions")
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("shapes", ["scene", "outlined"])
def test_no_rank_changes(change, shapes, request, tmp_path):
    scene: Files = request.getfixturevalue(shapes)
    before, after = ranked(scene, tmp_path / "before"), ranked(change(scene), tmp_path / "after")
    assert before.keys() == after.keys()
    assert len(before) > 300
    assert {kind for kind, *_ in before} >= {"missing", "spurious", "class", "location", "duplicate"}
    order = sorted(before, key=before.__getitem__)
    there = np.array([after[about] for about in order])
    np.testing.assert_allclose(there, [before[about] for about in order], atol=ROUNDED)
    assert (np.diff(there) >= -2 * ROUNDED).all()


def ranked(given: Files, folder: Path) -> dict[tuple[Any, ...], float]:
    """The score of each issue, by what it is about in terms that no change touches.

    What is the same in all respects, as a label that is there twice, is told apart by its place in the list.
    Faults of the records are left out: a pixel too far is one at any scale.
    """
    folder.mkdir()
    (folder / "annotations.json").write_text(json.dumps(given.dataset))
    (folder / "detections.json").write_text(json.dumps(given.detections))
    data = labelmend.load(folder / "annotations.json", detections=folder / "detections.json")
    place = {one["id"]: (one["file_name"], one["width"]) for one in given.dataset["images"]}
    out: dict[tuple[Any, ...], float] = {}
    for one in labelmend.find_issues(data).records():
        if one.kind != "structure":
            file, width = place[one.image_id]
            about = (one.kind, file, one.category, *(np.round(np.array(one.bbox) / width, 9).tolist()))
            twin = 0
            while (*about, twin) in out:
                twin += 1
            out[*about, twin] = one.score
    return out
