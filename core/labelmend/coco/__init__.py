"""COCO files: reading, checking, the verbatim source and its splices."""
