"""A project with one systematic error: two classes swapped in a folder, and the like."""

from pathlib import Path
from typing import Any

from builders.datasets import ANN, annotation, grid, make_project
from labelmend.project.project import Project
from labelmend.review.states import Actor


def night_and_day(
    swap: tuple[int, ...] = (), lose: tuple[int, ...] = (), move: tuple[float, ...] = ()
) -> dict[str, Any]:
    """Images that a model sees well; of the first eight, in night/, labels are wrong all alike.

    swap: classes 1 and 2 as far as named; lose: classes without labels; move: pixels right and down. What
    comes back are keyword arguments of `write_dataset`.
    """
    annotations, detections = grid(24)
    night = [one for one in annotations if one["image_id"] <= 8]
    for one in night:
        if one["category_id"] in swap:
            one["category_id"] = {1: 2, 2: 1}[one["category_id"]]
        if move:
            one["bbox"] = [one["bbox"][0] + move[0], one["bbox"][1] + move[1], *one["bbox"][2:]]
    kept = [one for one in annotations if one not in night or one["category_id"] not in lose]
    folders = {8: "night", 24: "day"}
    return {"annotations": kept, "detections": detections, "images": 24, "folders": folders}


def swapped_project(folder: Path, *, actor: Actor | None = ANN) -> Project:
    """Cats and dogs swapped in night/, and one label of nothing in day/; issues found."""
    dataset = night_and_day(swap=(1, 2))
    dataset["annotations"].append(annotation(900, 20, [250, 150, 40, 60], category=3))
    return make_project(folder, actor=actor, **dataset)


def only_card(project: Project) -> int:
    """The row of the one card there is."""
    (row,) = [row for row in range(len(project.issues)) if project.issues.is_card(row)]
    return row
