"""A project in numbers, as plain values: what came in, what was found, how it was judged, what changed."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import numpy as np

from labelmend import __version__
from labelmend.find.issues import KINDS
from labelmend.find.run import examine_models
from labelmend.progress import Progress, silent
from labelmend.project.audit import left
from labelmend.project.creation import now
from labelmend.project.export import plan
from labelmend.project.finding import find_inputs
from labelmend.project.history import AUDIT
from labelmend.project.imported import get_faults
from labelmend.project.issue_table import GONE
from labelmend.project.project import Project
from labelmend.project.sampling import batches
from labelmend.report.agreed import agreement_numbers
from labelmend.report.average_precision import NAMES
from labelmend.report.chronicle import read_chronicle
from labelmend.report.course import course_numbers
from labelmend.report.drawn import draw_numbers
from labelmend.report.evaluation import KIND_NAMES, Compared, Evaluated
from labelmend.report.fixes import Chosen, choose, fix_numbers
from labelmend.report.proof import (
    export_numbers,
    history_numbers,
    instruction_numbers,
    rule_numbers,
    trial_numbers,
)
from labelmend.report.reliability import reliability, taught_reliability
from labelmend.review.states import STATUSES


def numbers(
    project: Project,
    *,
    every_fix: bool = False,
    evaluated: Evaluated | None = None,
    chosen: Chosen | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Everything that the report says. evaluated: what `evaluate` found, with the same `every_fix`; chosen:
    the fixes that are shown, if they were chosen already."""
    told = {"project": project.name, "written": now(), "program": f"Labelmend {__version__}"}
    chronicle = read_chronicle(project)
    parts: dict[str, Callable[[], Any]] = {
        "imported": partial(_imported, project),
        "checkup": partial(_checkup, project),
        "kinds": partial(_kinds, project),
        "reliability": partial(reliability, project),
        "taught_reliability": partial(taught_reliability, project),
        "quality": partial(_quality, project),
        "course": partial(course_numbers, project),
        "agreement": partial(agreement_numbers, project),
        "draws": partial(draw_numbers, project, chronicle),
        "instructions": partial(instruction_numbers, project, chronicle),
        "rules": partial(rule_numbers, project, chronicle),
        "trials": partial(trial_numbers, project),
        "exports": partial(export_numbers, project, chronicle),
        "history": partial(history_numbers, project, chronicle),
        "fixes": lambda: fix_numbers(project, chosen or choose(project)),
        "changes": partial(_changes, project, every_fix=every_fix),
    }
    if evaluated is not None:
        parts["evaluation"] = partial(evaluation_numbers, project, evaluated, per_class=True)
    for number, (name, tell) in enumerate(parts.items()):
        progress(number, len(parts))
        told[name] = tell()
    progress(len(parts), len(parts))
    return told


def _imported(project: Project) -> dict[str, Any]:
    return {
        "at": project.store.history([1])[0].at,
        "annotations": {
            "file": project.frame.name,
            "sha256": project.frame.sha256,
            "images": project.n_images,
            "annotations": len(project.dataset.annotations),
            "classes": len(project.categories),
        },
        "detections": [
            {"file": one["name"], "sha256": one["sha256"], "detections": one["count"]}
            for one in project.store.get("detections", ())
        ],
        "faults": sum(len(get_faults(project.store, name)) for name in ("faults", "detection faults")),
    }


def _checkup(project: Project) -> dict[str, Any]:
    sentences, misfit = examine_models(find_inputs(project))
    return {"sentences": list(sentences), "misfit": misfit}


def _kinds(project: Project) -> list[dict[str, Any]]:
    """Of each kind: issues, how many of them are expected to be real, how many are in each state."""
    table, out = project.issues, []
    audited = [note.id for note in project.state.notes.values() if note.kind == AUDIT]
    counted = (table.status != GONE) & ~np.isin(table.id, np.array(audited, np.int64))
    for number, kind in enumerate(KINDS):
        rows = (table.kind == number) & counted
        states = np.bincount(table.status[rows], minlength=len(STATUSES)).tolist()
        out.append(
            {
                "kind": kind,
                "issues": int(rows.sum()),
                "expected": float(table.score[rows].sum()),
                "states": {state: n for state, n in zip(STATUSES, states, strict=True) if n},
            }
        )
    return out


def _quality(project: Project) -> dict[str, Any]:
    """How the batches of the last acceptance plans fared, and what the last audit says is left."""
    return {
        "batches": [msgspec.to_builtins(one) | {"sentence": one.sentence} for one in batches(project)],
        "audit": [msgspec.to_builtins(one) | {"sentence": one.sentence} for one in left(project)],
    }


# -------------------------------------------------------------------- changes
def _changes(project: Project, *, every_fix: bool) -> dict[str, Any]:
    """What an export would write now, in all and class by class (where something differs)."""
    going = plan(project, every_fix=every_fix)
    before = project.dataset.annotations.category
    names, counts = project.categories.name, np.zeros((2, len(project.categories) + 1), np.int64)
    counts[0] = np.bincount(before + 1, minlength=len(names) + 1)
    counts[1] = counts[0]
    for key, record in going.changed.items():
        counts[1][before[key] + 1] -= 1
        if record is not None:
            counts[1][project.read_annotation(key, record).category + 1] += 1
    for record in going.added:
        counts[1][project.read_annotation(-1, record).category + 1] += 1
    deleted = sum(record is None for record in going.changed.values())
    return {
        "changed": len(going.changed) - deleted,
        "added": len(going.added),
        "deleted": deleted,
        "held_back": len(going.held_back),
        "classes": [
            {"category": names[row - 1] if row else None, "before": int(old), "after": int(new)}
            for row, (old, new) in enumerate(counts.T)
            if old != new
        ],
    }


# -------------------------------------------------------------------- evaluation
def evaluation_numbers(project: Project, found: Evaluated, *, per_class: bool) -> dict[str, Any]:
    """The evaluation as plain values; a number that COCOeval does not give is None."""
    names = project.categories.name

    def of_class(one: Compared, row: int) -> dict[str, Any]:
        before, after = _number(one.before.by_class[row]), _number(one.after.by_class[row])
        return {
            "category_id": project.category_ids.id_of(row),
            "category": names[row],
            "before": before,
            "after": after,
            "annotations_before": int(found.number[row, 0]),
            "annotations_after": int(found.number[row, 1]),
        }

    evaluated = []
    for one in found.compared:
        told: dict[str, Any] = {"detections": one.model, "by": KIND_NAMES[one.kind]}
        for side, figures in (("before", one.before), ("after", one.after)):
            told[side] = dict(zip(NAMES, map(_number, figures.numbers), strict=True))
        if per_class:
            gain = np.nan_to_num(one.after.by_class) - np.nan_to_num(one.before.by_class)
            told["classes"] = [of_class(one, int(row)) for row in np.argsort(-np.abs(gain), kind="stable")]
        evaluated.append(told | {"left_out": one.left_out})
    return {
        "annotations_before": found.annotations[0],
        "annotations_after": found.annotations[1],
        "changed": found.changed,
        "added": found.added,
        "deleted": found.deleted,
        "suggestions_accepted": found.accepted,
        "evaluated": evaluated,
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
