"""What an acquirer and an agent must offer.

An acquirer: six methods, three kinds of answers, no exceptions.

An amount is kopecks. A method takes the seconds it may spend and returns within them. A
timeout, a broken connection, a 5xx, an unreadable body or an unknown word is ``Unknown``:
a result, never an error (TRUST R2, PROTOCOLS 12).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from abonent.common.periods import Period
from abonent.domain.payments.rules import AgentAnswer, AgentTerms, Asked, Question, RawCall
from abonent.domain.payments.rules.receipts import Receipt, ReceiptState

CURRENCY = "RUB"
WHOLE_CALL = 40.0


class CardUse(StrEnum):
    """What a payment and a kept card have to do with each other."""

    # The card that is used at the bank's page is to be kept.
    KEEP = "keep"
    # A kept card is charged without a page: the payer asks for it now, or an autopayment does.
    BY_PAYER = "by_payer"
    BY_AUTOPAY = "by_autopay"


@dataclass(frozen=True)
class Payee:
    """The supplier as the bank must know it."""

    name: str
    inn: str
    kpp: str
    bank_name: str
    bic: str
    account_number: str
    correspondent_account: str


@dataclass(frozen=True)
class Order:
    """What we ask a bank to take. Made from the stored row, so a repetition is the same."""

    number: str
    key: str
    supplier_code: str
    amount: int
    description: str
    return_url: str
    account_number: str
    unified_account: str
    month: str
    created_at: str
    payee: Payee
    receipt: Receipt | None = None
    card_use: CardUse | None = None
    # The name under which the bank keeps the card: one for each card that is bound.
    keeper: str = ""
    # What charges the kept card; it is put in when the bank is asked and stored nowhere else.
    token: str = field(default="", repr=False)

    @property
    def charges(self) -> bool:
        """Tell whether a kept card is charged, without a page for the payer."""
        return self.card_use in {CardUse.BY_PAYER, CardUse.BY_AUTOPAY}

    def as_json(self) -> dict[str, Any]:
        """Return the order as it is stored beside the payment."""
        return asdict(replace(self, token=""))

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> "Order":
        """Read a stored order."""
        receipt = stored.get("receipt")
        return cls(
            **{
                **stored,
                "payee": Payee(**stored["payee"]),
                "receipt": Receipt.of_json(receipt) if receipt else None,
                "card_use": CardUse(stored["card_use"]) if stored.get("card_use") else None,
            }
        )


class Standing(StrEnum):
    """Where a payment stands at the bank."""

    PENDING = "pending"
    # A card was refused, but the bank's page takes another one until its time is over.
    TRIED = "tried"
    PAID = "paid"
    DECLINED = "declined"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Exchange:
    """One question and its answer, masked: no secrets, no card numbers."""

    question: str
    request: str = ""
    status: int | None = None
    response: str = ""
    problem: str = ""
    milliseconds: int = 0


@dataclass(frozen=True)
class Fiscal:
    """Where a receipt stands, and its numbers once the register has given it."""

    state: ReceiptState
    document_number: str = ""
    storage_number: str = ""
    sign: str = ""
    registered_at: datetime | None = None


@dataclass(frozen=True)
class Kept:
    """A card that the bank keeps: what charges it, its masked digits, its last month."""

    token: str = field(repr=False)
    card: str
    expires: Period | None


@dataclass(frozen=True)
class Seen:
    """The bank showed a payment. ``number`` and ``amount`` are the bank's, to be compared."""

    provider_id: str
    number: str
    standing: Standing
    amount: int
    currency: str
    test: bool
    exchange: Exchange
    confirmation_url: str = ""
    captured_at: datetime | None = None
    reason: str = ""
    method: str = ""
    card: str = ""
    receipt: Fiscal | None = None
    kept: Kept | None = None


@dataclass(frozen=True)
class NotDone:
    """The bank surely did nothing (``create``) or surely has no such payment (``find``)."""

    reason: str
    exchange: Exchange


@dataclass(frozen=True)
class Unknown:
    """What happened at the bank is not known."""

    why: str
    exchange: Exchange


Answer = Seen | NotDone | Unknown


@dataclass(frozen=True)
class RefundOrder:
    """What we ask a bank to give back of its payment ``payment_id``, which was of ``paid``.

    ``before``: what of it had gone back earlier, so that a bank which knows no key of ours
    can tell this refund from those.
    """

    number: str
    key: str
    supplier_code: str
    payment_id: str
    payment_number: str
    paid: int
    before: int
    amount: int
    description: str
    receipt: Receipt | None = None


class RefundStanding(StrEnum):
    """Where a refund stands at the bank."""

    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True)
class RefundSeen:
    """The bank showed a refund; ``payment_id``, ``number`` and ``amount`` are the bank's.

    ``number`` is empty for a refund that the bank made by itself.
    """

    provider_id: str
    payment_id: str
    number: str
    standing: RefundStanding
    amount: int
    currency: str
    exchange: Exchange
    reason: str = ""
    receipt: Fiscal | None = None


RefundAnswer = RefundSeen | NotDone | Unknown


@dataclass(frozen=True)
class Hint:
    """What a notice claims. Anybody may have sent it; None is what it does not say.

    ``forged``: the notice should carry a signature of the shop's and carries none or a wrong
    one, or it speaks of somebody else's shop. ``refund_id``: the notice is of this refund of
    the payment, and ``number`` and ``amount`` are the refund's. ``receipt``: it tells of a fiscal
    receipt, of money that went back where ``given_back``.
    """

    provider_id: str
    number: str
    amount: int | None
    currency: str
    test: bool
    forged: bool = False
    refund_id: str = ""
    receipt: Fiscal | None = None
    given_back: bool = False


class Acquirer(Protocol):
    """A bank that takes payments on a page of its own."""

    # The largest sum of one payment, kopecks.
    ceiling: int
    # How long the bank waits for the payer. Our own clock counts it (TRUST R13).
    page_life: timedelta
    # What the bank must read in answer to a notice, or it tells the same again.
    notice_answer: str
    # Whether it passes receipts on to a cash register and tells what became of them.
    sends_receipts: bool
    # Whether it keeps a card for the next time and charges it without a page.
    keeps_cards: bool

    def ready(self, supplier_code: str) -> bool:
        """Tell whether this supplier has a shop at the bank, a real one in production."""

    def create(self, order: Order, *, seconds: float) -> Answer:
        """Ask the bank to open a payment; the same order again gives the same payment.

        An order that ``charges`` takes the money of its kept card at once, and once.
        """

    def state(self, order: Order, provider_id: str, *, seconds: float) -> Answer:
        """Ask where the payment stands; never ``NotDone``."""

    def find(self, order: Order, *, seconds: float) -> Answer:
        """Look the payment up by our number; ``NotDone`` when the bank has none."""

    def refund(
        self, order: RefundOrder, asking: Question, *, provider_id: str, seconds: float
    ) -> RefundAnswer:
        """Give money back, or tell where that stands; the bank gives it back once.

        CREATE asks for the payment (TRUST R3) and begins the refund if all stands as we know
        it; ``NotDone`` when the bank surely gives nothing. STATE asks for the refund
        ``provider_id``. FIND looks it up, ``NotDone`` when the bank has none.
        """

    def read_notice(self, body: bytes, *, supplier_code: str) -> Hint | None:
        """Read what a notice claims; None when it is unreadable or of another matter.

        ``body`` is the query when the bank tells by GET. The supplier's shop has the key of
        the signature, where there is one.
        """


class CardBook(Protocol):
    """A bank that lets a shop strike out the cards that it keeps."""

    def forget(self, keeper: str, *, supplier_code: str, seconds: float) -> Exchange | None:
        """Strike out all cards kept under the name; None when there is none any more.

        An exchange tells why that is not known yet: it is asked again later.
        """


def card_book(channel: str) -> CardBook | None:
    """Return the acquirer's book of kept cards; None when it has no call to strike one out."""
    name = settings.CARD_BOOKS.get(channel)
    found: CardBook | None = import_string(name)() if name else None
    return found


def acquirer(channel: str) -> Acquirer:
    """Return the acquirer that the settings name for the channel."""
    found: Acquirer = import_string(settings.ACQUIRERS[channel])()
    return found


def acquirers_in_order() -> list[str]:
    """Return the names of acquirers, the preferred one first."""
    return list(settings.ACQUIRERS)


def test_money_is_allowed() -> bool:
    """Tell whether payments that move no real money may be credited."""
    return bool(settings.TEST_PAYMENTS)


@dataclass(frozen=True)
class AgentCall:
    """A request of an agent as it came to the door; ``certificate`` is what our own proxy saw."""

    method: str
    query: bytes
    body: bytes
    content_type: str
    address: str
    authorization: str
    certificate: str

    @property
    def raw(self) -> RawCall:
        """Return what is kept of it: never the credentials."""
        return RawCall(text=self.body or self.query, address=self.address)


@dataclass(frozen=True)
class AgentReply:
    """An answer in the agent's own words."""

    body: bytes
    content_type: str
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


class Agent(Protocol):
    """Somebody who takes money for us and tells us by a protocol of his own."""

    @property
    def terms(self) -> AgentTerms:
        """Return the terms of the channel."""

    def refusal(self, call: AgentCall) -> AgentReply | None:
        """Return what a caller gets who is not this agent, None when he is."""

    def read(self, call: AgentCall) -> Asked:
        """Read what he asks; never raises: what cannot be read is ``Unanswerable``."""

    def write(self, call: AgentCall, asked: Asked, answer: AgentAnswer) -> AgentReply:
        """Say the answer in his protocol; equal answers to equal calls are equal bytes."""


class AgentBook(Protocol):
    """Which agents this installation has."""

    def agent(self, supplier_code: str, channel: str) -> Agent | None:
        """Return the supplier's agent of this channel; None when it is not configured well."""

    def problems(self) -> list[str]:
        """Say in Russian what is wrong with the configuration, for the operator."""


def agents() -> AgentBook:
    """Return the book of agents that the settings name."""
    found: AgentBook = import_string(settings.AGENTS)()
    return found
