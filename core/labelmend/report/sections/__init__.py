"""The sections of the report's page, each from the part of `numbers` that it tells."""
