"""The console script: exit codes, streams, and the database that comes and goes with it."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from abonent.common.refusals import Refusal
from abonent.config import cli, migrating
from abonent.config.postgres import places, server

ABONENT = [sys.executable, "-m", "abonent.config.cli"]


class Told(BaseCommand):
    """A command that does what the test says."""

    requires_system_checks = ()

    def __init__(self, deed):
        super().__init__()
        self.deed = deed

    def add_arguments(self, parser):
        parser.add_argument("--times", type=int)

    def handle(self, *_args, **_options):
        self.deed()


@pytest.fixture
def command(monkeypatch):
    """Let ``abonent told`` do something, with no database in the way."""

    @contextlib.contextmanager
    def free(*, migrated):
        yield

    def does(deed):
        monkeypatch.setattr(cli, "_command", lambda _name: Told(deed))
        monkeypatch.setattr(cli, "database", free)

    return does


def refuse():
    raise Refusal("Счёт не найден. Проверьте номер.")


def fail():
    raise CommandError("bad file")


def lose_the_database():
    raise OperationalError("server closed the connection unexpectedly")


def interrupt():
    raise KeyboardInterrupt


def test_without_a_command_it_is_misused_and_the_overview_is_a_message(capsys):
    assert cli.run([]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "abonent КОМАНДА" in said.err


@pytest.mark.parametrize("words", [["help"], ["--help"], ["-h"]])
def test_asked_for_help_the_overview_is_a_result(words, capsys):
    assert cli.run(words) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "run " in said.out


def test_the_version_is_a_result(capsys):
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("Абонент 0.")


def test_an_unknown_command_is_misuse(capsys):
    assert cli.run(["frobnicate"]) == 2
    assert "frobnicate" in capsys.readouterr().err


def test_an_unknown_option_is_misuse(command, capsys):
    command(refuse)
    with pytest.raises(SystemExit) as end:
        cli.run(["told", "--colour"])
    assert end.value.code == 2
    assert "--colour" in capsys.readouterr().err


def test_help_on_a_command_needs_no_database(command, monkeypatch, capsys):
    command(refuse)
    monkeypatch.setattr(cli, "database", None)
    with pytest.raises(SystemExit) as end:
        cli.run(["help", "told"])
    assert end.value.code == 0
    assert "--times" in capsys.readouterr().out


def test_a_refusal_is_told_and_ends_with_one(command, capsys):
    command(refuse)
    assert cli.run(["told"]) == 1
    said = capsys.readouterr()
    assert said.err == "Счёт не найден. Проверьте номер.\n"
    assert said.out == ""


def test_a_lost_database_is_told_with_the_remedy(command, capsys):
    command(lose_the_database)
    assert cli.run(["told"]) == 1
    assert "abonent doctor" in capsys.readouterr().err


def test_a_failed_command_of_django_ends_with_one(command):
    command(fail)
    with pytest.raises(SystemExit) as end:
        cli.run(["told"])
    assert end.value.code == 1


def test_done_is_zero(command):
    done = []
    command(lambda: done.append("once"))
    assert cli.run(["told"]) == 0
    assert done == ["once"]


def test_an_interruption_is_quiet(command, monkeypatch, capsys):
    command(interrupt)
    monkeypatch.setattr(sys, "argv", ["abonent", "told"])
    monkeypatch.setattr(signal, "signal", lambda _number, _action: None)
    for stream in ("stdout", "stderr"):
        monkeypatch.setattr(getattr(sys, stream), "reconfigure", lambda **_: None, raising=False)
    assert cli.main() == 130
    assert capsys.readouterr().err == ""


def test_a_closed_database_does_not_keep_the_doctor_away(monkeypatch, capsys):
    looked = []

    @contextlib.contextmanager
    def closed(*, migrated):
        raise Refusal("Сервер не запустился. Освободите место.")
        yield

    monkeypatch.setattr(cli, "_command", lambda name: Told(lambda: looked.append(name)))
    monkeypatch.setattr(cli, "database", closed)
    assert cli.run(["doctor"]) == 0
    assert looked == ["doctor"]
    assert "Освободите место" in capsys.readouterr().err
    assert cli.run(["bill"]) == 1


def test_two_first_commands_at_once_find_tables_and_leave_no_server(make_folder):
    data = make_folder()
    count = "from django.db import connection as c; x = c.cursor(); "
    count += "x.execute('select count(*) from django_migrations'); print(x.fetchone()[0])"
    started = [
        subprocess.Popen(
            [*ABONENT, "shell", "--no-imports", "--command", count],
            env={**os.environ, "DATABASE_URL": "", "ABONENT_DATA": str(data)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    ended = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0, 0], ended
    assert ended[0][0] == ended[1][0]
    assert int(ended[0][0]) > 10
    assert sorted("Обновляем таблицы" in complaint for _, complaint in ended) == [False, True]
    assert server.postmaster(places(data).cluster) is None
    wait = "import signal; print('up', flush=True); signal.pause()"
    terminated = subprocess.Popen(
        [*ABONENT, "shell", "--no-imports", "--command", wait],
        env={**os.environ, "DATABASE_URL": "", "ABONENT_DATA": str(data)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert terminated.stdout.readline() == "up\n"
    assert server.is_ready(places(data))
    terminated.terminate()
    terminated.communicate()
    assert terminated.returncode == 128 + signal.SIGTERM
    assert server.postmaster(places(data).cluster) is None


@pytest.mark.django_db
def test_an_outside_database_is_changed_only_while_it_is_empty(monkeypatch):
    told = []
    migrating.migrate_outside(told.append)
    assert told == []
    monkeypatch.setattr(migrating, "_on_disk", lambda: {("ledger", "9999_to_come")})
    with pytest.raises(migrating.Outdated, match="abonent migrate"):
        migrating.migrate_outside(told.append)
    monkeypatch.setattr(migrating, "_applied", set)
    monkeypatch.setattr(migrating, "call_command", lambda *words, **_: told.append(words[0]))
    migrating.migrate_outside(told.append)
    assert told[-1] == "migrate"


def test_every_migration_on_disk_is_seen():
    seen = migrating._on_disk()
    source = Path(cli.__file__).parent.parent / "domain"
    ours = {(path.parent.parent.name, path.stem) for path in source.glob("*/migrations/0*.py")}
    assert ours
    assert ours <= seen
