"""What several people made of one label: versions told apart, and standings that agree joined."""

from collections.abc import Iterable, Mapping

import msgspec

from labelmend.project.history import Version
from labelmend.project.state import State
from labelmend.review.states import Standing

Records = tuple[tuple[int, bytes | None], ...]
"""Labels by key, each with the bytes of its record; None for a deleted one."""


def changes(records: Mapping[int, bytes | None], base: Mapping[int, bytes | None]) -> Records:
    """Those of these labels that are other than `base` has them."""
    return tuple(sorted((key, one) for key, one in records.items() if one != base[key]))


def told_apart(versions: Iterable[Version], issue: int) -> tuple[Version, ...]:
    """Each version once, with all who made it."""
    alike: dict[Records, list[Version]] = {}
    for version in versions:
        alike.setdefault(version.records, []).append(version)
    told = []
    for records, some in alike.items():
        who = ", ".join(sorted({name for one in some for name in one.who.split(", ")}))
        drawn = any(one.drawn for one in some)
        told.append(Version(issue, who, records, max(one.at for one in some), drawn))
    return tuple(sorted(told, key=lambda one: (one.who, msgspec.msgpack.encode(one.records))))


def hands(standing: Standing) -> set[str]:
    """Everybody who had a hand in what a label came to; an expert who was the first to say something too."""
    first = "" if standing.annotator else standing.expert
    return {standing.annotator, *standing.authors, standing.corrected, first} - {""}


def was_drawn(state: State, issue: int) -> bool:
    """Whether the labels of an issue are, or were before several changed them, in a sample for review."""
    standing = state.standing(issue)
    judged = standing.status == "rejected" and bool(standing.reviewer)
    drawn = judged or standing.status in ("in_review", "approved")
    return drawn or any(version.drawn for version in state.versions.get(issue, ()))


def joined(one: Standing, other: Standing) -> Standing:
    """The standing that two came to apart, with the hands of both, whoever comes first."""
    authors = sorted({*one.authors, *other.authors, one.annotator, other.annotator} - {""})
    named = ("annotator", "reviewer", "expert", "corrected", "first", "reason")
    fields = {name: min({getattr(each, name) for each in (one, other)} - {""}, default="") for name in named}
    return msgspec.structs.replace(one, authors=tuple(authors), **fields)
