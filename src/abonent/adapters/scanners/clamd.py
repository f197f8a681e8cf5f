"""ClamAV's daemon, asked over its socket: the bytes are sent, no file is shared with it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from abonent.domain.documents.ports import ScannerError

_CHUNK = 65_536
_PATIENCE = 30  # seconds for each word of the daemon
_LONGEST_ANSWER = 4096


class Clamd:
    """Speaks INSTREAM: chunks, each after its length, an empty one at the end."""

    def is_clean(self, content: bytes) -> bool:
        """Send the bytes and read the verdict; whatever is not one raises ScannerError."""
        try:
            with _connected(settings.CLAMD) as line:
                line.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), _CHUNK):
                    part = content[start : start + _CHUNK]
                    line.sendall(len(part).to_bytes(4, "big") + part)
                line.sendall(bytes(4))
                answer = _answer(line)
        except OSError as error:
            raise ScannerError(str(error)) from error
        if answer.endswith("FOUND"):
            return False
        if answer == "stream: OK":
            return True
        raise ScannerError(answer)


@contextmanager
def _connected(address: str) -> Iterator[socket.socket]:
    """Open a line to the daemon: ``host:port``, or the path of its socket."""
    host, _, port = address.rpartition(":")
    if address.startswith("/"):
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(_PATIENCE)
            line.connect(address)
            yield line
        return
    with socket.create_connection((host, int(port)), timeout=_PATIENCE) as line:
        yield line


def _answer(line: socket.socket) -> str:
    """Read up to the zero byte that ends an answer."""
    read = b""
    while not read.endswith(b"\0") and len(read) < _LONGEST_ANSWER:
        part = line.recv(_LONGEST_ANSWER)
        if not part:
            break
        read += part
    return read.rstrip(b"\0").decode("utf-8", "replace").strip()
