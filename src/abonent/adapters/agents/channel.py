"""One channel of the configuration: its terms, who may call, its secrets. Checked when read."""

import base64
import binascii
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from abonent.common.money import parse_kopecks
from abonent.domain.payments.ports import AgentCall, AgentReply
from abonent.domain.payments.rules import AgentTerms, Telling, UnknownAccount

_KEYS = frozenset(
    {
        "protocol", "name", "addresses", "user", "password", "certificates", "secret", "minimum",
        "maximum", "unknown_account", "cancel_days", "stopped", "tells", "services", "timezone",
        "misses_of_terminal", "misses_of_channel", "shop", "test_mode",
    }
)  # fmt: skip
_SECRETS = ("password", "secret")
_PLAIN = "text/plain; charset=utf-8"


class WrongChannel(ValueError):
    """A channel that cannot be used; its text says in Russian what to mend."""


@dataclass(frozen=True)
class Channel:
    """A configured channel. Secrets never show in a log."""

    protocol: str
    terms: AgentTerms
    zone: ZoneInfo
    addresses: tuple[IPv4Network | IPv6Network, ...]
    certificates: frozenset[str]
    user: str
    password: str = field(repr=False)
    secret: str = field(repr=False)
    # MONETA: our number of the shop, and whether payments without money are believed.
    shop: str = ""
    test_mode: bool = False

    @property
    def guarded(self) -> bool:
        """Tell whether callers are told apart from strangers before their call is read."""
        return bool(self.addresses or self.certificates or self.user)

    def refusal(self, call: AgentCall) -> AgentReply | None:
        """Return what a stranger gets, None for the agent: every configured way must agree."""
        if self.addresses and not _is_among(call.address, self.addresses):
            return AgentReply(b"", _PLAIN, 403)
        if self.certificates and call.certificate.lower().replace(":", "") not in self.certificates:
            return AgentReply(b"", _PLAIN, 403)
        if self.user and not self._is_user(call.authorization):
            challenge = (("WWW-Authenticate", 'Basic realm="abonent"'),)
            return AgentReply(b"", _PLAIN, 401, challenge)
        return None

    def _is_user(self, authorization: str) -> bool:
        scheme, _, coded = authorization.partition(" ")
        try:
            given = base64.b64decode(coded.strip(), validate=True)
        except (binascii.Error, ValueError):
            return False
        wanted = f"{self.user}:{self.password}".encode()
        return scheme.lower() == "basic" and hmac.compare_digest(given, wanted)


def channel_of(name: str, told: Mapping[str, Any], folder: Path) -> Channel:
    """Read a channel's table. Raises WrongChannel, which names the key."""
    unknown = {key for key in told if key.removesuffix("_env").removesuffix("_file") not in _KEYS}
    if unknown:
        raise WrongChannel(f"неизвестные ключи {', '.join(sorted(unknown))}")
    try:
        made = Channel(
            protocol=str(told["protocol"]),
            terms=_terms(name, told),
            zone=ZoneInfo(told.get("timezone", "Europe/Moscow")),
            addresses=tuple(ip_network(text) for text in told.get("addresses", [])),
            certificates=frozenset(
                text.lower().replace(":", "") for text in told.get("certificates", [])
            ),
            user=str(told.get("user", "")),
            shop=str(told.get("shop", "")),
            test_mode=told.get("test_mode", False) is True,
            **{key: _secret(key, told, folder) for key in _SECRETS},
        )
    except (ValueError, TypeError, AttributeError, ZoneInfoNotFoundError, OSError) as error:
        raise WrongChannel(f"неверное значение: {error}") from error
    except KeyError as error:
        raise WrongChannel(f"нет обязательного ключа {error}") from error
    if made.user and not made.password:
        raise WrongChannel("для user нужен пароль: password_env или password_file")
    return made


def _terms(name: str, told: Mapping[str, Any]) -> AgentTerms:
    return AgentTerms(
        channel=name,
        name=str(told.get("name", name)),
        minimum=max(1, parse_kopecks(str(told.get("minimum", "1")))),
        maximum=parse_kopecks(str(told.get("maximum", "500000"))),
        unknown=UnknownAccount(told.get("unknown_account", UnknownAccount.KEEP)),
        cancel_days=told.get("cancel_days"),
        taking=told.get("stopped", False) is not True,
        tells=frozenset(Telling(word) for word in told.get("tells", [Telling.NAME])),
        services={str(key): str(code) for key, code in told.get("services", {}).items()},
        misses_of_terminal=int(told.get("misses_of_terminal", 5)),
        misses_of_channel=int(told.get("misses_of_channel", 300)),
    )


def _secret(key: str, told: Mapping[str, Any], folder: Path) -> str:
    """Return a secret from the environment or from a file; never from the table itself."""
    if key in told:
        raise WrongChannel(f"{key} не пишут сюда: назовите {key}_env или {key}_file")
    if f"{key}_env" in told:
        found = os.environ.get(told[f"{key}_env"], "")
    elif f"{key}_file" in told:
        found = (folder / told[f"{key}_file"]).read_text(encoding="utf-8").strip()
    else:
        return ""
    if not found:
        raise WrongChannel(f"{key} пуст")
    return found


def _is_among(address: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    try:
        given = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(given, "ipv4_mapped", None)
    return any((mapped or given) in network for network in networks)
