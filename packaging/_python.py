"""Is this Python new enough? If not, go on with one that is. Written so that any Python 3 can read it."""

import os
import shutil
import subprocess
import sys

NEEDED = (3, 11)
NAMES = ("python3.14", "python3.13", "python3.12", "python3.11")


def require(script):
    """Return on a Python that will do; else run `script` again with a newer one, or say what is needed."""
    if sys.version_info >= NEEDED:
        return
    for name in NAMES:
        found = shutil.which(name)
        if found and _starts(found):
            sys.exit(subprocess.call([found, script] + sys.argv[1:]))  # noqa: RUF005
    sys.stderr.write(
        "Labelmend needs Python {}.{} or newer; this is Python {}.{} ({}).\n"
        "Install a newer one (python.org, or your system's package manager) and run this script with it,\n"
        "for example: python3.13 {}\n".format(
            *(NEEDED + tuple(sys.version_info[:2]) + (sys.executable, os.path.relpath(script)))
        )
    )
    sys.exit(1)


def _starts(python):
    """A version manager's shim is found on the path and then does not start."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.call([python, "-c", "import sys"], **quiet) == 0
