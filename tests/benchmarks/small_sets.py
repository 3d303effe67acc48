"""Whether scores hold on small sets, of wrong places and missing labels: small_sets.py [GROUP ...]

Each group is many small sets of one sort: of synthetic pictures, or parts of real sets and of made scenes
with errors put in. Over all sets of a group: how far scores lie from the share of real ones (mean over bands
of a tenth from .1 on, by the issues in each); how many of those above a half should be real, how many are.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from ceiling import listed
from scenes import made
from verdicts import off
from zoo import ZOO, Files, corrected, every, script, synthetic, with_errors


def drawn(images: int, times: int, *options: str) -> Iterator[Files]:
    for n in range(times):
        yield synthetic("--seed", str(1000 + n), *options, images=images)


def put_into(files: Files, images: int | None, times: int, rate: float) -> Iterator[Files]:
    """So many images of a set, others each time (None: all), with errors."""
    for n in range(times):
        some = files if images is None else part(files, images, seed=n)
        yield with_errors(some, seed=100 + n, **every(rate))


def part(files: Files, images: int, *, seed: int) -> Files:
    ids = np.array([one["id"] for one in files["gt"]["images"]])
    kept = set(np.random.default_rng(seed).choice(ids, images, replace=False).tolist())
    gt = files["gt"] | {"images": [one for one in files["gt"]["images"] if one["id"] in kept]}
    gt["annotations"] = [one for one in gt["annotations"] if one["image_id"] in kept]
    return files | {"gt": gt, "pred": [one for one in files["pred"] if one["image_id"] in kept]}


KINDS = ("location", "missing")

GROUPS: dict[str, Callable[[], Iterator[Files]]] = {
    "15 images": lambda: drawn(15, 60),
    "60 images": lambda: drawn(60, 30),
    "200 images": lambda: drawn(200, 30),
    "60 images, few errors": lambda: drawn(60, 30, "--rate", ".003"),
    "coco_sample": lambda: put_into(corrected("coco_sample"), None, 20, 0.04),
    "coco_sample, few errors": lambda: put_into(corrected("coco_sample"), None, 20, 0.01),
    "coco_sample, 14 images": lambda: put_into(corrected("coco_sample"), 14, 30, 0.04),
    "bccd, 15 images": lambda: put_into(corrected("bccd"), 15, 30, 0.04),
    "nuclei, 8 images": lambda: put_into(corrected("nuclei"), 8, 30, 0.04),
    "street, 30 images": lambda: put_into(made("street"), 30, 20, 0.03),
    "parts, 30 images": lambda: put_into(made("parts"), 30, 20, 0.03),
}


def judged(files: Files, scorer: Any) -> list[tuple[Any, Any]]:
    """Of each of KINDS, the scores of a set's issues, and whether each is real."""
    folder = ZOO / ".small"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    issues, truth = listed(folder, ZOO / "issues")
    out = []
    for kind in KINDS:
        some = [one for one in issues if one["kind"] == kind]
        matcher = scorer.Matcher([one for one in truth["errors"] if one["kind"] == kind])
        real = np.array([bool(matcher.hits(one)) for one in some], bool)
        out.append((np.array([one["score"] for one in some]), real))
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("groups", nargs="*", default=list(GROUPS))
    scorer = script("score")
    for name in parser.parse_args().groups:
        sets = [judged(files, scorer) for files in GROUPS[name]()]
        for kind, pairs in zip(KINDS, zip(*sets, strict=True), strict=True):
            score, real = (np.concatenate(column) for column in zip(*pairs, strict=True))
            sure = score > 0.5
            told = f"in all {score.sum():.0f} said, {real.sum()} real"
            above = f"above .5: {score[sure].sum():.0f} said, {real[sure].sum()} real"
            print(
                f"{name:<24} {len(sets)} sets  {kind:<8}  off {off(score, real):.2f}  {told}, {above}",
                flush=True,
            )


if __name__ == "__main__":
    main()
