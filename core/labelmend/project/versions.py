"""What several people made of one label: versions told apart, and standings that agree joined."""

from collections.abc import Callable, Container, Iterable, Mapping

import msgspec

from labelmend.project.history import Decision, Row, Version
from labelmend.project.project import Project
from labelmend.project.state import State
from labelmend.project.twins import Records, told_by
from labelmend.review.rules import is_sent_back
from labelmend.review.states import FLAGGED, Standing


def base_of(project: Project, issue: int) -> dict[int, bytes | None]:
    """The labels that the versions of an issue are about, as they were before anybody changed them."""
    return base_in(project.state, project.record, issue)


def base_in(state: State, record: Callable[[int], bytes | None], issue: int) -> dict[int, bytes | None]:
    """The same of what a history comes to; record: gives what a label is now."""
    keys = {key for version in state.versions_of(issue) for key, _ in version.records}
    before = state.before(issue)
    return {key: before[key] if key in before else record(key) for key in sorted(keys | before.keys())}


def changed_nothing(version: Version, base: Mapping[int, bytes | None]) -> bool:
    """Whether a version is the original itself."""
    return all(base[key] == record for key, record in version.records)


def changes(records: Mapping[int, bytes | None], base: Mapping[int, bytes | None]) -> Records:
    """Those of these labels that are other than `base` has them."""
    return tuple(sorted((key, one) for key, one in records.items() if one != base[key]))


def told_apart(versions: Iterable[Version], issue: int, there: Container[int]) -> tuple[Version, ...]:
    """Each version once, with all who made it; there: the labels that were there before.

    Of labels that several added alike the same one stands for all, whoever comes first.
    """
    alike: dict[tuple[Records, tuple[str, ...]], list[Version]] = {}
    for version in versions:
        alike.setdefault(told_by(version.records, there), []).append(version)
    told = []
    for some in alike.values():
        records = max((one.records for one in some), key=lambda records: [key for key, _ in records])
        who = ", ".join(sorted({name for one in some for name in one.who.split(", ")}))
        drawn = any(one.drawn for one in some)
        said = tuple(sorted({each for one in some for each in one.said}))
        told.append(Version(issue, who, records, max(one.at for one in some), drawn, said))
    return tuple(sorted(told, key=lambda one: (one.who, msgspec.msgpack.encode(one.records))))


def hands(standing: Standing) -> set[str]:
    """Everybody who had a hand in what a label came to; an expert who was the first to say something too."""
    first = "" if standing.annotator else standing.expert
    return {standing.annotator, *standing.authors, standing.corrected, first} - {""}


def said_in(rows: Iterable[Row], issues: Container[int]) -> tuple[tuple[str, str], ...]:
    """The last word of each person about these issues in these rows of a history, by name."""
    words = dict[str, str]()
    for row in rows:
        for one in row.step().decisions if row.actor else ():
            if one.issue in issues:
                words[row.actor] = _word(one, row.role)
    return tuple(sorted((who, word) for who, word in words.items() if word))


def _word(decision: Decision, role: str) -> str:
    """What somebody said by a decision; "" for a correction, and for what was taken back."""
    before, after = decision.before or FLAGGED, decision.after or FLAGGED
    if role == "annotator":
        return after.status if after.status in ("fixed", "dismissed", "ambiguous") else ""
    if role == "reviewer":
        first = after.status == "in_review" and after.first != before.first
        return "approved" if first else after.status if after.status in ("approved", "rejected") else ""
    if after.status == "decided":
        return after.outcome
    return "sent back" if is_sent_back(after) else ""


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
