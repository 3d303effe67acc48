"""The table of commands, and what a command loads: no more than it needs."""

import subprocess
import sys

from labelmend.cli import command_line


def test_every_command_is_found_where_the_table_says():
    for name in command_line.COMMANDS:
        (commands,) = command_line.parser(asked=name)._subparsers._group_actions
        assert sorted(commands.choices) == sorted(command_line.COMMANDS)
        assert commands.choices[name].get_default("run")


def test_the_help_loads_no_library():
    code = "import sys, labelmend.cli; labelmend.cli.main(['--help'])"
    code = f"import atexit, sys; atexit.register(lambda: print(*sys.modules)); {code}"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert "write the corrected COCO file" in told
    assert "labelmend.cli.command_line" in told
    assert not {"numpy", "msgspec", "cv2", "shapely", "sqlite3"} & set(told.split())


def test_finding_in_a_project_does_not_load_what_it_does_without():
    told = subprocess.run(
        [sys.executable, "-c", "import labelmend.cli.find, sys; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )
    idle = {"cv2", "pyvips", "shapely", "multiprocessing", "labelmend.cli.report"}
    assert not idle & set(told.stdout.split())
