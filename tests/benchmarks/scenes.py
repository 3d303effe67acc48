"""Datasets unlike the shared generator's: streets, rows seen from above, parts of one thing, seeds.

Right labels with the habits of their annotators, and what a detector made of the true objects, which labels
do not always show. For the zoo, which puts the errors in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from labelmend.geometry.boxes import iou

Files = dict[str, Any]
Box = Any
"""x, y, width, height as an array (4,)."""


@dataclass(frozen=True)
class Thing:
    """An object of a picture: its class, how hard it is to see (0: easy), whether anybody labels its like."""

    image: int
    box: Box
    category: int = 0
    hard: float = 0.0
    labelled: bool = True


@dataclass(frozen=True)
class Model:
    """How a detector sees: the logit of an easy object's score and its spread, the spread of its sides, how
    often it sees one twice or as another class, what it sees of nothing in a picture, what its file keeps."""

    score: float = 2.0
    spread: float = 1.1
    sides: float = 0.05
    twice: float = 0.1
    confused: float = 0.05
    clutter: float = 8.0
    lowest: float = 0.02
    highest: float = 1.0
    digits: int = 5
    most: int = 100


@dataclass(frozen=True)
class Scene:
    """A kind of dataset. pad: pixels that annotators leave round a thing; whole: they write whole ones."""

    draw: Callable[[Generator, int], list[Thing]]
    images: int
    size: tuple[int, int]
    classes: int
    model: Model
    pad: float = 0.0
    whole: bool = False


def street(rng: Generator, images: int) -> list[Thing]:
    """People of all distances in groups, some behind others; what is far or hidden is not labelled."""
    out = []
    for image in range(images):
        near: list[Box] = []
        crowd = 0 if rng.random() < 0.2 else int(rng.negative_binomial(1, 0.14))
        for height in np.sort(950 / np.exp(rng.uniform(0.2, 4.1, crowd)))[::-1]:
            width, x = 0.4 * height * np.exp(rng.normal(0, 0.18)), rng.uniform(0, 1900)
            for k in range(1 + int(rng.poisson(0.6))):
                there = np.array([x + 0.7 * k * width, 460 - 0.45 * height, width, height])
                box = inside(there, (1920, 1080))
                hidden = float(iou(box[None], np.array(near))[0].max()) if near else 0.0
                near.append(box)
                hard = 2 * hidden + 1.1 * max(0.0, np.log(60 / height))
                out.append(Thing(image, box, 0, hard, labelled=hidden < 0.6 and height >= 24))
        for _ in range(rng.poisson(0.2)):  # dolls and posters
            height = rng.uniform(30, 250)
            box = np.array([rng.uniform(0, 1800), 460 - 0.45 * height, 0.4 * height, height])
            out.append(Thing(image, inside(box, (1920, 1080)), 0, 1.2, labelled=False))
    return out


def from_above(rng: Generator, images: int) -> list[Thing]:
    """Turned things in rows, in boxes around them; a few of eighteen classes are most of what there is."""
    share = 1 / np.arange(1, 19) ** 1.6
    length, slim = np.exp(rng.uniform(3, 5, 18)), rng.uniform(1, 3.5, 18)
    length[:2], slim[:2] = (20, 34), (2.2, 2.8)
    out = []
    for image in range(images):
        for category in rng.choice(18, rng.integers(0, 4), replace=False, p=share / share.sum()).tolist():
            rows = category in (0, 1, 3, 7)
            angle, middle = rng.uniform(0, np.pi), rng.uniform(150, 870, 2)
            for k in range(min(int(rng.geometric(0.03 if rows else 0.4)), 200)):
                along = length[category] * np.exp(rng.normal(0, 0.12))
                across = along / slim[category]
                turn = angle if rows else rng.uniform(0, np.pi)
                cos, sin = np.cos(turn), np.sin(turn)
                place = np.array([k // 12 * 1.2 * along, (k % 12 - 6) * 1.3 * across])
                at = middle + np.array([cos * place[0] - sin * place[1], sin * place[0] + cos * place[1]])
                at = at if rows else rng.uniform(100, 900, 2)
                side = np.abs([cos * along, sin * along]) + np.abs([sin * across, cos * across])
                if (at > side).all() and (at < 1023 - side).all() and rng.random() < 0.8:
                    hard = 0.9 * max(0.0, np.log(28 / side.max())) + 0.4 * abs(rng.normal())
                    out.append(Thing(image, np.r_[at - side / 2, side], category, hard, side.max() >= 12))
    return out


def parts(rng: Generator, images: int) -> list[Thing]:
    """One large thing a picture, and some of its eighteen parts in their places, from either side."""
    out = []
    for image in range(images):
        frame = np.array([*rng.uniform(0, 200, 2), *rng.uniform((500, 260), (780, 500))])
        left, first = rng.random() < 0.5, int(rng.integers(0, 3))
        for category in range(18):
            column, row = divmod(category, 3)
            if not first <= column < first + 4 or rng.random() < 0.05:
                continue
            place = np.array([column - first if left else 3 - column + first, row]) / (4, 3)
            side = rng.uniform(0.1, 0.3, 2) * (1, 1.3)
            box = np.r_[frame[:2] + place * frame[2:], side * frame[2:]] + rng.normal(0, 4, 4)
            hard = 0.6 * max(0.0, float(np.log(60 / box[2:].mean()))) + 0.3 * abs(rng.normal())
            out.append(Thing(image, inside(box, (1000, 750)), category, hard))
    return out


def seeds(rng: Generator, images: int) -> list[Thing]:
    """Up to a thousand tiny things a picture in heaps, one in eight of another class."""
    out = []
    for image in range(images):
        many = int(rng.choice([60, 250, 500, 900]))
        heaps = rng.uniform((200, 200), (2800, 1800), (max(1, many // 40), 2))
        at = heaps[rng.integers(len(heaps), size=many)] + rng.normal(0, 130, (many, 2))
        at = np.unique(np.round(at / 11), axis=0)  # none lies on another
        for middle in 11 * at + rng.normal(0, 1.5, at.shape):
            side = np.exp(rng.normal(2.83, 0.2, 2))
            hard = 0.5 * abs(rng.normal()) + 2 * max(0.0, float(np.log(14 / side.min())))
            box = inside(np.r_[middle - side / 2, side], (3000, 2000))
            out.append(Thing(image, box, int(rng.random() < 0.12), hard))
    return out


SCENES = {
    "street": Scene(
        street,
        images=800,
        size=(1920, 1080),
        classes=1,
        model=Model(clutter=40, twice=0.35, lowest=0.01, most=300),
        whole=True,
    ),
    "from_above": Scene(
        from_above,
        images=700,
        size=(1024, 1024),
        classes=18,
        model=Model(score=1.6, clutter=25, twice=0.2, lowest=0.001, most=300),
        whole=True,
    ),
    "parts": Scene(
        parts,
        images=500,
        size=(1000, 750),
        classes=18,
        model=Model(score=2.6, sides=0.04, clutter=2, lowest=0.05),
    ),
    "seeds": Scene(
        seeds,
        images=40,
        size=(3000, 2000),
        classes=2,
        model=Model(0.5, 0.5, 0.07, lowest=0.25, highest=0.6, digits=2, most=300, clutter=30),
        pad=2,
        whole=True,
    ),
}


def inside(box: Box, size: tuple[int, int]) -> Box:
    """The part of a box that lies in the picture, two pixels at least."""
    low = np.clip(box[:2], 0, np.array(size) - 2.0)
    return np.r_[low, np.clip(box[:2] + box[2:], low + 2, size) - low]


def made(name: str, *, seed: int = 1) -> Files:
    """The right labels of that scene and the detections of its model."""
    scene, rng = SCENES[name], np.random.default_rng(seed)
    things = scene.draw(rng, scene.images)
    width, height = scene.size
    images = [
        {"id": 1 + n, "file_name": f"{n:05}.jpg", "width": width, "height": height}
        for n in range(scene.images)
    ]
    labels = [
        {"id": 1 + n, "image_id": 1 + thing.image, "category_id": 1 + thing.category, "iscrowd": 0}
        | {"bbox": _as_labelled(thing.box, scene)}
        for n, thing in enumerate(thing for thing in things if thing.labelled)
    ]
    categories = [{"id": 1 + n, "name": f"class_{n}"} for n in range(scene.classes)]
    gt = {"images": images, "categories": categories, "annotations": labels}
    return {"gt": gt, "pred": _seen(rng, scene, things), "truth": {"errors": []}}


def _as_labelled(box: Box, scene: Scene) -> list[float]:
    around = inside(np.r_[box[:2] - scene.pad, box[2:] + 2 * scene.pad], scene.size)
    if not scene.whole:
        return [float(v) for v in np.round(around, 2)]
    low = np.floor(around[:2])
    return [float(v) for v in np.r_[low, np.ceil(around[:2] + around[2:]) - low]]


def _seen(rng: Generator, scene: Scene, things: list[Thing]) -> list[Files]:
    """The detections: of objects, sometimes of one twice, and of nothing; the best of each picture."""
    model, found = scene.model, []
    for thing in things:
        if rng.random() > 1 / (1 + np.exp(1.6 * thing.hard - 2.6)):
            continue
        box = _off(rng, thing.box, model.sides * (1 + 0.5 * thing.hard), scene)
        odds = model.score - 1.3 * thing.hard + rng.normal(0, model.spread)
        other = rng.random() < model.confused
        category = int(rng.integers(scene.classes)) if other else thing.category
        found.append((thing.image, box, category, odds - other))
        if rng.random() < model.twice:
            again = _off(rng, thing.box, 0.14, scene)
            found.append((thing.image, again, category, odds - 1 - rng.exponential(1.5)))
    for image in range(scene.images):
        for like in rng.integers(len(things), size=rng.poisson(model.clutter)).tolist():
            at = np.r_[rng.uniform(0, np.array(scene.size) * 0.95), things[like].box[2:]]
            found.append((image, inside(at, scene.size), things[like].category, rng.normal(-3.6, 1.0)))
    return _kept(model, found)


def _off(rng: Generator, box: Box, by: float, scene: Scene) -> Box:
    """A box whose sides are each off by about that share of it."""
    low, high = box[:2] + rng.normal(0, by, 2) * box[2:], box[:2] + (1 + rng.normal(0, by, 2)) * box[2:]
    return inside(np.r_[low, np.maximum(high - low, 2)], scene.size)


def _kept(model: Model, found: list[tuple[int, Box, int, float]]) -> list[Files]:
    out: list[Files] = []
    count: dict[int, int] = {}
    for image, box, category, odds in sorted(found, key=lambda one: -one[3]):
        score = 1 / (1 + np.exp(-odds))
        if model.highest < 1:  # all scores lie close together
            score = model.lowest + (model.highest - model.lowest) * score
        count[image] = count.get(image, 0) + 1
        if score >= model.lowest and count[image] <= model.most:
            shown = {"bbox": [float(v) for v in np.round(box, 2)], "score": round(float(score), model.digits)}
            out.append({"image_id": 1 + image, "category_id": 1 + category} | shown)
    return out
