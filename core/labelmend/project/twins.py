"""Labels that several people added: which are the same but for their keys and ids."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from typing import TYPE_CHECKING

from labelmend.coco.record import patch, read_record
from labelmend.project.history import NO_KEY, Decision, Edit, Step

if TYPE_CHECKING:
    from labelmend.project.project import Project
    from labelmend.project.state import State

Records = tuple[tuple[int, bytes | None], ...]
"""Labels by key, each with the bytes of its record; None for a deleted one."""


def apart_from_id(record: bytes) -> str:
    """The values of a record without its id, in one order. Raises BadFile when it is no object."""
    values = read_record(record)
    values.pop("id", None)
    return json.dumps(values, sort_keys=True)


def as_twin(
    project: Project, key: int, record: bytes | None, state: State | None = None
) -> tuple[int, bytes | None]:
    """A label and its record as those of the label that stands for it here, or in another state of the
    project; as they are for any other."""
    state = state or project.state
    twin = state.twin(key)
    if record is None or (twin == key and key not in state.stand_for):
        return twin, record
    return twin, patch(record, {"id": project.id_of(twin)}, style=project.styles.of_annotations())


def paired(one: Mapping[int, bytes], other: Mapping[int, bytes]) -> dict[int, int]:
    """The labels of one set with those of another that they equal but for the id; none unless all do."""
    mine, theirs = (
        sorted((apart_from_id(record), key) for key, record in some.items()) for some in (one, other)
    )
    if [told for told, _ in mine] != [told for told, _ in theirs]:
        return {}
    return {a: b for (_, a), (_, b) in zip(mine, theirs, strict=True)}


def told_by(records: Records, there: Container[int]) -> tuple[Records, tuple[str, ...]]:
    """What two who did the same have in common: the records of labels that were there, with their keys, and
    what was added, without."""
    own = [(key, one) for key, one in records if one is not None and NO_KEY < key < 0 and key not in there]
    added = tuple(sorted(apart_from_id(one) for _, one in own if one is not None))
    return tuple(pair for pair in records if pair not in own), added


def _as_named(project: Project, record: bytes | None, there: bytes | None) -> bytes | None:
    """A record with the id of its twin; the twin itself unless somebody went on from there."""
    if record is None or there is None or apart_from_id(record) == apart_from_id(there):
        return there
    return patch(record, {"id": read_record(there)["id"]}, style=project.styles.of_annotations())


def one_for_all(project: Project, twins: Mapping[int, int], there: Mapping[int, bytes | None]) -> Step:
    """The step that keeps one of each two labels that are the same: that of the earlier package, so that it
    is the same in any order of merges.

    twins: a label of a package -> the one that was added here; there: the records of the first ones.
    """
    state, edits, of = project.state, list[Edit](), dict[int, list[int]]()
    for key, here in twins.items():
        if key > here:
            stays = project.record(here)
            edits += [Edit(here, stays, None), Edit(key, None, _as_named(project, stays, there[key]))]
        for issue in sorted(set(state.issues_touching(here))):
            of.setdefault(issue, []).extend((here, key) if key > here else ())
    stands = {issue: state.standings.get(issue) for issue in of}
    return Step(
        "several added the same label: one stands for all",
        tuple(edits),
        tuple(Decision(issue, stands[issue], stands[issue], "", tuple(keys)) for issue, keys in of.items()),
        twins=tuple((min(pair), max(pair)) for pair in twins.items()),
    )
