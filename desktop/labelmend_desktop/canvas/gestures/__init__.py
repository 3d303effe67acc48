"""Mouse gestures, each one generator: press, yield while moving, release, one call of the session."""
