"""Time and peak memory of import, find, open and export, each as a whole process; prints, asserts nothing.

python tests/benchmarks/project.py build/d5000/gt.json build/d5000/pred.json --images FOLDER
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_OPEN = """
import sys, time
start = time.perf_counter()
from pathlib import Path
from labelmend.project.project import Project
project = Project.open(Path(sys.argv[1]))
rows = project.issues.rows_in("fix")
image = int(project.issues.image[rows[0]])
project.annotations_of(image), project.detections_of(image)
print(f"{time.perf_counter() - start:.2f} s to the first image's labels, {len(project.issues):,} issues")
project.close()
"""


def main() -> None:
    """Run the four stages one after the other in a temporary folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("annotations", type=Path)
    parser.add_argument("detections", type=Path)
    parser.add_argument("--images", type=Path, help="the pictures' folder; an empty one will do")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        images = given.images or folder
        project, out = folder / "p.labelmend", folder / "out.json"
        files = ["--annotations", given.annotations, "--images", images, "--detections", given.detections]
        command = [sys.executable, "-m", "labelmend.cli"]
        print(f"{'stage':8}{'seconds':>9}{'peak MB':>9}")
        total = measure("import", [*command, "new", project, *files])
        total += measure("find", [*command, "find", project])
        print(f"{'together':8}{total:9.2f}")
        measure("open", [sys.executable, "-c", _OPEN, project])
        measure("export", [*command, "export", project, "--out", out])
        same = out.read_bytes() == given.annotations.read_bytes()
        print(f"export without an edit is {'the source, byte for byte' if same else 'NOT THE SOURCE'}")
        print(f"project file {project.stat().st_size / 1e6:.0f} MB")


def measure(stage: str, command: list[object]) -> float:
    """Run a command; print its wall time and peak memory, and what it said."""
    start = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    if hasattr(os, "wait4"):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        peak = usage.ru_maxrss / 1024
    else:  # Windows does not tell the peak of a child
        process.wait()
        peak = float("nan")
    seconds = time.perf_counter() - start
    last = said.strip().splitlines()[0] if said.strip() else ""
    print(f"{stage:8}{seconds:9.2f}{peak:9.0f}  {last}")
    if process.returncode:
        sys.exit(f"{stage} failed")
    return seconds


if __name__ == "__main__":
    main()
