"""Instructions as a Markdown file that people write and read: one heading a class, then text and a list.

    # Things on a table: how to label

    What holds for all classes.

    ## nut

    What a nut is, in one or more paragraphs.

    - Include: the rim
    - Leave out: the hole
      and what is seen through it
    - Tolerance: 2 px or 3 %
    - Margin: 4 px
    - Smallest: 8 px
    - Like this: ![frame 12, label 34](pictures/nut-1.jpg) the whole rim
    - Not like this: ![frame 13, label 2](pictures/nut-2.jpg) the hole is labelled too

A backslash at the start of a line of text keeps the line from being read as a heading or a list. Of a class,
what looks like a line of its list without the dash is refused.
"""

import difflib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from labelmend.errors import BadFile
from labelmend.review.instructions import (
    NOTHING,
    Amount,
    ClassInstructions,
    Instructions,
    Reference,
    lines,
    one_line,
    paragraphs,
    tidy,
)

_KEYS: Final = {
    "Include": "include",
    "Leave out": "leave_out",
    "Tolerance": "tolerance",
    "Margin": "margin",
    "Smallest": "smallest",
}
_PICTURES: Final = {"Like this": True, "Not like this": False}
SHA256: Final = "sha256:"
"""What a picture is called that is in the project and not in a file of its own."""
_PICTURE: Final = re.compile(r"!\[((?:[^\\\]]|\\.)*)\]\(([^()\s]+)\)(.*)")
_ITEM: Final = re.compile(r"- ([^:]*):(.*)")
_DASHLESS: Final = tuple(f"{key}:" for key in (*_KEYS, *_PICTURES))
_NUMBER: Final = r"(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
_AMOUNT: Final = re.compile(rf"(?:{_NUMBER} ?px)?(?: or )?(?:{_NUMBER} ?%)?")


def written(given: Instructions, *, places: Mapping[str, str] | None = None) -> str:
    """The instructions as the text of a file; `read` makes the same of it again.

    places: where the files of the pictures are, from there; a picture without a file is called by its
    SHA-256.
    """
    given, known = tidy(given), places or {}
    blocks = [f"# {given.title}"] if given.title else []
    blocks += [_escaped(given.general, "#")] if given.general else []
    for one in given.classes:
        blocks.append(f"## {one.name}")
        blocks += [_escaped(one.definition, "#", "- ", *_DASHLESS)] if one.definition else []
        items = [f"- {key}: {told}" for key, field in _KEYS.items() if (told := _told(getattr(one, field)))]
        items += [_picture(each, known.get(each.picture, SHA256 + each.picture)) for each in one.pictures]
        blocks += ["\n".join(items)] if items else []
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _escaped(text: str, *starts: str) -> str:
    return "\n".join("\\" + line if line.startswith(("\\", *starts)) else line for line in text.split("\n"))


def _picture(one: Reference, place: str) -> str:
    key = next(key for key, good in _PICTURES.items() if good == one.good)
    origin = re.sub(r"([\\\[\]])", r"\\\1", one.origin)
    return f"- {key}: ![{origin}]({place}) {one.caption}".rstrip()


def _told(value: str | Amount | float) -> str:
    if isinstance(value, str):
        return value.replace("\n", "\n  ")
    if isinstance(value, Amount):
        parts = [f"{_number(value.pixels)} px"] if value.pixels else []
        parts += [f"{_number(value.percent)} %"] if value.percent else []
        return " or ".join(parts)
    return f"{_number(value)} px" if value else ""


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def read(text: str, *, file: str, categories: Sequence[str] | None = None) -> Instructions:
    """The instructions that the text of a file holds.

    categories: the names of the classes there are; None: any will do. Raises BadFile, with the number of the
    line, for what cannot be read, a class that is not there, and one that is told twice.
    """
    reader = _Reader(file)
    for number, line in enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"), start=1):
        reader.take(number, line.rstrip())
    found = reader.done()
    if categories is not None:
        known = [one_line(name) for name in categories]
        for one in found.classes:
            if one.name not in known:
                raise BadFile(f"{reader.at(one.name)} {_no_class(one.name, known)}")
    return found


def open_file(path: Path, *, categories: Sequence[str]) -> Instructions:
    """The instructions that a file holds; raises BadFile as `read` does, and for what is no text."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadFile(f"{path} is no text in UTF-8: save it as such.") from error
    except OSError as error:
        why = error.strerror or error
        raise BadFile(f"{path} cannot be read: {why}; choose a Markdown file.") from error
    if not text.strip("\ufeff \t\r\n"):
        raise BadFile(f"{path} is empty: choose a file with instructions.")
    if text.lstrip("\ufeff \t\r\n")[0] in "{[" and _is_json(text):
        raise BadFile(f"{path} is JSON, no text for people: choose a Markdown file.")
    return read(text, file=path.name, categories=categories)


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text.removeprefix("\ufeff"))
    except msgspec.DecodeError:
        return False
    return True


def _no_class(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    meant = f"did you mean “{near[0]}”?" if near else f"its classes are {', '.join(known[:12])}."
    return f"this project has no class “{name}”; {meant}"


class _Reader:
    """Takes a file line by line."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._title: str | None = None
        self._general: list[str] = []
        self._classes: list[dict[str, Any]] = []
        self._lines: dict[str, int] = {}
        self._key = ""

    def at(self, name: str) -> str:
        """Where a class is told."""
        return f"{self._file}, line {self._lines[name]}:"

    def take(self, number: int, line: str) -> None:
        """Take the next line in."""
        where = f"{self._file}, line {number}:"
        if line.startswith("## ") or line == "##":
            self._begin_class(number, one_line(line[2:]), where)
        elif line.startswith("#"):
            self._take_title(line, where)
        elif not self._classes:
            self._general.append(_plain(line))
        elif line.startswith("- "):
            self._take_item(line, where)
        elif self._key:
            self._go_on(line, where)
        else:
            self._take_text(line, where)

    def _take_text(self, line: str, where: str) -> None:
        if line.startswith(_DASHLESS):
            raise BadFile(
                f"{where} “{_short(line)}” would be text: write “- ” before it, or a backslash to keep it."
            )
        self._classes[-1]["definition"].append(_plain(line))

    def _take_title(self, line: str, where: str) -> None:
        if not line.startswith("# ") or self._classes or self._title is not None or any(self._general):
            raise BadFile(
                f"{where} “{_short(line)}” is a heading in a place where none belongs: the first line may be "
                "“# title”, every class begins with “## its name”; a line of text that starts with # needs a "
                "backslash before it."
            )
        self._title = one_line(line[1:])

    def _begin_class(self, number: int, name: str, where: str) -> None:
        if not name:
            raise BadFile(f"{where} a class has no name: write it behind ##.")
        if name in self._lines:
            raise BadFile(f"{where} “{name}” was told in line {self._lines[name]} already: tell it once.")
        self._lines[name] = number
        self._classes.append({"name": name, "definition": [], "pictures": []})
        self._key = ""

    def _take_item(self, line: str, where: str) -> None:
        found = _ITEM.match(line)
        key = one_line(found[1]) if found else ""
        if found is not None and key in _PICTURES:
            self._key = key
            self._classes[-1]["pictures"].append(_reference(found[2].strip(), _PICTURES[key], where))
            return
        if found is None or key not in _KEYS:
            told = f"“{key}”" if found else f"“{_short(line)}”"
            raise BadFile(
                f"{where} {told} is none of {', '.join((*_KEYS, *_PICTURES))}: a list says one of these "
                "and a colon; for a list of your own use * instead of -."
            )
        field, one = _KEYS[key], self._classes[-1]
        if field in one:
            raise BadFile(f"{where} “{key}” is said twice of “{one['name']}”: say it once.")
        self._key = field
        one[field] = _VALUES[field](found[2].strip(), where)

    def _go_on(self, line: str, where: str) -> None:
        """A line after the list has begun: it goes on with the item above when it is indented."""
        if not line:
            return
        if line.startswith("  ") and self._key in ("include", "leave_out"):
            self._classes[-1][self._key] += "\n" + line.strip()
            return
        raise BadFile(
            f"{where} “{_short(line)}” stands below the list of “{self._classes[-1]['name']}”: put it before "
            "the list, or indent it by two spaces to go on with “Include” or “Leave out”."
        )

    def done(self) -> Instructions:
        """All that was read."""
        classes = []
        for one in self._classes:
            fields = one | {"definition": paragraphs("\n".join(one["definition"]))}
            for field in ("include", "leave_out"):
                fields[field] = lines(fields.get(field, ""))
            fields["pictures"] = tuple(one["pictures"])
            classes.append(ClassInstructions(**fields))
        return Instructions(self._title or "", paragraphs("\n".join(self._general)), tuple(classes))


def _plain(line: str) -> str:
    return line.removeprefix("\\")


def _short(line: str) -> str:
    return line if len(line) <= 40 else line[:39].rstrip() + "…"


def _reference(text: str, good: bool, where: str) -> Reference:
    found = _PICTURE.fullmatch(text)
    if found is None:
        raise BadFile(
            f"{where} “{_short(text)}” is no picture: write “![where it is from](pictures/name.jpg) what it "
            "shows”."
        )
    origin = re.sub(r"\\(.)", r"\1", found[1])
    return Reference(found[2].removeprefix(SHA256), good, one_line(found[3]), one_line(origin))


def _amount(text: str, where: str) -> Amount:
    found = _AMOUNT.fullmatch(one_line(text))
    if found is None or not (found[1] or found[2]) or (" or " in text) != bool(found[1] and found[2]):
        raise BadFile(
            f"{where} “{_short(text)}” is no amount: write “2 px”, “3 %” or “2 px or 3 %” (the larger)."
        )
    pixels, percent = (float(part or 0) for part in found.groups())
    if not (math.isfinite(pixels) and math.isfinite(percent)):
        raise BadFile(f"{where} “{_short(text)}” is too large a number.")
    return Amount(pixels, percent) if pixels or percent else NOTHING


def _pixels(text: str, where: str) -> float:
    amount = _amount(text, where)
    if amount.percent:
        raise BadFile(f"{where} “{_short(text)}” is no size: write it in pixels, as “8 px”.")
    return amount.pixels


_VALUES: Final[dict[str, Callable[[str, str], Any]]] = {
    "include": lambda text, _where: text,
    "leave_out": lambda text, _where: text,
    "tolerance": _amount,
    "margin": _amount,
    "smallest": _pixels,
}
