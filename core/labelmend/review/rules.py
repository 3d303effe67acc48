"""Who may do what to an issue, and what state it is in afterwards: pure rules on small values."""

from typing import Final, Literal

import msgspec

from labelmend.errors import Refused
from labelmend.review.states import QUEUES, Actor, Role, Standing, Status, Verdict

Outcome = Literal["fix stands", "original stands", "corrected", "sent back"]
_WORK: Final[dict[Role, str]] = {
    "annotator": "fixes the flagged labels",
    "reviewer": "approves or rejects the drawn sample",
    "expert": "decides on rejected and ambiguous labels and on conflicts",
    "lead": "sets the rules and looks on",
}
_ONLY: Final[dict[Role, str]] = {
    "annotator": "an annotator",
    "reviewer": "a reviewer",
    "expert": "an expert",
    "lead": "the lead",
}

LOOKED_AT: Final[tuple[Status, ...]] = ("done", "in_review", "approved")
"""The states of a label that can be judged blind: drawn from, and nobody doubts it yet."""


def _need_role(actor: Actor, role: Role, act: str) -> None:
    if actor.role != role:
        raise Refused(
            f"Only {_ONLY[role]} can {act}; you work as {actor.role}, who {_WORK[actor.role]}. "
            "Switch with File > Who is working.",
            remedy="switch_person",
        )


def judged(standing: Standing, actor: Actor, verdict: Verdict) -> Standing:
    """The standing after an annotator's verdict on a flagged (or already judged, not yet drawn) issue.

    Raises Refused when the role is another, or the issue is past the annotator's hands.
    """
    _need_role(actor, "annotator", "give a verdict here")
    if standing.status not in ("flagged", "fixed", "dismissed", "ambiguous", "done"):
        raise Refused(
            f"This label is {standing.status.replace('_', ' ')}: it is no longer the annotator's to judge."
        )
    status: Literal["fixed", "dismissed", "ambiguous"] = (
        "fixed"
        if verdict in ("accepted", "fixed")
        else "dismissed"
        if verdict == "dismissed"
        else "ambiguous"
    )
    authors = _with_hand(_with_hand(standing.authors, standing.corrected), actor.name)
    return Standing(status=status, verdict=verdict, annotator=actor.name, authors=authors)


def _with_hand(authors: tuple[str, ...], name: str) -> tuple[str, ...]:
    """The authors with somebody else whose hand the label went through."""
    known = not name or any(Actor(name, "annotator").is_person(other) for other in authors)
    return authors if known else (*authors, name)


def is_own_work(standing: Standing, actor: Actor) -> bool:
    """Whether this person had a hand in the fix."""
    return any(actor.is_person(name) for name in (standing.annotator, *standing.authors))


def edited(standing: Standing, actor: Actor) -> Standing:
    """The standing after somebody changed the label of this issue by hand.

    A reviewer and an expert correct what is before them: it stays there until they approve it or decide.
    Raises Refused for what is not before them, and for their own work.
    """
    if actor.role == "reviewer":
        _require_in_review(standing, actor)
        return _corrected(standing, actor)
    if actor.role == "expert":
        if is_own_work(standing, actor):
            raise Refused("This is your own work: another expert has to decide.")
        if standing.status in QUEUES["expert"]:
            return _corrected(standing, actor)
        if standing.status == "decided" or not standing.annotator:
            verdict = standing.verdict or "fixed"
            after = msgspec.structs.replace(standing, status="decided", verdict=verdict, expert=actor.name)
            return _corrected(after, actor) if standing.annotator else after
        raise Refused("An expert changes only rejected and ambiguous labels and those in conflict.")
    _need_role(actor, "annotator", "change this label")
    return judged(standing, actor, "fixed")


def _corrected(standing: Standing, actor: Actor) -> Standing:
    authors = standing.authors
    if not actor.is_person(standing.corrected):
        authors = _with_hand(authors, standing.corrected)
    return msgspec.structs.replace(standing, corrected=actor.name, authors=authors)


def reviewed(
    standing: Standing, actor: Actor, *, approve: bool, reason: str = "", comment: str = ""
) -> Standing:
    """The standing after a review; nobody reviews their own work.

    A rejection needs a reason of the policy's, or words. Who corrected the label approves it so, or takes the
    correction back; from then on the label is their work too. A label that a second person looks at stays in
    review when the first one has approved it. Raises Refused.
    """
    _need_role(actor, "reviewer", "review")
    _require_in_review(standing, actor)
    if not approve and not (reason.strip() or comment.strip()):
        raise Refused("A rejection needs a reason: choose one, or write a sentence for who reads it.")
    if not approve and actor.is_person(standing.corrected):
        raise Refused("You corrected this label: approve it so, or undo the correction before you reject it.")
    authors = _with_hand(standing.authors, standing.corrected)
    after = msgspec.structs.replace(standing, reviewer=actor.name, reason=reason, authors=authors)
    if approve and standing.second and not standing.first:
        return msgspec.structs.replace(after, first=actor.name)
    return msgspec.structs.replace(after, status="approved" if approve else "rejected")


def _require_in_review(standing: Standing, actor: Actor) -> None:
    if standing.status != "in_review":
        raise Refused("This label is not in the review sample: a reviewer changes and judges no other.")
    if is_own_work(standing, actor):
        raise Refused("This is your own work: somebody else has to review it.")
    if standing.first and actor.is_person(standing.first):
        raise Refused("You have approved this label: a second person has to look at it.")


def decided(
    standing: Standing, actor: Actor, outcome: Outcome, *, comment: str, as_drawn: bool = False
) -> Standing:
    """The standing after an expert's decision on what waits for them.

    What this expert corrected does not stand as it was: then "fix stands" comes to "corrected". In a conflict
    it says that the version stands which was drawn for review; as_drawn: that it does so elsewhere too,
    whatever was corrected since.
    Raises Refused for another role, for own work, and for what nobody rejected or passed on.
    """
    _need_role(actor, "expert", "decide")
    if standing.status not in QUEUES["expert"]:
        raise Refused("An expert decides only on rejected and ambiguous labels and on conflicts.")
    if is_own_work(standing, actor):
        raise Refused("This is your own work: another expert has to decide.")
    if outcome == "sent back":
        if not comment.strip():
            raise Refused("To send a label back, write a comment that tells the annotator what to do.")
        return msgspec.structs.replace(standing, status="flagged", expert=actor.name)
    conflict = standing.status == "conflict"
    as_drawn = outcome == "fix stands" and (as_drawn or conflict)
    by_hand = bool(standing.corrected) if conflict else actor.is_person(standing.corrected)
    if outcome == "corrected" and not by_hand:
        raise Refused("You have corrected nothing here: change the label first, or decide otherwise.")
    if outcome == "fix stands" and by_hand and not as_drawn:
        outcome = "corrected"
    corrected = "" if outcome == "original stands" or as_drawn else standing.corrected
    return msgspec.structs.replace(
        standing, status="decided", expert=actor.name, outcome=outcome, corrected=corrected
    )


def reopened(standing: Standing, actor: Actor) -> Standing:
    """The standing after somebody returned a judged label to the annotators; the history keeps the verdicts.

    An annotator reopens what no reviewer or expert holds. A reviewer reopens what is in review or what they
    reviewed last. An expert reopens what waits for a decision or what they decided. Raises Refused.
    """
    if standing.status == "flagged":
        raise Refused("This issue is open already: it waits in Fix.")
    if actor.role == "annotator":
        if standing.status not in ("fixed", "dismissed", "ambiguous", "done"):
            state = standing.status.replace("_", " ")
            raise Refused(f"This label is {state}: an annotator can no longer reopen it.")
    elif actor.role == "reviewer":
        if standing.status == "in_review" or not _was_reviewed_by(standing, actor):
            _require_in_review(standing, actor)
    elif actor.role == "expert":
        _require_experts(standing, actor)
    else:
        raise Refused("The lead looks on: an annotator, a reviewer or an expert can reopen this issue.")
    authors = standing.authors
    for name in (standing.annotator, standing.corrected):
        authors = _with_hand(authors, name)
    return Standing(authors=authors)


def may_reopen(standing: Standing, actor: Actor | None) -> bool:
    """Whether this person may return this label to the annotators."""
    try:
        return actor is not None and bool(reopened(standing, actor))
    except Refused:
        return False


def _was_reviewed_by(standing: Standing, actor: Actor) -> bool:
    return standing.status in ("approved", "rejected") and actor.is_person(standing.reviewer)


def _require_experts(standing: Standing, actor: Actor) -> None:
    own = standing.status == "decided" and actor.is_person(standing.expert)
    if standing.status not in QUEUES["expert"] and not own:
        raise Refused("An expert reopens only what waits for a decision, or what they decided.")
    if is_own_work(standing, actor):
        raise Refused("This is your own work: another expert has to decide.")


def require_lead(actor: Actor | None, act: str) -> None:
    """Refuse `act` (such as "draw the sample") to whoever does not lead: who fixes does not set the rules."""
    if actor is not None:
        _need_role(actor, "lead", act)


def require_instructor(actor: Actor | None, *, adds_only: bool) -> None:
    """Refuse whoever may not change the instructions so; adds_only: by nothing but pictures of hard cases,
    which an expert may add too."""
    if not (adds_only and actor is not None and actor.role == "expert"):
        require_lead(actor, "change the instructions")


def may_review(standing: Standing, actor: Actor | None) -> bool:
    """Whether this issue belongs into this person's review queue; a lead sees all of it."""
    if standing.status != "in_review" or _is_hidden(standing, actor):
        return False
    return actor is None or actor.role == "lead" or not actor.is_person(standing.first)


def awaits_second(standing: Standing) -> bool:
    """Whether one reviewer has approved this label and a second one, who is not to know, looks at it."""
    return standing.status == "in_review" and bool(standing.first)


def looked_at(standing: Standing, actor: Actor, *, alike: bool) -> Standing:
    """The standing after an annotator judged a finished label blind; where they differ, the expert decides.

    Raises Refused for another role, for own work, and for a label that is not finished.
    """
    _need_role(actor, "annotator", "take a second look")
    if not may_look(standing, actor):
        raise Refused("This label is not for you to judge blind: it is your own work, or it is not finished.")
    status = standing.status if alike else "ambiguous"
    return msgspec.structs.replace(standing, status=status, authors=(*standing.authors, actor.name))


def looks_differ(standing: Standing) -> bool:
    """Whether a label waits for the expert because somebody who judged it blind saw it otherwise: nobody said
    that they cannot tell."""
    return standing.status == "ambiguous" and standing.verdict != "ambiguous"


def may_look(standing: Standing, actor: Actor | None) -> bool:
    """Whether this person may judge this finished label blind."""
    return standing.status in LOOKED_AT and not (actor is not None and is_own_work(standing, actor))


def is_sent_back(standing: Standing) -> bool:
    """Whether an expert gave this label back to the annotator, who has not answered yet."""
    return standing.status == "flagged" and bool(standing.expert)


def may_decide(standing: Standing, actor: Actor | None) -> bool:
    """Whether this issue belongs into this person's expert queue; a lead sees all of it."""
    return standing.status in QUEUES["expert"] and not _is_hidden(standing, actor)


def _is_hidden(standing: Standing, actor: Actor | None) -> bool:
    return actor is not None and actor.role != "lead" and is_own_work(standing, actor)
