"""What is made from a finished warehouse and published with it, such as pages and workbooks."""

import sys
from collections.abc import Callable
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "report"))
from bi_file import write_bi_file
from marts_checksum import marts_checksum as marts_checksum
from workbook_sheets import write_workbook


def pages(warehouse: Path, folder: Path) -> None:
    from pages import render_like_before  # which imports what imports this

    render_like_before(warehouse, folder)


# Each gets the path of the warehouse, which has passed every test and is read only, and the folder of the release, into which
# it writes files and folders of its own. What it raises stops the release. The same warehouse must give the same bytes; of a
# DuckDB file, the same rows.
RENDERERS: tuple[Callable[[Path, Path], None], ...] = (write_bi_file, write_workbook, pages)
