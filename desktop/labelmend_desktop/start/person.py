"""Remembers who worked here last, and as what."""

from __future__ import annotations

from labelmend.review.states import ROLES, Actor
from labelmend_desktop import places


def remembered() -> Actor | None:
    """The person of the last time."""
    settings = places.settings()
    name, role = str(settings.value("person/name", "")), str(settings.value("person/role", ""))
    found = [known for known in ROLES if known == role]
    return Actor(name, found[0]) if name and found else None


def remember(actor: Actor | None) -> None:
    """Offer this person the next time."""
    if actor is not None:
        settings = places.settings()
        settings.setValue("person/name", actor.name)
        settings.setValue("person/role", actor.role)
