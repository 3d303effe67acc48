"""Files that are written: where they may not go, and how they take their place when they are whole."""

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from labelmend.errors import Refused


def require_place(out: Path, *, beside: Iterable[Path], overwrite: bool = True) -> None:
    """Refuse, before the work begins, a place that cannot be taken: a folder, one of the inputs (`beside`;
    of a project, also the files that belong to it), another project, or, unless `overwrite`, a file that is
    there."""
    if not out.parent.is_dir():
        raise Refused(f"The folder {out.parent} is not there: make it, or choose another place.")
    if out.is_dir():
        raise Refused(f"{out} is a folder: choose another name.")
    for one in beside:
        own = one.resolve()
        of_project = one.suffix == ".labelmend" and out.name.startswith(own.name)
        if out.resolve() == own or (of_project and out.resolve().parent == own.parent):
            raise Refused(f"{out} is what is read here: choose another name.")
    if out.exists() and not overwrite:
        raise Refused(f"{out} exists already: choose another name, or say --overwrite.")
    if out.is_file():
        with out.open("rb") as file:
            if file.read(15) == b"SQLite format 3":
                raise Refused(f"{out} is a project or another database: choose another name.")


@contextlib.contextmanager
def written(path: Path) -> Iterator[TextIO]:
    """A text file that takes its place when it is whole; when the writing fails nothing is left behind.

    What is no regular file (a pipe, a device) is written to as it is, never replaced; of a link, what it
    leads to is replaced. Raises Refused where nothing can be written.
    """
    replaced = path.is_file() or not path.exists()
    place = path.resolve() if replaced else path
    unfinished = place.with_name(f"unfinished-{place.name}") if replaced else place
    try:
        with unfinished.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            yield file
        if replaced:
            unfinished.replace(place)
    except BrokenPipeError:  # who reads had enough
        raise
    except OSError as error:
        why = error.strerror or error
        raise Refused(f"{path} cannot be written: {why}; choose another place.") from error
    finally:
        if replaced:
            with contextlib.suppress(OSError):  # where nothing can be written nothing was
                unfinished.unlink(missing_ok=True)
