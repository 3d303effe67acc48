"""A step of one project as a step of another that has some of its labels: in a package, or back from it."""

from collections.abc import Callable, Container
from dataclasses import dataclass

from msgspec.structs import replace

from labelmend.project.history import NO_KEY, Decision, Draw, Edit, Note, Step, Version
from labelmend.review.opinions import Asked, Opinion, Trial
from labelmend.review.sampling import Stratum


def _every(_opinion: Opinion) -> bool:
    return True


@dataclass(frozen=True)
class Translation:
    """key(k) and image(i) give what a label and an image are called there, None for what is not there.

    keys: the labels whose changes go along, as they are called here; issues: those whose decisions do, which
    are called the same. What people answered about labels goes along wherever these are there, but for
    answers that `answers` says no to. places: the issues whose place is there; None for all.
    """

    key: Callable[[int], int | None]
    image: Callable[[int], int | None]
    keys: Container[int]
    issues: Container[int]
    answers: Callable[[Opinion], bool] = _every
    places: Container[int] | None = None

    def step(self, step: Step) -> Step | None:
        """What of a step is about what is there; None for nothing. Other instructions and rules go along."""
        edits = [
            Edit(key, edit.before, edit.after)
            for edit in step.edits
            if edit.key in self.keys and (key := self.key(edit.key)) is not None
        ]
        decisions = [self._decision(one) for one in step.decisions if one.issue in self.issues]
        notes = [self._note(note) for note in step.notes if note.id in self.issues]
        versions = [self._version(one) for one in step.versions if one.issue in self.issues]
        opinions = [
            replace(one, key=key)
            for one in step.opinions
            if (key := self._asked_of(one)) is not None and self.answers(one)
        ]
        draw, trial = self._draw(step.draw), self._trial(step.trial)
        changed = step.revision or step.policy or trial
        own = None if step.own is None else self.step(step.own)
        if not (edits or decisions or notes or opinions or draw or changed or own):
            return None
        return replace(
            step,
            edits=tuple(edits),
            decisions=tuple(decisions),
            notes=tuple(notes),
            versions=tuple(versions),
            opinions=tuple(opinions),
            draw=draw,
            trial=trial,
            own=own,
            twins=tuple(pair for pair in step.twins if pair[1] in self.keys),
            shared=None,
            took=None,
        )

    def _decision(self, one: Decision) -> Decision:
        keys = one.keys
        if keys is not None:
            there = (self.key(key) for key in keys if key in self.keys)
            keys = tuple(key for key in there if key is not None)
        return replace(one, keys=keys)

    def _note(self, note: Note) -> Note:
        key, image = self.key(note.annotation), self.image(note.image)
        return replace(note, image=-1 if image is None else image, annotation=NO_KEY if key is None else key)

    def _version(self, one: Version) -> Version:
        records = ((NO_KEY if key == NO_KEY else self.key(key), record) for key, record in one.records)
        return replace(one, records=tuple((key, record) for key, record in records if key is not None))

    def _asked_of(self, one: Opinion | Asked) -> int | None:
        """What the label in question is called there; of a place without one, whether that is there."""
        if one.key != NO_KEY:
            return self.key(one.key)
        return NO_KEY if self.places is None or one.issue in self.places else None

    def _trial(self, trial: Trial | None) -> Trial | None:
        if trial is None:
            return None
        pairs = ((self._asked_of(one), one) for one in trial.asked)
        asked = tuple(replace(one, key=key) for key, one in pairs if key is not None)
        return replace(trial, asked=asked) if asked else None

    def _draw(self, draw: Draw | None) -> Draw | None:
        if draw is None or not (frame := self._some(draw.frame)):
            return None
        return replace(
            draw,
            frame=frame,
            drawn=self._some(draw.drawn),
            strata=tuple(map(self._stratum, draw.strata)),
            second=None if draw.second is None else self._stratum(draw.second),
            blind=None if draw.blind is None else self._stratum(draw.blind),
            classes={name: some for name, ids in draw.classes.items() if (some := self._some(ids))},
        )

    def _stratum(self, one: Stratum) -> Stratum:
        return replace(one, frame=self._some(one.frame), drawn=self._some(one.drawn))

    def _some(self, issues: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(issue for issue in issues if issue in self.issues)
