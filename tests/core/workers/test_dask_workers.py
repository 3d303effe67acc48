"""Finding on a Dask cluster: the same to the last digit, whoever dies; failures are said in sentences."""

import os
import subprocess
import sys
import time
from dataclasses import fields

import numpy as np
import pytest

from builders.datasets import make_project
from builders.find_cases import world
from builders.held import Holding
from labelmend.cli import main
from labelmend.errors import Cancelled, LabelmendError
from labelmend.find import blocks
from labelmend.find.issues import Issues
from labelmend.workers import dask_workers as workers_room
from labelmend.workers.dask_workers import dask_workers


def assert_equal(ours: Issues, theirs: Issues) -> None:
    for column in fields(Issues):
        np.testing.assert_array_equal(getattr(ours, column.name), getattr(theirs, column.name))


class Running:
    """A scheduler and its workers, each a process of its own on this machine."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []
        file = folder / "scheduler.json"
        self._start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        end = time.monotonic() + 60
        while not (file.exists() and file.stat().st_size):
            assert time.monotonic() < end, (folder / "log.txt").read_text()
            time.sleep(0.05)
        text = file.read_text()
        self.address = text[text.index("tcp://") :].split('"')[0]

    def _start(self, program, *arguments):
        command = [sys.executable, "-W", "ignore", "-m", f"distributed.cli.{program}", "--no-dashboard"]
        paths = os.pathsep.join(path for path in sys.path if path)
        log = (self.folder / "log.txt").open("a")
        process = subprocess.Popen(
            [*command, *arguments],
            env=dict(os.environ, PYTHONPATH=paths, OPENBLAS_NUM_THREADS="1"),
            stdout=log,
            stderr=log,
        )
        log.close()
        self.processes.append(process)
        return process

    def add_worker(self):
        return self._start(
            "dask_worker", self.address, "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1",
            "--local-directory", str(self.folder),
        )  # fmt: skip

    def end(self):
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture
def running(tmp_path):
    pytest.importorskip("distributed", reason="needs labelmend[cluster]")
    started = Running(tmp_path)
    yield started
    started.end()


def test_a_worker_that_dies_half_way_changes_no_digit(running, tmp_path, monkeypatch):
    scene, told = world(), []
    straight = scene.find()
    monkeypatch.setattr(blocks, "ROWS", 50)
    workers = [running.add_worker(), running.add_worker()]
    with dask_workers(running.address) as (executor, _):
        holding = Holding(executor, tmp_path)

        def progress(done, total):
            told.append(done)
            if done > 0 and all(worker.poll() is None for worker in workers) and done < total:
                # The first block is done, all others wait or are on their way: one who has begun dies.
                victim = holding.someone_held()
                worker = next(worker for worker in workers if worker.pid == victim)
                worker.kill()
                worker.wait()
                holding.release()

        shared = scene.find(executor=holding, ahead=4, progress=progress)
    assert sorted(worker.poll() is None for worker in workers) == [False, True]
    assert_equal(straight, shared)
    assert told == sorted(told)


def test_cancel_leaves_the_cluster_within_half_a_second(running, tmp_path, monkeypatch):
    scene = world()
    monkeypatch.setattr(blocks, "ROWS", 50)
    running.add_worker()
    asked = []

    def progress(done, total):
        if done > 0:
            asked.append(time.monotonic())
            raise Cancelled

    with pytest.raises(Cancelled), dask_workers(running.address) as (executor, _):
        scene.find(executor=Holding(executor, tmp_path), ahead=4, progress=progress)
    assert time.monotonic() - asked[0] < 0.5


def test_the_command_finds_on_a_cluster(running, tmp_path, capsys):
    running.add_worker()
    project = make_project(tmp_path)
    project.close()
    assert main(["find", str(project.path), "--cluster", running.address]) == 0
    assert "issues" in capsys.readouterr().out


def test_other_versions_are_named(running, monkeypatch):
    running.add_worker()
    monkeypatch.setattr(workers_room, "__version__", "9.9")
    told = pytest.raises(LabelmendError, match=r"has Labelmend .*, this machine Labelmend 9\.9")
    with told, dask_workers(running.address):
        pass


def test_a_cluster_without_workers_is_named(running):
    with pytest.raises(LabelmendError, match="has no workers"), dask_workers(running.address, patience=0.5):
        pass


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nonsense"])
def test_nobody_at_the_address(address):
    pytest.importorskip("distributed", reason="needs labelmend[cluster]")
    with (
        pytest.raises(LabelmendError, match="No Dask scheduler answers at"),
        dask_workers(address, patience=0.5),
    ):
        pass


def test_without_the_extra_the_sentence_names_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    project = make_project(tmp_path)
    project.close()
    assert main(["find", str(project.path), "--cluster", "127.0.0.1:8786"]) == 1
    assert "pip install 'labelmend[cluster]'" in capsys.readouterr().err
