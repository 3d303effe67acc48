"""Two classes swapped in a folder: found as one, accepted by one key, exported, and taken back."""

import json

from PySide6.QtCore import Qt

from builders.datasets import write_dataset
from builders.systematic import night_and_day, only_card
from labelmend.coco.source import read_source
from labelmend.project.project import Project
from labelmend_desktop.dialogs import ExportChoice


def records(path):
    source = read_source(path)
    span = source.spans["annotations"]
    return [source.data[a:b] for a, b in zip(span.start.tolist(), span.end.tolist(), strict=True)]


def test_a_swap_in_a_folder_is_mended_by_one_key(tmp_path, open_user):
    sound = night_and_day()["annotations"]
    annotations, pictures, detections = write_dataset(tmp_path, **night_and_day(swap=(1, 2)))
    path = tmp_path / "test.labelmend"
    Project.create(path, annotations=annotations, images=pictures, detections=detections)
    user = open_user(path)
    user.choose("find_issues")
    user.wait(lambda: len(user.project.issues) > 0 and not user.window.tasks.busy)
    card = int(user.project.issues.id[only_card(user.project)])
    while user.issue != card:
        user.press(Qt.Key.Key_N)
    user.look()
    user.press(Qt.Key.Key_Return)
    assert user.state(card) == "fixed"

    out = tmp_path / "corrected.json"
    user.export(out, ExportChoice(out, every_fix=False))
    before, after = records(annotations), records(out)
    assert len(before) == len(after)
    wrong = {one["id"] for one in sound if one["image_id"] <= 8 and one["category_id"] in (1, 2)}
    for old, new, right in zip(before, after, sound, strict=True):
        if right["id"] in wrong:
            # Nothing but the class, and that as it should be.
            assert json.loads(new) == json.loads(old) | {"category_id": right["category_id"]}
            assert new != old
        else:
            assert new == old
    certificate = json.loads((tmp_path / "corrected.json.certificate.json").read_text())
    numbers = {name: certificate[name] for name in ("changed", "added", "deleted", "identical")}
    assert numbers == {"changed": 32, "added": 0, "deleted": 0, "identical": len(before) - 32}

    user.press(Qt.Key.Key_Z)
    assert user.issue == card
    assert user.state(card) == "flagged"
    back = tmp_path / "back.json"
    user.export(back, ExportChoice(back, every_fix=True))
    assert back.read_bytes() == annotations.read_bytes()
