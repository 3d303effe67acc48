"""Changes the instructions of a project, and says what they let the finder pass."""

from collections.abc import Collection, Mapping
from typing import Final

import msgspec

from labelmend.errors import Refused
from labelmend.project.history import Revision, Step
from labelmend.project.project import Project
from labelmend.project.references import Made, keep
from labelmend.project.state import Changes
from labelmend.review.instructions import (
    Instructions,
    Reference,
    changed_classes,
    only_adds_pictures,
    pictures_of,
    template,
    tidy,
    with_class,
)
from labelmend.review.rules import require_instructor

_NAMED = 4
"""So many classes are named in the title of a step."""
MOST_PICTURES: Final = 12
"""So many reference pictures a class may have."""


def instructions_of(project: Project) -> Instructions:
    """The instructions as they stand; a list of the classes to fill in while there are none."""
    return project.state.instructions or template(project.categories.name)


def instruct(
    project: Project, instructions: Instructions, *, pictures: Collection[str] = (), title: str = ""
) -> Step:
    """The step that puts these instructions in the place of those before.

    pictures: the names of those that are new; `revise` keeps them as well. Raises Refused for a role that
    may not, in a package, for pictures that are not here or too many, and when nothing would change.
    """
    before, now, after = project.state.instructions, tidy(instructions_of(project)), tidy(instructions)
    may_instruct(project, adds_only=only_adds_pictures(now, after))
    if after == now:
        raise Refused("These are the instructions that the project has: nothing changes.")
    _require_pictures(project, after, pictures)
    names = changed_classes(before, after)
    told = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "") if names else "general"
    return Step(title=title or f"change the instructions: {told}", revision=Revision(before, after))


def may_instruct(project: Project, *, adds_only: bool = False) -> None:
    """Refuse who may not change the instructions here, or (adds_only) not even add a picture."""
    require_instructor(project.actor, adds_only=adds_only)
    if project.store.get("package") is not None:
        raise Refused(
            f"{project.name} is a package: its instructions are changed in the project that it is a part of."
        )
    if project.tampered:
        raise Refused(project.tampered)


def _require_pictures(project: Project, given: Instructions, new: Collection[str]) -> None:
    for one in given.classes:
        if len(one.pictures) > MOST_PICTURES:
            told = f"“{one.name}” has {len(one.pictures)} pictures"
            raise Refused(f"{told}: {MOST_PICTURES} are the most; leave some out.")
    for name in pictures_of(given) - pictures_of(project.state.instructions) - set(new):
        if project.store.picture(name) is None:
            raise Refused("A picture that these instructions refer to is not in the project: add its file.")


def revise(
    project: Project,
    instructions: Instructions,
    *,
    pictures: Mapping[str, bytes] | None = None,
    title: str = "",
) -> Changes:
    """Put these instructions in the place of those before, with the pictures that are new to the project.

    Raises Refused as `instruct` does.
    """
    new = pictures or {}
    step = instruct(project, instructions, pictures=new, title=title)
    keep(project, new)  # first: no step refers to a picture that is not there
    return project.apply(step)


def add_reference(project: Project, category: int, made: Made, *, good: bool, caption: str = "") -> Changes:
    """Show this picture beside every label of a class (its row) from now on. Raises Refused as `instruct`."""
    names = project.categories.name
    if not 0 <= category < len(names):
        raise Refused("This label is of no class that there is: give it one first.")
    given = instructions_of(project)
    one = given.of(names[category])
    if any(each.picture == made.name for each in one.pictures):
        raise Refused(f"This picture is in the instructions of “{one.name}” already.")
    each = Reference(made.name, good, caption, made.origin)
    after = with_class(given, msgspec.structs.replace(one, pictures=(*one.pictures, each)))
    word = "reference" if good else "counter-example"
    return revise(project, after, pictures={made.name: made.data}, title=f"add a {word}: {one.name}")
