"""The same done to many labels: one step with a count, undone as one, bytes back at the source's."""

import json

import pytest

from builders.datasets import ANN, LEA, REV, annotation, issue_of, make_project
from labelmend.errors import Refused
from labelmend.project import editing, many
from labelmend.project.export import export
from labelmend.project.sampling import draw_sample
from labelmend.review.sampling import Rates

TRIANGLE = [20.0, 20.0, 60.0, 20.0, 40.0, 50.0]
RUNS = [10, 20, 320 * 240 - 30]


@pytest.fixture
def project(tmp_path):
    labels = [
        annotation(1, 1, [10, 10, 20, 30], category=1),
        annotation(2, 1, [20, 20, 40, 30], category=2, segmentation=[TRIANGLE], area=600),
        annotation(3, 1, [0, 10, 1, 20], category=3, segmentation={"size": [240, 320], "counts": RUNS}),
    ]
    return make_project(tmp_path, annotations=labels, images=1, find=False, detections_given=False)


def exported(project, tmp_path):
    export(project, tmp_path / "out.json", every_fix=True, overwrite=True)
    return json.loads((tmp_path / "out.json").read_text())["annotations"]


def test_one_class_for_many_counts_those_that_change(project, tmp_path):
    step = many.set_category(project, [0, 1, 2], 1)
    assert step.title == "change the class of 2 labels to dog"
    project.apply(step)
    assert [one["category_id"] for one in exported(project, tmp_path)] == [2, 2, 2]
    assert project.undo_title() == step.title
    project.undo()
    assert all(project.record(key) == project.original(key) for key in range(3))


def test_many_are_deleted_in_one_step(project, tmp_path):
    project.apply(many.delete(project, [0, 2]))
    assert project.undo_title() == "delete 2 labels"
    assert [one["id"] for one in exported(project, tmp_path)] == [2]


def test_boxes_polygons_and_masks_are_moved_masks_by_whole_pixels(project, tmp_path):
    project.apply(many.move(project, [0, 1, 2], (5, -2)))
    assert project.undo_title() == "move 3 labels"
    box, polygon, mask = exported(project, tmp_path)
    assert box["bbox"] == [15, 8, 20, 30]
    assert polygon["segmentation"] == [[25, 18, 65, 18, 45, 48]]
    assert polygon["bbox"] == [25, 18, 40, 30]
    assert mask["bbox"] == [5, 8, 1, 20]
    assert mask["segmentation"] == {"size": [240, 320], "counts": [5 * 240 + 8, 20, 320 * 240 - 28 - 1200]}


def test_moved_there_and_back_is_the_source_byte_for_byte(project):
    project.apply(many.move(project, [0, 1], (5, -2)))
    project.apply(many.move(project, [0, 1], (-5, 2)))
    assert all(project.record(key) == project.original(key) for key in range(3))


def test_one_label_is_counted_as_one(project):
    assert many.delete(project, [0]).title == "delete 1 label"


@pytest.mark.parametrize(("keys", "by"), [([2], (0.3, 0.4)), ([], (1, 1))])
def test_where_nothing_changes_it_is_refused(project, keys, by):
    with pytest.raises(Refused, match="Nothing changed"):
        many.move(project, keys, by)


def test_a_mask_that_cannot_be_read_stays(tmp_path):
    broken = {"size": [240, 320], "counts": [1, 2]}
    labels = [annotation(1, 1, [0, 0, 9, 9]), annotation(2, 1, [0, 0, 9, 9], segmentation=broken)]
    project = make_project(tmp_path, annotations=labels, images=1, find=False, detections_given=False)
    assert [edit.key for edit in many.move(project, [0, 1], (1, 1)).edits] == [0]


def test_what_is_in_review_is_left_out(tmp_path):
    project = make_project(tmp_path)
    issue = issue_of(project, "spurious")
    key = int(project.issues.annotation[project.issues.row_of(issue)])
    other = next(one.key for one in project.annotations_of(0))
    project.apply(editing.set_category(project, key, 0, issue=issue))
    project.work_as(LEA)
    project.apply(draw_sample(project, Rates(1), seed=0), op="draw")
    project.work_as(REV)
    with pytest.raises(Refused, match="reviewer"):
        many.delete(project, [other])
    project.work_as(ANN)
    assert many.free(project, [key, other]) == [other]
    with pytest.raises(Refused, match="in review or with the expert"):
        many.free(project, [key])


def test_each_issue_answers_for_its_own_labels(tmp_path):
    """Else one that is in review would hold the others' changes back."""
    project = make_project(tmp_path)
    issue = issue_of(project, "class")
    image = int(project.issues.image[project.issues.row_of(issue)])
    keys = [one.key for one in project.annotations_of(image)]
    step = many.set_category(project, keys, 2, issue=issue)
    told = [decision.keys for decision in step.decisions]
    assert all(len(keys) == 1 for keys in told)
    assert sorted(key for keys in told for key in keys) == sorted(edit.key for edit in step.edits)
    project.apply(step)
    own = int(project.issues.annotation[project.issues.row_of(issue)])
    assert list(project.state.before(issue)) == [own]


def test_what_stands_now_is_read_anew_only_where_it_changed(project):
    before = {one.key: one for one in project.annotations_of(0)}
    project.apply(editing.set_category(project, 1, 0))
    after = {one.key: one for one in project.annotations_of(0)}
    assert after[0] is before[0]
    assert after[1].category == 0
    project.apply(many.delete(project, [0, 1]))
    assert [one.key for one in project.annotations_of(0)] == [2]
    project.undo()
    assert [one.key for one in project.annotations_of(0)] == [0, 1, 2]
    new = project.new_key()
    project.apply(editing.create(project, 0, 1, bbox=[5, 5, 20, 20]))
    assert [one.key for one in project.annotations_of(0)] == [0, 1, 2, new]
    project.undo()
    assert [one.key for one in project.annotations_of(0)] == [0, 1, 2]
