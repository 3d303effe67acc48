"""What the pictures alone tell of wrong boxes: pictures.py ANNOTATIONS IMAGES [--truth T] [--moved SHARE].

With --truth the labels stand as they are and the known errors are looked for; else a share of them is moved
at random (boxes and outlines), and these are looked for. Prints average precision, the area under the ROC
curve, how many issues of each score are real, and the time a picture takes.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from labelmend.coco.record import polygons_of
from labelmend.find.issues import LOCATION
from labelmend.find.kinds.moved import moved
from labelmend.find.pictures.look import look
from labelmend.geometry import polygons
from labelmend.project.finding import find_inputs
from labelmend.project.project import Project

STEPS = (0.03, 0.05, 0.1, 0.2, 0.51)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("annotations", type=Path)
    parser.add_argument("images", type=Path)
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--moved", type=float, default=0.04)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.labelmend"
        Project.create(path, annotations=args.annotations, images=args.images)
        project = Project.open(path)
        inputs = find_inputs(project, pictures=True)
        labels, record = inputs.labels, inputs.record
        counted = np.ones(len(labels), bool)
        if args.truth:
            wrong, counted = known(project, json.loads(args.truth.read_text()))
        else:
            labels, record, wrong = moved_some(inputs, args.moved, args.seed)
        start = time.process_time()
        found = look(labels, inputs.read, record=record, n_categories=len(inputs.categories))
        spent = time.process_time() - start
        project.close()
    print(f"{found.sentence()} CPU {spent:.1f} s, {1000 * spent / max(found.seen, 1):.1f} ms a picture")
    tell(found.issues.take(found.issues.kind == LOCATION), wrong, counted)


def known(project, truth):
    """Which labels are known to be wrong, and which belong to images that were checked."""
    bad = {a for e in truth["errors"] for a in e["annotation_ids"]}
    ids = [project.id_of(key) for key in range(len(project.dataset.annotations.id))]
    images = project.images.id[project.dataset.annotations.image]
    return np.array([one in bad for one in ids]), np.isin(images, truth.get("images", images))


def moved_some(inputs, share, seed):
    """Labels of which some are moved with their outlines, and which those are."""
    labels, wrong = inputs.labels, np.random.default_rng(seed).random(len(inputs.labels)) < share
    wrong &= ~labels.crowd & (labels.bbox[:, 2:] > 0).all(axis=1)
    box = labels.bbox.copy()
    box[wrong] = moved(box * [1.01, 1, 1, 1])[wrong] / [1.01, 1, 1, 1]  # not the finder's own numbers

    def record(row):
        text = inputs.record(row)
        values = json.loads(text)
        if wrong[row] and isinstance(values.get("segmentation"), list) and values["segmentation"]:
            parts = polygons_of(values["segmentation"])
            values["segmentation"] = polygons.flat(polygons.scaled(parts, labels.bbox[row], box[row]))
            return json.dumps(values).encode()
        # A mask cannot be moved here: those sets are judged by their boxes.
        return None if isinstance(values.get("segmentation"), dict) else text

    return replace(labels, bbox=box), record, wrong


def tell(issues, wrong, counted) -> None:
    issues = issues.take(counted[issues.annotation])
    hit, total = wrong[issues.annotation], int((wrong & counted).sum())
    precision = np.cumsum(hit) / np.arange(1, len(hit) + 1)
    print(
        f"{total:,} wrong of {int(counted.sum()):,}; listed {len(hit):,}, of these wrong {int(hit.sum()):,}"
    )
    print(f"AP {precision[hit].sum() / max(total, 1):.3f}; of the first 50 wrong: {hit[:50].mean():.2f}")
    for low, high in pairwise(STEPS):
        on = (issues.score >= low) & (issues.score < high)
        if on.any():
            mean, real = issues.score[on].mean(), hit[on].mean()
            print(
                f"score {low:.2f} to {min(high, 0.5):.2f}: {on.sum():>6}, mean {mean:.3f}, wrong {real:.3f}"
            )


if __name__ == "__main__":
    main()
