"""Instructions as a folder that people read without the program: instructions.md and its pictures."""

import itertools
import re
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

import msgspec

from labelmend.errors import BadFile, Refused
from labelmend.project.instructing import instructions_of
from labelmend.project.project import Project
from labelmend.project.references import LARGEST_BYTES, checked, ending_of, picture_of
from labelmend.review import instructions_file
from labelmend.review.instructions import ClassInstructions, Instructions, Reference
from labelmend.words import counted

FILE: Final = "instructions.md"
PICTURES: Final = "pictures"
_LARGEST_TEXT: Final = 4 << 20
_HASH: Final = re.compile("[0-9a-f]{64}")
_LONGEST_NAME: Final = 40


def write_folder(project: Project, folder: Path) -> str:
    """Write the instructions as a new folder; what was written, in a sentence.

    Raises Refused for a place that is taken, BadFile when a picture is gone; nothing is left behind then.
    """
    if folder.exists() or folder.is_symlink():
        raise Refused(f"{folder} exists already: choose another name, or delete it first.")
    if not folder.parent.is_dir():
        raise Refused(f"The folder {folder.parent} is not there: make it, or choose another place.")
    given = instructions_of(project)
    places: dict[str, str] = {}
    try:
        with tempfile.TemporaryDirectory(prefix=".instructions-", dir=folder.parent) as beside:
            made = Path(beside) / "made"
            (made / PICTURES).mkdir(parents=True)
            for one in given.classes:
                for each in one.pictures:
                    if each.picture not in places:
                        data = picture_of(project, each.picture)
                        places[each.picture] = _place(one.name, ending_of(data), taken=set(places.values()))
                        (made / places[each.picture]).write_bytes(data)
            text = instructions_file.written(given, places=places)
            (made / FILE).write_text(text, encoding="utf-8", newline="")
            made.replace(folder)
    except OSError as error:
        raise Refused(
            f"{folder} cannot be written: {error.strerror or error}; choose another place."
        ) from error
    return f"{folder}: {FILE} and {counted(len(places), 'picture')}."


def _place(name: str, ending: str, *, taken: Collection[str]) -> str:
    """A name for a picture's file that any system takes and a person recognises."""
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_LONGEST_NAME] or "class"
    known = {place.rpartition(".")[0] for place in taken}
    names = (f"{PICTURES}/{stem}-{number}" for number in itertools.count(1))
    return next(name for name in names if name not in known) + ending


def read_folder(path: Path, *, categories: Sequence[str]) -> tuple[Instructions, dict[str, bytes]]:
    """The instructions of a folder, or of a Markdown file with its pictures beside it, and those pictures.

    categories: the names of the classes there are. Raises BadFile, with the name of what it is about, for
    whatever cannot be read or leads out of the folder.
    """
    file = path / FILE if path.is_dir() else path
    if path.is_dir() and (file.is_symlink() or not file.is_file()):
        raise BadFile(f"{path} holds no {FILE}: choose the folder of instructions that were exported.")
    if file.is_file() and file.stat().st_size > _LARGEST_TEXT:
        raise BadFile(f"{file} is larger than instructions ever are: choose another file.")
    told = instructions_file.open_file(file, categories=categories)
    found: dict[str, bytes] = {}
    classes = tuple(_with_pictures(one, file.parent, found) for one in told.classes)
    return msgspec.structs.replace(told, classes=classes), found


def _with_pictures(one: ClassInstructions, folder: Path, found: dict[str, bytes]) -> ClassInstructions:
    pictures = []
    for each in one.pictures:
        name = each.picture
        if not _HASH.fullmatch(name):
            made = checked(_bytes_of(folder, name), where=name)
            name = made.name
            found[name] = made.data
        pictures.append(Reference(name, each.good, each.caption, each.origin))
    return msgspec.structs.replace(one, pictures=tuple(pictures))


def _bytes_of(folder: Path, name: str) -> bytes:
    """A picture's bytes; only a plain file in the folder of pictures will do."""
    if not re.fullmatch(rf"{PICTURES}/[^/\\:]+", name) or name.endswith(("/.", "/..")):
        raise BadFile(f"“{name}” leads out of the folder: the pictures lie in {PICTURES}/ beside {FILE}.")
    place = folder / name
    if place.is_symlink() or place.parent.is_symlink():
        raise BadFile(f"“{name}” is a link: put the picture itself into {place.parent}.")
    if not place.is_file():
        raise BadFile(f"“{name}” is not there: put the picture into {place.parent}, or take out its line.")
    with place.open("rb") as file:
        return file.read(LARGEST_BYTES + 1)
