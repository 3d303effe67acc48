"""Writes the corrected COCO file, the source with the changed records spliced in, and its certificate."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from labelmend import __version__
from labelmend.coco.source import read_source
from labelmend.coco.splice import splices, sync_folder, write
from labelmend.errors import BadFile, Refused
from labelmend.progress import Progress, silent
from labelmend.project.aside import Aside, clear_left
from labelmend.project.creation import now, sync_file
from labelmend.project.history import Row, Step
from labelmend.project.imported import Frame
from labelmend.project.inputs_kept import CERTIFICATE, Inputs, inputs
from labelmend.project.project import Project
from labelmend.project.store import Store
from labelmend.review.states import EXPORTED

_EXPORTING: Final = ".exporting-"
"""What the name of the folder begins with in which an export is written."""
_HELD = {"flagged": "not finished", "in_review": "in review", "ambiguous": "undecided"}


class Certificate(msgspec.Struct, frozen=True):
    """What an export did, with the hashes that prove it."""

    file: str
    source: str
    at: str
    by: str
    program: str
    states: str
    annotations_before: int
    annotations_after: int
    identical: int
    changed: int
    added: int
    deleted: int
    held_back: int
    held_back_why: dict[str, int]
    sha256_source: str
    sha256_export: str
    history_rows: int
    history_sha256: str

    def sentences(self) -> list[str]:
        """The certificate as a person reads it."""
        held = ", ".join(
            f"{count:,} {_HELD.get(status, status)}" for status, count in self.held_back_why.items()
        )
        return [
            f"{self.file}: {self.annotations_after:,} annotations, written {self.at[:19]} UTC "
            f"from {self.source}.",
            f"{self.changed:,} changed, {self.added:,} added, {self.deleted:,} deleted, "
            f"{self.identical:,} identical to the byte.",
            f"{'1 label keeps its' if self.held_back == 1 else f'{self.held_back:,} labels keep their'} "
            f"original ({held})."
            if self.held_back
            else "Nothing was held back.",
            f"SHA-256 of the source{_unpacked(self.source)} {self.sha256_source}",
            f"SHA-256 of this file{_unpacked(self.file)}  {self.sha256_export}",
        ]


def _unpacked(name: str) -> str:
    """What is said of a packed file's hash, which is that of its text: packing depends on the packer."""
    return ", unpacked" if name.lower().endswith(".gz") else ""


@dataclass(frozen=True)
class Plan:
    """What an export would write: records by row (None: deleted), records to append, what stays behind."""

    changed: dict[int, bytes | None]
    added: list[bytes]
    held_back: dict[int, str]


def plan(project: Project, *, every_fix: bool = False) -> Plan:
    """The edits that go out. An annotation goes out only when every issue it was changed under lets it."""
    changed: dict[int, bytes | None] = {}
    added: list[bytes] = []
    held: dict[int, str] = {}
    for key, record in sorted(project.state.records.items(), key=lambda item: (item[0] < 0, abs(item[0]))):
        if record == project.original(key):
            continue
        block = None if every_fix else _blocking(project, key)
        if block is not None:
            held[key] = block
        elif key >= 0:
            changed[key] = record
        elif record is not None:
            added.append(record)
    return Plan(changed, added, held)


def _blocking(project: Project, key: int) -> str | None:
    """The state that keeps this annotation's edits in, None when they may go out."""
    now = project.record(key)
    for issue in project.state.issues_touching(key):
        if project.state.before(issue).get(key) == now:
            continue  # what was done under it was put back
        standing = project.state.standings.get(issue)
        if standing is not None and standing.status not in EXPORTED:
            return standing.status
    return None


@dataclass(frozen=True)
class Job:
    """An export that was allowed and planned: frozen, so that the writing may go on in another thread."""

    frame: Frame
    store: Store
    made_of: Inputs
    out: Path
    going: Plan
    every_fix: bool
    by: str
    last_row: Row


def prepare(project: Project, out: Path, *, every_fix: bool = False, overwrite: bool = False) -> Job:
    """Plan an export. Raises Refused for a place that cannot be taken, or a history that was altered."""
    project.require_whole()
    certificate_path = out.parent / f"{out.name}{CERTIFICATE}"  # with_name is not for ".", which has no name
    _require_safe(project, out, certificate_path)
    if not overwrite and (out.exists() or certificate_path.exists()):
        raise Refused(
            f"{out} exists already: choose another name, or say that it may be replaced (--overwrite)."
        )
    made_of = inputs(project)
    made_of.keep_names(out)
    if not out.parent.is_dir():
        raise Refused(f"The folder {out.parent} is not there: make it, or choose another place.")
    by = "" if project.actor is None else f"{project.actor.name}, {project.actor.role}"
    going = plan(project, every_fix=every_fix)
    return Job(project.frame, project.store, made_of, out, going, every_fix, by, project.last_row)


@dataclass(frozen=True)
class Written:
    """An export that is whole and certified, in a folder beside its place, until `keep` puts it there."""

    out: Path
    certificate: Certificate
    folder: Aside


def run_export(job: Job, *, progress: Progress = silent) -> Written:
    """Write the file and its certificate, read back and checked; all or nothing. Slow; of the project it
    reads what never changes, so any thread will do.

    Raises BadFile when what is stored or what was written is not what it should be, Refused when the
    place cannot be written to or holds a copy of an input, Cancelled when `progress` does.
    """
    frame, out = job.frame, job.out
    job.made_of.keep(out)
    cuts = splices(
        frame.spans,
        read=job.store.read,
        changed={"annotations": job.going.changed},
        added={"annotations": job.going.added},
    )
    with _refused(out), ExitStack() as undone:
        clear_left(within=out.parent, prefix=_EXPORTING)
        folder = Aside(within=out.parent, prefix=_EXPORTING)
        undone.callback(folder.cleanup)
        staged = Path(folder.name) / out.name
        digest, _ = write(_watched(job, progress), cuts, staged, sha256=frame.sha256, size=frame.size)
        after = len(read_source(staged).spans["annotations"].start)
        certificate = _certificate(job, digest, after=after)
        part = staged.with_name(staged.name + CERTIFICATE)
        part.write_bytes(msgspec.json.format(msgspec.json.encode(certificate), indent=2) + b"\n")
        sync_file(part)
        progress(1, 1)
        undone.pop_all()
    return Written(out, certificate, folder)


def keep(project: Project, written: Written) -> Certificate:
    """Put an export in its place and write it into the history.

    The certificate comes last: where it lies, the history knows of the export, whenever the power went.
    Raises Refused when the place cannot be written to.
    """
    out, made = written.out, Path(written.folder.name) / written.out.name
    with written.folder, _refused(out):
        made.replace(out)
        _remember(project, written.certificate)
        made.with_name(made.name + CERTIFICATE).replace(out.with_name(out.name + CERTIFICATE))
        sync_folder(out.parent)
    return written.certificate


@contextmanager
def _refused(out: Path) -> Iterator[None]:
    """Tell in a sentence that a place cannot be written to."""
    try:
        yield
    except OSError as error:
        raise Refused(f"{out} cannot be written ({error.strerror}): choose another place.") from error


def export(
    project: Project,
    out: Path,
    *,
    every_fix: bool = False,
    overwrite: bool = False,
    progress: Progress = silent,
) -> Certificate:
    """Prepare, run and keep an export in one call; raises what these raise."""
    job = prepare(project, out, every_fix=every_fix, overwrite=overwrite)
    return keep(project, run_export(job, progress=progress))


def _require_safe(project: Project, out: Path, certificate: Path) -> None:
    """Refuse a target that is this project or another one, or a folder."""
    own = project.path.resolve()
    for target in (out, certificate):
        if target.is_dir():
            raise Refused(f"{target} is a folder: choose another name.")
        if target.resolve().parent == own.parent and target.name.startswith(own.name):
            raise Refused(f"{target} is the project itself or one of its files: choose another name.")
        if target.exists() and not target.is_file():
            raise Refused(f"{target} is no regular file, which could be replaced: choose another name.")
    if out.is_file():
        with out.open("rb") as file:
            if file.read(15) == b"SQLite format 3":
                raise Refused(f"{out} is a project or another database, no COCO file: choose another name.")


def _watched(job: Job, progress: Progress) -> Iterator[bytes]:
    done = 0
    for chunk in job.store.chunks():
        done += len(chunk)
        progress(done, job.frame.size + 1)
        yield chunk


def _certificate(job: Job, digest: str, *, after: int) -> Certificate:
    frame, out, going = job.frame, job.out, job.going
    before = len(frame.spans["annotations"].start)
    deleted = sum(record is None for record in going.changed.values())
    if after != before - deleted + len(going.added):
        raise BadFile(
            f"{out} holds {after:,} annotations, not {before - deleted + len(going.added):,}: do not use it."
        )
    return Certificate(
        file=out.name,
        source=frame.name,
        at=now(),
        by=job.by,
        program=f"Labelmend {__version__}",
        states="all fixes"
        if job.every_fix
        else "fixes that are approved, decided, or were not drawn for review",
        annotations_before=before,
        annotations_after=after,
        identical=before - len(going.changed),
        changed=len(going.changed) - deleted,
        added=len(going.added),
        deleted=deleted,
        held_back=len(going.held_back),
        held_back_why=dict(sorted(Counter(going.held_back.values()).items())),
        sha256_source=frame.sha256,
        sha256_export=digest,
        history_rows=job.last_row.seq,
        history_sha256=job.last_row.hash.hex(),
    )


def _remember(project: Project, certificate: Certificate) -> None:
    """The export, as a row of the history."""
    facts: dict[str, str | int | float] = {
        "file": certificate.file,
        "sha256": certificate.sha256_export,
        "changed": certificate.changed,
        "added": certificate.added,
        "deleted": certificate.deleted,
        "held_back": certificate.held_back,
        "states": certificate.states,
    }
    project.record_event(Step(title=f"Export {certificate.file}", facts=facts), "export")
