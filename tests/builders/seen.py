"""Objects that a model believes in, with and without labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from labelmend.find.evidence.columns import Objects

N = 6000


def nothing() -> None:
    """A tick that nobody counts."""


def objects(score: Any, has_label: Any, **columns: Any) -> Objects:
    """Objects that stand alone; the labelled ones fit their labels well."""
    n = len(score)
    rng = np.random.default_rng(1)
    zeros = np.zeros(n)
    given = {
        "detection": np.arange(n),
        "category": np.zeros(n, np.int64),
        "box": np.c_[rng.random((n, 2)) * 500, np.exp(rng.normal(3.5, 0.5, (n, 2)))],
        "score": np.asarray(score, float),
        "members": np.ones(n, np.int64),
        "taken": np.where(has_label, np.arange(n), -1),
        "iou": np.where(has_label, 0.85, 0.0),
        "kin": np.zeros(n, np.int64),
        "crowd": np.zeros(n, bool),
        "edge": np.zeros(n, bool),
        "by_source": np.asarray(score, float)[:, None],
    }
    given.update(columns)
    others = Objects.__dataclass_fields__.keys() - given.keys()
    return Objects(**given, **dict.fromkeys(others, zeros))


def detector(rng: Any, n: int = N, *, left_out: Any = 0.0) -> tuple[Any, Any, Any]:
    """Scores that are right as often as they say, which are real, and which of those carry a label."""
    score = np.clip(rng.beta(0.35, 0.3, n), 0.02, 0.999).round(4)
    real = rng.random(n) < score
    return score, real, real & (rng.random(n) >= left_out)
