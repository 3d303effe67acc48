"""Opens the window on a project, by default the sample; without a display, runs the main job there."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import _setup

WORST = 10
SOURCES = ("--annotations", "annotations.json", "--images", "images", "--detections", "detections.json")
COPY = "import sys, pathlib, labelmend_resources as r; r.copy_sample(pathlib.Path(sys.argv[1]))"
WRITTEN = ("--read", "instructions.md", "--actor", "Labelmend")
USERS_COPY = """
from labelmend_desktop import places
from labelmend_resources import copy_sample
print(copy_sample(places.data_folder() / "sample"))
"""


def has_display() -> bool:
    """Whether a window can be shown; elsewhere than on Linux there always is a screen."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main() -> None:
    sys.stdout.reconfigure(errors="replace")  # an old Windows console has not every letter
    _setup.environment()
    complaint = _setup.system_complaint()
    if has_display():
        if complaint:
            _setup.stop(complaint)
        window()
        return
    if complaint:
        print(complaint, flush=True)
    print("There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can be opened.")
    print("The main job on the sample project, from the command line instead:", flush=True)
    with tempfile.TemporaryDirectory(prefix="labelmend-") as folder:
        headless(Path(folder))


def window() -> None:
    """Open the window on the project named, or on the user's copy of the sample; wait until it is closed."""
    projects = sys.argv[1:] or [str(users_sample())]
    command = [str(_setup.PYTHON), "-m", "labelmend_desktop.app", *projects]
    print("Opening the window ...", flush=True)
    raise SystemExit(subprocess.run(command, check=False).returncode)


def users_sample() -> Path:
    """The sample project in the user's data folder, made the first time; File > Open sample opens it too."""
    asked = [str(_setup.PYTHON), "-c", USERS_COPY]
    folder = Path(subprocess.run(asked, stdout=subprocess.PIPE, text=True, check=True).stdout.strip())
    project = folder / "sample.labelmend"
    if not project.exists():
        labelmend("new", project.name, *SOURCES, folder=folder)
        labelmend("instructions", project.name, *WRITTEN, folder=folder)
        labelmend("find", project.name, folder=folder)
    return project


def headless(folder: Path) -> None:
    """Import, find, the worst ten, export: on a copy of the sample."""
    subprocess.run([str(_setup.PYTHON), "-c", COPY, str(folder)], check=True)
    project, out = folder / "sample.labelmend", folder / "corrected.json"
    labelmend("new", project.name, *SOURCES, folder=folder)
    labelmend("instructions", project.name, *WRITTEN, folder=folder)
    labelmend("find", project.name, folder=folder)
    listed = labelmend("issues", project.name, "--top", str(WORST), folder=folder, quiet=True)
    for issue in map(json.loads, listed.splitlines()):
        print(f"  {issue['score']:.3f}  {issue['kind']:<9}  {issue['category']}: {issue['reason']}")
    labelmend("export", project.name, "--out", out.name, folder=folder)
    if out.read_bytes() != (folder / "annotations.json").read_bytes():
        _setup.stop(
            "Nothing was changed, and yet the export is not the source byte for byte: please report this."
        )
    print("Nothing was changed, and the export is the source byte for byte.")
    print("That was a copy, gone now. Where there is a display this script opens the window on the sample.")
    print(f"Your own files: {_setup.PYTHON.with_name('labelmend')} --help; README.md has all commands.")


def labelmend(*arguments: str, folder: Path, quiet: bool = False) -> str:
    """One labelmend command: said, run, timed; its output is shown unless quiet, and returned."""
    print("$ labelmend " + " ".join(arguments), flush=True)
    began = time.monotonic()
    command = [str(_setup.PYTHON), "-m", "labelmend.cli", *arguments]
    speak = {"env": dict(os.environ, PYTHONUTF8="1"), "text": True, "encoding": "utf-8"}
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=False, **speak)
    if not quiet:
        print("".join(f"  {line}\n" for line in done.stdout.splitlines()), end="")
    if done.returncode != 0:
        _setup.stop(f"labelmend {arguments[0]} failed (exit code {done.returncode}).")
    print(f"  ({time.monotonic() - began:.1f} s)", flush=True)
    return done.stdout
