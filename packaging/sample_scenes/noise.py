"""Noise that looks like matter: smooth random fields, made from a seed."""

import cv2
import numpy as np

Array = np.ndarray


def field(rng: np.random.Generator, shape: tuple[int, int], cell: tuple[float, float]) -> Array:
    """A smooth field in about [-1, 1] whose bumps are `cell` (rows, columns) pixels long."""
    height, width = (max(2, int(side / step) + 3) for side, step in zip(shape, cell, strict=True))
    coarse = rng.uniform(-1, 1, (height, width)).astype(np.float32)
    full = cv2.resize(
        coarse, (int(width * cell[1]) + 2, int(height * cell[0]) + 2), interpolation=cv2.INTER_CUBIC
    )
    top, left = (int(rng.integers(0, 1 + max(0, a - b))) for a, b in zip(full.shape, shape, strict=True))
    return full[top : top + shape[0], left : left + shape[1]]


def cloud(rng: np.random.Generator, shape: tuple[int, int], largest: float, octaves: int = 4) -> Array:
    """Fields of halving cell and strength, added: in about [-1, 1]."""
    total = np.zeros(shape, np.float32)
    for n in range(octaves):
        cell = max(1.0, largest / 2**n)
        total += field(rng, shape, (cell, cell)) * 0.5**n
    return total / 1.6
