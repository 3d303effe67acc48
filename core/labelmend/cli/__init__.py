"""The command line: a second client of the engine, for pipelines and for those who prefer to type."""

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. See `labelmend.cli.command_line.main`."""
    try:
        # Imported here, so that Ctrl-C in the second that it takes is answered as any later one.
        from labelmend.cli import command_line
    except KeyboardInterrupt:
        print("labelmend: stopped before anything was done.", file=sys.stderr)
        return 130
    return command_line.main(argv)


__all__ = ["main"]
