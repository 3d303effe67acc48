"""Fits a label to what is there: a detection, its own mask, the picture's edges. Numpy in, numpy out."""
