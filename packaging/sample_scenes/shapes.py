"""Where a thing is: the inside of each kind of thing as a signed distance, in the thing's own frame.

The frame: u along the thing, v across it, 1 = `Thing.size` pixels. A positive distance is inside. `look` is a
row of sixteen numbers in [0, 1) that makes one apple unlike the next: 0 to 5 shape it, the rest colour it.
"""

from collections.abc import Callable

import numpy as np

Array = np.ndarray
TURN = 2 * np.pi


def capsule(u: Array, v: Array, start: tuple[float, float], end: tuple[float, float], radius: float) -> Array:
    """Distance to the surface of a thick line."""
    du, dv = end[0] - start[0], end[1] - start[1]
    along = np.clip(((u - start[0]) * du + (v - start[1]) * dv) / (du * du + dv * dv), 0, 1)
    return radius - np.hypot(u - start[0] - along * du, v - start[1] - along * dv)


def slab(u: Array, v: Array, low: tuple[float, float], high: tuple[float, float]) -> Array:
    """Distance to the nearest side of a rectangle."""
    return np.minimum(np.minimum(u - low[0], high[0] - u), np.minimum(v - low[1], high[1] - v))


def hexagon(u: Array, v: Array, radius: float) -> Array:
    """Distance to the nearest of six sides; `radius` is the inner one."""
    corners = np.abs(u) * 0.5 + np.abs(v) * np.sqrt(0.75)
    return radius - np.maximum(corners, np.abs(u))


def apple(u: Array, v: Array, look: Array) -> Array:
    angle = np.arctan2(v, u)
    edge = 0.94 + 0.025 * np.cos(2 * angle + TURN * look[0]) + 0.018 * np.cos(3 * angle + TURN * look[1])
    return edge - np.hypot(u, v)


def pear_radius(u: Array, look: Array) -> Array:
    """Half the pear's width at u; 0 outside [-1, 1]."""
    return np.sqrt(np.clip(1 - u * u, 0, None)) * (0.49 - (0.15 + 0.06 * look[0]) * np.tanh(2.2 * (u - 0.1)))


def pear(u: Array, v: Array, look: Array) -> Array:
    body = np.where(np.abs(u) < 1, (pear_radius(u, look) - np.abs(v)) * 0.8, -0.1)
    return np.maximum(body, capsule(u, v, (0.92, 0.0), (1.22, 0.16 * (look[1] - 0.5)), 0.032))


def leaf_middle(u: Array, look: Array) -> Array:
    """The leaf's bent midrib: v at u."""
    return 0.34 * (look[0] - 0.5) * (u * u - 0.3)


def leaf_width(u: Array, look: Array) -> Array:
    """Half the leaf's width at u, teeth included."""
    t = np.clip((u + 0.72) / 1.7, 0, 1)
    teeth = 0.02 * np.abs(np.mod(t * (14 + np.floor(8 * look[2])), 1) - 0.5)
    return (0.95 + 0.35 * look[1]) * t**0.62 * (1 - t) ** 0.85 - teeth * (t > 0.06)


def leaf(u: Array, v: Array, look: Array) -> Array:
    across = np.abs(v - leaf_middle(u, look))
    blade = np.where(np.abs(u - 0.13) < 0.85, (leaf_width(u, look) - across) * 0.8, -0.1)
    start = float(leaf_middle(np.array(-1.0), look))
    return np.maximum(blade, capsule(u, v, (-1.0, start * 1.25), (-0.66, start * 0.3), 0.024))


def bottle_cap(u: Array, v: Array, look: Array) -> Array:
    teeth = np.abs(np.mod(np.arctan2(v, u) / TURN * 21 + look[0], 1) - 0.5)
    return 0.9 + 0.15 * teeth - np.hypot(u, v)


def coin(u: Array, v: Array, look: Array) -> Array:
    return 0.97 - np.hypot(u, v) + 0 * look[0]


def nut(u: Array, v: Array, look: Array) -> Array:
    return np.minimum(hexagon(u, v, 0.84), np.hypot(u, v) - 0.44 - 0.06 * look[0])


def bolt(u: Array, v: Array, look: Array) -> Array:
    end = 0.55 + 0.42 * look[0]
    thread = 0.016 * np.abs(np.mod(u * 22 + 0.5 * np.sign(v), 1) - 0.5) * (u > -0.3)
    head = slab(u, v, (-1.0, -0.4), (-0.66, 0.4))
    shaft = slab(u, v, (-0.7, -0.2), (end, 0.2)) + np.minimum(0.0, end - 0.06 - u) * 0.6 - thread
    return np.maximum(head, shaft)


def key(u: Array, v: Array, look: Array) -> Array:
    bow = 0.36 - np.hypot(u + 0.62, (v * (0.85 + 0.3 * look[1])))
    if look[0] > 0.5:
        bow = hexagon(v, u + 0.62, 0.35) + 0.02
    blade = slab(u, v, (-0.4, -0.1), (0.97, 0.1)) - np.clip(u - 0.87, 0, None) * 0.9
    cut = np.full_like(u, -1.0)
    for n in range(4):
        at = 0.24 + 0.17 * n
        cut = np.maximum(cut, capsule(u, v, (at, 0.07 - 0.05 * look[2 + n % 4]), (at, 0.5), 0.05))
    return np.minimum(np.maximum(bow, np.minimum(blade, -cut)), np.hypot(u + 0.76, v) - 0.1)


def button(u: Array, v: Array, look: Array) -> Array:
    return 0.97 - np.hypot(u, v) + 0 * look[0]


def pencil(u: Array, v: Array, look: Array) -> Array:
    half = np.where(u > 0.8, np.clip((1.0 - u) / 0.2, 0, 1) * 0.066, 0.066)
    return np.minimum(half - np.abs(v), np.minimum(u + 1.0, 1.0 - u)) + 0 * look[0]


INSIDES: dict[str, Callable[[Array, Array, Array], Array]] = {
    "apple": apple,
    "pear": pear,
    "leaf": leaf,
    "bottle cap": bottle_cap,
    "coin": coin,
    "nut": nut,
    "bolt": bolt,
    "key": key,
    "button": button,
    "pencil": pencil,
}
SIZES = {  # half the length of a thing, smallest and largest, in pixels of the finished picture
    "apple": (50, 68),
    "pear": (68, 92),
    "leaf": (58, 98),
    "bottle cap": (28, 36),
    "coin": (22, 38),
    "nut": (21, 32),
    "bolt": (48, 72),
    "key": (56, 78),
    "button": (14, 26),
    "pencil": (125, 175),
}
