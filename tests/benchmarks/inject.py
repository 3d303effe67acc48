"""Puts known label errors into a COCO dataset taken to be right; boxes and RLE masks are moved alike."""

from __future__ import annotations

from typing import Any

import numpy as np

from labelmend.geometry.boxes import iou, iou_pairs

KINDS = ("missing", "spurious", "class", "location", "duplicate")
WAYS = ("loose", "tight", "shift")
CLEAR = 0.15
"""A box over nothing has at most this IoU with any right one."""

Record = dict[str, Any]


def inject(data: Record, rates: dict[str, float], *, seed: int) -> tuple[Record, Record]:
    """The dataset with errors, and the truth: its errors and images, in the format of the scorer.

    rates are shares of the annotations by kind; at most one error falls on an object. "hidden" is a rate
    of missing ones that falls on small objects three times as often; "batch" one that leaves all of
    some images' objects out.
    """
    rng = np.random.default_rng(seed)
    annotations = [dict(a) for a in data["annotations"]]
    usable = [n for n, a in enumerate(annotations) if not a.get("iscrowd") and min(a["bbox"][2:]) >= 2]
    order = rng.permutation(usable)
    errors: list[Record] = []
    size = {i["id"]: (i["width"], i["height"]) for i in data["images"]}
    dropped = _drop_more(rng, annotations, usable, data["images"], rates)
    order = order[~np.isin(order, dropped)]
    at, pick = 0, {}
    for kind in KINDS:
        n = round(rates.get(kind, 0) * len(usable))
        pick[kind] = rng.choice(usable, n) if kind == "spurious" else order[at : at + n]
        at += 0 if kind == "spurious" else n
    dropped = np.r_[dropped, pick["missing"]]
    errors += [_error("missing", annotations[n], []) for n in dropped]
    classes = [c["id"] for c in data["categories"]]
    for n in pick["class"] if len(classes) > 1 else []:
        annotations[n]["category_id"] = _other(rng, classes, annotations[n]["category_id"])
        errors.append(_error("class", annotations[n], [annotations[n]["id"]]))
    for k, n in enumerate(pick["location"]):
        a = annotations[n]
        before = a["bbox"]
        moved = _moved(rng, a, size[a["image_id"]], WAYS[k % 3])
        if iou(np.array([before], float), np.array([moved["bbox"]], float))[0, 0] < 0.8:
            annotations[n] = moved
            errors.append(_error("location", moved, [a["id"]]))
    gone = set(dropped.tolist())
    kept = [a for n, a in enumerate(annotations) if n not in gone]
    key = max(a["id"] for a in annotations) + 1
    for n in pick["duplicate"]:
        a = annotations[n]
        twin = {**_moved(rng, a, size[a["image_id"]], "jitter"), "id": key}
        kept.append(twin)
        errors.append(_error("duplicate", twin, [a["id"], key]))
        key += 1
    for extra in _over_nothing(rng, data, pick["spurious"], classes):
        kept.append({**extra, "id": key})
        errors.append(_error("spurious", extra, [key]))
        key += 1
    truth = {"errors": [{**e, "error_id": n} for n, e in enumerate(errors)]}
    return {**data, "annotations": [kept[n] for n in rng.permutation(len(kept))]}, truth


def _drop_more(
    rng: np.random.Generator, annotations: list[Record], usable: list[int], images: list[Record], rates: Any
) -> Any:
    """Rows left out because they are small, or because their image was left half done."""
    rows = np.array(usable)
    small = np.array([a["bbox"][2] * a["bbox"][3] for a in annotations])[rows]
    image = np.array([a["image_id"] for a in annotations])[rows]
    weight = np.where(small < np.quantile(small, 0.5), 1.5, 0.5)
    out = rng.random(len(rows)) < weight * rates.get("hidden", 0)
    ids = np.array([i["id"] for i in images])
    undone = ids[rng.random(len(ids)) < rates.get("batch", 0)]
    out |= np.isin(image, undone) & (rng.random(len(rows)) < 0.8)
    return rows[out]


def _error(kind: str, a: Record, ids: list[int]) -> Record:
    return {"kind": kind, "image_id": a["image_id"], "annotation_ids": ids, "bbox": list(a["bbox"])}


def _other(rng: np.random.Generator, classes: list[int], category: int) -> int:
    return int(rng.choice([c for c in classes if c != category]))


def _moved(rng: np.random.Generator, a: Record, size: tuple[int, int], way: str) -> Record:
    """The annotation with its box, and its mask if it has one, enlarged, shrunk, shifted or jittered."""
    box = np.array(a["bbox"], float)
    xy, wh = box[:2], box[2:]
    if way == "loose":
        before, after = rng.uniform(0.15, 0.6, (2, 2))
        xy, wh = xy - before * wh, wh * (1 + before + after)
    elif way == "tight":
        keep, split = rng.uniform(0.5, 0.75), rng.random()
        share = np.array([keep**split, keep ** (1 - split)])
        xy, wh = xy + rng.random(2) * (1 - share) * wh, wh * share
    elif way == "shift":
        angle, by = rng.random() * 2 * np.pi, rng.uniform(0.2, 0.5)
        xy = xy + np.array([np.cos(angle), np.sin(angle)]) * by * wh
    else:
        xy, wh = xy + rng.normal(0, 0.03, 2) * wh, wh * np.exp(rng.normal(0, 0.04, 2))
    low = np.clip(xy, 0, np.array(size) - 2)
    high = np.clip(np.maximum(xy + wh, low + 2), 0, size)
    new = {**a, "bbox": np.round(np.r_[low, high - low], 2).tolist()}
    if isinstance(a.get("segmentation"), dict):
        new["segmentation"], new["bbox"] = _stretched(a["segmentation"], box, np.r_[low, high - low])
    return new


def _stretched(mask: Record, box: Any, to: Any) -> tuple[Record, list[float]]:
    """The mask with what lies in one box stretched into another."""
    import cv2
    from pycocotools import mask as rle

    inside = rle.decode(mask)
    x, y = to[:2].round().astype(int)
    w, h = np.maximum(to[2:].round().astype(int), 1)
    left, top = box[:2].astype(int)
    right, bottom = np.ceil(box[:2] + box[2:]).astype(int)
    piece = cv2.resize(inside[top:bottom, left:right], (int(w), int(h)), interpolation=cv2.INTER_NEAREST)
    out = np.zeros_like(inside, order="F")
    room = out[y : y + h, x : x + w]
    room[:] = piece[: room.shape[0], : room.shape[1]]
    return _encoded(out)


def _encoded(mask: Any) -> tuple[Record, list[float]]:
    from pycocotools import mask as rle

    code = rle.encode(np.asfortranarray(mask))
    return {"size": code["size"], "counts": code["counts"].decode()}, rle.toBbox(code).tolist()


def _over_nothing(rng: np.random.Generator, data: Record, like: Any, classes: list[int]) -> list[Record]:
    """Annotations of the shape of these rows, put where their image shows nothing."""
    of: dict[int, list[list[float]]] = {}
    for a in data["annotations"]:
        of.setdefault(a["image_id"], []).append(a["bbox"])
    out = []
    for n in like:
        a = data["annotations"][n]
        image = data["images"][rng.integers(len(data["images"]))]
        room = np.array([image["width"], image["height"]]) - a["bbox"][2:]
        there = np.array(of.get(image["id"], [[0, 0, 0, 0]]), float)
        for _ in range(100):
            box = np.r_[np.round(rng.random(2) * room), a["bbox"][2:]]
            if (room > 0).all() and iou(box[None], there).max() < CLEAR:
                category = a["category_id"] if rng.random() < 0.5 else int(rng.choice(classes))
                extra = {**a, "image_id": image["id"], "bbox": box.tolist(), "category_id": category}
                if isinstance(a.get("segmentation"), dict):
                    extra["segmentation"], extra["bbox"] = _ellipse(box, image)
                out.append(extra)
                break
    return out


def _ellipse(box: Any, image: Record) -> tuple[Record, list[float]]:
    y, x = np.mgrid[: image["height"], : image["width"]] + 0.5
    centre, half = box[:2] + box[2:] / 2, box[2:] / 2
    inside = ((x - centre[0]) / half[0]) ** 2 + ((y - centre[1]) / half[1]) ** 2 <= 1
    return _encoded(inside.astype(np.uint8))


def unsteady(data: Record, truth: Record, *, by: float, least: float, seed: int) -> None:
    """Every box as an unsteady hand draws it: each side off by so much of the size, now and then by far more
    (Student's t of 2 degrees). Those that keep less than this IoU are wrong boxes."""
    rng = np.random.default_rng(seed)
    named = {number for error in truth["errors"] for number in error["annotation_ids"]}
    for a in data["annotations"]:
        x, y, w, h = a["bbox"]
        left, up, right, down = (rng.standard_t(2, 4) * by * np.array([w, h, w, h])).tolist()
        box = [round(v, 1) for v in (x + left, y + up, w + right - left, h + down - up)]
        if a["id"] in named or a.get("iscrowd") or min(box[2:]) < 2:
            continue
        kept = float(iou_pairs(np.array([a["bbox"]]), np.array([box]))[0])
        if kept < least:
            number = len(truth["errors"])
            truth["errors"].append({**_error("location", a, [a["id"]]), "error_id": number})
        a["bbox"] = box
