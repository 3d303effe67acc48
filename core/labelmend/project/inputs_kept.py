"""The files that a project was made of are never written: no output is put in their place."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from labelmend.errors import Refused
from labelmend.project.project import Project

CERTIFICATE: Final = ".certificate.json"
"""What the name of an export's certificate ends in, after the export's own name."""


@dataclass(frozen=True)
class Inputs:
    """What a project was made of: the source, files of detections, pictures. Frozen: any thread may ask.

    They are known by their names (so also when they were changed since), the first two by their bytes too (so
    also by another name or behind a link). An export of this source is none of them, though it may have the
    source's bytes: its certificate tells.
    """

    names: frozenset[str]
    hashes: frozenset[str]
    source: str

    def keep_names(self, out: Path) -> None:
        """Refuse a place that has the name of one of them; quick. Raises Refused."""
        if out.is_file() and {out.name, out.resolve().name} & self.names and not self._has_export(out):
            raise _refused(out)

    def keep(self, out: Path) -> None:
        """Refuse a place where one of them lies, or a copy of one: what is there is read. Raises Refused."""
        self.keep_names(out)
        if out.is_file() and not self._has_export(out) and any(one in self.hashes for one in _hashes(out)):
            raise _refused(out)

    def _has_export(self, out: Path) -> bool:
        """Whether a certificate beside the file says that it was written from this source."""
        try:
            told = msgspec.json.decode(out.with_name(out.name + CERTIFICATE).read_bytes())
        except (OSError, msgspec.DecodeError):
            return False
        return isinstance(told, dict) and told.get("sha256_source") == self.source


def inputs(project: Project) -> Inputs:
    """What the project was made of."""
    every = (*project.models, *project.images.file_name)
    names = {project.frame.name, *(name.replace("\\", "/").rpartition("/")[2] for name in every)}
    hashes = {project.frame.sha256, *(file["sha256"] for file in project.store.get("detections", ()))}
    return Inputs(frozenset(names), frozenset(hashes), project.frame.sha256)


def _refused(out: Path) -> Refused:
    return Refused(f"{out} is what this project was made of, or has its name: choose another name.")


def _hashes(path: Path) -> Iterator[str]:
    """SHA-256 of a file as it lies on the disk, and unpacked where it is packed."""
    with path.open("rb") as file:
        yield hashlib.file_digest(file, "sha256").hexdigest()
    with contextlib.suppress(OSError, EOFError, zlib.error), gzip.open(path) as unpacked:
        yield hashlib.file_digest(unpacked, "sha256").hexdigest()
