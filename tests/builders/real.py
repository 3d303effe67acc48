"""Real datasets, where they are at hand: in the folder that LABELMEND_DATA names, else beside the project.

Each is a folder with annotations.json, images/ and detections.json or detections.json.gz
Other folders are left out.
"""

import os
from pathlib import Path

DATA = Path(os.environ.get("LABELMEND_DATA", Path(__file__).parents[3] / "shared" / "data"))
SETS = sorted(path.parent for path in DATA.glob("*/annotations.json") if (path.parent / "images").is_dir())
