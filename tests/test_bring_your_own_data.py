"""The walk-through of docs/bring-your-own-data.md, its commands as they stand, in one shell."""

import re
import sys
from pathlib import Path

from conftest import ROOT


def test_walk_through(copy_project):
    text = (ROOT / "docs" / "bring-your-own-data.md").read_text(encoding="utf-8")
    commands = re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)
    assert len(commands) == 6
    clone = copy_project()
    # The environment that runs the tests stands in for the one that make would install.
    (clone.folder / ".venv").mkdir()
    for entry in Path(sys.prefix).iterdir():
        if not entry.name.startswith("installed-"):
            (clone.folder / ".venv" / entry.name).symlink_to(entry)
    (clone.folder / ".venv" / "installed-build").touch()

    done = clone.run("bash", "-e", "-c", "\n".join(commands))

    assert done.returncode == 0, done.stdout
    for shown in re.findall(r"^```text\n(.*?)^```$", text, re.M | re.S):
        for line in shown.splitlines():
            assert line in done.stdout, done.stdout
    assert "A build would accept this delivery." in done.stdout
    assert "raw_parks                       11382        159  " in done.stdout
    assert "remedy" in done.stdout
    assert clone.query("select region_code from marts.rank_provinces where overall_rank = 1") == [("110000",)]
