"""The engine for scripts and notebooks: load files, find, look at columns or records. No project, no window.

    import labelmend
    data = labelmend.load("annotations.json", detections="detections.json")
    for issue in labelmend.find_issues(data).records():
        print(issue.kind, issue.image_id, issue.annotation_id, issue.score, issue.reason)

Everywhere boxes are x, y, width, height in pixels, origin at the top left, as in COCO; rows count from 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import numpy as np
from numpy.typing import NDArray

from labelmend.coco.columns import NO_SHAPE, Annotations, Categories, Dataset, Images
from labelmend.coco.detections import Detections
from labelmend.coco.faults import Fault
from labelmend.coco.identity import Ids
from labelmend.coco.outlines import read_labels
from labelmend.coco.source import Source, read_source
from labelmend.coco.thorough import further_faults
from labelmend.errors import BadFile, LabelmendError, NotThere
from labelmend.find.evidence.label_masks import LabelMasks
from labelmend.find.inputs import ImageSizes, Labels, Predicted, Tolerance
from labelmend.find.issues import KINDS, Issues
from labelmend.find.lists import Form, Portion, write_list
from labelmend.find.offers import Offer, read_checked
from labelmend.find.records import Issue, Names, columns_of, masks_of, portions, record_of, records_of
from labelmend.find.run import FindInputs, Found, run_check, run_find
from labelmend.picture_paths import picture_in
from labelmend.progress import Progress, silent, stage
from labelmend.words import told_apart
from labelmend.workers.side_by_side import AHEAD

if TYPE_CHECKING:
    from labelmend.find.pictures.look import Grey, ReadGrey, ReadRecord

Place = str | PathLike[str]

__all__ = [
    "KINDS",
    "BadFile",
    "Data",
    "FoundIssues",
    "Issue",
    "LabelmendError",
    "Tolerance",
    "check_structure",
    "find_issues",
    "load",
]


@dataclass(frozen=True, repr=False)
class Data:
    """A COCO file, and perhaps a detector's results for it, read into columns. Made by `load`.

    source: the file's bytes and where each record lies in them. dataset: the columns. outline (n, 4): the
    xywh of each annotation's own polygons or mask, nan without; crossing (n,): whether its polygon crosses
    itself. detections: those that can be used, sorted by image, or None. faults: what is wrong in the files,
    each with its sentence; label_faults: those of the annotations' file, which are issues too. models: the
    names of the detections' files; `detections.source` says which each is from, where there are several.
    offers: how files of detections must be read to fit, where they do not as they are written (see `offered`
    of `load`).
    """

    source: Source
    dataset: Dataset
    outline: NDArray[np.float64]
    crossing: NDArray[np.bool_]
    detections: Detections | None
    faults: tuple[Fault, ...]
    label_faults: tuple[Fault, ...] = ()
    models: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()

    def __repr__(self) -> str:
        """In one line how much there is: a notebook shows it, and the bytes of a file would fill it."""
        found = "no detections" if self.detections is None else f"{len(self.detections):,} detections"
        return (
            f"<Data of {self.source.name}: {len(self.images):,} images, {len(self.annotations):,} "
            f"annotations, {len(self.categories):,} classes, {found}, {len(self.faults):,} faults>"
        )

    @property
    def images(self) -> Images:
        """One row an image: id (n,) int64, file_name; width, height (n,) float64 pixels (nan: unknown)."""
        return self.dataset.images

    @property
    def categories(self) -> Categories:
        """One row a class: id (n,) int64, name."""
        return self.dataset.categories

    @property
    def annotations(self) -> Annotations:
        """One row an annotation: id (n,) int64; image, category (n,) int32, rows (-1: unknown); bbox (n, 4)
        float64 xywh pixels (nan: none); area (n,) square pixels; crowd (n,) bool."""
        return self.dataset.annotations

    @cached_property
    def names(self) -> Names:
        """How the file calls its rows: ids that are no integers are kept as they are."""
        images, categories, annotations = self.images, self.categories, self.annotations
        return Names(
            image=Ids(images.id, images.odd_ids).of,
            annotation=Ids(annotations.id, annotations.odd_ids).of,
            category=Ids(categories.id, categories.odd_ids).of,
            categories=categories.name,
            files=images.file_name,
            mask=masks_of(self.detections, width=images.width, height=images.height),
            outlined=lambda key: bool(annotations.shape[key] != NO_SHAPE),
        )


@dataclass(frozen=True, repr=False)
class FoundIssues:
    """Suspected label errors, worst first: as columns, or one by one as records.

    To be gone through (as records) and counted by len. columns: arrays of one row an issue, told in
    `labelmend.find.issues.Issues`: kind (n,), a place in `labelmend.KINDS`, image (n,) row in
    `data.images`, annotation (n,) row in `data.annotations` (NO_KEY: none), bbox (n, 4) xywh pixels,
    score (n,) 0 to 1, and more. texts: by row, the reasons that do not follow from the columns. checkup:
    whether annotations and detections belong together, in sentences; misfit: they do not. looked: what was
    looked at in the pictures, in a sentence.
    """

    data: Data
    columns: Issues
    texts: dict[int, str]
    checkup: tuple[str, ...] = ()
    misfit: bool = False
    looked: str = ""

    def __len__(self) -> int:
        return len(self.columns)

    def __repr__(self) -> str:
        """In one line how many there are of each kind."""
        number = np.bincount(self.columns.kind, minlength=len(KINDS)).tolist()
        told = ", ".join(f"{n:,} {kind}" for n, kind in zip(number, KINDS, strict=True) if n)
        return f"<{len(self):,} issues in {self.data.source.name}{': ' * bool(told)}{told}>"

    def __iter__(self) -> Iterator[Issue]:
        """All records, worst first."""
        return self.records()

    def record(self, row: int) -> Issue:
        """The issue of one row."""
        return record_of(self.columns, row, names=self.data.names, text=self.texts.get(row, ""))

    def records(self, *, top: int | None = None) -> Iterator[Issue]:
        """The issues one by one, worst first; only so many when `top` is given, from 0 up."""
        return records_of(self.columns, self._rows(top), names=self.data.names, texts=self.texts)

    def write(self, out: TextIO, *, form: Form = "jsonl", top: int | None = None) -> None:
        """Write the issues, worst first, as JSON lines or CSV, as `labelmend issues` does for a project."""
        write_list(self._portions(top), out, form=form)

    def _rows(self, top: int | None) -> NDArray[np.int64]:
        if top is not None and top < 0:
            raise ValueError(f"top is how many issues are wanted, from 0 up, not {top}")
        return np.arange(len(self))[:top]

    def _portions(self, top: int | None) -> Iterator[Portion]:
        for rows in portions(self._rows(top)):
            told = columns_of(self.columns, rows, names=self.data.names, texts=self.texts)
            yield told | {"state": ["flagged"] * len(rows)}


def load(
    annotations: Place,
    *,
    detections: Place | Sequence[Place] | None = None,
    offered: bool = True,
    progress: Progress = silent,
) -> Data:
    """Read a COCO instances file and, for its images, a detector's results (.json or .json.gz).

    detections: a COCO results list, or an instances file whose annotations carry `score`; or several such
    files, one a model: what they agree on is evidence.
    offered: detections that fit only when they are read otherwise than written (corners for sizes, category
    ids off by one, ...) are read so, which `offers` of the data tells; False: as they are written.
    progress: called as progress(done, total); what it raises stops the reading.

    Raises BadFile, with the file's name, what is wrong and what to do, for what cannot be used as such;
    what is wrong with single records is told in `faults`.
    """
    source = read_source(_path(annotations, "annotations"), progress=stage(progress, 0, 40))
    dataset, outline, crossing = read_labels(source, progress=stage(progress, 40, 70))
    found, faults = None, tuple(dataset.faults)
    of_labels = faults
    offers: tuple[Offer, ...] = ()
    paths = files(detections)
    if paths:
        read = read_checked(
            paths, dataset=dataset, beside=source.name, offered=offered, progress=stage(progress, 70, 100)
        )
        found, faults, offers = read.detections, (*faults, *read.faults), read.offers
        paths = read.paths
    progress(100, 100)
    names = tuple(told_apart(paths, beside=source.name))
    return Data(source, dataset, outline, crossing, found, faults, of_labels, names, offers)


def find_issues(
    data: Data,
    *,
    images: Place | None = None,
    tolerance: Tolerance | None = None,
    progress: Progress = silent,
    executor: Executor | None = None,
    ahead: int = AHEAD,
) -> FoundIssues:
    """Find suspected label errors of all kinds; score is the probability that the label is wrong.

    What a good detector does (how right it is at which score, what it overlooks and confuses) is learned from
    this very pair of files; masks are compared where both have them. Without detections, structure,
    duplicates and outliers remain. Raises what `progress` raises, and BadFile where `images` is no folder.

    images: the folder that `file_name` starts from: every picture is looked at too, for labels whose sides
    lie on no edge and for what labels look like, which takes longer; those that are missing or no pictures
    are issues.
    tolerance: what is let pass, by class: sides a little off, margins that labels keep, objects too small to
    label.
    executor: any concurrent.futures.Executor; blocks of images are examined there, `ahead` of them at a time
    (twice its workers is plenty), and the result is the same to the last digit.
    """
    inputs = replace(_inputs(data), tolerance=tolerance)
    if images is not None:
        inputs = replace(inputs, read=_pictures(data.images, folder(images)), record=_record(data))
    found = run_find(inputs, progress=progress, executor=executor, ahead=ahead)
    return _ranked(data, found)


def check_structure(data: Data) -> FoundIssues:
    """Find what is wrong with the records themselves, without a detector: see `labelmend check`."""
    faults = (*data.label_faults, *further_faults(data.source, data.dataset))
    return _ranked(data, run_check(replace(_inputs(data), faults=faults)))


def files(detections: Place | Sequence[Place] | None) -> tuple[Path, ...]:
    """The files of detections that are given: none, one, or one of each of several models."""
    if detections is None:
        return ()
    if isinstance(detections, (str, PathLike, Mapping)):
        return (_path(detections, "detections"),)
    return tuple(_path(place, "detections") for place in detections)


def folder(images: Place) -> Path:
    """The folder of the pictures. Raises BadFile where there is none of that name."""
    place = _path(images, "images")
    if not place.is_dir():
        raise NotThere(f"{place} is no folder: name the one that “file_name” starts from.")
    return place


def _path(place: object, what: str) -> Path:
    """A path as such. Raises TypeError for what was read already, and for anything else."""
    if isinstance(place, (str, PathLike)):
        return Path(place)
    raise TypeError(f"{what}: a path is needed, not {type(place).__name__}; write that to a file first")


def _ranked(data: Data, found: Found) -> FoundIssues:
    columns, texts = found.issues, found.texts
    if (np.diff(columns.score) > 0).any():
        order = np.argsort(-columns.score, kind="stable")
        place = np.argsort(order)
        columns, texts = columns.take(order), {int(place[row]): text for row, text in texts.items()}
    return FoundIssues(data, columns, texts, found.checkup, found.misfit, found.looked)


def _pictures(images: Images, folder: Path) -> ReadGrey:
    from labelmend.pictures import read_grey  # the libraries for pictures take a tenth of a second

    def read(image: int, reduce: int) -> Grey:
        width, height = float(images.width[image]), float(images.height[image])
        path = picture_in(folder, images.file_name[image])
        return read_grey(path, width=width, height=height, reduce=reduce)

    return read


def _record(data: Data) -> ReadRecord:
    return lambda row: data.source.record("annotations", row)


def _inputs(data: Data) -> FindInputs:
    images, annotations, found = data.images, data.annotations, data.detections
    predicted = None
    if found is not None:
        predicted = Predicted(found.image, found.category, found.bbox, found.score, found.masks, found.source)
    labels = Labels(
        key=np.arange(len(annotations)),
        image=annotations.image,
        category=annotations.category,
        bbox=annotations.bbox,
        crowd=annotations.crowd,
        outline=data.outline,
        crossing=data.crossing,
    )
    width, height = images.sizes_of(labels.image)
    masks = LabelMasks(
        labels,
        _record(data),
        width=width,
        height=height,
        compared=found is not None and found.masks is not None,
    )
    return FindInputs(
        sizes=ImageSizes(images.width, images.height),
        labels=labels,
        masks=masks,
        predicted=predicted,
        categories=tuple(data.categories.name),
        category_ids=data.categories.id,
        files=tuple(images.file_name),
        faults=data.label_faults,
        models=data.models,
    )
