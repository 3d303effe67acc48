"""Tells the C library what to do with memory that arrays gave back."""

import ctypes
import sys
from collections.abc import Mapping
from typing import Final

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -2, -3, -8
"""Numbers of glibc's malloc.h: bytes that may lie free before they are given back, bytes asked for beside
those that are needed, the size from which an array is given back at once, how many threads share nothing."""
KEEP: Final = {_TRIM_THRESHOLD: 1 << 30, _TOP_PAD: 64 << 20, _MMAP_THRESHOLD: 32 << 20, _ARENA_MAX: 1}
GIVE_BACK: Final = {_TRIM_THRESHOLD: 16 << 20, _MMAP_THRESHOLD: 1 << 20, _ARENA_MAX: 2}


def keep_memory() -> None:
    """Keep it, as is best for a find: asking for it anew took a tenth of its time."""
    _wish(KEEP)


def give_memory_back() -> None:
    """Give it back, as is best for a window: pictures come and go for hours, and leave holes."""
    _wish(GIVE_BACK)


def _wish(wishes: Mapping[int, int]) -> None:
    """Where the C library is glibc, which knows these words; elsewhere nothing."""
    if sys.platform.startswith("linux") and hasattr(library := ctypes.CDLL(None), "mallopt"):
        for number, wish in wishes.items():
            library.mallopt(number, wish)
