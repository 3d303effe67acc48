"""A simulated detector: it sees the true objects, misses and confuses some, jitters all, sees ghosts."""

from typing import Any

import numpy as np

from sample_scenes import regions
from sample_scenes.layout import HEIGHT, WIDTH, Placed
from sample_scenes.mistakes import CONFUSED
from sample_scenes.shapes import Array
from sample_scenes.table import CATEGORY_IDS, KINDS, SEED, Shot

Record = dict[str, Any]


def detections(shots: list[Shot]) -> list[Record]:
    """COCO results of all pictures, by picture and falling score; masks for bolts, keys, leaves and nuts."""
    out: list[Record] = []
    for shot in shots:
        rng = np.random.default_rng([SEED, 2000, shot.number])
        found = [record for part in shot.parts for record in _seen(rng, shot, part)]
        found += [_ghost(rng, shot) for _ in range(int(rng.poisson(1.6)))]
        out += sorted(found, key=lambda record: -record["score"])
    return out


def _score(rng: np.random.Generator, middle: float, spread: float) -> float:
    return round(float(1 / (1 + np.exp(-rng.normal(middle, spread)))), 4)


def _seen(rng: np.random.Generator, shot: Shot, part: Placed) -> list[Record]:
    pieces = regions.polygons(part)
    if not pieces:
        return []
    box = regions.bounds(pieces)
    small = box[2] * box[3] < 32 * 32
    recall = (0.35 if part.thing.heap else 0.87 if small else 0.955) * min(1.0, part.share + 0.15)
    if rng.random() > recall:
        return []
    kind, middle = part.thing.kind, 3.1 - 1.0 * small - 2.2 * (1 - part.share) - 1.5 * part.thing.heap
    if rng.random() < 0.035:
        kind, middle = CONFUSED[kind], middle - 2.0
    out = [_record(rng, shot, part, box, kind, _score(rng, middle, 1.1))]
    if rng.random() < 0.08:  # a second thought of another class that suppression left in
        out.append(_record(rng, shot, part, box, CONFUSED[kind], _score(rng, -1.8, 0.7)))
    return out


def _record(
    rng: np.random.Generator, shot: Shot, part: Placed, box: regions.Box, kind: str, score: float
) -> Record:
    spread = 0.012 + 0.035 * (1 - score)
    left, top, right, bottom = rng.normal(0, spread, 4) * (box[2], box[3], box[2], box[3]) + rng.normal(
        0, 0.5, 4
    )
    guess = regions.cut([box[0] - left, box[1] - top, box[2] + left + right, box[3] + top + bottom])
    record = {"image_id": shot.image_id, "category_id": CATEGORY_IDS[kind], "bbox": guess, "score": score}
    if part.thing.kind in ("bolt", "key", "leaf", "nut") and not part.thing.heap:
        mask = _mask(regions.coarse(part), box, guess)
        record["segmentation"] = {"size": [HEIGHT, WIDTH], "counts": regions.compressed(mask)}
        record["bbox"] = regions.mask_box(mask)
    return record


def _mask(mask: Array, box: regions.Box, guess: regions.Box) -> Array:
    """The true mask carried to the guessed box."""
    x = (np.arange(WIDTH) + 0.5 - guess[0]) / guess[2] * box[2] + box[0]
    y = (np.arange(HEIGHT) + 0.5 - guess[1]) / guess[3] * box[3] + box[1]
    columns, rows = np.floor(x).astype(int), np.floor(y).astype(int)
    kept = ((rows >= 0) & (rows < HEIGHT))[:, None] & ((columns >= 0) & (columns < WIDTH))[None]
    return mask[np.clip(rows, 0, HEIGHT - 1)][:, np.clip(columns, 0, WIDTH - 1)] & kept


def _ghost(rng: np.random.Generator, shot: Shot) -> Record:
    w, h = rng.uniform(24, 130, 2)
    box = regions.cut([rng.uniform(0, WIDTH - w), rng.uniform(0, HEIGHT - h), w, h])
    kind = KINDS[int(rng.integers(len(KINDS)))]
    score = _score(rng, -2.0, 0.9)
    return {"image_id": shot.image_id, "category_id": CATEGORY_IDS[kind], "bbox": box, "score": score}
