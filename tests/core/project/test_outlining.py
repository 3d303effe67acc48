"""Outlines added, cut out, joined and divided in a project: masks too, and looked at in the exported file."""

import numpy as np
import pytest

from builders.datasets import annotation, make_project
from builders.mask_labels import drawn, mask_label, pixels_of, records_of
from labelmend.errors import Refused
from labelmend.geometry.joining import divided
from labelmend.project import editing, outlining
from labelmend.project.export import export

SIDES = [20, 20, 60, 20, 60, 60, 20, 60]


def box(x, y, w, h):
    return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], float)


def polygon(number, **more):
    return annotation(number, 1, [20, 20, 40, 40], segmentation=[SIDES], **more)


@pytest.fixture
def project_of(tmp_path):
    made = []

    def make(*labels):
        made.append(make_project(tmp_path, annotations=list(labels), images=1, find=False))
        return made[-1]

    yield make
    for project in made:
        project.close()


def exported(project, tmp_path):
    export(project, tmp_path / "out.json", every_fix=True, overwrite=True)
    return records_of(tmp_path / "out.json")


def test_a_mask_gets_an_outline_added_and_cut_out_pixel_by_pixel(project_of, tmp_path):
    project = project_of(mask_label(1, (10, 10, 20, 20)))
    for outline, cut in ((box(30, 10, 10, 20), False), (box(15, 15, 5, 5), True)):
        shape = outlining.with_outline(project, 0, outline, cut=cut)
        assert shape.holes == 0  # of a mask, a hole is nothing to be said
        project.apply(editing.set_mask(project, 0, shape.rle))
    pixels = pixels_of(exported(project, tmp_path)[1])
    assert np.array_equal(pixels, drawn((10, 10, 30, 20)) & ~drawn((15, 15, 5, 5)).astype(bool))


def test_a_polygon_and_a_box_joined_with_a_mask_are_one_mask(project_of, tmp_path):
    project = project_of(mask_label(1, (10, 10, 20, 20)), polygon(2), annotation(3, 1, [100, 100, 10, 10]))
    keys = [0, 1, 2]
    project.apply(outlining.join(project, keys, outlining.together(project, keys)))
    records = exported(project, tmp_path)
    assert set(records) == {1}
    expected = drawn((10, 10, 20, 20)) | drawn((20, 20, 40, 40)) | drawn((100, 100, 10, 10))
    assert np.array_equal(pixels_of(records[1]), expected)
    assert records[1]["area"] == expected.sum()


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (polygon(2, category=2), "different classes"),
        (polygon(2, iscrowd=1), "different kinds"),
        (polygon(2), None),
    ],
)
def test_only_labels_of_a_sort_are_joined(project_of, other, sentence):
    project = project_of(polygon(1), other)
    if sentence is None:
        assert len(outlining.together(project, [0, 1]).parts) == 1
    else:
        with pytest.raises(Refused, match=sentence):
            outlining.together(project, [0, 1])


def test_the_largest_group_keeps_the_record_and_the_others_are_like_it(project_of, tmp_path):
    project = project_of(polygon(7, category=2, note="kept"))
    groups = divided(project.annotation(0).polygons, np.array([[30.0, 0], [30, 80]]))
    project.apply(outlining.divide(project, 0, groups))
    kept, new = exported(project, tmp_path).values()
    assert (kept["id"], kept["note"], kept["area"], kept["bbox"]) == (7, "kept", 1200, [30, 20, 30, 40])
    assert (new["category_id"], new["area"], new["bbox"]) == (2, 400, [20, 20, 10, 40])
    project.undo()
    assert (tmp_path / "annotations.json").read_bytes() == _bytes(project, tmp_path)


def _bytes(project, tmp_path):
    export(project, tmp_path / "out.json", overwrite=True)
    return (tmp_path / "out.json").read_bytes()


def test_a_box_has_no_parts_and_one_part_nothing_to_join(project_of):
    project = project_of(annotation(1, 1, [20, 20, 40, 40]), polygon(2))
    with pytest.raises(Refused, match="A box has no parts"):
        outlining.with_outline(project, 0, box(0, 0, 30, 30), cut=True)
    with pytest.raises(Refused, match="Select two labels or more"):
        outlining.together(project, [1])


def test_a_sound_outline_may_not_be_made_to_cross_itself_by_anybody(project_of):
    bow = np.array([[20.0, 20], [60, 60], [60, 20], [20, 60]])
    project = project_of(polygon(1), annotation(2, 1, [20, 20, 40, 40], segmentation=[bow.ravel().tolist()]))
    with pytest.raises(Refused, match=r"would cross itself at x 40.0, y 40.0"):
        project.apply(editing.set_polygons(project, 0, (bow,)))
    with pytest.raises(Refused, match="would cross itself"):
        project.apply(editing.create(project, 0, 0, polygons=(bow,)))
    project.apply(editing.set_polygons(project, 1, (bow + 1,)))  # it did before
