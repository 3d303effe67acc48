"""How many of what, a or an, and what files are called, as every sentence says them."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path


def counted(n: int, what: str = "label") -> str:
    """So many of them, in words: 0 labels, 1 label, 1,200 labels."""
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


def article(name: str) -> str:
    """A class's name with a or an before it."""
    if name.startswith("an "):
        return name
    # An abbreviation is spelt out when read: an RBC, a WBC.
    vowels = "AEFHILMNORSX" if name[:2].isupper() else "AEIOUaeiou"
    return f"an {name}" if name[:1] in vowels else f"a {name}"


def told_apart(paths: Sequence[Path], *, beside: str = "") -> list[str]:
    """What each file is called in sentences: its last name; of several of one last name, or where that is the
    one of the file beside them, with its folder before it, or all folders where these are alike too."""
    out = [path.name for path in paths]
    for longer in (lambda path: f"{path.absolute().parent.name}/{path.name}", str):
        number = Counter([*out, beside])
        out = [longer(path) if number[name] > 1 else name for path, name in zip(paths, out, strict=True)]
    return out
