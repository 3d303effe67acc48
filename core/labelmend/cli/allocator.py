"""Tells the C library to keep memory that arrays gave back: asking for it anew took a tenth of a find."""

import ctypes
import sys
from typing import Final

WISHES: Final = {
    -1: 1 << 30,  # M_TRIM_THRESHOLD: bytes that may lie free before they are given back
    -2: 64 << 20,  # M_TOP_PAD: bytes asked for beside those that are needed
    -3: 32 << 20,  # M_MMAP_THRESHOLD: the size from which an array is given back at once
    -8: 1,  # M_ARENA_MAX: threads share what is free
}
"""Numbers of glibc's malloc.h, and what is wished for each."""


def keep_memory() -> None:
    """Where the C library is glibc, which knows these words; elsewhere nothing."""
    if sys.platform.startswith("linux") and hasattr(library := ctypes.CDLL(None), "mallopt"):
        for number, wish in WISHES.items():
            library.mallopt(number, wish)
