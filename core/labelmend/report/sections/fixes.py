"""Pictures of fixes, before and after, with what was done, why, and by whom."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from labelmend.report import markup
from labelmend.report.crops import Pair, data_uri

Taken = Mapping[int, Pair | str]


def fixes(told: dict[str, Any], pictures: Taken) -> Iterator[str]:
    """The fixes that changed most, and some of every kind chosen at random."""
    shown = told["fixes"]
    kinds = ", ".join(f"{n:,} {_WORDS[change]}" for change, n in shown["by_change"].items())
    yield markup.text(
        f"{shown['number']:,} fixes stand ({kinds}). In red the label as it was, in blue as it is now; thin "
        "and white the labels beside it. What is still to be reviewed or decided is shown as it stands."
    )
    if (going := labels_mended(told["changes"])) != shown["number"]:
        yield markup.text(
            f"An export now would mend {going:,} labels: one fix may change several labels, and labels that "
            f"are held back ({told['changes']['held_back']:,}) keep their original until they are decided."
        )
    yield markup.heading("The largest changes")
    yield markup.text(
        f"Of each sort of change the {shown['each']['worst']:,} that changed most (a shape by its IoU with "
        "the original), among equals those of the highest score."
    )
    yield _cards(shown["worst"], pictures)
    yield markup.heading("Typical ones")
    yield markup.text(
        f"Of each kind of issue {shown['each']['typical']:,}, drawn at random with the seed {shown['seed']}."
    )
    yield _cards(shown["typical"], pictures)


def labels_mended(going: Mapping[str, Any]) -> int:
    """How many labels an export changes, adds or deletes."""
    return int(going["changed"] + going["added"] + going["deleted"])


_WORDS = {"added": "added", "deleted": "deleted", "class": "of another class", "shape": "of another shape"}


def _cards(found: list[dict[str, Any]], pictures: Taken) -> str:
    return (
        '<div class="fixes">'
        + "\n".join(_card(one, pictures.get(one["issue"], "")) for one in found)
        + "</div>"
    )


def _card(one: dict[str, Any], picture: Pair | str) -> str:
    what = one["what"][:1].upper() + one["what"][1:]
    iou = "" if one["iou"] is None else f" · IoU {one['iou']:.2f}"
    label = "" if one["annotation_id"] is None else f" · label {one['annotation_id']}"
    score = "noted by a person" if one["score"] is None else f"score {one['score']:.2f}"
    state = markup.state_words(one["state"])
    who = one["who"].removesuffix(f" · {state}")  # which the frame beside it says
    lines = [
        f"<p class=what>{escape(what)}</p>",
        f"<p>{escape(one['why'])}</p>",
        f"<p>{escape(who)} {markup.state(state)}</p>",
        f"<p class=quiet>{escape(one['file'] + label)} · {escape(one['kind'])}, {score}{iou}</p>",
    ]
    return f'<div class="fix">{_pictures(picture, what)}{"".join(lines)}</div>'


def _pictures(picture: Pair | str, what: str) -> str:
    if isinstance(picture, str):
        return f'<p class="gone">{escape(picture)}</p>' if picture else ""
    size = f'width="{picture.width}" height="{picture.height}"'
    out = []
    for side, jpeg in (("before", picture.before), ("after", picture.after)):
        told = escape(f"{what}: {side}", quote=True)
        image = f'<img {size} alt="{told}" src="{data_uri(jpeg)}">'
        out.append(f"<figure>{image}<figcaption>{side}</figcaption></figure>")
    return '<div class="pair">' + "".join(out) + "</div>"
