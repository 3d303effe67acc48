"""Workers of a Dask cluster as an executor; needs the extra labelmend[cluster]."""

from __future__ import annotations

import contextlib
import platform
from collections.abc import Iterator
from concurrent.futures import Executor
from typing import Any

import numpy as np

from labelmend import __version__
from labelmend.errors import LabelmendError

PATIENCE = 10
"""Seconds in which a scheduler must answer."""


@contextlib.contextmanager
def dask_workers(address: str, *, patience: float = PATIENCE) -> Iterator[tuple[Executor, int]]:
    """An executor on the cluster whose scheduler is at this address (host:port), and its number of threads.

    Work that a dying worker held is done again by another. Raises LabelmendError when the extra is not
    installed, the address does not answer, there is no worker, or a worker has other versions than this
    machine (results would differ).
    """
    client = _connect(address, patience)
    try:
        threads = _check(client, address, patience)
        executor = client.get_executor(pure=False)
        try:
            yield executor, threads
        except BaseException:
            executor.shutdown(wait=False)
            raise
    finally:
        client.close(timeout=1)


def _connect(address: str, patience: float) -> Any:
    try:
        import distributed
    except ImportError as error:
        raise LabelmendError(
            "Working on a cluster needs Dask, which is not installed: run pip install 'labelmend[cluster]'."
        ) from error
    try:
        return distributed.Client(address, timeout=patience, set_as_default=False)
    except (OSError, ValueError) as error:
        raise LabelmendError(
            f"No Dask scheduler answers at {address}: check the address (host:port) and that it runs."
        ) from error


def _check(client: Any, address: str, patience: float) -> int:
    """The number of threads of the workers, all of which run what this machine runs."""
    try:
        client.wait_for_workers(1, timeout=patience)
    except TimeoutError as error:
        raise LabelmendError(
            f"The cluster at {address} has no workers: start some, then find again."
        ) from error
    try:
        told = client.run(versions)
    except Exception as error:
        raise LabelmendError(
            f"The workers at {address} cannot run Labelmend ({error}): install Labelmend {__version__} there."
        ) from error
    ours = versions()
    for worker, theirs in sorted(told.items()):
        if theirs != ours:
            raise LabelmendError(
                f"Worker {worker} has {_listed(theirs)}, this machine {_listed(ours)}: "
                "results would differ. Install the same versions."
            )
    return sum(client.nthreads().values())


def versions() -> dict[str, str]:
    """What must be the same everywhere for results to be the same to the last digit."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"Labelmend": __version__, "NumPy": np.__version__, "Python": python}


def _listed(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())
