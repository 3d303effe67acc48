"""Times the evidence of crowded pictures: 1,000 annotations and 3,000 detections each. dense.py [IMAGES]

Boxes of 20 to 80 px on pictures of 3,000 px, and, ten times as crowded, of 1,000 px. Prints milliseconds of
processor time a picture.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from labelmend.find.blocks import blocks, cut
from labelmend.find.evidence.collecting import collect
from labelmend.find.inputs import ImageSizes, Labels, Predicted

LABELS, TIMES, CLASSES = 1000, 3, 10


def scene(images: int, side: float) -> tuple[ImageSizes, Labels, Predicted]:
    """Every label is seen three times, with some noise."""
    rng = np.random.default_rng(0)
    n = images * LABELS
    image = np.repeat(np.arange(images), LABELS).astype(np.int32)
    box = np.c_[rng.uniform(0, side - 80, (n, 2)), rng.uniform(20, 80, (n, 2))]
    category = rng.integers(0, CLASSES, n).astype(np.int32)
    seen = np.tile(box, (TIMES, 1)) + rng.normal(0, 3, (TIMES * n, 4))
    seen[:, 2:] = np.maximum(seen[:, 2:], 5)
    sizes = ImageSizes(np.full(images, side), np.full(images, side))
    labels = Labels(np.arange(n), image, category, box, np.zeros(n, bool))
    predicted = Predicted(np.tile(image, TIMES), np.tile(category, TIMES), seen, rng.random(TIMES * n))
    return sizes, labels, predicted


def main() -> None:
    images = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    for side in (3000.0, 1000.0):
        sizes, labels, predicted = scene(images, side)
        plan = cut(sizes, labels, predicted)
        todo = list(blocks(sizes, labels, predicted, n_categories=CLASSES, plan=plan))
        start = time.process_time()
        for block in todo:
            collect(block)
        each = 1000 * (time.process_time() - start) / images
        print(f"{side:.0f} px: {each:.0f} ms a picture")


if __name__ == "__main__":
    main()
