import numpy as np
import pytest

from labelmend.geometry.orientation import label_frame, turn

STORED = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.uint8)
UPRIGHT = {
    1: [[1, 2, 3], [4, 5, 6]],
    2: [[3, 2, 1], [6, 5, 4]],
    3: [[6, 5, 4], [3, 2, 1]],
    4: [[4, 5, 6], [1, 2, 3]],
    5: [[1, 4], [2, 5], [3, 6]],
    6: [[4, 1], [5, 2], [6, 3]],
    7: [[6, 3], [5, 2], [4, 1]],
    8: [[3, 6], [2, 5], [1, 4]],
}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turning_follows_the_exif_table(orientation):
    turned = turn(STORED, orientation)
    assert turned.tolist() == UPRIGHT[orientation]
    assert turned.flags.c_contiguous


@pytest.mark.parametrize("orientation", [0, 9, -1])
def test_an_unknown_orientation_turns_nothing(orientation):
    assert turn(STORED, orientation).tolist() == STORED.tolist()


def test_channels_stay_last():
    assert turn(np.zeros((2, 3, 4)), 6).shape == (3, 2, 4)


@pytest.mark.parametrize(
    ("stored", "orientation", "declared", "prefer", "expected"),
    [
        ((40, 30), 6, (40, 30), "stored", (1, 40, 30, True)),
        ((40, 30), 6, (40, 30), "turned", (1, 40, 30, True)),
        ((40, 30), 6, (30, 40), "stored", (6, 30, 40, True)),
        ((40, 40), 6, (40, 40), "stored", (1, 40, 40, True)),
        ((40, 40), 6, (40, 40), "turned", (6, 40, 40, True)),
        ((40, 30), 3, (40, 30), "stored", (1, 40, 30, True)),
        ((40, 30), 3, (40, 30), "turned", (3, 40, 30, True)),
        ((40, 30), 8, None, "stored", (1, 40, 30, True)),
        ((40, 30), 8, None, "turned", (8, 30, 40, True)),
        ((40, 30), 8, (60, 80), "stored", (8, 30, 40, False)),
        ((40, 30), 8, (80, 60), "turned", (1, 40, 30, False)),
        ((40, 30), 77, (30, 40), "turned", (1, 40, 30, False)),
        ((40, 30), 1, (40.0, 30.0), "stored", (1, 40, 30, True)),
    ],
)
def test_the_declared_size_tells_the_frame(stored, orientation, declared, prefer, expected):
    frame = label_frame(stored, orientation=orientation, declared=declared, prefer=prefer)
    assert (frame.orientation, frame.width, frame.height, frame.fits) == expected
    other = label_frame(
        stored,
        orientation=orientation,
        declared=declared,
        prefer="stored" if prefer == "turned" else "turned",
    )
    assert frame.either == (frame.fits and other.orientation != frame.orientation)
