"""How far people agree, as plain values: pair by pair, and whether they follow the model."""

import math
from typing import Any

from labelmend.project.agreeing import Pair, agreement_of
from labelmend.project.project import Project


def agreement_numbers(project: Project) -> dict[str, Any]:
    """The agreement of a project (see project/agreeing.py); what is not defined is None."""
    told = agreement_of(project)
    return {
        "pairs": [_pair(one) for one in told.pairs],
        "followed": {"labels": told.followed.n, "sentence": told.followed.sentence},
        "looks_left": told.looks_left,
        "seconds_left": told.seconds_left,
    }


def _pair(one: Pair) -> dict[str, Any]:
    low, high = one.interval
    kappa, classes, shapes = one.verdicts, one.classes, one.shapes
    has_classes, has_shapes = classes is not None and classes.n > 0, shapes is not None and shapes.n > 0
    return {
        "one": one.one,
        "other": one.other,
        "how": one.how,
        "labels": one.n,
        "agreed": one.agreed,
        "share": one.agreed / one.n,
        "low": low,
        "high": high,
        "kappa": kappa.value,
        "kappa_low": None if kappa.interval is None else kappa.interval[0],
        "kappa_high": None if kappa.interval is None else kappa.interval[1],
        "no_kappa": kappa.why if kappa.value is None else None,
        "classes": classes.n if classes is not None else 0,
        "class_share": _number(classes.observed) if classes is not None and has_classes else None,
        "class_kappa": classes.value if classes is not None and has_classes else None,
        "shapes": shapes.n if shapes is not None else 0,
        "iou_mean": _number(shapes.mean) if shapes is not None and has_shapes else None,
        "iou_median": _number(shapes.median) if shapes is not None and has_shapes else None,
        "sentence": one.sentence,
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
