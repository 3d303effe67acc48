"""Missing labels: the rates behind them, and scores that hold as probabilities."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from builders.find_cases import seen_row, world
from builders.seen import N, detector, nothing, objects
from labelmend.find.evidence.columns import Objects
from labelmend.find.kinds.completeness import left_out
from labelmend.find.kinds.labelled import Labelled, labelled
from labelmend.find.kinds.missing import Missing, missing
from labelmend.find.lots import lot
from labelmend.find.statistics import logit


def known(odds: Any, held: Any) -> Labelled:
    return Labelled(odds, odds, held)


def judge(seen: Objects) -> Missing:
    image = np.arange(len(seen)) // 6
    return missing(seen, image, n_categories=1, tick=nothing)


@pytest.mark.parametrize("rate", [0.003, 0.03, 0.3, 0.5])
def test_of_the_issues_of_a_score_that_share_is_real_at_any_rate_of_errors(rate):
    rng = np.random.default_rng(3)
    score, real, has_label = detector(rng, 20_000, left_out=rate)
    p = judge(objects(score, has_label)).probability
    free = ~has_label
    said, is_real = p[free], real[free]
    assert said.sum() == pytest.approx(is_real.sum(), rel=0.3, abs=20)
    for low, high in ((0.1, 0.4), (0.4, 0.7), (0.7, 1.0)):
        on = (said >= low) & (said < high)
        if on.sum() >= 60:
            assert is_real[on].mean() == pytest.approx(said[on].mean(), abs=0.15)


def test_hardly_anything_is_missing_where_everything_is_labelled():
    worlds = [detector(np.random.default_rng(seed)) for seed in range(5)]
    learned = [judge(objects(score, has_label)) for score, _, has_label in worlds]
    assert np.median([each.rate for each in learned]) < 0.005
    assert np.median([(each.probability > 0.5).sum() for each in learned]) == 0


def test_the_rate_is_the_share_of_sure_objects_without_a_label():
    has_label = np.arange(N) % 10 != 0
    odds = np.full(N, 3.0)
    seen = objects(np.linspace(0.3, 0.45, N), has_label)
    at = left_out(seen, known(odds, np.arange(N)))
    assert at.rate == pytest.approx(0.1, abs=0.02)
    np.testing.assert_allclose(at.at_score, at.rate)


def test_of_few_objects_the_models_own_score_says_too_which_are_sure():
    rng = np.random.default_rng(8)
    has_label = np.arange(120) < 40
    seen = objects(np.where(has_label, rng.uniform(0.8, 1, 120), rng.uniform(0, 0.5, 120)), has_label)
    learned_little = known(rng.normal(size=120), np.arange(120))
    assert left_out(seen, learned_little).rate < 0.05


def test_scores_are_taken_at_half_their_word_where_labels_fall_short_of_it():
    score = np.repeat([0.95, 0.8, 0.55], N // 3)
    has_label = np.arange(N) % 2 == 0
    at = left_out(objects(score, has_label), known(np.zeros(N), np.zeros(0, np.int64)))
    # 0.95 may be right 9 times of 10; of those half have a label, so 4 of 9 were left out. 0.8: 1 of 6.
    assert at.at_score[0] == pytest.approx(1 - 0.5 / 0.9, abs=0.1)
    assert at.at_score[0] <= at.at_score[N // 3] == at.at_score[-1]
    np.testing.assert_allclose(at.vouched[[0, N // 3, -1]], [0.9, 0.6, 0.1])


def test_scores_on_a_scale_of_their_own_vouch_for_nothing():
    score, _, has_label = detector(np.random.default_rng(7))
    at = left_out(objects(0.9 + 0.0999 * score, has_label), known(logit(score), np.arange(N)))
    assert at.vouched.max() == 0
    assert at.rate < 0.01


def test_objects_inside_others_are_not_vouched_for():
    has_label = np.arange(N) % 2 == 0
    inside = np.where(np.arange(N) < 100, 0.9, 0.0)
    seen = objects(np.linspace(0.94, 0.96, N), has_label, stronger=inside)
    at = left_out(seen, known(np.zeros(N), np.arange(N)))
    assert (at.vouched[:100] == 0).all()
    assert at.vouched[100:].min() >= 0.88


@pytest.mark.parametrize("scale", [lambda s: 0 * s + 0.999, lambda s: 0.3 * s, lambda s: np.round(s, 1)])
def test_scores_of_any_scale_leave_a_clean_set_clean(scale):
    score, _, has_label = detector(np.random.default_rng(9))
    assert (judge(objects(scale(score), has_label)).probability > 0.5).sum() <= 0.005 * (~has_label).sum()


def test_a_case_does_not_teach_its_own_answer():
    """One odd object among many alike: had it been learned from, it would look like one that has no label."""
    score, _, has_label = detector(np.random.default_rng(11), 3000)
    seen = objects(score, has_label)
    odd = int(np.flatnonzero(has_label & (score > 0.98))[0])
    taken = seen.taken.copy()
    taken[odd] = -1
    before = labelled(seen, n_categories=1, tick=nothing).odds
    after = labelled(replace(seen, taken=taken), n_categories=1, tick=nothing).odds
    part = lot(seen.box, seen.score, seen.stronger, seen.weaker)
    same = (part * 3).astype(int) == int(part[odd] * 3)
    same[odd] = False
    others = same & has_label
    np.testing.assert_array_equal(before[others], after[others])  # judged by parts that hold the odd one not


def test_thirty_images_and_a_class_of_one_are_enough_to_go_by():
    scene = world(images=30, classes=40, each=2)
    row, found = seen_row(scene, 3)
    scene.found_score[found] = 0.99
    scene.unlabel(row)
    issues = scene.find()
    listed = issues.score[(issues.kind == 0) & (issues.image == 3)]
    assert np.isfinite(issues.score).all()
    assert len(listed)


def test_objects_cut_off_by_the_border_are_left_out_more_often_and_no_less_real():
    """Where annotators skip what the border cuts off, that they did is no doubt of the object."""
    rng = np.random.default_rng(13)
    score, real, has_label = detector(rng, left_out=0.3)
    edge = rng.random(N) < 0.2
    has_label &= ~edge | (rng.random(N) < 0.3)
    p = judge(objects(score, has_label, edge=edge)).probability
    at_border = edge & ~has_label & (score > 0.4) & (score < 0.9)
    assert p[at_border].mean() == pytest.approx(real[at_border].mean(), abs=0.2)
    assert p[at_border].mean() > 0.4


@pytest.mark.parametrize("scale", [lambda s: 0 * s + 0.999, lambda s: 0.3 * s, lambda s: round(s, 1)])
def test_a_detector_of_any_scale_that_imagines_things_raises_no_alarm(scale):
    scene = world(images=150)
    rng = np.random.default_rng(17)
    for image in range(150):
        scene.detect(image, 0, np.r_[rng.uniform(0, 500, 2), rng.uniform(10, 90, 2)], rng.uniform(0.3, 0.7))
    scene.found_score = [scale(score) for score in scene.found_score]
    issues = scene.find()
    assert np.isfinite(issues.score).all()
    assert ((issues.kind <= 1) & (issues.score > 0.5)).sum() <= 3


def test_a_thousand_classes_and_many_more_detections_than_labels():
    scene = world(images=100, classes=1000)
    rng = np.random.default_rng(19)
    for image in np.repeat(np.arange(100), 50):
        box = np.r_[rng.uniform(0, 500, 2), rng.uniform(10, 90, 2)]
        scene.detect(int(image), int(rng.integers(1000)), box, float(rng.beta(0.5, 6)))
    row, found = seen_row(scene, 3)
    scene.found_score[found] = 0.99
    scene.unlabel(row)
    issues = scene.find()
    assert np.isfinite(issues.score).all()
    assert issues.detection[issues.kind == 0][0] == found
    assert ((issues.kind <= 1) & (issues.score > 0.5)).sum() <= 3
