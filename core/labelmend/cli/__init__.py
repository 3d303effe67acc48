"""The command line: a second client of the engine, for pipelines and for those who prefer to type."""

from labelmend.cli.command_line import main, parser

__all__ = ["main", "parser"]
