"""Light, shadow, lens and sensor: a scene of things painted as a photo."""

import cv2
import numpy as np

from sample_scenes import layout
from sample_scenes.grounds import GROUNDS
from sample_scenes.layout import FINE, HEIGHT, WIDTH, Thing
from sample_scenes.shapes import INSIDES, Array
from sample_scenes.surfaces import SURFACES, Patch, Surface

AMBIENT = np.array((0.36, 0.39, 0.45), np.float32)  # the sky's share is bluish
SHADOW_PAD = 34.0


def normals(height: Array) -> Array:
    """Unit normals (h, w, 3) of a height field in pixels."""
    down, across = np.gradient(cv2.GaussianBlur(height, (0, 0), 0.8))
    out = np.dstack([-across, -down, np.ones_like(height)])
    return out / np.linalg.norm(out, axis=2, keepdims=True)


def lit(surface: Surface, normal: Array, light: Array, tint: Array) -> Array:
    """The colour that reaches the camera straight above, linear RGB."""
    facing = np.clip(normal @ light, 0, 1)
    base = np.clip(surface.colour, 0.01, 1) ** 2.2
    matt = base * (AMBIENT * (0.55 + 0.45 * normal[..., 2:]) + 1.0 * facing[..., None] * tint)
    mirror = 2 * normal[..., 2:] * normal - np.array((0, 0, 1), np.float32)
    away = 1 - mirror @ light
    box = np.exp(-((away / 0.22) ** 2))
    horizon = 0.28 + 0.5 * np.clip(0.6 + 0.7 * (mirror @ np.array((-0.35, -0.7, 0.62), np.float32)), 0, 1.2)
    metal = base * (horizon + 1.6 * box + 0.25 * facing)[..., None] * (0.5 + 0.5 * tint)
    half = (light + np.array((0, 0, 1))) / np.linalg.norm(light + np.array((0, 0, 1)))
    shine = surface.gloss * np.clip(normal @ half, 0, 1) ** (18 + 60 * surface.gloss)
    return matt * (1 - surface.metal) + metal * surface.metal + 0.35 * shine[..., None] * tint


def shadow(mask: Array, height: Array, light: Array) -> Array:
    """How dark the thing makes what lies under it, in [0, 1]: a cast shadow and a dark line of contact."""
    cast = np.zeros(mask.shape, np.float32)
    tallest = float((height * mask).max())
    for share in (0.15, 0.4, 0.65, 0.9):
        lifted = np.float32(mask * (height >= share * tallest))
        dx, dy = (-light[:2] / light[2] * share * tallest * 0.9).tolist()
        moved = cv2.warpAffine(lifted, np.float32([[1, 0, dx], [0, 1, dy]]), mask.shape[::-1])
        soft = cv2.GaussianBlur(moved, (0, 0), 1.2 + 0.16 * float(np.hypot(dx, dy)))
        cast = np.maximum(cast, soft)
    touch = cv2.GaussianBlur(np.float32(mask), (0, 0), 4.0 + 0.05 * tallest)
    return 1 - (1 - 0.7 * cast) * (1 - 0.4 * touch)


def paint(canvas: Array, thing: Thing, light: Array, tint: Array, rng: np.random.Generator) -> None:
    """Paint one thing and its shadow over what is there."""
    box = layout.window(thing, SHADOW_PAD)
    u, v = layout.frame(thing, box)
    inside = INSIDES[thing.kind](u, v, thing.look)
    surface = SURFACES[thing.kind](Patch(u, v, inside, thing.look, rng))
    scale = thing.size * FINE
    alpha = np.clip(inside * scale + 0.5, 0, 1).astype(np.float32)
    height = np.where(inside > 0, np.clip(surface.height, 0, None), 0).astype(np.float32) * scale
    target = canvas[box[0] : box[2], box[1] : box[3]]
    target *= (1 - shadow(inside > 0, height, light))[..., None]
    normal = normals(np.where(inside > -0.05, surface.height, 0).astype(np.float32) * scale)
    colour = lit(surface, normal, light, tint)
    target += (colour - target) * alpha[..., None]


def lens(picture: Array, rng: np.random.Generator) -> Array:
    """Fall-off of light to the corners, a gradient over the table, and blur away from the plane of focus."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    x, y = columns / WIDTH - 0.5, rows / HEIGHT - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    ramp = 1 + rng.uniform(0.12, 0.4) * (x * np.cos(angle) + y * np.sin(angle))
    picture = picture * (ramp * (1 - rng.uniform(0.25, 0.55) * (x * x + y * y)))[..., None]
    tilt = rng.uniform(-0.7, 0.7)
    far = np.abs(y + tilt * x - rng.uniform(-0.15, 0.15)) * rng.uniform(1.2, 2.2) - 0.25
    soft = cv2.GaussianBlur(picture, (0, 0), 1.1)
    softer = cv2.GaussianBlur(picture, (0, 0), 2.2)
    one, two = np.clip(far * 2, 0, 1)[..., None], np.clip(far * 2 - 1, 0, 1)[..., None]
    return (picture * (1 - one) + soft * one) * (1 - two) + softer * two


def sensor(picture: Array, rng: np.random.Generator) -> Array:
    """Exposure, noise of the light and of the electronics, gamma: uint8 RGB."""
    exposure = rng.uniform(0.92, 1.15) * 0.46 / max(float(np.percentile(picture, 75)), 0.12) ** 0.55
    picture = np.clip(picture * exposure, 0, None)
    picture = picture / (1 + 0.18 * picture)
    noise = rng.normal(0, 1, picture.shape).astype(np.float32)
    picture = picture + noise * np.sqrt(0.00002 + 0.00016 * np.clip(picture, 0, 1))
    return np.uint8(np.clip(picture, 0, 1) ** (1 / 2.2) * 255 + 0.5)


def photo(things: list[Thing], *, ground: str, seed: tuple[int, ...]) -> Array:
    """The finished picture, (480, 640, 3) uint8 in cv2's order BGR."""
    rng = np.random.default_rng(seed)
    azimuth, height = rng.uniform(-2.6, -0.6), rng.uniform(0.75, 1.1)
    light = np.array(
        (np.cos(azimuth) * np.cos(height), np.sin(azimuth) * np.cos(height), np.sin(height)), np.float32
    )
    warm = rng.uniform(-0.06, 0.1)
    tint = np.array((1 + warm, 1.0, 1 - 1.4 * warm), np.float32)
    base = GROUNDS[ground](rng, (HEIGHT * FINE, WIDTH * FINE))
    canvas = (np.clip(base, 0.01, 1.2) ** 2.2 * (AMBIENT + 0.92 * light[2] * tint)).astype(np.float32)
    for thing in things:
        paint(canvas, thing, light, tint, rng)
    picture = cv2.resize(canvas, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(sensor(lens(picture, rng), rng), cv2.COLOR_RGB2BGR)
