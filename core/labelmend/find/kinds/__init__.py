"""What each kind of error learns from the evidence, and the issues that come of it."""
