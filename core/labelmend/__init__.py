"""The engine of Labelmend: finds label errors in COCO datasets and writes the corrections back. No Qt.

For scripts and notebooks: `load` files, `find_issues` or only `check_structure`, then take the issues as
columns or as records. A file that cannot be used raises `BadFile`. What each takes and gives, with shapes
and units, is told in `labelmend.api`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labelmend.api import (
        KINDS,
        BadFile,
        Data,
        FoundIssues,
        Issue,
        LabelmendError,
        Tolerance,
        check_structure,
        find_issues,
        load,
    )

__version__ = "0.1.0"
__all__ = [
    "KINDS",
    "BadFile",
    "Data",
    "FoundIssues",
    "Issue",
    "LabelmendError",
    "Tolerance",
    "check_structure",
    "find_issues",
    "load",
]


def __getattr__(name: str) -> object:
    """The public names, imported when they are first used: `import labelmend` alone stays cheap."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from labelmend import api

    return getattr(api, name)


def __dir__() -> list[str]:
    """The public names, also before their first use: a notebook completes them."""
    return sorted({*globals(), *__all__})
