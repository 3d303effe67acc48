"""Says in one plain sentence why an issue is suspected, built from its numbers."""
