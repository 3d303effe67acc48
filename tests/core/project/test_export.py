"""An export that is cut off at any moment: what is certified is known to the history."""

import subprocess
import sys

import pytest

from builders.datasets import issue_of, make_project
from labelmend.errors import Cancelled
from labelmend.project import verbs
from labelmend.project.export import export, prepare, run_export
from labelmend.project.project import Project

CUT_OFF = """
import os, sys
from pathlib import Path
from labelmend.project.export import export
from labelmend.project.project import Project

left = int(sys.argv[3])


def dies(call):
    def first(*given):
        global left
        if left == 0:
            os._exit(9)
        left -= 1
        return call(*given)

    return first


project = Project.open(Path(sys.argv[1]))
Path.replace = dies(Path.replace)
Project.record_event = dies(Project.record_event)
export(project, Path(sys.argv[2]))
project.close()
"""


@pytest.fixture
def path(tmp_path):
    project = make_project(tmp_path)
    project.apply(verbs.accept(project, issue_of(project, "location")))
    project.close()
    return project.path


@pytest.mark.parametrize("steps", range(5))
def test_what_is_certified_is_in_the_history(path, tmp_path, steps):
    out, certificate = tmp_path / "out.json", tmp_path / "out.json.certificate.json"
    done = subprocess.run([sys.executable, "-c", CUT_OFF, str(path), str(out), str(steps)], check=False)
    assert done.returncode == (9 if steps < 4 else 0)
    project = Project.open(path)
    exports = [row.title for row in project.store.history() if row.op == "export"]
    assert certificate.exists() <= (exports == ["Export out.json"]) <= out.exists()
    assert certificate.exists() == (steps == 4)
    export(project, out, overwrite=True)
    project.close()
    assert not list(tmp_path.glob(".exporting-*"))  # what the killed one left goes


def test_an_export_that_is_stopped_at_its_end_leaves_nothing(path, tmp_path):
    before = sorted(tmp_path.iterdir())

    def stop(done, total):
        if done == total:
            raise Cancelled

    project = Project.open(path)
    with pytest.raises(Cancelled):
        run_export(prepare(project, tmp_path / "out.json"), progress=stop)
    assert project.last_row.op != "export"
    project.close()
    assert sorted(tmp_path.iterdir()) == before
