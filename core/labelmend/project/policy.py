"""Changes the rules that the lead lays down for a project: reasons of a rejection, shares looked at twice."""

from labelmend.errors import Refused
from labelmend.project.history import Ruling, Step
from labelmend.project.project import Project
from labelmend.review.policy import DEFAULT, Policy, tidy
from labelmend.review.rules import require_lead


def policy_of(project: Project) -> Policy:
    """The rules as they stand; the usual ones while the lead has set none."""
    return project.state.policy or DEFAULT


def change_policy(project: Project, policy: Policy) -> Step:
    """The step that puts these rules in the place of those before.

    Raises Refused for whoever is not the lead, in a package, for rules that cannot be, and for no change.
    """
    require_lead(project.actor, "change the rules of review")
    if project.store.get("package") is not None:
        raise Refused(
            f"{project.name} is a package: its rules are those of the project that it is a part of."
        )
    before, after = policy_of(project), tidy(policy)
    if after == before:
        raise Refused("These are the rules that the project has: nothing changes.")
    changed = {
        "reasons": before.reasons != after.reasons,
        f"second review {100 * after.second:.3g} %": before.second != after.second,
        f"blind second look {100 * after.blind:.3g} %": before.blind != after.blind,
    }
    told = ", ".join(name for name, changes in changed.items() if changes)
    return Step(title=f"change the rules of review: {told}", policy=Ruling(project.state.policy, after))
