"""The project file: everything that was imported and everything that was done."""
