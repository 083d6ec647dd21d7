"""Run `dbt build` and write every mart to a Parquet file, through the session of SPARK_REMOTE or of this process.

Usage: python tests/build_on_spark.py FOLDER ARGUMENTS..., with the arguments of dbt build

In one process, because tables of a Spark Connect server may live as long as their session.
"""

import sys
from pathlib import Path

from dbt.cli.main import dbtRunner
from parity import JOINED
from pyarrow import parquet
from pyspark.sql import SparkSession


def main(folder: Path, arguments: list[str]) -> int:
    if not dbtRunner().invoke(["build", *arguments, "--exclude", "config.schema:samples"]).success:
        return 1
    session = SparkSession.builder.getOrCreate()
    listed = session.sql("show tables in marts").where(f"not isTemporary and tableName <> '{JOINED}'")
    for (mart,) in listed.select("tableName").collect():
        table = session.table(f"marts.{mart}")
        commented = [field.name for field in table.schema if field.metadata.get("comment")]
        rows = table.toArrow().replace_schema_metadata({"commented": " ".join(commented)})
        parquet.write_table(rows, folder / f"{mart}.parquet")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
