"""What a package remembers of the project that it is a part of, and for whom it was made."""

from pathlib import Path

import msgspec

from labelmend.errors import LabelmendError, Refused
from labelmend.project.history import Row, Step
from labelmend.project.store import DAMAGE, Store
from labelmend.review.states import Actor


class About(msgspec.Struct, frozen=True):
    """Where a package is from.

    project: the origin of that project's history; name: its file; seq: the last row of it that was shared.
    number: of the package, from 1; rows: of its own history that were there already.
    person, role: who alone works in it, and as what; empty for anybody.
    """

    project: str
    name: str
    seq: int
    number: int
    rows: int
    person: str = ""
    role: str = ""

    def fits(self, name: str, role: str) -> bool:
        """Whether it was made for this person in this role."""
        made_for = Actor(self.person, "annotator")
        return (not self.person or made_for.is_person(name)) and self.role in ("", role)

    @property
    def whom(self) -> str:
        """For whom it was made, in words; empty for anybody."""
        if not self.person:
            return f"somebody who works as {self.role}" if self.role else ""
        return f"{self.person}, as {self.role}" if self.role else self.person


def about(store: Store) -> About | None:
    """Where a package is from; None for a project that is none."""
    told = store.get("package")
    return None if told is None else msgspec.convert(told, About)


def about_file(path: Path) -> About | None:
    """The same of a file; None for whatever cannot be read now."""
    if not path.is_file():
        return None
    try:
        store = Store(path, reading=True)
        try:
            return about(store)
        finally:
            store.close()
    except (LabelmendError, *DAMAGE):
        return None


def require_fitting(store: Store, actor: Actor) -> None:
    """Refuse whoever works in a package that was made for somebody else, or for another role."""
    told = about(store)
    if told is not None and not told.fits(actor.name, actor.role):
        raise Refused(
            f"{store.path.name} was shared for {told.whom}; you are {actor.name}, as {actor.role}: "
            "say who works with File > Who is working.",
            remedy="switch_person",
        )


def refuse_the_leads(store: Store, step: Step) -> None:
    """Refuse in a package what is for the lead to do in the project itself."""
    if step.is_the_leads and about(store) is not None:
        raise Refused(
            f"{store.path.name} is a package: what the lead does is done in the project it is from."
        )


def altered(store: Store, bad: Row) -> str:
    """What is said of a project or a package whose history was tampered with, at that row."""
    at = bad.at[:19].replace("T", " ")
    told = (
        f"The history of {store.path.name} was altered outside Labelmend: row {bad.seq} of {at} does not "
        "follow from the rows before it."
    )
    if about(store) is None:
        return f"{told} The project is open for reading only, as it stood before that row."
    return (
        f"{told} A package like that can only be read, as it stood before that row: ask its sender for the "
        "file as it was, or have its images shared again."
    )
