"""The project's own Python environment, made and kept up to date in `.venv`, for start.py and check.py.

Only the standard library, and only what Python 3.11 has: nothing is installed yet when this runs.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import _system

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "labelmend-setup.json"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stop(sentence: str) -> None:
    """End with a sentence for the user and exit code 1."""
    sys.stdout.flush()
    print(sentence, file=sys.stderr, flush=True)
    raise SystemExit(1)


def environment(*, extras: str = "") -> None:
    """Make `.venv` with the project in it, or leave it when it is up to date. extras: "" or "dev"."""
    key = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + str(ROOT).encode()).hexdigest()
    if _works() and _stamped(key, extras):
        return
    if not _works():
        _make_venv()
    print(
        f"Installing Labelmend and what it needs into {VENV} (the first time this takes some minutes) ...",
        flush=True,
    )
    target = f".[{extras}]" if extras else "."
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "-q", "-e", target]
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        stop("Installing failed; what pip says is above. Is there a network? Run this script again to go on.")
    STAMP.write_text(json.dumps({"key": key, "extras": extras}), encoding="utf-8")


def _stamped(key: str, extras: str) -> bool:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return stamp.get("key") == key and stamp.get("extras") in {extras, "dev"}


def _works() -> bool:
    """Whether `.venv` holds a Python that starts, is new enough and has pip."""
    test = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([str(PYTHON), "-c", test], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        _provide_venv()
    print(f"Making {VENV} with Python {sys.version.split()[0]} ...", flush=True)
    if subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False).returncode != 0:
        stop(f"Python could not make {VENV}; the reason is above.")


def _provide_venv() -> None:
    """Debian and Ubuntu keep a part of Python's standard library in a package of its own."""
    package = "python{}.{}-venv".format(*sys.version_info)
    if _system.apt_install([package]):
        return
    sentence = f"This Python ({sys.executable}) cannot make virtual environments: its ensurepip is missing."
    if shutil.which("apt-get"):
        sentence += "\nRun this line, then start again:\n    " + _system.apt_line([package])
    else:
        sentence += (
            "\nInstall your system's package for Python's venv, or Python from python.org, then start again."
        )
    stop(sentence)


def qt_folder() -> Path:
    """Where the environment has PySide6."""
    ask = "import importlib.util as u; print(u.find_spec('PySide6').submodule_search_locations[0])"
    told = subprocess.run([str(PYTHON), "-c", ask], capture_output=True, text=True, check=True)
    return Path(told.stdout.strip())


def system_complaint() -> str | None:
    """What Qt lacks of a Linux system after apt was tried (by root only); None when all is there."""
    return _system.provide(qt_folder()) if sys.platform.startswith("linux") else None
