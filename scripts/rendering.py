"""What is made from a finished warehouse and published with it, such as pages and workbooks."""

import sys
from collections.abc import Callable
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "report"))
from bi_file import write_bi_file
from workbook_sheets import write_workbook

# Each gets the path of the warehouse, which has passed every test and is read only, and the folder of the release, into which
# it writes files and folders of its own. What it raises stops the release. The same warehouse must give the same bytes, or the same rows.
RENDERERS: tuple[Callable[[Path, Path], None], ...] = (write_bi_file, write_workbook)
