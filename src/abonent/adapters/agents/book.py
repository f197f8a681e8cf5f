"""The agents of this installation: a TOML file with a table for each supplier's channel."""

import logging
import tomllib
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from abonent.adapters.agents.channel import WrongChannel, channel_of
from abonent.adapters.agents.dialect import WrongDialect, dialect
from abonent.adapters.agents.family import FamilyAgent
from abonent.adapters.agents.moneta import MonetaAgent
from abonent.domain.payments.ports import Agent

_log = logging.getLogger("abonent.payments")


class Book:
    """Reads ``ABONENT_AGENTS_FILE``; a changed file is read anew, a wrong channel is closed."""

    def agent(self, supplier_code: str, channel: str) -> Agent | None:
        """Return the supplier's agent of this channel; None when it is not configured well."""
        return _read()[0].get((supplier_code, channel))

    def problems(self) -> list[str]:
        """Say what is wrong in the file, a line for each channel."""
        return list(_read()[1])


def _read() -> tuple[dict[tuple[str, str], Agent], tuple[str, ...]]:
    if not settings.AGENTS_FILE:
        return {}, ()
    path = Path(settings.AGENTS_FILE)
    try:
        stamp = path.stat().st_mtime_ns
    except OSError as error:
        return {}, (f"{path}: {error.strerror}",)
    return _agents(path, stamp)


@lru_cache(maxsize=8)
def _agents(path: Path, _stamp: int) -> tuple[dict[tuple[str, str], Agent], tuple[str, ...]]:
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return {}, (f"{path}: {error}",)
    found: dict[tuple[str, str], Agent] = {}
    problems = []
    for supplier_code, channels in told.items():
        for name, table in channels.items() if isinstance(channels, dict) else []:
            try:
                found[supplier_code, name] = _agent(name, table, path.parent)
            except (WrongChannel, WrongDialect) as error:
                problems.append(f"[{supplier_code}.{name}] {error}")
    for problem in problems:
        _log.error("agents file: %s", problem)
    return found, tuple(problems)


def _agent(name: str, table: object, folder: Path) -> Agent:
    if not isinstance(table, dict):
        raise WrongChannel("это не таблица")
    channel = channel_of(name, table, folder)
    if channel.protocol == "moneta":
        return MonetaAgent(channel)
    if name in settings.ACQUIRERS:
        raise WrongChannel("так называется эквайер; назовите канал иначе")
    return FamilyAgent(channel, dialect(channel.protocol, folder))
