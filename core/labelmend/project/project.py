"""An open project: all that was imported, all that was done to it, and the one way to change it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Any, cast

from labelmend.coco.columns import Dataset, Images
from labelmend.coco.detections import Detections
from labelmend.coco.identity import Ids
from labelmend.errors import BadFile, Refused
from labelmend.geometry.orientation import Prefer
from labelmend.picture_paths import picture_in
from labelmend.project import creation
from labelmend.project.about import altered, require_fitting
from labelmend.project.annotation import Annotation
from labelmend.project.creation import now
from labelmend.project.current import CurrentAnnotations
from labelmend.project.expected import require_expected
from labelmend.project.history import Op, Row, Step, first_tampered, row_after
from labelmend.project.imported import Frame, get_dataset, get_detections, get_frame, get_models
from labelmend.project.issue_table import IssueTable
from labelmend.project.rows_by_id import RowsById
from labelmend.project.run import Run, load_run
from labelmend.project.state import Changes, State
from labelmend.project.store import DAMAGE, Store
from labelmend.project.story import Entry, tell
from labelmend.project.styles import StyleBook
from labelmend.project.taking_back import Taking
from labelmend.project.undoing import Undoing
from labelmend.review.states import Actor, Role, Standing


class Project:
    """The one writer of a project file. Use it from one thread.

    `dataset` holds the source's columns as they were imported; what stands now is asked for with
    `annotation` and `annotations_of`.
    """

    create = staticmethod(creation.create)

    def __init__(self, path: Path, *, actor: Actor | None = None, reading: bool = False) -> None:
        """Open the project file. Raises BadFile or Refused, each with a sentence."""
        self.path = path
        self.store = Store(path, reading=reading)
        self.actor: Actor | None = None
        self.adopted, self.copy_of, self.is_kept = list[Row](), b"", False
        self.undoing = Undoing(self)
        try:
            self._load()
            if actor is not None:
                self.work_as(actor)
        except DAMAGE as error:
            self.store.close()
            raise BadFile(f"{path} is damaged ({error}): open a copy or a backup of it.") from error
        except BaseException:
            self.store.close()
            raise

    @classmethod
    def open(cls, path: Path, *, actor: Actor | None = None) -> Project:
        """The project of that file."""
        return cls(path, actor=actor)

    @classmethod
    def open_to_read(cls, path: Path) -> Project:
        """The project of that file as it stands now, beside whoever has it open; it cannot be changed."""
        return cls(path, reading=True)

    def close(self) -> None:
        """Close the file. Everything that was done is in it."""
        self.store.close()

    def _load(self) -> None:
        self.dataset: Dataset = get_dataset(self.store)
        self.frame: Frame = get_frame(self.store)
        self.images: Images = self.dataset.images
        self.categories = self.dataset.categories
        self.image_ids = RowsById(Ids(self.images.id, self.images.odd_ids))
        self.category_ids = RowsById(Ids(self.categories.id, self.categories.odd_ids))
        self.styles = StyleBook(self.store.read, self.frame.spans, shape=self.dataset.annotations.shape)
        self._places = creation.places_of(self.store.need("images.folder"), self.path.parent)
        self._detections: Detections | None = None
        self._detections_read = False
        bad = first_tampered(history := self.store.history())
        self.altered_at = None if bad is None else bad.seq
        self.tampered = "" if bad is None else altered(self.store, bad)
        self._last = history[-1]
        self.stand(takewhile(lambda row: row is not bad, history))

    def stand(self, rows: Iterable[Row]) -> None:
        """Stand where these rows of the history come to: once, or in a copy (`still`)."""
        self.state = State.of(rows)
        self._annotations = CurrentAnnotations(
            self.dataset,
            self.frame.spans["annotations"],
            read=self.store.read,
            state=self.state,
            image_ids=self.image_ids,
            category_ids=self.category_ids,
            floor=tuple(self.store.get("floor", (0, None))),
        )
        self._load_issues()

    def _load_issues(self, run: Run | None = None) -> None:
        found, ids, texts = run or load_run(self.store)
        self._next_issue = int(self.store.get("next issue"))
        self.issues = IssueTable(
            found,
            ids,
            categories=self.categories.name,
            texts=texts,
            name=lambda key: str(self.id_of(key)),
            file=lambda image: self.images.file_name[image],
        )
        self.issues.add_notes(self.state.notes.values())
        self.issues.point_at({key: self.state.twin(key) for key in self.state.twins})
        self.issues.set_standings(self.state.standings)

    # ---------------------------------------------------------------- what there is
    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def n_images(self) -> int:
        """How many images the source lists."""
        return len(self.images.id)

    def work_as(self, actor: Actor) -> None:
        """Say who works from now on. Raises Refused for an empty name."""
        if not actor.name.strip():
            raise Refused("Say who works: the name is empty.")
        if not actor.name.isprintable():
            raise Refused("Say who works: the name holds characters that cannot be shown.")
        require_fitting(self.store, actor)
        self.actor = Actor(actor.name.strip(), actor.role)
        self.store.say_who(self.actor.name)

    def declared_size(self, image: int) -> tuple[int, int] | None:
        """Width and height that the file declares for an image, None when it declares none."""
        if not 0 <= image < self.n_images:
            return None
        width, height = self.images.width[image], self.images.height[image]
        return (int(width), int(height)) if width > 0 and height > 0 else None

    def image_path(self, image: int) -> Path:
        """Where the picture of an image is looked for."""
        return picture_in(self.images_folder, self.images.file_name[image])

    @property
    def images_folder(self) -> Path:
        """The folder that the pictures are in: beside the project as it was, else where it was."""
        return next((place for place in self._places if place.is_dir()), self._places[0])

    def set_images_folder(self, folder: Path) -> None:
        """Look for the pictures in another folder from now on."""
        self.require_whole()
        folders = creation.folder_paths(folder, self.path.parent)
        with self.store.transaction():
            self.store.put("images.folder", folders)
        self._places = creation.places_of(folders, self.path.parent)

    @property
    def orientation(self) -> Prefer:
        """Which pixels labels live in where the file's size fits both: "stored" (default) or "turned"."""
        return "turned" if self.store.get("orientation") == "turned" else "stored"

    def set_orientation(self, prefer: Prefer) -> None:
        """Say which pixels the labels live in where the file's size fits the stored and the turned ones."""
        self.require_whole()
        with self.store.transaction():
            self.store.put("orientation", prefer)

    def detections(self) -> Detections | None:
        """All detections, sorted by image; None when the project has none."""
        if not self._detections_read:
            self._detections, self._detections_read = get_detections(self.store), True
        return self._detections

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the files that the detections are from; the detections' `source` numbers them."""
        return get_models(self.store)

    def detections_of(self, image: int) -> Detections | None:
        """The detections of one image."""
        every = self.detections()
        return None if every is None or image < 0 else every.of_image(image)

    # ---------------------------------------------------------------- annotations as they stand now
    def original(self, key: int) -> bytes | None:
        """The record's bytes in the source; None for an annotation that was added here."""
        return self._annotations.original(key)

    def record(self, key: int) -> bytes | None:
        """The record's bytes as they stand now; None when deleted or unknown."""
        return self._annotations.record(key)

    def read_annotation(self, key: int, record: bytes) -> Annotation:
        """The annotation that these bytes are."""
        return self._annotations.read(key, record)

    def annotation(self, key: int) -> Annotation | None:
        """One annotation as it stands now; None when it is deleted or unknown."""
        record = self.record(key)
        return None if record is None else self.read_annotation(key, record)

    def category_of(self, key: int) -> int:
        """The class row of an annotation as it stands now; -1 when it is deleted or not known."""
        return self._annotations.category_of(key)

    def annotations_of(self, image: int) -> list[Annotation]:
        """The annotations of an image as they stand now: the source's in its order, then the added ones."""
        return self._annotations.of_image(image)

    def added_to(self, image: int) -> tuple[int, ...]:
        """The keys of all annotations that were ever added to an image."""
        return self._annotations.added_to(image)

    def id_of(self, key: int) -> Any:
        """The id of an annotation, deleted or not, as the file has it."""
        return self._annotations.id_of(key)

    def fresh_id(self, beside: Sequence[Any] = ()) -> Any:
        """An id that no annotation ever had, and none of `beside`."""
        return self._annotations.fresh_id(beside)

    # ---------------------------------------------------------------- issues
    def standing(self, issue: int) -> Standing:
        """Where an issue stands."""
        return self.state.standing(issue)

    def story(self, issue: int) -> list[Entry]:
        """What happened to an issue, oldest first; a first approval is kept from the second reviewer."""
        return tell(self.state, issue, self.store.headings)

    # ---------------------------------------------------------------- the one way to change something
    def apply(self, step: Step, *, op: Op = "do", of: int | None = None) -> Changes:
        """Do a step: one transaction, on the disk when this returns; in a copy (`still`) when that is kept.

        An idle step is not written. Raises Refused when nobody said who works, or when something is no longer
        as the step expects.
        """
        if self.actor is None and op != "find":
            raise Refused("Say who works first: File > Who is working.", remedy="switch_person")
        require_expected(self, step)
        if op == "do" and step.is_idle:
            return Changes()
        next_issue = max((note.id + 1 for note in step.notes), default=self._next_issue)
        if self.copy_of:
            self.adopted.append(row := self._row_after(step, op, of))
        else:
            self._write([row := self.next_row(step, op, of)], next_issue)
        self._next_issue = next_issue
        self._read(row, step)
        self.undoing.remember(row)
        return self._refresh(step)

    def adopt(self, step: Step, like: Row, *, op: Op, of: int | None = None) -> Row:
        """Do in a copy (`still`) what was done elsewhere, by whom and when `like` says. Raises Refused."""
        require_expected(self, step)
        who = Actor(like.actor, cast(Role, like.role)) if like.actor else None
        row = row_after(self._last, step, at=like.at, actor=who, op=op, of=of)
        self.adopted.append(row)
        self._read(row, step)
        self._refresh(step)
        return row

    def keep(self, other: Project) -> None:
        """Write what was done in a copy of this project: it is on the disk when this returns.

        Any thread may, if nothing is done here until `take_over`. Raises Refused when this was changed since.
        """
        self.require_whole()
        if other.copy_of != self._last.hash:
            raise Refused(f"{self.name} was changed meanwhile: do it again.")
        self._write(other.adopted, other._next_issue)
        other.is_kept = True

    def take_over(self, other: Project) -> Changes:
        """Stand where a copy of this project stands, which is kept first unless it is. Raises Refused."""
        if not other.is_kept:
            self.keep(other)
        other.issues.take_room(self.issues)
        self.state, self.issues, self._annotations = other.state, other.issues, other._annotations
        self._last, self._next_issue = other._last, other._next_issue
        self.undoing = other.undoing.still(self)
        return Changes(title=self._last.title, issues_replaced=True)

    def next_row(self, step: Step, op: Op, of: int | None = None) -> Row:
        """The history row that this step would be. Raises Refused when the history was tampered with."""
        self.require_whole()
        return self._row_after(step, op, of)

    def _row_after(self, step: Step, op: Op, of: int | None) -> Row:
        return row_after(self._last, step, at=now(), actor=self.actor, op=op, of=of)

    def _write(self, rows: Sequence[Row], next_issue: int) -> None:
        with self.store.transaction():
            if next_issue != self._next_issue:
                self.store.put("next issue", next_issue)
            self.store.append(*rows)

    def rehearse(self, step: Step) -> Changes:
        """Do a step in memory alone, where the project is open to be read: what would be. Raises Refused."""
        if not self.store.reading:
            raise Refused(f"{self.path} is open to be changed: open it to be read to try something out.")
        require_expected(self, step)
        self._read(replace(self._last, seq=self._last.seq + 1, op="do", title=step.title), step)
        return self._refresh(step)

    def _read(self, row: Row, step: Step) -> None:
        self._last = row
        self.state.read(row, step)

    def _refresh(self, step: Step) -> Changes:
        edited = ((edit.key, edit.after or edit.before) for edit in step.edits)
        told = (*edited, *step.of_versions.items())
        images = {self._annotations.forget(key, record) for key, record in told if record is not None}
        self.issues.add_notes(step.notes)
        self.issues.point_at(dict(step.twins))
        judged = {decision.issue for decision in step.decisions}
        if step.draw is not None:
            judged |= set(step.draw.frame)
        self.issues.set_standings({issue: self.state.standings.get(issue) for issue in judged})
        keys = frozenset(edit.key for edit in step.edits)
        return Changes(title=step.title, annotations=keys, images=frozenset(images), issues=frozenset(judged))

    def require_whole(self) -> None:
        """Refuse what writes when the history was altered elsewhere, or the project is open to be read."""
        if self.store.reading:
            raise Refused(f"{self.path} was opened for reading only.")
        if self.tampered:
            raise Refused(self.tampered)

    def record_event(self, step: Step, op: Op) -> None:
        """Append something that changed no annotation, an export say, to the history."""
        row = self.next_row(step, op)
        self._write([row], self._next_issue)
        self._read(row, step)

    @property
    def last_row(self) -> Row:
        """The newest row of the history."""
        return self._last

    def read_run(self, row: Row, step: Step, run: Run | None = None) -> None:
        """Take a run of the finder, or new detections, into account: just stored, read unless given."""
        self._read(row, step)
        self._detections_read = False
        self._load_issues(run)

    # ---------------------------------------------------------------- undo and redo
    def undo_title(self) -> str | None:
        """What undo would take back, None when there is nothing."""
        row = self.undoing.undoable()
        return None if row is None else row.title

    def redo_title(self) -> str | None:
        """What redo would do again, None when there is nothing."""
        row = self.undoing.redoable()
        return None if row is None else row.title

    def undo(self) -> Changes:
        """Take back this person's last step that still can be. Raises Refused when there is none."""
        row = self.undoing.undoable()
        if row is None:
            raise Refused("There is nothing to undo.")
        return self.apply(Taking.now(self).back(row), op="undo", of=row.seq)

    def redo(self) -> Changes:
        """Do again what was undone last. Raises Refused when there is none."""
        row = self.undoing.redoable()
        if row is None:
            raise Refused("There is nothing to redo.")
        return self.apply(Taking.now(self).again(row), op="redo", of=row.seq)

    def still(self) -> Project:
        """The project as it stands now, for a thread; what is done in it is not in the file until `keep`."""
        other = copy(self)
        other.adopted, other.copy_of, other.is_kept = [], self._last.hash, False
        other.state, other.issues = self.state.still(), self.issues.still()
        other._annotations, other.undoing = self._annotations.still(other.state), self.undoing.still(other)
        other.tampered = "This is the project as it stood: do it in the project itself."
        return other

    def new_key(self) -> int:
        """The key of the next annotation that is added."""
        return self._annotations.lowest_key - 1

    def new_issue(self) -> int:
        """The id of the next issue that is noted."""
        return self._next_issue
