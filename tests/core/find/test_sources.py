"""Several detection files: one scale for all scores, and agreement between models as evidence."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from builders.find_cases import EVERYTHING, World, seen_row, world
from labelmend.find import blocks as blocks_module
from labelmend.find.blocks import blocks, cut
from labelmend.find.evidence.columns import Objects
from labelmend.find.evidence.hypotheses import agreement
from labelmend.find.find import find
from labelmend.find.inputs import Predicted
from labelmend.find.issues import CLASS, LOCATION, MISSING, Issues
from labelmend.find.kinds.completeness import left_out
from labelmend.find.kinds.labelled import Labelled
from labelmend.find.reasons.sentences import sentence
from labelmend.find.sources import curve, labelled, on_common_scale, translate
from labelmend.find.statistics import logistic, logit
from labelmend.workers.processes import processes


def second_look(scene: World, seed: int, *, shift: float = -2.0) -> Predicted:
    """Another model on the same scene: other noise, other objects overlooked, more modest scores."""
    rng = np.random.default_rng(seed)
    first = scene.predicted()
    kept = np.flatnonzero(rng.random(len(first)) < 0.9)
    box = first.bbox[kept] + rng.normal(0, 0.02, (len(kept), 4)) * np.tile(first.bbox[kept, 2:], 2)
    score = logistic(logit(first.score[kept]) + rng.normal(shift, 0.5, len(kept)))
    return Predicted(first.image[kept], first.category[kept], box, score)


def both(first: Predicted, second: Predicted) -> Predicted:
    source = np.repeat(np.arange(2, dtype=np.uint8), [len(first), len(second)])
    columns = [
        np.concatenate([getattr(first, name), getattr(second, name)])
        for name in ("image", "category", "bbox", "score")
    ]
    return Predicted(*columns, source=source)


def look(scene: World, predicted: Predicted) -> Issues:
    return find(scene.sizes(), scene.labels(), predicted, n_categories=scene.classes, settings=EVERYTHING)


def test_one_file_is_one_model_whether_it_is_said_or_not():
    scene = world()
    predicted = scene.predicted()
    said = replace(predicted, source=np.zeros(len(predicted), np.uint8))
    a, b = look(scene, predicted), look(scene, said)
    for f in fields(Issues):
        assert getattr(a, f.name).tobytes() == getattr(b, f.name).tobytes(), f.name


def test_the_order_of_the_files_changes_nothing():
    scene = world()
    first, second = scene.predicted(), second_look(scene, 1)
    a, b = look(scene, both(first, second)), look(scene, both(second, first))
    np.testing.assert_array_equal(a.annotation, b.annotation)
    np.testing.assert_allclose(a.score, b.score, rtol=1e-9, atol=1e-12)


def test_scores_of_another_scale_are_read_as_those_labelled_as_often():
    rng = np.random.default_rng(0)
    p = rng.random(20_000)
    right = rng.random(len(p)) < p
    modest = logistic(logit(p) - 2)  # the same knowledge, said more modestly
    read = translate(modest, curve(modest, right), curve(p, right))
    inner = (p > 0.05) & (p < 0.95)
    assert np.abs(read - p)[inner].max() < 0.08
    assert np.abs(modest - p)[inner].max() > 0.3
    assert (np.diff(read[np.argsort(modest)]) >= 0).all()


def test_every_model_may_take_a_label_once():
    scene = World(1, 1)
    scene.label(0, 0, [10, 10, 100, 100])
    for score in (0.9, 0.8):
        scene.detect(0, 0, [12, 10, 100, 100], score)
    scene.detect(0, 0, [300, 300, 50, 50], 0.7)
    one = scene.predicted()
    predicted = both(one, one)
    plan = cut(scene.sizes(), scene.labels(), predicted)
    (block,) = blocks(scene.sizes(), scene.labels(), predicted, n_categories=1, plan=plan)
    rows, taken = labelled(block)
    np.testing.assert_array_equal(rows[taken], [0, 3])
    few = on_common_scale(predicted, [(rows, taken)], tick=list)
    np.testing.assert_array_equal(few.score, predicted.score)  # too few to learn a scale from


def test_one_model_adds_no_column():
    assert agreement(np.ones((4, 1))) == []
    share, mean = agreement(np.array([[0.8, 0.4], [0.9, 0.0]]))
    np.testing.assert_allclose(share, [1, 0.5])
    np.testing.assert_allclose(mean, [0.6, 0.45])


def two_unlabelled() -> tuple[World, int, int]:
    """Two labels taken away whose objects the first model is equally sure of."""
    scene = world(images=120, seen=1.0, seed=3)
    chosen = []
    for image in (7, 40):
        row, found = seen_row(scene, image)
        scene.found_score[found] = 0.97
        scene.unlabel(row)
        chosen.append(found)
    return scene, chosen[0], chosen[1]


def test_of_two_objects_without_a_label_the_one_that_both_models_see_comes_first():
    scene, seen_by_both, seen_by_one = two_unlabelled()
    second = second_look(scene, 2, shift=0.0)
    apart = np.abs(second.bbox - scene.found_box[seen_by_one]).max(axis=1) > 40
    kept = np.flatnonzero(apart | (second.image != 40))
    second = Predicted(*(getattr(second, n)[kept] for n in ("image", "category", "bbox", "score")))
    again = scene.found_box[seen_by_both]
    if not ((np.abs(second.bbox - again).max(axis=1) < 40) & (second.image == 7)).any():
        pytest.fail("the second model was to see it too")
    issues = look(scene, both(scene.predicted(), second))
    missing = issues.take(issues.kind == MISSING)
    place = {int(image): k for k, image in reversed(list(enumerate(missing.image)))}
    assert place[7] < place[40]


def test_a_class_that_both_models_contradict_is_surer_than_one_that_one_contradicts():
    scene = world(images=120, seen=1.0, seed=5)
    rows = []
    for image in (7, 40):
        row, found = seen_row(scene, image)
        scene.found_score[found] = 0.95
        rows.append((row, found))
    second = second_look(scene, 4, shift=0.0)
    row, found = rows[1]
    there = (second.image == 40) & (np.abs(second.bbox - scene.found_box[found]).max(axis=1) < 40)
    wrong = (scene.label_class[row] + 1) % 3
    second.category[there] = wrong  # the second model agrees with the wrong label of image 40
    assert there.sum() == 1
    for row, _ in rows:
        scene.label_class[row] = (scene.label_class[row] + 1) % 3
    issues = look(scene, both(scene.predicted(), second))
    score = {
        int(k): float(s)
        for k, s in zip(
            issues.annotation[issues.kind == CLASS], issues.score[issues.kind == CLASS], strict=True
        )
    }
    assert score[1000 + rows[0][0]] > score.get(1000 + rows[1][0], 0.0)


def test_the_fix_of_a_box_lies_between_what_both_models_say():
    scene = world(seen=1.0)
    row, found = seen_row(scene, 3)
    box = np.array(scene.label_box[row])
    scene.found_score[found], scene.found_box[found] = 0.97, list(box)
    second = second_look(scene, 6, shift=0.0)
    there = (second.image == 3) & (np.abs(second.bbox - box).max(axis=1) < 40)
    assert there.sum() == 1
    second.bbox[there] = np.add(box, [4, 0, 0, 0])
    scene.label_box[row] = [box[0] - 0.5 * box[2], box[1], 1.5 * box[2], box[3]]
    issues = look(scene, both(scene.predicted(), second))
    i = int(np.flatnonzero((issues.kind == LOCATION) & (issues.annotation == 1000 + row))[0])
    assert box[0] < issues.fix_bbox[i, 0] < box[0] + 4


def test_an_issue_says_how_many_models_see_it_and_their_own_scores():
    scene, seen_by_both, _ = two_unlabelled()
    issues = look(scene, both(scene.predicted(), second_look(scene, 2)))
    missing = issues.kind == MISSING
    i = int(np.flatnonzero(missing & (issues.image == 7))[0])
    assert (issues.seen_by[i], issues.models[i]) == (2, 2)
    assert issues.detection[i] == seen_by_both
    assert issues.evidence[i, 0] == pytest.approx(0.97)
    assert sentence(issues, i, categories=["a", "b", "c"]).endswith("; both models see it.")
    alone = int(np.flatnonzero(missing & (issues.seen_by == 1))[0])
    assert sentence(issues, alone, categories=["a", "b", "c"]).endswith("; 1 of 2 models sees it.")
    one = scene.find()
    assert not one.models.any()
    assert "models" not in sentence(one, 0, categories=["a", "b", "c"])


def test_processes_and_blocks_of_images_change_no_digit(monkeypatch):
    scene = world()
    predicted = both(scene.predicted(), second_look(scene, 1))
    straight, told = look(scene, predicted), []
    monkeypatch.setattr(blocks_module, "ROWS", 50)
    with processes(2) as executor:
        shared = find(
            scene.sizes(),
            scene.labels(),
            predicted,
            n_categories=scene.classes,
            settings=EVERYTHING,
            executor=executor,
            progress=lambda done, _total: told.append(done),
        )
    for f in fields(Issues):
        np.testing.assert_array_equal(getattr(straight, f.name), getattr(shared, f.name))
    assert told == sorted(told)
    assert told[-1] == 1000


def test_a_world_at_another_scale_and_in_another_order_gives_the_same_scores():
    scene = world(seed=3)
    first, second = scene.predicted(), second_look(scene, 1)
    plain = look(scene, both(first, second))
    predicted = both(first, second)
    order = np.random.default_rng(2).permutation(len(predicted))
    turned = Predicted(
        *(getattr(predicted, name)[order] for name in ("image", "category", "bbox", "score")),
        source=predicted.source[order],
    )
    again = look(scene, turned)
    np.testing.assert_array_equal(plain.annotation, again.annotation)
    np.testing.assert_allclose(plain.score, again.score, atol=1e-6)
    larger = find(
        scene.sizes(4.0),
        scene.labels(4.0),
        replace(predicted, bbox=predicted.bbox * 4),
        n_categories=3,
        settings=EVERYTHING,
    )
    np.testing.assert_allclose(np.sort(plain.score), np.sort(larger.score), atol=1e-6)


def test_what_one_of_two_models_sees_does_not_show_that_labels_are_left_out():
    rng = np.random.default_rng(0)
    n = 4000
    by_both = np.arange(n) < n // 2
    score = rng.uniform(0.85, 0.99, n)
    has_label = rng.random(n) < np.where(by_both, score, 0.5)  # as the scores promise, if both models see it
    zero, box = np.zeros(n), rng.uniform(1, 100, (n, 4))
    plain = {f.name: zero for f in fields(Objects)}
    objects = Objects(
        **plain
        | {
            "box": box,
            "score": score,
            "taken": np.where(has_label, 0, -1),
            "iou": np.where(has_label, 0.9, 0.0),
            "crowd": np.zeros(n, bool),
            "by_source": np.stack([score, np.where(by_both, score, 0.0)], axis=1),
        }
    )
    odds = np.where(by_both, 3.0, 0.0)
    learned = Labelled(odds, odds, np.arange(n))
    found = left_out(objects, learned)
    assert found.at_score.max() < 0.1
    assert not found.vouched.any()
    alike = replace(objects, by_source=score[:, None])  # as if of one model, which then is far from its word
    assert left_out(alike, learned).at_score.max() > 0.15


def test_of_equal_scores_the_first_in_the_file_counts_no_more_than_the_last():
    """Scores of few digits: the steps of the curve end among equal ones."""
    rng = np.random.default_rng(7)
    score = np.round(rng.uniform(0, 1, 600), 1)
    right = rng.random(600) < score
    one = curve(score, right)
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(600)
        other = curve(score[order], right[order])
        np.testing.assert_allclose(other.share, one.share, rtol=1e-12)
        assert other.gain == pytest.approx(one.gain, rel=1e-12)
