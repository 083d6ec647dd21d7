"""Set up a Superset of its own with the dashboard of the published release, and say where it listens.

Usage: python report/superset/dashboard.py FOLDER [PORT], by the Python of the environment of requirements/dashboard.txt

FOLDER keeps its settings and its users. The database, the data sets and the dashboard come from the YAML files beside this one,
each time anew.
"""

import os
import secrets
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLACE = "{{ warehouse }}"


def load(warehouse: Path) -> None:
    """Have the YAML files in Superset as they are, with the place of the warehouse on this machine."""
    from superset.app import create_app

    files = {str(path.relative_to(HERE / "assets")): path for path in sorted((HERE / "assets").glob("**/*.yaml"))}
    contents = {name: path.read_text(encoding="utf-8").replace(PLACE, str(warehouse)) for name, path in files.items()}
    with create_app().app_context():
        # What they import works within an application only.
        from superset import security_manager
        from superset.commands.importers.v1.assets import ImportAssetsCommand
        from superset.utils.core import override_user

        with override_user(security_manager.find_user("admin")):
            ImportAssetsCommand(contents).run()


def superset(home: Path, *arguments: str) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "superset", *arguments],
        env=environment(home),
        cwd=home,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode != 0:
        raise RuntimeError(f"superset {arguments[0]} failed:\n{done.stdout[-2000:]}")


def environment(home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "SUPERSET_HOME": str(home),
        "SUPERSET_CONFIG_PATH": str(HERE / "superset_config.py"),
        "FLASK_APP": "superset",
        "PYTHONWARNINGS": "ignore",
    }


def set_up(home: Path, warehouse: Path) -> str:
    """Make or renew the Superset in a folder; return the password of its user admin."""
    home.mkdir(parents=True, exist_ok=True)
    os.chmod(home, 0o700)
    for name in ("secret", "password"):
        if not (home / name).exists():
            (home / name).write_text(secrets.token_urlsafe(32 if name == "secret" else 9), encoding="utf-8")
    password = (home / "password").read_text(encoding="utf-8")
    if not (home / "ready").exists():
        print("Setting up Superset, which takes a minute ...", flush=True)
        superset(home, "db", "upgrade")
        user = ("--username", "admin", "--firstname", "A", "--lastname", "B", "--email", "admin@localhost")
        superset(home, "fab", "create-admin", *user, "--password", password)
        superset(home, "init")
        (home / "ready").touch()
    os.environ.update(environment(home))
    load(warehouse)
    return password


def main(home: Path, port: str) -> int:
    home, warehouse = home.resolve(), Path(os.environ["DASHBOARD_WAREHOUSE"]).resolve()
    if not warehouse.exists():
        print(f"There is no {warehouse.name} yet: run make build.")
        return 2
    try:
        password = set_up(home, warehouse)
    except Exception as error:
        print(f"The dashboard cannot be set up: {error}\nIf {home} is of another version, remove it.")
        return 2
    print(
        f"The dashboard is http://127.0.0.1:{port}/superset/dashboard/index/ (admin, {password}). Ctrl-C ends it.", flush=True
    )
    os.chdir(home)
    program = str(Path(sys.executable).parent / "superset")
    os.execve(program, [program, "run", "--host", "127.0.0.1", "--port", port, "--with-threads"], environment(home))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "8088"))
