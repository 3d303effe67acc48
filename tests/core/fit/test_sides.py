"""The sides of a box, one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelmend.errors import Refused
from labelmend.fit.sides import SIDES, ends, nearest_side, with_side

BOX = np.array([10.0, 20, 40, 30])


@pytest.mark.parametrize(
    ("point", "side"),
    [
        ((12, 35), "left"),
        ((30, 21), "top"),
        ((49, 35), "right"),
        ((30, 49), "bottom"),
        ((-50, 35), "left"),
        ((30, -50), "top"),
        ((90, 35), "right"),
        ((30, 90), "bottom"),
    ],
)
def test_the_side_nearest_to_a_point(point, side):
    assert SIDES[nearest_side(BOX, point)] == side


number = st.floats(-50, 50)
length = st.floats(1, 100)


@given(
    st.tuples(number, number, length, length), st.tuples(number, number, length, length), st.integers(0, 3)
)
def test_one_side_moves_to_the_others_place_and_three_stay(box, other, side):
    box, other = np.array(box), np.array(other)
    try:
        new = with_side(box, side, other)
    except Refused:
        opposite = ends(box)[(side + 2) % 4]
        assert (ends(other)[side] - opposite) * (1 if side < 2 else -1) >= 0
        return
    assert ends(new)[side] == pytest.approx(ends(other)[side], abs=1e-9)
    still = [k for k in range(4) if k != side]
    assert ends(new)[still] == pytest.approx(ends(box)[still], abs=1e-9)
    assert new[(side + 1) % 2 :: 2].tolist() == box[(side + 1) % 2 :: 2].tolist()


def test_a_side_that_would_pass_the_opposite_one_is_refused_in_a_sentence():
    with pytest.raises(Refused, match="left side would pass"):
        with_side(BOX, 0, np.array([60.0, 20, 5, 5]))
