"""Opening, creating, and saying who works."""
