"""The window in which the instructions are read and written."""
