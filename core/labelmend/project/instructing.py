"""Changes the instructions of a project, and says what they let the finder pass."""

from labelmend.errors import Refused
from labelmend.find.inputs import Tolerance
from labelmend.project.history import Revision, Step
from labelmend.project.project import Project
from labelmend.review.instructions import Instructions, changed_classes, template, tidy, tolerance_of
from labelmend.review.rules import require_instructor

_NAMED = 4
"""So many classes are named in the title of a step."""


def instructions_of(project: Project) -> Instructions:
    """The instructions as they stand; a list of the classes to fill in while there are none."""
    return project.state.instructions or template(project.categories.name)


def instruct(project: Project, instructions: Instructions) -> Step:
    """The step that puts these instructions in the place of those before.

    Raises Refused for a role that may not, and when nothing would change.
    """
    require_instructor(project.actor)
    before, after = project.state.instructions, tidy(instructions)
    if after == tidy(instructions_of(project)):
        raise Refused("These are the instructions that the project has: nothing changes.")
    names = changed_classes(before, after)
    told = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "") if names else "general"
    return Step(title=f"change the instructions: {told}", revision=Revision(before, after))


def tolerance(project: Project) -> Tolerance | None:
    """What the instructions let pass, by class row; None when they set no number."""
    given = project.state.instructions
    return None if given is None else tolerance_of(given, project.categories.name)
