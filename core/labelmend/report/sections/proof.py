"""What an auditor can check: certificates of exports and the hash chain of the history."""

from collections.abc import Iterator
from typing import Any

from labelmend.report import markup, prose
from labelmend.report.markup import Cell, Code


def certificates(told: dict[str, Any]) -> Iterator[str]:
    """Every export: what it changed, and the hashes of the file before and after."""
    if not told["exports"]:
        yield markup.text("Nothing was exported yet.")
        return
    yield markup.text(
        "Every record that was not changed has the bytes it had: the export was read back and compared. "
        "The same hashes are in the certificate file beside each export."
    )
    for one in told["exports"]:
        yield markup.heading(one["file"])
        by = f" by {markup.who(one['by'], one['role'])}" if one["by"] else ""
        before = one["annotations_before"]
        same = before - one["changed"] - one["deleted"]
        held = "" if one["held_back"] is None else f", {one['held_back']:,} held back"
        holds = f" It holds {one['states']}." if one["states"] else ""
        yield markup.text(
            f"{markup.when(one['at'])} UTC{by}: {one['changed']:,} "
            f"labels changed, {one['added']:,} added, {one['deleted']:,} deleted{held}; "
            f"{same:,} of {before:,} identical to the byte. "
            f"The file has {one['annotations_after']:,} labels.{holds}"
        )
        yield markup.table(
            ["SHA-256 of", ""],
            [
                ["the source", Code(one["sha256_source"])],
                ["the export", Code(one["sha256_export"])],
                [f"row {one['row']:,} of the history, which says so", Code(one["row_sha256"])],
            ],
        )


def history(told: dict[str, Any]) -> Iterator[str]:
    """The head of the hash chain, how to check it, and what came in and went out."""
    kept = told["history"]
    if not kept["whole"]:
        yield markup.text(kept["tampered"], tone="alarm")
    else:
        yield markup.text(
            f"The history has {kept['rows']:,} rows and is whole: each row carries a hash over itself and "
            "the hash of the row before it, so that nothing can be altered, put in or left out unseen."
        )
    head = kept["head"]
    yield markup.table(
        ["last row", "when (UTC)", "its SHA-256"],
        [[str(head["row"]), markup.when(head["at"]), Code(head["sha256"])]],
    )
    yield prose.html(
        "To check: `labelmend history PROJECT` reads every row and says whether the chain is whole; a later "
        "state of this project still holds this row with this hash. `sha256sum FILE` tells a file's hash."
    )
    rows: list[list[Cell]] = [
        [str(one["row"]), markup.when(one["at"]), markup.who(one["by"], one["role"]), one["title"]]
        for one in kept["events"]
    ]
    yield markup.heading("What came in, was looked for, and went out")
    yield markup.table(["row", "when (UTC)", "who", "what"], rows)
