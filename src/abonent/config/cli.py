"""The console script ``abonent``: the database first, then the command.

Exit codes: 0 done, 1 refused or found wanting, 2 misused, 130 interrupted. Results go to
standard output, messages to standard error.
"""

import importlib.metadata
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import FrameType

import django
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand
from django.db import OperationalError

from abonent.common.refusals import Refusal
from abonent.config.postgres import (
    check_outside_server,
    connection_parameters,
    lease,
    settle,
)
from abonent.config.postgres.messages import tell_operator

DONE, REFUSED, MISUSED, INTERRUPTED = 0, 1, 2, 130
# These work on files alone.
WITHOUT_DATABASE = frozenset(
    {"check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "makemessages"}
)
# These look at the tables' state or change it themselves. The doctor tells of an outside
# database that is behind; the embedded one is brought up to date for it as for any command.
AS_IT_STANDS = frozenset(
    {
        "dbshell", "makemigrations", "migrate", "optimizemigration",
        "showmigrations", "sqlflush", "sqlmigrate", "squashmigrations",
    }
)  # fmt: skip

# These work through chunks with several threads of their own, or for one person at a time.
BY_WORKERS = frozenset({"bench", "bill", "run", "worker"})


def main() -> int:
    """Run the command of the command line and return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        # Russian must come out whole on a terminal with another encoding too.
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a text stream at the console
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abonent.config.settings")
    if set(sys.argv[1:2]) & BY_WORKERS:
        # Their own threads fill the cores; threads below them cost a seventh more. A page
        # has frames of one account, which nothing is gained by sharing out.
        os.environ.setdefault("POLARS_MAX_THREADS", "1")
    for number in (signal.SIGTERM, signal.SIGHUP):
        # nohup has already asked for the hang-up to be ignored.
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _leave_orderly)
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has left (``| head``); nothing more can be said, not even at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    return code


def run(arguments: Sequence[str]) -> int:
    """Run one command; a refusal is told, and nothing anticipated shows a traceback."""
    try:
        return _dispatch(list(arguments))
    except Refusal as refusal:
        tell_operator(refusal.text)
        return REFUSED
    except OperationalError as error:
        tell_operator(
            f"База данных прервала работу: {str(error).strip()} "
            "Проверьте её командой abonent doctor и повторите."
        )
        return REFUSED


def _dispatch(arguments: list[str]) -> int:
    name = arguments[0] if arguments else "help"
    if name in {"-V", "--version", "version"}:
        sys.stdout.write(f"Абонент {importlib.metadata.version('abonent')}\n")
        return DONE
    if name in {"-h", "--help", "help"} and len(arguments) <= 1:
        django.setup()
        (sys.stdout if arguments else sys.stderr).write(_overview())
        return DONE if arguments else MISUSED
    if name == "help":
        name, arguments = arguments[1], [arguments[1], "--help"]
    if name == "run":
        from abonent.config.run import supervise

        return supervise(arguments[1:])
    return _manage(name, arguments[1:])


def _manage(name: str, options: list[str]) -> int:
    only_help = not {"-h", "--help"}.isdisjoint(options)
    if not only_help:
        settle(os.environ)
    django.setup()
    command = _command(name)
    if command is None:
        tell_operator(f"Нет такой команды: {name}. Список команд: abonent help.")
        return MISUSED
    with ExitStack() as held:
        if not only_help and name not in WITHOUT_DATABASE:
            try:
                as_it_stands = name in AS_IT_STANDS or (
                    name == "doctor" and bool(os.environ.get("DATABASE_URL"))
                )
                held.enter_context(database(migrated=not as_it_stands))
            except Refusal as refusal:
                # The doctor has more to look at than the database.
                if name != "doctor":
                    raise
                tell_operator(refusal.text)
        if type(command).__module__.startswith("abonent."):
            # The project's state is checked by ``make check``, not before each statement.
            command.requires_system_checks = ()
        # Django's own way from a command line to options, exit codes and error messages.
        command.run_from_argv(["abonent", name, *options])
    return DONE


@contextmanager
def database(*, migrated: bool) -> Iterator[None]:
    """Hold the database that the environment names, with its tables up to date if asked.

    Refuses when it cannot be had, with the remedy.
    """
    from abonent.config.migrating import migrate_outside, migrate_own

    if os.environ.get("DATABASE_URL"):
        check_outside_server(connection_parameters(os.environ))
        if migrated:
            migrate_outside(tell_operator)
        yield
        return
    with lease(os.environ):
        if migrated:
            migrate_own(tell_operator)
        yield


def _command(name: str) -> BaseCommand | None:
    # A module cannot have a dash in its name, a command reads better with one.
    module = name.replace("-", "_")
    known = get_commands().get(module)
    if known is None:
        return None
    return known if isinstance(known, BaseCommand) else load_command_class(known, module)


def _overview() -> str:
    commands = get_commands()
    ours = {"run": "Запустить всё: сайт, очередь заданий и базу данных"}
    for name, owner in commands.items():
        if isinstance(owner, str) and owner.startswith("abonent."):
            told = load_command_class(owner, name).help.strip().split("\n", 1)[0]
            ours[name.replace("_", "-")] = told
    width = max(map(len, ours))
    lines = [f"  {name:<{width}}  {ours[name]}" for name in sorted(ours)]
    return (
        "Абонент: кабинет потребителя, начисления и платежи.\n\n"
        "Использование: abonent КОМАНДА [ПАРАМЕТРЫ]\n\n"
        + "\n".join(lines)
        + "\n\nПодробно о команде: abonent help КОМАНДА.\n"
        "Данные лежат в папке ABONENT_DATA; внешний PostgreSQL задаётся в DATABASE_URL.\n"
    )


def _leave_orderly(number: int, _frame: FrameType | None) -> None:
    # Without this a terminated command would leave its database server behind.
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
