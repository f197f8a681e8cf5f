"""MONETA.RU Assistant: the check and pay addresses (PROTOCOLS 5).

Asked before a payer is charged, told afterwards; with no good answer for a day the operation
ends as paid without us, and the registry brings it. Calls and answers are signed by MD5 over
values without separators. What makes up for that: the shop, the currency and the mode are
compared with ours and not read from the call, the sum of an order of ours must be its own, the
operation's number is accepted once, and the channel must name the addresses that may call.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

from abonent.adapters.acquirers.moneta.messages import mark
from abonent.adapters.agents import flat_xml
from abonent.adapters.agents.asking import Wrong, pairs_of
from abonent.adapters.agents.channel import Channel, WrongChannel
from abonent.common.money import parse_kopecks, plain_roubles
from abonent.domain.payments.ports import AgentCall, AgentReply, test_money_is_allowed
from abonent.domain.payments.rules import (
    AgentAnswer,
    AgentTerms,
    Asked,
    CheckAsked,
    PayAsked,
    Unanswerable,
    Verdict,
)
from abonent.domain.payments.rules.words import VERDICT_TEXTS

_SIGNED = (
    "MNT_ID", "MNT_TRANSACTION_ID", "MNT_OPERATION_ID", "MNT_AMOUNT", "MNT_CURRENCY_CODE",
    "MNT_SUBSCRIBER_ID", "MNT_TEST_MODE",
)  # fmt: skip
_ACCOUNT = re.compile(r"[\w/.-]{1,64}\Z")
_NUMBER = re.compile(r"[1-9]\d{0,19}\Z", re.ASCII)
_SUM = re.compile(r"\d{1,9}\.\d{2}\Z", re.ASCII)
_XML = "text/xml; charset=utf-8"
_AMOUNT_GIVEN, _ALREADY_PAID, _IN_WORK, _MAY_PAY, _INVALID = "100", "200", "302", "402", "500"
_CODES = {Verdict.PAID: _ALREADY_PAID, Verdict.BUSY: _IN_WORK, Verdict.ACCEPTED: _MAY_PAY}


@dataclass(frozen=True)
class MonetaAgent:
    """A shop at MONETA."""

    channel: Channel

    def __post_init__(self) -> None:
        """Refuse a shop whose calls could be anybody's."""
        if not (self.channel.shop and self.channel.secret and self.channel.addresses):
            raise WrongChannel("для moneta нужны shop, addresses и secret_env или secret_file")

    @property
    def terms(self) -> AgentTerms:
        """Return the terms of the channel."""
        return self.channel.terms

    def refusal(self, call: AgentCall) -> AgentReply | None:
        """Return what a caller gets who is not MONETA."""
        return self.channel.refusal(call)

    def read(self, call: AgentCall) -> Asked:
        """Read a check, or the report of a payment: a call without a command."""
        try:
            told = pairs_of(call, "utf-8")
        except flat_xml.Unreadable:
            return Unanswerable(Verdict.UNREADABLE, grave=True)
        command = told.get("MNT_COMMAND", "")
        if command not in {"", "CHECK"}:
            return Unanswerable(Verdict.UNKNOWN_COMMAND, grave=False)
        try:
            self._compare(told)
            return _check(told) if command else _payment(told)
        except Wrong as wrong:
            forged = wrong.verdict == Verdict.WRONG_SIGNATURE
            return Unanswerable(wrong.verdict, grave=forged or not command)

    def write(self, call: AgentCall, asked: Asked, answer: AgentAnswer) -> AgentReply:
        """Answer a report by a word, everything else by a signed document."""
        if isinstance(asked, PayAsked) or not _is_check(call):
            # Anything but SUCCESS is told again for about a day.
            good = answer.verdict == Verdict.ACCEPTED
            return AgentReply(b"SUCCESS" if good else b"FAIL", "text/plain; charset=utf-8")
        code = _CODES.get(answer.verdict, _INVALID)
        owed = answer.owed or 0
        gives = isinstance(asked, CheckAsked) and asked.amount is None and owed > 0
        if code == _MAY_PAY and gives:
            code = _AMOUNT_GIVEN
        order = (
            pairs_of(call, "utf-8").get("MNT_TRANSACTION_ID", "")
            if not isinstance(asked, Unanswerable)
            else ""
        )
        elements = [
            ("MNT_ID", self.channel.shop),
            ("MNT_TRANSACTION_ID", order),
            ("MNT_RESULT_CODE", code),
            ("MNT_DESCRIPTION", VERDICT_TEXTS[answer.verdict]),
            *([("MNT_AMOUNT", plain_roubles(owed))] if code == _AMOUNT_GIVEN else []),
            ("MNT_SIGNATURE", self._mark(code + self.channel.shop + order)),
        ]
        return AgentReply(flat_xml.document("MNT_RESPONSE", elements, "", "utf-8"), _XML)

    def _compare(self, told: Mapping[str, str]) -> None:
        """Raise Wrong unless the call is signed and speaks of our shop, roubles and our mode."""
        mode = "1" if self.channel.test_mode and test_money_is_allowed() else "0"
        ours = {"MNT_ID": self.channel.shop, "MNT_CURRENCY_CODE": "RUB", "MNT_TEST_MODE": mode}
        if told.get("MNT_CURRENCY_CODE", "RUB") != "RUB":
            raise Wrong(Verdict.WRONG_CURRENCY)
        # Made of our own values where we have them: the call cannot choose how they are split.
        signed = "".join({**told, **ours}.get(name, "") for name in _SIGNED)
        mark = self._mark(told.get("MNT_COMMAND", "") + signed)
        given = told.get("MNT_SIGNATURE", "").lower()
        same = all(told.get(name) == value for name, value in ours.items())
        if not (hmac.compare_digest(given.encode(), mark.encode()) and same):
            raise Wrong(Verdict.WRONG_SIGNATURE)

    def _mark(self, text: str) -> str:
        return mark(text, self.channel.secret)


def _check(told: Mapping[str, str]) -> CheckAsked:
    amount = _amount(told) if told.get("MNT_AMOUNT") else None
    return CheckAsked(_account(told), amount, order=told.get("MNT_TRANSACTION_ID", ""))


def _payment(told: Mapping[str, str]) -> PayAsked:
    number = told.get("MNT_OPERATION_ID", "")
    if not _NUMBER.match(number):
        raise Wrong(Verdict.WRONG_NUMBER)
    order = told.get("MNT_TRANSACTION_ID", "")
    return PayAsked(number, _account(told), _amount(told), None, order=order)


def _account(told: Mapping[str, str]) -> str:
    """Return the payer's account: the subscriber, or the order where nobody is named."""
    account = told.get("MNT_SUBSCRIBER_ID") or told.get("MNT_TRANSACTION_ID", "")
    if not _ACCOUNT.match(account):
        raise Wrong(Verdict.WRONG_ACCOUNT)
    return account


def _amount(told: Mapping[str, str]) -> int:
    text = told.get("MNT_AMOUNT", "")
    if not _SUM.match(text):
        raise Wrong(Verdict.WRONG_SUM)
    return int(parse_kopecks(text))


def _is_check(call: AgentCall) -> bool:
    try:
        return pairs_of(call, "utf-8").get("MNT_COMMAND") == "CHECK"
    except flat_xml.Unreadable:
        return False
