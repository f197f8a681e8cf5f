"""A network of terminals: the other side of protocols in which an agent tells of money it took.

It has its own truth (what people put in, what the supplier answered finally) and behaves as
real networks do: repeats until an answer is final, asks twice at once, hangs up in the middle
of an answer, cancels, sends a registry in the night. Shares no code with ``abonent``.
"""

from __future__ import annotations

import base64
import http.client
import random
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlencode, urlsplit

PATIENCE = 10.0
"""Real seconds a terminal waits for an answer."""


@dataclass(frozen=True, slots=True)
class Words:
    """How a network names things."""

    command: str
    check: str
    pay: str
    cancel: str
    number: str
    account: str
    amount: str
    moment: str
    moment_format: str
    code: str
    ours: str
    paid: frozenset[str]
    again: frozenset[str]


OSMP = Words(
    command="command", check="check", pay="pay", cancel="cancel", number="txn_id",
    account="account", amount="sum", moment="txn_date", moment_format="%Y%m%d%H%M%S",
    code="result", ours="prv_txn", paid=frozenset({"0"}), again=frozenset({"1", "90"}),
)  # fmt: skip
EPS = Words(
    command="ACTION", check="check", pay="payment", cancel="", number="PAY_ID",
    account="ACCOUNT", amount="AMOUNT", moment="PAY_DATE", moment_format="%d.%m.%Y_%H:%M:%S",
    code="CODE", ours="EXT_ID", paid=frozenset({"0", "8"}), again=frozenset({"1"}),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: nothing of it is believed but its code and the supplier's number."""

    status: int
    body: bytes
    code: str = ""
    ours: str = ""


@dataclass(slots=True)
class Deal:
    """Money that somebody put into a terminal, and how it ended. ``amount`` is kopecks."""

    number: str
    account: str
    amount: int
    at: datetime
    outcome: str = "open"
    ours: str = ""
    replies: list[Reply] = field(default_factory=list)


class Terminals:
    """The network, as one object a test acts by."""

    def __init__(
        self, url: str, words: Words = OSMP, *, seed: int = 1, user: str = "", password: str = ""
    ) -> None:
        self.words = words
        self.deals: list[Deal] = []
        self._url = urlsplit(url)
        self._dice = random.Random(seed)
        given = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {given}"} if user else {}

    # What a person at a terminal does

    def check(self, account: str) -> Reply:
        """Ask whether the number is there."""
        words = self.words
        return self._ask(
            {words.command: words.check, words.account: account, words.amount: "1.00"}
            | ({words.number: self._mint()} if words.number == "txn_id" else {})
        )

    def put_in(self, account: str, amount: int, at: datetime) -> Deal:
        """Take cash: from now on it is somebody's money, whatever the lines do."""
        deal = Deal(self._mint(), account, amount, at)
        self.deals.append(deal)
        return deal

    # What the network does

    def pay(self, deal: Deal) -> Reply:
        """Tell of the money once."""
        reply = self._ask(self._told(deal))
        self._note(deal, reply)
        return reply

    def pay_until_final(self, deal: Deal, *, tries: int = 50) -> Deal:
        """Tell of the money until the answer is final."""
        for _ in range(tries):
            self.pay(deal)
            if deal.outcome != "open":
                return deal
        message = f"no final answer about {deal.number} in {tries} tries"
        raise TimeoutError(message)

    def pay_at_once(self, deal: Deal, count: int = 2) -> list[Reply]:
        """Tell of the same money from several lines at the same time."""
        with ThreadPoolExecutor(count) as lines:
            replies = list(lines.map(lambda _: self._ask(self._told(deal)), range(count)))
        for reply in replies:
            self._note(deal, reply)
        return replies

    def pay_otherwise(self, deal: Deal, *, amount: int = 0, account: str = "") -> Reply:
        """Tell of the same number with another sum or account: the network is broken."""
        other = replace(deal, amount=amount or deal.amount, account=account or deal.account)
        return self._ask(self._told(other))

    def hang_up(self, deal: Deal) -> None:
        """Tell of the money and cut the line before the answer can be read."""
        path = f"{self._url.path}?{urlencode(self._told(deal))}"
        headers = "".join(f"{name}: {value}\r\n" for name, value in self._headers.items())
        request = f"GET {path} HTTP/1.1\r\nHost: {self._url.netloc}\r\n{headers}\r\n"
        place = (self._url.hostname or "", self._url.port or 80)
        with socket.create_connection(place, timeout=PATIENCE) as line:
            line.sendall(request.encode())
            # One byte proves that the supplier has answered: its commit is done.
            line.recv(1)

    def cancel(self, deal: Deal) -> Reply:
        """Give the money back to the payer."""
        words = self.words
        reply = self._ask(
            {words.command: words.cancel, words.number: deal.number}
            | {words.amount: _roubles(deal.amount)}
        )
        if reply.code in words.paid:
            deal.outcome = "cancelled"
        return reply

    # The truth

    def taken(self) -> dict[str, int]:
        """Return the money that the supplier has to answer for: number → kopecks."""
        return {deal.number: deal.amount for deal in self.deals if deal.outcome == "paid"}

    def registry(self) -> str:
        """Return the night's file: number;account;moment;sum, and a last line of totals."""
        paid = [deal for deal in self.deals if deal.outcome == "paid"]
        rows = [
            f"{deal.number};{deal.account};{deal.at:%d.%m.%Y %H:%M:%S};{_roubles(deal.amount)}"
            for deal in paid
        ]
        total = _roubles(sum(deal.amount for deal in paid))
        return "\r\n".join([*rows, f"={len(paid)};{total}", ""])

    def _told(self, deal: Deal) -> dict[str, str]:
        words = self.words
        return {
            words.command: words.pay,
            words.number: deal.number,
            words.moment: deal.at.strftime(words.moment_format),
            words.account: deal.account,
            words.amount: _roubles(deal.amount),
        }

    def _mint(self) -> str:
        return str(self._dice.randrange(10**11, 10**12))

    def _note(self, deal: Deal, reply: Reply) -> None:
        """Learn from an answer; one that is not final, or none, leaves the deal open."""
        deal.replies.append(reply)
        if reply.code in self.words.paid:
            deal.outcome, deal.ours = "paid", reply.ours
        elif reply.code and reply.code not in self.words.again:
            deal.outcome = "refused"

    def _ask(self, parameters: dict[str, str]) -> Reply:
        """Send one call; a broken line is an answer without a code."""
        line = http.client.HTTPConnection(self._url.netloc, timeout=PATIENCE)
        try:
            line.request("GET", f"{self._url.path}?{urlencode(parameters)}", headers=self._headers)
            answer = line.getresponse()
            body = answer.read()
        except OSError:
            return Reply(0, b"")
        finally:
            line.close()
        return Reply(
            answer.status, body, _value(body, self.words.code), _value(body, self.words.ours)
        )


def _value(body: bytes, tag: str) -> str:
    """Read one value of an answer the crude way terminals do."""
    found = re.search(rf"<{tag}>([^<]*)</{tag}>".encode(), body)
    return found[1].decode() if found else ""


def _roubles(kopecks: int) -> str:
    return f"{kopecks // 100}.{kopecks % 100:02d}"
