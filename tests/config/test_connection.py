"""How Django is told to reach the database, and what the machine room reckons."""

import os
from pathlib import Path

import psycopg
import pytest

from abonent.config.postgres import (
    ServerRefusal,
    check_outside_server,
    connection_parameters,
    data_folder,
    lease,
    places,
)
from abonent.config.postgres.cluster import quote_ident
from abonent.config.postgres.places import LONGEST_SOCKET_FOLDER, SHORT_PLACE
from abonent.config.postgres.tuning import (
    memory_of_machine,
    parse_override,
    settings_for,
    written,
)

GIB = 2**30


def test_without_an_address_the_embedded_socket_is_used(tmp_path):
    data = tmp_path / "never" / "made"
    parameters = connection_parameters({"ABONENT_DATA": str(data)})
    assert parameters["HOST"] == str(places(data.resolve()).socket)
    assert (parameters["NAME"], parameters["USER"]) == ("abonent", "abonent")
    assert not data.exists(), "nothing is made"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            "postgresql://cabinet:p%40ss@db.example:6432/kvartal?sslmode=verify-full&connect_timeout=7",
            ("kvartal", "cabinet", "p@ss", "db.example", "6432", {"sslmode": "verify-full", "connect_timeout": "7"}),
        ),
        ("postgres://db/kvartal", ("kvartal", "", "", "db", "", {})),
        ("postgresql:///kvartal?host=/run/postgresql", ("kvartal", "", "", "/run/postgresql", "", {})),
        ("postgresql://u@%2Frun%2Fpostgresql:5433/k", ("k", "u", "", "/run/postgresql", "5433", {})),
        ("postgresql://u@a,b:5433/k", ("k", "u", "", "a,b", ",5433", {})),
        ("postgresql://u@[::1]:5433/k", ("k", "u", "", "::1", "5433", {})),
    ],
)  # fmt: skip
def test_an_address_is_read_as_libpq_reads_it(address, expected):
    parameters = connection_parameters({"DATABASE_URL": address})
    keys = ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
    assert tuple(parameters[key] for key in keys) == expected
    assert parameters["ENGINE"] == "django.db.backends.postgresql"


@pytest.mark.parametrize(
    "address",
    [
        "mysql://u:secret@db/k",
        "postgresql://u:secret@db:port/k?colour=red",
        "postgresql://u:secret@db",
        "host=db password=secret dbname=k",
    ],
)
def test_an_unreadable_address_is_refused_without_its_password(address):
    with pytest.raises(ServerRefusal) as refusal:
        connection_parameters({"DATABASE_URL": address})
    assert "DATABASE_URL" in refusal.value.text
    assert "secret" not in refusal.value.text


def test_a_silent_outside_server_is_told(tmp_path):
    address = f"postgresql://u:secret@/k?host={tmp_path}"
    with pytest.raises(ServerRefusal) as refusal:
        check_outside_server(connection_parameters({"DATABASE_URL": address}))
    assert "не отвечает" in refusal.value.text
    assert "secret" not in refusal.value.text


@pytest.fixture
def served(environment):
    with lease(environment, tell=[].append) as held:
        yield f"postgresql://abonent@/abonent?host={held.place.socket}"


def test_a_fit_outside_server_is_accepted(served):
    check_outside_server(connection_parameters({"DATABASE_URL": served}))


def test_an_old_outside_server_is_refused(served, monkeypatch):
    monkeypatch.setattr(psycopg.ConnectionInfo, "server_version", 140011)
    with pytest.raises(ServerRefusal, match=r"PostgreSQL 15 или новее.* 14\."):
        check_outside_server(connection_parameters({"DATABASE_URL": served}))


def test_a_database_in_another_encoding_is_refused(served):
    parameters = connection_parameters({"DATABASE_URL": served})
    host = parameters["HOST"]
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as door:
        door.execute(
            "create database latin encoding 'SQL_ASCII' template template0 "
            "locale_provider libc locale 'C'"
        )
    with pytest.raises(ServerRefusal, match="SQL_ASCII"):
        check_outside_server({**parameters, "NAME": "latin"})


@pytest.mark.skipif(os.geteuid() == 0, reason="root has its own place")
def test_the_data_folder_of_an_ordinary_user_is_in_the_users_data_directory():
    assert data_folder({"HOME": "/home/anna"}) == Path("/home/anna/.local/share/abonent")
    assert data_folder({"XDG_DATA_HOME": "/srv/anna"}) == Path("/srv/anna/abonent")


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user has another place")
def test_the_data_folder_of_root_is_the_machines():
    assert data_folder({"HOME": "/root"}) == Path("/var/lib/abonent")


@pytest.mark.parametrize("name", ["д" * 60, "a,b", "a b", "it's", "x" * 100])
def test_a_socket_whose_folder_cannot_be_named_lies_in_a_short_place(name):
    socket = places(Path("/srv") / name).socket
    assert socket.parent == SHORT_PLACE
    assert len(os.fsencode(socket)) <= LONGEST_SOCKET_FOLDER
    assert socket != places(Path("/srv") / f"{name}2").socket


def test_memory_is_shared_out_within_bounds():
    small, middle, large = (settings_for(size * GIB // 4) for size in (1, 32, 1024))
    assert small["shared_buffers"] == "64MB"
    assert middle["shared_buffers"] == "1024MB"
    assert large["shared_buffers"] == "4096MB"
    assert small["work_mem"] == "4MB"
    assert large["work_mem"] == "64MB"
    for settings in (small, middle, large):
        assert settings["fsync"] == settings["synchronous_commit"] == "on"


def test_a_container_has_the_memory_of_its_limit(tmp_path):
    limit = tmp_path / "memory.max"
    limit.write_text(f"{64 * 2**20}\n")
    assert memory_of_machine(limits=limit) == 64 * 2**20
    limit.write_text("max\n")
    assert memory_of_machine(limits=limit) == memory_of_machine(limits=tmp_path / "absent")


def test_an_override_is_read_and_quoted():
    assert parse_override("") == {}
    read = parse_override(" fsync = off , search_path='a''b' ")
    assert read == {"fsync": "off", "search_path": "'a''b'"}
    assert written({"a": "it's"}) == "a = 'it''s'\n"


@pytest.mark.parametrize("text", ["fsync", "=off", "fs ync=off", "fsync=of\nf", "Port=1"])
def test_an_unreadable_override_is_refused(text):
    with pytest.raises(ServerRefusal, match="ABONENT_POSTGRES_SETTINGS"):
        parse_override(text)


def test_an_override_cannot_open_the_server_to_the_network():
    with pytest.raises(ServerRefusal, match="listen_addresses"):
        parse_override("listen_addresses=*")


def test_a_users_name_is_written_whole():
    assert quote_ident("DOM anna") == '"DOM anna"'
    assert quote_ident('a"b') == '"a""b"'
