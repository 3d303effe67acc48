"""A project that is shared in parts, and the work that is done in them."""

import numpy as np

from builders.datasets import annotation, make_project
from labelmend.project import editing
from labelmend.project.packages import share
from labelmend.project.project import Project
from labelmend.review.states import Actor

IMAGES, EACH = 6, 3
BEA = Actor("Bea", "annotator")


def labels():
    return [
        annotation(10 * image + n, image, [10 + 30 * n, 20, 20, 30], category=1 + n)
        for image in range(1, IMAGES + 1)
        for n in range(EACH)
    ]


def made(folder):
    return make_project(folder, annotations=labels(), images=IMAGES, find=False, detections_given=False)


def as_(project, actor):
    path = project.path
    project.close()
    return Project.open(path, actor=actor)


def shared(project, name, images):
    to = project.path.with_name(f"{name}.labelmend")
    share(project, to, np.array(images))
    return to


def work(path, actor, *acts):
    package = Project.open(path, actor=actor)
    for act in acts:
        package.apply(act(package))
    package.close()


def box(key, x):
    return lambda project: editing.set_box(project, key, [x, 20, 20, 30])
