"""Sharing the server: the first to need it starts it, the last to leave stops it."""

import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from abonent.config.postgres import server
from abonent.config.postgres.account import server_account
from abonent.config.postgres.folders import give_to_owner_of, prepare_data_folder, settle_home
from abonent.config.postgres.messages import Tell, tell_operator
from abonent.config.postgres.places import Places, data_folder, places
from abonent.config.postgres.refusals import ServerRefusal
from abonent.config.postgres.tuning import parse_override

PATIENCE = 3.0


class Lease:
    """One holder's right to a running server.

    It is a shared lock on a file, so the kernel gives it up for a holder that was killed; the
    server then stays up and the next holder finds it running.
    """

    def __init__(self, data: Path, override: Mapping[str, str], tell: Tell) -> None:
        self.data = data
        self._override = override
        self._tell = tell
        self._process = os.getpid()
        self._shared = _open(places(data).lease_lock, data)

    @property
    def place(self) -> Places:
        """The paths of the installation."""
        return places(self.data)

    def take(self) -> None:
        """Hold the server; it accepts connections when this returns."""
        with _alone(self.data, self._tell):
            fcntl.flock(self._shared, fcntl.LOCK_SH)
            try:
                self._ensure()
            except BaseException:
                self._leave()
                raise

    def ensure_running(self) -> None:
        """Start the server again if it has died under its holders."""
        if server.is_ready(self.place):
            return
        with _alone(self.data, self._tell):
            self._ensure()

    def give_up(self) -> None:
        """Let the server go; the last holder stops it. A forked child has nothing to give."""
        if os.getpid() != self._process:
            return
        try:
            with _alone(self.data, self._tell):
                self._leave()
        finally:
            os.close(self._shared)

    def _ensure(self) -> None:
        place = self.place
        while server.postmaster(place.cluster) is not None:
            if server.wait_until_ready(place, self._tell):
                return
        server.start(place, self._override, self._tell)

    def _leave(self) -> None:
        fcntl.flock(self._shared, fcntl.LOCK_UN)
        try:
            fcntl.flock(self._shared, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        try:
            server.stop(self.place, self._tell)
        finally:
            fcntl.flock(self._shared, fcntl.LOCK_UN)


def settle(environment: Mapping[str, str], tell: Tell = tell_operator) -> None:
    """Make the data folder and decide where its cluster will be, without starting anything.

    Django's settings name the socket, so this is done before they are read. With an outside
    server only the data folder is made.
    """
    data = data_folder(environment)
    prepare_data_folder(data)
    if environment.get("DATABASE_URL"):
        return
    with _alone(data, tell):
        place = places(data)
        settle_home(place, server_account(place.cluster), tell)


@contextmanager
def lease(
    environment: Mapping[str, str] | None = None, *, tell: Tell = tell_operator
) -> Iterator[Lease]:
    """Hold the embedded server of the data folder that the environment names.

    Inside the block the server accepts connections. Any number of processes and threads may
    hold it at once; the last one out stops it. Refuses (``ServerRefusal``) when the server
    cannot be started, with the reason and the remedy.
    """
    known = os.environ if environment is None else environment
    data = data_folder(known)
    override = parse_override(known.get("ABONENT_POSTGRES_SETTINGS", ""))
    prepare_data_folder(data)
    held = Lease(data, override, tell)
    held.take()
    try:
        yield held
    finally:
        held.give_up()


@contextmanager
def _alone(data: Path, tell: Tell) -> Iterator[None]:
    """Hold the start lock: starting and stopping are done by one process at a time."""
    handle = _open(places(data).start_lock, data)
    started, told = time.monotonic(), False
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not told and time.monotonic() - started > PATIENCE:
                    tell("Ждём: другая команда запускает или останавливает PostgreSQL…")
                    told = True
                time.sleep(server.BETWEEN_LOOKS)
        yield
    finally:
        os.close(handle)


def _open(path: Path, data: Path) -> int:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        give_to_owner_of(data, path)
    except OSError as error:
        raise ServerRefusal(
            f"Папка данных «{data}» недоступна этому пользователю ({error.strerror}). Запустите "
            "команду от имени её владельца или укажите другую папку в ABONENT_DATA."
        ) from error
    return handle
