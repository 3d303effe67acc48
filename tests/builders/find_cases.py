"""A small world for the finder: right labels, a detector that is nearly right, errors put in by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from labelmend.find.clusters.batches import batches
from labelmend.find.find import Settings, find
from labelmend.find.inputs import ImageSizes, Labels, Predicted
from labelmend.find.issues import Issues

SIDE = 600.0
EVERYTHING = Settings(floor=0.0, plenty=np.inf)


@dataclass
class World:
    """Lists that a test changes before it asks for issues. Annotation keys are 1000 + row."""

    images: int
    classes: int
    label_image: list[int] = field(default_factory=list)
    label_class: list[int] = field(default_factory=list)
    label_box: list[list[float]] = field(default_factory=list)
    crowd: list[bool] = field(default_factory=list)
    found_image: list[int] = field(default_factory=list)
    found_class: list[int] = field(default_factory=list)
    found_box: list[list[float]] = field(default_factory=list)
    found_score: list[float] = field(default_factory=list)
    files: list[str] | None = None

    def label(self, image: int, category: int, box: Any, *, crowd: bool = False) -> int:
        """Adds an annotation; its key."""
        self.label_image.append(image)
        self.label_class.append(category)
        self.label_box.append([float(v) for v in box])
        self.crowd.append(crowd)
        return 999 + len(self.label_image)

    def detect(self, image: int, category: int, box: Any, score: float) -> int:
        """Adds a detection; its row."""
        self.found_image.append(image)
        self.found_class.append(category)
        self.found_box.append([float(v) for v in box])
        self.found_score.append(float(score))
        return len(self.found_image) - 1

    def unlabel(self, row: int) -> list[float]:
        """Takes an annotation away (its key and those of all others stay); its box."""
        box = self.label_box[row]
        self.label_image[row] = -1
        return box

    def sizes(self, scale: float = 1.0) -> ImageSizes:
        return ImageSizes(np.full(self.images, SIDE * scale), np.full(self.images, SIDE * scale))

    def labels(self, scale: float = 1.0) -> Labels:
        image = np.array(self.label_image, np.int32)
        keep = np.flatnonzero(image >= 0)
        return Labels(
            1000 + keep,
            image[keep],
            np.array(self.label_class, np.int32)[keep],
            np.array(self.label_box, float).reshape(-1, 4)[keep] * scale,
            np.array(self.crowd, bool)[keep],
        )

    def predicted(self, scale: float = 1.0) -> Predicted:
        return Predicted(
            np.array(self.found_image, np.int32),
            np.array(self.found_class, np.int32),
            np.array(self.found_box, float).reshape(-1, 4) * scale,
            np.array(self.found_score, float),
        )

    def find(self, **options: Any) -> Issues:
        settings = options.pop("settings", EVERYTHING)
        return find(
            self.sizes(),
            self.labels(),
            self.predicted(),
            n_categories=self.classes,
            batches=None if self.files is None else batches(self.files),
            settings=settings,
            **options,
        )


def world(*, images: int = 60, each: int = 6, classes: int = 3, seen: float = 0.9, seed: int = 0) -> World:
    """Objects in the cells of a 3 x 3 grid, none touching another; some are seen, with small noise."""
    rng = np.random.default_rng(seed)
    out = World(images, classes)
    for image in range(images):
        for cell in rng.permutation(9)[:each]:
            size = rng.uniform(60, 140, 2)
            start = np.array([cell % 3, cell // 3]) * 200 + rng.uniform(10, 190 - size, 2)
            box = np.r_[start, size]
            category = int(rng.integers(classes))
            out.label(image, category, box)
            if rng.random() < seen:
                noisy = box + rng.normal(0, 0.02, 4) * np.r_[size, size]
                out.detect(image, category, noisy, min(0.999, rng.beta(12, 1.5)))
        out.detect(
            image, int(rng.integers(classes)), np.r_[rng.uniform(0, 500, 2), rng.uniform(20, 90, 2)], 0.05
        )
    return out


def seen_row(scene: World, image: int) -> tuple[int, int]:
    """Rows of an annotation of the image and of the one detection that sees it surely."""
    for row, (at, box) in enumerate(zip(scene.label_image, scene.label_box, strict=True)):
        if at == image:
            for found, other in enumerate(scene.found_box):
                near = np.abs(np.subtract(other, box)).max() < 20
                if near and scene.found_image[found] == image and scene.found_score[found] > 0.8:
                    return row, found
    raise AssertionError("no object of this image is seen")
