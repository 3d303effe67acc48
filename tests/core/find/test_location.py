"""Wrong boxes by hand: each side outwards and inwards, loose, tight and shifted ones; their fix and words."""

from __future__ import annotations

import numpy as np
import pytest

from builders.find_cases import World, seen_row, world
from labelmend.find.issues import BOTTOM, LEFT, LOCATION, RIGHT, SET_BBOX, TOP, Issues
from labelmend.find.kinds.location import Matched, usual_spread
from labelmend.find.reasons.sentences import sentence

WAYS = ([0.3, 0.25, 0.2, 0.35], [-0.15, -0.2, -0.15, -0.2], [-0.3, 0, 0.3, 0], [0, 0.35, 0, 0])
SIDES = {"left": LEFT, "top": TOP, "right": RIGHT, "bottom": BOTTOM}


def spoilt(outward: list[float]) -> tuple[World, int, np.ndarray, np.ndarray]:
    """A world in which the sides of one label lie that many shares of the box outside; its row and boxes."""
    scene = world(each=5, seen=1.0)
    row, found = seen_row(scene, 5)
    scene.found_score[found] = 0.98
    x, y, w, h = scene.found_box[found]  # so that what is known of the true box is the detection
    scene.label_box[row] = [
        x - outward[0] * w,
        y - outward[1] * h,
        w * (1 + outward[0] + outward[2]),
        h * (1 + outward[1] + outward[3]),
    ]
    return scene, row, np.array(scene.label_box[row]), np.array(scene.found_box[found])


def first(issues: Issues) -> int:
    return int(np.flatnonzero(issues.kind == LOCATION)[0])


def ends(box: np.ndarray) -> np.ndarray:
    return np.r_[box[:2], box[:2] + box[2:]]


@pytest.mark.parametrize("share", [0.3, -0.25])
@pytest.mark.parametrize("side", range(4))
def test_one_side_is_named_measured_and_moved_back_alone(side, share):
    scene, row, label, seen = spoilt([share if k == side else 0.0 for k in range(4)])
    issues = scene.find()
    i = first(issues)
    name, bit = list(SIDES.items())[side]
    assert issues.annotation[i] == 1000 + row
    assert issues.fix[i] == SET_BBOX
    assert issues.evidence[i, 0] == bit
    fixed, stays = ends(issues.fix_bbox[i]), np.arange(4) != side
    np.testing.assert_allclose(fixed[stays], ends(label)[stays])
    np.testing.assert_allclose(fixed[side], ends(seen)[side])
    pixels = abs(ends(label)[side] - ends(seen)[side])
    assert abs(issues.evidence[i, 1 + side]) == pytest.approx(pixels)
    said = sentence(issues, i, categories=["a", "b", "c"])
    of, way = "width" if side % 2 == 0 else "height", "outside" if share > 0 else "inside"
    percent = 100 * pixels / label[2 + side % 2]
    number = f"{pixels:.0f} px" if pixels >= 9.5 else f"{pixels:.1f} px"
    assert said.startswith(
        f"The {name} side ends {number}, {percent:.0f} % of the {of}, {way} what the model sees"
    )
    assert "this model's spread there is" in said
    assert 0.005 < issues.evidence[i, 7] < 0.06  # the world's detector has 2 %


@pytest.mark.parametrize(
    ("outward", "bits"),
    [
        ([0.3, 0.25, 0.2, 0.35], LEFT | TOP | RIGHT | BOTTOM),
        ([-0.15, -0.2, -0.15, -0.2], LEFT | TOP | RIGHT | BOTTOM),
        ([-0.3, 0.0, 0.3, 0.0], LEFT | RIGHT),
        ([0.25, -0.25, -0.25, 0.25], LEFT | TOP | RIGHT | BOTTOM),
        ([0.3, 0.3, 0.0, 0.3], LEFT | TOP | BOTTOM),
    ],
    ids=["loose", "tight", "shifted", "shifted both ways", "three sides"],
)
def test_several_sides_are_moved_back_and_no_other(outward, bits):
    scene, row, label, seen = spoilt(outward)
    issues = scene.find()
    i = first(issues)
    assert issues.annotation[i] == 1000 + row
    assert issues.evidence[i, 0] == bits
    off = np.array([bool(bits & bit) for bit in SIDES.values()])
    np.testing.assert_allclose(ends(issues.fix_bbox[i]), np.where(off, ends(seen), ends(label)))
    others = issues.score[issues.kind == LOCATION][1:]
    assert issues.score[i] > 5 * others.max()


def test_a_class_of_three_has_nearly_the_spread_of_all():
    rng = np.random.default_rng(0)
    n = 600
    label = np.concatenate([rng.uniform(0, 300, (n, 2)), rng.uniform(50, 60, (n, 2))], axis=1)
    seen = label + rng.normal(0, 1.0, (n, 4))
    category = np.zeros(n, np.int64)
    category[:3] = 1
    seen[:3, 0] += 20  # three wild ones are no reason to trust nothing
    nothing = np.ones(n)
    pairs = Matched(np.arange(n), label, seen, category, nothing, nothing, np.zeros(n, bool))
    _, spread = usual_spread(pairs, lambda: None)
    assert 1 < np.median(spread[:3] / np.median(spread[3:], axis=0)) < 3
    category[:300] = 2  # three hundred such are how the model sees that class
    seen[:300] = label[:300] + rng.normal(0, 4.0, (300, 4))
    _, spread = usual_spread(pairs, lambda: None)
    assert np.median(spread[:300]) > 2 * np.median(spread[300:])


@pytest.mark.parametrize("scale", [0.25, 2.0, 64.0])
def test_a_power_of_two_changes_no_rank(scale):
    scene, *_ = spoilt([0.3, 0, 0, 0])
    one = scene.find()
    scene.label_box = (np.array(scene.label_box) * scale).tolist()
    scene.found_box = (np.array(scene.found_box) * scale).tolist()
    from builders import find_cases

    side, find_cases.SIDE = find_cases.SIDE, find_cases.SIDE * scale
    try:
        two = scene.find()
    finally:
        find_cases.SIDE = side
    np.testing.assert_array_equal(one.annotation, two.annotation)
    np.testing.assert_array_equal(one.kind, two.kind)


def test_a_detection_that_lies_better_on_another_label_says_little_of_this_one():
    scene = world(images=90, each=5, seed=4)
    first_row = len(scene.label_box)
    for image in range(90, 130):  # one object seen twice and labelled; beside it, a label that is not seen
        scene.detect(image, 0, [250, 200, 100, 100], 0.9)
        scene.detect(image, 0, [272, 200, 100, 100], 0.95)
        scene.label(image, 0, [261, 200, 100, 100])
        scene.label(image, 0, [210, 200, 100, 100])
    scene.detect(130, 0, [250, 200, 100, 100], 0.9)  # the same, but on something large
    scene.detect(130, 0, [100, 50, 400, 400], 0.95)
    scene.label(130, 0, [102, 50, 400, 400])
    key = scene.label(130, 0, [210, 200, 100, 100])
    scene.images = 131
    issues = scene.find()
    on = issues.kind == LOCATION
    score = dict(zip(issues.annotation[on].tolist(), issues.score[on].tolist(), strict=True))
    assert score[key] > 5 * max(v for k, v in score.items() if k >= 1000 + first_row and k != key)


def test_a_hundred_labels_are_enough_to_be_sure_of_clearly_wrong_boxes():
    wrong, right = [], []
    for seed in range(4):
        scene, random = world(images=20, seed=seed), np.random.default_rng(seed)
        rows = random.permutation(len(scene.label_box))[:6]
        for k, row in enumerate(rows):
            outward = np.array(WAYS[k % 4]) * random.uniform(0.8, 1.3)
            x, y, w, h = scene.label_box[row]
            far = outward * [w, h, w, h]
            scene.label_box[row] = [x - far[0], y - far[1], w + far[0] + far[2], h + far[1] + far[3]]
        issues = scene.find()
        on = np.flatnonzero(issues.kind == LOCATION)
        is_wrong = np.isin(issues.annotation[on], 1000 + rows)
        wrong += issues.score[on][is_wrong].tolist()
        right += issues.score[on][~is_wrong].tolist()
    assert len(wrong) > 18
    assert np.median(wrong) > 0.5
    assert max(right) < 0.4
