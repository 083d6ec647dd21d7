"""One short name for all that the marts of a release hold, on whatever is made of them."""

import hashlib
from pathlib import Path


def marts_checksum(folder: Path) -> str:
    """SHA-256, as `sha256sum *.parquet | sha256sum` has it in the folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.parquet"), key=lambda path: path.name.encode()):
        digest.update(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n".encode())
    return digest.hexdigest()
