"""The states of an issue under quality assurance, and the queue each state belongs to."""

from typing import Final, Literal, get_args

import msgspec

Role = Literal["annotator", "reviewer", "expert", "lead"]
Verdict = Literal["", "accepted", "fixed", "dismissed", "ambiguous"]
Status = Literal[
    "flagged",
    "fixed",
    "dismissed",
    "ambiguous",
    "in_review",
    "approved",
    "rejected",
    "decided",
    "done",
    "conflict",
]
Queue = Literal["fix", "review", "expert", "done"]

ROLES: Final[tuple[Role, ...]] = get_args(Role)
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
QUEUES: Final[dict[Queue, tuple[Status, ...]]] = {
    "fix": ("flagged",),
    "review": ("in_review",),
    "expert": ("rejected", "ambiguous", "conflict"),
    "done": ("fixed", "dismissed", "approved", "decided", "done"),
}
STATUS_INDEX: Final[dict[Status, int]] = {status: index for index, status in enumerate(STATUSES)}

HELD: Final[tuple[Status, ...]] = ("in_review", "rejected", "conflict")
"""The states in which an annotator may not change an issue's labels under another issue either."""
EXPORTED: Final[frozenset[Status]] = frozenset({"fixed", "approved", "decided", "done"})
"""The states in which an issue's edits go out by default: fixed and not drawn for review, or approved."""


def same_person(name: str, other: str) -> bool:
    """Whether two names are one person's: they may differ in case and outer spaces."""
    return name.strip().casefold() == other.strip().casefold()


class Actor(msgspec.Struct, frozen=True):
    """Who works, and as what. Two names that differ in case or outer spaces only are one person."""

    name: str
    role: Role

    def is_person(self, name: str) -> bool:
        """Whether `name` is this person."""
        return bool(name) and same_person(self.name, name)


class Standing(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Where an issue stands: its state, the annotator's verdict, and who said what last.

    authors: everybody who had a hand in it. outcome: what the expert decided last. second: a second reviewer
    looks at it once one has approved, whose name then is `first`. reason: the one of the policy's that it
    was rejected for last. corrected: who changed the label in review or before the expert.
    """

    status: Status = "flagged"
    verdict: Verdict = ""
    annotator: str = ""
    reviewer: str = ""
    expert: str = ""
    authors: tuple[str, ...] = ()
    outcome: str = ""
    second: bool = False
    first: str = ""
    reason: str = ""
    corrected: str = ""

    def __post_init__(self) -> None:
        # The first versions wrote a conflict as a rejection by nobody.
        if self.status == "rejected" and not self.reviewer:
            msgspec.structs.force_setattr(self, "status", "conflict")


FLAGGED: Final = Standing()
