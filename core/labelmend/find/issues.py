"""What the finder returns: suspected errors as columns, each with the numbers that speak against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from labelmend.find.sorting import begins, settled

if TYPE_CHECKING:
    from labelmend.find.inputs import Labels

KINDS = ("missing", "spurious", "class", "location", "duplicate", "structure")
MISSING, SPURIOUS, CLASS, LOCATION, DUPLICATE, STRUCTURE = range(6)

FIXES = ("none", "create", "delete", "category", "bbox", "members", "outline")
NO_FIX, CREATE, DELETE, SET_CATEGORY, SET_BBOX, FIX_MEMBERS, MEND_OUTLINE = range(7)
"""FIX_MEMBERS is a card's: the fixes of all issues of its cluster; MEND_OUTLINE is for one that crosses
itself. Stored: new ones go to the end."""

NO_KEY = -(1 << 62)
"""The annotation key that means "none"."""

CODES = (
    "",
    "not_numbers",
    "no_area",
    "outside",
    "partly_outside",
    "outline",
    "crossing",
    "unknown_image",
    "unknown_category",
    "record",
    "odd_size",
    "odd_shape",
    "swapped_classes",
    "same_shift",
    "never_labelled",
    "other_convention",
    "turned",
    "off_edges",
    "blank",
    "audit",
    "look",
    "no_picture",
)
"""What is wrong with a structure issue. "record" is for faults that the reader named in its own words.
The codes are stored: new ones go to the end."""

CARDS = ("swapped_classes", "same_shift", "never_labelled", "other_convention", "turned")
"""Codes of the issues that stand for a cluster: one systematic error, many labels."""

FROM_PICTURE = ("off_edges", "blank")
"""Codes of the issues (location and spurious) that the picture alone shows: no model was asked."""

LEFT, TOP, RIGHT, BOTTOM, GROUP, FRAGMENT = 1, 2, 4, 8, 16, 32
"""Bits of a location issue's evidence 0: the sides that are off, one label over several objects, or one of
several labels on one object."""

CALLED = (*KINDS, "merged", "split", "systematic", "audit", "look")
"""What an issue is called: by its kind, unless it is one of the four that go by a name of their own."""

EVIDENCE = 8
"""Numbers that an issue has room for."""


@dataclass(frozen=True)
class Issues:
    """Suspected errors, one row each.

    kind indexes KINDS; image is a row; annotation and other are keys or NO_KEY (other: the second
    annotation of a duplicate or of an object in pieces; of a missing label the one that its object shares
    with others); detection is a row of Predicted or -1; category is the annotation's class, of a missing
    one the detection's; bbox (n, 4) is where to look, xywh pixels; score is the probability that the label
    is wrong; fix indexes FIXES, fix_category is a row or -1, fix_bbox (n, 4) xywh or nan; code indexes CODES
    (structure, and spurious boxes that can hold nothing); cluster numbers the systematic error that an issue
    is part of, -1 for none: the one of a code of CARDS is the cluster's card, the others are its members;
    of several models, seen_by of models see the object with its class (both 0 where one alone was asked,
    or there is no object); tolerance is the pixels by which the worst side of a location issue may be off,
    nan where nothing is said; own is the finder's own probability where verdicts on other issues taught the
    score, else nan.

    evidence (n, 8), nan where it does not apply, by kind:
      missing    0 score, 1 largest IoU with an annotation, 2 share of such detections that carry a label,
                 3 pixels to the nearest annotation, 4 whether it is one of two objects under one label,
                 5 whether a crowd region, which is no such annotation, lies as near
      spurious   0 share of such annotations that the model sees, 1 largest IoU with a detection,
                 2 that detection's score, 3 how likely nothing is there (score is that it is wrong at all),
                 4 how many times as often as labels places without anything look so, if pictures tell
      class      0 score of the model's class, 1 IoU, 2 score of the annotation's class at this object, or
                 of a detection of it that lies on the annotation as well,
                 3 share of such annotations at which the model says that other class
      location   0 bits of LEFT.. for the sides off, 1-4 pixels by which left, top, right, bottom lie
                 outside the detection (negative: inside), 5 IoU, 6 score, 7 the model's spread of the
                 worst side as a share of the box's size
                 with GROUP: 1, 2 the scores of the two surest detections, 3, 4 the shares of the label they
                 fill
                 with FRAGMENT: 1 the detection's score, 2 the share of it that all pieces fill, 3 how many
                 there are, 4, 5 keys of the third and fourth (other is the second's)
                 off_edges: 0 bits of the sides with a better place, 1-4 pixels by which those lie outside
                 their nearest clear edge (negative: inside), 5 strength of the edge at the worst side (of
                 all four where none has a better place) in units of the picture's usual gradient, 6 that
                 at its better place, 7 share of the class's labels that sit closer on edges
                 blank (spurious): 0 strength of the strongest edge in and around the box
      duplicate  0 IoU, 1 whether of the same class, 2 this one's support (IoU x score), 3 the other's,
                 4 the other's class
      structure  0-3 pixels outside at left, top, right, bottom, or by which the sides miss the outline;
                 odd_size, odd_shape: 0 times the class's median side, 1 width by height, 2 the class's
                 median of it, 3 robust deviations
                 cards: see `cards`
    """

    kind: NDArray[np.uint8]
    image: NDArray[np.int32]
    annotation: NDArray[np.int64]
    other: NDArray[np.int64]
    detection: NDArray[np.int32]
    category: NDArray[np.int32]
    bbox: NDArray[np.float64]
    score: NDArray[np.float64]
    fix: NDArray[np.uint8]
    fix_category: NDArray[np.int32]
    fix_bbox: NDArray[np.float64]
    evidence: NDArray[np.float64]
    code: NDArray[np.uint8]
    cluster: NDArray[np.int32]
    seen_by: NDArray[np.uint8]
    models: NDArray[np.uint8]
    tolerance: NDArray[np.float64]
    own: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.score)

    def take(self, rows: NDArray[Any] | Sequence[int]) -> Issues:
        """The issues of these rows (numbers or a mask), in that order."""
        index = np.asarray(rows)
        if index.dtype != bool:
            index = index.astype(np.int64)
        elif index.all():
            return self  # nobody writes to issues, and a copy of a million is felt
        else:
            index = np.flatnonzero(index)
        return Issues(**{f.name: getattr(self, f.name).take(index, axis=0) for f in fields(self)})

    def order(self) -> NDArray[np.int64]:
        """Rows, worst first; of equal scores cards before their members, then by image, kind, annotation
        and detection."""
        columns = (self.detection, self.annotation, self.kind, self.image, ~is_card(self))
        order = np.argsort(-self.score)
        return settled(order, begins(self.score[order]), lambda rows: [column[rows] for column in columns])


def group_of(found: Issues) -> NDArray[np.int64]:
    """The row of the group that each issue (n,) is part of, -1 for none: its card stands for both.

    A group is one label over several objects; its parts are the missing labels of the others.
    """
    out = np.full(len(found), -1, np.int64)
    place = np.flatnonzero(found.kind == LOCATION)
    groups = place[(np.nan_to_num(found.evidence[place, 0]).astype(np.int64) & GROUP) > 0]
    parts = np.flatnonzero((found.kind == MISSING) & (found.other != NO_KEY))
    if len(groups) and len(parts):
        groups = groups[np.argsort(found.annotation[groups], kind="stable")]
        keys = found.annotation[groups]
        at = np.minimum(np.searchsorted(keys, found.other[parts]), len(keys) - 1)
        out[parts] = np.where(keys[at] == found.other[parts], groups[at], -1)
    return out


def issues(kind: int, score: NDArray[np.float64], **columns: Any) -> Issues:
    """Issues of one kind; columns that are not given hold their "none", arrays that fit are not copied."""
    given = columns | {"kind": kind, "score": np.clip(np.asarray(score, np.float64), 0.0, 1.0)}
    return Issues(
        **{name: _column(name, len(score), given.get(name, none)) for name, (_, none) in _COLUMNS.items()}
    )


def of_labels(labels: Labels, row: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """The columns that say which annotations, by their rows (n,), the issues are about."""
    return {
        "image": labels.image[row],
        "annotation": labels.key[row],
        "category": labels.category[row],
        "bbox": labels.bbox.take(row, axis=0),
    }


def evidence(n: int, **columns: NDArray[Any] | float) -> NDArray[np.float64]:
    """An evidence array from columns named e0 .. e7; the rest is nan."""
    out = np.full((n, EVIDENCE), np.nan)
    for name, values in columns.items():
        out[:, int(name[1:])] = values
    return out


def empty() -> Issues:
    """No issues."""
    return Issues(**nothing_known(0))


def concatenate(parts: Sequence[Issues]) -> Issues:
    """All parts, one after the other."""
    parts = [part for part in parts if len(part)]
    if len(parts) < 2:
        return parts[0] if parts else empty()
    return Issues(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Issues)})


def called_in(found: Issues) -> NDArray[np.uint8]:
    """What the issues are called, (n,): indexes CALLED."""
    names = found.kind.astype(np.uint8)  # a copy
    loose, faulty = np.flatnonzero(found.kind == LOCATION), np.flatnonzero(found.kind == STRUCTURE)
    bits = np.nan_to_num(found.evidence[loose, 0]).astype(np.int64)
    names[loose[bits & FRAGMENT > 0]] = CALLED.index("split")
    names[loose[bits & GROUP > 0]] = CALLED.index("merged")
    names[is_card(found) & (found.cluster >= 0)] = CALLED.index("systematic")
    for code in ("audit", "look"):
        names[faulty[found.code[faulty] == CODES.index(code)]] = CALLED.index(code)
    return names


def is_card(found: Issues) -> NDArray[np.bool_]:
    """The issues (n,) that stand for a cluster."""
    codes = [CODES.index(code) for code in CARDS]
    out = np.asarray(found.kind == STRUCTURE)
    faulty = np.flatnonzero(out)  # few are
    out[faulty] = np.isin(found.code[faulty], codes)
    return out


def nothing_known(n: int) -> dict[str, Any]:
    """The columns of n issues, each holding its "none"."""
    return {name: _column(name, n, none) for name, (_, none) in _COLUMNS.items()}


_NO_BOX = (np.nan,) * 4
_COLUMNS: dict[str, tuple[type, Any]] = {
    "kind": (np.uint8, 0),
    "image": (np.int32, -1),
    "annotation": (np.int64, NO_KEY),
    "other": (np.int64, NO_KEY),
    "detection": (np.int32, -1),
    "category": (np.int32, -1),
    "bbox": (np.float64, _NO_BOX),
    "score": (np.float64, 0.0),
    "fix": (np.uint8, 0),
    "fix_category": (np.int32, -1),
    "fix_bbox": (np.float64, _NO_BOX),
    "evidence": (np.float64, (np.nan,) * EVIDENCE),
    "code": (np.uint8, 0),
    "cluster": (np.int32, -1),
    "seen_by": (np.uint8, 0),
    "models": (np.uint8, 0),
    "tolerance": (np.float64, np.nan),
    "own": (np.float64, np.nan),
}
"""Of each column the numbers that it is made of, and its "none"."""


def _column(name: str, n: int, values: Any) -> NDArray[Any]:
    """A column of n issues: these values, or this one for all of them."""
    dtype, none = _COLUMNS[name]
    shape = (n, *np.shape(none))
    column: NDArray[Any] = np.asarray(values, dtype)
    return column if column.shape == shape else np.full(shape, column, dtype)
