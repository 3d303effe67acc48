"""What is to be labelled and how: small values, a class at a time, and what they let pass in numbers."""

from collections.abc import Sequence
from typing import Final, TypeVar

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


class Reference(msgspec.Struct, frozen=True, omit_defaults=True):
    """A picture that shows how a class is labelled, or (not good) how it is not.

    picture: SHA-256 of its bytes, by which the project keeps them; in a file, where they are. caption: what
    it shows, origin: where it is from, one line each.
    """

    picture: str
    good: bool = True
    caption: str = ""
    origin: str = ""


class ClassInstructions(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one class is labelled; what is empty or 0 is left open.

    tolerance: by so much each side of a box may be off, per cent of the label's width or height. margin: so
    much room labels keep around the object on every side, per cent of the object's. smallest: an object
    whose longer side has fewer pixels need not be labelled. pictures: good and bad ones, in their order.
    """

    name: str
    definition: str = ""
    include: str = ""
    leave_out: str = ""
    tolerance: Amount = NOTHING
    margin: Amount = NOTHING
    smallest: float = 0.0
    pictures: tuple[Reference, ...] = ()


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
                pictures=tuple(_tidy_reference(each) for each in one.pictures),
            )
            for one in given.classes
        ),
    )


def only_adds_pictures(before: Instructions, after: Instructions) -> bool:
    """Whether nothing but pictures came to what was said before."""
    earlier = {one.name: one.pictures for one in before.classes}
    without = [
        msgspec.structs.replace(
            one, pictures=tuple(each for each in one.pictures if each in earlier.get(one.name, ()))
        )
        for one in after.classes
    ]
    told = tuple(one for one in without if one.name in earlier or one != ClassInstructions(one.name))
    return msgspec.structs.replace(after, classes=told) == before


def _tidy_reference(one: Reference) -> Reference:
    return Reference(one.picture, one.good, one_line(one.caption), one_line(one.origin))


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
    told = by_name(given)
    classes = [told.get(one_line(name), ClassInstructions(name)) for name in categories]
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
    one, other = by_name(before or Instructions()), by_name(after or Instructions())
    return [name for name in {**other, **one} if _told(one, name) != _told(other, name)]


def by_name(given: Instructions) -> dict[str, ClassInstructions]:
    """The classes by their names, in their order."""
    return {one.name: one for one in given.classes}


def _told(classes: dict[str, ClassInstructions], name: str) -> ClassInstructions:
    return classes.get(name, ClassInstructions(name))


def pictures_of(given: Instructions | None) -> set[str]:
    """The pictures that instructions refer to."""
    classes = () if given is None else given.classes
    return {each.picture for one in classes for each in one.pictures}


def with_class(given: Instructions, one: ClassInstructions) -> Instructions:
    """The same with one class told otherwise, or told at last."""
    others = [one if each.name == one.name else each for each in given.classes]
    if one not in others:
        others.append(one)
    return msgspec.structs.replace(given, classes=tuple(others))


def rebased(mine: Instructions, base: Instructions, now: Instructions) -> Instructions:
    """What was changed from `base` to `mine`, done to `now`: field by field; changed in both, mine stays.

    Classes are in the order of `now`, those that are in `mine` alone at the end; what one left out is gone.
    """
    own, were, are = (by_name(given) for given in (mine, base, now))
    classes = tuple(
        _fields_rebased(_told(own, name), _told(were, name), _told(are, name))
        for name in {**are, **own}
        if name not in were or (name in own and (name in are or own[name] != were[name]))
    )
    whole = _fields_rebased(mine, base, now)
    return msgspec.structs.replace(whole, classes=classes)


_Told = TypeVar("_Told", ClassInstructions, Instructions)


def _fields_rebased(mine: _Told, base: _Told, now: _Told) -> _Told:
    own = {
        field: getattr(mine, field)
        for field in mine.__struct_fields__
        if getattr(mine, field) != getattr(base, field)
    }
    return msgspec.structs.replace(now, **own)


def in_markdown(one: ClassInstructions) -> str:
    """The words of a class as Markdown; empty when nothing is said."""
    parts = [one.definition] if one.definition else []
    for title, text in (("Include", one.include), ("Leave out", one.leave_out)):
        told = text.split("\n") if text else []
        if len(told) == 1:
            parts.append(f"**{title}:** {told[0]}")
        elif told:
            parts.append(f"**{title}:**\n\n" + "\n".join(f"- {line}" for line in told))
    return "\n\n".join(parts)


def written_in_lines(one: ClassInstructions) -> list[str]:
    """What is written about a class, a line each; empty when nothing is."""
    parts = (
        ("Definition", " ".join(one.definition.split())),
        ("Include", "; ".join(one.include.splitlines())),
        ("Leave out", "; ".join(one.leave_out.splitlines())),
    )
    return [f"{title}: {text}" for title, text in parts if text]


def in_words(one: ClassInstructions) -> list[str]:
    """What the numbers of a class let pass, in sentences; none when it sets no number."""
    told = []
    if one.tolerance:
        told.append(f"Each side may be off by {_amount_in_words(one.tolerance, 'the label’s side')}.")
    if one.margin:
        told.append(f"On every side labels keep room: {_amount_in_words(one.margin, 'the object’s side')}.")
    if one.smallest:
        told.append(f"What has less than {one.smallest:g} px on its longer side need not be labelled.")
    return told


def _amount_in_words(amount: Amount, side: str) -> str:
    parts = [f"{amount.pixels:g} px"] if amount.pixels else []
    parts += [f"{amount.percent:g} % of {side}"] if amount.percent else []
    return " or ".join(parts) + (", whichever is more" if len(parts) == 2 else "")
