import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect

from labelmend_desktop.decoding import Place, load, pixels_of
from labelmend_desktop.levels import GAMMA, Levels, for_screen

RAMP = np.arange(256, dtype=np.uint8)[None]
DEEP = np.arange(0, 65536, 16, dtype=np.uint16)[None]
WHOLE = (0, 255)

chosen = st.builds(
    Levels,
    black=st.none() | st.floats(0, 0.5),
    white=st.none() | st.floats(0.5, 1),
    stretch=st.booleans(),
    gamma=st.floats(*GAMMA),
    brightness=st.floats(-1, 1),
    contrast=st.floats(-1, 1),
)


def shown(levels, pixels=RAMP, automatic=WHOLE):
    """The grey that each number of the ramp is shown as."""
    out = for_screen(pixels, levels, automatic)
    assert (out[..., 0] == out[..., 1]).all()
    return out[0, :, 0].astype(int)


def test_a_picture_is_shown_as_it_is():
    assert shown(Levels()).tolist() == RAMP[0].tolist()
    assert Levels().plain
    assert Levels().in_words() == ""


@given(chosen)
def test_brighter_is_never_shown_darker_and_inverted_is_the_other_way(levels):
    for pixels in (RAMP, DEEP):
        seen = shown(levels, pixels, (1000, 9000) if pixels is DEEP else WHOLE)
        assert (np.diff(seen) >= 0).all()
        other = shown(Levels(**{**vars(levels), "invert": True}), pixels, (1000, 9000))
        if pixels is DEEP:
            assert np.abs(seen + other - 255).max() <= 1


@pytest.mark.parametrize(
    ("levels", "number", "grey", "words"),
    [
        (Levels(black=0.2), 51, 0, "black 20 %, white 100 %"),
        (Levels(black=0.2, white=0.6), 102, 128, "black 20 %, white 60 %"),
        (Levels(white=0.6), 153, 255, "black 0 %, white 60 %"),
        (Levels(gamma=2), 64, 128, "gamma 2.00"),
        (Levels(brightness=0.2), 51, 102, "brightness +20 %"),
        (Levels(contrast=0.5), 95, 63, "contrast +50 %"),
        (Levels(invert=True), 40, 215, "inverted"),
        (Levels(channel=2), 40, 40, "only blue"),
    ],
)
def test_each_choice_does_what_it_says(levels, number, grey, words):
    assert abs(shown(levels)[number] - grey) <= 1
    assert levels.in_words() == words


def test_a_deep_picture_shows_what_eight_bits_would_hide():
    faint = Levels(black=3000 / 65535, white=3256 / 65535)
    seen = shown(faint, np.arange(3000, 3257, dtype=np.uint16)[None])
    assert len(set(seen.tolist())) > 250


def test_stretched_is_by_each_pictures_own_numbers():
    assert shown(Levels(stretch=True), automatic=(50, 100))[[50, 75, 100]].tolist() == [0, 128, 255]
    assert shown(Levels(), DEEP, (1600, 3200))[[100, 150, 200]].tolist() == [0, 128, 255]


@pytest.mark.parametrize(("channel", "grey"), [(0, 30), (1, 20), (2, 10)])
def test_one_colour_alone_is_grey(channel, grey):
    bgr = np.full((2, 2, 3), (10, 20, 30), np.uint8)
    for pixels in (bgr, cv2.cvtColor(bgr, cv2.COLOR_BGR2BGRA)):
        assert (for_screen(pixels, Levels(channel=channel), WHOLE)[..., :3] == grey).all()
    deep = bgr.astype(np.uint16) * 257
    assert (for_screen(deep, Levels(channel=channel), (0, 65535))[..., :3] == grey).all()


@pytest.fixture
def faint(tmp_path):
    """A 16-bit picture between 1,000 and 1,200, but for one hot pixel."""
    pixels = np.random.default_rng(0).integers(1000, 1200, (900, 1300)).astype(np.uint16)
    pixels[4, 4] = 60_000
    cv2.imwrite(str(tmp_path / "p.png"), pixels)
    return load(Place(path=tmp_path / "p.png", declared=None)), pixels


def test_a_deep_picture_comes_bright_and_with_its_depth(faint):
    loaded, pixels = faint
    assert np.array_equal(loaded.deep[0], pixels)
    assert [level.shape[1] for level in loaded.deep] == [level.width() for level in loaded.levels]
    low, high = loaded.automatic
    assert 1000 <= low <= 1005
    assert 1195 <= high <= 1200
    assert 100 < pixels_of(loaded.levels[0])[..., 0].mean() < 155
    assert loaded.bytes >= sum(level.nbytes for level in loaded.deep) + 900 * 1300 * 4


def test_only_the_part_in_sight_goes_through_the_table(faint):
    loaded, pixels = faint
    levels, part = Levels(black=1000 / 65535, white=1255 / 65535, invert=True), QRect(30, 20, 64, 48)
    image, source = loaded.sheet(0).shown(part, levels)
    assert source.size() == part.size()
    expected = 255 - (pixels[20:68, 30:94].astype(int) - 1000)
    assert np.abs(pixels_of(image)[..., 0].astype(int) - expected).max() <= 1
    same, source = loaded.sheet(0).shown(part, Levels())
    assert same is loaded.levels[0]
    assert source.toRect() == part
