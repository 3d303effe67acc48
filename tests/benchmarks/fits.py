"""How well and how fast labels are fitted to the picture, on a real dataset; prints, asserts nothing.

python tests/benchmarks/fits.py FOLDER [--annotations NAME]     (a folder with a COCO file and pictures)

What is cut out of a polygon's box is compared with the polygon. Sides and lines are put off on purpose by
known shares of the label, and what comes back is compared with where they were: labels are taken as right.
"""

import argparse
import json
import os
import time
from pathlib import Path

import cv2
import numpy as np

from labelmend.errors import LabelmendError
from labelmend.fit.cut import cut_out
from labelmend.fit.edges import fit_edges
from labelmend.fit.outlines import fit_outline
from labelmend.fit.sides import ends
from labelmend.geometry.differences import difference

LEAST_SIDE, LEAST_AREA = 16, 1600


def labels(folder, name, seed=0):
    """(picture, box, outline or None) of labels that are large enough, in random order."""
    data = json.loads((folder / name).read_text())
    paths = {path.name: path for path in folder.rglob("*") if path.suffix in (".jpg", ".png")}
    file = {image["id"]: Path(image["file_name"]).name for image in data["images"]}
    cache = {}
    for at in np.random.default_rng(seed).permutation(len(data["annotations"])):
        one = data["annotations"][at]
        path = paths.get(file[one["image_id"]])
        if path is None or one.get("iscrowd") or min(one["bbox"][2:]) < LEAST_SIDE:
            continue
        if path not in cache:
            cache[path] = cv2.imread(str(path))
        parts = one.get("segmentation")
        outline = tuple(np.reshape(part, (-1, 2)) for part in parts) if isinstance(parts, list) else ()
        yield cache[path], np.array(one["bbox"], float), outline


def cutting(given, count):
    """Cut things out of boxes; IoU with their outlines where they have some."""
    times, found, box_alone, refused = [], [], [], 0
    for picture, box, outline in given[:count]:
        start = time.process_time()
        try:
            parts = cut_out(picture, box)
        except LabelmendError:
            parts, refused = (), refused + 1
        times.append(time.process_time() - start)
        if outline:
            x, y, w, h = box
            corners = np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]])
            found.append(difference(outline, parts).iou if parts else 0.0)
            box_alone.append(difference(outline, (corners,)).iou)
    ms = 1000 * np.array(times)
    print(
        f"cut out, {len(ms)} boxes: CPU median {np.median(ms):.0f}, p95 {np.percentile(ms, 95):.0f}, "
        f"max {ms.max():.0f} ms; {refused} refused"
    )
    if found:
        print(
            f"  IoU with {len(found)} outlines: mean {np.mean(found):.3f}, median {np.median(found):.3f} "
            f"(the box itself: {np.mean(box_alone):.3f}, {np.median(box_alone):.3f})"
        )


def sides(given, count, by=0.08):
    """Put each side off by up to a share of the box; how far it is from where it was, before and after."""
    rng, before, after, moved, times = np.random.default_rng(1), [], [], [], []
    for picture, box, _ in given[:count]:
        limit = np.array([picture.shape[1], picture.shape[0]] * 2)
        right = ends(box)
        off = np.clip(right + rng.uniform(-by, by, 4) * np.tile(box[2:], 2), 0, limit)
        start = time.process_time()
        fitted = fit_edges(picture, np.concatenate([off[:2], off[2:] - off[:2]]))
        times.append(time.process_time() - start)
        free = (right > 3) & (right < limit - 3)
        before += np.abs(off - right)[free].tolist()
        after += np.abs(ends(fitted.box) - right)[free].tolist()
        moved += fitted.moved[free].tolist()
    before, after, moved = np.array(before), np.array(after), np.array(moved)
    print(
        f"sides off by up to {by:.0%}: {moved.mean():.0%} of {len(moved)} move, those from "
        f"{before[moved].mean():.2f} to {after[moved].mean():.2f} px on average; "
        f"{(after < before)[moved].mean():.0%} come nearer; CPU median {1000 * np.median(times):.1f} ms"
    )


def lines(given, count, by=0.03):
    """Make outlines larger or smaller all round; their IoU with what they were, before and after."""
    import shapely

    rng, before, after = np.random.default_rng(2), [], []
    for picture, box, outline in [
        one for one in given if len(one[2]) == 1 and one[1][2:].prod() >= LEAST_AREA
    ]:
        far = rng.choice([-1, 1]) * by * np.sqrt(box[2] * box[3])
        put_off = shapely.Polygon(outline[0]).buffer(far, join_style="mitre")
        if put_off.geom_type == "Polygon" and not put_off.is_empty and len(before) < count:
            ring = np.asarray(put_off.exterior.coords)[:-1]
            before.append(difference(outline, (ring,)).iou)
            after.append(difference(outline, fit_outline(picture, (ring,))).iou)
    if before:
        better = np.mean(np.array(after) > np.array(before))
        print(
            f"{len(before)} outlines {by:.0%} too large or too small: IoU from {np.mean(before):.3f} to "
            f"{np.mean(after):.3f} on average; {better:.0%} come nearer"
        )


def main():
    """Measure one folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--annotations", default="annotations.json")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    given = list(labels(asked.folder, asked.annotations))[:300]
    print(f"{asked.folder.name}: {len(given)} labels, load {os.getloadavg()[0]:.1f}")
    cutting(given, 50)
    sides(given, 300)
    lines(given, 120)


if __name__ == "__main__":
    main()
