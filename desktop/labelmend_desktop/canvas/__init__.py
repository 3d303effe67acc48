"""The picture and its shapes."""
