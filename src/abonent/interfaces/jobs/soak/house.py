"""The product as its processes: started, told to die at named points, killed, started again."""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection

from abonent.common.refusals import Refusal

PYTHON = (sys.executable, "-m")
ABONENT = (*PYTHON, "abonent.config.cli")
LONGEST = 120.0
BETWEEN_LOOKS = 0.1
SIGNALS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT, "kill": signal.SIGKILL}
LISTENING = {"bank": "банк", "web": "сайт", "terminals": "пульт терминалов"}
SECRET = "test_soak"  # noqa: S105  (of a bank that moves no money)


@dataclass(frozen=True)
class Acquirer:
    """One of the banks that the simulator can be: our shop there, and where it listens."""

    channel: str
    shop: str
    base: str
    # What its notices can lie about.
    lies: tuple[str, ...]


ACQUIRERS = {
    one.channel: one
    for one in (
        Acquirer(
            "yookassa", "500001", "/v3",
            ("amount", "currency", "unknown_id", "foreign_shop", "status"),
        ),
        Acquirer("tbank", "1700500DEMO", "/v2", ("amount", "unknown_id", "split", "signature")),
        Acquirer(
            "rbs", "soak-api", "/ecomm/gw/partner/api/v1", ("amount", "unknown_id", "signature")
        ),
    )
}  # fmt: skip


class NotRunning(Refusal):
    """A part of the product did not come up in time."""


@dataclass
class House:
    """Bank, site and worker of one run; ``folder`` keeps their logs and the orders to die."""

    folder: Path
    supplier: str
    seed: int
    acquirer: Acquirer
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    rivals: list[subprocess.Popen[bytes]] = field(default_factory=list)
    killed: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Choose the ports and write the agents' file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.ports = {name: _free_port() for name in LISTENING}
        agents = self.folder / "agents.toml"
        agents.write_text(
            f'[{self.supplier}.osmp]\nprotocol = "osmp"\naddresses = ["127.0.0.0/8"]\n'
            "cancel_days = 1\n",
            encoding="utf-8",
        )
        name = self.acquirer.channel.upper()
        entry = {"number": self.acquirer.shop, "secret": SECRET}
        if self.acquirer.channel == "rbs":
            entry["notice_key"] = SECRET
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "abonent.config.settings",
            "ABONENT_DEMO": "1",
            "ABONENT_PUBLIC_URL": self.site,
            **{f"ABONENT_{one.upper()}_SHOPS": "{}" for one in ACQUIRERS},
            f"ABONENT_{name}_URL": f"{self.bank}{self.acquirer.base}",
            f"ABONENT_{name}_SHOPS": json.dumps({self.supplier: entry}),
            "ABONENT_AGENTS_FILE": str(agents),
            "POLARS_MAX_THREADS": "1",
        }

    @property
    def site(self) -> str:
        """Return the address of the site."""
        return self._address("web")

    @property
    def bank(self) -> str:
        """Return the address of the bank."""
        return self._address("bank")

    @property
    def terminals(self) -> str:
        """Return the address at which the network of terminals takes orders."""
        return self._address("terminals")

    def start(self, name: str) -> None:
        """Start a part unless it runs; one that listens answers when this returns."""
        running = self.children.get(name)
        if running is not None and running.poll() is None:
            return
        self.children[name] = self._run(name, self._command(name))
        if name in LISTENING:
            _wait(lambda: _listens(self.ports[name]), f"{LISTENING[name]} не начал отвечать")

    def run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the product to its end; what it says on the way goes to a log."""
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.run(  # noqa: S603  (our own programs)
                arguments, env=self._environment(name), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=log, text=True, check=False, timeout=600,
            )  # fmt: skip

    def order(self, role: str, order: str) -> None:
        """Tell whoever of this role passes a point next to die there, or to stop."""
        self._order(role).write_text(order)

    def withdraw(self, role: str) -> str:
        """Take back an order that nobody has obeyed; return it, "" when somebody has."""
        path = self._order(role)
        try:
            order = path.read_text()
            path.unlink()
        except FileNotFoundError:
            return ""
        return order

    def kill(self, name: str) -> None:
        """Kill a part outright: of the site all processes, and start it again."""
        process = self.children[name]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.killed[name] = self.killed.get(name, 0) + 1
        self.start(name)

    def revive(self) -> None:
        """Start again what has died by an order."""
        for name in ("web", "worker"):
            self.start(name)

    def stopped_worker(self) -> bool:
        """Tell whether the worker obeyed an order to stop and stands there."""
        return _stat(self.children["worker"].pid)[0] == "T"

    def let_a_rival_work(self) -> None:
        """Start a second worker beside the one that stopped, which keeps its place."""
        self.rivals.append(self.children.pop("worker"))
        self.start("worker")

    def wake(self) -> int:
        """Let stopped workers go on where they stood, and then leave; return how many."""
        count = len(self.rivals)
        for process in self.rivals:
            process.send_signal(signal.SIGCONT)
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(LONGEST)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.rivals.clear()
        return count

    def restart_database(self, manner: str) -> None:
        """Stop, abort or kill the database under everybody; its next user starts it again."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (own,) = cursor.fetchone() or (0,)
        # The server of a connection is the parent of its process.
        server = int(_stat(own)[1])
        connection.close()
        os.kill(server, SIGNALS[manner])
        self.killed["database"] = self.killed.get("database", 0) + 1
        self.raise_database()

    def raise_database(self) -> None:
        """Start the database again if it is down; nothing changes for one that runs."""
        connection.close()
        started = self.run("database", *ABONENT, "showmigrations", "ledger")
        if started.returncode != 0:
            raise NotRunning("База данных не поднялась после остановки. Посмотрите database.log.")

    def fill_disk(self, seconds: float) -> None:
        """Leave no byte free beside the database for some seconds, then make room again."""
        ballast = Path(settings.DATA) / "ballast"
        try:
            with ballast.open("wb", buffering=0) as file:
                for block in (1 << 20, 1 << 12, 1):
                    _write_until_full(file, bytes(block))
            time.sleep(seconds)
        finally:
            ballast.unlink()
        # A server that could not write its log any more has stopped itself.
        self.raise_database()

    def stop(self) -> None:
        """Stop everything."""
        self.wake()
        for name in ("web", "worker", "bank", "terminals"):
            process = self.children.get(name)
            if process is not None and process.poll() is None:
                process.terminate()
        for process in self.children.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _command(self, name: str) -> list[str]:
        if name == "bank":
            shop = f"{self.acquirer.shop}:{SECRET}"
            hook = f"{self.site}/api/callbacks/{self.acquirer.channel}/{self.supplier}/"
            return [
                *PYTHON, "bank_simulator", "--port", str(self.ports["bank"]),
                "--seed", str(self.seed), "--data", str(self.folder / "bank.sqlite3"),
                "--shop", f"{shop}:{hook}",
            ]  # fmt: skip
        if name == "web":
            return [
                *PYTHON, "gunicorn", "abonent.config.wsgi:application", "--no-control-socket",
                "--bind", f"127.0.0.1:{self.ports['web']}", "--worker-class", "gthread",
                "--workers", "2", "--threads", "8", "--timeout", "60", "--log-level", "warning",
            ]  # fmt: skip
        if name == "terminals":
            door = f"{self.site}/api/agents/{self.supplier}/osmp/"
            return [
                *PYTHON, "bank_simulator.terminals", door, "--seed", str(self.seed),
                "--port", str(self.ports["terminals"]),
            ]  # fmt: skip
        return [*ABONENT, "worker"]

    def _address(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def _run(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603  (our own programs)
                command, env=self._environment(name), stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True,
            )  # fmt: skip

    def _environment(self, name: str) -> dict[str, str]:
        return self.environment | {"ABONENT_CRASH_AT": f"@{self._order(name)}"}

    def _order(self, role: str) -> Path:
        return self.folder / f"{role}.order"


def _write_until_full(file: IO[bytes], block: bytes) -> None:
    try:
        while True:
            file.write(block)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


def _stat(process: int) -> list[str]:
    """Return what the kernel says of a process: its state, its parent and more."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return ["gone", "0"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait(ready: Callable[[], bool], problem: str) -> None:
    deadline = time.monotonic() + LONGEST
    while not ready():
        if time.monotonic() > deadline:
            raise NotRunning(f"За {LONGEST:.0f} с {problem}. Посмотрите журналы рядом.")
        time.sleep(BETWEEN_LOOKS)
