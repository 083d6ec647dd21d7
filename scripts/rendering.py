"""What is made from a finished warehouse and published with it, such as pages and workbooks."""

from collections.abc import Callable
from pathlib import Path

# Each gets the path of the warehouse, which has passed every test and is read only, and the folder of the release, into which
# it writes files and folders of its own. What it raises stops the release. The same warehouse must give the same bytes.
RENDERERS: tuple[Callable[[Path, Path], None], ...] = ()
