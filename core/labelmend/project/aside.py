"""Folders for what is thrown away; those that a killed program left behind are cleared away by the next."""

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

if sys.platform != "win32":
    import fcntl

_PREFIX: Final = "labelmend-"
_MARK: Final = "in use"
"""A file that who uses the folder keeps open and locked: that ends with the program, however it ends."""


class Aside(tempfile.TemporaryDirectory[str]):
    """A new folder, among the temporary ones of the system or in another one, until `cleanup` or the end of
    the program."""

    def __init__(self, *, within: Path | None = None, prefix: str = _PREFIX) -> None:
        super().__init__(prefix=prefix, dir=within)
        self._mark = os.open(Path(self.name) / _MARK, os.O_RDWR | os.O_CREAT, 0o600)
        if sys.platform != "win32":
            with contextlib.suppress(OSError):  # a file system without locks
                fcntl.flock(self._mark, fcntl.LOCK_EX)

    def cleanup(self) -> None:
        """Remove the folder with all that is in it. Again it does nothing."""
        if self._mark >= 0:
            os.close(self._mark)
            self._mark = -1
        super().cleanup()


def clear_left(*, within: Path | None = None, prefix: str = _PREFIX) -> None:
    """Remove the folders that programs which were killed have left there."""
    for folder in (within or Path(tempfile.gettempdir())).glob(f"{prefix}*"):
        if not folder.is_symlink() and _is_left(folder / _MARK):
            shutil.rmtree(folder, ignore_errors=True)


def _is_left(mark: Path) -> bool:
    """Whether nobody uses a folder with this mark any more; False without one, or if it is not ours."""
    try:
        if sys.platform == "win32":
            mark.unlink()  # refused while somebody has it open
            return True
        looked = os.open(mark, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(looked, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(looked)
    return True
