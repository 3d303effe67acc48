"""Files as other tools and detectors write them are read as meant: the list is that of a plain COCO pair."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import labelmend
from builders.datasets import ANN, CLASSES, faulty
from labelmend import KINDS
from labelmend.cli import main
from labelmend.project.export import export
from labelmend.project.finding import find_in, store_found
from labelmend.project.project import Project
from labelmend.project.verbs import accept

Json = Any
Listed = list[tuple[str, Any, Any, str]]


def polygon(one: dict[str, Any]) -> list[float]:
    x, y, w, h = one["bbox"]
    return [x, y, x + w, y, x + w, y + h, x, y + h]


@pytest.fixture(scope="module")
def clean() -> tuple[Json, Json]:
    """A pair of files with an error of each kind; ids of images are not the numbers in their names."""
    given = faulty()
    for one in (*given["annotations"], *given["detections"]):
        n, (x, y, w, h) = one["image_id"], one["bbox"]
        one["bbox"] = [x + 67 * n % 180, y + 41 * n % 150, w, h]
    coco = {
        "images": [
            {"id": n, "file_name": f"night\\street_{50 - n}.jpg", "width": 500, "height": 400}
            for n in range(1, 13)
        ],
        "categories": [{"id": n + 1, "name": name} for n, name in enumerate(CLASSES)],
        "annotations": [one | {"segmentation": [polygon(one)]} for one in given["annotations"]],
    }
    return json.loads(json.dumps(coco)), given["detections"]


def listed(folder: Path, coco: Json, *detections: Json) -> Listed:
    """What `labelmend find` lists, but for structure and the sides of boxes."""
    paths = [folder / "a.json", *(folder / f"d{k}.json" for k in range(len(detections)))]
    for path, value in zip(paths, (coco, *detections), strict=True):
        path.write_text(json.dumps(value))
    found = labelmend.find_issues(labelmend.load(paths[0], detections=paths[1:]))
    return [
        (one.kind, one.image_id, one.annotation_id, f"{one.score:.6f}")
        for one in found
        if one.kind != "structure"
    ]


def each(array: str, change: Callable[[dict[str, Any]], Any]) -> Callable[[Json], Json]:
    """A change of every record of an array of a file."""

    def changed(coco: Json) -> Json:
        for one in coco[array]:
            change(one)
        return coco

    return changed


def texts(*keys: str) -> Callable[[dict[str, Any]], Any]:
    def change(one: dict[str, Any]) -> None:
        for key in keys:
            value = one[key]
            one[key] = list(map(str, value)) if isinstance(value, list) else str(value)

    return change


ANNOTATIONS = {
    "no boxes, but outlines": each("annotations", lambda one: one.pop("bbox") if one["bbox"][2] else None),
    "empty boxes, but outlines": each("annotations", lambda one: one["bbox"][2] and one.update(bbox=[])),
    "ids of images as texts, as VIA": each("annotations", texts("image_id")),
    "ids of classes as texts": each("annotations", texts("category_id")),
    "polygons without outer brackets, as VIA": each(
        "annotations", lambda one: one.update(segmentation=one["segmentation"][0])
    ),
    "numbers as texts": each("annotations", texts("bbox", "area")),
    "sizes as texts": each("images", texts("width", "height")),
    "no list of classes": lambda coco: coco | {"categories": None},
    "a class that holds the others, as Roboflow": lambda coco: (
        coco | {"categories": [{"id": 0, "name": "things", "supercategory": "none"}, *coco["categories"]]}
    ),
}


@pytest.mark.parametrize("name", ANNOTATIONS)
def test_annotations(name: str, clean: Any, tmp_path: Path) -> None:
    coco, detections = json.loads(json.dumps(clean))
    expected = listed(tmp_path, coco, detections)
    assert len({kind for kind, *_ in expected}) > 3
    assert listed(tmp_path, ANNOTATIONS[name](coco), detections) == expected


def every(change: Callable[[dict[str, Any]], Any]) -> Callable[[Json, Json], Json]:
    return lambda _, detections: [change(one) or one for one in detections]


def with_names(form: Callable[[str], Any], **more: Any) -> Callable[[Json, Json], Json]:
    """Detections that name their pictures in place of ids."""

    def change(coco: Json, detections: Json) -> Json:
        name = {one["id"]: one["file_name"] for one in coco["images"]}
        return [one | {"image_id": form(name[one["image_id"]])} | more for one in detections]

    return change


def stem(name: str) -> str:
    return name.partition("\\")[2].removesuffix(".jpg")


def ultralytics(coco: Json, detections: Json) -> Json:
    name = {one["id"]: stem(one["file_name"]) for one in coco["images"]}
    return [
        {
            "image_id": int(name[one["image_id"]].partition("_")[2]),
            "file_name": f"{name[one['image_id']]}.jpg",
            "category_id": one["category_id"] - 1,
            "bbox": one["bbox"],
            "score": one["score"],
        }
        for one in detections
    ]


def fiftyone(coco: Json, detections: Json) -> Json:
    """A file of its own: other ids of images and classes, the same names."""
    return {
        "images": [one | {"id": 13 - one["id"], "file_name": "data/" + stem(one["file_name"]) + ".jpg"}
                   for one in coco["images"]],
        "categories": [one | {"id": one["id"] - 1} for one in coco["categories"]],
        "annotations": [
            one | {"id": k, "image_id": 13 - one["image_id"], "category_id": one["category_id"] - 1}
            for k, one in enumerate(detections)
        ],
    }  # fmt: skip


def to_corners(one: dict[str, Any]) -> None:
    x, y, w, h = one["bbox"]
    one["bbox"] = [x, y, x + w, y + h]


def in_loops(coco: Json, detections: Json) -> Json:
    """Written in a loop over the pictures: counted from 0, corners, classes from 0."""
    for one in detections:
        one["image_id"] -= 1
        one["category_id"] -= 1
        to_corners(one)
    return detections


DETECTIONS: dict[str, Callable[[Json, Json], Json]] = {
    "stems": with_names(stem),
    "names": with_names(lambda name: name),
    "paths": with_names(lambda name: "/home/me/data/night/" + stem(name) + ".jpg"),
    "numbers in names": with_names(lambda name: int(stem(name).partition("_")[2])),
    "ids as texts": every(texts("image_id", "category_id")),
    "numbers as texts": every(texts("score", "bbox")),
    "names of classes": every(lambda one: one.update(category_id=CLASSES[one["category_id"] - 1].upper())),
    "names beside no id": every(
        lambda one: one.update(category_name=CLASSES[one.pop("category_id") - 1]),
    ),
    "as Ultralytics": ultralytics,
    "as FiftyOne": fiftyone,
    "in a loop": in_loops,
    "corners": every(to_corners),
    "confidence": every(lambda one: one.update(confidence=one.pop("score"))),
    "score among attributes, as Datumaro": every(
        lambda one: one.update(attributes={"score": one.pop("score")})
    ),
    "no box beside a polygon": every(lambda one: one.update(segmentation=[polygon(one)], bbox=[0, 0, 0, 0])),
    "wrapped": lambda _, detections: {"predictions": detections},
}


@pytest.mark.parametrize("name", DETECTIONS)
def test_detections(name: str, clean: Any, tmp_path: Path) -> None:
    coco, detections = json.loads(json.dumps(clean))
    if "polygon" in name:
        expected = listed(tmp_path, coco, [one | {"segmentation": [polygon(one)]} for one in detections])
    else:
        expected = listed(tmp_path, coco, detections)
    assert listed(tmp_path, coco, DETECTIONS[name](coco, detections)) == expected


@pytest.mark.parametrize(
    "name", ["no boxes, but outlines", "ids of images as texts, as VIA", "numbers as texts"]
)
def test_a_project_of_such_files_is_edited_and_exported(name: str, clean: Any, tmp_path: Path) -> None:
    coco, detections = json.loads(json.dumps(clean))
    expected = listed(tmp_path, coco, detections)
    written = ANNOTATIONS[name](coco)
    listed(tmp_path, written, detections)
    path = tmp_path / "p.labelmend"
    given = {"annotations": tmp_path / "a.json", "images": tmp_path, "detections": tmp_path / "d0.json"}
    Project.create(path, **given)
    project = Project.open(path, actor=ANN)
    store_found(project, find_in(project))
    table = project.issues
    kinds = {KINDS[kind] for kind in table.kind.tolist()}
    assert kinds >= {kind for kind, *_ in expected}
    row = int(np.where(table.kind == KINDS.index("location"), table.score, 0).argmax())
    assert np.isfinite(project.annotation(int(table.annotation[row])).bbox).all()
    project.apply(accept(project, int(table.id[row])))
    out = tmp_path / "out.json"
    export(project, out, every_fix=True)
    project.close()
    before, after = written["annotations"], json.loads(out.read_text())["annotations"]
    changed = [one for one, was in zip(after, before, strict=True) if one != was]
    assert len(changed) == 1
    assert np.isfinite(changed[0]["bbox"]).all()


def test_a_model_that_saw_nothing_is_left_out(clean: Any, tmp_path: Path, capsys: Any) -> None:
    coco, detections = clean
    expected = listed(tmp_path, coco, detections)
    assert listed(tmp_path, coco, [], detections) == listed(tmp_path, coco, detections, []) == expected
    files = [str(tmp_path / name) for name in ("a.json", "d0.json", "d1.json")]
    project = str(tmp_path / "p.labelmend")
    given = ["--annotations", files[0], "--detections", *files[1:], "--images", str(tmp_path)]
    assert main(["new", project, *given]) == 0
    assert "fault: d1.json holds no detections; it was left out" in capsys.readouterr().err
    made = Project.open(Path(project))
    assert made.models == ("d0.json",)
    made.close()


def test_many_faults_alike_are_no_wall(clean: Any, tmp_path: Path, capsys: Any) -> None:
    coco, detections = json.loads(json.dumps(clean))
    for one in coco["annotations"]:
        one.update(bbox=[1, 2, 3], segmentation=[])
    listed(tmp_path, coco, detections)
    given = [str(tmp_path / name) for name in ("a.json", "d0.json", "out.jsonl")]
    assert main(["find", "--annotations", given[0], "--detections", given[1], "--out", given[2]]) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("fault: ")]
    assert len(told) == 4
    assert told[3] == "fault: 71 more records of annotations have the fault “bad-box” too."


def test_one_fault_of_most_records_is_told_once(clean: Any, tmp_path: Path) -> None:
    coco, detections = json.loads(json.dumps(clean))
    for one in coco["images"]:
        one["width"] = 0
    for one in coco["annotations"][1:]:
        del one["id"]
    listed(tmp_path, coco, detections)
    faults = labelmend.load(tmp_path / "a.json").faults
    assert [fault.sentence for fault in faults if fault.code in ("bad-size", "no-id")] == [
        "a.json has a fault that 12 of its 12 images share: a.json: images[0] (id 1) has a width or height "
        "that is no positive number below a billion; correct it in the file.",
        "a.json has a fault that 73 of its 74 annotations share: a.json: annotations[1] has no id; its place "
        "in the file tells it apart.",
    ]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (("version", "shapes", "imagePath"), "a LabelMe file of one picture, not a COCO"),
        (("_via_settings", "_via_img_metadata"), "a project of VGG Image Annotator, not a COCO"),
        (("info", "categories", "items"), "a Datumaro file, not a COCO"),
        (("images", "anything"), "not a COCO instances file (its keys: images, anything); choose"),
    ],
)
def test_files_of_other_tools_are_called_by_name(
    keys: tuple[str, ...], told: str, tmp_path: Path, capsys: Any
) -> None:
    (tmp_path / "a.json").write_text(json.dumps({key: [] for key in keys}))
    assert main(["find", "--annotations", str(tmp_path / "a.json")]) == 1
    assert told in capsys.readouterr().err
