"""Boxes, polygons, masks: pure functions on numpy arrays."""
