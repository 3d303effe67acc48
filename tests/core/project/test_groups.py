"""One label over two objects is one card: accepted, it shrinks, and the other gets a label, at once."""

import json

import numpy as np
import pytest

from builders.datasets import ANN, annotation, detection, grid, issue_of, make_project
from labelmend.find.issues import LOCATION
from labelmend.find.run import run_find
from labelmend.geometry import masks
from labelmend.geometry.polygons import area
from labelmend.project import editing, verbs
from labelmend.project.export import export
from labelmend.project.finding import find_inputs, store_found
from labelmend.project.project import Project
from labelmend.project.queues import waiting, waits
from labelmend.project.suggesting import suggestion, traces

WIDE = (640, 240)
LABEL, LEFT, RIGHT = [400.0, 50, 124, 60], [400.0, 50, 60, 60], [464.0, 50, 60, 60]


def shared(folder, *, label=None, detections=None):
    """A project with one label over two cats on image 2; its group's issue and the part's."""
    annotations, seen = grid()
    annotations.append(annotation(900, 2, LABEL) | (label or {}))
    given = detections or [detection(2, LEFT, score=0.97), detection(2, RIGHT, score=0.95)]
    project = make_project(folder, annotations=annotations, detections=seen + given, size=WIDE)
    table = project.issues
    group = issue_of(project, "location", annotation=len(annotations) - 1)
    [part] = table.parts(table.row_of(group)).tolist()
    return project, group, int(table.id[part])


def exported(project, folder):
    certificate = export(project, folder / "out.json", overwrite=True)
    return certificate, json.loads((folder / "out.json").read_text())["annotations"]


def test_accepting_shrinks_the_label_and_adds_the_other_in_one_step(tmp_path):
    project, group, part = shared(tmp_path)
    assert project.issues.kind[project.issues.row_of(group)] == LOCATION
    queue = project.issues.id[waiting(project, "fix")].tolist()
    assert group in queue
    assert part not in queue
    project.apply(verbs.accept(project, group))
    certificate, file = exported(project, tmp_path)
    assert (certificate.changed, certificate.added, certificate.deleted) == (1, 1, 0)
    assert next(one for one in file if one["id"] == 900)["bbox"] == LEFT
    assert file[-1]["bbox"] == RIGHT
    assert file[-1]["category_id"] == 1
    assert len({one["id"] for one in file}) == len(file)
    assert part not in project.issues.id[waiting(project, "fix")]
    project.undo()
    certificate, _ = exported(project, tmp_path)
    assert (tmp_path / "out.json").read_bytes() == (tmp_path / "annotations.json").read_bytes()
    project.close()


def test_three_objects_get_labels_with_ids_of_their_own(tmp_path):
    annotations, seen = grid()
    boxes = [[400.0 + 64 * k, 50, 60, 60] for k in range(3)]
    annotations.append(annotation(900, 2, [400, 50, 188, 60]))
    found = [detection(2, box, score=0.97 - 0.01 * k) for k, box in enumerate(boxes)]
    project = make_project(tmp_path, annotations=annotations, detections=seen + found, size=WIDE)
    group = issue_of(project, "location", annotation=len(annotations) - 1)
    step = verbs.accept(project, group)
    assert len(step.edits) == 3
    project.apply(step)
    _, file = exported(project, tmp_path)
    assert [one["bbox"] for one in file[-3:]] == boxes
    assert len({one["id"] for one in file}) == len(file)
    project.close()


def test_a_part_waits_when_the_label_was_fixed_by_hand_until_it_is_drawn(tmp_path):
    project, group, part = shared(tmp_path)
    key = int(project.issues.annotation[project.issues.row_of(group)])
    project.apply(editing.set_box(project, key, LEFT, issue=group))
    row = project.issues.row_of(part)
    assert waits(project, row, "fix")
    assert part in project.issues.id[waiting(project, "fix")]
    project.apply(editing.create(project, 1, 0, bbox=RIGHT))
    assert not waits(project, row, "fix")
    project.undo()
    project.apply(editing.set_box(project, key, RIGHT, issue=group))
    assert not waits(project, row, "fix")
    project.close()


def test_a_part_of_a_dismissed_group_does_not_come_back(tmp_path):
    project, group, part = shared(tmp_path)
    project.apply(verbs.dismiss(project, group))
    assert part not in project.issues.id[waiting(project, "fix")]
    store_found(project, run_find(find_inputs(project)))
    kinds = [project.issues.kind_of(row) for row in waiting(project, "fix") if project.issues.image[row] == 1]
    assert "missing" not in kinds
    project.close()
    again = Project.open(tmp_path / "test.labelmend", actor=ANN)
    assert again.standing(group).status == "dismissed"
    again.close()


def rle(box):
    x, y, w, h = box
    corners = [x, y, x + w, y, x + w, y + h, x, y + h]
    counts = masks.counts([corners], height=WIDE[1], width=WIDE[0])
    return {"size": [WIDE[1], WIDE[0]], "counts": counts.decode()}


@pytest.mark.parametrize("form", ["rle", "polygons"])
def test_masks_of_the_detections_are_taken_in_the_form_of_the_file(tmp_path, form):
    x, y, w, h = LABEL
    corners = [x, y, x + w, y, x + w, y + h, x, y + h]
    label = {"segmentation": rle(LABEL) if form == "rle" else [corners]}
    seen = [
        detection(2, box, score=score) | {"segmentation": rle(box)}
        for box, score in ((LEFT, 0.97), (RIGHT, 0.95))
    ]
    project, group, _ = shared(tmp_path, label=label, detections=seen)
    row = project.issues.row_of(group)
    for ahead in traces(project, row):
        ahead.outline()
    assert not traces(project, row)  # nothing that takes long is left to do
    proposed = suggestion(project, row)
    assert proposed is not None
    assert (proposed.outline == "traced") == (form == "polygons")
    project.apply(verbs.accept(project, group))
    _, file = exported(project, tmp_path)
    shrunk, added = next(one for one in file if one["id"] == 900), file[-1]
    if form == "rle":
        assert shrunk["segmentation"] == rle(LEFT)
        assert added["segmentation"] == rle(RIGHT)
    else:
        assert sorted(map(tuple, zip(*[iter(shrunk["segmentation"][0])] * 2, strict=True))) == sorted(
            [(400, 50), (460, 50), (460, 110), (400, 110)]
        )
        assert len(added["segmentation"][0]) == 8
    assert shrunk["bbox"] == LEFT
    assert added["bbox"] == RIGHT
    project.close()


def octagon(box):
    x, y, w, h = box
    return [x + 5, y, x + w - 5, y, x + w, y + 5, x + w, y + h - 5, x + w - 5, y + h, x + 5, y + h, x, y + 9]


def waist(box):
    """An outline over two things side by side, narrow between them."""
    x, y, w, h = box
    return [x, y, x + w / 2, y + 9, x + w, y, x + w, y + h, x + w / 2, y + h - 9, x, y + h]


@pytest.mark.parametrize("parts", [[octagon(RIGHT), octagon(LEFT)], [waist(LABEL)]])
def test_one_outline_over_two_objects_is_shared_out_where_the_model_draws_none(tmp_path, parts):
    project, group, _ = shared(tmp_path, label={"segmentation": parts})
    proposed = suggestion(project, project.issues.row_of(group))
    assert [one.outline for one in (proposed, *proposed.also)] == ["cut", "cut"]
    project.apply(verbs.accept(project, group))
    _, file = exported(project, tmp_path)
    shrunk, added = next(one for one in file if one["id"] == 900), file[-1]
    if len(parts) == 2:
        assert (shrunk["segmentation"], added["segmentation"]) == ([parts[1]], [parts[0]])
    else:
        assert shrunk["bbox"] == LEFT
        assert added["bbox"] == RIGHT
        assert shrunk["area"] == pytest.approx(60 * (60 - 9 * 60 / 62), abs=1)
    project.close()


def test_the_pieces_of_one_object_give_it_their_outlines_joined(tmp_path):
    annotations, seen = grid()
    first, second = octagon([400, 50, 70, 60]), octagon([470, 50, 50, 60])
    for k, part in enumerate((first, second)):
        box = [400, 50, 70, 60] if k == 0 else [470, 50, 50, 60]
        annotations.append(annotation(900 + k, 2, box) | {"segmentation": [part]})
    whole = detection(2, [400.0, 50, 120, 60], score=0.97)
    project = make_project(tmp_path, annotations=annotations, detections=[*seen, whole], size=WIDE)
    issue = issue_of(project, "location", annotation=len(annotations) - 2)
    project.apply(verbs.accept(project, issue))
    certificate, file = exported(project, tmp_path)
    assert (certificate.changed, certificate.added, certificate.deleted) == (1, 0, 1)
    assert file[-1]["bbox"] == [400, 50, 120, 60]
    assert file[-1]["area"] == pytest.approx(area([np.reshape(part, (-1, 2)) for part in (first, second)]))
    project.close()


def test_an_object_in_pieces_becomes_one_label_in_one_step(tmp_path):
    annotations, seen = grid()
    pieces = [[400.0, 50, 70, 60], [470.0, 50, 50, 60]]
    annotations += [annotation(900 + k, 2, box) for k, box in enumerate(pieces)]
    whole = [400.0, 50, 120, 60]
    project = make_project(
        tmp_path,
        annotations=annotations,
        detections=[*seen, detection(2, whole, score=0.97)],
        size=WIDE,
    )
    issue = issue_of(project, "location", annotation=len(annotations) - 2)
    proposed = suggestion(project, project.issues.row_of(issue))
    assert proposed is not None
    assert proposed.drop == (len(annotations) - 1,)
    project.apply(verbs.accept(project, issue))
    certificate, file = exported(project, tmp_path)
    assert (certificate.changed, certificate.added, certificate.deleted) == (1, 0, 1)
    assert file[-1]["id"] == 900
    assert file[-1]["bbox"] == whole
    project.undo()
    exported(project, tmp_path)
    assert (tmp_path / "out.json").read_bytes() == (tmp_path / "annotations.json").read_bytes()
    project.close()
