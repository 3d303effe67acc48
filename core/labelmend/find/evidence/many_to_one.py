"""Where one label spans several objects or one object several labels, and where joined neighbours would."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from labelmend.find.blocks import Block
from labelmend.find.evidence import overlaps
from labelmend.find.evidence.hypotheses import Hypotheses
from labelmend.find.evidence.joined import Joined, added, neighbours
from labelmend.find.evidence.matching import CLASS_SUPPORT
from labelmend.find.evidence.pairs import Pairs, crossing, largest
from labelmend.find.evidence.parts import Groups, Spans, candidates
from labelmend.find.evidence.pieces import Fragments, Holds, fragments
from labelmend.find.inputs import Floats, Ints
from labelmend.find.lots import steady
from labelmend.find.sorting import by_group
from labelmend.geometry.boxes import area, iou_pairs

FEW = 4
"""With fewer labels in an image there is no usual size to compare with."""


class ManyToOne:
    """What of one block is several things in one label, or one thing in several.

    shares are of each pair: IoU, that of the object, that of the label, the score of the label's class.
    among are all labels that overlap each other.
    """

    def __init__(
        self,
        block: Block,
        objects: Hypotheses,
        pairs: Pairs,
        shares: tuple[Floats, Floats, Floats, Floats],
        seen: Ints,
        among: overlaps.Overlaps,
    ) -> None:
        self._block, self._objects, self._pairs, self._seen = block, objects, pairs, seen
        self._among = among
        self._iou, self._cover_object, self._cover_label, self._support = shares
        self._taken = np.full(len(objects), -1, np.int64)
        on = np.flatnonzero(seen >= 0)
        self._taken[seen[on]] = on
        self._area, self._object_area = area(block.label_box), area(objects.box)
        if block.label_masks is not None and block.detection_masks is not None:
            self._masks = block.detection_masks.take(objects.head)
            of_label, of_object = overlaps.mask_areas(block.label_masks), overlaps.mask_areas(self._masks)
            self._area = np.where(of_label > 0, of_label, self._area)
            self._object_area = np.where(of_object > 0, of_object, self._object_area)

    def groups(self) -> Groups:
        """The labels over several objects, as they stand."""
        p, taken = self._pairs, self._taken[self._pairs.second]
        spans = Spans(
            label=p.first,
            object=p.second,
            cover_object=self._cover_object,
            cover_label=self._cover_label,
            iou=self._iou,
            free=(taken < 0) | (taken == p.first),
            own=taken == p.first,
            support=self._support,
        )
        return self._candidates(spans, self._bulk(np.arange(len(self._area)), self._area))

    def joined(self) -> Groups:
        """Sound neighbours taken as one label; annotation is the first of the two."""
        block = self._block
        matched = np.zeros(len(self._area))
        mine = np.flatnonzero(self._seen[self._pairs.first] == self._pairs.second)
        matched[self._pairs.first[mine]] = self._iou[mine]
        made = neighbours(
            block.label_image,
            block.label_category,
            block.label_box,
            matched,
            share=block.joined_share,
        )
        one, other, shared, whole = self._shared(made)
        owner = self._taken[other]
        union = whole[one] + self._object_area[other] - shared
        spans = Spans(
            label=one,
            object=other,
            cover_object=steady(shared / self._object_area[other]),
            cover_label=steady(shared / whole[one]),
            iou=steady(shared / np.maximum(union, 1e-9)),
            free=(owner < 0) | (owner == made.first[one]) | (owner == made.second[one]),
            own=owner == made.first[one],
            support=self._objects.votes.of(other, block.label_category[made.first[one]]),
        )
        found = self._candidates(spans, self._bulk(made.first, whole))
        return found.of(made.first)

    def fragments(self) -> Fragments:
        """The objects that are labelled in pieces, as the labels stand."""
        p, score = self._pairs, self._objects.score
        strength = self._iou * score[p.second]
        best, second, at = _two_largest(p.first, strength, len(self._area))
        own = np.where(at[p.first] == np.arange(len(p)), second[p.first], best[p.first])
        same = np.flatnonzero(self._support > CLASS_SUPPORT * score[p.second])
        holds = Holds(
            label=p.first[same],
            object=p.second[same],
            cover_object=self._cover_object[same],
            cover_label=self._cover_label[same],
            own=own[same],
        )
        return fragments(
            holds,
            score=score,
            overlap=self._label_overlap,
            label_bulk=self._bulk(np.arange(len(self._area)), self._area),
            object_bulk=self._bulk_in(self._objects.image, self._object_area),
        )

    def _label_overlap(self, a: Ints, b: Ints) -> Floats:
        """IoU of pairs of labels, by their masks where both have one."""
        block, among, n = self._block, self._among, len(self._area)
        out = np.zeros(len(a))
        known = among.first * n + among.second  # sorted
        key = np.minimum(a, b) * n + np.maximum(a, b)
        at = np.minimum(np.searchsorted(known, key), max(len(known) - 1, 0))
        met = known[at] == key if len(known) else np.zeros(len(a), bool)
        out[met] = among.iou[at[met]]
        if block.label_masks is not None and not met.all():  # masks may meet where their boxes do not
            pairs, size = Pairs(a[~met], b[~met], out[~met]), (block.width, block.height)
            of, masks, regions = block.label_image, block.label_masks, block.label_regions
            out[~met] = overlaps.outline_iou(pairs, out[~met], of, masks, regions, size=size)
        return out

    def _shared(self, made: Joined) -> tuple[Ints, Ints, Floats, Floats]:
        """What each joined label shares with each object: both rows, the area; and the label's own area."""
        block, objects = self._block, self._objects
        if block.label_masks is None or block.detection_masks is None:
            at = crossing(block.label_image[made.first], made.box, objects.image, objects.box)
            return at.first, at.second, at.shared, area(made.box)
        value = self._cover_label * self._area[self._pairs.first]
        one, other, shared = added(self._pairs, value, made, len(objects))
        return one, other, shared, self._area[made.first] + self._area[made.second]

    def _bulk(self, label: Ints, size: Floats) -> Floats:
        return self._bulk_in(self._block.label_image[label], size)

    def _bulk_in(self, image: Ints, size: Floats) -> Floats:
        """Log of an area by the median label's of its image (n,); 0 with few labels there."""
        return np.nan_to_num(np.log(np.maximum(size, 1e-9) / np.maximum(self._usual[image], 1e-9)))

    @cached_property
    def _usual(self) -> Floats:
        """The median label's area of each image; nan with few labels there."""
        of = self._block.label_image
        order = by_group(of, self._area)
        n = np.bincount(of, minlength=len(self._block.width))
        begin = np.cumsum(n) - n
        middle = self._area[order[np.minimum(begin + n // 2, max(len(order) - 1, 0))]] if len(order) else n
        return np.where(n >= FEW, middle, np.nan)

    def _candidates(self, spans: Spans, bulk: Floats) -> Groups:
        return candidates(spans, score=self._objects.score, overlap=self._overlap, bulk=bulk)

    def _overlap(self, a: Ints, b: Ints) -> Floats:
        """IoU of pairs of objects, by their masks where they have some."""
        objects, block = self._objects, self._block
        by_box = steady(iou_pairs(objects.box[a], objects.box[b]))
        if block.detection_masks is None or block.label_masks is None:
            return by_box
        pairs = Pairs(a, b, by_box)
        return overlaps.mask_iou(
            pairs, by_box, objects.image, self._masks, self._masks, size=(block.width, block.height)
        )


def _two_largest(index: Ints, value: Floats, n: int) -> tuple[Floats, Floats, Ints]:
    """The largest and the second value (n,) of each index, 0 without one, and where the largest stands."""
    (best, at), second = largest(index, value, n), np.zeros(n)
    rest = np.flatnonzero(at[index] != np.arange(len(index)))
    np.maximum.at(second, index[rest], value[rest])
    return best, second, at
