"""What verdicts on some issues teach about the scores of the rest: verdicts.py [SET ...]

Somebody who knows the truth judges the fifty that the scores are checked by, spread over kinds and scores,
or the first 50, 200 and 500. Of those that are left, before > after:
  found      the average precision of all kinds
  next 100   those that come next: how many are real, and (said) the sum of their scores
  off        how far scores lie from the share of real ones: the mean over bands of a tenth from .1 on, by the
             issues in each; of all, and of each kind with the number of verdicts on it
  said/real  of those above .5, the sum of their scores, and how many are real; "none judged" is as found
SET is a name of the zoo's, a folder that holds gt.json, pred.json and truth.json, or a shared real set.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from ceiling import listed, rescored
from inject import KINDS
from zoo import ZOO, make, script

from labelmend.find.issues import KINDS as ISSUE_KINDS
from labelmend.find.issues import issues as columns
from labelmend.find.to_check import FIFTY, to_check
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
        print(f"  none judged  {above(score, real, score > -1)}  off {off(score, real):.2f}")
        for way, rows in ways(score, kind):
            judged = np.zeros(len(score), bool)
            judged[rows] = True
            told = after(score, kind, real, judged)
            rest = ~judged
            left = [one for one, there in zip(issues, rest.tolist(), strict=True) if there]
            aps = [
                scorer.evaluate(truth, json.loads(json.dumps(rescored(left, some[rest].tolist()))))["found"][
                    "AP"
                ]
                for some in (score, told)
            ]
            following = [coming(some, real, rest) for some in (score, told)]
            first = f"found {both(aps, '.3f')}  next 100 {both([some[0] for some in following], 'd')}"
            first += f" (said {both([some[1] for some in following], '.0f')})"
            first += f"  {above(told, real, rest)}"
            lines = [
                f"{each} {both([off(some[rows], real[rows]) for some in (score, told)], '.2f')}"
                for each, rows in [("off", rest)]
                + [(f"{k} {(judged & (kind == k)).sum()}:", rest & (kind == k)) for k in KINDS]
                if (score[rows] >= 0.1).sum() >= FEW
            ]
            print(f"  {way:>11}  {first}  {'  '.join(lines)}")


def ways(score: Any, kind: Any) -> Iterator[tuple[str, Any]]:
    """Who judges which rows."""
    codes = np.array([ISSUE_KINDS.index(name) for name in kind.tolist()], np.uint8)
    listed = columns(codes, score, annotation=np.arange(len(score)))
    yield f"{FIFTY} spread", to_check(listed, np.arange(len(score)))
    worst = np.argsort(-score, kind="stable")
    for n in JUDGED:
        yield f"first {n}", worst[:n]


def above(score: Any, real: Any, rest: Any) -> str:
    rows = rest & (score > 0.5)
    return f"said/real {score[rows].sum():.0f}/{real[rows].sum()}"


def both(pair: Any, form: str) -> str:
    return " > ".join(format(one, form) for one in pair)


def coming(score: Any, real: Any, rest: Any) -> tuple[int, float]:
    """How many of the hundred that come next are real, and how many should be by their scores."""
    rows = np.flatnonzero(rest)
    rows = rows[np.argsort(-score[rows], kind="stable")][:100]
    return int(real[rows].sum()), float(score[rows].sum())


if __name__ == "__main__":
    main()
