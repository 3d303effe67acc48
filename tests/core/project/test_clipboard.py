"""Labels as text: copied as COCO records, put into another picture, checked where the text is foreign."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.datasets import annotation, make_project
from labelmend.errors import Refused
from labelmend.project.clipboard import copied, paste
from labelmend.project.export import export

TRIANGLE = [20.0, 20.0, 60.0, 20.0, 40.0, 50.0]
RUNS = [10, 20, 320 * 240 - 30]
SIZE = (320.0, 240.0)


@pytest.fixture
def project(tmp_path):
    labels = [
        annotation(1, 1, [10, 10, 20, 30], category=1),
        annotation(2, 1, [20, 20, 40, 30], category=2, segmentation=[TRIANGLE], area=600),
        annotation(3, 1, [0, 10, 1, 20], category=3, segmentation={"size": [240, 320], "counts": RUNS}),
        annotation(4, 2, [200, 200, 20, 20], category=1, iscrowd=0, occluded=True),
    ]
    return make_project(tmp_path, annotations=labels, images=3, find=False, detections_given=False)


def exported(project, tmp_path):
    export(project, tmp_path / "out.json", every_fix=True, overwrite=True)
    return json.loads((tmp_path / "out.json").read_text())["annotations"]


def test_the_text_is_a_piece_of_a_coco_file(project):
    told = json.loads(copied(project, [0, 1]))
    assert [one["id"] for one in told["annotations"]] == [1, 2]
    assert told["categories"] == [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}]
    with pytest.raises(Refused, match="no label to copy"):
        copied(project, [])


def test_labels_come_into_another_picture_in_their_place_with_ids_of_their_own(project, tmp_path):
    project.apply(paste(project, copied(project, [0, 1, 2]), 2, size=SIZE))
    assert project.undo_title() == "paste 3 labels"
    out = exported(project, tmp_path)
    source, new = {one["id"]: one for one in out[:4]}, out[4:]
    assert [one["id"] for one in new] == [5, 6, 7]
    for one, was in zip(new, (1, 2, 3), strict=True):
        assert one["image_id"] == 3
        assert one["category_id"] == source[was]["category_id"]
        assert one["bbox"] == source[was]["bbox"]
    assert new[1]["segmentation"] == [TRIANGLE]
    assert new[2]["segmentation"]["counts"] == RUNS
    project.undo()
    assert len(exported(project, tmp_path)) == 4


def test_values_that_the_file_has_come_along(project, tmp_path):
    project.apply(paste(project, copied(project, [3]), 2, size=SIZE))
    assert exported(project, tmp_path)[-1]["occluded"] is True


def test_a_label_on_its_own_copy_is_put_a_little_aside(project, tmp_path):
    project.apply(paste(project, copied(project, [0]), 0, size=SIZE))
    assert exported(project, tmp_path)[-1]["bbox"] == [20, 20, 20, 30]


def test_what_would_reach_beyond_the_picture_is_moved_into_it(project, tmp_path):
    text = json.dumps([{"category_id": 1, "bbox": [300, -5, 50, 40]}])
    project.apply(paste(project, text, 2, size=SIZE))
    assert exported(project, tmp_path)[-1]["bbox"] == [270, 0, 50, 40]


def test_a_mask_of_another_size_keeps_its_pixels(project, tmp_path):
    runs = [5 * 100 + 10, 30, 100 * 50 - 540]  # a column of thirty in a picture of 50 x 100
    text = json.dumps({"category_id": 3, "segmentation": {"size": [100, 50], "counts": runs}})
    project.apply(paste(project, text, 2, size=SIZE))
    last = exported(project, tmp_path)[-1]
    assert last["bbox"] == [5, 10, 1, 30]
    assert last["segmentation"]["size"] == [240, 320]
    assert last["segmentation"]["counts"] == [5 * 240 + 10, 30, 320 * 240 - 5 * 240 - 40]


def test_what_is_larger_than_the_picture_is_refused_whole(project):
    text = json.dumps(
        [{"category_id": 1, "bbox": [0, 0, 10, 10]}, {"category_id": 1, "bbox": [0, 0, 321, 10]}]
    )
    with pytest.raises(Refused, match=r"Of 2 labels 1 is larger than this picture of 320 × 240 pixels"):
        paste(project, text, 2, size=SIZE)


def test_a_class_is_found_by_its_name_where_the_text_tells_it(project, tmp_path):
    text = json.dumps(
        {
            "annotations": [{"category_id": 77, "bbox": [1, 2, 30, 40]}],
            "categories": [{"id": 77, "name": "bird"}],
        }
    )
    project.apply(paste(project, text, 2, size=SIZE))
    assert exported(project, tmp_path)[-1]["category_id"] == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no labels"),
        ("hello", "holds no labels"),
        ("[]", "holds no labels"),
        ("3", "holds no labels"),
        ("[" * 100_000, "holds no labels"),
        ('{"annotations": [{"id": 4}]}', "holds no labels"),
        ('[{"bbox": [1, 2, 3, 4], "category_id": 9}]', "no class that this project has"),
        ('[{"bbox": [1, 2, 3, 4]}]', "no class that this project has"),
        ('[{"bbox": [1, 2, 0, 4], "category_id": 1}]', "no box and no outline"),
        ('[{"bbox": [1, 2, NaN, 4], "category_id": 1}]', "no box and no outline"),
        ('[{"bbox": "wide", "category_id": 1}]', "no box and no outline"),
        (
            '[{"bbox": [1,2,3,4], "category_id": 1}, {"segmentation": [[1, 2]], "category_id": 1}]',
            "Label 2 of 2",
        ),
        ('{"category_id": 1, "segmentation": {"size": [9, 9], "counts": [5]}}', "mask that cannot be read"),
        ('{"category_id": 1, "segmentation": {"size": "no", "counts": "zz"}}', "mask that cannot be read"),
        (
            '{"annotations":[{"category_id":1,"bbox":[1,2,3,4]}],"categories":[{"id":1,"name":"yeti"}]}',
            "'yeti'",
        ),
    ],
)
def test_a_foreign_text_is_refused_in_one_sentence(project, text, words):
    with pytest.raises(Refused, match=words) as told:
        paste(project, text, 2, size=SIZE)
    assert str(told.value).endswith((".", "(Ctrl+C)."))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
records = st.fixed_dictionaries(
    {"category_id": st.integers(0, 4) | values, "bbox": st.lists(st.floats(-50, 400), max_size=5) | values},
    optional={"segmentation": values, "iscrowd": values, "occluded": values, "id": values, "area": values},
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.lists(records, max_size=3)
    | st.fixed_dictionaries({"annotations": st.lists(records, max_size=3)})
    | values
)
def test_any_text_is_pasted_within_the_picture_or_refused(project, told):
    try:
        step = paste(project, json.dumps(told), 1, size=SIZE)
    except Refused:
        return
    for edit in step.edits:
        x, y, w, h = project.read_annotation(edit.key, edit.after).bbox.tolist()
        assert np.isfinite([x, y, w, h]).all()
        assert min(x, y) >= -1
        assert x + w <= SIZE[0] + 1
        assert y + h <= SIZE[1] + 1


@pytest.mark.parametrize("top", [(1 << 63) - 1, (1 << 63) - 2, (1 << 63) - 3])
def test_ids_near_the_largest_there_is_are_given_once(tmp_path, top):
    labels = [annotation(one, 1, [10 + one % 50, 10, 20, 30]) for one in (top, 2, 4)]
    project = make_project(tmp_path, annotations=labels, images=2, find=False, detections_given=False)
    project.apply(paste(project, copied(project, [0, 1, 2]), 1, size=SIZE))
    project.apply(paste(project, copied(project, [0, 1]), 1, size=SIZE))
    ids = [one["id"] for one in exported(project, tmp_path)]
    assert len(ids) == len(set(ids)) == 8
    assert max(ids) < 1 << 63
