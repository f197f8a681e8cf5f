"""Clusters of the launcher's own tests: real ones, in folders that are removed afterwards."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from abonent.config.postgres import places, server

Folder = Callable[[], Path]


@pytest.fixture(scope="session")
def make_folder() -> Iterator[Folder]:
    """Give folders directly under the temporary one: pytest's own are closed above."""
    made: list[Path] = []

    def make() -> Path:
        made.append(Path(tempfile.mkdtemp(prefix="abonent-test-")))
        return made[-1]

    yield make
    for folder in made:
        left = server.processes_in(places(folder).cluster)
        shutil.rmtree(folder)
        assert not left, f"a server is still running in {folder}"


@pytest.fixture(scope="module")
def environment(make_folder: Folder) -> dict[str, str]:
    """The environment of one installation, shared by the tests of a file."""
    return {"ABONENT_DATA": str(make_folder()), "ABONENT_POSTGRES_SETTINGS": "fsync=off"}


@pytest.fixture
def as_user() -> Callable[[int, Callable[[], str]], str]:
    """Run a function in a child process under another user and return what it said."""

    def run(uid: int, function: Callable[[], str]) -> str:
        reading, writing = os.pipe()
        with warnings.catch_warnings():
            # The child changes its user, calls the function and ends: no lock is needed.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            said = "nothing"
            try:
                os.setgroups([])
                os.setgid(uid)
                os.setuid(uid)
                said = function()
            except BaseException as error:  # noqa: BLE001  (the parent judges it)
                said = f"{type(error).__name__}: {error}"
            finally:
                os.write(writing, said.encode())
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            said = pipe.read()
        os.waitpid(child, 0)
        return said

    return run


@pytest.fixture
def connect() -> Callable[[Path], psycopg.Connection]:
    """Connect to the server of a data folder as Django does."""

    def to(data: Path) -> psycopg.Connection:
        host = str(places(data).socket)
        return psycopg.connect(host=host, user="abonent", dbname="abonent", autocommit=True)

    return to
