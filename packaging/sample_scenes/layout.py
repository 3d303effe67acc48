"""What lies where: things placed on a picture, the part of each that is seen, and the heap of buttons."""

from dataclasses import dataclass, replace

import numpy as np

from sample_scenes.shapes import INSIDES, SIZES, Array

WIDTH, HEIGHT = 640, 480
FINE = 2  # scenes are laid out and painted at twice the size of the finished picture
REACH = 1.3  # the pear's stem and the leaf's stalk stick out of the unit circle


@dataclass(frozen=True)
class Thing:
    """One object: centre (x, y) and half-length in pixels of the finished picture, turned by `angle`."""

    kind: str
    x: float
    y: float
    size: float
    angle: float
    look: Array
    heap: bool = False


@dataclass(frozen=True)
class Placed:
    """A thing and its fine pixels that are seen: mask (h, w) bool with its corner (top, left)."""

    thing: Thing
    top: int
    left: int
    seen: Array
    whole: int  # fine pixels of the thing with nothing on it and the picture without end

    @property
    def share(self) -> float:
        """How much of the thing is seen, of what lies in the picture or not."""
        return float(self.seen.sum()) / max(self.whole, 1)


def window(thing: Thing, pad: float = 0.0) -> tuple[int, int, int, int]:
    """The fine pixels (top, left, bottom, right) around a thing, cut at the picture."""
    reach = (thing.size * REACH + pad) * FINE
    x, y = thing.x * FINE, thing.y * FINE
    top, left = max(0, int(y - reach)), max(0, int(x - reach))
    return top, left, min(HEIGHT * FINE, int(y + reach) + 1), min(WIDTH * FINE, int(x + reach) + 1)


def frame(thing: Thing, box: tuple[int, int, int, int]) -> tuple[Array, Array]:
    """The thing's own coordinates (u, v) of the fine pixels of a window."""
    rows, columns = np.mgrid[box[0] : box[2], box[1] : box[3]].astype(np.float32)
    x, y = ((columns + 0.5) / FINE - thing.x) / thing.size, ((rows + 0.5) / FINE - thing.y) / thing.size
    cos, sin = np.float32(np.cos(thing.angle)), np.float32(np.sin(thing.angle))
    return x * cos + y * sin, y * cos - x * sin


def silhouette(thing: Thing) -> tuple[tuple[int, int, int, int], Array]:
    """The thing's window and its mask there, nothing lying on it."""
    box = window(thing)
    u, v = frame(thing, box)
    return box, INSIDES[thing.kind](u, v, thing.look) > 0


def whole_area(thing: Thing) -> int:
    """Fine pixels of the thing if the picture had no end."""
    middle = Thing(thing.kind, WIDTH / 2, HEIGHT / 2, thing.size, thing.angle, thing.look)
    return int(silhouette(middle)[1].sum())


def added(parts: list[Placed], thing: Thing) -> list[Placed]:
    """The parts that are seen once a thing is laid on top of others."""
    (top, left, bottom, right), mask = silhouette(thing)
    out = []
    for part in parts:
        rows, columns = part.seen.shape
        low = max(top, part.top), max(left, part.left)
        high = min(bottom, part.top + rows), min(right, part.left + columns)
        if low[0] < high[0] and low[1] < high[1]:
            seen = part.seen.copy()
            cover = mask[low[0] - top : high[0] - top, low[1] - left : high[1] - left]
            seen[low[0] - part.top : high[0] - part.top, low[1] - part.left : high[1] - part.left] &= ~cover
            part = replace(part, seen=seen)
        out.append(part)
    return [*out, Placed(thing, top, left, mask, whole_area(thing))]


def random_thing(rng: np.random.Generator, kind: str) -> Thing:
    low, high = SIZES[kind]
    size = float(rng.uniform(low, high))
    margin = 0.55 * size if rng.random() < 0.15 else 1.05 * size
    margin = min(margin, 150.0)
    x, y = rng.uniform(margin, WIDTH - margin), rng.uniform(margin, HEIGHT - margin)
    return Thing(kind, float(x), float(y), size, float(rng.uniform(0, 2 * np.pi)), rng.random(16))


def heap(rng: np.random.Generator) -> list[Thing]:
    """Buttons poured into a corner: too many to label one by one."""
    cx, cy = rng.uniform(110, WIDTH - 110), rng.uniform(100, HEIGHT - 100)
    things = []
    for _ in range(34):
        away, angle = 62 * np.sqrt(rng.random()), rng.uniform(0, 2 * np.pi)
        x, y = float(cx + 1.25 * away * np.cos(angle)), float(cy + away * np.sin(angle))
        size, turned = float(rng.uniform(12, 17)), float(rng.uniform(0, 6))
        things.append(Thing("button", x, y, size, turned, rng.random(16), heap=True))
    return things


def scene(rng: np.random.Generator, *, kinds: tuple[str, ...], count: int, with_heap: bool) -> list[Placed]:
    """Things that lie beside and partly on each other; each is seen well enough to be labelled."""
    parts: list[Placed] = []
    for thing in heap(rng) if with_heap else []:
        parts = added(parts, thing)
    for _ in range(400):
        if sum(not part.thing.heap for part in parts) >= count:
            break
        candidate = random_thing(rng, kinds[int(rng.integers(len(kinds)))])
        crossing = candidate.kind in ("pencil", "bolt", "key") or rng.random() < 0.2
        if any(_too_near(candidate, part.thing, crossing=crossing) for part in parts):
            continue
        trial = added(parts, candidate)
        if all(_well_seen(part) for part in trial if not part.thing.heap):
            parts = trial
    return parts


def _too_near(a: Thing, b: Thing, *, crossing: bool) -> bool:
    away = float(np.hypot(a.x - b.x, a.y - b.y))
    if b.heap:
        return away < 0.9 * (a.size + b.size)
    return away < (0.3 if crossing else 0.8) * (a.size + b.size)


def _well_seen(part: Placed) -> bool:
    return part.share > 0.5 and part.seen.sum() > 300 * FINE * FINE
