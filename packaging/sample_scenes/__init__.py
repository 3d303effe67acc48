"""The rendered scenes of the sample project: things on a table, seen from above."""
