"""Where the data folder, the cluster, its socket, its settings and its locks are."""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# A socket's address holds 107 bytes on Linux and 103 elsewhere; PostgreSQL adds its own
# name to the folder's.
LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432")
# PostgreSQL and libpq split lists of folders at commas and read quotes; a folder with such
# a name gets its socket elsewhere.
PLAIN_PATH = re.compile(r"[\w./+@-]+", re.ASCII)
# One fixed place, not TMPDIR and not /run/user: a command from cron and one from a terminal
# must find the same socket, and /run/user disappears with the user's last session.
SHORT_PLACE = Path("/tmp")  # noqa: S108  (the folder in it is private and its owner checked)
# Where root keeps a cluster whose data folder the server's own account cannot reach.
ROOT_PLACE = Path("/var/lib/abonent")
POINTER = "postgres.home"


@dataclass(frozen=True)
class Places:
    """The paths of one installation.

    ``data`` belongs to whoever runs Abonent; ``home`` holds what the server's own account
    must reach, and differs from ``data`` only when root keeps the data folder in a place
    closed to that account.
    """

    data: Path
    home: Path

    @property
    def cluster(self) -> Path:
        """The folder of the cluster, private to the server's account."""
        return self.home / "postgres"

    @property
    def unfinished_cluster(self) -> Path:
        """Where a cluster is made before it is given its name in one step."""
        return self.home / "postgres.new"

    @property
    def settings(self) -> Path:
        """The server's settings, kept out of the cluster so that its account cannot edit them."""
        return self.home / "postgres.settings"

    @property
    def socket(self) -> Path:
        """The private folder of the socket, short enough for the address to fit."""
        beside = self.home / "socket"
        fits = len(os.fsencode(beside)) <= LONGEST_SOCKET_FOLDER
        if fits and PLAIN_PATH.fullmatch(str(beside)):
            return beside
        return SHORT_PLACE / f"abonent-{name_of(self.data)}"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.data / "postgres.log"

    @property
    def start_lock(self) -> Path:
        """Held alone, for moments, by whoever starts or stops the server."""
        return self.data / "postgres.start"

    @property
    def lease_lock(self) -> Path:
        """Held together by all who use the server."""
        return self.data / "postgres.lease"

    @property
    def pointer(self) -> Path:
        """The file that names ``home`` when it is not the data folder."""
        return self.data / POINTER


def name_of(data: Path) -> str:
    """Return the name by which a data folder is known in a shared place."""
    return hashlib.sha256(os.fsencode(data)).hexdigest()[:16]


def data_folder(environment: Mapping[str, str]) -> Path:
    """Return the data folder: ABONENT_DATA, else one in the user's data directory."""
    given = environment.get("ABONENT_DATA")
    if given:
        return Path(given).expanduser().resolve()
    if os.geteuid() == 0:
        return Path("/var/lib/abonent")
    base = environment.get("XDG_DATA_HOME") or Path(environment.get("HOME", "~")) / ".local/share"
    return (Path(base).expanduser() / "abonent").resolve()


def places(data: Path) -> Places:
    """Return the paths of a data folder as they stand; nothing is made or started."""
    try:
        home = (data / POINTER).read_text().strip()
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        home = ""
    return Places(data=data, home=Path(home) if home else data)
