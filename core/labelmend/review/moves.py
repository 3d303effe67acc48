"""Whether a change of standing that somebody made elsewhere is one that the rules let them make."""

from collections.abc import Callable, Iterator
from functools import partial

from labelmend.errors import Refused
from labelmend.review import rules
from labelmend.review.states import Actor, Standing, Verdict

_SAID = "said elsewhere"
_VERDICTS: tuple[Verdict, ...] = ("accepted", "fixed", "dismissed", "ambiguous")
_OUTCOMES: tuple[rules.Outcome, ...] = ("fix stands", "original stands", "corrected", "sent back")


def require_move(before: Standing, after: Standing, actor: Actor) -> None:
    """Refuse what no rule lets this person make of an issue."""
    reason = f"no {actor.role} may make “{_word(after)}” of “{_word(before)}”"
    for make in _moves(before, actor, after.reason):
        try:
            if make() == after:
                return
        except Refused as refused:
            reason = str(refused)
    raise Refused(reason)


def _moves(before: Standing, actor: Actor, reason: str) -> Iterator[Callable[[], Standing]]:
    """All that the rules let somebody do, to be tried."""
    if actor.role == "annotator":
        for verdict in _VERDICTS:
            yield partial(rules.judged, before, actor, verdict)
    elif actor.role == "reviewer":
        yield partial(rules.edited, before, actor)
        yield partial(rules.reviewed, before, actor, approve=True)
        yield partial(rules.reviewed, before, actor, approve=False, reason=reason, comment=_SAID)
    elif actor.role == "expert":
        yield partial(rules.edited, before, actor)
        for outcome in _OUTCOMES:
            yield partial(rules.decided, before, actor, outcome, comment=_SAID)
        yield lambda: rules.decided(rules.edited(before, actor), actor, "corrected", comment="")


def require_look(before: Standing, after: Standing, actor: Actor) -> None:
    """Refuse what no blind second look of this person comes to."""
    if after not in [rules.looked_at(before, actor, alike=alike) for alike in (True, False)]:
        raise Refused(f"no second look makes “{_word(after)}” of “{_word(before)}”")


def _word(standing: Standing) -> str:
    return standing.status.replace("_", " ")
