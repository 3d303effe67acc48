"""A session is killed at random moments: every step that was said to be done is there afterwards."""

import random
import subprocess
import sys
import threading
from pathlib import Path

from builders.datasets import make_project
from labelmend.project.export import export
from labelmend.project.project import Project

KILLS = 20
SCRIPT = Path(__file__).with_name("working_session.py")


def killed_session(path: Path, seed: int, after: float) -> list[str]:
    """Run the session, kill it `after` seconds after its first step; the lines it had said."""
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), str(path), str(seed)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = [process.stdout.readline()]
    timer = threading.Timer(after, process.kill)
    timer.start()
    said += process.stdout.readlines()
    process.wait()
    timer.cancel()
    process.stdout.close()
    return [line.strip() for line in said if line.endswith("\n")]


def test_no_acknowledged_step_is_lost(tmp_path):
    make_project(tmp_path).close()
    path, source = tmp_path / "test.labelmend", (tmp_path / "annotations.json").read_bytes()
    rng, acknowledged = random.Random(0), 0
    for kill in range(KILLS):
        said = killed_session(path, kill, rng.uniform(0.0, 0.25))
        assert said, "the session said nothing before it was killed"
        acknowledged += len(said)
        project = Project.open(path)
        assert not project.tampered
        kept = {f"{row.seq} {row.hash.hex()}" for row in project.store.history()}
        assert set(said) <= kept
        certificate = export(project, tmp_path / "out.json", overwrite=True)
        assert certificate.sha256_source == project.frame.sha256
        project.close()
    assert acknowledged > KILLS
    assert (tmp_path / "annotations.json").read_bytes() == source
    print(f"{KILLS} kills, {acknowledged} acknowledged steps, none lost")
