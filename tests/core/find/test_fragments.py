"""One object labelled in pieces: one card for it, unless the model takes neighbours for one by habit."""

from __future__ import annotations

import numpy as np

from builders.find_cases import World, world
from labelmend.find.issues import FRAGMENT, LOCATION, SET_BBOX, SPURIOUS, Issues
from labelmend.find.kinds.fragments import Fragments, fragmented
from labelmend.find.reasons.sentences import sentence, short

WHOLE, LEFT, RIGHT = [205, 205, 150, 90], [205, 205, 95, 90], [300, 205, 55, 90]


def clear(scene: World, image: int) -> None:
    """Takes away all labels and detections of an image."""
    for row in range(len(scene.label_image)):
        if scene.label_image[row] == image:
            scene.unlabel(row)
    for row in range(len(scene.found_image)):
        if scene.found_image[row] == image:
            scene.found_score[row] = np.nan


def in_pieces(scene: World, image: int) -> list[int]:
    clear(scene, image)
    return [scene.label(image, 0, LEFT), scene.label(image, 0, RIGHT)]


def cards(issues: Issues, image: int) -> Issues:
    at = np.flatnonzero((issues.kind == LOCATION) & (issues.image == image))
    return issues.take(at[np.nan_to_num(issues.evidence[at, 0]).astype(int) & FRAGMENT > 0])


def test_an_object_in_two_pieces_is_one_card_that_grows_the_largest():
    scene = world()
    first, second = in_pieces(scene, 2)
    found = scene.detect(2, 0, WHOLE, 0.97)
    issues = scene.find()
    card = cards(issues, 2)
    assert (card.annotation[0], card.other[0], card.detection[0]) == (first, second, found)
    assert card.fix[0] == SET_BBOX
    np.testing.assert_allclose(card.fix_bbox[0], WHOLE)
    assert card.score[0] > 0.3
    assert second not in issues.annotation[issues.kind == SPURIOUS]
    assert first not in issues.annotation[(issues.kind == LOCATION) & (issues.evidence[:, 0] != FRAGMENT)]
    assert sentence(card, 0, categories=["cat", "dog", "cow"]) == (
        "One object labelled in 2 pieces: a detection of 0.97 holds them, they fill 100 % of it and hardly "
        "touch each other, and none has a sure detection of its own."
    )
    assert short(card, 0, categories=["cat", "dog", "cow"]) == "one object, 2 labels"


def test_two_labels_that_are_seen_each_are_no_pieces():
    scene = world()
    in_pieces(scene, 2)
    scene.detect(2, 0, WHOLE, 0.97)
    scene.detect(2, 0, LEFT, 0.95)
    scene.detect(2, 0, RIGHT, 0.93)
    card = cards(scene.find(), 2)
    assert (card.score < 0.05).all()


def test_labels_of_two_classes_are_no_pieces():
    scene = world()
    in_pieces(scene, 2)
    scene.label_class[-1] = 1
    scene.detect(2, 0, WHOLE, 0.97)
    assert len(cards(scene.find(), 2)) == 0


def test_a_detection_over_a_crowd_of_small_labels_says_little():
    scene = world()
    clear(scene, 2)
    for k in range(6):
        scene.label(2, 0, [205 + 25 * k, 205, 25, 90])
    scene.detect(2, 0, WHOLE, 0.97)
    assert (cards(scene.find(), 2).score < 0.05).all()


SCORES = np.full(50, 0.9)


def case(n: int, own: float) -> Fragments:
    rows, none = np.arange(n), np.full(n, -1)
    return Fragments(
        object=rows,
        first=2 * rows,
        second=2 * rows + 1,
        third=none,
        fourth=none,
        share_first=np.full(n, 0.5),
        share_second=np.full(n, 0.45),
        filled=np.full(n, 0.95),
        sure=np.full(n, 0.98),
        own=np.full(n, own),
        pieces=np.full(n, 2),
        odd=np.full(n, 0.5),
    )


def test_a_model_that_takes_neighbours_for_one_by_habit_is_a_weak_witness():
    alone = case(20, 0.0)
    likely, habit = fragmented(alone, SCORES)
    assert habit == 0
    both = Fragments(
        **{
            name: np.concatenate([getattr(alone, name), getattr(case(20, 0.9), name)])
            for name in Fragments.__dataclass_fields__
        }
    )
    weak, habit = fragmented(both, SCORES)
    assert habit > 0.5
    assert (weak[:20] < 0.6 * likely).all()
    assert (weak[20:] == 0).all()
