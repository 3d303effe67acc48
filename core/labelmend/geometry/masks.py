"""Masks: COCO run-length encodings, checked before anything of the picture's size is allocated."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco_mask

from labelmend.errors import BadFile

LARGEST = 1 << 31
"""Pixels of the largest picture whose masks are taken (runs are unsigned 32-bit numbers in pycocotools)."""
LARGEST_DECODED = 1 << 28
LONGEST_OUTLINE = 1 << 24
"""Pixels of the longest outline that is drawn: the drawing allocates memory by the outline's length."""

_FAR = 1e12
_LONGEST = 7  # characters of a run: pycocotools writes no more for any that fits into 32 bits
_TOLD = 128  # pycocotools keeps the number of masks whose areas it tells in one byte

Array = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rles:
    """Many masks in one blob: compressed COCO counts, empty where there is no mask.

    Those of element i are blob[offsets[i]:offsets[i + 1]]. `blob` (bytes,) uint8; `offsets` (n + 1,) int64.
    """

    blob: npt.NDArray[np.uint8]
    offsets: Array

    @classmethod
    def of(cls, counts: Sequence[bytes]) -> "Rles":
        """Masks from their compressed counts."""
        sizes = np.fromiter(map(len, counts), np.int64, len(counts))
        return cls(np.frombuffer(b"".join(counts), np.uint8), np.concatenate([[0], np.cumsum(sizes)]))

    @classmethod
    def joined(cls, parts: Sequence["Rles"]) -> "Rles":
        """The masks of all parts, one after the other."""
        sizes = np.concatenate([np.diff(part.offsets) for part in parts])
        return cls(np.concatenate([part.blob for part in parts]), np.concatenate([[0], np.cumsum(sizes)]))

    def counts(self, rows: Array) -> list[bytes]:
        """The compressed counts of these rows' masks."""
        data, place = (
            self.blob.data,
            zip(self.offsets[rows].tolist(), self.offsets[rows + 1].tolist(), strict=True),
        )
        return [data[start:end].tobytes() for start, end in place]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, i: int) -> bytes:
        if not -len(self) <= i < len(self):
            raise IndexError(i)
        i %= len(self)
        return self.blob[self.offsets[i] : self.offsets[i + 1]].tobytes()

    def take(self, rows: npt.ArrayLike) -> "Rles":
        """The masks of these rows (indices or a boolean mask), in their order."""
        asked = np.asarray(rows)
        chosen = np.arange(len(self))[asked if asked.size else asked.astype(np.int64)]
        size = np.diff(self.offsets)[chosen]
        offsets = np.concatenate([[0], np.cumsum(size)])
        shift = np.repeat(self.offsets[chosen] - offsets[:-1], size)
        return Rles(self.blob[np.arange(offsets[-1]) + shift], offsets)


def runs(segmentation: Mapping[str, Any], *, height: int, width: int) -> Array:
    """Run lengths, background first, of an RLE: {"size": [h, w], "counts": list or text}.

    Raises BadFile when its size is not the picture's, or its runs do not add up to it.
    """
    _check_size(segmentation.get("size"), height=height, width=width)
    counted = segmentation.get("counts")
    if isinstance(counted, (str, bytes)):
        text = counted.encode("utf-8", "replace") if isinstance(counted, str) else counted
        found, sound = lengths(text)
        if not sound:
            raise BadFile("its mask has damaged counts")
    elif isinstance(counted, (list, tuple)):
        found = _listed(counted)
    else:
        raise BadFile("its mask has no counts")
    if sum_of(found) != height * width:
        raise BadFile(f"its mask's runs do not add up to {width} x {height} pixels")
    return found


def counts(segmentation: Any, *, height: int, width: int) -> bytes:
    """Compressed counts of polygons (list of flat lists of x, y), of an uncompressed or of a compressed RLE.

    Raises BadFile, with what is wrong after “its”, for what is no mask of a picture of this size.
    """
    if isinstance(segmentation, Mapping):
        counted = segmentation.get("counts")
        found = runs(segmentation, height=height, width=width)
        if isinstance(counted, str):
            return counted.encode()
        return counted if isinstance(counted, bytes) else pack(found, height=height, width=width)
    return _drawn(segmentation, height=height, width=width)


def written(mask: bytes, *, height: int, width: int, like: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """COCO's dictionary of a mask given by its compressed counts; listed and ordered as ``like`` is."""
    told: dict[str, Any] = {"size": [height, width], "counts": mask.decode()}
    if like is None:
        return told
    if isinstance(like.get("counts"), (list, tuple)):
        told["counts"] = lengths(mask)[0].tolist()
    return {name: told.get(name, value) for name, value in like.items()} | told


def pack(lengths: npt.ArrayLike, *, height: int, width: int) -> bytes:
    """Compressed counts of run lengths that add up to the picture's size."""
    told = {"size": [height, width], "counts": np.asarray(lengths).tolist()}
    return bytes(coco_mask.frPyObjects(told, height, width)["counts"])


def unpack(masks: Rles) -> tuple[Array, Array, npt.NDArray[np.bool_]]:
    """Run lengths of many masks at once: (all runs, offsets (n + 1,) of each mask's runs, sound (n,)).

    A mask is not sound when its counts are cut off, hold other characters, or give a negative run. Five bits
    a character, little end first, bit 5 says that more follow, bit 4 of the last one is the sign; from the
    fourth run on, what is written is the difference to the run two before (pycocotools, rleFrString).
    """
    sound = np.ones(len(masks), bool)
    codes = masks.blob - np.uint8(48)  # what is below "0" comes out above 63
    sound[_owner(masks.offsets, np.flatnonzero(codes > 63))] = False
    ends = (codes & 32) == 0
    full = np.diff(masks.offsets) > 0
    last = masks.offsets[1:][full] - 1
    sound[full] &= ends[last]
    ends[last] = True  # a cut-off mask must not run into the next one
    stop = np.flatnonzero(ends) + 1
    offsets = np.searchsorted(stop, masks.offsets, side="right").astype(np.int64)
    value, long = _numbers(codes, stop)
    sound[_owner(offsets, long)] = False
    _undo_differences(value, offsets)
    sound[_owner(offsets, np.flatnonzero(value < 0))] = False
    return value, offsets, sound


def _owner(offsets: Array, place: Array) -> Array:
    """Whose each place is, of owners that hold offsets[i] to offsets[i + 1]."""
    return np.searchsorted(offsets, place, side="right") - 1


def _numbers(codes: npt.NDArray[np.uint8], stop: Array) -> tuple[Array, Array]:
    """The numbers whose codes end before these places, and which of them are too long to be any."""
    start = np.concatenate([[0], stop[:-1]]).astype(np.int64)[: len(stop)]
    size, part = stop - start, codes & 31
    value = part[start].astype(np.int64)
    more = np.flatnonzero(size > 1)
    for digit in range(1, _LONGEST):
        value[more] += part[start[more] + digit].astype(np.int64) << (5 * digit)
        more = more[size[more] > digit + 1]
    below = np.flatnonzero(codes[stop - 1] & 16)
    value[below] -= np.left_shift(1, 5 * np.minimum(size[below], _LONGEST))
    return value, more


@lru_cache(16)  # of the mask in hand they are asked for again and again
def lengths(mask: bytes) -> tuple[Array, bool]:
    """The run lengths of one mask given by its compressed counts, and whether it is sound, as `unpack` says.

    Half a million runs take longer than a frame may: of so intricate a mask a thread is to ask first.
    """
    found, _, (sound,) = unpack(Rles.of([mask]))
    found.flags.writeable = False
    return found, bool(sound)


def fit(mask: bytes, pixels: int) -> bool:
    """Whether a mask given by its compressed counts is sound, and its runs add up to so many pixels."""
    found, sound = lengths(mask)
    return sound and sum_of(found) == pixels


def fits(masks: Rles, pixels: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Whether each mask (n,) is sound, and its runs add up to its picture's `pixels` (n,)."""
    found, offsets, sound = unpack(masks)
    total = np.add.reduceat(np.append(found, 0), offsets[:-1]) * (np.diff(offsets) > 0)
    sound &= total == np.asarray(pixels)
    return sound


def _undo_differences(value: Array, offsets: Array) -> None:
    """Make them sums along every second run of each mask, from its second and its third run on."""
    begin = offsets[:-1][np.diff(offsets) > 0]
    first = value[begin]
    value[begin] = 0
    for parity in (0, 1):  # counted from the first run of all, so that they lie evenly in memory
        every = np.ascontiguousarray(value[parity::2])
        place = (offsets + 1 - parity) // 2
        place = place[:-1][np.diff(place) > 0]
        if len(place) > 1:
            every[place[1:]] -= np.add.reduceat(every, place)[:-1]  # what the mask before came to
        np.cumsum(every, out=value[parity::2])
    value[begin] = first


def sum_of(lengths: Array) -> int:
    """The sum of run lengths, exact however large they claim to be."""
    small = int(lengths.max(initial=0)) <= LARGEST  # as they are where the mask is sound
    return int(lengths.sum()) if small else sum(lengths.tolist())


def iou(
    a: Sequence[bytes], b: Sequence[bytes], *, height: int, width: int, crowd: Sequence[bool]
) -> npt.NDArray[np.float64]:
    """IoU (n, m) of masks of one picture; where crowd[j], the intersection over the area of a[i]."""
    if not len(a) or not len(b):
        return np.zeros((len(a), len(b)))
    first, second = ([_rle(one, height, width) for one in side] for side in (a, b))
    found = coco_mask.iou(first, second, np.asarray(crowd, np.uint8))
    return np.asarray(found, np.float64).reshape(len(a), len(b))


def area(mask: bytes, *, height: int, width: int) -> int:
    """Pixels of a mask given by its compressed counts."""
    return int(coco_mask.area(_rle(mask, height, width)))


def areas(counts: Sequence[bytes]) -> npt.NDArray[np.float64]:
    """Pixels (n,) of sound masks given by their compressed counts; 0 where they are empty."""
    found = np.zeros(len(counts))
    for some in (slice(first, first + _TOLD) for first in range(0, len(counts), _TOLD)):
        found[some] = coco_mask.area([_rle(one, 1, 1) for one in counts[some]])
    return found


def bounds(mask: bytes, *, height: int, width: int) -> npt.NDArray[np.float64]:
    """The xywh box (4,) around a mask given by its compressed counts; zeros for an empty one."""
    return np.asarray(coco_mask.toBbox(_rle(mask, height, width)), np.float64)


def bounds_of(counts: Sequence[bytes], *, height: int, width: int) -> npt.NDArray[np.float64]:
    """The xywh boxes (n, 4) around sound masks of one size given by their compressed counts."""
    boxes = coco_mask.toBbox([_rle(one, height, width) for one in counts])
    return np.asarray(boxes, np.float64).reshape(-1, 4)


def moved(mask: bytes, dx: int, dy: int, *, height: int, width: int) -> bytes:
    """A mask by its compressed counts, moved by whole pixels as far as all of it stays in the picture."""
    x, y, w, h = bounds(mask, height=height, width=width).astype(np.int64).tolist()
    by = int(np.clip(dx, -x, width - x - w)) * height + int(np.clip(dy, -y, height - y - h))
    found, _ = lengths(mask)
    if not by or len(found) < 2:
        return mask
    found = np.append(found, np.zeros(1 - len(found) % 2, np.int64))  # the last run is background
    found[[0, -1]] += by, -by
    return pack(found if found[-1] else found[:-1], height=height, width=width)


def pieces(masks: Rles) -> tuple[Array, Array, Array]:
    """The runs of pixels that sound masks hold: (start, stop, offsets (n + 1,) of each mask's).

    Pixels are counted column by column, as the runs are; runs of none are left out.
    """
    found, first, _ = unpack(masks)
    count = np.diff(first) // 2  # every second run holds pixels
    offsets = np.concatenate([[0], np.cumsum(count)])
    total = np.concatenate([[0], np.cumsum(found)])
    owner = np.repeat(np.arange(len(masks)), count)
    run = 2 * np.arange(len(owner)) + (first[:-1] + 1 - 2 * offsets[:-1])[owner]
    start, size = total[run] - total[first[:-1]][owner], found[run]
    if not size.all():
        on = np.flatnonzero(size > 0)
        start, size, offsets = start[on], size[on], np.searchsorted(on, offsets).astype(np.int64)
    return start, start + size, offsets


@lru_cache(16)
def stretches(mask: bytes) -> tuple[Array, Array]:
    """The same of one mask given by its compressed counts, in which no two touch: (start, stop)."""
    edges = np.append(0, np.cumsum(lengths(mask)[0]))
    start, stop = edges[1:-1:2], edges[2::2]
    some = stop > start
    start, stop = start[some], stop[some]
    apart = start[1:] != stop[:-1]
    start, stop = start[np.append(True, apart)[: len(start)]], stop[np.append(apart, True)[: len(stop)]]
    start.flags.writeable = stop.flags.writeable = False
    return start, stop


def covers(mask: bytes, place: tuple[float, float, float, float], *, height: int, width: int) -> bool:
    """Whether a mask has a pixel in a rectangle (left, top, right, bottom), whose ends lie in it too."""
    start, stop = stretches(mask)
    left, top, right, bottom = np.floor(place).astype(int).tolist()
    columns = np.arange(max(left, 0), min(right + 1, width)) * height
    first, last = columns + max(top, 0), columns + min(bottom + 1, height)
    if not len(start) or not len(columns) or max(top, 0) >= min(bottom + 1, height):
        return False
    at = np.searchsorted(stop, first, side="right")
    return bool((start[np.minimum(at, len(start) - 1)] < last)[at < len(start)].any())


def rectangles(masks: Rles, height: npt.ArrayLike) -> tuple[npt.NDArray[np.float64], Array]:
    """The pixels of sound masks as rectangles (k, 4) xywh, a pixel wide each: the runs of their columns.

    `height` (n,) is that of each mask's picture. Those of mask i are the rows offsets[i] to offsets[i + 1].
    """
    start, stop, first = pieces(masks)
    tall = np.repeat(np.asarray(height, np.int64), np.diff(first))
    columns = (stop - 1) // tall - start // tall + 1
    row = np.repeat(np.arange(len(start)), columns)
    column = start[row] // tall[row] + np.arange(len(row)) - (np.cumsum(columns) - columns)[row]
    top = np.maximum(start[row] - column * tall[row], 0)
    bottom = np.minimum(stop[row] - column * tall[row], tall[row])
    found = np.stack([column, top, np.ones_like(column), bottom - top], axis=1).astype(np.float64)
    return found, np.concatenate([[0], np.cumsum(columns)])[first]


def decode(mask: bytes, *, height: int, width: int) -> npt.NDArray[np.uint8]:
    """The mask's pixels (height, width), 0 and 1, from its compressed counts."""
    if height * width > LARGEST_DECODED:
        raise BadFile(f"its mask of {width} x {height} pixels is too large to be shown")
    lengths = runs(_rle(mask, height, width), height=height, width=width)
    colour = (np.arange(len(lengths)) % 2).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(colour, lengths).reshape(width, height).T)


def _rle(mask: bytes, height: int, width: int) -> dict[str, Any]:
    return {"size": [height, width], "counts": mask}


def _check_size(size: Any, *, height: int, width: int) -> None:
    if not 0 < height * width <= LARGEST:
        raise BadFile(f"its mask is for a picture of {width} x {height} pixels, which cannot be right")
    if not isinstance(size, (list, tuple)) or list(size) != [height, width]:
        told = " x ".join(str(one)[:12] for one in size[::-1]) if _is_pair(size) else "no"
        raise BadFile(f"its mask is of {told} pixels, its picture of {width} x {height}")


def _is_pair(size: Any) -> bool:
    return isinstance(size, (list, tuple)) and len(size) == 2 and all(type(one) is int for one in size)


def _listed(counted: Sequence[Any]) -> Array:
    """Runs of an uncompressed RLE."""
    if set(map(type, counted)) == {int}:
        with contextlib.suppress(OverflowError):
            plain = np.array(counted, np.int64)
            if plain.min() >= 0 and plain.max() <= LARGEST:
                return plain
    whole = [int(one) if type(one) is float and one.is_integer() else one for one in counted]
    if any(type(one) is not int or not 0 <= one <= LARGEST for one in whole):
        raise BadFile("its mask has a run that is no count of pixels")
    return np.array(whole, np.int64)


def _drawn(polygons: Any, *, height: int, width: int) -> bytes:
    """Compressed counts of the union of polygons."""
    if not 0 < height * width <= LARGEST:
        raise BadFile(f"its picture of {width} x {height} pixels cannot be right")
    if not isinstance(polygons, (list, tuple)) or not polygons:
        raise BadFile("its segmentation is neither polygons nor a mask")
    if all(type(one) in (int, float) for one in polygons):
        polygons = [polygons]  # one flat polygon without its outer brackets, as some writers have it
    parts = [_part(one, height=height, width=width) for one in polygons]
    rles = coco_mask.frPyObjects(parts, height, width)
    whole = rles[0] if len(rles) == 1 else coco_mask.merge(rles)
    return bytes(whole["counts"])


def _is_plain(listed: Sequence[Any], *, near: int) -> bool:
    """Whether a polygon passes every check of `_part` at the first look, as nearly all do."""
    if len(listed) < 6 or len(listed) % 2 or not set(map(type, listed)) <= {int, float}:
        return False
    low, high = min(listed), max(listed)
    # A number that is none is neither above nor below any other, but it spoils the sum.
    sound = -16 * near - 1024 <= low and high <= 16 * near + 1024 and isfinite(sum(listed))
    return sound and (high - low) * len(listed) <= LONGEST_OUTLINE


def _part(part: Any, *, height: int, width: int) -> list[float]:
    """One polygon, checked: drawing one of endless length would take all the memory."""
    listed = part if isinstance(part, (list, tuple)) else []
    if _is_plain(listed, near=max(height, width)):
        return list(listed)
    if any(type(one) not in (int, float) or not abs(one) < _FAR for one in listed):
        raise BadFile("its polygon has a corner that is not two finite numbers")
    points = np.array(listed, np.float64)
    if points.ndim != 1 or len(points) < 6 or len(points) % 2:
        raise BadFile("its polygon has not three or more pairs of x and y")
    corners = points.reshape(-1, 2)
    steps = np.abs(corners - np.roll(corners, 1, 0)).max(1).sum()
    if np.abs(points).max() > 16 * max(height, width) + 1024 or steps > LONGEST_OUTLINE:
        raise BadFile("its polygon lies far outside its picture")
    return [float(one) for one in points]
