"""A payer gives up a payment that was begun and left, where the bank surely has no money."""

from datetime import datetime
from uuid import UUID

from abonent.common.refusals import Refusal
from abonent.common.transactions import outermost
from abonent.domain.journal import operations as journal
from abonent.domain.payments import queries
from abonent.domain.payments.models import Payment
from abonent.domain.payments.operations.moving import be_brief, locked, move, save_fenced
from abonent.domain.payments.operations.settling import PAGE_SECONDS, Heard, settle
from abonent.domain.payments.queries import PaymentView
from abonent.domain.payments.rules import Fact, PaymentState

_TRIES = 3


class CannotCancel(Refusal):
    """It is not sure that the bank has no money, or somebody else began the payment."""


def cancel_payment(
    *, user_id: int | None, supplier_id: int, payment_uuid: UUID, now: datetime
) -> PaymentView:
    """Give up a payment: the bank is asked first, and only its «not paid» lets it go.

    Afterwards a new payment of the account needs no confirmation. The bank's page cannot be
    closed from here: money that comes through it later is credited all the same, and the
    janitor looks for it (TRUST R7). A payment that turned out to be paid, or has ended
    otherwise, is returned as it is. ``user_id`` None is the open page. Refuses with NotFound
    for a stranger, with CannotCancel for anybody but the payer and while the outcome at the
    bank is not known (TRUST R2, R3).
    """
    view = _view(user_id, supplier_id, payment_uuid)
    if view.user_id != user_id:
        raise CannotCancel("Этот платёж начал другой человек. Отменить его может только он.")
    for _ in range(_TRIES):
        if view.final:
            return view
        heard = settle(view.id, cause="cancel", seconds=PAGE_SECONDS, now=now)
        seen = Payment.objects.get(pk=view.id)
        if seen.state in {PaymentState.CREATED, PaymentState.SENT, PaymentState.UNKNOWN}:
            raise CannotCancel(
                "Банк ещё не ответил, прошёл ли платёж, поэтому отменить его пока нельзя. "
                "Попробуйте через пару минут."
            )
        if heard != Heard.ANSWERED and seen.state == PaymentState.AWAITING:
            raise CannotCancel(
                "Банк сейчас не отвечает, поэтому отменить платёж пока нельзя. "
                "Попробуйте через пару минут."
            )
        if seen.state != PaymentState.AWAITING or _give_up(seen, user_id, now):
            break
    return _view(user_id, supplier_id, payment_uuid)


@outermost
def _give_up(seen: Payment, user_id: int | None, now: datetime) -> bool:
    """Let the payment go unless it has moved since the bank spoke; False when it has."""
    be_brief()
    row = locked(seen.pk, seen.version)
    if row is None:
        return False
    move(row, Fact.GIVEN_UP, cause="payer", now=now)
    save_fenced(row)
    journal.record(
        supplier_id=row.supplier_id,
        actor_id=user_id,
        action="payment_cancelled",
        subject=f"payment:{row.pk}",
        details={"amount": row.amount},
        now=now,
    )
    return True


def _view(user_id: int | None, supplier_id: int, payment_uuid: UUID) -> PaymentView:
    if user_id is None:
        return queries.open_payment_view(supplier_id=supplier_id, payment_uuid=payment_uuid)
    return queries.payment_view(user_id=user_id, supplier_id=supplier_id, payment_uuid=payment_uuid)
