"""Runs the finder on many kinds of data at once: zoo.py [NAME ...] [--jsonl FOLDER] [--list] [--images]

Real detectors on real pictures with errors put in, real errors, and synthetic sets of all sorts (those of
scenes.py too), made on the first run into build/zoo (NAME/gt.json, pred.json, truth.json). Needs the shared
folder beside the project. Prints for every set the average precision by kind, and how far the scores hold as
probabilities:
"said/real" are the errors expected and those really among the issues that score above .5; "off" is the mean
distance between score and share of real ones, over bins of the issues that score .1 or more.
With --images the real sets' pictures say what labels look like, in a second row a set ("+"), with what that
adds to the average precision, and the seconds that the look takes, with it and for edges alone. Sides off
edges, which pictures tell too, are left out.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import importlib.util
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from find import covers, load, write
from inject import KINDS, inject, unsteady
from reshape import reshape
from scenes import made

from labelmend.find.clusters.batches import batches
from labelmend.find.find import find
from labelmend.find.issues import KINDS as ISSUE_KINDS
from labelmend.find.issues import Issues, is_card
from labelmend.find.pictures.look import look
from labelmend.find.reasons.sentences import sentence
from labelmend.find.run import with_looks
from labelmend.pictures import read_grey

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
ZOO = ROOT / "build" / "zoo"
FEW, MIXED = 0.003, 0.02
SHORT = {"spurious": "spur", "location": "loc", "duplicate": "dup"}

Files = dict[str, Any]
"""What a set is made of: gt, pred and truth, as read from JSON."""


def script(name: str) -> ModuleType:
    """A script of the shared folder, as a module of its own."""
    spec = importlib.util.spec_from_file_location(f"shared_{name}", SHARED / "bench" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ------------------------------------------------------------------ synthetic sets


def synthetic(*options: str, recall: float = 1.0, clean: bool = False, images: int = 1500) -> Files:
    """A set of the shared generator; recall is a factor on its detector's, clean leaves out the errors."""
    module = script("synth")
    for size in module.RECALL:
        module.RECALL[size] *= recall
    if recall < 1:
        module.STYLES["frcnn"] = (0.8, 1.6)
    into = ZOO / ".making"
    sys.argv = ["synth.py", str(into), "--images", str(images), "--no-polygons", "--clean", *options]
    with contextlib.redirect_stdout(None):
        module.main()
    parts = {"gt": "clean" if clean else "gt", "pred": "pred", "truth": "truth"}
    return {part: read(into / f"{name}.json") for part, name in parts.items()}


def with_errors(files: Files, *, seed: int = 5, merged: float = 0, split: float = 0, **rates: float) -> Files:
    gt, truth = inject(files["gt"], rates, seed=seed)
    if merged or split:
        gt, truth = reshape(gt, truth, merged=merged, split=split, seed=seed)
    return {"gt": gt, "pred": files["pred"], "truth": truth}


def with_unsteady(files: Files) -> Files:
    unsteady(files["gt"], files["truth"], by=0.03, least=0.7, seed=6)
    return files


def with_classes(files: Files, n: int) -> Files:
    """The same with n classes; slips between classes that became one are no errors any more."""
    new = {c["id"]: 1 + k % n for k, c in enumerate(files["gt"]["categories"])}
    errors = [
        e
        for e in files["truth"]["errors"]
        if e["kind"] != "class" or new[e["category_id"]] != new[e["true_category_id"]]
    ]
    for record in [*files["gt"]["annotations"], *files["pred"]]:
        record["category_id"] = new[record["category_id"]]
    categories = [{"id": 1 + k, "name": f"class_{k}"} for k in range(n)]
    return {
        "gt": {**files["gt"], "categories": categories},
        "pred": files["pred"],
        "truth": {"errors": errors},
    }


def classless(files: Files) -> Files:
    """The same by a model that tells no classes apart."""
    for record in files["pred"]:
        record["category_id"] = files["gt"]["categories"][0]["id"]
    return files


def packed(files: Files, side: int = 4, cell: int = 640) -> Files:
    """side x side pictures made into one: a hundred objects each."""
    place = {}
    for n, image in enumerate(files["gt"]["images"]):
        k = n % side**2
        place[image["id"]] = (1 + n // side**2, cell * (k % side), cell * (k // side))
    for record in [*files["gt"]["annotations"], *files["pred"], *files["truth"]["errors"]]:
        image, x, y = place[record["image_id"]]
        box = record["bbox"]
        record.update(image_id=image, bbox=[box[0] + x, box[1] + y, *box[2:]])
    n = max(p[0] for p in place.values())
    shape = {"width": side * cell, "height": side * cell}
    images = [{"id": 1 + k, "file_name": f"{k}.jpg", **shape} for k in range(n)]
    return {**files, "gt": {**files["gt"], "images": images}}


def scored(files: Files, change: Callable[[float], float]) -> Files:
    for record in files["pred"]:
        record["score"] = change(record["score"])
    return files


# ------------------------------------------------------------------ real pictures


def real(name: str) -> Files:
    """The errors that a correction of real labels found."""
    folder = SHARED / "data" / name
    truth = "truth_221.json" if name == "bccd" else "truth.json"
    return {
        "gt": read(folder / "annotations.json"),
        "pred": detections(name),
        "truth": read(folder / truth),
    }


def corrected(name: str) -> Files:
    """Labels taken to be right, with the detections of their images."""
    file = {"bccd": "corrected_221.json", "nuclei": "corrected.json", "coco_sample": "annotations.json"}[name]
    gt = read(SHARED / "data" / name / file)
    have = {i["id"] for i in gt["images"]}
    return {"gt": gt, "pred": [d for d in detections(name) if d["image_id"] in have], "truth": {"errors": []}}


def detections(name: str) -> Any:
    return read(SHARED / "data" / name / ("detections.json.gz" if name == "nuclei" else "detections.json"))


def read(path: Path) -> Any:
    return json.loads(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())


def every(rate: float) -> dict[str, float]:
    return dict.fromkeys(KINDS, rate)


MEMBERS: dict[str, Callable[[], Files]] = {
    "default": lambda: synthetic(images=5000),
    "yolo": lambda: synthetic("--style", "yolo", images=5000),
    "rare": lambda: synthetic("--rate", ".003", "--seed", "1", images=5000),
    "bccd": lambda: real("bccd"),
    "nuclei": lambda: real("nuclei"),
    "bccd_mixed": lambda: with_errors(corrected("bccd"), **every(MIXED)),
    "bccd_missing": lambda: with_errors(corrected("bccd"), missing=0.3),
    "bccd_hidden": lambda: with_errors(corrected("bccd"), hidden=0.3, spurious=0.01, location=0.01),
    "bccd_location": lambda: with_errors(corrected("bccd"), location=0.08),
    "bccd_class": lambda: with_errors(corrected("bccd"), **{"class": 0.05}),
    "bccd_rare": lambda: with_errors(corrected("bccd"), **every(FEW)),
    "nuclei_mixed": lambda: with_errors(corrected("nuclei"), **every(MIXED)),
    "nuclei_missing": lambda: with_errors(corrected("nuclei"), missing=0.3),
    "nuclei_location": lambda: with_errors(corrected("nuclei"), location=0.05),
    "nuclei_shapes": lambda: with_errors(corrected("nuclei"), merged=0.01, split=0.01, **every(FEW)),
    "bccd_shapes": lambda: with_errors(corrected("bccd"), merged=0.02, split=0.02, **every(FEW)),
    "coco_shapes": lambda: with_errors(corrected("coco_sample"), merged=0.04, split=0.04, **every(0.01)),
    "shapes": lambda: with_errors(synthetic("--seed", "15", clean=True), merged=0.02, split=0.02),
    "nuclei_rare": lambda: with_errors(corrected("nuclei"), **every(FEW)),
    "coco_mixed": lambda: with_errors(corrected("coco_sample"), **every(0.04)),
    "coco_missing": lambda: with_errors(corrected("coco_sample"), missing=0.3),
    "one_class": lambda: with_classes(synthetic("--seed", "3"), 1),
    "three_classes": lambda: with_classes(synthetic("--seed", "4", "--style", "yolo"), 3),
    "dense": lambda: packed(synthetic("--seed", "5")),
    "weak": lambda: synthetic("--seed", "6", recall=0.7),
    "half_missing": lambda: synthetic("--seed", "7", "--rates", "missing=.5"),
    "hidden": lambda: with_errors(synthetic("--seed", "8", clean=True), hidden=0.2, spurious=0.01),
    "batch": lambda: with_errors(synthetic("--seed", "9", clean=True), batch=0.2, location=0.02),
    "clean": lambda: with_errors(synthetic("--seed", "10", clean=True), missing=0.001),
    "all_sure": lambda: scored(synthetic("--seed", "11"), lambda s: round(0.9 + 0.0999 * s, 5)),
    "all_shy": lambda: scored(synthetic("--seed", "12"), lambda s: round(0.3 * s, 5)),
    "coarse": lambda: scored(synthetic("--seed", "13"), lambda s: round(s, 1)),
    "tiny": lambda: synthetic("--seed", "14", images=30),
    "classless": lambda: classless(synthetic("--seed", "17")),
    "bccd_classless": lambda: classless(with_errors(corrected("bccd"), **every(MIXED))),
    "street": lambda: with_errors(made("street"), **every(MIXED)),
    "unsteady": lambda: with_unsteady(with_errors(made("street"), missing=0.05, spurious=MIXED)),
    "from_above": lambda: with_errors(made("from_above"), **every(MIXED)),
    "parts": lambda: with_errors(made("parts"), **every(MIXED)),
    "seeds": lambda: with_errors(made("seeds"), **every(MIXED)),
}


def make(name: str) -> Path:
    """The folder of a set, made if it is not there."""
    folder = ZOO / name
    if not (folder / "truth.json").exists():
        files = MEMBERS[name]()
        folder.mkdir(parents=True, exist_ok=True)
        for part in ("gt", "pred", "truth"):
            (folder / f"{part}.json").write_text(json.dumps(files[part]))
    return folder


# ------------------------------------------------------------------ figures


def hits(issues: Issues, truth: Any, image_ids: Any, annotation_ids: Any) -> tuple[Any, Any]:
    """The issues that count (of checked images, of a kind that the truth knows), and which are real."""
    named = {(e["kind"], a) for e in truth["errors"] for a in e["annotation_ids"]}
    dropped: dict[int, list[list[float]]] = {}
    for error in truth["errors"]:
        if error["kind"] == "missing":
            dropped.setdefault(error["image_id"], []).append(error["bbox"])
    checked = np.array(truth.get("images", image_ids))
    counts = np.isin(image_ids[np.maximum(issues.image, 0)], checked) & (issues.kind < len(KINDS))
    rows = np.flatnonzero(counts & (issues.score >= 0.1))
    real = [
        covers(issues.bbox[i], dropped.get(int(image_ids[issues.image[i]])))
        if issues.kind[i] == 0
        else (ISSUE_KINDS[issues.kind[i]], int(annotation_ids[issues.annotation[i]])) in named
        for i in rows
    ]
    return rows, np.array(real, bool)


def reliability(score: Any, real: Any) -> str:
    """Errors said / real among scores above .5, and the mean distance of score and truth over ten bins."""
    sure, bins = score > 0.5, np.minimum((score * 10).astype(int), 9)
    gap = np.abs(np.bincount(bins, score, 10) - np.bincount(bins, real, 10)).sum() / max(len(score), 1)
    return f"{score[sure].sum():5.0f}/{real[sure].sum():<5d}{gap:4.2f}"


PICTURES = {"bccd": "bccd", "nuclei": "nuclei", "coco": "coco_sample"}
"""Folders of the pictures, by what the names of their sets begin with."""


def seen(name: str, labels: Any, predicted: Any, images: Any, n: int) -> tuple[Any, Any, str]:
    """Labels and detections with what they look like in the pictures; seconds, with that and without."""
    folder = SHARED / "data" / PICTURES[name.split("_")[0]] / "images"

    def read(image: int, reduce: int) -> Any:
        width, height = float(images.width[image]), float(images.height[image])
        return read_grey(folder / images.file_name[image], width=width, height=height, reduce=reduce)

    start = time.perf_counter()
    look(labels, read, n_categories=n)
    middle = time.perf_counter()
    likeness = look(labels, read, n_categories=n, predicted=predicted).likeness
    seconds = f"{time.perf_counter() - middle:.1f} s, edges alone {middle - start:.1f} s"
    return *with_looks(labels, predicted, likeness), seconds


def run(name: str, scorer: ModuleType, jsonl: Path, pictures: bool) -> None:
    folder = make(name)
    sizes, labels, predicted, names, images, annotation_ids = load(folder / "gt.json", folder / "pred.json")
    options = {"n_categories": len(names), "batches": batches(images.file_name)}
    issues = find(sizes, labels, predicted, **options)
    for row in np.flatnonzero(is_card(issues)).tolist():
        print(name, sentence(issues, row, categories=names, file=images.file_name.__getitem__), flush=True)
    before = tell(name, issues, images.id, annotation_ids, scorer, jsonl)
    if pictures and name.split("_")[0] in PICTURES:
        labels, predicted, seconds = seen(name, labels, predicted, images, len(names))
        issues = find(sizes, labels, predicted, **options)
        after = tell(f"{name}+", issues, images.id, annotation_ids, scorer, jsonl)
        more = " ".join("   - " if b is None else f"{a - b:+.3f}" for b, a in zip(before, after, strict=True))
        print(f"{'':<15}{more} | {seconds}", flush=True)


def tell(
    name: str, issues: Issues, image_ids: Any, annotation_ids: Any, scorer: ModuleType, jsonl: Path
) -> list[float | None]:
    """Print the row of a set; its average precisions."""
    truth = json.loads((ZOO / name.rstrip("+") / "truth.json").read_text())
    jsonl.mkdir(parents=True, exist_ok=True)
    write(jsonl / f"{name}.jsonl", issues, image_ids, annotation_ids)
    listed = [json.loads(line) for line in (jsonl / f"{name}.jsonl").read_text().splitlines()]
    out = scorer.evaluate(truth, listed)
    aps = [out["found"].get("AP"), *(out["typed"][k].get("AP") for k in KINDS)]
    rows, is_real = hits(issues, truth, image_ids, annotation_ids)
    kinds = [
        reliability(issues.score[rows][on], is_real[on]) for on in issues.kind[rows] == np.arange(5)[:, None]
    ]
    shown = " ".join("   - " if v is None else f"{v:5.3f}" for v in aps)
    print(f"{name:<16}{shown} | {' |'.join(kinds)}", flush=True)
    return aps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="sets to run; all without")
    parser.add_argument("--jsonl", type=Path, default=ZOO / "issues", help="where the issues are written")
    parser.add_argument("--list", action="store_true", help="print the names of the sets")
    parser.add_argument("--images", action="store_true", help="with what labels look like in pictures, too")
    args = parser.parse_args()
    if args.list:
        print(*MEMBERS, sep="\n")
        return
    if not SHARED.exists():
        parser.error(f"the real sets are not there: {SHARED}")
    short = [SHORT.get(k, k) for k in KINDS]
    columns = " ".join(f"{s[:5]:>5}" for s in ["found", *short])
    print(f"{'set':<16}{columns} | said/real, off: {' | '.join(short)}")
    scorer = script("score")
    for name in args.names or MEMBERS:
        run(name, scorer, args.jsonl, args.images)


if __name__ == "__main__":
    main()
