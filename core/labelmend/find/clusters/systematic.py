"""Finds systematic errors and sees the labels as they would be without them.

Gross misreadings come first, as nothing else can be seen through them; then shifts, swapped classes and
what was never labelled, on labels that are mended so far. The other kinds are judged on the mended labels:
what a systematic error explains is learned from by none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from labelmend.find.clusters.cluster import Cluster, Scene
from labelmend.find.clusters.conventions import conventions
from labelmend.find.clusters.shifts import shifts
from labelmend.find.clusters.swaps import swaps
from labelmend.find.clusters.unlabelled import unlabelled
from labelmend.find.evidence.columns import Evidence
from labelmend.find.inputs import Labels
from labelmend.find.statistics import Tick
from labelmend.geometry.boxes import finite
from labelmend.workers.side_by_side import Together


def systematic(
    scene: Scene, *, examine: Callable[[Labels], Evidence], tick: Tick
) -> tuple[Evidence, tuple[Cluster, ...]]:
    """Clusters, and the evidence as it would be without them.

    `examine` makes the evidence of labels that are mended so far; without clusters it is not called.
    """
    clusters: list[Cluster] = []
    searches = (conventions, shifts, swaps)
    with Together(tick) as together:
        # Mostly there is nothing to mend before the next search: all begin on the labels as they are.
        begun = [together.begin(partial(search, scene)) for search in searches]
        begun_last = together.begin(partial(unlabelled, scene))
        for search, result in zip(searches, begun, strict=True):
            tick()
            more = _each_once(search(scene) if clusters else result(), clusters)
            if more:
                clusters += more
                scene = replace(scene, labels=mended(scene.labels, more))
                scene = replace(scene, found=examine(scene.labels))
        tick()
        absent = unlabelled(scene) if clusters else begun_last()
    excused = _excused(scene.found, absent) if absent else scene.found
    return excused, (*clusters, *absent)


def _each_once(more: list[Cluster], clusters: Sequence[Cluster]) -> list[Cluster]:
    """The new clusters without the boxes that an earlier one has put right already."""
    moved = [c.labels for c in clusters if np.isfinite(c.box).any()]
    if not moved:
        return more
    out = []
    for cluster in more:
        new = ~np.isin(cluster.labels, np.concatenate(moved)) | (cluster.category >= 0)
        kept = {name: getattr(cluster, name)[new] for name in ("labels", "category", "box", "probability")}
        if new.any():
            out.append(replace(cluster, **kept))
    return out


def mended(labels: Labels, clusters: Sequence[Cluster]) -> Labels:
    """The labels as they would be without these errors."""
    box, category = labels.bbox.copy(), labels.category.copy()
    for cluster in clusters:
        told = finite(cluster.box)
        box[cluster.labels[told]] = cluster.box[told]
        other = cluster.category >= 0
        category[cluster.labels[other]] = cluster.category[other]
    return replace(labels, bbox=box, category=category)


def _excused(found: Evidence, absent: Sequence[Cluster]) -> Evidence:
    """Objects that a whole batch lacks say nothing about how often a single label is forgotten."""
    o = found.objects
    of_cluster = np.isin(o.detection, np.concatenate([c.detections for c in absent]))
    return replace(found, objects=replace(o, crowd=o.crowd | of_cluster))
