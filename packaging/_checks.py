"""The checks: format, lint, types, tests, in the project's own environment."""

import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO

import _setup

WINDOW, WHOLE = "tests/desktop", "tests/end_to_end"
LINT = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
}
TYPES = {"mypy": ["mypy"]}
OF_ENGINE = {"pytest, the engine": ["pytest", "-q", f"--ignore={WINDOW}", f"--ignore={WHOLE}"]}
OF_WINDOW = {"pytest, the window": ["pytest", "-q", WINDOW]}
OF_WHOLE = {"pytest, the whole": ["pytest", "-q", WHOLE]}

WAVES = (LINT, TYPES | OF_ENGINE | OF_WINDOW, OF_WHOLE)
"""What may run side by side. The tests of the whole run alone: they watch how long the window takes."""


class Step:
    """A check on its way; what it says is kept until it is told, unless it runs alone."""

    def __init__(self, name: str, command: list[str], said: IO[bytes] | None) -> None:
        self.name, self._said = name, said
        self._began = time.monotonic()
        if said is None:
            print(f"\n=== {name}", flush=True)
        self._process = subprocess.Popen(
            [str(_setup.PYTHON), "-m", *command],
            cwd=_setup.ROOT,
            env=dict(os.environ, QT_QPA_PLATFORM="offscreen", PYTHONUNBUFFERED="1"),
            stdout=said,
            stderr=None if said is None else subprocess.STDOUT,
        )

    def passed(self) -> bool:
        """Wait for it; then tell what it said, and how long it took."""
        code = self._process.wait()
        spent = time.monotonic() - self._began
        if self._said is not None:
            print(f"\n=== {self.name}", flush=True)
            self._said.seek(0)
            shutil.copyfileobj(self._said, sys.stdout.buffer)
        verdict = "passed" if code == 0 else f"FAILED (exit code {code})"
        print(f"--- {self.name}: {verdict}, {spent:.1f} s", flush=True)
        return code == 0

    def stop(self) -> None:
        """End it, if it goes on."""
        self._process.terminate()
        self._process.wait()


def failed(wave: dict[str, list[str]]) -> list[str]:
    """The names of the checks that fail, of some that run side by side."""
    alone = len(wave) == 1
    if not alone:
        print(f"\nside by side: {', '.join(wave)}", flush=True)
    with ExitStack() as ended:
        steps = []
        for name, command in wave.items():
            steps.append(Step(name, command, None if alone else ended.enter_context(TemporaryFile())))
            ended.callback(steps[-1].stop)  # where somebody presses Ctrl-C
        return [step.name for step in steps if not step.passed()]


def main() -> None:
    began = time.monotonic()
    _setup.environment(extras="dev")
    complaint = _setup.system_complaint()
    if complaint:
        _setup.stop(complaint)
    print(f"--- set-up: {time.monotonic() - began:.1f} s", flush=True)
    waves = (LINT, TYPES | {"pytest": ["pytest", "-q", *sys.argv[1:]]}) if sys.argv[1:] else WAVES
    bad = [name for wave in waves for name in failed(wave)]
    spent = time.monotonic() - began
    if bad:
        _setup.stop(f"\ncheck: FAILED: {', '.join(bad)} ({spent:.0f} s)")
    print(f"\ncheck: all {sum(map(len, waves))} steps passed in {spent:.0f} s", flush=True)
