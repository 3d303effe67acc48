"""Finds label errors: columns in, columns out."""
