"""What profiles.yml has dbt-duckdb load, so that dbt lists a delivery as everything else does."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from dbt.adapters.duckdb.plugins import BasePlugin
from delivery import delivered_files, scenario_files


class Plugin(BasePlugin):
    """Gives every connection the variables delivered_files and scenario_files, which macros/reading reads."""

    listed = None
    # One more connection, for who wants to look on.
    connection = None

    def configure_connection(self, conn):
        Plugin.connection = conn.cursor()

    def configure_cursor(self, cursor):
        # Once in each run of dbt, so that all models read the same files.
        if self.listed is None:
            files = [asdict(file) | {"delivered_at": delivered_at(file.source)} for file in delivered_files()]
            self.listed = json.dumps(files, default=str)
            self.scenarios = json.dumps([{"name": name, "path": str(path)} for name, path in scenario_files().items()])
        cursor.execute("set variable delivered_files = ?", [self.listed])
        cursor.execute("set variable scenario_files = ?", [self.scenarios])


def delivered_at(path: Path) -> str | None:
    """When a file was last written, as dbt source freshness asks; None of one that is not there."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat() if path.exists() else None
