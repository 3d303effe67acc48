#!/usr/bin/env python3
"""Sets everything up and runs all checks: format, lint, types, tests. Exit code 0 when all pass.

python3 packaging/check.py [arguments for pytest]
"""

import _python


def main():
    _python.require(__file__)
    import _checks  # here, because an old Python cannot read it

    _checks.main()


if __name__ == "__main__":
    main()
