"""Making the folders of an installation, none of them readable to the world."""

import os
import stat
from pathlib import Path

from abonent.config.postgres import places as layout
from abonent.config.postgres.account import Account, can_enter
from abonent.config.postgres.messages import Tell
from abonent.config.postgres.places import Places
from abonent.config.postgres.refusals import ServerRefusal

# All that may be in a data folder before its cluster is made (the tests of a checkout keep
# their own inside its ``.data``); a folder with anything else is not ours to close or open.
OURS = frozenset(
    {
        "media", "postgres.lease", "postgres.log", "postgres.new", "postgres.settings",
        "postgres.start", "secret-key", "socket", "static", "test",
    }
)  # fmt: skip


def prepare_data_folder(data: Path) -> None:
    """Make the data folder if it is missing; whoever made it, the world has no way into it."""
    try:
        if data.is_dir():
            mode = stat.S_IMODE(data.stat().st_mode)
            if mode & 0o007 and data.stat().st_uid == os.geteuid() and _is_data_folder(data):
                data.chmod(mode & ~0o007)
            return
        data.parent.mkdir(parents=True, exist_ok=True)
        data.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise ServerRefusal(
            f"Не удалось создать папку данных «{data}»: {error.strerror}. "
            "Укажите доступную папку в ABONENT_DATA."
        ) from error


def settle_home(place: Places, account: Account, tell: Tell) -> Places:
    """Return the places with a home that the server's account can reach, making it if needed.

    An ordinary user's home is the data folder. Root opens the data folder to the account's
    group for passing through only; when a folder above it is closed, the home is made in
    root's own place and the data folder keeps a pointer to it. No folder that is not ours is
    ever opened. Refuses when no place can be found.
    """
    if account.is_ours or place.cluster.exists():
        return place
    if place.home == place.data:
        _let_pass(place.data, account)
        if can_enter(account, place.data):
            return place
        place = _point_elsewhere(place, tell)
    try:
        layout.ROOT_PLACE.parent.mkdir(parents=True, exist_ok=True)
        for folder in (layout.ROOT_PLACE, place.home):
            folder.mkdir(mode=0o700, exist_ok=True)
            _let_pass(folder, account)
    except OSError as error:
        raise _no_home(place, account, str(error.strerror)) from error
    if not can_enter(account, place.home):
        raise _no_home(place, account, "папка закрыта для этой записи")
    return place


def private_folder(path: Path, account: Account) -> None:
    """Make the folder, or check that it is the account's own and closed to all others.

    Refuses a link and a folder of somebody else: it may lie in a place open to all.
    """
    try:
        path.mkdir(mode=0o700)
        if not account.is_ours:
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid:
            raise ServerRefusal(
                f"Папка «{path}» принадлежит не пользователю {account.name}, а она нужна "
                "для связи с PostgreSQL. Удалите её и повторите команду."
            ) from None
        if stat.S_IMODE(found.st_mode) != 0o700:  # noqa: PLR2004  (private: owner only)
            path.chmod(0o700)
    except OSError as error:
        raise ServerRefusal(
            f"Не удалось создать папку «{path}»: {error.strerror}. "
            "Освободите место или исправьте права."
        ) from error


def give_to_owner_of(folder: Path, path: Path) -> None:
    """Give a file that root has made in a user's folder to that user."""
    owner = folder.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _let_pass(folder: Path, account: Account) -> None:
    """Open our own closed folder to the account's group for passing through only."""
    if folder.stat().st_uid == 0 and _is_data_folder(folder):
        os.chown(folder, 0, account.gid)
        folder.chmod(0o710)


def _is_data_folder(folder: Path) -> bool:
    """Whether the folder is ours alone: a slip in ABONENT_DATA must not close /tmp to others."""
    return {entry.name for entry in folder.iterdir()} <= OURS


def _point_elsewhere(place: Places, tell: Tell) -> Places:
    name = layout.name_of(place.data)
    home, number = layout.ROOT_PLACE / name, 1
    while home.exists():
        # The data folder was deleted and made anew: its old cluster must not come back.
        tell(f"Прежние данные этой папки остались в «{home}»; удалите их, если не нужны.")
        number += 1
        home = layout.ROOT_PLACE / f"{name}-{number}"
    # The pointer is written first: a crash in between leaves nothing that looks used.
    place.pointer.write_text(f"{home}\n")
    tell(f"Учётная запись PostgreSQL не может открыть «{place.data}»; база будет в «{home}».")
    return Places(data=place.data, home=home)


def _no_home(place: Places, account: Account, why: str) -> ServerRefusal:
    return ServerRefusal(
        f"PostgreSQL не работает от имени root, а учётная запись {account.name} не может открыть "
        f"ни «{place.data}», ни «{place.home}» ({why}). Укажите в ABONENT_DATA папку, доступную "
        "этой записи, запустите команду от обычного пользователя или укажите внешний сервер "
        "в DATABASE_URL."
    )
