"""Time and peak memory of reading a COCO file and a detections file, stage by stage.

Usage: python tests/benchmarks/coco_read.py ANNOTATIONS [DETECTIONS] [--export]
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labelmend.coco.columns import read_dataset
from labelmend.coco.detections import read_detections
from labelmend.coco.source import read_source
from labelmend.coco.splice import splices, write

CHUNK = 1 << 16


def peak() -> float:
    """The most memory this process has held, in MB; nan where the system does not tell."""
    try:
        import resource
    except ImportError:
        return float("nan")
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1 << 20 if sys.platform == "darwin" else 1 << 10)


@contextmanager
def stage(name: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    print(
        f"{name:<16} {time.perf_counter() - wall:7.2f} s   cpu {time.process_time() - cpu:7.2f} s"
        f"   peak {peak():7.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("annotations", type=Path)
    parser.add_argument("detections", type=Path, nargs="?")
    parser.add_argument("--export", action="store_true", help="also write it out, without an edit")
    asked = parser.parse_args()
    with stage("read_source"):
        source = read_source(asked.annotations)
    with stage("read_dataset"):
        dataset = read_dataset(source)
    counts = len(dataset.images), len(dataset.annotations), len(dataset.categories), len(dataset.faults)
    print("images {:,}, annotations {:,}, categories {:,}, faults {:,}".format(*counts))
    if asked.export:
        data = source.data
        with tempfile.TemporaryDirectory() as folder, stage("export"):
            found = splices(source.spans, read=lambda a, b: data[a:b], changed={}, added={})
            chunks = (data[at : at + CHUNK] for at in range(0, len(data), CHUNK))
            sha256, _ = write(chunks, found, Path(folder) / "o.json", sha256=source.sha256, size=len(data))
        print("identical" if sha256 == source.sha256 else "DIFFERENT")
    if asked.detections:
        del source
        with stage("read_detections"):
            detections, faults = read_detections(asked.detections, dataset=dataset)
        masks = "with masks" if detections.masks is not None else "boxes only"
        print(f"detections {len(detections):,} ({masks}), faults {len(faults):,}")


if __name__ == "__main__":
    main()
