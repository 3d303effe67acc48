"""Pairs of files that do not belong together, one fault each; and sound ones, of which nothing is said."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from builders.find_cases import SIDE, World, world
from labelmend.coco.reading import AS_WRITTEN, Given, Reading
from labelmend.find.doctor import Checkup, _words, examine, examine_given
from labelmend.find.inputs import Predicted

NAMES = ["cat", "dog", "person"]
IDS = np.array([1, 2, 3])


@pytest.fixture(scope="module")
def scene() -> World:
    return world()


def look(scene: World, predicted: Predicted) -> Checkup:
    return examine(scene.sizes(), scene.labels(), predicted, categories=NAMES)


def written(scene: World, **other: object) -> Given:
    """The scene's detections as a file has them, category ids 1 to 3."""
    good = scene.predicted()
    category_id = good.category.astype(np.int64) + 1
    return replace(Given(good.image, good.category, category_id, good.bbox, good.score), **other)


def look_at(scene: World, given: Given, *, ids: np.ndarray = IDS) -> Checkup:
    return examine_given(scene.sizes(), scene.labels(), given, categories=NAMES, ids=ids)


def test_a_sound_pair(scene):
    found = look(scene, scene.predicted())
    assert (found.misfit, found.reading) == (False, None)
    assert found.sentences == (
        "100 % of the sure detections in annotated images lie on an annotation (IoU 0.5); "
        "100 % of these have its class.",
    )


def as_corners(box: np.ndarray) -> np.ndarray:
    return np.concatenate([box[:, :2], box[:, :2] + box[:, 2:]], axis=1)


def as_centres(box: np.ndarray) -> np.ndarray:
    return np.concatenate([box[:, :2] + box[:, 2:] / 2, box[:, 2:]], axis=1)


def y_first(box: np.ndarray) -> np.ndarray:
    return as_corners(box)[:, [1, 0, 3, 2]]


@pytest.mark.parametrize("shares", [False, True])
@pytest.mark.parametrize(
    ("boxes", "turned"),
    [("corners", as_corners), ("centres", as_centres), ("corners y first", y_first), ("sizes", np.copy)],
)
def test_boxes_in_another_convention(scene, boxes, turned, shares):
    if boxes == "sizes" and not shares:
        return
    good = scene.predicted()
    box = turned(good.bbox) / (SIDE if shares else 1)
    found = look(scene, replace(good, bbox=box))
    reading = Reading(boxes=boxes, shares=shares)
    assert (found.misfit, found.reading) == (True, reading)
    size = np.full(len(box), SIDE)
    np.testing.assert_allclose(reading.boxes_of(box, width=size, height=size), good.bbox, atol=1e-9)
    assert found.sentences[1].endswith(": read so, 100 % do.")


def test_corners_are_said_in_words(scene):
    good = scene.predicted()
    found = look(scene, replace(good, bbox=as_corners(good.bbox)))
    assert found.sentences[1].startswith(
        "Their boxes seem to be x1, y1, x2, y2 in pixels, instead of x, y, width, height in pixels"
    )


def test_boxes_of_pictures_resized_for_the_detector(scene):
    good = scene.predicted()
    sizes = replace(scene.sizes(), width=np.linspace(400, 900, scene.images))
    wide = sizes.width / SIDE
    labels = scene.labels()
    labels = replace(labels, bbox=labels.bbox * np.stack([wide, np.ones_like(wide)] * 2, 1)[labels.image])
    box = good.bbox * (320 / SIDE)
    found = examine(sizes, labels, replace(good, bbox=box), categories=NAMES)
    assert found.reading is not None
    assert found.reading.shares
    assert found.reading.scale == pytest.approx((1 / 320, 1 / 320), rel=0.01)
    assert "pictures resized to 3" in found.sentences[1]


@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("frame", [640, 555])
def test_boxes_of_pictures_fitted_into_a_square(scene, frame, centred):
    good, labels = scene.predicted(), scene.labels()
    height = np.linspace(300, 900, scene.images)
    width = np.linspace(1500, 700, scene.images)
    sizes = replace(scene.sizes(), width=width, height=height)
    size = np.stack([width, height] * 2, 1)
    box, least = good.bbox * (size / SIDE)[good.image], size.max(axis=1)
    labels = replace(labels, bbox=labels.bbox * (size / SIDE)[labels.image])
    fitted = box * (frame / least)[good.image, None]
    if centred:
        fitted[:, :2] += ((frame - size[:, :2] * frame / least[:, None]) / 2)[good.image]
    found = examine(sizes, labels, replace(good, bbox=fitted), categories=NAMES)
    assert found.reading is not None
    assert (found.reading.frame, found.reading.centred) == (pytest.approx(frame, rel=0.01), centred)
    where = "in the middle" if centred else "from the top left"
    assert f"fitted into {frame} x {frame} px, {where}: read so, 100 % do." in found.sentences[1]
    if frame == 640:
        read = found.reading.boxes_of(fitted, width=width[good.image], height=height[good.image])
        np.testing.assert_allclose(read, box, atol=1e-6)


@pytest.mark.parametrize(
    ("scale", "offset", "told"),
    [
        ((640.0, 640.0), (0.0, 0.0), "640 x 640 times too small"),
        ((0.5, 0.5), (-0.0, 12.0), "2 x 2 times as large as the labels and moved by 0, -12 px"),
        ((1.0, 1.0), (3.0, 0.0), "moved by -3, 0 px"),
    ],
)
def test_sizes_and_moves_are_said_only_where_they_are(scale, offset, told):
    assert _words(Reading(scale=scale, offset=offset)) == f"Their boxes seem to be {told}"


def test_scaled_and_moved():
    scene = world(each=1, seen=1.0)
    good = scene.predicted()
    found = look(scene, replace(good, bbox=good.bbox * 2 + [300, 500, 0, 0]))
    assert found.reading is not None
    size = np.full(len(good), SIDE)
    read = found.reading.boxes_of(good.bbox * 2 + [300, 500, 0, 0], width=size, height=size)
    assert np.abs(read - good.bbox).max() < 8


def test_categories_counted_from_0(scene):
    good = scene.predicted()
    off = good.category.astype(np.int64)  # the dataset's begin at 1
    found = look_at(scene, written(scene, category_id=off, category=(off - 1).astype(np.int32)))
    assert found.reading == Reading(classes=((0, 1), (1, 2), (2, 3)))
    assert "counted from 0 in the order of the categories: read so, 100 % have." in found.sentences[0]


def test_categories_counted_without_the_gaps_of_the_dataset(scene):
    good = scene.predicted()
    ids = np.array([1, 7, 90])
    counted = good.category.astype(np.int64) + 1
    by_id = np.where(counted == 1, 0, -1).astype(np.int32)
    found = look_at(scene, written(scene, category_id=counted, category=by_id), ids=ids)
    assert found.reading == Reading(classes=((1, 1), (2, 7), (3, 90)))


def test_the_only_category_has_another_id(scene):
    labels, good = scene.labels(), written(scene)
    none = np.full(len(good.image), -1, np.int32)
    given = replace(good, category=none, category_id=np.zeros(len(none), np.int64))
    labels = replace(labels, category=np.zeros_like(labels.category))
    found = examine_given(scene.sizes(), labels, given, categories=["cell"], ids=np.array([1]))
    assert found.reading == Reading(classes=((0, 1),))


def test_the_only_category_among_many_things_that_a_model_knows(scene):
    labels, good = scene.labels(), written(scene)
    labels = replace(labels, category=np.zeros_like(labels.category))
    n, rng = len(good.image), np.random.default_rng(0)
    boxes = np.concatenate([good.bbox, *(rng.uniform(5, 90, (n, 4)) for _ in range(9))])
    things = np.repeat([0, *range(2, 11)], n)
    given = Given(np.tile(good.image, 10), np.full(10 * n, -1, np.int32), things, boxes, np.full(10 * n, 0.9))
    found = examine_given(scene.sizes(), labels, given, categories=["car"], ids=np.array([1]))
    assert found.reading == Reading(classes=((0, 1),))


def test_categories_by_the_names_of_the_file(scene):
    good = scene.predicted()
    other = np.array([30, 10, 20])[good.category]
    given = written(
        scene,
        category=np.full(len(good), -1, np.int32),
        category_id=other,
        names={30: "Cat", 10: "dog ", 20: "person"},
    )
    found = look_at(scene, given)
    assert found.reading == Reading(classes=((10, 2), (20, 3), (30, 1)))
    assert "by name" in found.sentences[0]


def test_exchanged_categories(scene):
    good = scene.predicted()
    swapped = np.array([2, 1, 3])[good.category]
    found = look_at(scene, written(scene, category_id=swapped, category=(swapped - 1).astype(np.int32)))
    assert found.reading == Reading(classes=((1, 2), (2, 1), (3, 3)))
    assert "exchanged: its id " in found.sentences[0]


@pytest.mark.parametrize("number", [2, 7])
def test_a_model_that_tells_no_classes_apart(scene, number):
    category_id = np.full(len(scene.found_box), number)
    category = np.where(np.isin(category_id, IDS), category_id - 1, -1)
    found = look_at(scene, written(scene, category=category, category_id=category_id))
    assert found.sentences == (
        "100 % of the sure detections in annotated images lie on an annotation (IoU 0.5). They are of one "
        "class, whatever they lie on: of the class of a label they say nothing, and that of a missing one is "
        "a guess.",
    )
    if number in IDS:
        assert (found.misfit, found.reading) == (False, None)
    else:
        assert found.reading is not None
        ((there, here),) = found.reading.classes
        assert there == number
        assert here in IDS


def test_what_was_read_already_is_said_by_the_files_own_ids(scene):
    good, ids = scene.predicted(), np.array([1, 3, 4])

    def said(row):
        read = replace(good, category=np.array(row, np.int32)[good.category])
        known = np.flatnonzero(read.category >= 0)  # what names no class was left out
        few = replace(read, **{k: getattr(read, k)[known] for k in ("image", "category", "bbox", "score")})
        return examine(scene.sizes(), scene.labels(), few, categories=NAMES, ids=ids).sentences[0]

    assert "are counted from 1 in the order of the categories" in said([0, -1, 1])
    swapped = said([0, 2, 1])
    assert "its id 3 is person" in swapped or "its id 4 is dog" in swapped


def test_corners_and_categories_at_once(scene):
    good = scene.predicted()
    off = good.category.astype(np.int64)
    given = written(scene, category_id=off, category=(off - 1).astype(np.int32), bbox=as_corners(good.bbox))
    found = look_at(scene, given)
    assert found.reading == Reading(boxes="corners", classes=((0, 1), (1, 2), (2, 3)))


def test_another_split(scene):
    good, labels = scene.predicted(), scene.labels()
    few = labels.image < 6
    columns = ("key", "image", "category", "bbox", "crowd")
    labels = replace(labels, **{name: getattr(labels, name)[few] for name in columns})
    found = examine(scene.sizes(), labels, good, categories=NAMES)
    assert "% of the sure detections lie in images without annotations" in found.sentences[0]
    assert "another split" in found.sentences[0]
    assert (found.misfit, found.reading) == (True, None)
    strange = written(scene, image=np.where(good.image < 50, -1, good.image).astype(np.int32))
    assert "are of images that the annotations do not have" in look_at(scene, strange).sentences[0]


def test_files_that_have_nothing_to_do_with_each_other(scene):
    good = scene.predicted()
    found = look(scene, replace(good, image=np.roll(good.image, 31)))
    assert "may not belong together" in found.sentences[0]
    assert "choose the detections of these pictures" in found.sentences[0]
    assert (found.misfit, found.reading) == (True, None)


def test_labels_made_from_the_detections(scene):
    labels = scene.labels()
    same = Predicted(labels.image, labels.category, labels.bbox, np.linspace(0.6, 0.9, len(labels)))
    found = look(scene, same)
    assert "are an annotation to the last digit" in found.sentences[0]
    assert (found.misfit, found.reading) == (True, None)


def test_too_good_to_be_true(scene):
    labels = scene.labels()
    box = labels.bbox + np.random.default_rng(0).normal(0, 0.1, labels.bbox.shape)
    same = Predicted(labels.image, labels.category, box, np.linspace(0.6, 0.9, len(labels)))
    assert "too good to be true" in look(scene, same).sentences[0]


def test_equal_scores(scene):
    good = scene.predicted()
    found = look(scene, replace(good, score=np.ones(len(good))))
    assert found.sentences[-1].startswith("All scores are 1:")
    assert found.misfit


def test_of_low_scores_the_highest_are_compared(scene):
    good = scene.predicted()
    assert look(scene, replace(good, score=good.score * 0.1)).sentences == look(scene, good).sentences
    none = replace(good, bbox=np.full_like(good.bbox, np.nan))
    assert "Too few" in look(scene, none).sentences[0]
    assert not look(scene, none).misfit


def test_pictures_that_were_not_run_are_said(scene):
    good = scene.predicted()
    some = np.flatnonzero(good.image % 4 > 0)
    columns = ("image", "category", "bbox", "score")
    found = look(scene, replace(good, **{name: getattr(good, name)[some] for name in columns}))
    n = len(scene.sizes())
    assert found.sentences[-1] == (
        f"{n // 4} of {n} annotated images have no detection at all: their labels are compared with none."
    )
    assert not found.misfit


def test_labels_that_are_not_written_as_coco_has_it_are_said(scene):
    labels = scene.labels()
    box = np.concatenate([labels.bbox[:, :2], labels.bbox[:, :2] + labels.bbox[:, 2:]], axis=1)
    found = examine(scene.sizes(), replace(labels, bbox=box), scene.predicted(), categories=NAMES)
    assert found.misfit
    assert found.reading is None
    assert found.sentences[1].startswith("The boxes of the annotations seem to be x1, y1, x2, y2 in pixels")


def test_where_nothing_is_learned_that_is_said(scene):
    few = np.arange(11)
    good, labels = scene.predicted(), scene.labels()
    columns = ("key", "image", "category", "bbox", "crowd")
    labels = replace(labels, **{name: getattr(labels, name)[few] for name in columns})
    (told,) = examine(scene.sizes(), labels, good, categories=NAMES).sentences
    assert told.startswith("Annotations: 11; of fewer than 20 nothing is learned, and only faults")
    columns = ("image", "category", "bbox", "score")
    good = replace(good, **{name: getattr(good, name)[few] for name in columns})
    (told,) = look(scene, good).sentences
    assert told.startswith("Detections: 11; ")


def test_many_missing_labels_are_no_misfit(scene):
    labels = scene.labels()
    some = np.arange(len(labels)) % 3 == 0
    columns = ("key", "image", "category", "bbox", "crowd")
    labels = replace(labels, **{name: getattr(labels, name)[some] for name in columns})
    found = examine(scene.sizes(), labels, scene.predicted(), categories=NAMES)
    assert (found.misfit, found.reading) == (False, None)


def test_a_reading_says_itself_and_comes_back_from_the_history():
    reading = Reading(boxes="corners", shares=True, classes=((0, 1), (1, 2), (2, 3), (3, 4)))
    assert reading.sentence() == (
        "boxes as x1, y1, x2, y2 in shares of the picture; category ids 0 as 1, 1 as 2, 2 as 3, …"
    )
    assert msgspec.json.decode(reading.text(), type=Reading) == reading
    framed = Reading(frame=640.0, centred=True)
    assert framed.sentence() == "boxes as of pictures fitted into 640 x 640 px, in the middle"
    assert msgspec.json.decode(framed.text(), type=Reading) == framed
    assert AS_WRITTEN.sentence() == ""
    assert Reading(classes=((1, 1), (2, 2), (3, 3), (502, 4))).sentence() == "category ids 502 as 4"
