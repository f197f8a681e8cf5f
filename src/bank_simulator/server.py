"""The socket: threads that read a request, ask the application, and write or break the answer."""

from __future__ import annotations

import logging
import select
import socket
import struct
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bank_simulator.web import Answer, Breakage, Request

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

LARGEST_BODY = 1_000_000
SHORT_WAIT = 0.1


class Server(ThreadingHTTPServer):
    """Listens until ``stop``; knows its open connections, so that stopping leaves none behind."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], application: Callable[[Request], Answer]) -> None:
        self.application = application
        self.stopping = Event()
        self._connections: set[socket.socket] = set()
        self._lock = Lock()
        self._thread = Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        super().__init__(address, Door)

    def start(self) -> None:
        """Begin to answer, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and cut every open connection."""
        self.stopping.set()
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join()
        with self._lock:
            for connection in self._connections:
                _cut(connection)
        self.server_close()

    def opened(self, connection: socket.socket) -> None:
        """Remember a connection."""
        with self._lock:
            self._connections.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._lock:
            self._connections.discard(connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """Log a broken connection quietly: clients that hang up are what is being tried."""
        log.debug("connection with %s broken (%s)", client_address, request)


class Door(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "BankSimulator"
    sys_version = ""
    timeout = 60
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Register the connection before the first byte."""
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        """Forget the connection after the last byte."""
        self.server.closed(self.connection)
        super().finish()

    def do_GET(self) -> None:
        """Answer a read."""
        self._serve()

    def do_POST(self) -> None:
        """Answer an act."""
        self._serve()

    def do_DELETE(self) -> None:
        """Answer a removal."""
        self._serve()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (inherited name)
        """Log to the logger of this module; bodies, which may hold a card, are never logged."""
        log.info("%s %s", self.client_address[0], format % args)

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            self.close_connection = True
            self._write(Answer.of_json({"problem": "The body is unreadable."}, status=413))
            return
        parts = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=parts.path,
            query=parts.query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            peer=str(self.client_address[0]),
        )
        try:
            answer = self.server.application(request)
        except Exception:
            log.exception("The simulator itself failed on %s %s", request.method, request.path)
            answer = Answer.of_json({"problem": "The simulator itself failed."}, status=500)
        self._deliver(answer)

    def _body(self) -> bytes | None:
        text = self.headers.get("Content-Length", "0")
        if not text.isdecimal() or "Transfer-Encoding" in self.headers:
            return None
        if int(text) > LARGEST_BODY:
            # Closing on bytes not read would reset the line before the refusal is read.
            self._throw_away(min(int(text), 100 * LARGEST_BODY))
            return None
        body = self.rfile.read(int(text))
        # A caller that died in the middle of its request has asked for nothing.
        return body if len(body) == int(text) else None

    def _throw_away(self, count: int) -> None:
        while count > 0 and (piece := self.rfile.read(min(count, LARGEST_BODY))):
            count -= len(piece)

    def _deliver(self, answer: Answer) -> None:
        if answer.breakage == Breakage.NONE:
            self._write(answer)
            return
        self.close_connection = True
        if answer.breakage == Breakage.SILENCE:
            self._say_nothing(answer.wait)
        elif answer.breakage == Breakage.RESET:
            # Closing with lingering of zero seconds makes the kernel send RST, not FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        else:
            whole = self._bytes(answer)
            self.wfile.write(whole[: len(whole) - max(1, len(answer.body) // 2)])

    def _say_nothing(self, seconds: float) -> None:
        end = monotonic() + seconds
        while monotonic() < end and not self.server.stopping.is_set():
            heard, _, _ = select.select([self.connection], [], [], SHORT_WAIT)
            if heard and not self.connection.recv(1, socket.MSG_PEEK):
                return
            if heard:
                self.server.stopping.wait(SHORT_WAIT)

    def _write(self, answer: Answer) -> None:
        self.log_request(answer.status, len(answer.body))
        self.wfile.write(self._bytes(answer))

    def _bytes(self, answer: Answer) -> bytes:
        """Return head and body as one piece, so that they leave in one packet."""
        phrase = self.responses.get(answer.status, ("",))[0]
        lines = [
            f"{self.protocol_version} {answer.status} {phrase}",
            f"Server: {self.server_version}",
            f"Date: {self.date_time_string()}",
            f"Content-Type: {answer.content_type}",
            f"Content-Length: {len(answer.body)}",
            *(f"{name}: {value}" for name, value in answer.headers),
        ]
        if self.close_connection:
            lines.append("Connection: close")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + answer.body


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        log.debug("already closed")
