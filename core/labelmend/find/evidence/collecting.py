"""Collects the evidence of one block of images: what its annotations and its detections say of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labelmend.find.blocks import Block
from labelmend.find.evidence import hypotheses, overlaps
from labelmend.find.evidence.closest import closest
from labelmend.find.evidence.columns import EDGE, Annotations, Evidence, Objects
from labelmend.find.evidence.crowds import Crowds
from labelmend.find.evidence.hypotheses import Hypotheses
from labelmend.find.evidence.many_to_one import ManyToOne
from labelmend.find.evidence.matching import CLASS_SUPPORT, match
from labelmend.find.evidence.own_class import own_class
from labelmend.find.evidence.pairs import Pairs, crossing, largest
from labelmend.find.evidence.twins import twins
from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.lots import steady
from labelmend.find.sorting import count_among
from labelmend.geometry.boxes import area

if TYPE_CHECKING:
    from labelmend.geometry.masks import Rles

CELLS = 16
"""Cells of images by classes, for each record, up to which labels are counted in a table of them."""


def collect(block: Block) -> Evidence:
    """The evidence of one block of images."""
    objects = hypotheses.gather(
        block.detection_image,
        block.detection_category,
        block.detection_box,
        block.detection_score,
        block.detection_source,
        n_categories=block.n_categories,
        n_sources=block.n_sources,
        masked=None if block.detection_masks is None else np.diff(block.detection_masks.offsets) > 0,
    )
    pairs = crossing(block.label_image, block.label_box, objects.image, objects.box)
    shares = iou, cover_object, _ = _shares(block, objects, pairs)
    support = objects.votes.of(pairs.second, block.label_category[pairs.first])
    seen = _matched(block, objects, pairs, iou, support)
    taken = np.full(len(objects), -1, np.int64)
    on = np.flatnonzero(seen >= 0)
    taken[seen[on]] = on
    own = seen[pairs.first] == pairs.second
    overlapping = overlaps.within(
        block.label_image,
        block.label_box,
        block.label_masks,
        block.label_regions,
        size=(block.width, block.height),
    )
    several = ManyToOne(block, objects, pairs, (*shares, support), seen, overlapping)
    crowds = Crowds(block.crowd_image, block.crowd_box, block.crowd_masks, block.width, block.height)
    return Evidence(
        annotations=_annotations(block, objects, pairs, iou, seen, overlapping, crowds),
        objects=_objects(block, objects, pairs, iou, cover_object, taken, own, crowds),
        twins=twins(block, overlapping),
        groups=several.groups(),
        fragments=several.fragments(),
        joined=several.joined(),
    )


def _shares(block: Block, objects: Hypotheses, pairs: Pairs) -> tuple[Floats, Floats, Floats]:
    area_label, area_object = area(block.label_box), area(objects.box)
    iou = pairs.iou(area_label, area_object)
    if block.label_masks is None or block.detection_masks is None:
        of_object, of_label = pairs.shared / area_object[pairs.second], pairs.shared / area_label[pairs.first]
        return iou, steady(of_object), steady(of_label)
    return overlaps.mask_shares(
        pairs,
        iou,
        block.label_image,
        block.label_masks,
        block.detection_masks.take(objects.head),
        size=(block.width, block.height),
        area_label=area_label,
        area_object=area_object,
    )


def _matched(block: Block, objects: Hypotheses, pairs: Pairs, iou: Floats, support: Floats) -> Ints:
    score = objects.score[pairs.second]
    return match(
        pairs.first,
        pairs.second,
        iou,
        same_class=support > CLASS_SUPPORT * score,
        score=score,
        n_annotations=len(block.label),
    )


def _annotations(
    block: Block,
    objects: Hypotheses,
    pairs: Pairs,
    iou: Floats,
    seen: Ints,
    among: overlaps.Overlaps,
    crowds: Crowds,
) -> Annotations:
    n, images = len(block.label), len(block.width)
    matched_iou, crowded = np.zeros(n), np.zeros(n)
    mine = np.flatnonzero(seen[pairs.first] == pairs.second)
    matched_iou[pairs.first[mine]] = iou[mine]
    np.maximum.at(crowded, among.first, among.iou)
    np.maximum.at(crowded, among.second, among.iou)
    near, near_score, weight = _nearest(block, objects, pairs, iou, seen)
    return Annotations(
        label=block.label,
        category=block.label_category,
        box=block.label_box,
        seen=seen,
        iou=matched_iou,
        own_score=_own_scores(block, objects, seen),
        near=near,
        near_score=near_score,
        near_weight=weight,
        crowded=crowded,
        density=np.bincount(block.label_image, minlength=images)[block.label_image],
        kin=_kin(block, block.label_image, block.label_category) - 1,
        edge=_at_edge(block, block.label_image, block.label_box),
        crowd=crowds.hold(block.label_image, block.label_box, block.label_masks),
        covered=np.bincount(objects.image, minlength=images)[block.label_image] > 0,
    )


def _own_scores(block: Block, objects: Hypotheses, seen: Ints) -> Floats:
    """Score (n,) of each annotation's own class at its object, or of a detection that lies on it as well."""
    out, on = np.zeros(len(seen)), np.flatnonzero(seen >= 0)
    out[on] = objects.votes.of(seen[on], block.label_category[on])
    other = on[objects.category[seen[on]] != block.label_category[on]]
    beside = own_class(block, other, objects.box.take(seen[other], axis=0))
    out[other] = np.maximum(out[other], beside)
    return out


def _nearest(
    block: Block, objects: Hypotheses, pairs: Pairs, iou: Floats, seen: Ints
) -> tuple[Floats, Floats, Floats]:
    """The largest IoU (n,) of each annotation with an object, its score, and the largest IoU x score."""
    n = len(block.label)
    near, at = largest(pairs.first, iou, n)
    score = np.where(near > 0, objects.score[pairs.second[at]] if len(pairs) else 0.0, np.nan)
    weight = np.zeros(n)
    np.maximum.at(weight, pairs.first, iou * objects.score[pairs.second])
    if block.label_masks is None or block.detection_masks is None:
        lost = np.flatnonzero(seen < 0)
        near[lost], score[lost], weight[lost] = closest(block, lost)
    return near, score, weight


def _objects(
    block: Block,
    objects: Hypotheses,
    pairs: Pairs,
    iou: Floats,
    cover: Floats,
    taken: Ints,
    own: Bools,
    crowds: Crowds,
) -> Objects:
    n = len(objects)
    matched_iou, other_iou, other_cover = np.zeros(n), np.zeros(n), np.zeros(n)
    stronger, weaker = np.zeros(n), np.zeros(n)
    mine, others = np.flatnonzero(own), np.flatnonzero(~own)
    matched_iou[pairs.second[mine]] = iou[mine]
    np.maximum.at(other_iou, pairs.second[others], iou[others])
    np.maximum.at(other_cover, pairs.second[others], cover[others])
    among = overlaps.within(objects.image, objects.box)
    np.maximum.at(stronger, among.second, among.iou)  # rows of an image are in falling score
    np.maximum.at(weaker, among.first, among.iou)
    same = taken >= 0
    if len(block.label):
        same &= block.label_category[taken] == objects.category
    rival, runner_up = objects.votes.second(n)
    return Objects(
        detection=block.detection[objects.head],
        category=objects.category,
        box=objects.box,
        score=objects.score,
        members=objects.members,
        taken=taken,
        iou=matched_iou,
        other_iou=other_iou,
        other_cover=np.minimum(other_cover, 1.0),
        stronger=stronger,
        weaker=weaker,
        rival=rival / np.maximum(objects.score, 1e-9),
        runner_up=runner_up,
        company=hypotheses.company(objects),
        kin=_kin(block, objects.image, objects.category) - same,
        crowd=crowds.hold(objects.image, objects.box, _masks_of(block, objects)),
        edge=_at_edge(block, objects.image, objects.box),
        by_source=objects.by_source,
    )


def _kin(block: Block, image: Ints, category: Ints) -> Ints:
    """Annotations (n,) of that class in that image."""
    n, cells = block.n_categories, len(block.width) * block.n_categories
    have, key = block.label_image * n + block.label_category, image * n + category
    if cells <= CELLS * (len(have) + len(key)):
        return np.asarray(np.bincount(have, minlength=cells)[key])
    return count_among(key, have)


def _masks_of(block: Block, objects: Hypotheses) -> Rles | None:
    return None if block.detection_masks is None else block.detection_masks.take(objects.head)


def _at_edge(block: Block, image: Ints, box: Floats) -> Bools:
    out = np.zeros(len(box), bool)
    with np.errstate(all="ignore"):  # an image without a size or of a size near 0 has no known border
        for axis, size in enumerate((block.width[image], block.height[image])):
            low, end = box[:, axis], box[:, axis] + box[:, axis + 2]
            out |= (steady(low / size) <= EDGE) | (steady(end / size) >= 1 - EDGE)
    return out
