"""Puts labels of wrong extent into a COCO dataset: two neighbours labelled as one, one object as two."""

from __future__ import annotations

from typing import Any

import numpy as np

Record = dict[str, Any]

REACH = 0.1
"""Neighbours lie within this share of their sides."""

APART = 0.2
"""IoU that neighbours have at most."""


def reshape(
    data: Record, truth: Record, *, merged: float = 0, split: float = 0, seed: int
) -> tuple[Record, Record]:
    """The dataset with more errors, and the truth with them; merged and split are shares of the annotations.

    A merged label is a location error, and the smaller of its two objects a missing one; both pieces of a
    split one are one location error. Annotations with errors are left alone.
    """
    rng = np.random.default_rng(seed)
    annotations = [dict(a) for a in data["annotations"]]
    wrong = {key for e in truth["errors"] for key in e["annotation_ids"]}
    usable = [
        n
        for n, a in enumerate(annotations)
        if a["id"] not in wrong and not a.get("iscrowd") and min(a["bbox"][2:]) >= 8
    ]
    errors, gone, used = list(truth["errors"]), set(), set()
    for n, other in _neighbours(annotations, rng.permutation(usable)):
        if len(gone) >= merged * len(usable):
            break
        if {n, other} & used:
            continue
        large, small = sorted((n, other), key=lambda k: -np.prod(annotations[k]["bbox"][2:]))
        errors.append(_error("missing", annotations[small], []))
        annotations[large] = _joined(annotations[large], annotations[small])
        errors.append(_error("location", annotations[large], [annotations[large]["id"]]))
        gone.add(small)
        used |= {n, other}
    key = max(a["id"] for a in annotations) + 1
    rest = [n for n in rng.permutation(usable).tolist() if n not in used]
    for n in rest[: round(split * len(usable))]:
        pieces = _halves(annotations[n], rng.uniform(0.35, 0.65))
        if pieces is None:
            continue
        annotations[n] = pieces[0]
        annotations.append({**pieces[1], "id": key})
        errors.append(_error("location", data["annotations"][n], [annotations[n]["id"], key]))
        key += 1
    kept = [a for n, a in enumerate(annotations) if n not in gone]
    numbered = [{**e, "error_id": n} for n, e in enumerate(errors)]
    return {**data, "annotations": kept}, {**truth, "errors": numbered}


def _error(kind: str, a: Record, ids: list[int]) -> Record:
    return {"kind": kind, "image_id": a["image_id"], "annotation_ids": ids, "bbox": list(a["bbox"])}


def _neighbours(annotations: list[Record], order: Any) -> Any:
    """Pairs of rows of one image and class that nearly touch, in this order of the first."""
    of: dict[tuple[int, int], list[int]] = {}
    for n in order.tolist():
        of.setdefault((annotations[n]["image_id"], annotations[n]["category_id"]), []).append(n)
    for n in order.tolist():
        rows = np.array(of[annotations[n]["image_id"], annotations[n]["category_id"]])
        box = np.array([annotations[k]["bbox"] for k in rows.tolist()], float)
        own = np.array(annotations[n]["bbox"], float)
        low = np.maximum(own[:2], box[:, :2])
        high = np.minimum(own[:2] + own[2:], box[:, :2] + box[:, 2:])
        gap = np.maximum(low - high, 0) / np.minimum(own[2:], box[:, 2:])
        shared = np.prod(np.maximum(high - low, 0), axis=1)
        union = own[2:].prod() + box[:, 2:].prod(axis=1) - shared
        near = (gap.max(axis=1) <= REACH) & (shared <= APART * union) & (rows != n)
        if near.any():
            best = np.flatnonzero(near)[gap[near].sum(axis=1).argmin()]
            yield n, int(rows[best])


def _joined(a: Record, b: Record) -> Record:
    low = np.minimum(a["bbox"][:2], b["bbox"][:2])
    high = np.maximum(np.add(a["bbox"][:2], a["bbox"][2:]), np.add(b["bbox"][:2], b["bbox"][2:]))
    out = {**a, "bbox": [*low.tolist(), *(high - low).tolist()]}
    parts = a.get("segmentation"), b.get("segmentation")
    if all(isinstance(part, dict) for part in parts):
        from pycocotools import mask as rle

        code = rle.merge(list(parts))
        out["segmentation"] = {"size": code["size"], "counts": code["counts"].decode()}
        out["bbox"] = rle.toBbox(code).tolist()
    elif all(isinstance(part, list) for part in parts):
        out["segmentation"] = [*a["segmentation"], *b["segmentation"]]
    return out


def _halves(a: Record, share: float) -> tuple[Record, Record] | None:
    """The annotation cut across its longer side, the larger piece first; None for polygons."""
    x, y, w, h = a["bbox"]
    cut = [x + share * w, y] if w >= h else [x, y + share * h]
    if isinstance(a.get("segmentation"), dict):
        return _cut_masks(a, round(cut[0] if w >= h else cut[1]), across=w >= h)
    if w >= h:
        boxes = [[x, y, share * w, h], [cut[0], y, (1 - share) * w, h]]
    else:
        boxes = [[x, y, w, share * h], [x, cut[1], w, (1 - share) * h]]
    first, second = sorted(({**a, "bbox": np.round(b, 2).tolist()} for b in boxes), key=_size)
    if isinstance(a.get("segmentation"), list) and a["segmentation"]:
        return None
    return first, second


def _size(a: Record) -> float:
    return -float(np.prod(a["bbox"][2:]))


def _cut_masks(a: Record, at: int, *, across: bool) -> tuple[Record, Record] | None:
    from pycocotools import mask as rle

    inside = rle.decode(a["segmentation"])
    pieces = []
    for side in (slice(None, at), slice(at, None)):
        part = np.zeros_like(inside, order="F")
        where = (slice(None), side) if across else (side, slice(None))
        part[where] = inside[where]
        code = rle.encode(part)
        shape = {"size": code["size"], "counts": code["counts"].decode()}
        pieces.append({**a, "segmentation": shape, "bbox": rle.toBbox(code).tolist()})
    first, second = sorted(pieces, key=_size)
    return (first, second) if min(second["bbox"][2:]) >= 2 else None
