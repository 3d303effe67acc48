"""The window never does slow engine work on the UI thread: import, reading detections, finding, exporting."""

import threading

from builders.datasets import write_dataset
from labelmend.find import run
from labelmend.project import creation, export
from labelmend_desktop import file_verbs
from labelmend_desktop.dialogs import ExportChoice
from labelmend_desktop.start.new_project import NewProject

SLOW = ((creation, "read_source"), (file_verbs, "read_checked"), (run, "find"), (export, "write"))


def test_slow_engine_work_is_done_in_another_thread(tmp_path, open_window, qtbot, monkeypatch):
    seen = {}

    def watch(module, name):
        real = getattr(module, name)

        def watched(*arguments, **named):
            seen[name] = threading.current_thread() is threading.main_thread()
            return real(*arguments, **named)

        monkeypatch.setattr(module, name, watched)

    for module, name in SLOW:
        watch(module, name)
    annotations, pictures, detections = write_dataset(tmp_path)
    new = NewProject(
        annotations=annotations, images=pictures, detections=(), project=tmp_path / "p.labelmend"
    )
    out = tmp_path / "out.json"
    choice = ExportChoice(out, every_fix=False)
    hands = open_window(new_project=new, detections_files=[detections], export=choice)
    for action in ("new_project", "add_detections", "export"):
        hands.window.actions_.run(action)
        qtbot.waitUntil(lambda: not hands.window.tasks.busy, timeout=20_000)
    qtbot.waitUntil(out.exists)
    assert seen == {name: False for _, name in SLOW}
    assert out.read_bytes() == annotations.read_bytes()
    assert hands.session.project.store.history()[-1].op == "export"
