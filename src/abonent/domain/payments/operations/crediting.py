"""The only step that touches money: posting, allocation, journal, letter, all at once."""

from datetime import date, datetime

from abonent.common.crash import crash_point
from abonent.common.identifiers import new_uuid
from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.transactions import requires_transaction
from abonent.domain.accounts.queries.cards import account_numbers
from abonent.domain.billing import operations as billing
from abonent.domain.identity import queries as identity
from abonent.domain.journal import operations as journal
from abonent.domain.ledger import operations as ledger
from abonent.domain.ledger.rules import Book, EntryLine, LedgerCode, Part, Reason
from abonent.domain.messaging import operations as messaging
from abonent.domain.payments.models import AutopayTurn, Payment, PaymentPart
from abonent.domain.payments.operations.receipting import open_receipt
from abonent.domain.payments.rules import Kind, PaymentState, payment_number
from abonent.domain.payments.rules.autopay import TurnState
from abonent.domain.payments.rules.receipts import Receipt

REASONS = {
    Kind.PAYMENT: Reason.PAYMENT,
    Kind.REFUND: Reason.REFUND,
    Kind.CANCEL: Reason.CANCEL,
}


@requires_transaction
def credit(row: Payment, *, now: datetime) -> None:
    """Put a captured payment on its accounts; the ledger's key makes it happen once."""
    crash_point("worker.crediting")
    parts = list(PaymentPart.objects.filter(payment_id=row.pk).order_by("line"))
    key = f"payment:{row.pk}:settled"
    for account_id in sorted({part.account_id for part in parts}):
        ledger.hold_subjects(first_id=account_id, last_id=account_id)
    ledger.post(
        supplier_id=row.supplier_id,
        reason=Reason.PAYMENT,
        key=key,
        happened_on=row.happened_on,
        lines=_lines(row, parts),
        subject_id=row.account_id,
        now=now,
    )
    _allocate(row, parts, now)
    receipt = (row.asked or {}).get("receipt")
    if receipt:
        open_receipt(row, Receipt.of_json(receipt), now=now)
    journal.record(
        supplier_id=row.supplier_id,
        actor_id=row.user_id,
        action="payment_settled",
        subject=f"payment:{row.pk}",
        details={"amount": row.amount, "channel": row.channel, "external_id": row.external_id},
        now=now,
    )
    if row.turn_id is not None:
        turns = AutopayTurn.objects.filter(pk=row.turn_id)
        turns.update(state=TurnState.PAID, state_since=now, why="")
    _tell(row, parts, key, now)


def received(
    *,
    supplier_id: int,
    channel: str,
    external_id: str,
    account_id: int,
    amount: int,
    on: date,
    service_id: int = 0,
    named_account: str = "",
    now: datetime,
) -> Payment:
    """Return a payment that came whole, not saved yet; ``account_id`` 0 is nobody's."""
    return Payment(
        uuid=new_uuid(),
        supplier_id=supplier_id,
        account_id=account_id,
        named_account="" if account_id else named_account,
        amount=amount,
        service_id=service_id,
        part=0,
        kind=Kind.PAYMENT,
        channel=channel,
        external_id=external_id,
        state=PaymentState.CAPTURED,
        version=0,
        created_at=now,
        state_since=now,
        settled_at=now,
        happened_on=on,
        paid_on=on,
        confirmation_url="",
        answer_word="",
        method="",
        card="",
        intent_mark="",
    )


def taking_off(row: Payment, *, external_id: str, on: date, now: datetime) -> Payment:
    """Return the cancellation of a payment, not saved yet: the same money, the other way."""
    back = received(
        supplier_id=row.supplier_id,
        channel=row.channel,
        external_id=external_id,
        account_id=row.account_id,
        amount=row.amount,
        on=on,
        service_id=row.service_id,
        now=now,
    )
    back.kind, back.month, back.part = Kind.CANCEL, row.month, row.part
    return back


@requires_transaction
def credit_received(row: Payment, *, now: datetime) -> None:
    """Post money that came whole, or went back: to its account, or to suspense for none.

    The key is that of a payment in a file, so a registry that repeats the operation finds
    it posted.
    """
    if row.account_id:
        ledger.hold_subjects(first_id=row.account_id, last_id=row.account_id)
    sign = 1 if row.kind == Kind.PAYMENT else -1
    clearing = LedgerCode(Book.CLEARING, channel=row.channel)
    ledger.post(
        supplier_id=row.supplier_id,
        reason=REASONS[Kind(row.kind)],
        key=f"payment:{row.channel}:{row.external_id}",
        happened_on=row.happened_on,
        lines=[
            EntryLine(clearing, sign * row.amount),
            EntryLine(place_of(row), -sign * row.amount),
        ],
        subject_id=row.account_id,
        now=now,
    )
    if row.account_id and sign > 0:
        allocate(row, now=now)


def place_of(row: Payment) -> LedgerCode:
    """Return where money that came whole lies: its account's advance, or suspense for none."""
    if not row.account_id:
        return LedgerCode(Book.SUSPENSE, channel=row.channel)
    return LedgerCode(Book.ADVANCE, row.account_id, row.service_id, row.month, Part(row.part))


@requires_transaction
def allocate(row: Payment, *, now: datetime) -> None:
    """Let billing divide the advance of the payment's account between its debts."""
    billing.settle_advance(
        supplier_id=row.supplier_id,
        account_id=row.account_id,
        on=row.happened_on,
        key=f"payment:{row.pk}:allocated",
        now=now,
    )


@requires_transaction
def post_refund(back: Payment, parts: list[PaymentPart], *, now: datetime) -> None:
    """Take money that went back off the advances it was paid into.

    What it had paid is owed again: as the advance's debit, which the next money covers
    first (``allocate_advances``). Debts of the past are not reopened one by one.
    """
    for account_id in sorted({part.account_id for part in parts}):
        ledger.hold_subjects(first_id=account_id, last_id=account_id)
    ledger.post(
        supplier_id=back.supplier_id,
        reason=Reason.REFUND,
        key=f"payment:{back.channel}:{back.external_id}",
        happened_on=back.happened_on,
        lines=[EntryLine(line.code, -line.amount) for line in _lines(back, parts)],
        subject_id=back.account_id,
        now=now,
    )


def _lines(row: Payment, parts: list[PaymentPart]) -> list[EntryLine]:
    """Debit the acquirer, credit the advances; the purpose stays in the advance's code."""
    clearing = EntryLine(LedgerCode(Book.CLEARING, channel=row.channel), row.amount)
    advances = [
        EntryLine(
            LedgerCode(Book.ADVANCE, part.account_id, part.service_id, part.month, Part(part.part)),
            -part.amount,
        )
        for part in parts
    ]
    return [clearing, *advances]


def _allocate(row: Payment, parts: list[PaymentPart], now: datetime) -> None:
    """Let billing divide each account's advance between its debts, the named one first."""
    for account_id in sorted({part.account_id for part in parts}):
        billing.settle_advance(
            supplier_id=row.supplier_id,
            account_id=account_id,
            on=row.happened_on,
            key=f"payment:{row.pk}:allocated",
            now=now,
        )


def _tell(row: Payment, parts: list[PaymentPart], key: str, now: datetime) -> None:
    """Write to the payer that the money has come, once; no sums in the subject (TRUST T3)."""
    if row.user_id is None:
        return
    email = identity.user_view(row.user_id).email
    if not email:
        return
    number = payment_number(row.pk, row.created_at)
    numbers = account_numbers(
        supplier_id=row.supplier_id, account_ids=[part.account_id for part in parts]
    )
    word = "лицевой счёт" if len(numbers) == 1 else "лицевые счета"
    messaging.enqueue(
        supplier_id=row.supplier_id,
        channel="email",
        recipient=email,
        kind="payment_settled",
        subject="Платёж зачислен",
        body=(
            "Здравствуйте!\n\n"
            f"Платёж {number} на {format_kopecks(row.amount)}{NO_BREAK}₽ зачислен "
            f"на {word} {', '.join(sorted(numbers.values()))}.\n\n"
            "Посмотреть платёж и справку об оплате можно в личном кабинете: «Оплата», "
            "«История платежей»."
        ),
        now=now,
        key=key,
    )
