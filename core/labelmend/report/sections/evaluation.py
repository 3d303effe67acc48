"""The detections, evaluated before and after the fixes."""

from collections.abc import Iterator
from typing import Any

from labelmend.report import markup
from labelmend.report.average_precision import NAMES
from labelmend.report.markup import Number


def evaluation(told: dict[str, Any]) -> Iterator[str]:
    """COCO's numbers of each model, in all and by class."""
    yield markup.text("COCO's numbers, computed by pycocotools.")
    for one in told["evaluation"]["evaluated"]:
        yield markup.heading(f"{one['detections']}, {one['by']}")
        head = ["", "before", "after", "change"]
        yield markup.table(head, [[name, *_three(one["before"][name], one["after"][name])] for name in NAMES])
        for side, why in one["left_out"].items():
            told_why = ", ".join(f"{n:,} {reason}" for reason, n in why.items())
            yield markup.text(f"Left out {side}: {told_why}.")
        yield markup.table(
            ["AP of class", *head[1:]],
            [[kind["category"], *_three(kind["before"], kind["after"])] for kind in one["classes"]],
        )


def _three(before: float | None, after: float | None) -> list[Number]:
    change = "-" if before is None or after is None else f"{after - before:+.4f}"
    sides = ["-" if one is None else f"{one:.4f}" for one in (before, after)]
    return [Number(one) for one in (*sides, change)]
