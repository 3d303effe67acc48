"""Keeps the issues of a run of the finder in the project file."""

from dataclasses import fields

import msgspec
import numpy as np
from numpy.typing import NDArray

from labelmend.find.issues import Issues, empty, nothing_known
from labelmend.project.store import Store


def save_run(store: Store, found: Issues, ids: NDArray[np.int64], texts: dict[int, str]) -> None:
    """Keep issues, their ids and the sentences that do not follow from columns (inside a transaction)."""
    for field in fields(found):
        store.put_array(f"issues.{field.name}", getattr(found, field.name))
    store.put_array("issue ids", ids)
    store.put_array("issue texts", np.frombuffer(msgspec.json.encode(texts), np.uint8))


def load_run(store: Store) -> tuple[Issues, NDArray[np.int64], dict[int, str]]:
    """What `save_run` kept; nothing when the finder never ran."""
    columns = store.arrays("issues.")
    if not columns:
        return empty(), np.zeros(0, np.int64), {}
    texts = msgspec.json.decode(store.array("issue texts").tobytes(), type=dict[int, str])
    ids = store.array("issue ids")
    # A project of an earlier version has no such columns yet.
    return Issues(**(nothing_known(len(ids)) | columns)), ids, texts
