"""Average precision before and after the fixes: pycocotools' own numbers, to the last digit."""

import contextlib
import io
import json
import warnings

import numpy as np
import pytest
from pycocotools import mask as rles
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from builders.datasets import ANN, annotation, detection, faulty, issue_of, make_project, write_dataset
from labelmend.cli import main
from labelmend.errors import Refused
from labelmend.geometry.masks import area
from labelmend.project import editing, verbs
from labelmend.project.export import export
from labelmend.project.finding import add_detections
from labelmend.project.project import Project
from labelmend.report.average_precision import NAMES
from labelmend.report.evaluation import evaluate


def by_hand(annotations, detections, kind="bbox"):
    """The twelve numbers and AP by class of a plain run of pycocotools on two files."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        truth = COCO(str(annotations))
        run = COCOeval(truth, truth.loadRes(str(detections)), kind)
        run.evaluate()
        run.accumulate()
        run.summarize()
    precision = run.eval["precision"][:, :, :, 0, -1]
    by_class = [
        part[part > -1].mean() if (part > -1).any() else np.nan for part in precision.transpose(2, 1, 0)
    ]
    return np.where(run.stats < 0, np.nan, run.stats), np.array(by_class)


def outlined(record, by=0.0):
    x, y, w, h = record["bbox"]
    return record | {"segmentation": [[x, y, x + w, y + by, x + w, y + h, x - by, y + h]]}


def crowded(seed=0, images=14):
    """Annotations and detections with crowds, equal scores in several images, all sizes, absent classes."""
    rng = np.random.default_rng(seed)
    annotations, seen = [], []
    for image in range(1, images + 1):
        for _ in range(int(rng.integers(0, 9))):
            size = np.exp(rng.uniform(1.5, 5, 2))
            box = [*rng.uniform(0, [320, 240] - np.minimum(size, [300, 230])), *size]
            box = np.round(box, 1).tolist()
            category, crowd = int(rng.integers(1, 3)), int(rng.random() < 0.1)
            told = {"iscrowd": crowd, "area": round(box[2] * box[3] * rng.uniform(0.5, 1), 1)}
            annotations.append(annotation(len(annotations) + 1, image, box, category=category, **told))
            for _ in range(int(rng.integers(0, 3))):
                near = np.maximum(np.round(np.array(box) + rng.normal(0, 3, 4), 1), 0.5).tolist()
                score = round(float(rng.uniform()), 1)
                said = category if rng.random() < 0.8 else 3
                seen.append(detection(image, near, category=said, score=score))
    order = rng.permutation(len(seen)).tolist()
    return annotations, [seen[n] for n in order]


def mended(folder, **dataset):
    """A project in which something of each kind was changed, and its export."""
    project = make_project(folder, find=False, **dataset)
    for number, key in enumerate(range(0, len(project.dataset.annotations), 5)):
        step = (
            editing.delete(project, key)
            if number % 3 == 0
            else editing.set_box(project, key, project.annotation(key).bbox * [1, 1, 1.2, 0.9])
            if number % 3 == 1
            else editing.set_category(project, key, 2)
        )
        project.apply(step)
    project.apply(editing.create(project, 3, 1, bbox=[10, 10, 50, 60]))
    export(project, folder / "out.json")
    return project


def same(figures, wanted):
    numbers, by_class = wanted
    np.testing.assert_array_equal(figures.numbers, numbers)
    np.testing.assert_array_equal(figures.by_class, by_class)


@pytest.mark.parametrize("seed", range(4))
def test_the_numbers_are_those_of_pycocotools_by_hand(tmp_path, seed):
    annotations, seen = crowded(seed)
    project = mended(tmp_path, annotations=annotations, detections=seen, images=14)
    found = evaluate(project)
    (boxes,) = found.compared
    same(boxes.before, by_hand(tmp_path / "annotations.json", tmp_path / "detections.json"))
    same(boxes.after, by_hand(tmp_path / "out.json", tmp_path / "detections.json"))
    assert boxes.before.numbers[0] != boxes.after.numbers[0]
    assert boxes.before.numbers[0] > 0.05
    out = json.loads((tmp_path / "out.json").read_text())["annotations"]
    assert found.annotations == (len(annotations), len(out))
    assert found.number[:, 1].tolist() == [sum(one["category_id"] == n for one in out) for n in (1, 2, 3)]
    project.close()


def test_masks_are_evaluated_too_where_both_sides_have_them(tmp_path):
    annotations, seen = crowded(5)
    annotations = [outlined(one, 3.0) for one in annotations if not one["iscrowd"]]
    seen = [outlined(one) if n % 4 else one for n, one in enumerate(seen)]  # loadRes draws the others' boxes
    project = mended(tmp_path, annotations=annotations, detections=seen, images=14)
    project.undo()  # the new label has no mask
    export(project, tmp_path / "out.json", overwrite=True)
    boxes, masks = evaluate(project).compared
    for one, kind in ((boxes, "bbox"), (masks, "segm")):
        assert one.kind == kind
        same(one.before, by_hand(tmp_path / "annotations.json", tmp_path / "detections.json", kind))
        same(one.after, by_hand(tmp_path / "out.json", tmp_path / "detections.json", kind))
        assert one.left_out == {}
    assert boxes.after.numbers[0] != masks.after.numbers[0]
    project.close()


@pytest.mark.parametrize("boxed", [False, True])
def test_the_area_is_the_masks_only_where_a_file_has_no_boxes(tmp_path, boxed):
    annotations, seen = crowded(6)
    annotations = [outlined(one) for one in annotations if not one["iscrowd"]]
    (tmp_path / "first").mkdir()
    write_dataset(tmp_path / "first", annotations=annotations, images=14)
    coco = COCO(str(tmp_path / "first" / "annotations.json"))
    found = []
    for one in seen:
        rle = coco.annToRLE(outlined(one, 5.0))
        if area(rle["counts"], height=240, width=320):
            box = (
                {"bbox": rles.toBbox(rle).tolist()} if boxed else {}
            )  # just what the reader makes of the mask
            rle = {"size": rle["size"], "counts": rle["counts"].decode()}
            kept = {key: one[key] for key in ("image_id", "category_id", "score")}
            found.append(kept | box | {"segmentation": rle})
    project = mended(tmp_path, annotations=annotations, detections=found, images=14)
    masks = evaluate(project).compared[1]
    same(masks.before, by_hand(tmp_path / "annotations.json", tmp_path / "detections.json", "segm"))
    project.close()


def test_each_of_several_models_has_its_own_numbers(tmp_path):
    annotations, seen = crowded(8)
    mended(tmp_path, annotations=annotations, detections=seen, images=14).close()
    (tmp_path / "other.json").write_text(json.dumps(seen[::2]))
    project = Project.open(tmp_path / "test.labelmend", actor=ANN)
    add_detections(project, [tmp_path / "detections.json", tmp_path / "other.json"])
    first, second = evaluate(project).compared
    for one, name in ((first, "detections.json"), (second, "other.json")):
        assert one.model == name
        same(one.before, by_hand(tmp_path / "annotations.json", tmp_path / name))
        same(one.after, by_hand(tmp_path / "out.json", tmp_path / name))
    project.close()


def test_odd_ids_and_bad_records_are_left_out_and_said(tmp_path):
    annotations, seen = crowded(7)
    write_dataset(tmp_path / "clean", annotations=annotations, detections=seen, images=14)
    wanted = by_hand(tmp_path / "clean" / "annotations.json", tmp_path / "clean" / "detections.json")
    for number, one in enumerate(annotations):
        one["id"] = 0 if number == 0 else "x" if number == 1 else 7 if number < 5 else one["id"] + 50
    bad = [
        annotation(900, 99, [5, 5, 9, 9]),
        annotation(901, 1, [5, 5, 9, 9], category=9),
        annotation(902, 1, [5, "a", 9, 9]),
    ]
    project = make_project(tmp_path, find=False, annotations=annotations + bad, detections=seen, images=14)
    (boxes,) = evaluate(project).compared
    same(boxes.before, wanted)
    same(boxes.after, wanted)
    assert boxes.left_out["before"] == {
        "of an unknown image": 1,
        "of an unknown class": 1,
        "without a box": 1,
    }
    project.close()


def test_fixes_that_an_export_holds_back_count_only_with_every_fix(tmp_path):
    project = make_project(tmp_path, **faulty())
    issue = issue_of(project, "spurious")
    project.apply(verbs.accept(project, issue))
    assert evaluate(project).deleted == 1
    project.close()
    main(["draw", str(tmp_path / "test.labelmend"), "--rate", "1", "--seed", "1", "--actor", "Lea"])
    project = Project.open(tmp_path / "test.labelmend", actor=ANN)
    assert evaluate(project).deleted == 0
    assert evaluate(project, every_fix=True).deleted == 1
    project.close()


def test_what_if_the_best_suggestions_were_accepted(tmp_path, capsys):
    make_project(tmp_path, **faulty()).close()
    path = str(tmp_path / "test.labelmend")
    before = (tmp_path / "test.labelmend").read_bytes()
    assert main(["evaluate", path, "--if-accepted", "5", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["suggestions_accepted"] == 5
    assert told["changed"] + told["added"] + told["deleted"] > 2
    (boxes,) = told["evaluated"]
    assert boxes["after"]["AP"] > boxes["before"]["AP"]
    assert (tmp_path / "test.labelmend").read_bytes() == before
    project = Project.open(tmp_path / "test.labelmend", actor=ANN)
    with pytest.raises(Refused, match="open to be changed"):
        evaluate(project, if_accepted=1)
    project.close()


def test_the_command_prints_a_table(tmp_path, capsys):
    project = make_project(tmp_path, **faulty())
    birds = int((project.dataset.annotations.category == 2).sum())
    project.apply(editing.delete(project, int(np.flatnonzero(project.dataset.annotations.category == 2)[0])))
    project.close()
    assert main(["evaluate", str(tmp_path / "test.labelmend"), "--per-class"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("0 changed, 0 added, 1 deleted")
    table = {line[:32].strip(): line[32:].split() for line in lines[2:]}
    assert [name for name in table if name in NAMES] == list(NAMES)
    numbers, by_class = by_hand(tmp_path / "annotations.json", tmp_path / "detections.json")
    assert table["AP"][0] == f"{numbers[0]:.4f}"
    assert table["bird"][0] == f"{by_class[2]:.4f}"
    assert table["bird"][3:] == [str(birds), "->", str(birds - 1), "annotations"]


def test_without_detections_it_says_what_to_do(tmp_path, capsys):
    make_project(tmp_path, find=False, detections_given=False).close()
    assert main(["evaluate", str(tmp_path / "test.labelmend")]) == 1
    assert "has no detections to evaluate" in capsys.readouterr().err
