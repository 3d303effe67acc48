"""The sample's plan: which pictures there are, what lies on them, and the true labels, before any error."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sample_scenes import layout, regions
from sample_scenes.grounds import GROUNDS
from sample_scenes.layout import HEIGHT, WIDTH, Placed, Thing
from sample_scenes.shapes import INSIDES, Array

SEED = 20
PICTURES = 37  # the last one is in the annotations only: its file is missing
KINDS = tuple(INSIDES)
CATEGORY_IDS = dict(zip(KINDS, (1, 2, 4, 7, 8, 11, 12, 15, 18, 21), strict=True))
SUPERS = {"apple": "fruit", "pear": "fruit", "leaf": "plant", "button": "sewing", "pencil": "stationery"}
BOX_ONLY = ("bottle cap", "button")
HEAPS = (5, 22)


@dataclass(frozen=True)
class Shot:
    """One picture: its record's id and file name, its ground, and its things with their seen parts."""

    number: int
    image_id: int
    file_name: str
    ground: str
    parts: tuple[Placed, ...]

    @property
    def things(self) -> list[Thing]:
        return [part.thing for part in self.parts]


@dataclass
class Label:
    """One annotation on its way into the file; `part` is None where nothing is there."""

    image_id: int
    kind: str
    box: regions.Box
    polygons: regions.Polygons
    mask: Array | None = None
    crowd: bool = False
    compressed: bool = True
    seen: float = 1.0
    error: str = ""

    def segmentation(self) -> Any:
        if self.mask is None:
            return self.polygons
        counts = regions.compressed(self.mask) if self.compressed else regions.runs(self.mask)
        return {"size": [HEIGHT, WIDTH], "counts": counts}

    def area(self) -> float:
        if self.mask is not None:
            return float(self.mask.sum())
        return regions.area(self.polygons) if self.polygons else round(self.box[2] * self.box[3], 2)


def shots(numbers: range | tuple[int, ...] = range(PICTURES)) -> list[Shot]:
    """The pictures of the sample, each from its own seed."""
    grounds = list(GROUNDS)
    out = []
    for number in numbers:
        rng = np.random.default_rng([SEED, number])
        kinds = _theme(rng)
        count = int(rng.integers(7, 11))
        parts = layout.scene(rng, kinds=kinds, count=count, with_heap=number in HEAPS)
        image_id = 3 * number + 11 + (number > 9) * 40 + (number > 25) * 5
        name = f"{'bench' if number < 20 else 'shelf'}/{image_id:04d}.jpg"
        ground = grounds[(number * 5 + number // 6) % len(grounds)]
        out.append(Shot(number, image_id, name, ground, tuple(parts)))
    return out


def _theme(rng: np.random.Generator) -> tuple[str, ...]:
    """A handful of kinds more often than all of them: tables have themes."""
    if rng.random() < 0.35:
        return KINDS
    chosen = rng.choice(len(KINDS), 6, replace=False)
    return tuple(KINDS[int(n)] for n in sorted(chosen))


def true_labels(shot: Shot) -> list[Label]:
    """What a careful person would have drawn, heap last."""
    out = [_label(shot, part, n) for n, part in enumerate(shot.parts) if not part.thing.heap]
    heaped = [part for part in shot.parts if part.thing.heap]
    if heaped:
        mask = np.logical_or.reduce([regions.coarse(part) for part in heaped])
        out.append(
            Label(shot.image_id, "button", regions.mask_box(mask), [], mask, crowd=True, compressed=False)
        )
    return out


def _label(shot: Shot, part: Placed, n: int) -> Label:
    kind = part.thing.kind
    outline = regions.polygons(part)
    if kind == "nut" and (shot.number + n) % 3 == 0:
        mask = regions.coarse(part)
        box = regions.mask_box(mask)
        return Label(shot.image_id, kind, box, [], mask, compressed=(shot.number % 2 == 0), seen=part.share)
    box = regions.bounds(outline)
    return Label(shot.image_id, kind, box, [] if kind in BOX_ONLY else outline, seen=part.share)
