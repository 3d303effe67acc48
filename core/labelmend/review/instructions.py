"""What is to be labelled and how: small values, a class at a time, and what they let pass in numbers."""

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from labelmend.find.inputs import Tolerance


class Amount(msgspec.Struct, frozen=True, omit_defaults=True):
    """Pixels and per cent of a side, from 0 up: the larger of both applies."""

    pixels: float = 0.0
    percent: float = 0.0

    def __bool__(self) -> bool:
        return self.pixels > 0 or self.percent > 0


NOTHING: Final = Amount()


class ClassInstructions(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one class is labelled; what is empty or 0 is left open.

    tolerance: by so much each side of a box may be off, per cent of the label's width or height. margin: so
    much room labels keep around the object on every side, per cent of the object's. smallest: an object
    whose longer side has fewer pixels need not be labelled.
    """

    name: str
    definition: str = ""
    include: str = ""
    leave_out: str = ""
    tolerance: Amount = NOTHING
    margin: Amount = NOTHING
    smallest: float = 0.0


class Instructions(msgspec.Struct, frozen=True, omit_defaults=True):
    """The instructions of a project: a title, what holds for all classes, and the classes in their order."""

    title: str = ""
    general: str = ""
    classes: tuple[ClassInstructions, ...] = ()

    def of(self, name: str) -> ClassInstructions:
        """The instructions of a class; empty ones when nothing is said of it."""
        wanted = one_line(name)
        return next((one for one in self.classes if one.name == wanted), ClassInstructions(wanted))


def tidy(given: Instructions) -> Instructions:
    """The same instructions as a file can hold them: no space at the ends of lines, no empty lines around."""
    return Instructions(
        title=one_line(given.title),
        general=paragraphs(given.general),
        classes=tuple(
            msgspec.structs.replace(
                one,
                name=one_line(one.name),
                definition=paragraphs(one.definition),
                include=lines(one.include),
                leave_out=lines(one.leave_out),
            )
            for one in given.classes
        ),
    )


def one_line(text: str) -> str:
    """Text without line breaks and repeated spaces."""
    return " ".join(text.split())


def paragraphs(text: str) -> str:
    """Lines without space at their ends, and without empty ones before and after."""
    return "\n".join(line.rstrip() for line in _split(text)).strip("\n")


def lines(text: str) -> str:
    """Lines without space around them, and without empty ones."""
    return "\n".join(part for line in _split(text) if (part := line.strip()))


def _split(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def template(categories: Sequence[str]) -> Instructions:
    """Instructions to fill in: every class by its name."""
    names = dict.fromkeys(one_line(name) for name in categories)
    return Instructions(
        title="How to label", classes=tuple(ClassInstructions(name) for name in names if name)
    )


def tolerance_of(given: Instructions, categories: Sequence[str]) -> Tolerance | None:
    """What the instructions let pass, by class row, as the finder takes it; None when they set no number."""
    classes = [given.of(name) for name in categories]
    if not any(one.tolerance or one.margin or one.smallest for one in classes):
        return None
    return Tolerance(
        pixels=np.array([one.tolerance.pixels for one in classes]),
        share=np.array([one.tolerance.percent / 100 for one in classes]),
        margin=np.array([one.margin.pixels for one in classes]),
        margin_share=np.array([one.margin.percent / 100 for one in classes]),
        least_side=np.array([one.smallest for one in classes]),
    )


def changed_classes(before: Instructions | None, after: Instructions | None) -> list[str]:
    """The names of the classes whose instructions differ, in their order."""
    one, other = before or Instructions(), after or Instructions()
    names = dict.fromkeys(each.name for each in (*other.classes, *one.classes))
    return [name for name in names if one.of(name) != other.of(name)]
