"""What a killed program leaves in the temporary folder goes at the next start; what is in use stays."""

import subprocess
import sys
from pathlib import Path

import pytest

from labelmend.project.aside import Aside, clear_left


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_only_what_nobody_uses_is_cleared(temporary):
    mine, other = Aside(), temporary / "labelmend-of-somebody"
    other.mkdir()  # without a mark: not ours to judge
    program = "import sys, tempfile; tempfile.tempdir = sys.argv[1]; "
    program += "from labelmend.project.aside import Aside; a = Aside(); print(a.name, flush=True); input()"
    command = [sys.executable, "-c", program, str(temporary)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        theirs = Path(process.stdout.readline().strip())
        (theirs / "sheet.labelmend").write_text("answers")
        clear_left()
        assert theirs.is_dir()
        process.kill()
        process.wait()
    clear_left()
    assert sorted(temporary.iterdir()) == sorted([Path(mine.name), other])
    mine.cleanup()
    mine.cleanup()
    assert list(temporary.iterdir()) == [other]
