"""The engine of Labelmend: finds label errors in COCO datasets and writes the corrections back. No Qt."""

__version__ = "0.1.0"
