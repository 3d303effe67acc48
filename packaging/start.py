#!/usr/bin/env python3
"""Sets everything up and opens Labelmend on its sample project; without a display, it does the main job.

python3 packaging/start.py [PROJECT.labelmend]
"""

import _python


def main():
    _python.require(__file__)
    import _launch  # here, because an old Python cannot read it

    _launch.main()


if __name__ == "__main__":
    main()
