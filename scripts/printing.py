"""What is printed must never decide what a command does: not in a terminal that lacks a letter, nor after its reader has left."""

import os
import sys
from pathlib import Path

# Of a file from here on, in bytes, it is said that it is being read: that takes a second or more.
LARGE = 50_000_000


class Forgiving:
    """An output stream whose errors end nothing."""

    def __init__(self, stream):
        self.stream = stream

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        try:
            return self.stream.write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        try:
            self.stream.flush()
        except OSError:
            # Python would try once more at its end, and end with an error.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())


def keep_printing() -> None:
    """Let this process, and those that it starts, print what can be printed: Chinese as codes where there are no letters for it."""
    if sys.getfilesystemencoding() != "utf-8":
        # Files are UTF-8, and so are their names, whatever the terminal has; Python decides it once, when it starts.
        os.environ["PYTHONUTF8"] = "1"
        os.environ["PYTHONIOENCODING"] = f"{sys.stdout.encoding if sys.stdout else 'utf-8'}:backslashreplace"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    if sys.stdout:
        sys.stdout.reconfigure(errors="backslashreplace")
        os.environ["PYTHONIOENCODING"] = f"{sys.stdout.encoding}:backslashreplace"
        sys.stdout = Forgiving(sys.stdout)


def announce(what: str, path: Path) -> None:
    """Say on stderr what is being done to a large file, so that nobody waits in silence."""
    if (size := path.stat().st_size) >= LARGE:
        print(f"{what} {path.name} ({size / 1e6:,.0f} MB) ...", file=sys.stderr, flush=True)
