"""The program's own files: icon, drawings and sample project, read with importlib.resources."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

__all__ = ["ICON_FILES", "copy_sample", "drawings", "icon_bytes", "sample_files"]

ICON_FILES = ("icon.svg", "icon.png")


def icon_bytes(name: str = "icon.svg") -> bytes:
    """The program's icon, as SVG or as a PNG of 256 pixels (see ICON_FILES)."""
    return files(__name__).joinpath(name).read_bytes()


def drawings() -> str:
    """The folder of what a style sheet names: the tick of a ticked box, the arrows of a file dialog."""
    return Path(str(files(__name__).joinpath("drawings"))).as_posix()


def sample_files() -> Traversable:
    """The sample's folder: images/, annotations.json, detections.json, truth.json, instructions.md."""
    return files(__name__).joinpath("sample")


def copy_sample(to: Path) -> Path:
    """Copy the sample into the folder `to` (made if need be), except files that are there; returns `to`."""
    _copy(sample_files(), to)
    return to


def _copy(source: Traversable, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for item in source.iterdir():
        place = target / item.name
        if item.is_dir():
            _copy(item, place)
        elif not place.exists():
            # Written aside and renamed: an interrupted copy leaves no half picture to be kept.
            part = place.with_name(place.name + ".part")
            part.write_bytes(item.read_bytes())
            part.replace(place)
