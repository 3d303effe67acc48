"""The installed command, as a pipeline uses it; and the examples of the README, run on the sample."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from builders.datasets import faulty, make_project, write_dataset

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "resources" / "labelmend_resources" / "sample"
COMMAND = shutil.which("labelmend", path=str(Path(sys.executable).parent))

pytestmark = pytest.mark.skipif(COMMAND is None, reason="the command is not installed beside this Python")


def run(*words, folder):
    return subprocess.run([COMMAND, *words], cwd=folder, capture_output=True, text=True, encoding="utf-8")


def blocks(language):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)


def test_the_example_in_the_readme_runs_on_the_sample():
    (example,) = blocks("python")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", example], cwd=SAMPLE, capture_output=True, text=True
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert len(lines) == 7
    assert re.fullmatch(r"\d+ issues; \d+ of them more likely than not", lines[-2])
    assert re.fullmatch(r"\d+ missing labels in \d+ of \d+ images", lines[-1])


def test_the_commands_of_the_readme_print_what_it_shows():
    shown = blocks("console")
    assert len(shown) == 2
    for block in shown:
        line, *expected = block.splitlines()
        words = line.removeprefix("$ labelmend ").split(" | ")[0].split()
        printed = run(*words, folder=SAMPLE).stdout.splitlines()
        assert [one for one in expected if one not in printed] == []


def test_exit_codes(tmp_path):
    annotations, _, detections = write_dataset(tmp_path, **faulty())
    assert run("check", annotations, folder=tmp_path).returncode == 1
    assert run("check", "no.json", folder=tmp_path).returncode == 2
    clean, _, _ = write_dataset(tmp_path / "clean")
    assert run("check", clean, folder=tmp_path).returncode == 0
    found = run("find", "--annotations", annotations, "--detections", detections, folder=tmp_path)
    assert found.returncode == 0
    assert {"kind", "image_id", "annotation_id", "bbox", "score", "category", "reason", "suggestion"} <= set(
        json.loads(found.stdout.splitlines()[0])
    )
    failed = run("find", "--annotations", "no.json", folder=tmp_path)
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert failed.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX pipe")
def test_a_reader_that_has_enough_ends_the_command_quietly(tmp_path):
    annotations, _, detections = write_dataset(tmp_path, **faulty())
    words = [COMMAND, "find", "--annotations", annotations, "--detections", detections]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read().decode()
        assert process.wait(60) == 0
    assert "Traceback" not in told
    assert "BrokenPipe" not in told


def test_reading_commands_answer_while_another_process_has_the_project(tmp_path):
    project = make_project(tmp_path)
    for command in ("issues", "status", "history", "evaluate"):
        done = run(command, "test.labelmend", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stdout
    assert run("find", "test.labelmend", folder=tmp_path).returncode == 1
    project.close()
