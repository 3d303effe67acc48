"""A COCO file's images, categories and annotations as columns of numbers, with its faults named."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from labelmend.coco import identity
from labelmend.coco.blocks import LARGEST, AnnotationBlock, CategoryBlock, ImageBlock, read_blocks
from labelmend.coco.faults import Fault, FaultBook, shown
from labelmend.coco.identity import ODD, Ids
from labelmend.coco.source import Source
from labelmend.coco.values import part_names, tell_areas_and_flags, tell_files_twice, tell_ids
from labelmend.progress import Progress, silent
from labelmend.words import counted

NO_SHAPE, POLYGONS, RLE = 0, 1, 2
LONGEST_NAME, LONGEST_PATH = 255, 1000
"""Bytes of a file's name, and letters of a path below the folder of the pictures, that every system takes."""
NO_BOX = "has a bbox that is not four finite numbers"
BAD_OUTLINE = (
    "has a segmentation that is neither polygons of three points or more nor a mask of its image's size; "
    "draw it anew or empty it."
)


@dataclass(frozen=True, slots=True)
class Images:
    """One row per image record. `width`, `height` in pixels, nan when absent or no positive number.

    `id` is identity.ODD where the id is no int64; the real one is in `odd_ids` by row (None: it has none).
    Half surrogates in `file_name` are replaced, so that it can be stored and shown.
    """

    id: npt.NDArray[np.int64]
    odd_ids: dict[int, Any]
    file_name: list[str]
    width: npt.NDArray[np.float64]
    height: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.id)

    def sizes_of(
        self, rows: npt.NDArray[np.integer[Any]]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Width and height (n,) of rows (n,) of images; nan for row -1, no image, which is the last here."""
        return np.append(self.width, np.nan)[rows], np.append(self.height, np.nan)[rows]


@dataclass(frozen=True, slots=True)
class Categories:
    """One row per category record; ids as in Images."""

    id: npt.NDArray[np.int64]
    odd_ids: dict[int, Any]
    name: list[str]

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True)
class Annotations:
    """One row per annotation record; ids as in Images.

    `image`, `category`: rows, -1 unknown. `bbox` (n, 4) xywh pixels, nan in all four where the record has
    not four finite numbers. `area` nan when absent. `shape`: NO_SHAPE, POLYGONS or RLE.
    `crowd`: marked iscrowd or ignore.
    """

    id: npt.NDArray[np.int64]
    odd_ids: dict[int, Any]
    image: npt.NDArray[np.int32]
    category: npt.NDArray[np.int32]
    bbox: npt.NDArray[np.float64]
    area: npt.NDArray[np.float64]
    crowd: npt.NDArray[np.bool_]
    shape: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True)
class Dataset:
    """The columns of one COCO file and all its faults, those of its source included."""

    images: Images
    categories: Categories
    annotations: Annotations
    faults: list[Fault]

    @cached_property
    def class_counts(self) -> npt.NDArray[np.int64]:
        """How many annotations each class has (n classes,); those of unknown classes are not counted."""
        return np.bincount(self.annotations.category + 1, minlength=len(self.categories.name) + 1)[1:]


def read_dataset(source: Source, progress: Progress = silent) -> Dataset:
    """Columns of every record of a source. What cannot be read of a record is a fault, never a stop."""
    book = FaultBook(source.name)
    image_block = read_blocks(source, "images", ImageBlock, progress=silent)
    category_block = read_blocks(source, "categories", CategoryBlock, progress=silent)
    block = read_blocks(source, "annotations", AnnotationBlock, progress=progress)
    if "categories" not in source.spans or not len(source.spans["categories"]):
        category_block = _called_by_ids(block.category_id)
        told = (
            "its classes are called by their ids"
            if category_block.name
            else "no annotation has a known class"
        )
        book.tell("file", -1, "no-categories", f"has no “categories”: {told}.")
    image = identity.Joiner(image_block.id).join(block.image_id)
    category = identity.Joiner(category_block.id).join(block.category_id)
    _tell_images(book, image_block)
    _tell_categories(book, category_block, category)
    _tell_annotations(book, block, image=image, category=category)
    _tell_forms(book, "image_id", block.image_id, image_block.id, image)
    _tell_forms(book, "category_id", block.category_id, category_block.id, category)
    return Dataset(
        Images(image_block.id.value, image_block.id.odd, image_block.file_name, *image_block.size.T.copy()),
        Categories(category_block.id.value, category_block.id.odd, category_block.name),
        Annotations(
            block.id.value, block.id.odd, image, category, block.bbox, block.area, block.crowd, block.shape
        ),
        source.faults + book.faults(),
    )


def _tell_forms(book: FaultBook, key: str, references: Ids, ids: Ids, rows: npt.NDArray[np.int32]) -> None:
    """Say that references are texts where the ids are numbers, or the other way round."""
    known = np.flatnonzero(rows >= 0)
    other = known[(references.value[known] == ODD) != (ids.value[rows[known]] == ODD)]
    if len(other):
        row = int(other[0])
        told = f"{shown(references.of(row))} for {shown(ids.of(int(rows[row])))}"
        what = f"has {counted(len(other), 'annotation')} with {key} in another form than the id ({told})"
        book.tell("file", -1, "id-form", f"{what}; it is read as the same.")


def _called_by_ids(ids: Ids) -> CategoryBlock:
    """The classes that annotations are of, where the file does not say which there are."""
    texts = sorted({one for one in ids.odd.values() if isinstance(one, str)})
    every = [*np.unique(ids.value[ids.value != ODD]).tolist(), *texts]
    block = CategoryBlock(len(every))
    for row, one in enumerate(every):
        block.put_loose(row, {"id": one, "name": one})
    return block


def fresh_id(annotations: Annotations, *, taken: Collection[int | str] = ()) -> int | str:
    """An id that no annotation and nothing in `taken` has: the next integer, or a text if all are texts."""
    return identity.fresh(Ids(annotations.id, annotations.odd_ids), taken=frozenset(taken))


def _tell_images(book: FaultBook, block: ImageBlock) -> None:
    tell_ids(book, "images", block.id, block.broken, "give every image an id of its own.")
    unreadable = set(block.broken)
    nameless = [row for row, name in enumerate(block.file_name) if not name and row not in unreadable]
    what = "has no file_name; its picture cannot be shown."
    book.tell_rows("images", nameless, "no-file-name", what, block.id)
    for row, name in enumerate(block.file_name):
        if name and not _can_be_a_file(name):
            told = "has a file_name that no file can have; correct it in the file."
            book.tell("images", row, "bad-file-name", told, identity=block.id.of(row))
            block.file_name[row] = ""
    tell_files_twice(book, block.file_name, block.id)
    what = "has a width or height that is no positive number below a billion; correct it in the file."
    book.tell_rows("images", np.flatnonzero(block.bad_size).tolist(), "bad-size", what, block.id)


def _can_be_a_file(name: str) -> bool:
    """Whether asking for a file of that name is no error on any system; nearly all names are short."""
    if len(name) <= LONGEST_NAME // 4:
        return "\0" not in name
    parts = re.split(r"[/\\]", name)
    longest = max(len(part.encode("utf-8", "replace")) for part in parts)
    return "\0" not in name and longest <= LONGEST_NAME and len(name) <= LONGEST_PATH


def _tell_categories(book: FaultBook, block: CategoryBlock, of: npt.NDArray[np.int32]) -> None:
    """Tell the faults of classes and have each a name; of (n,): the class of every annotation."""
    tell_ids(book, "categories", block.id, block.broken, "give every category an id of its own.")
    unreadable = set(block.broken)
    for row in (row for row, name in enumerate(block.name) if not name and row not in unreadable):
        identity = block.id.of(row)
        book.tell("categories", row, "no-name", "has no name; its id is shown.", identity=identity)
        block.name[row] = f"categories[{row}]" if identity is None else shown(identity)
    part_names(book, block.name, block.id, np.bincount(of + 1, minlength=len(block.name) + 1)[1:])


def _told_of(identity: Any, what: str, array: str) -> str:
    """What is said of a record whose image or category is not there."""
    if identity is None:
        return f"has no {what}_id"
    return f"is of {what} {shown(identity)}, which “{array}” lacks"


def _tell_annotations(
    book: FaultBook, block: AnnotationBlock, *, image: npt.NDArray[np.int32], category: npt.NDArray[np.int32]
) -> None:
    tell_ids(book, "annotations", block.id, block.broken, "its place in the file tells it apart.")
    good = np.ones(len(image), bool)
    good[block.broken] = False

    def tell(row: int, code: str, what: str) -> None:
        book.tell("annotations", row, code, what, identity=block.id.of(row))

    for row in np.flatnonzero((image < 0) & good).tolist():
        told = _told_of(block.image_id.of(row), "image", "images")
        tell(row, "unknown-image", f"{told}; correct image_id or delete it.")
    for row in np.flatnonzero((category < 0) & good).tolist():
        told = _told_of(block.category_id.of(row), "category", "categories")
        tell(row, "unknown-category", f"{told}; choose its class or delete it.")
    alone = block.shape == NO_SHAPE  # of the others, their outlines tell
    bad = np.isnan(block.bbox).any(1)
    for row in np.flatnonzero(bad & good & alone).tolist():
        tell(row, "bad-box", f"{NO_BOX}; draw its box or delete it.")
    far = (np.abs(block.bbox) > LARGEST).any(1)
    for row in np.flatnonzero(far & alone).tolist():
        tell(row, "bad-box", "has a bbox of more than a billion pixels; draw its box or delete it.")
    block.bbox[bad | far] = np.nan
    if block.in_texts:
        what = f"has {counted(block.in_texts, 'annotation')} with a bbox of texts; they are read as numbers."
        book.tell("file", -1, "number-text", what)
    for row in sorted(block.odd_shapes):
        tell(row, "bad-outline", BAD_OUTLINE)
    tell_areas_and_flags(book, block)
