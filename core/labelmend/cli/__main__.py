"""`python -m labelmend.cli`: the command line without its console script."""

import sys

from labelmend.cli.command_line import main

if __name__ == "__main__":
    sys.exit(main())
