"""What several people made of one label: versions told apart, and standings that agree joined."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from labelmend.project.history import Decision, Row, Version
from labelmend.project.twins import Records, told_by
from labelmend.review.rules import is_sent_back
from labelmend.review.states import FLAGGED, Standing

if TYPE_CHECKING:
    from labelmend.project.project import Project
    from labelmend.project.state import State


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
        who = ", ".join(sorted({name for one in some for name in one.who.split(", ")} - {""}))
        drawn = any(one.drawn for one in some)
        said = tuple(sorted({each for one in some for each in one.said}))
        told.append(Version(issue, who, records, max(one.at for one in some), drawn, said))
    return tuple(sorted(told, key=lambda one: (one.who, msgspec.msgpack.encode(one.records))))


def hands(standing: Standing) -> set[str]:
    """Everybody who had a hand in what a label came to; an expert who was the first to say something too."""
    first = "" if standing.annotator else standing.expert
    return {standing.annotator, *standing.authors, standing.corrected, first} - {""}


def said_in(rows: Iterable[Row], issues: Container[int]) -> tuple[tuple[str, str], ...]:
    """The last word of each person about these issues in these rows of a history, by name; oldest first.

    Where versions were told, these say what was said before, whatever of it is in this history.
    """
    rows = list(rows)
    told = max((n for n, row in enumerate(rows) if row.step().versions), default=-1)
    words = dict(pair for one in (rows[told].step().versions if told >= 0 else ()) for pair in one.said)
    back = {row.of: row.op == "undo" for row in rows if row.of is not None}
    for row in sorted(rows[told + 1 :], key=lambda row: row.at):
        if not row.actor or row.of is not None or back.get(row.seq):
            continue
        for one in row.step().judged:
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


def at_draw(rows: Sequence[Row], issue: int, shared: int) -> dict[int, bytes | None] | None:
    """The labels that were changed since an issue was drawn for review, as they were then; None where it was
    not drawn, or an annotator had judged it since when it was shared.

    rows: those of the history about it (and others), oldest first; shared: the last one before that.
    """
    then = dict[int, bytes | None]()
    for row in reversed(rows):
        step = row.step()
        own = next((one for one in step.decisions if one.issue == issue), None)
        by_note = own is not None and own.after is not None and own.after.status == "in_review"
        if row.op == "draw" and (by_note or (step.draw is not None and issue in step.draw.drawn)):
            return then
        by_annotator = row.role == "annotator" and row.op != "answer" and row.seq <= shared
        if own is not None and own.keys != () and by_annotator:
            return None
        then |= {edit.key: edit.before for edit in step.edits}
    return None


def was_drawn(state: State, issue: int) -> bool:
    """Whether the labels of an issue are, or were before several changed them, in a sample for review."""
    standing = state.standing(issue)
    judged = standing.status == "rejected" and bool(standing.reviewer)
    drawn = judged or standing.status in ("in_review", "approved")
    return drawn or any(version.drawn for version in state.versions.get(issue, ()))


def joined(one: Standing, other: Standing, *, now: bool) -> Standing:
    """The standing that two came to apart, with the hands of both, whoever comes first.

    now: whether it is still what both came to; else somebody went on from there, and that stands.
    """
    authors = sorted({*one.authors, *other.authors, one.annotator, other.annotator} - {""})
    if not now:
        return msgspec.structs.replace(one, authors=tuple(authors))
    named = ("annotator", "reviewer", "expert", "corrected", "first", "reason", "outcome")
    fields = {name: min({getattr(each, name) for each in (one, other)} - {""}, default="") for name in named}
    others = {one.corrected, other.corrected} - {fields["corrected"], ""}
    return msgspec.structs.replace(one, authors=tuple(sorted({*authors, *others})), **fields)


def carried(decision: Decision, stands: Standing | None, role: str) -> Decision:
    """A decision of a package over what stands here, where others had a hand in the same too."""
    before, after = decision.before, decision.after
    if stands == before or stands is None or before is None:
        return decision
    if after is None or not after.annotator:
        return msgspec.structs.replace(decision, before=stands)
    others = hands(stands) - hands(before)
    authors = tuple(sorted({*after.authors, *others})) if others else after.authors
    annotator = after.annotator if role == "annotator" else stands.annotator
    after = msgspec.structs.replace(after, authors=authors, annotator=annotator)
    return msgspec.structs.replace(decision, before=stands, after=after)


def together(one: Version, later: Version, *, records: Records) -> Version:
    """A version that goes on from another, with who made that one and what they said."""
    who = ", ".join(sorted({*one.who.split(", "), *later.who.split(", ")} - {""}))
    said = tuple(sorted((dict(one.said) | dict(later.said)).items()))
    return Version(later.issue, who, records, max(one.at, later.at), one.drawn and later.drawn, said)
