"""What every export must be: the source with the touched records changed, and nothing else."""

import json
import warnings
from pathlib import Path
from typing import Any

from pycocotools.coco import COCO

from builders.user import User
from labelmend.coco.intake import Intake
from labelmend.coco.source import Source, lay_out, read_source
from labelmend.project.export import plan
from labelmend_desktop.dialogs import ExportChoice


def check_export(user: User, out: Path, source: bytes) -> dict[str, Any]:
    """Export in the window and compare, byte by byte, with the source; the certificate."""
    going = plan(user.project)
    shown = user.export(out, ExportChoice(out, every_fix=False))
    before, after = records(lay_out(Intake("a.json", source, ""))), records(read_source(out))
    survivors = [going.changed.get(row, record) for row, record in enumerate(before)]
    assert after == [record for record in survivors if record is not None] + going.added
    # Outside the annotations' brackets nothing may differ.
    assert frame(out.read_bytes()) == frame(source)
    certificate: dict[str, Any] = json.loads(out.with_name(out.name + ".certificate.json").read_bytes())
    deleted = sum(record is None for record in going.changed.values())
    counted = (len(going.changed) - deleted, len(going.added), deleted, len(before) - len(going.changed))
    assert counted == tuple(certificate[name] for name in ("changed", "added", "deleted", "identical"))
    assert any(f"{counted[0]:,} changed" in sentence for sentence in shown["sentences"])
    check_loads(out)
    return certificate


def records(source: Source) -> list[bytes]:
    return [source.record("annotations", row) for row in range(len(source.spans["annotations"].start))]


def frame(data: bytes) -> bytes:
    """A file without its annotations' array."""
    span = lay_out(Intake("a.json", data, "")).spans["annotations"]
    return data[: span.open] + data[span.close :]


def check_loads(out: Path) -> None:
    """pycocotools loads the file and draws every outline in it."""
    coco = COCO(str(out))
    outlined = [one for one in coco.loadAnns(coco.getAnnIds()) if one.get("segmentation")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pycocotools' own, about numpy 2
        assert all(coco.annToMask(one).any() for one in outlined if one["area"] > 1)
