"""``abonent run``: a whole installation starts, heals and leaves nothing behind."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from abonent.config import fingerprint, preparing, run
from abonent.config.children import Child, stop_all
from abonent.config.postgres import data_folder, places, server
from abonent.config.static import STAMP, collect_static
from abonent.domain.suppliers.rules import Rulebook

SLEEPER = [sys.executable, "-c", "import signal; signal.pause()"]
STUBBORN = [
    sys.executable,
    "-c",
    "from signal import *; signal(SIGTERM, SIG_IGN); pause(); pause()",
]


def until(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "the condition never came true"
        os.sched_yield()
    return found


def exists(number):
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def children_of(number):
    return [
        int(found) for found in Path(f"/proc/{number}/task/{number}/children").read_text().split()
    ]


def test_a_dead_child_is_started_again_after_a_pause_that_grows(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("abonent.config.children.time.monotonic", lambda: now[0])
    told = []
    child = Child("проба", [sys.executable, "-c", "raise SystemExit(3)"], os.environ)
    child.start()
    for pause in (1, 2, 4):
        until(lambda: (child.tend(told.append), told)[1])
        assert "код 3" in told[0]
        assert f"через {pause} с" in told.pop()
        child.tend(told.append)
        assert child.number is None
        now[0] += pause
        child.tend(told.append)
    stop_all([child], told.append)
    assert told == []


def test_a_stubborn_child_is_ended_with_its_group():
    told = []
    child = Child("упрямый", STUBBORN, os.environ)
    child.start()
    number = child.number
    stop_all([child], told.append, grace=0.1)
    assert not exists(number)


def test_in_haste_nobody_is_waited_for():
    child = Child("спящий", STUBBORN, os.environ)
    child.start()
    started = time.monotonic()
    stop_all([child], [].append, in_haste=lambda: True)
    assert time.monotonic() - started < 10
    assert child.number is None


def test_children_do_not_outlive_a_supervisor_that_was_killed():
    script = (
        "import os, sys; from abonent.config.children import Child\n"
        f"child = Child('x', {SLEEPER!r}, os.environ); child.start()\n"
        "print(child.number, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    number = int(parent.stdout.readline())
    assert exists(number)
    parent.kill()
    parent.communicate()
    until(lambda: not exists(number))


def test_a_taken_port_gives_way_to_the_next(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        first = taken.getsockname()[1]
        assert run._free_port("127.0.0.1", first) > first
    assert f"Порт {first} занят" in capsys.readouterr().err


def test_an_address_that_is_not_ours_is_refused():
    with pytest.raises(run.NotStarted, match="--host"):
        run._free_port("192.0.2.1", 8000)


def test_the_simulators_shops_get_the_address_of_the_site(tmp_path):
    assert run._shops(tmp_path, "http://127.0.0.1:8000") == {}
    (tmp_path / run.SHOPS).write_text("1:test_key:/api/callbacks/x\n2:k:https://away/y\n")
    shops = run._shops(tmp_path, "http://127.0.0.1:8000")["BANK_SIMULATOR_SHOPS"]
    assert shops == "1:test_key:http://127.0.0.1:8000/api/callbacks/x 2:k:https://away/y"


def test_static_files_are_collected_once_and_again_when_changed(tmp_path, settings):
    source = tmp_path / "source"
    source.mkdir()
    (source / "page.css").write_text("body { background: url('dot.svg') }" * 20)
    (source / "dot.svg").write_text("<svg/>")
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = tmp_path / "static"
    assert collect_static([].append)
    made = sorted(path.name for path in settings.STATIC_ROOT.iterdir())
    assert STAMP in made
    assert "staticfiles.json" in made
    assert sum(name.startswith("page.") and name.endswith(".css.gz") for name in made) == 2
    assert not collect_static([].append)
    (source / "dot.svg").write_text("<svg><circle/></svg>")
    assert collect_static([].append)
    assert not (tmp_path / "static.old").exists()


def test_an_installation_starts_heals_and_leaves_nothing(make_folder):
    data = make_folder()
    environment = {**os.environ, "DATABASE_URL": "", "ABONENT_DATA": str(data), "ABONENT_DEMO": "0"}
    command = [
        sys.executable,
        "-m",
        "abonent.config.cli",
        "run",
        "--workers",
        "1",
    ]
    running = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    complaints = []
    reader = threading.Thread(target=lambda: complaints.extend(running.stderr))
    reader.start()
    try:
        lines = iter(running.stdout.readline, "")
        address = next(line for line in lines if "Абонент работает" in line).split()[-1]
        port = int(address.rpartition(":")[2])
        again = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False
        )
        assert again.returncode == 1
        assert address in again.stderr

        web = next(
            number
            for number in children_of(running.pid)
            if b"gunicorn" in Path(f"/proc/{number}/cmdline").read_bytes()
        )
        os.kill(web, signal.SIGKILL)
        os.kill(server.postmaster(places(data).cluster), signal.SIGKILL)

        def answers():
            door = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            try:
                door.request("GET", "/")
                return door.getresponse().status < 500
            except OSError:
                return False
            finally:
                door.close()

        until(lambda: not exists(web))
        until(lambda: server.is_ready(places(data)))
        until(answers)
        group = children_of(running.pid)
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(60)
        reader.join()
        running.stdout.close()
        running.stderr.close()
    assert running.returncode == 0, "".join(complaints)
    assert any("«сайт» завершился" in line for line in complaints)
    assert not [number for number in group if exists(number)]
    assert server.processes_in(places(data_folder(environment)).cluster) == []


def test_each_supplier_gets_one_shop_at_its_bank_of_the_simulator_and_keeps_it(
    tmp_path, monkeypatch
):
    wanted = {"nesk": ""}
    rooms = "abonent.domain.suppliers.queries"
    monkeypatch.setattr(
        f"{rooms}.all_suppliers",
        lambda: [SimpleNamespace(code=code, id=code) for code in wanted],
    )
    monkeypatch.setattr(
        f"{rooms}.rulebook",
        lambda *, supplier_id: Rulebook(general={"acquirer": wanted[supplier_id]}),
    )
    path = tmp_path / run.SHOPS
    preparing._open_shops(path)
    first = path.read_text()
    assert first.startswith("500001:test_")
    assert first.endswith(":/api/callbacks/yookassa/nesk/\n")
    wanted |= {"teplo-nn": "tbank", "sesb": "rbs", "tns-kuban": "moneta"}
    preparing._open_shops(path)
    lines = path.read_text().splitlines()
    assert f"{lines[0]}\n" == first
    assert lines[1].startswith("500002DEMO:test_")
    assert lines[1].endswith(":/api/callbacks/tbank/teplo-nn/")
    assert lines[2].startswith("500003-api:test_")
    assert lines[2].endswith(":/api/callbacks/rbs/sesb/")
    assert lines[3].endswith(":/api/agents/tns-kuban/moneta/")
    preparing._open_shops(path)
    assert path.read_text().splitlines() == lines
    assert path.stat().st_mode & 0o077 == 0


def test_the_demo_town_is_founded_once(tmp_path, monkeypatch):
    called = []
    monkeypatch.setattr(preparing, "call_command", lambda name, **_: called.append(name))
    preparing._load_demo(tmp_path)
    preparing._load_demo(tmp_path)
    assert called == ["demo"]


def test_what_changes_the_installation_changes_its_fingerprint(tmp_path):
    demo = {"ABONENT_DEMO": "1"}
    assert not fingerprint.is_prepared(tmp_path, demo)
    fingerprint.remember_prepared(tmp_path, demo)
    assert fingerprint.is_prepared(tmp_path, demo)
    assert not fingerprint.is_prepared(tmp_path, {})
    assert not fingerprint.is_prepared(tmp_path, {**demo, "DATABASE_URL": "postgresql://db/k"})
    (tmp_path / "static").mkdir()
    assert not fingerprint.is_prepared(tmp_path, demo)
    fingerprint.remember_prepared(tmp_path, demo)
    (tmp_path / "static" / "page.css").touch()
    assert fingerprint.is_prepared(tmp_path, demo)
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("18\n")
    assert not fingerprint.is_prepared(tmp_path, demo), "another database"


def test_a_changed_program_is_prepared_anew(tmp_path, monkeypatch):
    program = tmp_path / "abonent"
    program.mkdir()
    monkeypatch.setattr(fingerprint.abonent, "__file__", str(program / "__init__.py"))
    fingerprint.remember_prepared(tmp_path, {})
    (program / "0002_next.py").write_text("")
    assert not fingerprint.is_prepared(tmp_path, {})
