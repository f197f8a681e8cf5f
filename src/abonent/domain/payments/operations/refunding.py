"""Staff gives money back: to its source only, above a limit by two people (TRUST T38)."""

from datetime import date, datetime
from uuid import UUID

from abonent.common.crash import crash_point
from abonent.common.identifiers import new_uuid
from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.refusals import NotFound, Refusal
from abonent.common.transactions import outermost
from abonent.domain.journal import operations as journal
from abonent.domain.payments import queries
from abonent.domain.payments.models import Payment, PaymentPart, Refund
from abonent.domain.payments.operations.attributing import ReasonMissing
from abonent.domain.payments.operations.giving_back import (
    complete,
    move_refund,
    save_refund,
    settle_refund,
)
from abonent.domain.payments.operations.moving import be_brief
from abonent.domain.payments.operations.receipting import receipt_given_back
from abonent.domain.payments.ports import WHOLE_CALL
from abonent.domain.payments.queries import RefundView
from abonent.domain.payments.queries.refunds import given_back
from abonent.domain.payments.queries.terms import policy_kopecks
from abonent.domain.payments.rules import Kind, PaymentState
from abonent.domain.payments.rules.refunds import (
    REFUND_IN_FLIGHT,
    Origin,
    RefundFact,
    RefundState,
)
from abonent.domain.suppliers import queries as suppliers


class CannotRefund(Refusal):
    """The payment is not one whose money can go back through its channel."""


class RefundTooLarge(Refusal):
    """More than what is left of the payment."""


class RefundInFlight(Refusal):
    """Another refund of the payment has not ended."""


class SecondPersonNeeded(Refusal):
    """Who asked for a refund does not approve it."""


class AlreadyDecided(Refusal):
    """The refund does not wait for a decision any more."""


def refund_payment(
    *,
    supplier_id: int,
    payment_id: int,
    account_id: int,
    amount: int,
    why: str,
    key: UUID,
    actor_id: int,
    now: datetime,
) -> RefundView:
    """Give ``amount`` kopecks of a payment back to the card or account it came from.

    ``account_id`` is the personal account whose share of the payment goes back. The refund
    stands with its number before the first byte leaves. Up to the supplier's
    ``refund_alone_limit``, counted over all refunds of the payment, it is sent at once;
    above it waits for ``approve_refund`` by somebody else. ``key`` is the form's one-time
    key: the same one gives the same refund. Silence of the bank is never failure: the
    janitor asks on.

    Refuses: NotFound, CannotRefund (not paid, or not through an acquirer), ReasonMissing,
    RefundTooLarge, RefundInFlight (one refund of a payment at a time, TRUST I8).
    """
    refund_id = _write_down(
        supplier_id=supplier_id,
        payment_id=payment_id,
        account_id=account_id,
        amount=amount,
        why=why.strip(),
        key=key,
        actor_id=actor_id,
        now=now,
    )
    crash_point("refund.committed")
    settle_refund(refund_id, cause="start", seconds=WHOLE_CALL, now=now)
    return queries.refund_view(refund_id)


def approve_refund(*, supplier_id: int, refund_id: int, actor_id: int, now: datetime) -> RefundView:
    """Let a refund that somebody else asked for go to the bank.

    Refuses: NotFound, AlreadyDecided, SecondPersonNeeded.
    """
    _decide(supplier_id, refund_id, RefundFact.APPROVED, actor_id, now)
    crash_point("refund.committed")
    settle_refund(refund_id, cause="start", seconds=WHOLE_CALL, now=now)
    return queries.refund_view(refund_id)


def reject_refund(*, supplier_id: int, refund_id: int, actor_id: int, now: datetime) -> RefundView:
    """End a refund that waits for its second person; who asked may take it back so.

    Refuses: NotFound, AlreadyDecided.
    """
    _decide(supplier_id, refund_id, RefundFact.REJECTED, actor_id, now)
    return queries.refund_view(refund_id)


@outermost
def record_charge_back(
    *,
    supplier_id: int,
    payment_id: int,
    amount: int,
    external_id: str,
    on: date,
    why: str,
    actor_id: int | None,
    now: datetime,
) -> RefundView:
    """Take off the account what the payer's bank took back, as the channel told of it.

    ``external_id`` is the dispute's number at the channel; the same one is recorded once.
    The money is gone whatever we think of it, so nobody has to approve. Refuses: NotFound,
    CannotRefund, ReasonMissing, RefundTooLarge.
    """
    be_brief()
    paid = _paid(supplier_id, payment_id)
    _check_words(why, external_id)
    stands = Refund.objects.filter(payment_id=paid.pk, external_id=external_id).first()
    if stands is not None:
        return queries.refund_view(stands.pk)
    _check_sum(paid, amount, given_back(payment_id=paid.pk))
    row = Refund(
        uuid=new_uuid(),
        supplier_id=supplier_id,
        payment_id=paid.pk,
        account_id=0,
        amount=amount,
        origin=Origin.CHARGE_BACK,
        why=why.strip(),
        state=RefundState.DONE,
        version=0,
        asked_by=actor_id,
        asked_at=now,
        state_since=now,
        done_at=now,
        external_id=external_id,
        answer_word="",
    )
    row.save(force_insert=True)
    complete(row, paid, on=on, now=now)
    return queries.refund_view(row.pk)


@outermost
def _write_down(
    *,
    supplier_id: int,
    payment_id: int,
    account_id: int,
    amount: int,
    why: str,
    key: UUID,
    actor_id: int,
    now: datetime,
) -> int:
    """Commit the refund before anything leaves; the same key returns the one that stands."""
    be_brief()
    paid = _paid(supplier_id, payment_id)
    _check_words(why, "-")
    stands = Refund.objects.filter(uuid=key).first()
    if stands is not None:
        same = (paid.pk, account_id, amount)
        if (stands.payment_id, stands.account_id, stands.amount) == same:
            return stands.pk
        raise RefundInFlight("Эта форма уже отправлена. Откройте платёж заново.")
    if Refund.objects.filter(payment_id=paid.pk, state__in=REFUND_IN_FLIGHT).exists():
        raise RefundInFlight("По этому платежу уже идёт возврат. Дождитесь, чем он закончится.")
    gone = given_back(payment_id=paid.pk)
    _check_sum(paid, amount, gone)
    _check_share(paid, account_id, amount)
    limit = policy_kopecks(suppliers.rulebook(supplier_id=supplier_id).value("refund_alone_limit"))
    alone = gone + amount <= limit
    row = Refund(
        uuid=key,
        supplier_id=supplier_id,
        payment_id=paid.pk,
        account_id=account_id,
        amount=amount,
        origin=Origin.STAFF,
        why=why,
        state=RefundState.READY if alone else RefundState.ASKED,
        version=0,
        asked_by=actor_id,
        asked_at=now,
        state_since=now,
        next_check_at=now if alone else None,
        external_id="",
        answer_word="",
    )
    receipt = receipt_given_back(paid, before=gone, amount=amount)
    row.receipt = receipt.as_json() if receipt else None
    row.save(force_insert=True)
    _record(row, "refund_asked", actor_id, now)
    crash_point("refund.inserted")
    return row.pk


@outermost
def _decide(
    supplier_id: int, refund_id: int, fact: RefundFact, actor_id: int, now: datetime
) -> None:
    be_brief()
    row = Refund.objects.select_for_update().filter(supplier_id=supplier_id, pk=refund_id).first()
    if row is None:
        raise NotFound("Такого возврата нет. Найдите его в списке возвратов.")
    if row.state != RefundState.ASKED:
        raise AlreadyDecided("По этому возврату решение уже принято. Обновите список возвратов.")
    if fact == RefundFact.APPROVED and row.asked_by == actor_id:
        raise SecondPersonNeeded(
            "Возврат на такую сумму подтверждает второй сотрудник. Попросите коллегу."
        )
    row.decided_by, row.decided_at = actor_id, now
    move_refund(row, fact, cause="staff", now=now)
    save_refund(row)
    _record(row, f"refund_{fact}", actor_id, now)


def _paid(supplier_id: int, payment_id: int) -> Payment:
    """Lock the payment: refunds of one payment take turns."""
    row = Payment.objects.select_for_update().filter(supplier_id=supplier_id, pk=payment_id).first()
    if row is None:
        raise NotFound("Такого платежа нет. Проверьте номер.")
    if row.kind != Kind.PAYMENT or row.state != PaymentState.CAPTURED:
        raise CannotRefund("Вернуть можно только зачисленный платёж. Этот не зачислен.")
    if row.asked is None or not row.external_id:
        raise CannotRefund(
            "Деньги приняли не через банк на сайте, вернуть их на карту отсюда нельзя. "
            "Отменить платёж может тот, кто его принял."
        )
    return row


def _check_words(why: str, external_id: str) -> None:
    if not why.strip():
        raise ReasonMissing("Напишите, почему возвращаются деньги.", field="why")
    if not external_id:
        raise ReasonMissing("Укажите номер операции в банке.", field="external_id")


def _check_sum(paid: Payment, amount: int, gone: int) -> None:
    if not 0 < amount <= paid.amount - gone:
        left = f"{format_kopecks(paid.amount - gone)}{NO_BREAK}₽"
        raise RefundTooLarge(f"От платежа осталось {left}. Введите не больше.", field="amount")


def _check_share(paid: Payment, account_id: int, amount: int) -> None:
    """Refuse more than what is left of the account's share of the payment."""
    view = queries.view_of(paid.pk)
    share = view.amount_for(account_id)
    if not share:
        raise NotFound("Этот лицевой счёт платёж не пополнял. Проверьте номер.")
    ended = Refund.objects.filter(payment_id=paid.pk, back_id__isnull=False)
    parts = PaymentPart.objects.filter(
        payment_id__in=ended.values("back_id"), account_id=account_id
    )
    gone = sum(parts.values_list("amount", flat=True))
    if amount > share - gone:
        left = f"{format_kopecks(share - gone)}{NO_BREAK}₽"
        raise RefundTooLarge(
            f"На этот лицевой счёт из платежа осталось {left}. Введите не больше.", field="amount"
        )


def _record(row: Refund, action: str, actor_id: int | None, now: datetime) -> None:
    journal.record(
        supplier_id=row.supplier_id,
        actor_id=actor_id,
        action=action,
        subject=f"payment:{row.payment_id}",
        details={"refund": row.pk, "amount": row.amount, "why": row.why},
        now=now,
    )
