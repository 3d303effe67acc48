"""The checks: format, lint, types, tests, one after the other, in the project's own environment."""

import os
import subprocess
import sys
import time

import _setup

STEPS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "pytest": ["pytest", "-q"],
}


def run(name: str, command: list[str]) -> bool:
    """One step: its output as it comes, then its time."""
    print(f"\n=== {name}", flush=True)
    began = time.monotonic()
    settings = dict(os.environ, QT_QPA_PLATFORM="offscreen", PYTHONUNBUFFERED="1")
    code = subprocess.run(
        [str(_setup.PYTHON), "-m", *command], cwd=_setup.ROOT, env=settings, check=False
    ).returncode
    verdict = "passed" if code == 0 else f"FAILED (exit code {code})"
    print(f"--- {name}: {verdict}, {time.monotonic() - began:.1f} s", flush=True)
    return code == 0


def main() -> None:
    began = time.monotonic()
    _setup.environment(extras="dev")
    complaint = _setup.system_complaint()
    if complaint:
        _setup.stop(complaint)
    print(f"--- set-up: {time.monotonic() - began:.1f} s", flush=True)
    failed = [name for name, command in STEPS.items() if not run(name, _with_arguments(name, command))]
    spent = time.monotonic() - began
    if failed:
        _setup.stop(f"\ncheck: FAILED: {', '.join(failed)} ({spent:.0f} s)")
    print(f"\ncheck: all {len(STEPS)} steps passed in {spent:.0f} s", flush=True)


def _with_arguments(name: str, command: list[str]) -> list[str]:
    return [*command, *sys.argv[1:]] if name == "pytest" else command
