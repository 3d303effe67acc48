"""One card an object: of what several kinds say of the same labels, the likeliest stays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelmend.find.evidence.columns import Evidence
from labelmend.find.evidence.joined import SOUND
from labelmend.find.inputs import Floats, Ints
from labelmend.find.kinds import fragments, groups
from labelmend.find.kinds.groups import Crowded
from labelmend.find.statistics import Tick


@dataclass(frozen=True)
class Told:
    """What is left to say.

    misplaced is by matched pair, grouped by group, pieces by fragment, spurious by label; crowded
    is what the groups say of objects without a label of their own.
    """

    misplaced: Floats
    grouped: Floats
    pieces: Floats
    spurious: Floats
    crowded: Crowded


def one_card(found: Evidence, row: Ints, misplaced: Floats, spurious: Floats, *, tick: Tick) -> Told:
    """One location issue a label, and none of another sort about the pieces of an object.

    row (n,) are the labels that misplaced (n,) is about; spurious is by label.
    """
    a, o = found.annotations, found.objects
    right = groups.right(o)
    grouped = groups.grouped(found.groups, found.joined, right, tick=tick)
    tick()
    unlabelled = (o.taken < 0) & ~o.crowd
    misplaced, grouped, crowded = groups.louder(
        found.groups, grouped, row, misplaced, unlabelled, right=right
    )
    place = groups.by_label(found.groups, grouped, row, misplaced, len(a))
    sound = a.seen[(a.seen >= 0) & (a.iou >= SOUND)]
    pieces = fragments.settled(found.fragments, place, o.score[sound])
    place = fragments.quiet(found.fragments, pieces, place)
    return Told(
        misplaced=np.minimum(misplaced, place[row]),
        grouped=np.minimum(grouped, place[found.groups.annotation]),
        pieces=pieces,
        spurious=fragments.quiet(found.fragments, pieces, spurious),
        crowded=crowded,
    )
