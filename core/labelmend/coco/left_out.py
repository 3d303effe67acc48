"""Which detections cannot be used, and how that is told: many alike in one sentence, with their number."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from labelmend.coco.columns import Dataset
from labelmend.coco.detection_block import DetectionBlock
from labelmend.coco.faults import FaultBook, shown
from labelmend.coco.identity import ODD, Ids
from labelmend.errors import BadFile
from labelmend.words import counted

FEW: Final = 3
"""So many records with one fault are told one by one; of more their number is, with so many examples."""

_ANOTHER: Final = "It may be of another dataset: choose the detections of this one."


@dataclass(frozen=True)
class _Check:
    """One thing that makes detections unusable: its code, the rows `bad` (n,) with it, how it is told of one
    (after its place) and of many (after their number). Where the dataset lacks what they are of: its `ids`,
    the words for one and for many, and why that may be right."""

    code: str
    bad: npt.NDArray[np.bool_]
    one: str
    many: str = ""
    ids: Ids | None = None
    nouns: tuple[str, str] = ("", "")
    right: str = ""

    def of_one(self, row: int) -> str:
        """What is wrong with one record."""
        if self.ids is None:
            return f"{self.one}; it was left out."
        identity = self.ids.of(row)
        noun, nouns = self.nouns
        if identity is None:
            return f"names no {noun}; it was left out."
        return f"is of {noun} {shown(identity)}, which is not among the {nouns}; it was left out."

    def of_many(self, rows: npt.NDArray[np.int64], n: int) -> str:
        """What is wrong with these rows of n."""
        told = f"has {len(rows):,} detections (of {n:,}) "
        if self.ids is None:
            first = ", ".join(f"detections[{row}]" for row in rows[:FEW].tolist())
            return f"{told}{self.many}; they were left out. The first are {first}."
        plain = self.ids.value[rows]
        odd = {shown(self.ids.of(row)) for row in rows[plain == ODD].tolist()}
        number = len(np.unique(plain[plain != ODD])) + len(odd)
        noun = "1 " + self.nouns[0] if number == 1 else f"{number:,} {self.nouns[1]}"
        some = f"id{'s' * (number > 1)} {_some(self.ids, rows)}"
        return f"{told}of {noun} that this dataset lacks ({some}); they were left out."


class NoDetections(BadFile):
    """A file of detections that is sound and holds none."""


def usable(block: DetectionBlock, dataset: Dataset, book: FaultBook) -> npt.NDArray[np.int64]:
    """The rows that can be used; tells every other one, or raises BadFile when there is none."""
    n = len(block.image)
    if not n:
        raise NoDetections(f"{book.file} holds no detections; choose another file.")
    _tell_bad_masks(block, book)
    if not np.isfinite(block.score).any():
        keys = ", ".join(map(shown, block.first_keys)) or "none"
        raise BadFile(
            f"{book.file} has no “score” that is a finite number in any record (keys of the first: {keys}): "
            "choose a file of COCO results, a list with one record a detection, which has image_id, "
            "category_id, bbox or segmentation, and score."
        )
    good = np.ones(n, bool)
    left_out: list[tuple[_Check, npt.NDArray[np.int64]]] = []
    for check in _checks(block):
        left_out.append((check, np.flatnonzero(check.bad & good)))
        good &= ~check.bad
    foreign = sum(len(rows) for check, rows in left_out if check.ids is not None)
    last = next(
        (check for check, rows in reversed(left_out) if check.ids is not None and len(rows) > FEW), None
    )
    for check, rows in left_out:
        if len(rows) > FEW:
            advice = check.right if foreign <= n // 2 else _ANOTHER if check is last else ""
            book.tell("file", -1, check.code, f"{check.of_many(rows, n)} {advice}".rstrip())
        else:
            for row in rows.tolist():
                book.tell("detections", row, check.code, check.of_one(row))
    if not good.any():
        raise BadFile(_nothing(block, dataset, book))
    outside = int((good & ((block.score < 0) | (block.score > 1))).sum())
    if outside:
        what = f"has {counted(outside, 'score')} outside 0 to 1; "
        what += "they are used as they are, 1 and more as certain."
        book.tell("file", -1, "score-range", what)
    return np.flatnonzero(good)


def tell_forms(block: DetectionBlock, dataset: Dataset, book: FaultBook) -> None:
    """Say that images and classes are told by other than their ids, and how they were read."""
    images, categories = dataset.images, dataset.categories
    for noun, there, rows, here in (
        ("image", block.image_id, block.image, Ids(images.id, images.odd_ids)),
        ("category", block.category_id, block.category, Ids(categories.id, categories.odd_ids)),
    ):
        other = [row for row, odd in there.odd.items() if rows[row] >= 0 and odd != here.of(int(rows[row]))]
        if other:
            first = other[0]
            told = "its name" if there.of(first) is None else shown(there.of(first))
            what = f"names the {noun} of {counted(len(other), 'detection')} otherwise than by its id"
            book.tell(
                "file",
                -1,
                f"{noun}-name",
                f"{what} ({told} for {here.of(int(rows[first]))!r}); it was read so.",
            )


def _tell_bad_masks(block: DetectionBlock, book: FaultBook) -> None:
    """Say which masks cannot be used; of many the first, and how many there are."""
    bad = sorted(block.bad_masks.items())
    for row, what in bad[: FEW if len(bad) <= FEW else 1]:
        advice = "its box alone is used" if np.isfinite(block.bbox[row]).all() else "it has no box either"
        told = f"cannot be used whole: {what}; {advice}."
        if len(bad) > FEW:
            told += f" {len(bad) - 1:,} more detections (of {len(block.image):,}) have such a mask."
        book.tell("detections", row, "bad-mask", told)


def _checks(block: DetectionBlock) -> list[_Check]:
    """What makes a detection unusable, in the order in which it is told."""
    with np.errstate(invalid="ignore"):
        flat = np.asarray((block.bbox[:, 2:] <= 0).any(1))
    broken = np.zeros(len(block.image), bool)
    broken[block.broken] = True
    no_score = ~np.isfinite(block.score)
    no_box = ~np.asarray(np.isfinite(block.bbox).all(1))
    score = "a score that is a finite number (below a billion)"
    box = "bbox of four finite numbers (below a billion)"
    return [
        _Check("not-an-object", broken, "is not a record in braces", "that are not records in braces"),
        _Check(
            "unknown-image",
            block.image < 0,
            "",
            ids=block.image_id,
            nouns=("image", "images"),
            right="That is right where the model saw more images than are labelled here.",
        ),
        _Check(
            "unknown-category",
            block.category < 0,
            "",
            ids=block.category_id,
            nouns=("category", "categories"),
            right="That is right where the model knows more classes than are labelled here.",
        ),
        _Check("no-score", no_score, f"has no {score[2:]}", f"without {score}"),
        _Check("bad-box", no_box, f"has no {box} nor an outline", f"without a {box} or an outline"),
        _Check("flat-box", flat, "has a bbox without an area", "whose bbox has no area"),
    ]


def _nothing(block: DetectionBlock, dataset: Dataset, book: FaultBook) -> str:
    """Why none of the detections can be used."""
    n, images, categories = len(block.image), dataset.images, dataset.categories
    if (block.image < 0).all():
        ids = block.image_id, Ids(images.id, images.odd_ids)
        advice = "choose the detections of these images"
        return (
            f"{book.file}: none of its {n:,} detections is of an image of this dataset (image ids "
            f"there: {_some(ids[0])}; here: {_some(ids[1])}); {advice}."
        )
    if (block.category < 0).all():
        ids = block.category_id, Ids(categories.id, categories.odd_ids)
        advice = "choose the detections of these classes"
        return (
            f"{book.file}: none of its {n:,} detections is of a category of this dataset (category ids "
            f"there: {_some(ids[0])}; here: {_some(ids[1])}); {advice}."
        )
    why = " ".join(fault.sentence for fault in book.faults()[:FEW])
    return f"{book.file}: none of its {n:,} detections can be used. {why}"


def _some(ids: Ids, rows: npt.NDArray[np.int64] | None = None) -> str:
    """The first few different ids, of these rows where some are given."""
    told: list[str] = []
    for row in range(len(ids.value)) if rows is None else rows.tolist():
        one = "none" if ids.of(row) is None else shown(ids.of(row))
        if one not in told:
            told.append(one)
        if len(told) > FEW:
            return ", ".join(told[:FEW]) + ", …"
    return ", ".join(told) if told else "none"
