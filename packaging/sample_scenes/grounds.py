"""What the things lie on: wood, cloth, metal, stone, cork and felt, as linear RGB."""

from collections.abc import Callable

import cv2
import numpy as np

from sample_scenes.noise import cloud, field

Array = np.ndarray


def shaded(height: Array, strength: float) -> Array:
    """Light from the upper left on a height field: about 1."""
    across, down = np.gradient(height, axis=1), np.gradient(height, axis=0)
    return np.clip(1 + strength * (across + down), 0.3, 1.8)


def wood(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    tone = np.array([(0.52, 0.34, 0.2), (0.36, 0.22, 0.13), (0.68, 0.52, 0.34)][rng.integers(3)], np.float32)
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    plank = float(rng.uniform(210, 330))
    at = rows + 60 * float(rng.random())
    number = (at // plank).astype(int)
    shift = rng.uniform(-1, 1, 12)[number % 12].astype(np.float32)
    rings = np.sin((at * 0.055 + shift * 40 + 3.2 * field(rng, shape, (130, 520)) + 0.002 * columns) * 3)
    grain = field(rng, shape, (2.2, 90)) * 0.5 + field(rng, shape, (5, 240)) * 0.6
    value = 1 + 0.13 * rings + 0.14 * grain + 0.12 * shift + 0.05 * cloud(rng, shape, 200)
    edge = np.abs(np.mod(at, plank) - plank / 2) - plank / 2
    value *= 1 - 0.65 * np.exp(-((edge / 2.2) ** 2))
    return tone * value[..., None]


def cloth(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    tones = [(0.55, 0.57, 0.6), (0.2, 0.27, 0.42), (0.72, 0.68, 0.58), (0.45, 0.2, 0.2), (0.3, 0.38, 0.33)]
    tone = np.array(tones[rng.integers(len(tones))], np.float32)
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    warp = 2.5 * field(rng, shape, (160, 160))
    pitch = float(rng.uniform(3.6, 5.2))
    weave = np.sin((rows + warp) * np.pi / pitch) * np.sin((columns + warp) * np.pi / pitch)
    value = 1 + 0.1 * weave + 0.12 * rng.normal(0, 0.5, shape).astype(np.float32)
    folds = cv2.GaussianBlur(cloud(rng, shape, 460, 2), (0, 0), 9)
    colour = tone * (value * shaded(folds, 22))[..., None]
    if rng.random() < 0.5:
        stripe = np.mod(columns + 4 * warp + 2 * folds, 172) < 26
        other = np.mod(rows + 4 * warp, 172) < 26
        light = 1 + 0.3 * (stripe.astype(np.float32) + (other if rng.random() < 0.6 else 0))
        colour = colour * light[..., None]
    return colour


def metal(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    tone = np.array([(0.5, 0.52, 0.55), (0.34, 0.36, 0.39)][rng.integers(2)], np.float32)
    brushed = field(rng, shape, (1.2, 130)) * 0.1 + field(rng, shape, (3, 500)) * 0.08
    value = 1 + brushed + 0.16 * cloud(rng, shape, 700, 2)
    scratch = np.zeros(shape, np.float32)
    for _ in range(int(rng.integers(14, 30))):
        x, y, angle, length = rng.random(4) * (shape[1], shape[0], np.pi, 320)
        end = (int(x + length * np.cos(angle)), int(y + length * np.sin(angle)))
        cv2.line(scratch, (int(x), int(y)), end, float(rng.uniform(-0.2, 0.25)), 1, cv2.LINE_AA)
    return tone * (value + scratch)[..., None]


def stone(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    tone = np.array([(0.32, 0.34, 0.36), (0.6, 0.58, 0.55), (0.42, 0.38, 0.36)][rng.integers(3)], np.float32)
    height = cloud(rng, shape, 90, 6)
    specks = cv2.GaussianBlur(rng.normal(0, 1, shape).astype(np.float32), (0, 0), 1.4)
    value = (1 + 0.16 * cloud(rng, shape, 260, 5) + 0.16 * specks) * shaded(height, 0.7)
    return tone * value[..., None]


def cork(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    grains = cv2.GaussianBlur(rng.normal(0, 1, shape).astype(np.float32), (0, 0), 2.8) * 7.5
    fine = cv2.GaussianBlur(rng.normal(0, 1, shape).astype(np.float32), (0, 0), 1.3) * 2.5
    value = 1 + 0.16 * np.tanh(grains) + 0.09 * fine - 0.3 * (grains < -1.7)
    return np.array((0.62, 0.45, 0.28), np.float32) * (value * shaded(grains, 0.25))[..., None]


def felt(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    tones = [(0.16, 0.34, 0.24), (0.3, 0.3, 0.33), (0.5, 0.22, 0.26), (0.74, 0.72, 0.68)]
    fibre = field(rng, shape, (2, 14)) + field(rng, shape, (14, 2)) + field(rng, shape, (3, 3))
    value = 1 + 0.11 * fibre + 0.1 * cloud(rng, shape, 120, 3)
    return np.array(tones[rng.integers(len(tones))], np.float32) * value[..., None]


GROUNDS: dict[str, Callable[[np.random.Generator, tuple[int, int]], Array]] = {
    "wood": wood,
    "cloth": cloth,
    "metal": metal,
    "stone": stone,
    "cork": cork,
    "felt": felt,
}
