"""What is judged, reviewed and decided, as steps: each function looks at the project and returns a step."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from labelmend.errors import LabelmendError, NotThere, Refused
from labelmend.project.annotation import Suggestion
from labelmend.project.decided import is_mended
from labelmend.project.editing import actor_of, composed, patched, present, require_free
from labelmend.project.edits import masked, reshaped, resized
from labelmend.project.history import NO_KEY, Decision, Edit, Note, Step
from labelmend.project.issue_table import GONE
from labelmend.project.policy import policy_of
from labelmend.project.project import Project
from labelmend.project.suggesting import suggestion
from labelmend.project.versions import base_of, changed_nothing
from labelmend.review import rules
from labelmend.review.rules import Outcome
from labelmend.review.states import FLAGGED


# -------------------------------------------------------------------- verdicts
def accept(project: Project, issue: int, *, comment: str = "") -> Step:
    """Do what the finder suggests, or keep what was done under this issue already.

    Raises Refused when there is no suggestion.
    """
    row = _row(project, issue)
    if is_mended(project, issue):
        return _judge(project, issue, "fixed", "keep the fix", comment=comment)
    proposed = suggestion(project, row)
    if proposed is None:
        raise Refused("There is no suggestion to accept here: fix it by hand, or say that it is no error.")
    edits = _all_suggested(project, row, proposed)
    for edit in edits:
        require_free(project, edit.key, issue)
    return _judge(project, issue, "accepted", "accept the suggestion", edits=edits, comment=comment)


def remark(project: Project, issue: int, comment: str) -> Step:
    """An annotator says something of what they have judged already; the verdict stays."""
    return _judge(project, issue, project.standing(issue).verdict, "comment", comment=comment)


def dismiss(project: Project, issue: int, *, comment: str = "") -> Step:
    """Say that an issue is no error; what was changed under it goes back."""
    return _judge(
        project, issue, "dismissed", "not an error", edits=_restored(project, issue), comment=comment
    )


def ambiguous(project: Project, issue: int, *, comment: str = "") -> Step:
    """Say that one cannot tell: the expert decides. Raises Refused for the card of a cluster."""
    if project.issues.is_card(_row(project, issue)):
        raise Refused("A systematic error is accepted, or dismissed and its labels judged one by one.")
    return _judge(project, issue, "ambiguous", "cannot tell", comment=comment)


def reopen(project: Project, issue: int, *, comment: str = "") -> Step:
    """Return a judged issue to Fix; its label stays as it is now."""
    if project.issues.is_card(_row(project, issue)):
        raise Refused("A systematic error is reopened label by label; undo takes all of it back.")
    after = rules.reopened(project.standing(issue), actor_of(project))
    decision = Decision(issue, project.state.standings.get(issue), after, comment)
    return Step(title="reopen", decisions=(decision,))


def may_reopen(project: Project, issue: int) -> bool:
    """Whether `reopen` would not be refused."""
    row = project.issues.row_of(issue)
    card = row < 0 or project.issues.is_card(row)
    return not card and rules.may_reopen(project.standing(issue), project.actor)


def approve(project: Project, issue: int, *, comment: str = "") -> Step:
    """A reviewer agrees with what the annotator did."""
    return _review(project, issue, approve=True, comment=comment)


def reject(project: Project, issue: int, *, reason: str, comment: str = "") -> Step:
    """A reviewer disagrees: the expert decides. The reason is one of the policy's, or any other words."""
    listed = policy_of(project).reason(reason)
    if not listed:
        comment = " ".join(words for words in (reason.strip(), comment) if words)
    return _review(project, issue, approve=False, reason=listed, comment=comment)


def decide(project: Project, issue: int, outcome: Outcome, *, comment: str = "") -> Step:
    """An expert decides; "original stands" puts back what was before."""
    actor, stands = actor_of(project), project.standing(issue)
    if stands.status == "conflict" and outcome == "fix stands":
        outcome = "corrected" if stands.corrected else "original stands"  # to which the labels were put back
    edits = _restored(project, issue) if outcome == "original stands" else ()
    if stands.status == "conflict" and outcome == "original stands" and _was_drawn_so(project, issue):
        outcome = "fix stands"
    after = rules.decided(stands, actor, outcome, comment=comment)
    decision = Decision(issue, project.state.standings.get(issue), after, comment)
    came_to = after.outcome if after.status == "decided" else outcome
    told = "kept as it is now" if came_to == "fix stands" else came_to  # there may have been no fix
    return Step(title=f"expert: {told}", edits=edits, decisions=(decision,))


def take_version(project: Project, issue: int, number: int, *, comment: str = "") -> Step:
    """Take one of the versions that several people made of a label. Raises Refused.

    An expert decides by it, an annotator answers by it what the expert sent back. Of a label that was drawn
    for review, what it was then stands by that; any other version corrects it.
    """
    versions = project.state.versions_of(issue)
    if not 0 <= number < len(versions):
        raise Refused("There is no such version of this label: nobody else changed it.")
    taken, base = versions[number], base_of(project, issue)
    actor, standing = actor_of(project), project.standing(issue)
    if rules.is_sent_back(standing):
        same = changed_nothing(taken, base)
        after = rules.judged(standing, actor, "dismissed" if same else "fixed")
    elif taken.drawn or changed_nothing(taken, base):
        outcome: Outcome = "fix stands" if taken.drawn else "original stands"
        after = rules.decided(standing, actor, outcome, comment="", as_drawn=taken.drawn)
    else:
        after = rules.decided(rules.edited(standing, actor), actor, "corrected", comment="")
    edits = [
        Edit(key, project.record(key), record)
        for key, record in (base | dict(taken.records)).items()
        if key != NO_KEY and record != project.record(key)
    ]
    edits += [
        _drawn_blind(project, issue, record) for key, record in taken.records if key == NO_KEY and record
    ]
    for edit in edits:
        require_free(project, edit.key, issue)
    decision = Decision(issue, project.state.standings.get(issue), after, comment)
    title = (
        f"take {taken.who}'s version" if rules.is_sent_back(standing) else f"expert: {taken.who}'s version"
    )
    return Step(title=title, edits=tuple(edits), decisions=(decision,))


def take_suggestion(project: Project, issue: int, *, comment: str = "") -> Step:
    """An expert does what the finder suggests, of a label that nobody mended. Raises Refused."""
    row = _row(project, issue)
    after = rules.edited(project.standing(issue), actor_of(project))
    after = rules.decided(after, actor_of(project), "corrected", comment=comment)
    proposed = suggestion(project, row)
    if proposed is None:
        raise Refused("There is no suggestion to take here: correct the label by hand, or decide otherwise.")
    edits = _all_suggested(project, row, proposed)
    decision = Decision(issue, project.state.standings.get(issue), after, comment)
    return Step(title="expert: take the suggestion", edits=tuple(edits), decisions=(decision,))


def note_picture(project: Project, image: int, why: LabelmendError) -> Step | None:
    """Note why a picture cannot be shown; None when something of the kind is noted already."""
    table = project.issues
    of_it = (table.image == image) & (table.columns.annotation == NO_KEY) & (table.category < 0)
    if (of_it & (table.status != GONE)).any():
        return None
    gone = isinstance(why, NotThere)
    note = Note(project.new_issue(), "structure", image, NO_KEY, -1, (np.nan,) * 4, str(why), gone)
    return Step(title="note a picture", decisions=(Decision(note.id, None, FLAGGED),), notes=(note,))


# -------------------------------------------------------------------- how steps are made
def _row(project: Project, issue: int) -> int:
    row = project.issues.row_of(issue)
    if row < 0:
        raise Refused(f"There is no issue {issue}.")
    return row


def _all_suggested(project: Project, row: int, proposed: Suggestion) -> list[Edit]:
    edits = [_suggested(project, row, proposed)]
    edits += [Edit(key, project.record(key), None) for key in proposed.drop]
    for other in proposed.also:
        edits.append(_added(project, row, other, beside=[e for e in edits if e.before is None]))
    return edits


def _suggested(project: Project, row: int, proposed: Suggestion) -> Edit:
    key = int(project.issues.annotation[row])
    if proposed.fix == "create":
        return _added(project, row, proposed)
    if proposed.fix == "delete":
        before = project.record(key)
        if before is None:
            raise Refused("This label is deleted already.")
        return Edit(key, before, None)
    if proposed.fix == "category":
        return patched(project, key, {"category_id": project.category_ids.id_of(proposed.category)})
    if proposed.rle is not None:
        return patched(project, key, masked(proposed.rle, like=present(project, key).rle))
    if proposed.polygons and proposed.outline != "stretched":
        return patched(project, key, reshaped(proposed.polygons))
    if proposed.bbox is None:
        raise Refused("This suggestion has no box.")
    return patched(project, key, resized(present(project, key), proposed.bbox))


def _added(project: Project, row: int, proposed: Suggestion, *, beside: Sequence[Edit] = ()) -> Edit:
    """A new label where an issue is; beside are the others that the same step adds."""
    return composed(
        project,
        int(project.issues.image[row]),
        proposed.category,
        bbox=proposed.bbox,
        polygons=proposed.polygons,
        rle=proposed.rle,
        beside=beside,
    )


def _drawn_blind(project: Project, issue: int, record: bytes) -> Edit:
    """A label that somebody drew where none was, on a sheet, as a label of the project."""
    seen = project.read_annotation(NO_KEY, record)
    image = int(project.issues.image[_row(project, issue)])
    return composed(
        project, image, seen.category, bbox=seen.bbox, polygons=seen.polygons or None, rle=seen.rle
    )


def _was_drawn_so(project: Project, issue: int) -> bool:
    """Whether it is the original that was drawn for review, and that several then judged differently."""
    versions, base = project.state.versions.get(issue, ()), base_of(project, issue)
    return any(one.drawn and changed_nothing(one, base) for one in versions)


def _judge(
    project: Project, issue: int, verdict: Any, title: str, *, edits: Iterable[Edit] = (), comment: str = ""
) -> Step:
    _row(project, issue)
    after = rules.judged(project.standing(issue), actor_of(project), verdict)
    decision = Decision(issue, project.state.standings.get(issue), after, comment)
    return Step(title=title, edits=tuple(edits), decisions=(decision,))


def _review(project: Project, issue: int, *, approve: bool, comment: str, reason: str = "") -> Step:
    _row(project, issue)
    stands, actor = project.standing(issue), actor_of(project)
    after = rules.reviewed(stands, actor, approve=approve, reason=reason, comment=comment)
    decision = Decision(issue, project.state.standings.get(issue), after, comment)
    approved = "approve with a correction" if actor.is_person(stands.corrected) else "approve"
    return Step(title=approved if approve else "reject", decisions=(decision,))


def _restored(project: Project, issue: int) -> tuple[Edit, ...]:
    """Edits that put back what was changed under this issue.

    Raises Refused when the same label was changed later under another issue: that would be lost; and to an
    annotator while another issue has it in review or before the expert.
    """
    before = project.state.before(issue)
    now = {key: project.record(key) for key in before}
    edits = tuple(Edit(key, now[key], value) for key, value in before.items() if now[key] != value)
    other = project.state.later_issue(issue) if edits else None
    if other is not None:
        kind = project.issues.kind_of(project.issues.row_of(other))
        raise Refused(
            f"This label was changed again under another issue ({kind}); putting it back would undo that. "
            "Correct it by hand, or undo the later change first."
        )
    for edit in edits:
        require_free(project, edit.key, issue)
    return edits
