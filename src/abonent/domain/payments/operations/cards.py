"""Bind a card, let it go: here at once, at the bank as soon as the bank answers."""

import logging
from datetime import datetime
from uuid import UUID

from abonent.common.identifiers import new_uuid
from abonent.common.queue import defer
from abonent.common.refusals import NotFound
from abonent.common.transactions import outermost, requires_transaction
from abonent.domain.journal import operations as journal
from abonent.domain.payments.models import Autopay, BoundCard, CardRemoval, Payment
from abonent.domain.payments.operations.mandates import stop_mandates
from abonent.domain.payments.operations.telling import tell_person
from abonent.domain.payments.ports import WHOLE_CALL, Kept, card_book
from abonent.domain.payments.rules import IN_FLIGHT
from abonent.domain.payments.rules.autopay import LIVING, Why
from abonent.domain.payments.rules.cards import CardKind, next_removal_try
from abonent.domain.suppliers import queries as suppliers

_log = logging.getLogger("abonent.payments")

_NO_CARD = "Такой карты в кабинете нет. Возможно, она уже удалена."
_AT_ONCE = 200
_WHY_WORDS = {
    Why.CARD_REVOKED: "Банк больше не разрешает списывать с неё деньги без вашего участия.",
}


@requires_transaction
def bind_card(row: Payment, kept: Kept | None, *, now: datetime) -> None:
    """Keep the card that has just paid, because its payer asked for it, and say so to him.

    A bank that was asked and keeps nothing leaves nothing here either: the payment's page
    tells it. ``row`` is a captured payment under its lock.
    """
    if row.user_id is None or not row.keeps_card or kept is None or not kept.card:
        if kept is not None:
            # Kept at the bank and wanted no more: the password was recovered meanwhile.
            _strike_out(row.supplier_id, row.channel, str(row.uuid), now)
        return
    card = BoundCard.objects.create(
        uuid=new_uuid(),
        supplier_id=row.supplier_id,
        user_id=row.user_id,
        channel=row.channel,
        kind=CardKind.UTILITIES,
        token=kept.token,
        keeper=str(row.uuid),
        card=kept.card,
        expires=kept.expires.first_day if kept.expires else None,
        bound_at=now,
    )
    _record(card, "card_bound", row.user_id, {"payment": row.pk}, now)
    _tell(
        card,
        "card_bound",
        "Карта привязана",
        f"Карта {short(card.card)} привязана к оплате счетов. Её можно удалить в любой момент: "
        "«Оплата», «Карты и автоплатёж».\n\nЕсли вы этого не делали, удалите её и смените пароль.",
        now,
    )


@outermost
def remove_card(*, user_id: int, supplier_id: int, card_uuid: UUID, now: datetime) -> None:
    """Remove the person's own card: it charges nothing from this moment.

    Autopayments by it stop. The bank strikes it out by a job that tries until the bank
    answers. Refuses with NotFound for a card that is not this person's.
    """
    card = (
        BoundCard.objects.select_for_update()
        .filter(uuid=card_uuid, user_id=user_id, supplier_id=supplier_id)
        .first()
    )
    if card is None:
        raise NotFound(_NO_CARD)
    drop_card(card, why=Why.CARD_REMOVED, actor_id=user_id, now=now)


@requires_transaction
def remove_cards(
    *, user_id: int, supplier_id: int | None, why: Why, actor_id: int | None, now: datetime
) -> int:
    """Remove every card of a person, at one supplier or, with None, at all; return how many.

    A card that a payment under way was to bind is not bound any more (TRUST T10). There are
    no refusals.
    """
    cards = BoundCard.objects.select_for_update().filter(user_id=user_id)
    waiting = Payment.objects.filter(user_id=user_id, keeps_card=True, state__in=IN_FLIGHT)
    mandates = Autopay.objects.filter(user_id=user_id, state__in=LIVING)
    if supplier_id is not None:
        cards = cards.filter(supplier_id=supplier_id)
        waiting = waiting.filter(supplier_id=supplier_id)
        mandates = mandates.filter(supplier_id=supplier_id)
    # Payments before cards, as whoever settles a payment takes them (TRUST R9).
    for row in waiting.select_for_update().order_by("pk"):
        Payment.objects.filter(pk=row.pk).update(keeps_card=False)
    found = list(cards.order_by("pk"))
    for card in found:
        drop_card(card, why=why, actor_id=actor_id, now=now)
    stop_mandates(mandates, why=why, actor_id=actor_id, now=now)
    return len(found)


@requires_transaction
def drop_card(card: BoundCard, *, why: Why, actor_id: int | None, now: datetime) -> None:
    """Let a locked card go: no token stays, autopayments stop, the bank is to strike it out."""
    mandates = Autopay.objects.filter(card_id=card.pk, state__in=LIVING)
    stop_mandates(mandates, why=why, actor_id=actor_id, now=now)
    _record(card, "card_removed", actor_id, {"why": why}, now)
    # Whoever recovers a password or leaves is told of the cards with that.
    if why not in {Why.PASSWORD_RECOVERED, Why.CABINET_CLOSED}:
        words = (
            f"Карта {short(card.card)} больше не привязана к кабинету. {_WHY_WORDS.get(why, '')}"
        )
        _tell(card, "card_removed", "Карта удалена", words.strip(), now)
    _strike_out(card.supplier_id, card.channel, card.keeper, now)
    card.delete()


@requires_transaction
def drop_revoked(card_id: int, *, now: datetime) -> None:
    """Let a card go that its bank lets us charge no more; it may be gone already."""
    card = BoundCard.objects.select_for_update().filter(pk=card_id).first()
    if card is not None:
        drop_card(card, why=Why.CARD_REVOKED, actor_id=None, now=now)


def strike_out_cards(*, now: datetime) -> int:
    """Ask banks to strike out the cards that are gone here; return how many they did.

    A silent bank is asked again later, for a week; then it is an error in the log. No refusals.
    """
    due = CardRemoval.objects.filter(next_try_at__lte=now).order_by("next_try_at", "pk")
    return sum(_try_to_strike_out(row, now) for row in list(due[:_AT_ONCE]))


def short(card: str) -> str:
    """Return a card as people know it: «··4477»."""
    return f"··{card[-4:]}"


def _try_to_strike_out(row: CardRemoval, now: datetime) -> bool:
    """Ask one bank outside any transaction and note what it said."""
    book = card_book(row.channel)
    code = suppliers.supplier_by_id(row.supplier_id).code
    problem = book.forget(row.keeper, supplier_code=code, seconds=WHOLE_CALL) if book else None
    tries = row.tries + 1
    if problem is None:
        CardRemoval.objects.filter(pk=row.pk).update(done_at=now, tries=tries, next_try_at=None)
        return True
    pause = next_removal_try(tries)
    if pause is None:
        _log.error("the bank %s has not struck out card %s: %s", row.channel, row.pk, problem)
    CardRemoval.objects.filter(pk=row.pk, done_at=None).update(
        tries=tries, next_try_at=now + pause if pause else None
    )
    return False


def _strike_out(supplier_id: int, channel: str, keeper: str, now: datetime) -> None:
    """Order that the bank strikes a card out; a bank without a call for it has nothing to do."""
    if card_book(channel) is None:
        return
    _, new = CardRemoval.objects.get_or_create(
        channel=channel,
        keeper=keeper,
        defaults={"supplier_id": supplier_id, "asked_at": now, "next_try_at": now},
    )
    if new:
        defer("strike_out_cards", timestamp=0)


def _record(
    card: BoundCard, action: str, actor_id: int | None, details: dict[str, object], now: datetime
) -> None:
    journal.record(
        supplier_id=card.supplier_id,
        actor_id=actor_id,
        action=action,
        subject=f"user:{card.user_id}",
        details={"card": card.card[-4:], **details},
        now=now,
    )


def _tell(card: BoundCard, kind: str, subject: str, body: str, now: datetime) -> None:
    tell_person(
        user_id=card.user_id,
        supplier_id=card.supplier_id,
        kind=kind,
        subject=subject,
        body=body,
        key=None,
        now=now,
    )
