"""Times the finder: find.py ANNOTATIONS DETECTIONS [DETECTIONS ...] [--out F] [--profile] [--truth F].

With the known errors of the set (--truth) it prints how many issues of each score are real: of those that
score .8 to .9, 80 to 90 % should be.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import time
from pathlib import Path

import numpy as np

from labelmend.find.batches import batches
from labelmend.find.explain import sentence
from labelmend.find.find import Settings, find
from labelmend.find.inputs import ImageSizes, Labels, Predicted
from labelmend.find.issues import KINDS, NO_KEY, Issues, is_card
from labelmend.geometry.boxes import iou


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("annotations", type=Path)
    parser.add_argument("detections", type=Path, nargs="+", help="one file a model")
    parser.add_argument("--out", type=Path, help="write the issues here, one JSON object a line")
    parser.add_argument("--floor", type=float, default=Settings().floor)
    parser.add_argument(
        "--truth", type=Path, help="known errors: prints how many issues of each score are real"
    )
    parser.add_argument("--profile", action="store_true")
    args = parser.parse_args()
    clock = Clock()
    sizes, labels, predicted, names, images, annotation_ids = load(args.annotations, *args.detections)
    clock.stage("read")
    worst = [time.perf_counter(), 0.0]

    def progress(_done: int, _total: int) -> None:
        now = time.perf_counter()
        worst[:] = [now, max(worst[1], now - worst[0])]

    run = lambda: find(  # noqa: E731
        sizes,
        labels,
        predicted,
        n_categories=len(names),
        batches=batches(images.file_name),
        settings=Settings(floor=args.floor),
        progress=progress,
    )
    if args.profile:
        import cProfile
        import pstats

        profile = cProfile.Profile()
        issues = profile.runcall(run)
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    else:
        issues = run()
    clock.stage("find")
    print(f"longest time between two calls of progress: {worst[1]:.2f} s")
    for kind, name in enumerate(KINDS):
        print(f"{name:<10} {int((issues.kind == kind).sum()):>8}")
    for row in np.flatnonzero(is_card(issues)).tolist():
        print(sentence(issues, row, categories=names, file=images.file_name.__getitem__))
    if args.truth:
        reliability(json.loads(args.truth.read_text()), issues, images.id, annotation_ids)
    if args.out:
        write(args.out, issues, images.id, annotation_ids)


class Clock:
    def __init__(self) -> None:
        self.start = time.perf_counter()

    def stage(self, name: str) -> None:
        now = time.perf_counter()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{name:<8} {now - self.start:7.2f} s   peak {peak:7.0f} MB")
        self.start = now


def load(annotations: Path, *detections: Path):  # type: ignore[no-untyped-def]
    from labelmend.coco.columns import read_dataset
    from labelmend.coco.detections import read_files
    from labelmend.coco.source import read_source

    source = read_source(annotations)
    data = read_dataset(source)
    found, _ = read_files(detections, dataset=data)
    a = data.annotations
    masks = None
    if found.masks is not None or a.crowd.any():
        masks = label_masks(annotations, data, wanted=a.crowd | (found.masks is not None))
    labels = Labels(np.arange(len(a.id)), a.image, a.category, a.bbox, a.crowd, masks)
    predicted = Predicted(found.image, found.category, found.bbox, found.score, found.masks, found.source)
    sizes = ImageSizes(data.images.width, data.images.height)
    return sizes, labels, predicted, data.categories.name, data.images, a.id


def label_masks(path: Path, data, *, wanted):  # type: ignore[no-untyped-def]
    from labelmend.geometry import masks

    data_bytes = path.read_bytes()
    raw = json.loads(gzip.decompress(data_bytes) if path.suffix == ".gz" else data_bytes)
    a, blobs = data.annotations, []
    for row, record in enumerate(raw["annotations"]):
        image, shape = a.image[row], record.get("segmentation")
        if image < 0 or not shape or not wanted[row]:
            blobs.append(b"")
            continue
        height, width = int(data.images.height[image]), int(data.images.width[image])
        blobs.append(masks.counts(shape, height=height, width=width))
    offsets = np.cumsum([0, *map(len, blobs)])
    return masks.Rles(np.frombuffer(b"".join(blobs), np.uint8), offsets)


EDGES = np.array([0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])


def reliability(truth, issues: Issues, image_ids, annotation_ids) -> None:  # type: ignore[no-untyped-def]
    """By kind and step of score: issues, their mean score, the share that is a known error of that kind."""
    named = {(e["kind"], a) for e in truth["errors"] for a in e["annotation_ids"]}
    dropped: dict[int, list[list[float]]] = {}
    for error in truth["errors"]:
        if error["kind"] == "missing":
            dropped.setdefault(error["image_id"], []).append(error["bbox"])
    checked = set(truth.get("images", image_ids.tolist()))
    seen = np.isin(image_ids[np.maximum(issues.image, 0)], list(checked))
    print(f"{'':<10} {'score':>10} {'issues':>8} {'mean':>6} {'real':>6}")
    for kind, name in enumerate(KINDS[:-1]):
        rows = np.flatnonzero((issues.kind == kind) & seen)
        if name == "missing":
            real = [covers(issues.bbox[i], dropped.get(int(image_ids[issues.image[i]]))) for i in rows]
        else:
            real = [(name, int(annotation_ids[issues.annotation[i]])) in named for i in rows]
        step, hit = np.digitize(issues.score[rows], EDGES), np.array(real, bool)
        for k in range(len(EDGES) + 1):
            on = step == k
            if on.any():
                low, mean = [0.0, *EDGES][k], issues.score[rows][on].mean()
                print(f"{name:<10} {low:>9.2f}+ {on.sum():>8} {mean:>6.3f} {hit[on].mean():>6.3f}")


def covers(box, others) -> bool:  # type: ignore[no-untyped-def]
    return bool(others) and bool(iou(box[None], np.array(others, float)).max() >= 0.5)


def write(path: Path, issues: Issues, image_ids, annotation_ids) -> None:  # type: ignore[no-untyped-def]
    with path.open("w") as out:
        for i in range(len(issues)):
            key = int(issues.annotation[i])
            record = {
                "kind": KINDS[issues.kind[i]],
                "image_id": int(image_ids[issues.image[i]]),
                "annotation_id": None if key == NO_KEY else int(annotation_ids[key]),
                "bbox": [round(float(v), 2) for v in issues.bbox[i]],
                "score": round(float(issues.score[i]), 7),
            }
            out.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
