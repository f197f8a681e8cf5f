"""The server's settings, reckoned from the machine's memory."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from abonent.config.postgres.refusals import ServerRefusal

MIB = 2**20
NAME = re.compile(r"[a-z_][a-z0-9_.]*")
# Settings on which the launcher itself stands; an override would lock it out.
OURS = frozenset(
    {
        "listen_addresses", "unix_socket_directories", "unix_socket_permissions", "port",
        "data_directory", "config_file", "hba_file", "ident_file", "logging_collector",
        "external_pid_file",
    }
)  # fmt: skip


def memory_of_machine(*, limits: Path = Path("/sys/fs/cgroup/memory.max")) -> int:
    """Return the bytes of memory we may reckon with: the machine's, or the container's if less."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        allowed = limits.read_text().strip()
    except OSError:
        return machine
    return min(machine, int(allowed)) if allowed.isdigit() else machine


def settings_for(memory: int) -> dict[str, str]:
    """Return PostgreSQL's settings for so many bytes of memory.

    Durability is never traded: ``fsync``, ``synchronous_commit`` and ``full_page_writes``
    stay on. The checkpoint and log sizes are those of a billing run (PERF B).
    """
    return {
        "shared_buffers": _mib(memory // 8, least=64, most=4096),
        "effective_cache_size": _mib(memory // 2, least=128, most=64 * 1024),
        "work_mem": _mib(memory // 400, least=4, most=64),
        "maintenance_work_mem": _mib(memory // 16, least=64, most=1024),
        "max_connections": "100",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "autovacuum": "on",
        # No build of the wheel has the compiler; the planner need not reckon with it.
        "jit": "off",
        # Discs today seek at almost no cost; the default is of the age of platters.
        "random_page_cost": "1.1",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %u ",
        "log_checkpoints": "off",
    }


def parse_override(text: str) -> dict[str, str]:
    """Read ``ABONENT_POSTGRES_SETTINGS``: ``name=value,name=value``; refuses what it cannot be."""
    override = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, sign, value = (piece.strip() for piece in part.partition("="))
        if not sign or not NAME.fullmatch(name) or "\n" in value:
            raise ServerRefusal(
                f"Непонятная запись «{part}» в ABONENT_POSTGRES_SETTINGS. "
                "Пишите так: имя=значение,имя=значение."
            )
        if name in OURS:
            raise ServerRefusal(
                f"Настройку {name} менять нельзя: её задаёт сам Абонент. "
                "Уберите её из ABONENT_POSTGRES_SETTINGS."
            )
        override[name] = value
    return override


def written(settings: Mapping[str, str]) -> str:
    """Return the settings as the lines of a file of PostgreSQL."""
    return "".join(f"{name} = {quoted(value)}\n" for name, value in settings.items())


def quoted(value: str) -> str:
    """Return the value in PostgreSQL's quotes."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _mib(size: int, *, least: int, most: int) -> str:
    return f"{min(max(size // MIB, least), most)}MB"
