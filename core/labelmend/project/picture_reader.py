"""Gives the finder the pictures of a project, grey and turned as its labels lie."""

from functools import partial
from pathlib import Path

from labelmend.coco.columns import Images
from labelmend.find.inputs import Labels
from labelmend.find.pictures.look import Grey, ReadGrey, ReadRecord
from labelmend.geometry.orientation import Prefer
from labelmend.picture_paths import picture_in
from labelmend.pictures import read_grey
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
    size = {"width": float(images.width[image]), "height": float(images.height[image])}
    return read_grey(picture_in(folder, images.file_name[image]), **size, prefer=prefer, reduce=reduce)
