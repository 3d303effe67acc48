"""Makes issues of systematic errors: one card for all labels of a cluster, and a member for each.

The evidence of a card, by place:
  all               4 the batch's way (batches.WAYS), 5 its detail (of a run the last image's row),
                    7 a checksum of what and where, by which a later run knows it again
  swapped_classes   0 of 1 labels look like the other class, elsewhere 2 of 3; 6 one way 1, both ways 2,
                    else the number of classes
  same_shift        0, 1 pixels right and down, 2 half of the pairs lie within these pixels, 3 pairs, 6 scale
  never_labelled    0 of 1 sure detections carry a label, elsewhere 2 of 3
  other_convention, turned   0 of 1 sure detections agree with the labels read otherwise, 2 as they stand,
                    6 the reading (readings.READINGS)
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from labelmend.find.clusters.batches import RUN
from labelmend.find.clusters.cluster import Cluster, Scene
from labelmend.find.inputs import Bools, Floats, Ints, Labels, Predicted
from labelmend.find.issues import (
    CLASS,
    CODES,
    CREATE,
    EVIDENCE,
    FIX_MEMBERS,
    LOCATION,
    MISSING,
    NO_FIX,
    SET_BBOX,
    SET_CATEGORY,
    SPURIOUS,
    STRUCTURE,
    Issues,
    concatenate,
    evidence,
    issues,
    of_labels,
)
from labelmend.find.kinds.structure import BOX_FAULTS
from labelmend.geometry.boxes import finite

CARD = 0.998
"""How sure a card is: its tests leave chance less than that, but not the model's own blindness in a batch.
It is as sure as the surest label that it says to be wrong, where that is more."""


def with_clusters(single: Issues, clusters: Sequence[Cluster], scene: Scene) -> Issues:
    """The issues, those that a cluster explains replaced by its members, and a card for each cluster."""
    if not clusters:
        return single
    labels, predicted = scene.labels, scene.predicted
    parts = [single.take(~_explained(single, clusters, labels))]
    for number, cluster in enumerate(clusters):
        members = _missing(cluster, predicted) if len(cluster.detections) else _members(cluster, labels)
        members = replace(members, cluster=np.full(len(members), number, np.int32))
        parts += [members, _card(cluster, members, number, scene.batches.rank)]
    return concatenate(parts)


def _explained(single: Issues, clusters: Sequence[Cluster], labels: Labels) -> Bools:
    out = np.zeros(len(single), bool)
    for cluster in clusters:
        of_label = np.isin(single.annotation, labels.key[cluster.labels])
        if len(cluster.detections):
            out |= (single.kind == MISSING) & np.isin(single.detection, cluster.detections)
        elif cluster.code == "swapped_classes":
            out |= of_label & (single.kind == CLASS)
        else:
            faulty = np.isin(single.kind, (STRUCTURE, SPURIOUS)) & np.isin(single.code, BOX_FAULTS)
            out |= of_label & (faulty | (single.kind == LOCATION))
    return out


def _members(cluster: Cluster, labels: Labels) -> Issues:
    row = cluster.labels
    classes = cluster.code == "swapped_classes"
    told = finite(cluster.box)
    if cluster.code == "turned" and labels.outline is not None:
        # An outline does not turn with its box.
        told = np.logical_and(told, np.isnan(labels.outline[row]).any(axis=1))
    fix = np.where(told, SET_BBOX, NO_FIX)
    return issues(
        CLASS if classes else LOCATION,
        cluster.probability,
        **of_labels(labels, row),
        fix=SET_CATEGORY if classes else fix,
        fix_category=cluster.category,
        fix_bbox=np.where(told[:, None], cluster.box, np.nan),
        evidence=evidence(len(row)),
    )


def _missing(cluster: Cluster, predicted: Predicted) -> Issues:
    row = cluster.detections
    box, category = predicted.bbox[row], predicted.category[row]
    return issues(
        MISSING,
        cluster.probability,
        image=predicted.image[row],
        detection=row,
        category=category,
        bbox=box,
        fix=CREATE,
        fix_category=category,
        fix_bbox=box,
        evidence=evidence(len(row), e0=predicted.score[row]),
    )


def _card(cluster: Cluster, members: Issues, number: int, rank: Ints) -> Issues:
    """The card shows the surest member; of a run one of its first image, whose name tells where it begins."""
    batch = cluster.batch
    of_image = rank[members.image]
    start = np.where(of_image == of_image.min(), 0, 1) if batch.way == RUN else np.zeros(len(members))
    example = int(np.lexsort((members.annotation, members.detection, of_image, -members.score, start))[0])
    what = f"{cluster.code} {batch.way} {batch.detail} {batch.name} {cluster.pair}"
    mark = float(zlib.crc32(what.encode()))
    shown: Floats = np.full((1, EVIDENCE), np.nan)
    for place, value in (cluster.numbers | {4: float(batch.way), 5: float(batch.detail), 7: mark}).items():
        shown[0, place] = value
    return issues(
        STRUCTURE,
        np.array([max(CARD, float(members.score.max()))]),
        image=members.image[example],
        bbox=members.bbox[example],
        category=cluster.pair[0],
        fix=FIX_MEMBERS if (members.fix != NO_FIX).any() else NO_FIX,
        fix_category=cluster.pair[1],
        evidence=shown,
        code=CODES.index(cluster.code),
        cluster=number,
    )
