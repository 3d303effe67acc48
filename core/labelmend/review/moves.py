"""Whether a change of standing that somebody made elsewhere is one that the rules let them make."""

from collections.abc import Callable, Iterator
from functools import partial

from labelmend.errors import Refused
from labelmend.review import rules
from labelmend.review.states import Actor, Standing, Verdict

_VERDICTS: tuple[Verdict, ...] = ("accepted", "fixed", "dismissed", "ambiguous")


def require_move(
    before: Standing, after: Standing, actor: Actor, *, comment: str = "", changed: bool = False
) -> None:
    """Refuse what no rule lets this person make of an issue.

    comment: the words that they gave; changed: whether they changed its labels in the same step.
    """
    reason = f"no {actor.role} may make “{_word(after)}” of “{_word(before)}”"
    if changed:
        reason += " by a change of the label"
    for make in _moves(before, after, actor, comment, changed):
        try:
            if make() == after:
                return
        except Refused as refused:
            reason = str(refused)
    raise Refused(reason)


def _moves(
    before: Standing, after: Standing, actor: Actor, comment: str, changed: bool
) -> Iterator[Callable[[], Standing]]:
    """What the rules may let somebody do that comes to `after`, to be tried."""
    if not changed and after.status == "flagged":
        yield partial(rules.reopened, before, actor)
    if actor.role == "annotator":
        for verdict in _VERDICTS:
            yield partial(rules.judged, before, actor, verdict)
    elif changed and actor.role == "reviewer":
        yield partial(rules.edited, before, actor)
    elif actor.role == "reviewer":
        approve, reason = after.status != "rejected", after.reason
        yield partial(rules.reviewed, before, actor, approve=approve, reason=reason, comment=comment)
    elif actor.role == "expert":
        if changed:
            yield partial(rules.edited, before, actor)
        yield lambda: rules.decided(rules.edited(before, actor), actor, "corrected", comment="")
        for outcome in _outcomes(after, changed):
            yield partial(rules.decided, before, actor, outcome, comment=comment)
        yield partial(rules.decided, before, actor, "fix stands", comment=comment, as_drawn=True)


def _outcomes(after: Standing, changed: bool) -> tuple[rules.Outcome, ...]:
    """The decisions that may come to this; some change labels by themselves."""
    if changed:
        return ("original stands",)
    return ("sent back",) if after.status == "flagged" else ("fix stands", "original stands", "corrected")


def require_look(before: Standing, after: Standing, actor: Actor, *, alike: bool) -> None:
    """Refuse what a blind second look of this person does not come to; alike: whether they say the same."""
    if after != rules.looked_at(before, actor, alike=alike):
        raise Refused(f"no second look makes “{_word(after)}” of “{_word(before)}”")


def _word(standing: Standing) -> str:
    return standing.status.replace("_", " ")
