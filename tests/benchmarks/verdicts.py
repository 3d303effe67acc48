"""What verdicts on the first issues teach about the scores of the rest: verdicts.py [SET ...]

Somebody who knows the truth judges the first 50, 200 and 500 issues. Of those that are left: the average
precision of all kinds (found), before > after; then by kind the number of verdicts, and how far scores lie
from the share of real ones (mean over bands of a tenth from .1 on, by the issues in each), before > after.
SET is a name of the zoo's, a folder that holds gt.json, pred.json and truth.json, or a shared real set.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from ceiling import listed, rescored
from inject import KINDS
from zoo import ZOO, make, script

from labelmend.find.verdicts import taught

JUDGED = (50, 200, 500)
FEW = 10


def off(score: Any, real: Any) -> float:
    """How far scores lie from the share of real ones."""
    band = np.minimum((score * 10).astype(int), 9)
    said, hit = (np.bincount(band, values, 10)[1:] for values in (score, real.astype(float)))
    return float(np.abs(said - hit).sum() / max((band > 0).sum(), 1))


def after(score: Any, kind: Any, real: Any, judged: Any) -> Any:
    """The scores that verdicts on those judged come to."""
    out = score.copy()
    for name in KINDS:
        rows = kind == name
        said = rows & judged
        if said.any():
            out[rows] = taught(score[rows], score[said], real[said])
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sets", nargs="*", default=["bccd", "nuclei", "street", "parts"])
    scorer = script("score")
    for name in parser.parse_args().sets:
        folder = Path(name) if (Path(name) / "truth.json").exists() else make(name)
        issues, truth = listed(folder, ZOO / "issues")
        matcher = scorer.Matcher(truth["errors"])
        real = np.array([bool(matcher.hits(one)) for one in issues])
        kind, score = np.array([one["kind"] for one in issues]), np.array([one["score"] for one in issues])
        print(folder.name)
        for n in JUDGED:
            judged = np.zeros(len(score), bool)
            judged[np.argsort(-score, kind="stable")[:n]] = True
            told = after(score, kind, real, judged)
            parts = [("all", ~judged), *((each, ~judged & (kind == each)) for each in KINDS)]
            line = "  ".join(
                f"{each} {(judged & (kind == each)).sum()}: {off(score[rows], real[rows]):.2f} > "
                f"{off(told[rows], real[rows]):.2f}"
                for each, rows in parts
                if (score[rows] >= 0.1).sum() >= FEW
            )
            rest = [one for one, gone in zip(issues, judged, strict=True) if not gone]
            ap = [
                scorer.evaluate(truth, json.loads(json.dumps(rescored(rest, some[~judged].tolist()))))
                for some in (score, told)
            ]
            found = " > ".join(format(one["found"]["AP"], ".3f") for one in ap)
            print(f"  {n:>3} judged  found {found}  {line}")


if __name__ == "__main__":
    main()
