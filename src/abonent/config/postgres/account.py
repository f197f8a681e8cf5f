"""Under which account of the machine the server runs, and running programs under it."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from abonent.config.postgres.refusals import ServerRefusal

# In order of preference, for a new cluster made by root: PostgreSQL refuses to run as root.
UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An account of the machine."""

    name: str
    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        """Whether this process already runs under it."""
        return self.uid == os.geteuid()


def server_account(cluster: Path) -> Account:
    """Return the account of the server: the cluster's owner, else ours, else for root a humble one.

    Refuses a cluster of another user, an account without a name, and root on a machine
    that has no unprivileged account.
    """
    ours = os.geteuid()
    owner = _owner(cluster)
    if owner is not None and ours not in {owner, 0}:
        raise ServerRefusal(
            f"Данные в папке «{cluster}» принадлежат пользователю {_name(owner)}. "
            "Запустите команду от его имени или укажите другую папку в ABONENT_DATA."
        )
    uid = ours if owner is None else owner
    if uid != 0:
        return _account(uid)
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise ServerRefusal(
        "PostgreSQL не работает от имени root, а учётных записей postgres и nobody на машине "
        "нет. Создайте одну из них, запустите команду от обычного пользователя или укажите "
        "внешний сервер в DATABASE_URL."
    )


def run_under(
    account: Account,
    arguments: Sequence[str | Path],
    *,
    text: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end under the account and return what it said."""
    process = start_under(account, arguments, output=subprocess.PIPE, feed=subprocess.PIPE)
    said, complained = process.communicate(text)
    return subprocess.CompletedProcess(list(arguments), process.returncode, said, complained)


def start_under(
    account: Account,
    arguments: Sequence[str | Path],
    *,
    output: int | IO[str],
    feed: int = subprocess.DEVNULL,
) -> subprocess.Popen[str]:
    """Start a program under the account in a session of its own, out of the terminal's reach."""
    drop = not account.is_ours
    try:
        return subprocess.Popen(  # noqa: S603  (the arguments are paths of our own making)
            [os.fspath(argument) for argument in arguments],
            stdin=feed,
            stdout=output,
            stderr=subprocess.PIPE if output == subprocess.PIPE else subprocess.STDOUT,
            text=True,
            errors="replace",
            # The current folder may be closed to the account; messages must not be translated.
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            umask=0o077,
            start_new_session=True,
            user=account.uid if drop else None,
            group=account.gid if drop else None,
            extra_groups=[] if drop else None,
        )
    except PermissionError as error:
        raise ServerRefusal(
            f"Не удалось запустить «{arguments[0]}» от имени {account.name}: {error.strerror}. "
            "Запустите команду от обычного пользователя или укажите внешний сервер "
            "в DATABASE_URL."
        ) from error


def can_enter(account: Account, folder: Path) -> bool:
    """Whether the account can reach the folder; tried, not reckoned from modes."""
    return run_under(account, ["/bin/sh", "-c", 'cd -- "$1"', "sh", folder]).returncode == 0


def _owner(path: Path) -> int | None:
    try:
        return path.lstat().st_uid
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise ServerRefusal(
            f"Папка «{path.parent}» закрыта для этого пользователя. Запустите команду от имени "
            "её владельца или укажите другую папку в ABONENT_DATA."
        ) from error


def _account(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as error:
        raise ServerRefusal(
            f"У пользователя с номером {uid} нет имени на этой машине, и встроенный PostgreSQL "
            "не может его узнать. Дайте ему имя (строку в /etc/passwd) или укажите внешний "
            "сервер в DATABASE_URL."
        ) from error
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"с номером {uid}"
