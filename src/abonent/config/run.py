"""``abonent run``: the whole installation under one supervisor, in the foreground."""

import argparse
import errno
import fcntl
import http
import importlib.util
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from abonent.common.refusals import Refusal
from abonent.config.children import Child, stop_all
from abonent.config.fingerprint import is_prepared, remember_prepared
from abonent.config.postgres import Lease, data_folder, lease, settle
from abonent.config.postgres.messages import tell_operator

PYTHON = [sys.executable, "-m"]
PORTS_TRIED = 50
BETWEEN_LOOKS = 0.3
BETWEEN_CHECKS_OF_THE_SERVER = 5.0
LONGEST_START = 90.0
LONGEST_HEAD_START = 30.0
PROBE = "/api/healthz"
SIGN_INS = "demo-sign-ins.txt"
SHOPS = "bank-shops.txt"


class NotStarted(Refusal):
    """The installation cannot be started; the text says what to do."""


class Supervisor:
    """Keeps the children alive until it is told to stop."""

    def __init__(self, first: Sequence[Child], then: Sequence[Child], server: Lease | None) -> None:
        self._children = list(first)
        # They wait for the site's answer, lest they take the processor from it as it loads.
        self._waiting = list(then)
        self._server = server
        self._stopping = threading.Event()
        self._asked = 0

    def ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        """Begin to stop; asked a second time, end the children at once."""
        self._asked += 1
        self._stopping.set()

    def watch(self, ready: "WebAddress") -> None:
        """Start the children, say when the site answers, and stay until told to stop."""
        started = looked = time.monotonic()
        try:
            for child in self._children:
                child.start()
            while not self._stopping.wait(BETWEEN_LOOKS):
                for child in self._children:
                    child.tend(tell_operator)
                ready.announce_once()
                if ready.said or time.monotonic() - started > LONGEST_HEAD_START:
                    # A child that has not been started is started by being tended.
                    self._children += self._waiting
                    self._waiting = []
                if self._server and time.monotonic() - looked > BETWEEN_CHECKS_OF_THE_SERVER:
                    looked = time.monotonic()
                    self._server.ensure_running()
        finally:
            tell_operator("Останавливаем…")
            stop_all(self._children, tell_operator, in_haste=lambda: self._asked > 1)


class WebAddress:
    """The address of the site, announced when it answers.

    One question is asked and its answer waited for between other duties: a site that is
    still starting would only be slowed down by more of them.
    """

    def __init__(self, host: str, port: int, url: str, data: Path) -> None:
        self._host, self._port, self._url, self._data = host, port, url, data
        self.said = False
        self._since = time.monotonic()
        self._asked: socket.socket | None = None

    def announce_once(self) -> None:
        """Print the address and the sign-ins once the site answers a request."""
        if self.said:
            return
        status = self._status()
        if not status:
            if time.monotonic() - self._since > LONGEST_START:
                self._since = time.monotonic()
                tell_operator("Сайт всё ещё не отвечает; причина – в сообщениях выше.")
            return
        self.said = True
        if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
            tell_operator(f"Сайт отвечает ошибкой {status}; причина – в сообщениях выше.")
        sign_ins = self._data / SIGN_INS
        text = f"\nАбонент работает: {self._url}\nОстановить: Ctrl+C\n"
        if sign_ins.exists():
            text += f"\n{sign_ins.read_text().strip()}\n"
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def _status(self) -> int:
        """Return the status of the answer, or nothing while there is none."""
        try:
            if self._asked is None:
                self._asked = socket.create_connection((self._host, self._port), timeout=1)
                self._asked.sendall(f"GET {PROBE} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
            if not select.select([self._asked], [], [], 0)[0]:
                return 0
            answer = self._asked.recv(64)
        except OSError:
            answer = b""
        if self._asked is not None:
            self._asked.close()
            self._asked = None
        words = answer.split()
        return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0


def supervise(arguments: Sequence[str]) -> int:
    """Run the site, the queue and, in demo mode, the bank simulator until told to stop.

    Holds the embedded database for as long as it runs. Refuses a second run on one data
    folder. Returns the exit code.
    """
    options = _options(arguments)
    outside = bool(os.environ.get("DATABASE_URL"))
    settle(os.environ)
    data = data_folder(os.environ)
    with ExitStack() as held:
        alone = held.enter_context(_only_one(data))
        port = _free_port(options.host, options.port)
        url = f"http://{_bound(_shown(options.host))}:{port}"
        alone.write_text(f"{url}\n")
        demo = os.environ.get("ABONENT_DEMO") == "1"
        bank = _free_port("127.0.0.1", port + 100) if demo else 0
        environment = _environment(url, bank)
        server = None if outside else held.enter_context(lease(environment))
        if not is_prepared(data, environment):
            _prepare(environment)
            remember_prepared(data, environment)
        children = [
            Child("сайт", _web(options, port), environment),
        ]
        queue = Child("очередь", [*PYTHON, "abonent.config.cli", "worker"], environment)
        if demo and importlib.util.find_spec("bank_simulator"):
            children.insert(0, Child("банк", _bank(bank, data), environment | _shops(data, url)))
        supervisor = Supervisor(children, [queue], server)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, supervisor.ask_to_stop)
        supervisor.watch(WebAddress(_shown(options.host), port, url, data))
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="abonent run", description="Запустить сайт, очередь заданий и базу данных."
    )
    parser.add_argument("--host", default="127.0.0.1", help="на каком адресе слушать")
    parser.add_argument("--port", type=int, default=8000, help="с какого порта начать (8000)")
    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    parser.add_argument(
        "--workers", type=int, default=min(max(processors, 2), 8), help="процессов сайта"
    )
    parser.add_argument("--threads", type=int, default=4, help="потоков в каждом процессе")
    return parser.parse_args(arguments)


@contextmanager
def _only_one(data: Path) -> Iterator[Path]:
    """Hold the data folder for one run; gives the file in which its address is written."""
    path = data / "run.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise NotStarted(
            f"Абонент уже запущен из этой папки данных: {path.read_text().strip()}. "
            "Остановите его (Ctrl+C в том окне) или укажите другую папку в ABONENT_DATA."
        ) from None
    try:
        yield path
    finally:
        os.close(handle)


def _free_port(host: str, first: int) -> int:
    for port in range(first, min(first + PORTS_TRIED, 65536)):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise NotStarted(
                        f"Нельзя слушать {host}:{port}: {error.strerror}. "
                        "Укажите другой адрес или порт: --host, --port."
                    ) from error
                continue
        if port != first:
            tell_operator(f"Порт {first} занят, берём {port}.")
        return port
    raise NotStarted(f"Все порты с {first} заняты. Укажите другой: abonent run --port 9000.")


def _shown(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (compared, not listened on)


def _environment(url: str, bank: int) -> dict[str, str]:
    """Return the children's environment: what the operator has set wins."""
    known = {"DJANGO_SETTINGS_MODULE": "abonent.config.settings", "ABONENT_PUBLIC_URL": url}
    if bank:
        known |= {
            "ABONENT_YOOKASSA_URL": f"http://127.0.0.1:{bank}/v3",
            "ABONENT_TBANK_URL": f"http://127.0.0.1:{bank}/v2",
            "ABONENT_RBS_URL": f"http://127.0.0.1:{bank}/ecomm/gw/partner/api/v1",
            "ABONENT_MONETA_URL": f"http://127.0.0.1:{bank}/services",
            "ABONENT_MONETA_FORM": f"http://127.0.0.1:{bank}/assistant.htm",
        }
    return known | os.environ


def _prepare(environment: Mapping[str, str]) -> None:
    child = Child("подготовка", [*PYTHON, "abonent.config.preparing"], environment)
    child.start()
    code = child.wait()
    if code != 0:
        raise NotStarted("Подготовка не удалась; причина – в сообщениях выше. Сайт не запущен.")


def _web(options: argparse.Namespace, port: int) -> list[str]:
    # The control socket would lie in the home folder (LIBRARIES trap 33).
    return [
        *PYTHON, "gunicorn", "abonent.config.wsgi:application", "--no-control-socket",
        "--config", "python:abonent.config.warming",
        "--bind", f"{_bound(options.host)}:{port}", "--worker-class", "gthread",
        "--workers", str(options.workers), "--threads", str(options.threads),
        "--timeout", "60", "--graceful-timeout", "20", "--log-level", "warning",
    ]  # fmt: skip


def _bound(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _bank(port: int, data: Path) -> list[str]:
    file = str(data / "bank-simulator.sqlite3")
    return [*PYTHON, "bank_simulator", "--port", str(port), "--data", file]


def _shops(data: Path, url: str) -> dict[str, str]:
    """Return the simulator's shops as the demo has written them, one ID:SECRET:PATH a line."""
    path = data / SHOPS
    if not path.exists():
        return {}
    shops = []
    for line in path.read_text().split():
        shop, secret, hook = line.split(":", 2)
        shops.append(f"{shop}:{secret}:{url + hook if hook.startswith('/') else hook}")
    return {"BANK_SIMULATOR_SHOPS": " ".join(shops)}
