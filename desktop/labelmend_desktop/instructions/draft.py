"""Instructions while they are being written: what there was, what there is now, pictures that are new."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QObject, Signal

from labelmend.project.foreseeing import changes_numbers
from labelmend.project.instructing import instructions_of, revise
from labelmend.project.references import Made
from labelmend.review.instructions import (
    ClassInstructions,
    Instructions,
    Reference,
    changed_classes,
    pictures_of,
    rebased,
    tidy,
    with_class,
)
from labelmend_desktop.reference_images import ReferenceImages
from labelmend_desktop.session import Session


class Draft(QObject):
    """Emits ``changed`` for every change; nothing is in the project before ``save``.

    ``is_dirty`` while something is written that is not in the project; ``differing`` names the classes.
    """

    changed = Signal()

    def __init__(self, session: Session, images: ReferenceImages) -> None:
        super().__init__(session)
        self._session = session
        self._images = images
        self._base = Instructions()
        self.now = Instructions()
        self.is_dirty = False
        self.differing: frozenset[str] = frozenset()

    def begin(self) -> None:
        """Take what the project has; what was written and not saved is gone."""
        project = self._session.project
        self._base = self.now = Instructions() if project is None else instructions_of(project)
        self._images.new.clear()
        self._compare()

    def follow(self) -> None:
        """The project's instructions changed: what was written here stays, on top of them."""
        project = self._session.project
        if project is None:
            return
        after = instructions_of(project)
        if after != self._base:
            self.now, self._base = rebased(self.now, self._base, after), after
            self._compare()

    def take(self, given: Instructions, pictures: dict[str, bytes] | None = None) -> None:
        """Write these instead of all that is written."""
        self._images.new.update(pictures or {})
        self.now = given
        self._compare()

    def _compare(self) -> None:
        now, base = tidy(self.now), tidy(self._base)
        self.is_dirty, self.differing = now != base, frozenset(changed_classes(base, now))
        self.changed.emit()

    def set_whole(self, *, title: str, general: str) -> None:
        """Write what holds for all classes."""
        self.take(msgspec.structs.replace(self.now, title=title, general=general))

    def set_class(self, one: ClassInstructions) -> None:
        """Write about one class."""
        self.take(with_class(self.now, one))

    def add_picture(self, name: str, made: Made) -> None:
        """Add a picture to those of a class."""
        self._images.new[made.name] = made.data
        one = self.now.of(name)
        pictures = (*one.pictures, Reference(made.name, True, "", made.origin))
        self.set_class(msgspec.structs.replace(one, pictures=pictures))

    def save(self) -> bool:
        """Make one step of all that was written; False when it was refused, which is said."""
        given, new = self.now, self._images.new
        pictures = {name: new[name] for name in pictures_of(given) if name in new}
        project = self._session.project
        counts = project is not None and changes_numbers(project, given)
        if not self._session.apply(lambda p: revise(p, given, pictures=pictures)):
            return False
        self.begin()
        words = "The instructions are saved."
        more = " Their numbers count when errors are found again: Ctrl+F in the window of the project."
        self._session.said.emit(words + more if counts else words)
        return True
