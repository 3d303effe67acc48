"""Gives the finder the pictures of a project, grey and turned as its labels lie."""

from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from labelmend.coco.columns import Images
from labelmend.find.inputs import Labels
from labelmend.find.look import Grey, ReadGrey, ReadRecord
from labelmend.geometry.orientation import Prefer
from labelmend.pictures import read_picture
from labelmend.project.project import Project


def picture_reader(project: Project) -> ReadGrey:
    """Reads the pictures of a project as it stands now; the project itself is not asked any more."""
    return partial(_read, folder=project.images_folder, images=project.images, prefer=project.orientation)


def record_reader(project: Project, labels: Labels) -> ReadRecord:
    """Reads the JSON of labels as they stand now, by their row."""
    keys, records = labels.key.tolist(), dict(project.state.records)

    def read(row: int) -> bytes | None:
        return records[keys[row]] if keys[row] in records else project.original(keys[row])

    return read


def _read(image: int, reduce: int, *, folder: Path, images: Images, prefer: Prefer) -> Grey:
    width, height = float(images.width[image]), float(images.height[image])
    picture = read_picture(
        folder / images.file_name[image],
        declared=(width, height) if width > 0 and height > 0 else None,
        prefer=prefer,
        reduce=reduce,
    )
    return _grey(picture.pixels), picture.width, picture.height


def _grey(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if pixels.ndim == 2:
        return pixels
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
