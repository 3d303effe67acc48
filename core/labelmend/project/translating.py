"""A step of one project as a step of another that has some of its labels: in a package, or back from it."""

from collections.abc import Callable, Container
from dataclasses import dataclass

from labelmend.project.history import Decision, Draw, Edit, Note, Step
from labelmend.review.sampling import Stratum


@dataclass(frozen=True)
class Translation:
    """key(k) and image(i) give what a label and an image are called there, None for what is not there.

    keys: the labels whose changes go along, as they are called here; issues: those whose decisions do, which
    are called the same.
    """

    key: Callable[[int], int | None]
    image: Callable[[int], int | None]
    keys: Container[int]
    issues: Container[int]

    def step(self, step: Step) -> Step | None:
        """What of a step is about what is there; None for nothing. Other instructions and rules go along."""
        edits = [
            Edit(key, edit.before, edit.after)
            for edit in step.edits
            if edit.key in self.keys and (key := self.key(edit.key)) is not None
        ]
        decisions = [self._decision(one) for one in step.decisions if one.issue in self.issues]
        notes = [self._note(note) for note in step.notes if note.id in self.issues]
        draw = self._draw(step.draw)
        changed = step.revision or step.policy
        if not (edits or decisions or notes or draw or changed):
            return None
        return Step(
            step.title,
            tuple(edits),
            tuple(decisions),
            tuple(notes),
            draw,
            step.facts,
            step.revision,
            policy=step.policy,
        )

    def _decision(self, one: Decision) -> Decision:
        keys = one.keys
        if keys is not None:
            keys = tuple(key for key in map(self.key, keys) if key is not None)
        return Decision(one.issue, one.before, one.after, one.comment, keys)

    def _note(self, note: Note) -> Note:
        key, image = self.key(note.annotation), self.image(note.image)
        return Note(
            note.id,
            note.kind,
            -1 if image is None else image,
            note.annotation if key is None else key,
            note.category,
            note.bbox,
            note.sentence,
        )

    def _draw(self, draw: Draw | None) -> Draw | None:
        if draw is None or not (frame := self._some(draw.frame)):
            return None
        return Draw(
            draw.rate,
            draw.seed,
            frame,
            self._some(draw.drawn),
            draw.rates,
            tuple(map(self._stratum, draw.strata)),
            second=None if draw.second is None else self._stratum(draw.second),
            blind=None if draw.blind is None else self._stratum(draw.blind),
        )

    def _stratum(self, one: Stratum) -> Stratum:
        return Stratum(one.title, one.rate, self._some(one.frame), self._some(one.drawn))

    def _some(self, issues: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(issue for issue in issues if issue in self.issues)
