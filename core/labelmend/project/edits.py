"""What an edit on the picture means for the record: which keys get which values, so that they agree."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from labelmend.errors import Refused
from labelmend.geometry import masks
from labelmend.geometry import polygons as polygon
from labelmend.project.annotation import Annotation


def resized(annotation: Annotation, bbox: ArrayLike) -> dict[str, Any]:
    """Values for a new box (4,) xywh: the bbox, the polygons stretched with it, and the area.

    The polygons follow from their own bounds, so that box and outline agree afterwards even if they
    did not before. Raises Refused for a box without area and for a mask, which cannot be stretched.
    """
    box = _box(bbox)
    if annotation.rle is not None:
        raise Refused("A mask cannot be stretched with its box: delete it, or change its class.")
    if not annotation.polygons:
        return {"bbox": box, "area": box[2] * box[3]}
    own = polygon.bounds(annotation.polygons)
    if own[2] <= 0 or own[3] <= 0:
        raise Refused("This polygon has no area: draw it anew.")
    parts = polygon.scaled(annotation.polygons, own, np.array(box))
    return {"bbox": box, "segmentation": polygon.flat(parts), "area": polygon.area(parts)}


def reshaped(parts: polygon.Parts) -> dict[str, Any]:
    """Values for new polygons: the segmentation, its bounds as bbox, its area.

    Raises Refused when a part has fewer than three points or nothing has area.
    """
    if not parts or any(len(part) < polygon.LEAST_POINTS for part in parts):
        raise Refused("A polygon needs three points.")
    bbox, area = polygon.bounds(parts), polygon.area(parts)
    if area <= 0:
        raise Refused("This polygon has no area.")
    return {"bbox": bbox.tolist(), "segmentation": polygon.flat(parts), "area": area}


def masked(rle: dict[str, Any], *, like: dict[str, Any] | None = None) -> dict[str, Any]:
    """Values for a mask (COCO's dictionary): the segmentation, its bounds as bbox, its area in pixels.

    It is written as the mask ``like`` is, in text or as listed runs. Raises Refused for one without pixels.
    """
    height, width = rle["size"]
    counts = masks.counts(rle, height=height, width=width)
    bbox = masks.bounds(counts, height=height, width=width)
    area = masks.area(counts, height=height, width=width)
    if not area:
        raise Refused("Nothing would be left of this mask: to remove the label, delete it (Del).")
    segmentation = masks.written(counts, height=height, width=width, like=like)
    return {"bbox": bbox.tolist(), "segmentation": segmentation, "area": float(area)}


def drawn(*, bbox: ArrayLike | None, polygons: polygon.Parts | None, outlined: bool) -> dict[str, Any]:
    """Values for a new annotation.

    outlined says that the file's annotations carry outlines: a new box then gets its four corners as
    polygon, as pycocotools does for boxes, so that every reader of masks can read it.
    """
    if polygons:
        return reshaped(polygons)
    if bbox is None:
        raise Refused("A new annotation needs a box or a polygon.")
    box = _box(bbox)
    values: dict[str, Any] = {"bbox": box, "area": box[2] * box[3]}
    if outlined:
        x, y, w, h = box
        values["segmentation"] = [[x, y, x + w, y, x + w, y + h, x, y + h]]
    return values


def _box(bbox: ArrayLike) -> list[float]:
    box = np.asarray(bbox, np.float64)
    if box.shape != (4,) or not np.isfinite(box).all() or box[2] <= 0 or box[3] <= 0:
        raise Refused("A box needs a width and a height above zero.")
    return [float(value) for value in box]
