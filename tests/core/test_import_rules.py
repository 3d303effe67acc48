"""The house's rules: which room may import which, and how large a module and a function may be."""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QT = ("PySide6", "shiboken6", "qtpy", "qtawesome", "pyqtgraph")
WINDOW_ONLY = (*QT, "labelmend_desktop", "labelmend_resources")
COMMON = {"errors", "progress", "words"}
ENGINE = {  # room -> the rooms it may import, besides itself and COMMON
    "geometry": set(),
    "coco": {"geometry"},
    "find": {"geometry", "coco", "workers"},
    "fit": {"geometry", "find"},
    "api": {"geometry", "coco", "find", "pictures", "workers"},
    "__init__": {"api"},
    "review": {"geometry", "coco", "find"},
    "pictures": {"geometry"},
    "project": {"geometry", "coco", "find", "review", "pictures", "workers"},
    "report": {"geometry", "coco", "find", "review", "pictures", "project", "files"},
    "cli": {"api", "geometry", "coco", "find", "review", "pictures", "project", "files", "report", "workers"},
    "files": set(),
    "workers": set(),
    "errors": set(),
    "progress": set(),
    "words": set(),
}
FINDER = {  # the same of the rooms in find/; what lies beside them is for all
    "evidence": set(),
    "kinds": {"evidence"},
    "clusters": {"evidence", "kinds"},
    "pictures": {"evidence", "kinds"},
    "reasons": {"clusters"},
}
SAME_ROOM = {
    "picture_header": "pictures",
    "picture_paths": "pictures",
    "picture_streams": "pictures",
    "large_pictures": "pictures",
    "tiff_strips": "pictures",
    "command_line": "cli",
    "__main__": "cli",
}
SCREEN_PARTS = {"issues", "canvas", "classes", "review", "instructions", "dashboard", "start"}
FRAME = {"main_window", "app"}  # they know all; nobody knows them
MODULE_LINES, FUNCTION_LINES = 400, 50
REASON = "# long:"


def imported(tree: ast.Module, package: tuple[str, ...]) -> list[tuple[int, str]]:
    """(line, dotted name) of every import; `from a import b` is a.b; relative ones start at `package`."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            found += [(node.lineno, f"{stem}.{alias.name}") for alias in node.names]
    return found


def room(parts: tuple[str, ...]) -> str:
    """The room of a dotted name below a package: its first part, without the ending of a file."""
    first = parts[0] if parts else "__init__"
    return SAME_ROOM.get(first, first)


def engine_complaints(root: Path) -> list[str]:
    """What in the engine's package (the folder `root`/labelmend) breaks a rule of imports."""
    out = []
    for path, tree in modules(root / "labelmend"):
        parts = path.relative_to(root).with_suffix("").parts
        here = room(parts[1:])
        if here not in ENGINE and here != "__init__":
            out.append(f"{path}: no room of this name; give it one in ENGINE, with what it may import")
            continue
        for line, name in imported(tree, parts[:-1]):
            top, *below = name.split(".")
            there = room(tuple(below))
            if top in WINDOW_ONLY:
                out.append(f"{path}:{line}: the engine imports {top}")
            elif top == "labelmend" and here != there and there in ENGINE:
                allowed = ENGINE.get(here, set()) | (set() if here in COMMON else COMMON)
                if there not in allowed:
                    out.append(f"{path}:{line}: {here} imports {there}")
    return out


def finder_complaints(root: Path) -> list[str]:
    """What in the rooms of the finder (in the folder `root`/labelmend/find) breaks a rule of imports."""
    out = []
    for path, tree in modules(root / "labelmend" / "find"):
        package = path.relative_to(root).parts[:-1]
        for line, name in imported(tree, package) if len(package) > 2 else ():
            here, there = package[2], name.removeprefix("labelmend.find.").split(".")[0]
            if there in FINDER and here != there and there not in FINDER[here]:
                out.append(f"{path}:{line}: {here} imports {there}")
    return out


def window_complaints(root: Path) -> list[str]:
    """What in the window's package (the folder `root`/labelmend_desktop) breaks a rule of imports."""
    out = []
    for path, tree in modules(root / "labelmend_desktop"):
        parts = path.relative_to(root).with_suffix("").parts
        here = parts[1]
        for line, name in imported(tree, parts[:-1]):
            top, *below = name.split(".")
            if top != "labelmend_desktop" or not below or below[0] == here:
                continue
            if here not in FRAME and here != "__main__" and below[0] in FRAME:
                out.append(f"{path}:{line}: {here} imports {below[0]}")
            if here in SCREEN_PARTS and below[0] in SCREEN_PARTS:
                out.append(f"{path}:{line}: {here} imports {below[0]}")
            if here == "session" and below[0] in SCREEN_PARTS:
                out.append(f"{path}:{line}: the session imports {below[0]}")
    return out


def circle(root: Path, without: str = "") -> list[str]:
    """Modules of the engine's package that import each other in a circle, but for those of one room."""
    trees = {
        ".".join(path.relative_to(root).with_suffix("").parts): tree
        for path, tree in modules(root / "labelmend")
        if path.relative_to(root).parts[1] != without
    }
    arrows = {}
    for module, tree in trees.items():
        names = [name for _, name in imported(tree, tuple(module.split(".")[:-1]))]
        stems = {name if name in trees else name.rpartition(".")[0] for name in names}
        arrows[module] = stems & set(trees)
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def size_complaints(folder: Path) -> list[str]:
    """Modules and functions that are too long and give no reason beside them."""
    out = []
    for path, tree in modules(folder):
        lines = path.read_text(encoding="utf-8").splitlines()
        head = lines[: 5 + len(ast.get_docstring(tree) or "")]
        if len(lines) > MODULE_LINES and not any(line.startswith(REASON) for line in head):
            out.append(f"{path}: {len(lines)} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                signature = lines[node.lineno - 1 : node.body[0].lineno]
                if length > FUNCTION_LINES and not any(REASON in line for line in signature):
                    out.append(f"{path}:{node.lineno}: {node.name} has {length} lines")
    return out


def modules(folder: Path) -> list[tuple[Path, ast.Module]]:
    paths = sorted(folder.rglob("*.py"))
    assert paths, f"no module in {folder}"
    return [(path, ast.parse(path.read_text(encoding="utf-8"), str(path))) for path in paths]


def test_the_engine_keeps_its_arrows():
    assert engine_complaints(ROOT / "core") == []


def test_the_rooms_of_the_finder_keep_theirs():
    assert finder_complaints(ROOT / "core") == []


def test_a_wrong_arrow_in_the_finder_is_seen(tmp_path):
    planted(tmp_path, "labelmend", "find/kinds/one.py", "from labelmend.find.evidence import pairs")
    planted(tmp_path, "labelmend", "find/run.py", "from labelmend.find.kinds.one import pairs")
    assert finder_complaints(tmp_path) == []
    planted(tmp_path, "labelmend", "find/evidence/two.py", "from labelmend.find.kinds.one import pairs")
    (told,) = finder_complaints(tmp_path)
    assert "evidence imports kinds" in told


def test_no_modules_of_the_engine_need_each_other():
    assert circle(ROOT / "core", without="project") == []  # there the parts of a project know the project


def test_a_circle_is_seen(tmp_path):
    planted(tmp_path, "labelmend", "find/one.py", "from labelmend.find import two")
    assert circle(tmp_path) == []
    planted(tmp_path, "labelmend", "find/two.py", "def f():\n    from labelmend.find.one import g")
    assert set(circle(tmp_path)) == {"labelmend.find.one", "labelmend.find.two"}
    assert circle(tmp_path, without="find") == []


def test_the_window_keeps_its_rooms_apart():
    assert window_complaints(ROOT / "desktop") == []


@pytest.mark.parametrize("folder", ["core", "desktop", "resources", "packaging", "tests"])
def test_modules_and_functions_are_small(folder):
    assert size_complaints(ROOT / folder) == []


def test_the_command_line_runs_without_qt():
    probe = f"import sys, labelmend.cli; print([m for m in sys.modules if m.split('.')[0] in {WINDOW_ONLY}])"
    answer = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("place", "line", "complaint"),
    [
        ("geometry/boxes.py", "from PySide6.QtCore import QRectF", "the engine imports PySide6"),
        ("find/find.py", "import pyqtgraph", "the engine imports pyqtgraph"),
        ("cli/find.py", "from labelmend_desktop import app", "the engine imports labelmend_desktop"),
        ("geometry/boxes.py", "from labelmend.coco import source", "geometry imports coco"),
        ("find/find.py", "from labelmend.project.project import Project", "find imports project"),
        ("find/find.py", "from ..project import project", "find imports project"),
        ("find/find.py", "from labelmend import project", "find imports project"),
        ("review/states.py", "import labelmend.project", "review imports project"),
        ("project/project.py", "from labelmend.cli import main", "project imports cli"),
        ("helpers/odds.py", "import json", "no room of this name"),
        ("find/find.py", "def f():\n    import labelmend.report", "find imports report"),
    ],
)
def test_a_wrong_arrow_in_the_engine_is_seen(tmp_path, place, line, complaint):
    told = engine_complaints(planted(tmp_path, "labelmend", place, line))
    assert len(told) == 1
    assert complaint in told[0]


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("find/find.py", "from labelmend.geometry import boxes"),
        ("find/find.py", "from . import issues"),
        ("project/project.py", "from labelmend.errors import Refused"),
        ("cli/find.py", "from labelmend import __version__"),
    ],
)
def test_a_right_arrow_in_the_engine_is_let_be(tmp_path, place, line):
    assert engine_complaints(planted(tmp_path, "labelmend", place, line)) == []


@pytest.mark.parametrize(
    ("place", "line", "complaint"),
    [
        ("issues/panel.py", "from labelmend_desktop.canvas import canvas", "issues imports canvas"),
        (
            "canvas/canvas.py",
            "from labelmend_desktop.main_window import MainWindow",
            "canvas imports main_window",
        ),
        ("canvas/canvas.py", "from ..main_window import MainWindow", "canvas imports main_window"),
        ("actions.py", "import labelmend_desktop.app", "actions imports app"),
        ("session.py", "from labelmend_desktop.review import panel", "the session imports review"),
    ],
)
def test_a_wrong_arrow_in_the_window_is_seen(tmp_path, place, line, complaint):
    told = window_complaints(planted(tmp_path, "labelmend_desktop", place, line))
    assert len(told) == 1
    assert complaint in told[0]


def test_length_without_a_reason_is_seen(tmp_path):
    body = "\n".join(["    x = 1"] * 60)
    folder = planted(tmp_path, "labelmend", "find/long.py", f"def f():\n{body}\n" + "y = 2\n" * 400)
    assert [text.split(": ")[1] for text in size_complaints(folder)] == ["462 lines", "f has 61 lines"]
    excused = f"# long: a table\ndef f():  # long: one story\n{body}\n" + "y = 2\n" * 400
    assert size_complaints(planted(tmp_path, "labelmend", "find/long.py", excused)) == []


def planted(root: Path, package: str, place: str, text: str) -> Path:
    """A package with one module in it, for the checks to look at."""
    path = root / package / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")
    return root
