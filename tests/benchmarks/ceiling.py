"""What the detections allow at most, and how near the finder comes: ceiling.py [SET ...]

Average precision by kind and of all kinds (found), as the shared scorer counts it. Rows:
  ours         the finder's list as it is
  by score     each kind ranked by the detection's raw score alone, which is what any re-scoring that only
               rises with that score can reach
  each kind    our order inside every kind, the kinds mixed as somebody would who knows how many of each score
               are real (the best rising re-scoring of each kind, fitted on the truth): the ceiling of a list
               whose kinds are ranked as ours
  covered      all candidates, the real ones first: the ceiling of any order. Of missing labels those with a
               detection of IoU .5 or more that no label has; of the others those that have an issue at all
SET is a name of the zoo's, a folder that holds gt.json, pred.json and truth.json, or one of the shared real
sets (bccd, nuclei).
"""

from __future__ import annotations

import argparse
import copy
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from find import load, write
from inject import KINDS
from zoo import SHORT, ZOO, make, script

from labelmend.find.clusters.batches import batches
from labelmend.find.find import Settings, find
from labelmend.find.isotonic import falling

Listed = list[dict[str, Any]]


def listed(folder: Path, into: Path) -> tuple[Listed, Any]:
    """All issues of a set, with the score of each one's detection, and the truth."""
    sizes, labels, predicted, names, images, annotation_ids = load(folder / "gt.json", folder / "pred.json")
    settings = Settings(floor=0.0, plenty=np.inf)
    issues = find(
        sizes,
        labels,
        predicted,
        n_categories=len(names),
        batches=batches(images.file_name),
        settings=settings,
    )
    into.mkdir(parents=True, exist_ok=True)
    write(into / f"ceiling_{folder.name}.jsonl", issues, images.id, annotation_ids)
    out = [json.loads(line) for line in (into / f"ceiling_{folder.name}.jsonl").read_text().splitlines()]
    raw = np.where(issues.detection >= 0, predicted.score[issues.detection], 0.0)
    for one, score in zip(out, raw.tolist(), strict=True):
        one["raw"] = score
    truth = json.loads((folder / "truth.json").read_text())
    checked = set(truth.get("images", images.id.tolist()))
    return [one for one in out if one["kind"] in KINDS and one["image_id"] in checked], truth


def rescored(issues: Listed, score: Any) -> Listed:
    """The same issues with these scores (n,)."""
    return [{**one, "score": s} for one, s in zip(issues, score, strict=True)]


def known_shares(issues: Listed, real: Any) -> Any:
    """By issue, the share of real ones among those of its kind that score like it, falling with the score."""
    kind, score = np.array([one["kind"] for one in issues]), np.array([one["score"] for one in issues])
    out = np.zeros(len(issues))
    for name in KINDS:
        rows = np.flatnonzero(kind == name)
        rows = rows[np.argsort(-score[rows], kind="stable")]
        if len(rows):
            level = falling(real[rows].astype(float), np.ones(len(rows)))
            out[rows] = level - np.linspace(0, 1e-9, len(rows))  # of equals ours goes first
    return out


def row(name: str, issues: Listed, truth: Any, scorer: ModuleType) -> None:
    told = scorer.evaluate(truth, copy.deepcopy(issues))
    aps = [told["found"].get("AP"), *(told["typed"][k].get("AP") for k in KINDS)]
    print(f"  {name:<12}" + "".join(f"{'-' if v is None else format(v, '.3f'):>8}" for v in aps), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sets", nargs="*", default=["bccd", "nuclei"])
    scorer = script("score")
    for name in parser.parse_args().sets:
        folder = Path(name) if (Path(name) / "truth.json").exists() else make(name)
        issues, truth = listed(folder, ZOO / "issues")
        matcher = scorer.Matcher(truth["errors"])
        of_any = np.array([bool(matcher.hits(one)) for one in issues])
        of_kind = np.array(
            [any(truth["errors"][n]["kind"] == one["kind"] for n in matcher.hits(one)) for one in issues]
        )
        print(name)
        print(f"  {'AP':<12}" + "".join(f"{SHORT.get(k, k):>8}" for k in ("found", *KINDS)))
        row("ours", issues, truth, scorer)
        row("by score", rescored(issues, [one["raw"] for one in issues]), truth, scorer)
        row("each kind", rescored(issues, known_shares(issues, of_any)), truth, scorer)
        row("covered", rescored(issues, of_kind + 0.5 * of_any), truth, scorer)


if __name__ == "__main__":
    main()
