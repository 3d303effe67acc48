"""The set-up scripts: an old Python is told so, a missing library is named with the line that installs it."""

import ast
import importlib
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from labelmend.project.project import Project

FOLDER = Path(__file__).parents[2] / "packaging"


@pytest.fixture
def load(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module


@pytest.mark.parametrize("name", ["start.py", "check.py", "_python.py"])
def test_an_old_python_can_read_the_front_doors(name):
    ast.parse((FOLDER / name).read_text(encoding="utf-8"), feature_version=(3, 4))


def test_an_old_python_is_told_in_a_sentence(load, monkeypatch, capsys):
    python = load("_python")
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(python.shutil, "which", lambda _name: None)
    with pytest.raises(SystemExit) as stopped:
        python.require("packaging/start.py")
    assert stopped.value.code == 1
    assert "needs Python 3.11 or newer; this is Python 3.9" in capsys.readouterr().err


def test_an_old_python_hands_over_to_a_newer_one_that_starts(load, monkeypatch):
    python = load("_python")
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(sys, "argv", ["start.py", "mine.labelmend"])
    monkeypatch.setattr(python.shutil, "which", lambda name: f"/usr/bin/{name}")
    calls = []

    def call(command, **_settings):
        calls.append(command)
        return 1 if "3.14" in command[0] else 0  # a shim that does not start

    monkeypatch.setattr(python.subprocess, "call", call)
    with pytest.raises(SystemExit) as stopped:
        python.require("start.py")
    assert stopped.value.code == 0
    assert calls[-1] == ["/usr/bin/python3.13", "start.py", "mine.labelmend"]


@pytest.fixture
def bare(load, monkeypatch):
    """A system that lacks a library and a font, with apt, for an ordinary user."""
    system = load("_system")
    monkeypatch.setattr(system, "missing_libraries", lambda _qt: ["libxcb-cursor.so.0"])
    monkeypatch.setattr(system, "has_font", lambda: False)
    monkeypatch.setattr(system, "is_root", lambda: False)
    monkeypatch.setattr(system.shutil, "which", lambda name: f"/usr/bin/{name}")
    return system


def test_a_missing_library_is_named_with_the_line_that_installs_it(bare):
    told = bare.provide(Path("qt"))
    assert "libxcb-cursor.so.0" in told
    assert "sudo apt-get install -y fonts-dejavu-core libxcb-cursor0" in told


def test_without_apt_the_libraries_are_named(bare, monkeypatch):
    monkeypatch.setattr(bare.shutil, "which", lambda _name: None)
    assert "Install these with your system's package manager" in bare.provide(Path("qt"))


def test_root_installs_what_is_missing(bare, monkeypatch):
    monkeypatch.setattr(bare, "is_root", lambda: True)
    ran = []

    def run(command, **_settings):
        ran.append(command)
        if "install" in command:
            monkeypatch.setattr(bare, "missing_libraries", lambda _qt: [])
            monkeypatch.setattr(bare, "has_font", lambda: True)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(bare.subprocess, "run", run)
    assert bare.provide(Path("qt")) is None
    assert ran[-1][-2:] == ["fonts-dejavu-core", "libxcb-cursor0"]


def test_an_unknown_library_is_named_too(bare, monkeypatch):
    monkeypatch.setattr(bare, "missing_libraries", lambda _qt: ["libnew.so.7", "libEGL.so.1"])
    assert "No package is known for: libnew.so.7" in bare.provide(Path("qt"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")
def test_nothing_is_missing_where_these_tests_run(load):
    import PySide6

    assert load("_system").missing_libraries(Path(PySide6.__path__[0])) == []


@pytest.mark.parametrize(
    ("text", "extras", "fresh"),
    [
        ('{"key": "k", "extras": "dev"}', "", True),
        ('{"key": "k", "extras": ""}', "dev", False),
        ('{"key": "old", "extras": "dev"}', "dev", False),
        ("{", "dev", False),
        (None, "dev", False),
    ],
)
def test_the_stamp_tells_whether_to_install_again(load, monkeypatch, tmp_path, text, extras, fresh):
    setup = load("_setup")
    monkeypatch.setattr(setup, "STAMP", tmp_path / "stamp.json")
    if text is not None:
        setup.STAMP.write_text(text)
    assert setup._stamped("k", extras) is fresh


def test_without_a_display_the_main_job_runs_on_the_sample(load, monkeypatch, tmp_path, capsys):
    launch = load("_launch")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(launch._setup, "PYTHON", Path(sys.executable))
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not launch.has_display()
    launch.headless(tmp_path)
    told = capsys.readouterr().out
    assert "change the instructions: apple" in told
    assert "331 identical to the byte" in told
    assert "the export is the source byte for byte" in told
    assert len([line for line in told.splitlines() if line.startswith(("  0.", "  1."))]) == launch.WORST
    assert (tmp_path / "corrected.json.certificate.json").is_file()


def test_the_users_sample_begins_with_its_instructions_and_is_made_once(load, monkeypatch, home, capsys):
    launch = load("_launch")
    monkeypatch.setattr(launch._setup, "PYTHON", Path(sys.executable))
    path = launch.users_sample()
    assert home in path.parents
    with closing(Project.open_to_read(path)) as project:
        rows = [(row.op, row.actor, row.role) for row in project.store.history()]
        assert rows == [("import", "", ""), ("do", "Labelmend", "lead"), ("find", "", "")]
        assert "a coin has a number" in project.state.instructions.of("bottle cap").definition
    capsys.readouterr()
    assert launch.users_sample() == path
    assert capsys.readouterr().out == ""
