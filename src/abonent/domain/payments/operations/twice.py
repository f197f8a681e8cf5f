"""One payment paid twice, from two open pages: the second money is credited too (TRUST R7)."""

from datetime import datetime
from itertools import pairwise

from abonent.common.identifiers import new_uuid
from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.transactions import outermost, requires_transaction
from abonent.domain.accounts.queries.cards import account_numbers
from abonent.domain.identity import queries as identity
from abonent.domain.journal import operations as journal
from abonent.domain.messaging import operations as messaging
from abonent.domain.payments.models import Payment, PaymentMove, PaymentPart
from abonent.domain.payments.operations.asking import ask, mismatches
from abonent.domain.payments.operations.crediting import credit
from abonent.domain.payments.operations.moving import be_brief, keep_call, locked, move, save_fenced
from abonent.domain.payments.operations.settling import Heard, day_of_payment
from abonent.domain.payments.ports import WHOLE_CALL, Seen, Standing
from abonent.domain.payments.rules import FINAL, Fact, PaymentState, Question, payment_number
from abonent.domain.payments.rules.notices import Outcome

_ANSWERED = range(200, 500)
_TRIES = 3


def settle_attempt(
    payment_id: int, *, bank_number: str, now: datetime
) -> tuple[Heard, Outcome | None]:
    """Credit what was paid under another number of the bank's than the payment's own.

    Asks the bank for that number. While the payment itself is not paid, this is its money.
    Otherwise it is a payment of its own, divided as the first was; what is owed no longer
    stays as an advance, and the payer is told. None: the bank was silent, look again. No refusals.
    """
    for _ in range(_TRIES):
        row = Payment.objects.get(pk=payment_id)
        answer = ask(row, Question.STATE, bank_number=bank_number, seconds=WHOLE_CALL)
        if not isinstance(answer, Seen):
            known = answer.exchange.status in _ANSWERED and not answer.exchange.problem
            return (Heard.ANSWERED, Outcome.QUARANTINED) if known else (Heard.SILENT, None)
        if set(mismatches(row, answer)) - {"identifier", "already credited"}:
            return Heard.ANSWERED, Outcome.QUARANTINED
        if answer.standing != Standing.PAID:
            return Heard.ANSWERED, Outcome.NOTED
        outcome = _record(row, answer, now=now)
        if outcome is not None:
            return Heard.ANSWERED, outcome
    return Heard.SILENT, None


@requires_transaction
def tell_twice(first: Payment, second: Payment, *, now: datetime) -> None:
    """Write to the payer of the first that the second has come too, once."""
    journal.record(
        supplier_id=first.supplier_id,
        actor_id=first.user_id,
        action="payment_paid_twice",
        subject=f"payment:{first.pk}",
        details={"second": second.pk, "amount": second.amount, "number": second.external_id},
        now=now,
    )
    email = identity.user_view(first.user_id).email if first.user_id else ""
    if not email:
        return
    number = payment_number(first.pk, first.created_at)
    numbers = account_numbers(supplier_id=first.supplier_id, account_ids=[first.account_id])
    amount = f"{format_kopecks(second.amount)}{NO_BREAK}₽"
    messaging.enqueue(
        supplier_id=first.supplier_id,
        channel="email",
        recipient=email,
        kind="payment_paid_twice",
        subject="Платёж прошёл дважды",
        body=(
            "Здравствуйте!\n\n"
            f"Платёж {number} прошёл дважды: банк принял {amount} "
            "ещё раз, с другой страницы оплаты. Вторая сумма тоже зачислена на лицевой счёт "
            f"{', '.join(numbers.values())}: то, что больше долга, осталось авансом "
            "и пойдёт на следующие счета.\n\n"
            "Если второй платёж был ошибкой, напишите нам: вернём деньги туда, откуда они пришли."
        ),
        now=now,
        key=f"payment:{second.pk}:settled",
    )


@outermost
def _record(seen: Payment, answer: Seen, *, now: datetime) -> Outcome | None:
    """Write the second money down; None when the payment has moved meanwhile."""
    be_brief()
    row = locked(seen.pk, seen.version)
    if row is None:
        return None
    keep_call(row.pk, answer.exchange, now)
    known = Payment.objects.filter(
        supplier_id=row.supplier_id, channel=row.channel, external_id=answer.provider_id
    )
    if known.exists():
        return Outcome.REPEATED
    if row.state not in FINAL:
        row.external_id = answer.provider_id
        move(row, Fact.PAID, cause="notice", now=now)
        row.settled_at, row.checked_at, row.confirmation_url = now, now, ""
        row.paid_on = row.happened_on = day_of_payment(row, answer, now)
        save_fenced(row)
        credit(row, now=now)
        return Outcome.SETTLED
    if row.state != PaymentState.CAPTURED:
        return Outcome.QUARANTINED
    second = _second(row, answer, now)
    # First, so that this letter goes in place of the usual one.
    tell_twice(row, second, now=now)
    credit(second, now=now)
    return Outcome.SETTLED


def _second(row: Payment, answer: Seen, now: datetime) -> Payment:
    """Write a payment like the first one, with its parts and its history."""
    second = Payment(
        uuid=new_uuid(),
        supplier_id=row.supplier_id,
        account_id=row.account_id,
        user_id=row.user_id,
        amount=row.amount,
        service_id=row.service_id,
        month=row.month,
        part=row.part,
        kind=row.kind,
        channel=row.channel,
        external_id=answer.provider_id,
        state=PaymentState.CAPTURED,
        version=2,
        created_at=now,
        state_since=now,
        checked_at=now,
        settled_at=now,
        method=answer.method[:32],
        card=answer.card[:24],
        confirmation_url="",
        answer_word="",
        intent_mark="",
        asked=row.asked,
        keeps_card=False,
    )
    second.paid_on = second.happened_on = day_of_payment(row, answer, now)
    second.save(force_insert=True)
    PaymentPart.objects.bulk_create(
        PaymentPart(
            payment_id=second.pk,
            line=part.line,
            account_id=part.account_id,
            service_id=part.service_id,
            month=part.month,
            part=part.part,
            amount=part.amount,
        )
        for part in PaymentPart.objects.filter(payment_id=row.pk).order_by("line")
    )
    states = (PaymentState.CREATED, PaymentState.SENT, PaymentState.CAPTURED)
    PaymentMove.objects.bulk_create(
        PaymentMove(
            payment_id=second.pk,
            version=version,
            before=before,
            after=after,
            cause="notice",
            moved_at=now,
        )
        for version, (before, after) in enumerate(pairwise(states), start=1)
    )
    return second
