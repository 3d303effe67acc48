"""Systematic errors: what many labels of a batch have alike, each one cluster with one card."""
