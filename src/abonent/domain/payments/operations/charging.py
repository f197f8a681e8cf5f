"""May this card be charged for these accounts? Asked when a payment is written down and sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abonent.common import clock
from abonent.common.refusals import NotFound, Refusal
from abonent.common.transactions import requires_transaction
from abonent.domain.payments.models import Autopay, AutopayTurn, BoundCard, Payment
from abonent.domain.payments.ports import acquirer
from abonent.domain.payments.queries.cards import accounts_paid_by
from abonent.domain.payments.rules.autopay import MandateState, TurnState
from abonent.domain.payments.rules.cards import AtPage, CardKind, is_expired, paid_before
from abonent.domain.suppliers import queries as suppliers

if TYPE_CHECKING:
    from abonent.domain.payments.operations.starting import Intent

_NO_CARD = "Такой карты в кабинете больше нет. Заплатите на странице банка."


class FirstPayment(Refusal):
    """A bound card does not pay an account that its owner has never paid before."""


class CardExpired(Refusal):
    """The card's last month is over."""


@requires_transaction
def card_to_charge(intent: Intent) -> BoundCard | None:
    """Return the card that a payment is to charge, held until the payment is written down.

    None for a payment at the bank's page. Refuses with NotFound for a card that is not this
    person's, of this supplier and of this kind of payment, or whose bank is not served any
    more; with CardExpired; with FirstPayment (MISSION E3, TRUST T9).
    """
    if isinstance(intent.means, AtPage):
        return None
    if intent.user_id is None:
        raise NotFound(_NO_CARD)
    card = (
        BoundCard.objects.select_for_update()
        .filter(
            uuid=intent.means.card_uuid,
            supplier_id=intent.supplier_id,
            user_id=intent.user_id,
            kind=CardKind.UTILITIES,
        )
        .first()
    )
    supplier = suppliers.supplier_by_id(intent.supplier_id)
    if card is None or not acquirer(card.channel).ready(supplier.code):
        raise NotFound(_NO_CARD)
    if is_expired(card.expires, clock.local_day(intent.now, supplier.timezone)):
        raise CardExpired("Срок карты истёк. Заплатите на странице банка другой картой.")
    paid = accounts_paid_by(user_id=card.user_id, supplier_id=card.supplier_id)
    if not paid_before(intent.account_ids, paid):
        raise FirstPayment(
            "Первый платёж по новому лицевому счёту привязанной картой не делают. "
            "Заплатите один раз на странице банка, дальше подойдёт и карта."
        )
    return card


@requires_transaction
def may_still_charge(row: Payment) -> bool:
    """Tell, the moment before the request leaves, whether a charge is still wanted.

    The card must be there, and an autopayment must work and allow the sum: whoever removed
    the card, stopped the autopayment or lowered its ceiling before this has been heard
    (TRUST I15). True for a payment at the bank's page.
    """
    if row.bound_card_id is None:
        return True
    card = BoundCard.objects.select_for_update().filter(pk=row.bound_card_id).first()
    if card is None or row.turn_id is None:
        return card is not None
    turn = AutopayTurn.objects.get(pk=row.turn_id)
    mandate = Autopay.objects.select_for_update().get(pk=turn.autopay_id)
    allowed = mandate.state == MandateState.ACTIVE and row.amount <= mandate.ceiling
    return allowed and turn.state == TurnState.CHARGING
