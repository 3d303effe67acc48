"""Random work on a project: what nobody touched keeps its bytes; undone, it is as if nothing was done."""

import json
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.datasets import ANN, annotation, write_dataset
from labelmend.errors import Refused
from labelmend.geometry import polygons
from labelmend.project import editing
from labelmend.project.export import export
from labelmend.project.project import Project

SQUARE = [[10.5, 10, 30, 10, 30, 40.25, 10.5, 40]]
RLE = {"size": [240, 320], "counts": [100, 50, 76650]}
RECORDS = [
    annotation(3, 1, [1.5, 2, 30.25, 40], track="kept as it is"),
    annotation(7, 1, [10.5, 10, 19.5, 30.25], segmentation=SQUARE),
    annotation(8, 2, [5, 5, 20, 20], segmentation=[]),
    annotation(11, 2, [0, 100, 1, 50], segmentation=RLE, iscrowd=1),
    {"id": 12, "image_id": 3, "category_id": 2, "bbox": [9, 9, 9, 9]},
]
NUMBER = st.floats(0.5, 200, allow_nan=False).map(lambda value: round(value, 3))
WORK = st.lists(
    st.tuples(
        st.sampled_from(["box", "polygon", "class", "delete", "create", "undo", "redo"]),
        st.integers(-3, len(RECORDS) - 1),
        st.tuples(NUMBER, NUMBER, NUMBER, NUMBER),
    ),
    max_size=14,
)


def do(project, act, key, numbers):
    """One random action; what the rules refuse is left."""
    x, y, w, h = numbers
    try:
        if act == "box":
            project.apply(editing.set_box(project, key, [x, y, w, h]))
        elif act == "polygon":
            project.apply(editing.set_polygons(project, key, (np.array([[x, y], [x + w, y], [x, y + h]]),)))
        elif act == "class":
            project.apply(editing.set_category(project, key, int(w) % 3))
        elif act == "delete":
            project.apply(editing.delete(project, key))
        elif act == "create":
            project.apply(editing.create(project, 1, 1, bbox=[x, y, w, h]))
        elif act == "undo":
            project.undo()
        else:
            project.redo()
    except Refused:
        pass


@settings(max_examples=60)
@given(work=WORK, indent=st.sampled_from([None, 1, 3]))
def test_random_work(work, indent):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = {
            "images": [{"id": n, "file_name": f"{n:03}.png", "width": 320, "height": 240} for n in (1, 2, 3)],
            "annotations": RECORDS,
            "categories": [{"id": n, "name": str(n)} for n in (1, 2, 3)],
        }
        source = json.dumps(file, indent=indent)
        annotations, pictures, _ = write_dataset(folder, annotations=[], images=1, text=source)
        Project.create(folder / "p.labelmend", annotations=annotations, images=pictures)
        project = Project.open(folder / "p.labelmend", actor=ANN)
        for act, key, numbers in work:
            do(project, act, key, numbers)
        export(project, folder / "out.json", overwrite=True)
        written = json.loads((folder / "out.json").read_bytes())
        expected = [
            json.loads(r) for r in (project.record(key) for key in range(len(RECORDS))) if r is not None
        ]
        added = [
            json.loads(r) for key in sorted(project.state.added, reverse=True) if (r := project.record(key))
        ]
        assert written["annotations"] == expected + added
        assert len({one["id"] for one in written["annotations"]}) == len(written["annotations"])
        check_agreement(project)
        reopened = reopen(project, folder)
        done = 0
        while reopened.undo_title() is not None:
            reopened.undo()
            done += 1
        export(reopened, folder / "undone.json")
        assert (folder / "undone.json").read_text() == source
        for _ in range(done):
            reopened.redo()
        export(reopened, folder / "redone.json")
        assert (folder / "redone.json").read_bytes() == (folder / "out.json").read_bytes()
        reopened.close()


def check_agreement(project):
    """Bbox and area of what was reshaped agree with its polygon as it is written."""
    for key in project.state.records:
        one = project.annotation(key)
        if one is not None and one.polygons and one.changed and one.area is not None:
            now = json.loads(project.record(key))
            before = project.original(key)
            if before is None or json.loads(before)["bbox"] != now["bbox"]:
                bounds = polygons.bounds(one.polygons)
                assert abs(bounds - one.bbox).max() < 0.01
                assert abs(polygons.area(one.polygons) - one.area) < 0.01


def reopen(project, folder):
    project.close()
    return Project.open(folder / "p.labelmend", actor=ANN)
