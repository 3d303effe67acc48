"""Draws the review sample: one rate, one seed, so that anybody can draw it again and get the same."""

import hashlib
import math

import numpy as np
from numpy.typing import NDArray

from labelmend.errors import Refused


def draw(frame: NDArray[np.int64], *, rate: float, seed: int) -> NDArray[np.int64]:
    """A simple random sample without replacement of ceil(rate * n) of the issue ids in `frame`.

    The ids with the smallest BLAKE2b hash of "seed:id" are drawn: that stays the same on every machine
    and in every version of Python and numpy, whose own generators do not promise it.

    Args:
        frame: (n,) ids of the finished issues, in any order; the result depends on the set only.
        rate: share to review, 0 to 1.
        seed: any whole number >= 0.

    Returns:
        (k,) sorted ids.

    Raises:
        Refused: when the rate is outside 0..1 or the seed is negative.
    """
    if not 0 <= rate <= 1:
        raise Refused(f"The sampling rate is a share from 0 to 1 (0 to 100 %), not {rate:g}.")
    if seed < 0:
        raise Refused(f"The seed is a whole number from 0 up, not {seed}.")
    ids: list[int] = np.unique(frame).tolist()
    # 1e-9: 0.1 * 30 is 3.0000000000000004, which is three labels, not four.
    count = math.ceil(rate * len(ids) - 1e-9)
    ids.sort(key=lambda issue: hashlib.blake2b(f"{seed}:{issue}".encode(), digest_size=16).digest())
    return np.array(sorted(ids[:count]), np.int64)
