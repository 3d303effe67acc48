"""Simulates another detector on a synthetic set: second_detector.py SYNTH SET OUT [--number N] [--style S].

SYNTH is the generator's script (bench/synth.py), SET a folder that it wrote. The same scene and errors are
drawn again from the seed in SET's truth.json, and a detector with another seed looks at the scene: what it
overlooks, confuses and how far its boxes stray is independent of the first one, which flatters agreement;
two real models share some of their mistakes. --shared S has it repeat that share of the first one's
detections of no object, slightly moved, for a pair that errs together.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
from pathlib import Path

import numpy as np


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("synth", type=Path)
    parser.add_argument("set", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--number", type=int, default=1, help="which other detector, from 1")
    parser.add_argument("--style", help="score distribution; that of the set when it is not given")
    parser.add_argument("--shared", type=float, default=0.0)
    args = parser.parse_args()
    spec = importlib.util.spec_from_file_location("synth", args.synth)
    assert spec is not None
    assert spec.loader is not None
    synth = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(synth)
    meta = json.loads((args.set / "truth.json").read_text())["meta"]
    scene = np.random.default_rng([meta["seed"], 0])
    size, palette, image, category, box, crowd, _ = synth.make_scene(scene, meta["images"])
    n = meta["images"]
    ids = np.sort(scene.choice(n * 5, n, replace=False) + 1)
    drawn = {one["id"] for one in json.loads((args.set / "gt.json").read_text())["images"]}
    assert drawn == set(ids.tolist()), "the set was made by another generator"
    style = args.style or meta["style"]
    rng = np.random.default_rng([meta["seed"], 2, args.number])
    found, _ = synth.detect(rng, style, size, palette, image, category, box, crowd)
    if args.shared:
        first, _ = synth.detect(
            np.random.default_rng([meta["seed"], 2]),
            meta["style"],
            size,
            palette,
            image,
            category,
            box,
            crowd,
        )
        found = with_shared(synth, rng, found, first, size, args.shared)
    synth.write_preds(args.out, found, ids)
    print(f"{len(found['img']):,} detections in {args.out}")


def with_shared(synth, rng, found, first, size, share):  # type: ignore[no-untyped-def]
    """That share of the first detector's false positives in the place of as many of this one's."""
    ours = np.flatnonzero(found["obj"] < 0)
    keep = np.ones(len(found["img"]), bool)
    keep[ours[rng.random(len(ours)) < share]] = False
    theirs = np.flatnonzero(first["obj"] < 0)
    theirs = theirs[rng.random(len(theirs)) < share]
    out = {k: np.concatenate([found[k][keep], first[k][theirs]]) for k in found}
    moved = out["box"][keep.sum() :]
    at = size[out["img"][keep.sum() :]]
    out["box"][keep.sum() :] = synth.noisy_boxes(rng, moved, at, np.full(len(moved), 0.02))
    order = np.lexsort((-out["score"], out["img"]))
    return {k: v[order] for k, v in out.items()}


if __name__ == "__main__":
    main()
