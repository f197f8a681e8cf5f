"""Starting, watching and stopping the server of one installation."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from psycopg.pq import PGconn, Ping

from abonent.config.postgres.account import Account, server_account, start_under
from abonent.config.postgres.binaries import Binaries, usable_binaries
from abonent.config.postgres.cluster import ensure_cluster, server_options, write_settings
from abonent.config.postgres.folders import (
    give_to_owner_of,
    private_folder,
    settle_home,
)
from abonent.config.postgres.messages import Tell
from abonent.config.postgres.places import Places
from abonent.config.postgres.refusals import ServerRefusal

# Recovery of a large log after a crash takes minutes; pg_ctl's own limit is too short.
LONGEST_WAIT = 600.0
BETWEEN_MESSAGES = 5.0
BETWEEN_LOOKS = 0.05
LARGEST_LOG = 10 * 2**20


def is_ready(place: Places) -> bool:
    """Whether the server accepts connections."""
    address = f"host={place.socket} port=5432 connect_timeout=3"
    return PGconn.ping(address.encode()) == Ping.OK


def start(place: Places, override: Mapping[str, str], tell: Tell) -> Places:
    """Start the server, making the cluster if there is none, and wait until it answers.

    Returns the places as they are then; refuses with the reason and the remedy. The caller
    holds the start lock.
    """
    account = server_account(place.cluster)
    place = settle_home(place, account, tell)
    binaries = usable_binaries(place, account)
    ensure_cluster(place, account, binaries, override, tell)
    private_folder(place.socket, account)
    write_settings(place, account, override)
    _forget_the_dead(place, tell)
    _launch(place, account, binaries, tell)
    return place


def wait_until_ready(place: Places, tell: Tell) -> bool:
    """Wait for a server that another process has started; false if it goes away meanwhile."""
    words = "Ждём, пока PostgreSQL восстановит данные после сбоя…"
    for _ in _patiently(words, tell):
        if is_ready(place):
            return True
        if postmaster(place.cluster) is None:
            return False
    raise _too_long(place)


def stop(place: Places, tell: Tell) -> None:
    """Stop the server in its fast, orderly way and wait until it is gone."""
    running = postmaster(place.cluster)
    if running is None:
        return
    try:
        os.kill(running, signal.SIGINT)
    except ProcessLookupError:
        return
    for _ in _patiently("Ждём, пока PostgreSQL остановится…", tell):
        if running not in processes_in(place.cluster):
            return
    raise ServerRefusal(
        f"PostgreSQL не остановился за {LONGEST_WAIT:.0f} секунд. "
        f"Причина в журнале «{place.log}»; остановите его: kill -INT {running}."
    )


def postmaster(cluster: Path) -> int | None:
    """Return the process number of the cluster's running server, or nothing.

    The number in ``postmaster.pid`` may be stale and may since belong to another program, so
    the process must also stand in the cluster's folder.
    """
    try:
        number = int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError, NotADirectoryError):
        return None
    if sys.platform != "linux":
        return number if _exists(number) else None
    return number if _stands_in(number, cluster) else None


def processes_in(cluster: Path) -> list[int]:
    """Return the process numbers of PostgreSQL that work on the cluster."""
    if sys.platform != "linux":
        running = postmaster(cluster)
        return [] if running is None else [running]
    numbers = (int(name) for name in os.listdir("/proc") if name.isdigit())  # noqa: PTH208  (the kernel's list of processes)
    return [number for number in numbers if _stands_in(number, cluster)]


def _forget_the_dead(place: Places, tell: Tell) -> None:
    """Wait for the helpers of a killed server to leave, then drop its stale numbers.

    PostgreSQL itself would refuse to start when the number has been given to another program
    of the same user, or when nobody has buried the killed server's process yet.
    """
    for _ in _patiently("Ждём, пока завершится прежний PostgreSQL…", tell):
        if not processes_in(place.cluster):
            break
    else:
        raise _too_long(place)
    stale = place.cluster / "postmaster.pid"
    if sys.platform == "linux" and stale.exists():
        tell("PostgreSQL в прошлый раз не был остановлен; он восстановит данные сам.")
        stale.unlink()
        # The socket's folder serves this cluster alone.
        (place.socket / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _launch(place: Places, account: Account, binaries: Binaries, tell: Tell) -> None:
    command: list[str | Path] = [
        binaries.program("pg_ctl"), "start", "--silent", "--wait",
        f"--timeout={LONGEST_WAIT:.0f}", "--pgdata", place.cluster,
        "--options", server_options(place),
    ]  # fmt: skip
    _turn_over(place.log)
    with place.log.open("a") as log:
        place.log.chmod(0o600)
        give_to_owner_of(place.data, place.log)
        process = start_under(account, command, output=log)
    started = time.monotonic()
    try:
        while True:
            try:
                code = process.wait(BETWEEN_MESSAGES)
                break
            except subprocess.TimeoutExpired:
                passed = time.monotonic() - started
                tell(f"PostgreSQL запускается, прошло {passed:.0f} с…")
    except BaseException:
        # Let the server write its number down, so that whoever cleans up can find it.
        for _ in _patiently("Останавливаем PostgreSQL…", tell, limit=3.0):
            if process.poll() is not None or postmaster(place.cluster) is not None:
                break
        process.terminate()
        process.wait()
        raise
    if code != 0:
        tail = "\n".join(place.log.read_text(errors="replace").splitlines()[-6:])
        raise ServerRefusal(
            f"PostgreSQL не запустился. Последние строки журнала «{place.log}»:\n{tail}\n"
            "Исправьте причину и повторите команду."
        )


def _turn_over(log: Path) -> None:
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_name("postgres.log.1"))


def _patiently(words: str, tell: Tell, limit: float = LONGEST_WAIT) -> Iterator[None]:
    """Yield again and again until the limit, saying the words every few seconds."""
    started = said = time.monotonic()
    yield
    while time.monotonic() - started < limit:
        time.sleep(BETWEEN_LOOKS)
        yield
        if time.monotonic() - said >= BETWEEN_MESSAGES:
            said = time.monotonic()
            tell(f"{words} ({said - started:.0f} с)")


def _stands_in(number: int, cluster: Path) -> bool:
    process = Path("/proc") / str(number)
    try:
        if (process / "comm").read_text().strip() != "postgres":
            return False
        return (process / "cwd").samefile(cluster)
    except (OSError, ValueError):
        # Gone, a zombie, or of another user: in no case our running server.
        return False


def _exists(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _too_long(place: Places) -> ServerRefusal:
    return ServerRefusal(
        f"PostgreSQL не отвечает уже {LONGEST_WAIT:.0f} секунд. "
        f"Причина в журнале «{place.log}»; исправьте её и повторите команду."
    )
