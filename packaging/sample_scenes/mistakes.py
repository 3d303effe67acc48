"""Errors put into true labels: every kind Labelmend looks for, each noted down as truth."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sample_scenes import regions
from sample_scenes.layout import HEIGHT, WIDTH
from sample_scenes.table import BOX_ONLY, CATEGORY_IDS, KINDS, SEED, Label, Shot

COUNTS = {"missing": 11, "spurious": 10, "class": 11, "location": 12, "duplicate": 9}
CONFUSED = {
    "apple": "pear",
    "pear": "apple",
    "leaf": "pear",
    "bottle cap": "coin",
    "coin": "bottle cap",
    "nut": "button",
    "button": "nut",
    "bolt": "key",
    "key": "bolt",
    "pencil": "bolt",
}


@dataclass
class Mistake:
    """One error: the labels that carry it, where, and how it truly is."""

    kind: str
    subkind: str
    image_id: int
    box: regions.Box
    labels: list[Label] = field(default_factory=list)
    true_box: regions.Box | None = None
    category: str | None = None
    true_category: str | None = None


def spoil(shots: list[Shot], truth: list[Label]) -> tuple[list[Label], list[Mistake]]:
    """The labels with errors in them, and the errors; at most one an object, none on heaps and masks."""
    rng = np.random.default_rng([SEED, 1000])
    shown = {shot.image_id for shot in shots[:-1]}
    free = [
        n
        for n, t in enumerate(truth)
        if not t.crowd and t.mask is None and t.seen > 0.7 and t.image_id in shown
    ]
    order = [free[int(n)] for n in rng.permutation(len(free))]
    chosen = {
        kind: [order.pop() for _ in range(COUNTS[kind])]
        for kind in ("missing", "class", "location", "duplicate")
    }
    labels: list[Label | None] = list(truth)
    extra: list[Label] = []
    mistakes = []
    for n in chosen["missing"]:
        old, labels[n] = truth[n], None
        mistakes.append(Mistake("missing", "dropped", old.image_id, old.box, [], old.box, old.kind, old.kind))
    for turn, n in enumerate(chosen["class"]):
        subkind = ("near", "far")[turn % 2]
        labels[n] = _renamed(truth[n], subkind, turn)
        mistakes.append(_on("class", subkind, labels[n], truth[n]))
    for turn, n in enumerate(chosen["location"]):
        subkind = ("loose", "tight", "shift")[turn % 3]
        labels[n] = _misplaced(truth[n], subkind, rng)
        mistakes.append(_on("location", subkind, labels[n], truth[n]))
    for n in chosen["duplicate"]:
        twin = _carried(truth[n], _jittered(truth[n].box, rng, 0.035), "duplicate")
        extra.append(twin)
        mistakes.append(_on("duplicate", "same", twin, truth[n]))
        mistakes[-1].labels.append(truth[n])
    for _ in range(COUNTS["spurious"]):
        ghost = _ghost(shots, truth, rng)
        extra.append(ghost)
        mistakes.append(
            Mistake("spurious", "background", ghost.image_id, ghost.box, [ghost], None, ghost.kind, None)
        )
    structure(labels, extra, mistakes, order[::-1], shots[-1])
    by_image = [label for label in [*labels, *extra] if label is not None]
    return sorted(by_image, key=lambda label: label.image_id), mistakes


def structure(
    labels: list[Label | None], extra: list[Label], mistakes: list[Mistake], order: list[int], lost: Shot
) -> None:
    """A box without area, one out of the picture, one not its polygon's; a knot; a lost picture."""
    polygon = [
        n for n in order if labels[n] and labels[n].polygons and labels[n].kind in ("apple", "pear", "leaf")
    ]
    near = sorted(
        (n for n in order if labels[n] and labels[n].kind in BOX_ONLY and n not in polygon),
        key=lambda n: WIDTH - labels[n].box[0] - labels[n].box[2],
    )
    out = labels[near[0]]
    beyond = [out.box[0], out.box[1], round(WIDTH + 37.5 - out.box[0], 2), out.box[3]]
    labels[near[0]] = replace(out, box=beyond, error="structure")
    mistakes.append(_on("structure", "outside", labels[near[0]], out))
    stale, knot, at = (labels[n] for n in polygon[:3])
    box = [round(stale.box[0] + 31.25, 2), round(stale.box[1] - 22.5, 2), stale.box[2], stale.box[3]]
    labels[polygon[0]] = replace(stale, box=box, error="structure")
    mistakes.append(_on("structure", "bbox is not the polygon's", labels[polygon[0]], stale))
    points = np.array(knot.polygons[0]).reshape(-1, 2)
    third = len(points) // 3
    points[[1, 1 + third]] = points[[1 + third, 1]]
    knotted = [[float(value) for value in points.ravel()], *knot.polygons[1:]]
    labels[polygon[1]] = replace(knot, polygons=knotted, error="structure")
    mistakes.append(_on("structure", "polygon crosses itself", labels[polygon[1]], knot))
    flat = Label(
        at.image_id, "button", [round(at.box[0] / 2 + 9.5, 2), 402.75, 0.0, 21.5], [], error="structure"
    )
    extra.append(flat)
    mistakes.append(Mistake("structure", "no area", flat.image_id, flat.box, [flat], None, flat.kind, None))
    whole = [0.0, 0.0, float(WIDTH), float(HEIGHT)]
    mistakes.append(Mistake("structure", "picture missing", lost.image_id, whole))


def record(number: int, mistake: Mistake, ids: dict[int, int]) -> dict[str, Any]:
    """One line of truth.json; `ids` gives the annotation id of a label by its identity."""
    return {
        "error_id": number,
        "kind": mistake.kind,
        "subkind": mistake.subkind,
        "image_id": mistake.image_id,
        "annotation_ids": [ids[id(label)] for label in mistake.labels],
        "bbox": mistake.box,
        "true_bbox": mistake.true_box,
        "category_id": CATEGORY_IDS[mistake.category] if mistake.category else None,
        "true_category_id": CATEGORY_IDS[mistake.true_category] if mistake.true_category else None,
    }


def _on(kind: str, subkind: str, label: Label | None, old: Label) -> Mistake:
    if label is None:
        raise ValueError("an error needs its label")
    return Mistake(kind, subkind, label.image_id, label.box, [label], old.box, label.kind, old.kind)


def _renamed(old: Label, subkind: str, turn: int) -> Label:
    """Another class: one that is easily taken for it, or any."""
    far = [kind for kind in KINDS if kind not in (old.kind, CONFUSED[old.kind])]
    return replace(old, kind=CONFUSED[old.kind] if subkind == "near" else far[turn % len(far)], error="class")


def _carried(old: Label, box: regions.Box, error: str) -> Label:
    parts = regions.moved(old.polygons, old.box, box)
    return replace(old, box=regions.bounds(parts) if parts else box, polygons=parts, error=error)


def _misplaced(old: Label, subkind: str, rng: np.random.Generator) -> Label:
    x, y, w, h = old.box
    for _ in range(50):
        if subkind == "loose":
            left, top, right, bottom = rng.uniform(0.14, 0.42, 4) * (w, h, w, h)
            box = [x - left, y - top, w + left + right, h + top + bottom]
        elif subkind == "tight":
            wide, tall = rng.uniform(0.66, 0.84, 2)
            dx, dy = rng.uniform(0, 1, 2) * (w * (1 - wide), h * (1 - tall))
            box = [x + dx, y + dy, w * wide, h * tall]
        else:
            dx, dy = rng.uniform(0.18, 0.36, 2) * rng.choice([-1, 1], 2) * (w, h)
            box = [x + dx, y + dy, w, h]
        box = regions.cut(box)
        if regions.iou(box, old.box) < 0.74:
            break
    return _carried(old, box, "location")


def _jittered(box: regions.Box, rng: np.random.Generator, spread: float) -> regions.Box:
    x, y, w, h = box
    left, top, right, bottom = rng.normal(0, spread, 4) * (w, h, w, h)
    return regions.cut([x - left, y - top, w + left + right, h + top + bottom])


def _ghost(shots: list[Shot], truth: list[Label], rng: np.random.Generator) -> Label:
    """A label where nothing lies, with the size of something real."""
    while True:
        shot = shots[int(rng.integers(len(shots) - 1))]
        like = truth[int(rng.integers(len(truth)))]
        w, h = like.box[2] * rng.uniform(0.8, 1.2), like.box[3] * rng.uniform(0.8, 1.2)
        x, y = rng.uniform(0, WIDTH - w), rng.uniform(0, HEIGHT - h)
        box = regions.cut([x, y, w, h])
        if like.crowd or any(regions.iou(box, t.box) > 0.02 for t in truth if t.image_id == shot.image_id):
            continue
        parts = [] if like.kind in BOX_ONLY else [_blob(box, rng)]
        found = regions.bounds(parts) if parts else box
        return Label(shot.image_id, like.kind, found, parts, error="spurious")


def _blob(box: regions.Box, rng: np.random.Generator) -> list[float]:
    angle = np.linspace(0, 2 * np.pi, 13)[:-1]
    reach = rng.uniform(0.8, 1.0, 12) / 2
    x = box[0] + box[2] * (0.5 + reach * np.cos(angle))
    y = box[1] + box[3] * (0.5 + reach * np.sin(angle))
    return [round(float(value), 2) for value in np.stack([x, y], 1).ravel()]
