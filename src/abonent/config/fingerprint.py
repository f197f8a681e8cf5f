"""Whether anything has changed since the installation was last prepared.

Loading Django to find that out takes longer than all the rest of a start.
"""

import hashlib
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import abonent
from abonent.config.postgres import places

PREPARED = "prepared"
# What decides about the database and the demo besides the program itself.
ENVIRONMENT = ("DATABASE_URL", "ABONENT_DEMO")


def is_prepared(data: Path, environment: Mapping[str, str]) -> bool:
    """Whether the last preparation was of this very program, packages and database."""
    path = data / PREPARED
    return path.exists() and path.read_text() == fingerprint(data, environment)


def remember_prepared(data: Path, environment: Mapping[str, str]) -> None:
    """Note that the preparation has succeeded."""
    (data / PREPARED).write_text(fingerprint(data, environment))


def fingerprint(data: Path, environment: Mapping[str, str]) -> str:
    """Return a digest of the program's files, the packages, the database and the mode."""
    digest = hashlib.sha256(sys.version.encode())
    for name in ENVIRONMENT:
        digest.update(f"{name}={environment.get(name, '')}\0".encode())
    packages = Path(sysconfig.get_path("purelib"))
    digest.update("\0".join(sorted(path.name for path in packages.glob("*.dist-info"))).encode())
    program = Path(abonent.__file__).parent
    made = (places(data).cluster / "PG_VERSION", data / "static", data / "demo-loaded")
    for path in (*sorted(program.rglob("*")), *made):
        if path.suffix == ".pyc" or path.name == "__pycache__":
            continue
        digest.update(f"{path}\0{_state(path)}\n".encode())
    return digest.hexdigest()


def _state(path: Path) -> str:
    try:
        found = path.stat()
    except FileNotFoundError:
        return "missing"
    if path.is_dir():
        # A folder's time changes with files that are nobody's business, such as bytecode.
        return f"folder {found.st_ino}"
    return f"{found.st_size} {found.st_mtime_ns}"
