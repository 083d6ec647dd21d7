"""Run a command with a standalone Spark cluster on this machine: a master, and workers that give one executor each.

Usage: python benchmarks/spark_cluster.py EXECUTORS COMMAND...

The command finds the cluster in SPARK_MASTER, and has SPARK_SHUFFLE_PARTITIONS of twice the executors unless it is set. An
executor has one core and 2 GiB. Everything listens on loopback and ends with the command.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pyspark.find_spark_home import _find_spark_home as find_spark_home

MEMORY = "2g"


def main(executors: int, command: list[str]) -> int:
    """Start master and workers, wait until all have registered, run the command and return its exit code."""
    with tempfile.TemporaryDirectory(prefix="spark-cluster-") as folder:
        (Path(folder) / "spark-defaults.conf").write_text(f"spark.executor.memory {MEMORY}\nspark.executor.cores 1\n")
        environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_CONF_DIR": folder, "SPARK_WORKER_DIR": folder}
        log = Path(folder) / "master.log"
        servers = []

        def start(role: str, *arguments: str) -> None:
            with open(Path(folder) / f"{role.lower()}.log", "a", encoding="utf-8") as output:
                servers.append(
                    subprocess.Popen(
                        [
                            Path(find_spark_home()) / "bin" / "spark-class",
                            f"org.apache.spark.deploy.{role.lower()}.{role}",
                            "--host",
                            "127.0.0.1",
                            "--webui-port",
                            "0",
                            *arguments,
                        ],
                        env=environment,
                        stdin=subprocess.DEVNULL,
                        stdout=output,
                        stderr=subprocess.STDOUT,
                    )
                )

        def wait_for(pattern: str, count: int) -> str:
            """The last of so many matches in the master's log."""
            deadline = time.monotonic() + 60
            while len(found := re.findall(pattern, log.read_text(encoding="utf-8"))) < count:
                if time.monotonic() > deadline or any(server.poll() is not None for server in servers):
                    sys.exit(f"The cluster did not start:\n{log.read_text(encoding='utf-8')}")
                time.sleep(0.5)
            return found[-1]

        try:
            start("Master", "--port", "0")
            address = wait_for(r"Starting Spark master at (\S+)", 1)
            for _ in range(executors):
                start("Worker", "--cores", "1", "--memory", MEMORY, address)
            wait_for("Registering worker", executors)
            variables = {"SPARK_SHUFFLE_PARTITIONS": str(2 * executors), **environment, "SPARK_MASTER": address}
            return subprocess.run(command, env=variables).returncode
        finally:
            for server in reversed(servers):
                server.terminate()
                server.wait()


if __name__ == "__main__":
    # So that the servers end with whoever is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
