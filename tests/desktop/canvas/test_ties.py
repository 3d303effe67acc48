"""Which label is tied to which detection, and that it is seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.datasets import annotation, detection
from labelmend.geometry.boxes import iou
from labelmend_desktop.canvas.scene import Scene
from labelmend_desktop.canvas.ties import LEAST_IOU, tied

BOXES = st.lists(
    st.tuples(
        st.integers(0, 60), st.integers(0, 60), st.integers(1, 50), st.integers(1, 50), st.integers(0, 1)
    ),
    max_size=8,
)


def scene_of(labels, seen):
    scene = Scene()
    told = np.array([*labels, *seen], np.float64).reshape(-1, 5)
    scene.boxes = np.hstack([told[:, :2], told[:, :2] + told[:, 2:4]])
    scene.category = told[:, 4].astype(np.int32)
    scene.is_detection = np.arange(len(told)) >= len(labels)
    return scene, told


@given(BOXES, BOXES)
def test_pairs_are_one_to_one_and_overlap_and_none_better_is_left(labels, seen):
    scene, told = scene_of(labels, seen)
    first, second = tied(scene, np.arange(len(told)))
    assert len(set(first.tolist())) == len(first) == len(second) == len(set(second.tolist()))
    assert not scene.is_detection[first].any()
    assert scene.is_detection[second].all()
    if not len(told):
        return
    shared = iou(told[:, :4], told[:, :4])
    assert (shared[first, second] >= LEAST_IOU).all()
    free_labels = set(range(len(labels))) - set(first.tolist())
    free_seen = set(range(len(labels), len(told))) - set(second.tolist())
    assert not any(shared[a, b] >= LEAST_IOU for a in free_labels for b in free_seen)


def test_the_same_class_goes_before_a_better_overlap():
    scene, _ = scene_of([(0, 0, 20, 20, 0)], [(0, 0, 20, 20, 1), (1, 1, 20, 20, 0)])
    assert [rows.tolist() for rows in tied(scene, np.arange(3))] == [[0], [2]]


def test_only_what_is_in_sight_is_tied():
    scene, _ = scene_of([(0, 0, 20, 20, 0)], [(0, 0, 20, 20, 1), (1, 1, 20, 20, 0)])
    assert [rows.tolist() for rows in tied(scene, np.array([0, 1]))] == [[0], [1]]


@pytest.fixture
def desk(desk_with):
    """Image 1: a cat matched by a cat, a dog that the model takes for a bird, a cat nobody saw."""
    desk = desk_with(
        annotations=[
            annotation(1, 1, [40, 60, 80, 60]),
            annotation(2, 1, [200, 20, 60, 60], category=2),
            annotation(3, 1, [20, 160, 60, 60]),
        ],
        detections=[detection(1, [50, 66, 80, 60]), detection(1, [206, 24, 60, 60], category=3)],
    )
    desk.open_image(0)
    return desk


def test_ties_are_off_until_they_are_wanted_and_need_detections(desk):
    ties = desk.canvas.aids.ties
    desk.session.set_flag("show_detections", True)
    desk.settle()
    without = desk.pixels()
    desk.session.seeing.switch("show_ties")
    assert np.column_stack([ties.labels, ties.detections]).tolist() == [[0, 3], [1, 4]]
    with_them = desk.pixels()
    changed = np.argwhere((with_them != without).any(axis=2))
    # Nothing at the cat nobody saw, something at the middles of the others.
    x, y = desk.at(50, 190).toTuple()
    assert np.abs(changed - [y, x]).max(axis=1).min() > 40
    for middle in ([80, 90], [230, 50], [90, 96], [236, 54]):
        x, y = desk.at(*middle).toTuple()
        assert np.abs(changed - [y, x]).max(axis=1).min() <= 2
    desk.session.set_flag("show_detections", False)
    assert not len(ties.labels)


def test_ties_follow_an_edit_and_its_undo(desk):
    ties = desk.canvas.aids.ties
    desk.session.set_flag("show_detections", True)
    desk.session.seeing.switch("show_ties")
    before = desk.pixels()
    desk.session.edits.set_box(0, [150, 150, 80, 60])
    assert ties.labels.tolist() == [1]
    desk.session.undo()
    desk.settle()
    assert ties.labels.tolist() == [0, 1]
    desk.canvas.pointing.left()
    assert np.array_equal(before, desk.pixels())


def test_a_tie_to_another_class_looks_other_without_colour(desk):
    """A ring for the same class, a square for another: the corner of the mark tells them apart."""
    desk.session.set_flag("show_detections", True)
    desk.settle()
    without = desk.pixels().astype(int)
    desk.session.seeing.switch("show_ties")
    changed = np.abs(desk.pixels().astype(int) - without).sum(axis=2)

    def corner(x, y):
        at = desk.at(x, y)
        return changed[at.y() + 5 : at.y() + 7, at.x() + 5 : at.x() + 7].max()

    assert corner(236, 54) > 90
    assert corner(90, 96) < 30


def test_among_too_many_shapes_none_is_tied_and_it_is_said(desk, monkeypatch):
    said = []
    desk.session.said.connect(said.append)
    monkeypatch.setattr("labelmend_desktop.canvas.ties.MOST", 4)
    desk.session.set_flag("show_detections", True)
    desk.session.seeing.switch("show_ties")
    assert not len(desk.canvas.aids.ties.labels)
    assert said == ["5 shapes are in sight: pairs are tied among 4 at the most (H, Shift+D)."]
    desk.session.select(0)
    assert len(said) == 1
