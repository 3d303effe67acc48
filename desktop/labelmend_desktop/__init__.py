"""The window of Labelmend."""
