import numpy as np
import pytest

from labelmend.coco.detections import Detections
from labelmend.project.annotation import Annotation
from labelmend_desktop.canvas.hit import Hit, InHand, hit, named_at
from labelmend_desktop.canvas.scene import MASK, Scene

NONE = np.full(4, np.nan)


def shape(key, bbox=NONE, polygons=(), rle=None):
    return Annotation(
        key=key,
        id=key,
        image=0,
        category=0,
        bbox=np.asarray(bbox, float),
        polygons=tuple(np.asarray(part, float) for part in polygons),
        rle=rle,
        crowd=False,
        area=None,
        changed=False,
    )


LARGE, SMALL = shape(1, [0, 0, 100, 100]), shape(2, [40, 40, 20, 20])
L_SHAPE = shape(3, polygons=[[[200, 0], [300, 0], [300, 20], [220, 20], [220, 100], [200, 100]]])
TWO_PARTS = shape(4, polygons=[[[400, 0], [420, 0], [410, 20]], [[440, 0], [460, 0], [450, 20]]])


def hit_at(x, y, *, scale=1.0, in_hand=None, shapes=(LARGE, SMALL, L_SHAPE, TWO_PARTS), edges=False):
    scene = Scene(shapes)
    return hit(scene, x, y, scale=scale, in_hand=in_hand, rows=np.arange(len(scene)), edges=edges)


def test_the_smallest_shape_at_a_point_wins():
    assert hit_at(50, 50) == Hit("shape", 2)
    assert hit_at(20, 20) == Hit("shape", 1)
    assert hit_at(150, 150) == Hit()


def test_a_polygon_is_hit_inside_and_along_its_line_only():
    assert hit_at(210, 60).key == 3
    assert hit_at(225, 60).key == 3
    assert hit_at(260, 60).kind == "nothing"
    assert hit_at(225, 60, scale=10).kind == "nothing"


def test_every_part_counts():
    assert hit_at(410, 8).key == 4
    assert hit_at(450, 8).key == 4
    assert hit_at(430, 15, scale=4).kind == "nothing"


def test_a_mask_is_hit_where_it_is():
    rle = {"size": [20, 20], "counts": [2 * 20 + 2, 4, 16, 4, 400 - 66]}
    mask = shape(5, [2, 2, 2, 4], rle=rle)
    assert Scene([mask]).kind[0] == MASK
    assert hit_at(3, 4, scale=20, shapes=[mask]).key == 5
    assert hit_at(8, 4, scale=20, shapes=[mask]).kind == "nothing"


def test_an_unreadable_mask_is_its_box():
    mask = shape(5, [2, 2, 8, 8], rle={"size": [20, 20], "counts": [7]})
    assert hit_at(5, 5, shapes=[mask]).key == 5


def test_a_shape_without_a_usable_box_is_never_hit():
    assert hit_at(0, 0, shapes=[shape(1)]).kind == "nothing"


@pytest.mark.parametrize(
    ("x", "y", "handle"),
    [
        (0, 0, "nw"),
        (50, 0, "n"),
        (100, 0, "ne"),
        (100, 50, "e"),
        (100, 100, "se"),
        (50, 100, "s"),
        (0, 100, "sw"),
        (0, 50, "w"),
    ],
)
def test_the_eight_handles(x, y, handle):
    in_hand = InHand(1, box=LARGE.bbox)
    assert hit_at(x, y, in_hand=in_hand) == Hit("handle", 1, handle)
    assert hit_at(x + 5, y - 5, in_hand=in_hand) == Hit("handle", 1, handle)


@pytest.mark.parametrize(("x", "y", "side"), [(25, 2, "n"), (99, 30, "e"), (70, 98, "s"), (-2, 75, "w")])
def test_the_sides_along_their_length(x, y, side):
    assert hit_at(x, y, in_hand=InHand(1, box=LARGE.bbox)) == Hit("side", 1, side)


def test_inside_what_is_in_hand_the_smaller_shape_still_wins():
    in_hand = InHand(1, box=LARGE.bbox)
    assert hit_at(30, 20, in_hand=in_hand) == Hit("inside", 1)
    assert hit_at(50, 60, in_hand=in_hand).key == 2


def test_vertices_before_middles_and_the_nearest_first():
    in_hand = InHand(3, parts=L_SHAPE.polygons)
    assert hit_at(299, 1, in_hand=in_hand) == Hit("vertex", 3, "", 0, 1)
    assert hit_at(250, 0, in_hand=in_hand) == Hit("middle", 3, "", 0, 0)
    assert hit_at(200, 50, in_hand=in_hand) == Hit("middle", 3, "", 0, 5)


def test_short_edges_offer_no_middle():
    in_hand = InHand(4, parts=TWO_PARTS.polygons)
    assert hit_at(410, 0, in_hand=in_hand, scale=1.0).kind != "middle"
    assert hit_at(450, 0, in_hand=in_hand, scale=4.0) == Hit("middle", 4, "", 1, 0)


def test_the_nearest_edge_is_hit_along_its_length_where_edges_count():
    in_hand = InHand(3, parts=L_SHAPE.polygons)
    assert hit_at(270, 2, in_hand=in_hand, edges=True) == Hit("edge", 3, "", 0, 0)
    assert hit_at(198, 70, in_hand=in_hand, edges=True) == Hit("edge", 3, "", 0, 5)
    assert hit_at(270, 2, in_hand=in_hand) == Hit("inside", 3)
    assert hit_at(270, 8, in_hand=in_hand, edges=True) == Hit("inside", 3)
    assert hit_at(450, 1, in_hand=InHand(4, parts=TWO_PARTS.polygons), edges=True).index == 0


def test_a_small_polygon_leaves_a_middle_beside_its_edges():
    small = shape(9, polygons=[[[0, 0], [8, 0], [8, 8], [0, 8]]])
    assert hit_at(4, 2, in_hand=InHand(9, parts=small.polygons), shapes=[small], edges=True).kind == "vertex"
    in_hand = InHand(9, parts=small.polygons)
    assert hit_at(4, 2.5, scale=4, in_hand=in_hand, shapes=[small], edges=True).kind == "inside"


def test_what_is_not_among_the_rows_is_not_hit():
    scene = Scene([LARGE, SMALL])
    assert hit(scene, 50, 50, scale=1, in_hand=None, rows=np.array([0])).key == 1


def detections(*boxes):
    n = len(boxes)
    rows = np.zeros(n, np.int32)
    box = np.array(boxes, float)
    return Detections(rows, rows, box, np.full(n, 0.9), rows, None, source=np.arange(n, dtype=np.uint8) % 2)


def test_a_detection_is_named_by_its_side_and_where_no_annotation_lies():
    seen = detections([10, 10, 80, 80], [200, 0, 50, 50], [210, 10, 20, 20])
    scene = Scene([LARGE], seen, ["a.json", "b.json"])
    rows = np.arange(len(scene))

    def named(x, y, *, below, scale=1.0, rows=rows):
        return named_at(scene, x, y, reach=7 / scale, rows=rows, below=below)

    assert named(50, 50, below=0) == 0  # inside the annotation, far from any side
    assert named(12, 50, below=0) == 1  # on the detection's side
    assert named(3, 50, below=0) == 0  # on the annotation's own side, which comes first
    assert named(240, 30, below=None) == 2  # inside a detection alone
    assert named(220, 20, below=None) == 3  # inside two: the smaller
    assert named(252, 52, below=None) == 2  # a little beside its corner
    assert named(300, 300, below=None) is None
    assert named(12, 50, below=0, rows=rows[:1]) == 0  # detections that are not shown are not named
    assert [scene.model(row) for row in range(4)] == ["", "a.json", "b.json", "a.json"]


def test_a_detection_that_is_drawn_by_its_outline_is_named_by_that():
    scene = Scene([LARGE, L_SHAPE], detections([0, 0, 90, 90], [200, 0, 100, 100]))
    corner = np.array([[10.0, 10], [90, 10], [90, 20], [20, 20], [20, 90], [10, 90]])
    scene.outline_detections([(corner,), (L_SHAPE.polygons[0] + (5, 5),)])
    rows = np.arange(len(scene))

    def named(x, y, *, below):
        return named_at(scene, x, y, reach=3, rows=rows, below=below)

    assert named(50, 18, below=0) == 2  # on its inner line
    assert named(50, 50, below=0) == 0  # within its box alone
    assert named(88, 60, below=0) == 0  # where its box would have a side
    assert named(250, 60, below=None) is None  # in its box, beside its outline
    assert named(215, 50, below=None) == 3  # in its outline
    assert named(220, 50, below=1) == 1  # on the label's line, which comes first
    assert named(225, 50, below=1) == 3
