"""Every sample that was drawn, in numbers: with them anybody can draw it again, and see what came of it."""

from collections.abc import Iterable
from typing import Any

import msgspec

from labelmend.project.audit import left_of
from labelmend.project.history import Draw, Row, Step
from labelmend.project.project import Project
from labelmend.project.sampling import batches_of, is_open, is_wrong
from labelmend.report.chronicle import Chronicle


def draw_numbers(project: Project, told: Chronicle) -> list[dict[str, Any]]:
    """Draws and audits, oldest first.

    what: "rates", "plans", "rest" or "audit"; frame and drawn: how many labels; strata: the same of each rate
    apart, with how the drawn ones fared; results: of plans and audits what they say, in sentences too.
    """
    found = [(row.seq, _draw(project, row, draw)) for row, draw in told.draws]
    found += [(row.seq, _audit(project, row, step)) for row, step in told.audits]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _draw(project: Project, row: Row, draw: Draw) -> dict[str, Any]:
    strata = draw.strata
    what = "plans" if draw.plans else "rates"
    if len(strata) == 1 and strata[0].rate == 1.0 and strata[0].frame == strata[0].drawn and draw.seed == 0:
        what = "rest" if strata[0].title.startswith("the rest") else what
    whole = {"title": "all labels", "rate": draw.rate, "frame": len(draw.frame)}
    fared = [
        {"title": one.title, "rate": one.rate, "frame": len(one.frame)} | _fared(project, one.drawn)
        for one in strata
    ]
    return _told(row, what, draw.seed, len(draw.frame)) | {
        "drawn": len(draw.drawn),
        "rates": None if draw.rates is None else msgspec.to_builtins(draw.rates),
        "strata": fared or [whole | _fared(project, draw.drawn)],
        "again": [
            {"title": one.title, "rate": one.rate, "frame": len(one.frame), "drawn": len(one.drawn)}
            for one in (draw.second, draw.blind)
            if one is not None
        ],
        "results": [
            msgspec.to_builtins(one) | {"refused": one.refused, "sentence": one.sentence}
            for one in (batches_of(project, draw) if draw.plans else ())
        ],
    }


def _audit(project: Project, row: Row, step: Step) -> dict[str, Any]:
    size = int(step.facts["labels"])
    drawn = [note.id for note in step.notes]
    stratum = {"title": "labels that nothing was said of", "rate": len(drawn) / size, "frame": size}
    results = left_of(project, step)
    return _told(row, "audit", int(step.facts["seed"]), size) | {
        "drawn": len(drawn),
        "rates": None,
        "again": [],
        "strata": [stratum | _fared(project, drawn)] if results else [],
        "results": [msgspec.to_builtins(one) | {"sentence": one.sentence} for one in results],
    }


def _told(row: Row, what: str, seed: int, frame: int) -> dict[str, Any]:
    return {
        "row": row.seq,
        "at": row.at,
        "by": row.actor,
        "role": row.role,
        "what": what,
        "title": row.title,
        "seed": seed,
        "frame": frame,
    }


def _fared(project: Project, drawn: Iterable[int]) -> dict[str, int]:
    """How drawn labels stand now: wrong are those that were rejected and that no expert let stand; elsewhere
    those that a merge put under another issue, which is judged for them."""
    standings = [project.standing(issue) for issue in drawn]
    still = sum(is_open(one) for one in standings)
    wrong = sum(is_wrong(one) for one in standings)
    elsewhere = sum(one.outcome == "merged" and not is_open(one) for one in standings)
    right = len(standings) - still - wrong - elsewhere
    return {"drawn": len(standings), "open": still, "wrong": wrong, "right": right, "elsewhere": elsewhere}
