"""From a network's call to our words. Whatever comes, the result is one of ``Asked``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import parse_qsl

from abonent.adapters.agents import flat_xml
from abonent.adapters.agents.dialect import Dialect
from abonent.adapters.agents.signatures import is_signed
from abonent.common.money import parse_kopecks
from abonent.domain.payments.ports import AgentCall
from abonent.domain.payments.rules import (
    Asked,
    CancelAsked,
    CheckAsked,
    PayAsked,
    StatusAsked,
    Unanswerable,
    Verdict,
)

_SUM = re.compile(r"\d{1,9}(\.\d{1,2})?\Z", re.ASCII)
_OURS = re.compile(r"\d{1,18}\Z", re.ASCII)
_LONGEST = 64
_KOPECK_SIGNS = 2


@dataclass(frozen=True)
class Wrong(Exception):
    """A value that is not of the protocol."""

    verdict: Verdict


def pairs_of(call: AgentCall, encoding: str) -> dict[str, str]:
    """Return what the call tells by name, in the address, a form or a flat XML document.

    Raises flat_xml.Unreadable when it cannot be read, or tells one name twice.
    """
    told = _pairs(call.query, encoding)
    if not call.body:
        return _once(told)
    if call.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _once([*told, *flat_xml.values(call.body, encoding).items()])
    return _once([*told, *_pairs(call.body, encoding)])


def read(call: AgentCall, dialect: Dialect, secret: str) -> Asked:
    """Read a call of the dialect; ``secret`` signs it where the dialect has signatures."""
    try:
        parameters = pairs_of(call, dialect.encoding)
    except flat_xml.Unreadable:
        return Unanswerable(Verdict.UNREADABLE, grave=True)
    if dialect.signature and not is_signed(parameters, dialect.signature, secret):
        return Unanswerable(Verdict.WRONG_SIGNATURE, grave=True)
    if dialect.signature and not set(parameters) <= dialect.known:
        return Unanswerable(Verdict.UNREADABLE, grave=True)
    told = _Told(parameters, dialect)
    try:
        return told.asked()
    except Wrong as wrong:
        return Unanswerable(wrong.verdict, grave=told.meaning in {"pay", "cancel"})


@dataclass(frozen=True)
class _Told:
    """The parameters of a call under our names."""

    parameters: Mapping[str, str]
    dialect: Dialect

    @property
    def meaning(self) -> str:
        """Return what is asked in our words, "" for what the network does not ask."""
        return self.dialect.commands.get(self.plain("command"), "")

    def asked(self) -> Asked:
        meaning = self.meaning
        if meaning == "check":
            return CheckAsked(
                account=self.account(),
                amount=self.sum() if self.dialect.check_sum and self.plain("sum") else None,
                service=self.plain("service")[:_LONGEST],
                terminal=self.plain("terminal")[:_LONGEST],
            )
        if meaning == "pay":
            return PayAsked(
                number=self.number("number"),
                account=self.account(),
                amount=self.sum(),
                paid_on=self.day(),
                service=self.plain("service")[:_LONGEST],
            )
        if meaning == "cancel":
            return self.cancel()
        if meaning == "status":
            return StatusAsked(self.number("number"))
        raise Wrong(Verdict.UNKNOWN_COMMAND)

    def plain(self, meaning: str) -> str:
        """Return a value as it was told, "" when it was not or the network has no such thing."""
        named = self.dialect.parameters[meaning]
        return self.parameters.get(named, "").strip() if named else ""

    def number(self, meaning: str) -> str:
        text = self.plain(meaning)
        if not self.dialect.number_pattern.fullmatch(text):
            raise Wrong(Verdict.WRONG_NUMBER)
        return text

    def account(self) -> str:
        text = self.plain("account")
        if not self.dialect.account_pattern.fullmatch(text):
            raise Wrong(Verdict.WRONG_ACCOUNT)
        return text

    def sum(self) -> int:
        text = self.plain("sum")
        whole = "." in text and len(text.rpartition(".")[2]) == _KOPECK_SIGNS
        if not _SUM.match(text) or (self.dialect.signature and not whole):
            raise Wrong(Verdict.WRONG_SUM)
        return int(parse_kopecks(text))

    def day(self) -> date | None:
        text = self.plain("moment")
        if not text and not self.dialect.moment_required:
            return None
        try:
            told = datetime.strptime(text, self.dialect.moment_format)  # noqa: DTZ007  (a day of the agent's own calendar)
        except ValueError:
            raise Wrong(Verdict.WRONG_MOMENT) from None
        # Python also reads numbers without their leading zeros.
        if told.strftime(self.dialect.moment_format) != text:
            raise Wrong(Verdict.WRONG_MOMENT)
        return told.date()

    def cancel(self) -> CancelAsked:
        """Read a cancellation of either kind (PROTOCOLS 7.2)."""
        named = self.dialect.parameters["cancelled"]
        own = bool(named) and named in self.parameters
        ours = self.plain("ours")
        if ours and not _OURS.match(ours):
            raise Wrong(Verdict.WRONG_NUMBER)
        return CancelAsked(
            number=self.number("cancelled" if own else "number"),
            own_number=self.number("number") if own else "",
            amount=self.sum() if self.plain("sum") else None,
            ours=ours,
        )


def _pairs(raw: bytes, encoding: str) -> list[tuple[str, str]]:
    """Read parameters of an address or a form in the network's encoding."""
    if len(raw) > flat_xml.LARGEST:
        raise flat_xml.Unreadable("too long")
    try:
        return parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            encoding=encoding,
            errors="strict",
            max_num_fields=100,
        )
    except ValueError as error:
        raise flat_xml.Unreadable(str(error)) from error


def _once(told: list[tuple[str, str]]) -> dict[str, str]:
    """Refuse a name that is told twice: two readers could take two values."""
    found = dict(told)
    if len(found) != len(told):
        raise flat_xml.Unreadable("a name is told twice")
    return found
