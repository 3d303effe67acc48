"""Masks taken apart and labels joined, and how masks are written: looked at in the exported file."""

import json

import pytest

from builders.datasets import annotation, make_project
from builders.mask_labels import drawn, mask_label, pixels_of, records_of, rle_of
from labelmend.errors import Refused
from labelmend.project import editing, outlining, regrouping
from labelmend.project.export import export

HEAD = {
    "images": [{"id": 1, "file_name": "001.png", "width": 320, "height": 240}],
    "categories": [{"id": 1, "name": "cat"}],
}


def exported(project, tmp_path):
    out = tmp_path / "out.json"
    export(project, out, every_fix=True, overwrite=True)
    return records_of(out)


@pytest.fixture
def project_of(tmp_path):
    made = []

    def make(*annotations, **more):
        made.append(
            make_project(
                tmp_path, annotations=list(annotations), images=1, find=False, detections_given=False, **more
            )
        )
        return made[-1]

    yield make
    for project in made:
        project.close()


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize("order", [("size", "counts"), ("counts", "size")])
def test_a_mask_is_written_in_the_form_it_had(project_of, tmp_path, listed, order):
    label = mask_label(1, (10, 10, 20, 20), listed=listed, order=order)
    project = project_of(label, annotation(2, 1, [100, 100, 20, 20]))
    new = rle_of(drawn((10, 10, 20, 25)))
    project.apply(editing.set_mask(project, 0, new))
    told = exported(project, tmp_path)[1]
    assert list(told["segmentation"]) == list(order)
    assert told["segmentation"] == rle_of(drawn((10, 10, 20, 25)), listed=listed)
    assert pixels_of(told).sum() == 500
    project.apply(editing.set_mask(project, 1, new))  # and a box's is written like its neighbours'
    assert exported(project, tmp_path)[2]["segmentation"] == told["segmentation"]


@pytest.mark.parametrize("gaps", [(",", ":"), (", ", ": "), (" ,", " : ")])
@pytest.mark.parametrize("listed", [False, True])
def test_a_mask_is_written_with_the_gaps_of_its_file(project_of, tmp_path, gaps, listed):
    def file(*boxes):
        labels = [mask_label(1, *boxes, listed=listed), mask_label(2, (60, 60, 5, 5), listed=True)]
        return json.dumps(HEAD | {"annotations": labels}, separators=gaps)

    project = project_of(*json.loads(file((10, 10, 20, 20)))["annotations"], text=file((10, 10, 20, 20)))
    project.apply(editing.set_mask(project, 0, rle_of(drawn((10, 10, 20, 25)))))
    exported(project, tmp_path)
    assert (tmp_path / "out.json").read_text() == file((10, 10, 20, 25))


def test_back_to_the_mask_it_had_is_back_to_its_bytes(project_of, tmp_path):
    label = mask_label(1, (10, 10, 20, 20), listed=True)
    project = project_of(label)
    source = (tmp_path / "annotations.json").read_bytes()
    project.apply(editing.set_mask(project, 0, rle_of(drawn((10, 10, 20, 25)))))
    project.apply(editing.set_mask(project, 0, rle_of(drawn((10, 10, 20, 20)))))
    exported(project, tmp_path)
    assert (tmp_path / "out.json").read_bytes() == source


def test_a_crowd_becomes_a_label_of_each_piece_in_one_step(project_of, tmp_path):
    boxes = [(10, 10, 20, 20), (60, 10, 30, 20), (120, 40, 5, 5)]
    crowd = mask_label(7, *boxes, category=2, iscrowd=1, listed=True, note="by hand")
    project = project_of(annotation(3, 1, [200, 100, 20, 20]), crowd)
    steps = len(project.store.history())
    project.apply(regrouping.split(project, 1))
    assert len(project.store.history()) == steps + 1
    told = exported(project, tmp_path)
    pieces = [one for one in told.values() if one["category_id"] == 2]
    assert sorted(one["bbox"] for one in pieces) == [[10, 10, 20, 20], [60, 10, 30, 20], [120, 40, 5, 5]]
    assert sorted(one["area"] for one in pieces) == [25, 400, 600]
    assert [one["iscrowd"] for one in pieces] == [0, 0, 0]
    assert (told[7]["bbox"], told[7]["note"]) == ([60, 10, 30, 20], "by hand")
    assert all(isinstance(one["segmentation"]["counts"], list) for one in pieces)
    project.undo()
    exported(project, tmp_path)
    assert (tmp_path / "out.json").read_bytes() == (tmp_path / "annotations.json").read_bytes()


def test_a_mask_of_dust_is_not_split(project_of, monkeypatch):
    project = project_of(mask_label(1, (10, 10, 20, 20), (60, 10, 1, 1), (70, 10, 1, 1)))
    monkeypatch.setattr(regrouping, "MOST_PIECES", 2)
    with pytest.raises(Refused, match="3 pieces"):
        regrouping.split(project, 0)


def test_one_piece_and_no_mask_are_not_split(project_of):
    project = project_of(mask_label(1, (10, 10, 20, 20)), annotation(2, 1, [100, 100, 20, 20]))
    with pytest.raises(Refused, match="one piece"):
        regrouping.split(project, 0)
    with pytest.raises(Refused, match="Only a mask"):
        regrouping.split(project, 1)


def test_labels_are_joined_into_a_crowd_of_all_their_pixels(project_of, tmp_path):
    corners = [200, 100, 220, 100, 220, 120, 200, 120]
    project = project_of(
        mask_label(1, (10, 10, 20, 20), (10, 60, 30, 30)),
        annotation(2, 1, [100, 100, 20, 20]),
        annotation(3, 1, [200, 100, 20, 20], segmentation=[corners]),
        annotation(4, 1, [250, 100, 20, 20], category=2),
    )
    project.apply(regrouping.join(project, [1, 0, 2]))
    told = exported(project, tmp_path)
    assert set(told) == {1, 4}
    assert told[1]["iscrowd"] == 1
    assert told[1]["area"] == 400 + 900 + 400 + 400
    assert told[1]["bbox"] == [10, 10, 210, 110]
    with pytest.raises(Refused, match="one class"):
        regrouping.join(project, [0, 3])
    with pytest.raises(Refused, match="two labels"):
        regrouping.join(project, [0])


def test_a_mask_of_nothing_is_refused(project_of):
    project = project_of(mask_label(1, (10, 10, 20, 20)))
    with pytest.raises(Refused, match="Nothing would be left"):
        editing.set_mask(project, 0, rle_of(drawn()))


@pytest.mark.parametrize("polygon", [False, True])
def test_what_a_label_is_split_into_leaves_the_issue_of_another_label_open(tmp_path, polygon):
    parts = [[10, 10, 30, 10, 30, 30, 10, 30], [60, 10, 80, 10, 80, 30, 60, 30]]
    whole = annotation(2, 1, [10, 10, 70, 20], segmentation=parts)
    if not polygon:
        whole = mask_label(2, (10, 10, 20, 20), (60, 10, 20, 20))
    no_area = annotation(1, 1, [200, 100, 0, 20])
    project = make_project(tmp_path, annotations=[no_area, whole], images=1, detections_given=False)
    row = int(project.issues.rows_on(0)[0])
    issue = int(project.issues.id[row])
    if polygon:
        groups = [(part,) for part in project.annotation(1).polygons]
        step = outlining.divide(project, 1, groups, issue=issue)
    else:
        step = regrouping.split(project, 1, issue=issue)
    project.apply(step)
    assert project.issues.status_of(row) == "flagged"
    assert len(exported(project, tmp_path)) == 3
    project.close()
