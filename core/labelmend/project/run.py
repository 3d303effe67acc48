"""Keeps the issues of a run of the finder in the project file."""

from dataclasses import fields

import msgspec
import numpy as np
from numpy.typing import NDArray

from labelmend.find.issues import Issues, empty, nothing_known
from labelmend.project.store import Store

Run = tuple[Issues, NDArray[np.int64], dict[int, str]]
"""The issues of a run, their ids, and the sentences that do not follow from columns."""


def save_run(store: Store, found: Issues, ids: NDArray[np.int64], texts: dict[int, str]) -> None:
    """Keep issues, their ids and the sentences that do not follow from columns (inside a transaction)."""
    columns = {f"issues.{field.name}": getattr(found, field.name) for field in fields(found)}
    told = np.frombuffer(msgspec.json.encode(texts), np.uint8)
    store.put_arrays(columns | {"issue ids": ids, "issue texts": told})


def load_run(store: Store) -> Run:
    """What `save_run` kept; nothing when the finder never ran."""
    columns = store.arrays("issues.")
    if not columns:
        return empty(), np.zeros(0, np.int64), {}
    texts = msgspec.json.decode(store.array("issue texts").tobytes(), type=dict[int, str])
    ids = store.array("issue ids")
    # A project of an earlier version has no such columns yet.
    return Issues(**(nothing_known(len(ids)) | columns)), ids, texts
