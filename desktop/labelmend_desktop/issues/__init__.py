"""The issue list."""
