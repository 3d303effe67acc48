"""Reads files of detections as the doctor advises: what each seems to mean is told, or read so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np

from labelmend.coco.columns import Dataset
from labelmend.coco.detections import Detections, read_files
from labelmend.coco.faults import Fault
from labelmend.coco.picture_names import images_by
from labelmend.coco.reading import AS_WRITTEN, PLACES, Given, Reading
from labelmend.errors import BadFile
from labelmend.find.doctor import Checkup, examine_given
from labelmend.find.inputs import ImageSizes, Labels
from labelmend.find.mapping import FAIR, WIN
from labelmend.progress import Progress, silent
from labelmend.words import told_apart


@dataclass(frozen=True)
class Offer:
    """Of one file: what was found, and how it must be read to fit the annotations."""

    file: str
    sentences: tuple[str, ...]
    reading: Reading

    def sentence(self) -> str:
        """What was found and how it would be read, for a person to decide."""
        return f"{self.file}: {' '.join(self.sentences)}"


@dataclass(frozen=True)
class Read:
    """Detections of all files, the faults of their records, and the readings that were offered (and, if that
    was wanted, taken). paths: the files that are used, as those that hold nothing are not."""

    detections: Detections
    faults: list[Fault]
    offers: tuple[Offer, ...]
    paths: tuple[Path, ...]


def read_checked(
    paths: Sequence[Path],
    *,
    dataset: Dataset,
    beside: str = "",
    offered: bool = False,
    progress: Progress = silent,
) -> Read:
    """Read the detections of a dataset, one file a model; with `offered`, as the doctor says they are meant.

    beside: the name of the dataset's file, from which theirs are told apart.
    Raises BadFile as read_files does; where another reading could be used, it says so.
    """
    doctor = _Doctor(dataset, told_apart(paths, beside=beside), offered=offered)
    try:
        detections, faults, used = read_files(
            paths, dataset=dataset, beside=beside, look=doctor, progress=progress
        )
    except BadFile as error:
        if offered or not doctor.offers:
            raise
        offer = doctor.offers[-1]
        raise BadFile(
            f"{error} But {offer.sentence()} Read as offered ({offer.reading.sentence()}), it can be used: "
            "--mapping offered."
        ) from error
    return Read(detections, faults, tuple(doctor.offers), used)


class _Doctor:
    """Looks at each file as it is written and says how it is to be read."""

    def __init__(self, dataset: Dataset, names: Sequence[str], *, offered: bool) -> None:
        self._dataset, self._names, self._offered = dataset, names, offered
        self._looked = 0
        self.offers: list[Offer] = []

    def __call__(self, given: Given) -> Reading:
        checkup, reading = self._examined(given), None
        if checkup.misfit and checkup.reading is None:
            checkup, reading = self._by_other_places(given, checkup)
        else:
            reading = checkup.reading
        file = self._names[self._looked]
        self._looked += 1
        if reading is None:
            return AS_WRITTEN
        self.offers.append(Offer(file, checkup.sentences, reading))
        return reading if self._offered else AS_WRITTEN

    def _examined(self, given: Given) -> Checkup:
        images, labels, categories = self._dataset.images, self._dataset.annotations, self._dataset.categories
        return examine_given(
            ImageSizes(images.width, images.height),
            Labels(np.arange(len(labels)), labels.image, labels.category, labels.bbox, labels.crowd),
            given,
            categories=categories.name,
            ids=categories.id,
        )

    def _by_other_places(self, given: Given, checkup: Checkup) -> tuple[Checkup, Reading | None]:
        """What is found where something else than ids stands for the images, if much more agrees then."""
        if given.image_id is None:
            return checkup, None
        for places, words in PLACES.items():
            image = images_by(places, self._dataset.images).rows(given.image_id)
            other = self._examined(replace(given, image=image))
            if other.share >= max(FAIR, checkup.share + WIN):
                before = checkup.sentences[0].partition(":")[0]
                after = other.sentences[0][0].lower() + other.sentences[0][1:]
                told = f"{before}. Their image ids seem to be {words}: read so, {after}"
                reading = msgspec.structs.replace(other.reading or AS_WRITTEN, images=places)
                return replace(other, sentences=(told, *other.sentences[1:])), reading
        return checkup, None


def told(readings: Sequence[Reading]) -> dict[str, str | int | float]:
    """Facts for the history about files that were not read as they are written; none if all were."""
    if all(reading == AS_WRITTEN for reading in readings):
        return {}
    return {
        "read as": " | ".join(reading.sentence() or "written" for reading in readings),
        "readings": "[" + ",".join(reading.text() for reading in readings) + "]",
    }
