"""The whole bank in one object: for tests in the same process, and for the command line."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING, Literal, Self, TypedDict

from bank_simulator import kept
from bank_simulator.bank import LATE_BY, Bank, RefundPlan
from bank_simulator.cards import GOOD_CARD
from bank_simulator.clock import Clock
from bank_simulator.control import Control
from bank_simulator.dice import Dice
from bank_simulator.faults import Faults
from bank_simulator.pages import PATH, Pages
from bank_simulator.payer import Payer
from bank_simulator.protocols.moneta import Moneta
from bank_simulator.protocols.rbs import Rbs, RbsWays
from bank_simulator.protocols.tbank import TBank, TBankWays
from bank_simulator.protocols.yookassa import YooKassa
from bank_simulator.records import BankRefusal
from bank_simulator.server import Server
from bank_simulator.store import Store
from bank_simulator.truth import registry, whole_truth
from bank_simulator.web import Answer
from bank_simulator.webhooks import Webhooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from bank_simulator.faults import Fault
    from bank_simulator.mischief import Mischief
    from bank_simulator.protocols.base import WireProtocol
    from bank_simulator.records import Json, Operation, Shop
    from bank_simulator.web import Request
    from bank_simulator.webhooks import Delivery

log = logging.getLogger(__name__)

TICK = 0.25
"""Real seconds between looks into the outgoing box when the bank delivers by itself."""


@dataclass(frozen=True, slots=True)
class Options:
    """How the bank is set up; the defaults suit a test."""

    host: str = "127.0.0.1"
    port: int = 0
    public_url: str = ""
    """The address payers see, when it differs from where the server listens."""
    sends_from: str = ""
    """The address on this machine that notifications come from."""
    payment_order: Literal["required", "optional"] = "required"
    control: Literal["loopback", "off"] = "loopback"
    delivery: Literal["on_demand", "by_itself"] = "on_demand"
    delivery_workers: int = 4
    tbank: TBankWays = field(default_factory=TBankWays)
    rbs: RbsWays = field(default_factory=RbsWays)


class _Desk(TypedDict):
    """What every protocol is given besides the bank."""

    shops: dict[str, Shop]
    page_of: Callable[[str], str]


class Simulator:
    """A bank: start it, pay in it, break it, and ask it what it really did.

    With ``starts_at`` the virtual clock stands still at that moment until it is moved, and a
    run is reproducible to the byte from the seed; without it the clock runs with real time.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        shops: Iterable[Shop] = (),
        data: str = ":memory:",
        starts_at: datetime | None = None,
        options: Options | None = None,
    ) -> None:
        self.options = options or Options()
        self._shops = {shop.id: shop for shop in shops}
        self.store = Store(data)
        self.clock = Clock(self.store, starts_at=starts_at)
        self.bank = Bank(self.store, self.clock, Dice(self.store, seed=seed))
        self._payer = Payer(self.bank)
        desk: _Desk = {"shops": self._shops, "page_of": lambda one: f"{self.url}/pay/{one}"}
        self.yookassa = YooKassa(
            self.bank, **desk, order_required=self.options.payment_order == "required"
        )
        self.tbank = TBank(self.bank, **desk, ways=self.options.tbank)
        self.rbs = Rbs(self.bank, **desk, ways=self.options.rbs)
        self.moneta = Moneta(self.bank, **desk)
        self._protocols: tuple[WireProtocol, ...] = (
            self.yookassa, self.tbank, self.rbs, self.moneta,
        )  # fmt: skip
        for protocol in self._protocols:
            protocol.after_create = self._pay_early
        self._webhooks = Webhooks(
            self.bank,
            shops=self._shops,
            protocols={protocol.name: protocol for protocol in self._protocols},
            sends_from=self.options.sends_from,
        )
        self.bank.announce = self._webhooks.on_event
        self._early_payments = 0
        self._stopping = Event()
        self._faults = Faults(self._stopping)
        self._pages = Pages(self.bank, self._payer)
        self._control = Control(self)
        self._server: Server | None = None
        self._deliverers: list[Thread] = []

    # Life

    @property
    def url(self) -> str:
        """Return the address of the bank, known once it has started."""
        if self.options.public_url:
            return self.options.public_url.rstrip("/")
        if self._server is None:
            message = "The simulator has no address before start()."
            raise RuntimeError(message)
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def start(self) -> Self:
        """Listen; what was being delivered when the process died is delivered again."""
        self._webhooks.resume()
        self._server = Server((self.options.host, self.options.port), self.answer)
        self._server.start()
        if self.options.delivery == "by_itself":
            # Several, so that a shop that answers slowly does not hold up the others.
            for _ in range(self.options.delivery_workers):
                self._deliverers.append(Thread(target=self._deliver_for_ever, daemon=True))
                self._deliverers[-1].start()
        return self

    def stop(self) -> None:
        """Cut every connection and close the file."""
        self._stopping.set()
        if self._server is not None:
            self._server.stop()
        for deliverer in self._deliverers:
            deliverer.join()
        self.store.close()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, *_trouble: object) -> None:
        """Stop."""
        self.stop()

    def answer(self, request: Request) -> Answer:
        """Answer any request that came to the socket."""
        if request.path.startswith("/_sim/"):
            if self.options.control == "off":
                return Answer.of_json({"problem": "There is nothing here."}, status=404)
            return self._control.answer(request)
        for protocol in self._protocols:
            if request.path.startswith(protocol.prefixes):
                return self._faults.through(request, protocol.answer)
        answer = self._pages.answer(request)
        if request.method == "POST":
            self._tell_before_leaving(request.path)
        return answer

    # Acts of the test

    def fault(self, fault: Fault) -> None:
        """Spoil coming requests of shops."""
        self._faults.order(fault)

    def faults_left(self) -> list[Fault]:
        """Return the faults that have not struck out yet."""
        return self._faults.left()

    def mischief(self, mischief: Mischief) -> None:
        """Let something happen to coming notifications."""
        self._webhooks.order(mischief)

    def forge(self, payment: str, *, lie: str, to: str = "") -> None:
        """Send a lying notification of the payment; the bank, asked, still tells the truth."""
        self._webhooks.forge(payment, lie=lie, to=to)

    def pay_before_answer(self, count: int = 1) -> None:
        """Let the next payments be paid, and told of, before their create call returns."""
        self._early_payments += count

    def payer(
        self, payment: str, *, act: str, reason: str = "", after: timedelta = LATE_BY
    ) -> Operation:
        """Act as the payer: pay, decline (for a reason), close, pay_late."""
        with self.bank.work() as now:
            return self._payer.act(payment, act=act, reason=reason, after=after, now=now)

    def plan_refunds(self, plan: RefundPlan, *, count: int = 1) -> None:
        """Decide how the next refunds end."""
        with self.store.alone():
            self.bank.refund_plans.extend([plan] * count)

    def spoil_saved(self, method: str, *, refusal: str) -> None:
        """Make charges of a kept card end with a refusal; an empty one makes it good again."""
        with self.bank.work():
            kept.spoil(self.bank, method, refusal=refusal)

    def advance(self, seconds: float) -> datetime:
        """Move the virtual clock forward; everything due by then happens at its moment."""
        self.clock.advance(seconds)
        with self.bank.work() as now:
            return now

    def move_to(self, moment: datetime) -> datetime:
        """Move the virtual clock forward to a moment."""
        self.clock.move_to(moment)
        with self.bank.work() as now:
            return now

    def deliver_due(self, *, workers: int = 1) -> list[Delivery]:
        """Deliver every notification due by the virtual clock, and return the attempts."""
        return self._webhooks.deliver_due(workers=workers)

    def truth(self) -> Json:
        """Return what the bank really did."""
        return whole_truth(self.bank)

    def registry(self, day: date) -> str:
        """Return the registry of a Moscow day as CSV."""
        return registry(self.bank, day=day)

    def reset(self) -> None:
        """Become a bank that has never worked: no operations, no orders, the first moment."""
        with self.store.alone():
            self._faults.clear()
            self._webhooks.clear()
            self.bank.refund_plans.clear()
            self._early_payments = 0
            self.bank.receipts_stuck = False
            self.store.clear()
            self.clock.recall()

    # Inner acts

    def _tell_before_leaving(self, path: str) -> None:
        """Let the shop hear first, where the vendor waits for it, and the payer go then."""
        found = PATH.fullmatch(path)
        with self.bank.work():
            row = self.store.row(
                "SELECT protocol FROM operations WHERE id = :id",
                {"id": found["id"] if found else ""},
            )
        if row and any(p.tells_at_once for p in self._protocols if p.name == row["protocol"]):
            self.deliver_due()

    def _pay_early(self, operation: str) -> None:
        with self.store.alone():
            if self._early_payments == 0:
                return
            self._early_payments -= 1
        try:
            with self.bank.work() as now:
                pending = self.bank.operation(operation)
                self.bank.authorise(
                    pending, card=GOOD_CARD.card(), method=operation, code_asked=True, now=now
                )
        except BankRefusal:
            # A kept card was charged at once: there is nothing left to pay.
            log.debug("payment %s needed no payer", operation)
        self.deliver_due()

    def _deliver_for_ever(self) -> None:
        while not self._stopping.wait(TICK):
            try:
                self.deliver_due()
            except Exception:
                # A bank that silently stopped telling would look like lost notifications.
                log.exception("Delivery failed; it is tried again.")
