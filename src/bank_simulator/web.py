"""Requests and answers as plain values, so that everything above the socket is a function."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bank_simulator.records import Json


URL_SIGNS = "%/:?#[]@!$&'()*+,;=~"
"""Signs with a meaning in an address; everything else outside ASCII letters is escaped."""


class NotReadable(Exception):
    """The body or the query is not what its type promises."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. Names of headers are in lower case; ``peer`` is the address at the socket."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    peer: str = ""

    def header(self, name: str) -> str:
        """Return the header, or the empty string."""
        return self.headers.get(name.lower(), "").strip()

    def json(self) -> Json:
        """Return the body as a JSON object; an empty body is an empty object."""
        if not self.body:
            return {}
        try:
            read = json.loads(self.body)
            # Half of a surrogate pair is JSON, but it can be neither stored nor sent.
            json.dumps(read, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as problem:
            raise NotReadable("The body is not JSON in UTF-8.") from problem
        if not isinstance(read, dict):
            raise NotReadable("The body is not a JSON object.")
        return read

    def form(self) -> dict[str, str]:
        """Return the fields of an HTML form, the last value of each."""
        try:
            return _last(self.body.decode("utf-8"))
        except UnicodeDecodeError as problem:
            raise NotReadable("The form is not in UTF-8.") from problem

    def asked(self) -> dict[str, str]:
        """Return the parameters of the query, the last value of each."""
        return _last(self.query)

    @property
    def is_from_here(self) -> bool:
        """Tell whether it comes from this machine, and not through a proxy standing on it."""
        if any(name in self.headers for name in ("x-forwarded-for", "forwarded", "via")):
            return False
        address = ip_address(self.peer.split("%")[0])
        mapped = getattr(address, "ipv4_mapped", None)
        return bool((mapped or address).is_loopback)


def _last(text: str) -> dict[str, str]:
    try:
        found = parse_qs(text, keep_blank_values=True, max_num_fields=100)
    except ValueError as problem:
        raise NotReadable("Too many fields.") from problem
    return {name: values[-1] for name, values in found.items()}


class Breakage(StrEnum):
    """What the server does to the connection in place of an honest answer."""

    NONE = "none"
    SILENCE = "silence"
    RESET = "reset"
    HALF = "half"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; ``wait`` is how many seconds SILENCE lasts before the line is cut."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    breakage: Breakage = Breakage.NONE
    wait: float = 0

    @classmethod
    def of_json(cls, body: object, *, status: int = 200) -> Answer:
        """Return a JSON answer, Russian letters as they are."""
        return cls(status, json.dumps(body, ensure_ascii=False, indent=2).encode())

    @classmethod
    def redirect(cls, url: str) -> Answer:
        """Send the browser on with GET; the page it left is not sent again by Back."""
        # Russian letters may stand in the address of a shop; a header holds only ASCII.
        return cls(
            303, b"", "text/plain; charset=utf-8", (("Location", quote(url, safe=URL_SIGNS)),)
        )
