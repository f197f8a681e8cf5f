"""A dialect: how one network names things. Data, not code: a new partner is a new description.

Descriptions lie in ``dialects/*.toml``, or beside the configuration of the installation; one may
be ``based_on`` another and tell only what differs.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from abonent.domain.payments.rules import Verdict

_SHIPPED = Path(__file__).parent / "dialects"
_NAME = re.compile(r"[a-z0-9_-]{1,32}\Z")
ENCODINGS = frozenset({"utf-8", "windows-1251", "koi8-r", "cp866"})
VALUES = frozenset(
    {"number", "ours", "sum", "code", "comment", "name", "owed", "fields", "moment"}
)  # fmt: skip
MEANINGS = frozenset({"check", "pay", "cancel", "status"})
SIGNATURES = frozenset({"md5", "hmac-sha256"})


class WrongDialect(ValueError):
    """A description that cannot be used; its text names what is wrong."""


@dataclass(frozen=True)
class Signature:
    """Which parameter signs the others, and how (``signatures.py``)."""

    parameter: str
    method: str


@dataclass(frozen=True)
class Dialect:
    """One network's words. ``parameters``: our meaning → their name, "" where they have none."""

    name: str
    encoding: str
    root: str
    parameters: Mapping[str, str]
    commands: Mapping[str, str]
    codes: Mapping[str, str]
    answers: Mapping[str, list[tuple[str, str]]]
    always: frozenset[str]
    number_pattern: re.Pattern[str]
    account_pattern: re.Pattern[str]
    moment_format: str
    moment_required: bool
    check_sum: bool
    signature: Signature | None

    @property
    def known(self) -> frozenset[str]:
        """Return the names of all parameters."""
        own = {name for name in self.parameters.values() if name}
        return frozenset(own | ({self.signature.parameter} if self.signature else set()))

    def code(self, verdict: Verdict, *, repeated: bool) -> str:
        """Return their code for what became of a call."""
        again = repeated and verdict == Verdict.ACCEPTED
        return self.codes["repeated" if again else str(verdict)]


def dialect(name: str, folder: Path) -> Dialect:
    """Return the dialect of this name, the installation's own before the shipped one.

    Raises WrongDialect when there is none or its description is not whole.
    """
    return _dialect(name, folder)


@cache
def _dialect(name: str, folder: Path) -> Dialect:
    told = _described(name, folder, depth=0)
    try:
        return _built(name, told)
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise WrongDialect(f"описание протокола «{name}» неполно или неверно: {error}") from error


def _described(name: str, folder: Path, *, depth: int) -> dict[str, Any]:
    """Return the description with all that it is based on."""
    if not _NAME.match(name) or depth > len(MEANINGS):
        raise WrongDialect(f"нет протокола «{name}»")
    for place in (folder / "dialects", _SHIPPED):
        path = place / f"{name}.toml"
        if path.is_file():
            told = tomllib.loads(path.read_text(encoding="utf-8"))
            break
    else:
        raise WrongDialect(f"нет протокола «{name}»")
    base = told.pop("based_on", "")
    return _over(_described(base, folder, depth=depth + 1), told) if base else told


def _over(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Lay what a description tells over what it is based on, table by table."""
    merged = dict(base)
    for key, value in own.items():
        deeper = isinstance(value, dict) and isinstance(base.get(key), dict)
        merged[key] = {**base[key], **value} if deeper else value
    return merged


def _built(name: str, told: dict[str, Any]) -> Dialect:
    commands = told["commands"].get("only", told["commands"])
    signature = Signature(**told["signature"]) if "signature" in told else None
    answers = {
        meaning: [(str(tag), str(what)) for tag, what in told["answers"][meaning]]
        for meaning in sorted(MEANINGS & set(told["answers"]))
    }
    made = Dialect(
        name=name,
        encoding=told["encoding"],
        root=told["root"],
        parameters={key: str(value) for key, value in told["parameters"].items()},
        commands=commands,
        codes={key: str(value) for key, value in told["codes"].items()},
        answers=answers,
        always=frozenset(told["answers"]["always"]),
        number_pattern=re.compile(told["number_pattern"]),
        account_pattern=re.compile(told.get("account_pattern", r"[\w/.-]{1,64}")),
        moment_format=told["moment_format"],
        moment_required=told["moment_required"],
        check_sum=told["check_sum"],
        signature=signature,
    )
    _check(made)
    return made


def _check(made: Dialect) -> None:
    """Raise ValueError for words that nobody knows: they would only be noticed at the till."""
    told = {what for tags in made.answers.values() for _, what in tags}
    wrong = {
        "encoding": {made.encoding} - ENCODINGS,
        "commands": set(made.commands.values()) - MEANINGS,
        "answers": told - VALUES,
        "codes": ({str(verdict) for verdict in Verdict} | {"repeated"}) - set(made.codes),
        "signature": {made.signature.method} - SIGNATURES if made.signature else set(),
    }
    if made.signature:
        # What may be left out could lend its signs to a neighbour under the same signature.
        optional = ("terminal", "service", "cancelled", "ours")
        lent = {key for key in optional if made.parameters[key]}
        wrong["signed call"] = lent | (set() if made.moment_required else {"moment"})
    for place, words in wrong.items():
        if words:
            raise ValueError(f"{place}: {', '.join(sorted(words))}")
