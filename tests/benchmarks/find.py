"""Times the finder: find.py ANNOTATIONS DETECTIONS [DETECTIONS ...] [--out F] [--profile] [--truth F].

Seconds and peak memory by stage; --images N makes a set of any size; --peers runs other tools that are
installed on the same files. With the known errors of the set (--truth) it prints how many issues of each
score are real: of those that score .8 to .9, 80 to 90 % should be.
"""

from __future__ import annotations

import argparse
import contextlib
import cProfile
import json
import os
import pstats
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from peers import PEERS
from stages import Clock, Gaps, each_stage, line

from labelmend.find.clusters.batches import batches
from labelmend.find.find import Settings, find
from labelmend.find.inputs import ImageSizes, Labels, Predicted
from labelmend.find.issues import KINDS, NO_KEY, Issues, is_card
from labelmend.find.reasons.sentences import sentence
from labelmend.geometry.boxes import iou
from labelmend.workers.processes import processes

ROOT = Path(__file__).parents[2]
BENCH = ROOT.parent / "shared" / "bench"
SCORED = ("missing", "spurious", "class", "location", "duplicate")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("annotations", type=Path, nargs="?")
    parser.add_argument("detections", type=Path, nargs="*", help="one file a model")
    parser.add_argument("--images", type=int, help="make a synthetic set of so many images (needs ../shared)")
    parser.add_argument("--out", type=Path, help="write the issues here, one JSON object a line")
    parser.add_argument("--floor", type=float, default=Settings().floor)
    parser.add_argument(
        "--truth", type=Path, help="known errors: prints how many issues of each score are real"
    )
    parser.add_argument("--jobs", type=int, default=1, help="worker processes")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--peers", action="store_true", help="other tools too, those that are installed")
    args = parser.parse_args()
    if args.images:
        folder = synthetic(args.images)
        args.annotations, args.detections = folder / "gt.json", [folder / "pred.json"]
        args.truth = args.truth or folder / "truth.json"
    if not (args.annotations and args.detections):
        parser.error("name ANNOTATIONS and DETECTIONS, or --images N")
    with tempfile.TemporaryDirectory() as name:
        out = args.out or Path(name) / "ours.jsonl"
        run(args, out)
        if args.peers:
            compare(args, out, Path(name))


def run(args: argparse.Namespace, out: Path) -> None:
    """Labelmend itself, stage by stage."""
    start, busy = time.perf_counter(), time.process_time()
    clock = Clock()
    sizes, labels, predicted, names, images, annotation_ids = load(args.annotations, *args.detections)
    clock.stage("read")
    settings = Settings(floor=args.floor)
    options: dict[str, Any] = {"n_categories": len(names), "batches": batches(images.file_name)}
    options["progress"] = gaps = Gaps()
    with contextlib.ExitStack() as stack:
        if args.jobs > 1:
            options |= {"executor": stack.enter_context(processes(args.jobs)), "ahead": 2 * args.jobs}
        if args.profile:
            profile = stack.enter_context(cProfile.Profile())
        else:
            stack.enter_context(each_stage(but=("collect", "labelled") if args.jobs > 1 else ()))
        issues = find(sizes, labels, predicted, settings=settings, **options)
    clock.stage("find")
    line("total", time.perf_counter() - start, time.process_time() - busy)
    if args.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    seconds, work = gaps.longest
    print(f"longest time between two calls of progress: {seconds:.2f} s, {work:.2f} s of it work, ", end="")
    print(f"before {gaps.at / 10} %")
    for kind, name in enumerate(KINDS):
        print(f"{name:<10} {int((issues.kind == kind).sum()):>8}")
    for row in np.flatnonzero(is_card(issues)).tolist():
        print(sentence(issues, row, categories=names, file=images.file_name.__getitem__))
    if args.truth:
        reliability(json.loads(args.truth.read_text()), issues, images.id, annotation_ids)
    if args.out or args.peers:
        write(out, issues, images.id, annotation_ids)


def synthetic(images: int) -> Path:
    """The folder of a synthetic set of so many images, made if it is not there."""
    folder = ROOT / "build" / f"synth{images}"
    if not (folder / "truth.json").exists():
        subprocess.run([sys.executable, BENCH / "synth.py", folder, "--images", str(images)], check=True)
    return folder


def compare(args: argparse.Namespace, ours: Path, folder: Path) -> None:
    """Other tools on the same files, each a process of its own, and the average precision of all."""
    lists = {"labelmend": ours}
    print(f"{'peer':<12}{'seconds':>9}{'cpu':>9}{'peak MB':>9}   (reading included)")
    for name in PEERS:
        lists[name], start = folder / f"{name}.jsonl", time.perf_counter()
        program = Path(__file__).with_name("peers.py")
        command = [sys.executable, "-W", "ignore", program, name, args.annotations, args.detections[0]]
        process = subprocess.Popen([*command, lists[name]])
        _, status, used = os.wait4(process.pid, 0)
        if os.waitstatus_to_exitcode(status):
            lists.pop(name)
            continue
        busy, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
        print(f"{name:<12}{time.perf_counter() - start:9.2f}{busy:9.2f}{peak:9.0f}")
    if not args.truth or not (BENCH / "score.py").exists():
        return
    print(f"{'AP':<12}{'found':>9}" + "".join(f"{kind:>10}" for kind in SCORED))
    for name, path in lists.items():
        command = [sys.executable, BENCH / "score.py", args.truth, path, "--gt", args.annotations, "--json"]
        told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        print(f"{name:<12}{told['found']['AP']:9.3f}" + "".join(ap(told, kind) for kind in SCORED))


def ap(told: dict[str, Any], kind: str) -> str:
    value = told["typed"][kind].get("AP")
    return f"{'-' if value is None else format(value, '.3f'):>10}"


def load(annotations: Path, *detections: Path):  # type: ignore[no-untyped-def]
    from labelmend.coco.columns import read_dataset
    from labelmend.coco.detections import read_files
    from labelmend.coco.mask_column import mask_column
    from labelmend.coco.source import read_source

    source = read_source(annotations)
    data = read_dataset(source)
    found, _, _ = read_files(detections, dataset=data)
    a = data.annotations
    masks = None
    if found.masks is not None or a.crowd.any():
        image, wanted = a.image, a.crowd | (found.masks is not None)
        height = np.where(image >= 0, data.images.height[image], np.nan)
        width = np.where(image >= 0, data.images.width[image], np.nan)
        masks = mask_column(
            lambda row: source.record("annotations", row) if wanted[row] else None, height=height, width=width
        )
    labels = Labels(np.arange(len(a.id)), a.image, a.category, a.bbox, a.crowd, masks)
    predicted = Predicted(found.image, found.category, found.bbox, found.score, found.masks, found.source)
    sizes = ImageSizes(data.images.width, data.images.height)
    return sizes, labels, predicted, data.categories.name, data.images, a.id


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
