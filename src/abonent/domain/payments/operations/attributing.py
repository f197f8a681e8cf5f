"""Money without an account finds its account: a verb of staff and of registries."""

from datetime import datetime

from abonent.common.refusals import NotFound, Refusal
from abonent.common.transactions import outermost, requires_transaction
from abonent.domain.accounts.queries.cards import account_numbers
from abonent.domain.journal import operations as journal
from abonent.domain.ledger import operations as ledger
from abonent.domain.ledger.rules import EntryLine, Reason
from abonent.domain.payments import queries
from abonent.domain.payments.models import Payment
from abonent.domain.payments.operations.crediting import allocate, place_of
from abonent.domain.payments.operations.moving import be_brief
from abonent.domain.payments.queries import PaymentView
from abonent.domain.payments.queries.agents import taken_off
from abonent.domain.payments.rules import Kind, PaymentState


class AlreadyAttributed(Refusal):
    """The payment has an account, or was given back to the agent."""


class ReasonMissing(Refusal):
    """Money is not moved without a reason (TRUST R16)."""


@outermost
def attribute_payment(
    *, supplier_id: int, payment_id: int, account_id: int, why: str, actor_id: int, now: datetime
) -> PaymentView:
    """Put unmatched money on the account it was meant for, as of the day it was paid.

    In one transaction: ``payment:<id>:attributed`` from suspense to the account's advance,
    its allocation, the payment's account, the journal with the reason. Refuses: NotFound (no
    such payment or account at the supplier), AlreadyAttributed, ReasonMissing.
    """
    be_brief()
    move_to_account(
        supplier_id=supplier_id,
        payment_id=payment_id,
        account_id=account_id,
        why=why,
        actor_id=actor_id,
        now=now,
    )
    return queries.view_of(payment_id)


@requires_transaction
def move_to_account(
    *,
    supplier_id: int,
    payment_id: int,
    account_id: int,
    why: str,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Do what ``attribute_payment`` does inside the transaction of a registry; same refusals."""
    if not why.strip():
        raise ReasonMissing("Напишите, почему деньги этого лицевого счёта.", field="why")
    row = Payment.objects.select_for_update().filter(supplier_id=supplier_id, pk=payment_id).first()
    if row is None or row.state != PaymentState.CAPTURED or row.kind != Kind.PAYMENT:
        raise NotFound("Такого платежа нет. Найдите его среди неопознанных поступлений.")
    if account_id not in account_numbers(supplier_id=supplier_id, account_ids=[account_id]):
        raise NotFound("Такого лицевого счёта у поставщика нет. Проверьте номер.")
    if row.account_id or taken_off(row):
        raise AlreadyAttributed(
            "Этот платёж уже разобран: зачислен или возвращён. Обновите список поступлений."
        )
    suspense = place_of(row)
    row.account_id = account_id
    seen = row.version
    Payment.objects.filter(pk=row.pk, version=seen).update(account_id=account_id, version=seen + 1)
    ledger.hold_subjects(first_id=account_id, last_id=account_id)
    ledger.post(
        supplier_id=supplier_id,
        reason=Reason.PAYMENT,
        key=f"payment:{row.pk}:attributed",
        happened_on=row.happened_on,
        lines=[EntryLine(suspense, row.amount), EntryLine(place_of(row), -row.amount)],
        subject_id=account_id,
        now=now,
    )
    allocate(row, now=now)
    journal.record(
        supplier_id=supplier_id,
        actor_id=actor_id,
        action="payment_attributed",
        subject=f"payment:{row.pk}",
        details={"account": account_id, "amount": row.amount, "why": why},
        now=now,
    )
