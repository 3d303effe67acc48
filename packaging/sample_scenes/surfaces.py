"""What a thing is made of: height, colour, metal and gloss, in its own frame (see shapes.py)."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from sample_scenes import shapes
from sample_scenes.noise import cloud
from sample_scenes.shapes import TURN, Array


@dataclass(frozen=True)
class Surface:
    """height in the thing's unit; colour (h, w, 3) RGB in [0, 1]; metal and gloss in [0, 1]."""

    height: Array
    colour: Array
    metal: float
    gloss: float


@dataclass(frozen=True)
class Patch:
    """The grid a thing is painted on: its frame's coordinates, distance to its edge, look and noise."""

    u: Array
    v: Array
    inside: Array
    look: Array
    rng: np.random.Generator

    def cloud(self, largest: float, octaves: int = 4) -> Array:
        return cloud(self.rng, self.u.shape, largest, octaves)


def rgb(*values: float) -> Array:
    return np.array(values, np.float32)


def mix(a: Array, b: Array, weight: Array) -> Array:
    """Colours a and b mixed by a weight of shape (h, w); 0 is a."""
    weight = np.clip(weight, 0, 1)[..., None]
    return a * (1 - weight) + b * weight


def step(low: float, high: float, x: Array) -> Array:
    """0 below low, 1 above high, smooth between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def apple(p: Patch) -> Surface:
    radius = np.hypot(p.u, p.v)
    stem_u, stem_v = 0.3 * (p.look[2] - 0.5), 0.3 * (p.look[3] - 0.5)
    away = np.hypot(p.u - stem_u, p.v - stem_v)
    angle = np.arctan2(p.v - stem_v, p.u - stem_u)
    height = np.sqrt(np.clip(1 - (radius / 0.985) ** 2, 0, None)) * 0.85 - 0.16 * np.exp(
        -((away / 0.16) ** 2)
    )
    ripe = [rgb(0.72, 0.07, 0.09), rgb(0.55, 0.05, 0.1), rgb(0.85, 0.3, 0.12), rgb(0.62, 0.72, 0.2)]
    ground = [rgb(0.87, 0.72, 0.3), rgb(0.8, 0.62, 0.25), rgb(0.92, 0.8, 0.38), rgb(0.75, 0.8, 0.35)]
    sort = int(p.look[8] * 4)
    streak = p.cloud(26, 3) + 0.5 * np.sin(angle * 23 + 4 * p.cloud(40, 2)) * step(0.1, 0.5, away)
    side = p.u * np.cos(TURN * p.look[9]) + p.v * np.sin(TURN * p.look[9])
    colour = mix(
        ground[sort], ripe[sort], 0.75 + 0.5 * side + 0.28 * streak - 0.7 * np.exp(-((away / 0.2) ** 2))
    )
    dots = step(0.72, 0.82, cv2.GaussianBlur(p.rng.random(p.u.shape, np.float32), (0, 0), 1.3) * 3 - 0.85)
    colour = mix(colour, rgb(0.93, 0.85, 0.6), 0.4 * dots)
    stem = shapes.capsule(
        p.u, p.v, (stem_u, stem_v), (stem_u + 0.2 * (p.look[10] - 0.3), stem_v - 0.26), 0.042
    )
    colour = mix(colour, rgb(0.26, 0.16, 0.08), step(-0.02, 0.01, stem))
    return Surface(height + 0.12 * step(-0.01, 0.03, stem), colour, 0.0, 0.42)


def pear(p: Patch) -> Surface:
    radius = shapes.pear_radius(p.u, p.look)
    height = np.sqrt(np.clip(radius**2 - p.v**2, 0, None)) + 0.006 * p.cloud(20, 2)
    skins = [rgb(0.68, 0.66, 0.2), rgb(0.82, 0.68, 0.25), rgb(0.55, 0.6, 0.22)]
    colour = mix(
        skins[int(p.look[8] * 3)], rgb(0.72, 0.28, 0.14), 0.8 * p.look[9] * step(-0.2, 0.6, p.v) - 0.1
    )
    russet = step(0.15, 0.6, p.cloud(18, 4)) * 0.5 + step(0.72, 0.95, p.u) * 0.5
    colour = mix(colour, rgb(0.5, 0.36, 0.18), russet)
    specks = step(0.6, 0.75, cv2.GaussianBlur(p.rng.random(p.u.shape, np.float32), (0, 0), 0.9) * 2.4 - 0.6)
    colour = mix(colour, rgb(0.33, 0.25, 0.1), 0.5 * specks)
    stem = p.inside * (p.u > 0.95)
    colour = mix(colour, rgb(0.2, 0.13, 0.07), step(0.97, 1.0, p.u))
    return Surface(np.where(p.u > 0.985, 0.05 + stem, height), colour, 0.0, 0.25)


def leaf(p: Patch) -> Surface:
    middle = p.v - shapes.leaf_middle(p.u, p.look)
    width = np.maximum(shapes.leaf_width(p.u, p.look), 0.05)
    rows = (p.u - 0.55 * np.abs(middle)) * (9 + 3 * p.look[9])
    vein = np.abs(np.mod(rows, 1) - 0.5)
    rib = np.maximum(step(0.03, 0.008, np.abs(middle)), 0.75 * step(0.09, 0.02, vein) * step(-0.6, -0.4, p.u))
    greens = [
        (rgb(0.16, 0.34, 0.1), rgb(0.36, 0.5, 0.16)),
        (rgb(0.7, 0.36, 0.08), rgb(0.85, 0.6, 0.15)),
        (rgb(0.5, 0.16, 0.08), rgb(0.78, 0.34, 0.1)),
        (rgb(0.3, 0.42, 0.12), rgb(0.68, 0.6, 0.2)),
    ]
    dark, light = greens[int(p.look[8] * 4)]
    colour = mix(dark, light, 0.45 + 0.55 * p.cloud(50, 4) + 0.35 * p.u)
    colour = mix(colour, rgb(0.35, 0.22, 0.1), step(0.35, 0.7, p.cloud(24, 3)) * 0.6 * p.look[10])
    colour = mix(colour, light * 1.15, 0.6 * rib)
    curl = 0.14 * (middle / width) ** 2 * (0.3 + p.look[11]) + 0.05 * np.sin(p.u * 3 + TURN * p.look[12])
    return Surface(0.06 + curl + 0.018 * (vein - 0.25) - 0.012 * rib, colour, 0.0, 0.12)


def bottle_cap(p: Patch) -> Surface:
    radius, angle = np.hypot(p.u, p.v), np.arctan2(p.v, p.u)
    flutes = 0.05 * np.cos(angle * 21 + TURN * p.look[0]) * step(0.74, 0.9, radius)
    height = 0.5 * (1 - step(0.66, 1.02, radius)) + flutes + 0.02 * step(0.6, 0.5, radius)
    paints = [
        rgb(0.75, 0.1, 0.1),
        rgb(0.1, 0.25, 0.6),
        rgb(0.85, 0.65, 0.1),
        rgb(0.08, 0.42, 0.28),
        rgb(0.85, 0.84, 0.8),
        rgb(0.14, 0.14, 0.16),
    ]
    base = paints[int(p.look[8] * 6)]
    ink = paints[4] if base.mean() < 0.55 else paints[5]
    points = 5 + int(p.look[9] * 4)
    star = 0.24 + 0.16 * np.abs(np.mod(angle / TURN * points, 1) - 0.5) * 2 - radius
    colour = mix(base, ink, step(-0.02, 0.02, star) + step(0.035, 0.015, np.abs(radius - 0.56)))
    colour = mix(colour, rgb(0.6, 0.6, 0.62), step(0.35, 0.6, p.cloud(9, 3)) * 0.5 * step(0.55, 0.95, radius))
    return Surface(height, colour, 0.25, 0.6)


def struck(p: Patch, text: str) -> Array:
    """A digit or word as a soft relief in [0, 1] on the patch's grid."""
    plate = np.zeros((128, 128), np.uint8)
    (width, tall), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_TRIPLEX, 1.9, 5)
    place = (64 - width // 2, 64 + tall // 2)
    cv2.putText(plate, text, place, cv2.FONT_HERSHEY_TRIPLEX, 1.9, 255, 5, cv2.LINE_AA)
    soft = cv2.GaussianBlur(plate, (0, 0), 1.5).astype(np.float32) / 255
    at = [(c * 62 + 64).astype(np.float32) for c in (p.u, p.v)]
    return cv2.remap(soft, at[0], at[1], cv2.INTER_LINEAR)


def coin(p: Patch) -> Surface:
    radius, angle = np.hypot(p.u, p.v), np.arctan2(p.v, p.u)
    beads = 0.5 + 0.5 * np.cos(angle * 40)
    relief = struck(p, ["1", "2", "5", "10", "20", "50"][int(p.look[9] * 6)]) * step(0.75, 0.7, radius)
    wreath = step(0.07, 0.02, np.abs(radius - 0.72)) * beads
    height = 0.16 + 0.05 * step(0.84, 0.9, radius) - 0.1 * step(0.93, 0.99, radius) + 0.05 * relief
    height = height + 0.025 * wreath + 0.004 * p.cloud(6, 2)
    metals = [rgb(0.72, 0.42, 0.26), rgb(0.8, 0.66, 0.34), rgb(0.72, 0.72, 0.72)]
    colour = metals[int(p.look[8] * 3)] * (1 - 0.3 * step(0.0, 0.7, p.cloud(14, 3)))[..., None]
    return Surface(height, colour, 0.85, 0.5)


def nut(p: Patch) -> Surface:
    radius = np.hypot(p.u, p.v)
    hole = 0.44 + 0.06 * p.look[0]
    height = 0.5 - 0.16 * step(0.78, 0.98, radius) - 0.3 * step(hole + 0.1, hole, radius)
    thread = 0.03 * np.sin(radius * 70) * step(hole + 0.1, hole + 0.04, radius)
    colour = np.broadcast_to(
        [rgb(0.66, 0.67, 0.7), rgb(0.75, 0.6, 0.3)][int(p.look[8] * 1.35)], (*p.u.shape, 3)
    )
    colour = mix(colour, rgb(0.4, 0.3, 0.22), 0.5 * step(0.3, 0.8, p.cloud(16, 3)))
    return Surface(height + thread + 0.006 * p.cloud(5, 2), colour, 0.85, 0.5)


def bolt(p: Patch) -> Surface:
    shaft = np.sqrt(np.clip(0.2**2 - p.v**2, 0, None)) * 0.95
    groove = 0.03 * np.abs(np.mod(p.u * 22 + p.v * 2.2, 1) - 0.5) * (p.u > -0.3)
    facet = 0.36 - 0.2 * np.clip(np.abs(p.v) - 0.2, 0, None) / 0.2
    chamfer = 0.1 * step(-0.93, -1.0, p.u)
    height = np.where(p.u < -0.66, facet - chamfer, shaft + groove)
    steel = [rgb(0.64, 0.65, 0.68), rgb(0.72, 0.62, 0.36), rgb(0.3, 0.3, 0.32)][int(p.look[8] * 3)]
    colour = mix(
        np.broadcast_to(steel, (*p.u.shape, 3)), rgb(0.42, 0.24, 0.13), 0.7 * step(0.25, 0.8, p.cloud(22, 4))
    )
    return Surface(height, colour, 0.8, 0.45)


def key(p: Patch) -> Surface:
    edge = np.clip(p.inside, 0, 0.04) / 0.04
    groove = step(0.03, 0.015, np.abs(p.v + 0.02)) * step(-0.25, -0.2, p.u) * step(0.85, 0.8, p.u)
    ring = step(0.03, 0.01, np.abs(np.hypot(p.u + 0.62, p.v) - 0.27))
    height = 0.05 + 0.05 * edge - 0.03 * groove + 0.012 * ring + 0.004 * p.cloud(8, 3)
    metal = [rgb(0.78, 0.62, 0.32), rgb(0.72, 0.72, 0.74), rgb(0.66, 0.45, 0.28)][int(p.look[8] * 3)]
    colour = mix(np.broadcast_to(metal, (*p.u.shape, 3)), metal * 0.55, 0.6 * step(0.2, 0.7, p.cloud(18, 4)))
    return Surface(height, colour, 0.85, 0.5)


def button(p: Patch) -> Surface:
    radius = np.hypot(p.u, p.v)
    height = 0.22 + 0.12 * step(0.6, 0.75, radius) - 0.3 * step(0.82, 1.0, radius)
    holes = np.full_like(p.u, -1.0)
    for a in (-1, 1):
        for b in (-1, 1):
            holes = np.maximum(holes, 0.12 - np.hypot(p.u - 0.21 * a, p.v - 0.21 * b))
    hole = step(-0.03, 0.03, holes)
    paints = [
        rgb(0.9, 0.88, 0.8),
        rgb(0.2, 0.28, 0.5),
        rgb(0.6, 0.12, 0.16),
        rgb(0.3, 0.2, 0.12),
        rgb(0.2, 0.45, 0.4),
        rgb(0.85, 0.55, 0.2),
    ]
    colour = mix(paints[int(p.look[8] * 6)], rgb(0.95, 0.92, 0.86), 0.25 * step(0, 0.8, p.cloud(20, 3)))
    return Surface(height - 0.2 * hole, mix(colour, rgb(0.04, 0.04, 0.04), 0.85 * hole), 0.0, 0.55)


def pencil(p: Patch) -> Surface:
    facets = 0.066 - 0.04 * np.clip(np.abs(p.v) - 0.033, 0, None) / 0.033
    cone = np.sqrt(np.clip((np.clip((1 - p.u) / 0.2, 0, 1) * 0.066) ** 2 - p.v**2, 0, None))
    scallop = 0.8 + 0.02 * np.cos(p.v / 0.066 * TURN * 1.5)
    paints = [rgb(0.86, 0.62, 0.1), rgb(0.1, 0.3, 0.2), rgb(0.65, 0.1, 0.1), rgb(0.12, 0.22, 0.48)]
    colour = mix(
        np.broadcast_to(paints[int(p.look[8] * 4)], (*p.u.shape, 3)), rgb(0.1, 0.1, 0.1), 0.1 * p.cloud(30, 2)
    )
    wood = rgb(0.8, 0.62, 0.42) * (1 + 0.1 * p.cloud(10, 3))[..., None]
    colour = np.where((p.u > scallop)[..., None], wood, colour)
    colour = mix(colour, rgb(0.12, 0.12, 0.13), step(0.935, 0.945, p.u))
    ferrule = (p.u < -0.84) & (p.u > -0.93)
    bands = 0.75 + 0.25 * np.cos((p.u + 0.84) * 280)
    colour = np.where(ferrule[..., None], rgb(0.75, 0.7, 0.5) * bands[..., None], colour)
    colour = np.where((p.u <= -0.93)[..., None], rgb(0.8, 0.42, 0.4), colour)
    return Surface(np.where(p.u > scallop, cone, facets), colour, 0.0, 0.4)


SURFACES: dict[str, Callable[[Patch], Surface]] = {
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
