"""How far two people said the same of the same labels."""

from collections.abc import Iterator
from typing import Any

from labelmend.report import markup
from labelmend.report.markup import Cell, Number


def agreement(told: dict[str, Any]) -> Iterator[str]:
    """Pair by pair, who disagree most first, and whether people follow the model."""
    given = told["agreement"]
    if not given["pairs"]:
        yield markup.text("No two people have judged the same label yet.")
    else:
        yield markup.text(
            "Alike are the labels of which both said the same. Cohen's kappa leaves out what would be alike "
            "by chance: 0 is chance, 1 is all alike. A reviewer sees what the annotator did, so a review has "
            "no kappa; a second look and a trial are blind."
        )
        head = ["one", "the other", "how", "labels", "alike", "95 %", "kappa", "same class", "IoU"]
        yield markup.table(head, [_pair_row(one) for one in given["pairs"]])
    if given["followed"]["labels"]:
        yield markup.text(given["followed"]["sentence"])
    for name, what in (("looks_left", "to be judged blind"), ("seconds_left", "for a second reviewer")):
        if given[name]:
            yield markup.text(f"{given[name]:,} labels wait {what}.")


def _pair_row(one: dict[str, Any]) -> list[Cell]:
    kappa = "" if one["kappa"] is None else f"{one['kappa']:.2f}"
    if one["kappa_low"] is not None:
        kappa += f" ({one['kappa_low']:.2f} to {one['kappa_high']:.2f})"
    return [
        one["one"],
        one["other"],
        one["how"],
        one["labels"],
        markup.percent(one["share"]),
        markup.between([one["low"], one["high"]], digits=0),
        Number(kappa),
        markup.percent(one["class_share"]),
        Number("" if one["iou_mean"] is None else f"{one['iou_mean']:.2f}"),
    ]
