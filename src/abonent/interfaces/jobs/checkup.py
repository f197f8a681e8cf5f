"""The doctor's checks of an installation: each says what it found and what to do about it.

A check looks and changes nothing. In production means: not in demo mode.
"""

import json
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typst
from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string

from abonent.common.clock import now
from abonent.domain.documents.ports import ScannerError
from abonent.domain.payments import ports
from abonent.domain.payments.queries import serves

OLDEST_POSTGRES = 150000
LEAST_FREE = 2**30
LONGEST_LAG = 5.0
LONGEST_WAIT_OF_A_JOB = 300.0
SILENCE_OF_A_WORKER = 60.0
SHORTEST_KEY = 32
# A clock that shows an earlier day than the program was written is wrong.
WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)
ZONES = (
    "Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk",
    "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan",
    "Asia/Kamchatka",
)  # fmt: skip
LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")


@dataclass(frozen=True)
class Finding:
    """What a check found; ``remedy`` is empty when all is well."""

    found: str
    remedy: str = ""


def database() -> Finding:
    """Whether the database answers, is new enough, keeps UTF-8 and never trades durability."""
    version = _one("SELECT current_setting('server_version_num')::int")
    name = _one("SELECT current_setting('server_version')")
    if version < OLDEST_POSTGRES:
        return Finding(f"PostgreSQL {name}", "Нужен PostgreSQL 15 или новее: обновите сервер.")
    encoding = _one("SELECT current_setting('server_encoding')")
    if encoding != "UTF8":
        return Finding(f"кодировка {encoding}", "Создайте базу заново с ENCODING 'UTF8'.")
    off = [
        name
        for name in ("fsync", "full_page_writes", "synchronous_commit")
        if _one(f"SELECT current_setting('{name}')") == "off"
    ]
    if off:
        return Finding(
            f"PostgreSQL {name}, выключено: {', '.join(off)}",
            "Включите в настройках PostgreSQL: при сбое питания пропадут платежи.",
        )
    return Finding(f"PostgreSQL {name}")


def migrations() -> Finding:
    """Whether the tables are those the program expects."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        return Finding(
            f"не применено: {len(plan)}",
            "Сделайте резервную копию и выполните: abonent migrate.",
        )
    return Finding("все применены")


def queue() -> Finding:
    """Whether somebody does the jobs: no worker is wrong only when jobs are waiting."""
    if not _queue_exists():
        return Finding("таблиц ещё нет", "Выполните: abonent migrate.")
    waiting = _one(
        "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' "
        f"AND coalesce(scheduled_at, now()) <= now() - interval '{LONGEST_WAIT_OF_A_JOB} s'"
    )
    overdue = f"ждут дольше {LONGEST_WAIT_OF_A_JOB / 60:.0f} минут: {waiting}"
    if not _worker_is_alive():
        remedy = "Запустите обработчик: abonent run или abonent worker." if waiting else ""
        return Finding(f"обработчик не запущен, {overdue}", remedy)
    if waiting:
        return Finding(
            f"обработчик работает, {overdue}",
            "Он не успевает: запустите ещё один (abonent worker) и посмотрите его журнал.",
        )
    return Finding("обработчик работает, задания не ждут")


def worker() -> Finding:
    """Whether a worker gave a sign of life within the last minute."""
    if _queue_exists() and _worker_is_alive():
        return Finding("работает")
    return Finding("не подаёт признаков жизни", "Запустите его: abonent run или abonent worker.")


def fonts() -> Finding:
    """Whether the fonts of the bills are where the typesetter looks for them."""
    folder = str(files("abonent.domain.documents") / "paper" / "fonts")
    found = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    ).families()
    if not found:
        return Finding(f"в {folder} их нет", "Переустановите пакет abonent: он повреждён.")
    return Finding(", ".join(found))


def disk() -> Finding:
    """Whether the data folder's disc has room for the documents of a billing run."""
    place = Path(settings.DATA)
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    found = f"свободно {free / 2**30:.1f} ГБ".replace(".", ",")
    if free < LEAST_FREE:
        return Finding(found, f"Освободите место на диске папки «{settings.DATA}».")
    return Finding(found)


def clock() -> Finding:
    """Whether the clocks agree and all time zones of Russia are known."""
    moment = now()
    if moment < WRITTEN:
        return Finding(f"{moment:%d.%m.%Y}", "Исправьте дату машины и включите её сверку (NTP).")
    missing = [zone for zone in ZONES if not _zone_is_known(zone)]
    if missing:
        return Finding(
            f"нет часовых поясов: {', '.join(missing)}", "Установите: pip install -U tzdata."
        )
    lag = abs((_one("SELECT clock_timestamp()") - now()).total_seconds())
    if lag > LONGEST_LAG:
        return Finding(
            f"часы базы данных расходятся на {lag:.0f} с",
            "Включите сверку времени (NTP) на обеих машинах.",
        )
    return Finding(f"{moment.astimezone(ZoneInfo(settings.TIME_ZONE)):%d.%m.%Y %H:%M %Z}")


def secret_key() -> Finding:
    """Whether the signing key is long and nobody else can read its file."""
    if len(settings.SECRET_KEY) < SHORTEST_KEY:
        return Finding(
            "слишком короткий",
            "Задайте ABONENT_SECRET_KEY_FILE с результатом: openssl rand -hex 32.",
        )
    own = Path(settings.DATA) / "secret-key"
    if own.exists() and stat.S_IMODE(own.stat().st_mode) & 0o077:
        return Finding("файл открыт другим", f"Закройте его: chmod 600 {own}.")
    return Finding("надёжный")


def address() -> Finding:
    """Whether people reach the site over TLS and under a name it answers to."""
    parts = urlsplit(settings.PUBLIC_URL)
    host = parts.hostname or ""
    if settings.DEBUG:
        return Finding("включён режим отладки", "Уберите ABONENT_DEBUG.")
    if host in LOOPBACK:
        return Finding(f"{settings.PUBLIC_URL}, только с этой машины")
    if parts.scheme != "https":
        return Finding(settings.PUBLIC_URL, "Настройте TLS и укажите https в ABONENT_PUBLIC_URL.")
    if not any(
        host == known or (known.startswith(".") and host.endswith(known)) or known == "*"
        for known in settings.ALLOWED_HOSTS
    ):
        return Finding(f"имени {host} нет в ABONENT_HOSTS", f"Добавьте его: ABONENT_HOSTS={host}.")
    return Finding(settings.PUBLIC_URL)


def acquirers() -> Finding:
    """Whether real people's payments would go to a bank and not to its test shop."""
    if settings.DEMO:
        return Finding("демонстрация, деньги не настоящие")
    if settings.TEST_PAYMENTS:
        return Finding("принимаются пробные платежи", "Уберите ABONENT_DEMO.")
    count = 0
    for channel in settings.ACQUIRERS:
        shops, address = _shops(channel), getattr(settings, f"{channel.upper()}_URL")
        if urlsplit(address).scheme != "https":
            name = f"ABONENT_{channel.upper()}_URL"
            return Finding(address, f"Уберите {name}: платежи без TLS.")
        refused = [
            code for code in sorted(shops) if not serves(channel=channel, supplier_code=code)
        ]
        if refused:
            return Finding(
                f"{channel}: пробные или неполные ключи у поставщиков: {', '.join(refused)}",
                "Замените их рабочими ключами из личного кабинета банка.",
            )
        count += len(shops)
    return Finding(f"магазинов: {count}" if count else "не настроены, оплата закрыта")


def uploads() -> Finding:
    """Whether the files that people send are looked at by a scanner of viruses."""
    if not settings.SCANNER:
        return Finding("на вирусы не проверяются: ABONENT_CLAMD не задан")
    try:
        clean = import_string(settings.SCANNER)().is_clean(b"abonent")
    except ScannerError as error:
        remedy = "Проверьте clamd и ABONENT_CLAMD: присланные файлы ждут проверки."
        return Finding(f"проверка не отвечает: {error}", remedy)
    return Finding("проверяет ClamAV" if clean else "проверка называет вирусом что угодно")


def agents() -> Finding:
    """Whether every channel of terminals and banks that is written down can work."""
    problems = ports.agents().problems()
    if problems:
        return Finding("; ".join(problems), "Исправьте файл ABONENT_AGENTS_FILE: канал закрыт.")
    return Finding("настроены" if settings.AGENTS_FILE else "не настроены")


# In the order in which one looks; the first that fails often explains the next.
CHECKS: dict[str, tuple[str, Callable[[], Finding]]] = {
    "database": ("База данных", database),
    "migrations": ("Таблицы", migrations),
    "queue": ("Очередь заданий", queue),
    "fonts": ("Шрифты счетов", fonts),
    "disk": ("Место на диске", disk),
    "clock": ("Часы", clock),
    "key": ("Ключ подписи", secret_key),
    "address": ("Адрес сайта", address),
    "acquirers": ("Приём платежей", acquirers),
    "agents": ("Терминалы и банки", agents),
    "uploads": ("Присланные файлы", uploads),
}
# Asked for by name alone: a command on its own rightly finds no worker.
ONLY_BY_NAME: dict[str, tuple[str, Callable[[], Finding]]] = {
    "worker": ("Обработчик очереди", worker)
}


def look(name: str) -> tuple[str, Finding]:
    """Return the check's title and what it found; a silent database is a finding too."""
    title, check = (CHECKS | ONLY_BY_NAME)[name]
    try:
        return title, check()
    except OperationalError as error:
        connection.close()
        return title, Finding(
            f"база не отвечает: {str(error).strip().splitlines()[0]}",
            "Проверьте, что PostgreSQL запущен, и DATABASE_URL, если он задан.",
        )


def _one(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def _queue_exists() -> bool:
    return bool(_one("SELECT to_regclass('procrastinate_workers') IS NOT NULL"))


def _worker_is_alive() -> bool:
    return bool(
        _one(
            "SELECT EXISTS (SELECT FROM procrastinate_workers "
            f"WHERE last_heartbeat > now() - interval '{SILENCE_OF_A_WORKER} s')"
        )
    )


def _zone_is_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return False
    return True


def _shops(channel: str) -> dict[str, Any]:
    text = getattr(settings, f"{channel.upper()}_SHOPS")
    file = getattr(settings, f"{channel.upper()}_SHOPS_FILE")
    if not text and file:
        text = Path(file).read_text()
    return dict(json.loads(text)) if text else {}
