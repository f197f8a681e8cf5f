"""The site as it is run, before the database of a bench, and callers that keep their lines open."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from django.db import connection

WORKERS, THREADS = 2, 8
PATIENCE = 60.0
CHANNEL = '[bench.terminals]\nprotocol = "osmp"\naddresses = ["127.0.0.0/8"]\n'


class Line(http.client.HTTPConnection):
    """One line to the site, kept open between calls as an agent's proxy keeps it."""

    def ask(self, path: str, body: bytes | None = None) -> bytes:
        """Send one request and return its body; a line that was closed is opened again."""
        for last in (False, True):
            try:
                self.request("POST" if body is not None else "GET", path, body)
                return self.getresponse().read()
            except (http.client.HTTPException, ConnectionError):
                self.close()
                if last:
                    raise
        raise AssertionError


@contextmanager
def served() -> Iterator[Callable[[], Line]]:
    """Run the site on the bench's database with a channel of terminals; gives new lines to it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        agents = Path(folder) / "agents.toml"
        agents.write_text(CHANNEL, encoding="utf-8")
        server = subprocess.Popen(  # noqa: S603  (our own program)
            [
                sys.executable, "-m", "gunicorn", "abonent.config.wsgi:application",
                "--no-control-socket", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
                "--workers", str(WORKERS), "--threads", str(THREADS), "--keep-alive", "30",
                "--timeout", "60", "--log-level", "critical",
            ],
            env=os.environ | {
                "DJANGO_SETTINGS_MODULE": "abonent.config.settings",
                "DATABASE_URL": _address(), "ABONENT_AGENTS_FILE": str(agents),
                "ABONENT_DEMO": "1", "ABONENT_PUBLIC_URL": f"http://127.0.0.1:{port}",
            },
            stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _wait(port)
            yield lambda: Line("127.0.0.1", port, timeout=PATIENCE)
        finally:
            server.terminate()
            server.wait()


def at_a_rate(
    new_line: Callable[[], Line],
    calls: Sequence[tuple[str, bytes | None]],
    *,
    rate: int,
    lines: int,
) -> list[float]:
    """Make the calls at a fixed rate; return each one's seconds from the moment it was due.

    So a caller that waits for its turn counts its waiting.
    """
    begins = time.perf_counter() + 0.2

    def call(first: int) -> list[float]:
        line, waited = new_line(), []
        for place in range(first, len(calls), lines):
            due = begins + place / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            line.ask(*calls[place])
            waited.append(time.perf_counter() - due)
        line.close()
        return waited

    with ThreadPoolExecutor(lines) as pool:
        return [one for waited in pool.map(call, range(lines)) for one in waited]


def share(spent: Sequence[float], part: float) -> float:
    """Return the milliseconds within which this share of the calls was answered."""
    ordered = sorted(spent)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000, 1)


def _address() -> str:
    """Return the address of the bench's database as libpq reads it."""
    told = connection.settings_dict
    parts = {"host": told["HOST"], "port": told["PORT"], "user": told["USER"]}
    given = {name: value for name, value in parts.items() if value}
    if told["PASSWORD"]:
        given["password"] = told["PASSWORD"]
    return f"postgresql:///{told['NAME']}?{urlencode(given)}"


def _wait(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    message = "сайт замера не начал отвечать"
    raise RuntimeError(message)
