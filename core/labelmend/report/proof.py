"""What proves a report: the certificates of exports, the head of the history's chain, the instructions."""

from typing import Any, Final

import msgspec

from labelmend.project.about import altered
from labelmend.project.history import Row, Step
from labelmend.project.policy import policy_of
from labelmend.project.project import Project
from labelmend.project.trials import result
from labelmend.report.chronicle import Chronicle
from labelmend.review.instructions import Instructions, changed_classes

_COUNTS: Final = ("changed", "added", "deleted")


def export_numbers(project: Project, told: Chronicle) -> list[dict[str, Any]]:
    """What the history keeps of each export's certificate; packages are exports too, and left out."""
    exports = [(row, step) for row, step in told.events if row.op == "export" and "sha256" in step.facts]
    return [_export(project, row, step) for row, step in exports]


def _export(project: Project, row: Row, step: Step) -> dict[str, Any]:
    facts, before = step.facts, len(project.dataset.annotations)
    return {
        **_who(row),
        "file": facts["file"],
        "sha256_source": project.frame.sha256,
        "sha256_export": facts["sha256"],
        "annotations_before": before,
        "annotations_after": before + int(facts["added"]) - int(facts["deleted"]),
        **{name: int(facts[name]) for name in _COUNTS},
        "held_back": facts.get("held_back"),
        "states": facts.get("states"),
        "row_sha256": row.hash.hex(),
    }


def history_numbers(project: Project, told: Chronicle) -> dict[str, Any]:
    """How long the history is, whether it is whole, its last rows, and what came in and went out."""
    last, bad = project.last_row, told.altered
    return {
        "rows": told.rows,
        "whole": bad is None,
        "tampered": "" if bad is None else altered(project.store, bad),
        "origin": last.origin,
        "head": {"row": last.seq, "at": last.at, "sha256": last.hash.hex()},
        "events": [
            _who(row) | {"op": row.op, "title": row.title, "facts": dict(step.facts)}
            for row, step in told.events
        ],
    }


def rule_numbers(project: Project, told: Chronicle) -> dict[str, Any]:
    """The rules of review in force, and when they were changed."""
    now = policy_of(project)
    return {
        "reasons": [one.text for one in now.reasons],
        "second": now.second,
        "blind": now.blind,
        "versions": [_who(row) | {"title": row.title, "undone": row.op == "undo"} for row in told.rulings],
    }


def trial_numbers(project: Project) -> list[dict[str, Any]]:
    """How each trial of the instructions came out: who answered how many labels, and what went wrong."""
    told = []
    for number in sorted(project.state.trials):
        found = result(project, number)
        told.append(
            {
                "trial": number,
                "labels": len(found.trial.asked),
                "seed": found.trial.seed,
                "people": [
                    {"name": name, "answered": answered, "right": right}
                    for name, answered, right in found.people
                ],
                "misunderstood": [
                    {"class": one.category, "kind": one.kind, "asked": one.asked, "right": one.right}
                    | {"mistakes": dict(one.mistakes)}
                    for one in found.of()
                ],
            }
        )
    return told


def _who(row: Row) -> dict[str, Any]:
    return {"row": row.seq, "at": row.at, "by": row.actor, "role": row.role}


def instruction_numbers(project: Project, told: Chronicle) -> dict[str, Any]:
    """The instructions in force, None without, and every version they had with the classes it changed."""
    now = project.state.instructions
    return {
        "in_force": None if now is None else msgspec.to_builtins(now),
        "versions": [
            {
                "version": number,
                **_who(row),
                "undone": row.op == "undo",
                "classes": changed_classes(one.before, one.after),
                "general": _general(one.before) != _general(one.after),
                "title": "" if one.after is None else one.after.title,
            }
            for number, (row, one) in enumerate(told.revisions, 1)
        ],
    }


def _general(given: Instructions | None) -> tuple[str, str]:
    return ("", "") if given is None else (given.title, given.general)
