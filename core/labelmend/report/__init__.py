"""Numbers and reports."""
