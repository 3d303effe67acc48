"""Where pictures lie whose names come from another machine."""

import re
from pathlib import Path


def picture_in(folder: Path, name: str) -> Path:
    """The picture of this name below a folder: where the name says, else nearer, as the first folders of a
    name may be another machine's; a backslash parts folders too. Where it is nowhere, where the name says.
    """
    path = folder / name
    if not name or "\0" in name or path.exists():
        return path
    parts = [part for part in re.split(r"[/\\]", name) if part]
    nearer = (folder.joinpath(*parts[start:]) for start in range(len(parts)))
    return next((place for place in nearer if place.is_file()), path)
