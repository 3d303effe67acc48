"""Icons, theme, guide and sample project, read with importlib.resources."""
