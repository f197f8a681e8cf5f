"""Set up an autopayment, change it, pause it, stop it; whatever stops it stops its next charge."""

from datetime import datetime
from uuid import UUID

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from abonent.common import clock
from abonent.common.identifiers import new_uuid
from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.refusals import NotFound, Refusal
from abonent.common.transactions import outermost, requires_transaction
from abonent.domain.accounts import queries as accounts
from abonent.domain.accounts.queries import AccountView
from abonent.domain.identity import queries as identity
from abonent.domain.journal import operations as journal
from abonent.domain.payments.models import Autopay, AutopayTurn, BoundCard
from abonent.domain.payments.operations.telling import tell_person
from abonent.domain.payments.queries.autopay import STOP_FOR, STOP_SALT, AutopayView, autopay_view
from abonent.domain.payments.queries.cards import accounts_paid_by
from abonent.domain.payments.queries.terms import payment_terms
from abonent.domain.payments.rules.autopay import (
    LAST_DAY,
    LIVING,
    MandateFact,
    MandateState,
    TurnState,
    Why,
    next_mandate,
)
from abonent.domain.payments.rules.cards import is_expired, paid_before
from abonent.domain.suppliers import queries as suppliers

_NO_AUTOPAY = "Такого автоплатежа нет. Возможно, он уже отключён."
_STOP_WORDS = {
    Why.CARD_REMOVED: "карта, с которой он платил, удалена",
    Why.CARD_REVOKED: "банк больше не разрешает списывать деньги с его карты",
    Why.CARD_EXPIRED: "срок его карты истёк",
    Why.NO_ACCESS: "лицевой счёт больше не открыт в вашем кабинете",
}


class CannotSetUp(Refusal):
    """The autopayment cannot be set up as asked."""


@outermost
def set_autopay(
    *,
    user_id: int,
    supplier_id: int,
    number: str,
    card_uuid: UUID,
    ceiling: int,
    fixed: int | None,
    day: int,
    now: datetime,
) -> AutopayView:
    """Let a bound card pay the account's bills from now on, one charge for each bill.

    ``ceiling``: the most of one charge; ``fixed``: the sum of each, never more than is due,
    None for all that is due; kopecks. ``day``: of the month, 1 to 28, 0 for as soon as the
    bill is out. A day before each charge the person is told. Refuses with NotFound (account
    or card), CannotSetUp: an account to look at only, a first payment, a card past its last
    month, no contact to tell, a second autopayment of the account, a wrong sum or day.
    """
    account = accounts.account_for(user_id=user_id, supplier_id=supplier_id, number=number, now=now)
    card = (
        BoundCard.objects.select_for_update()
        .filter(uuid=card_uuid, user_id=user_id, supplier_id=supplier_id)
        .first()
    )
    if card is None:
        raise NotFound("Такой карты в кабинете нет. Привяжите её заново.")
    _check_account(account, card, now)
    _check_sums(supplier_id, ceiling, fixed, day)
    row = Autopay(
        uuid=new_uuid(),
        supplier_id=supplier_id,
        user_id=user_id,
        account_id=account.id,
        card_id=card.pk,
        ceiling=ceiling,
        fixed=fixed,
        day=day,
        state=MandateState.ACTIVE,
        state_since=now,
        stopped_why="",
        created_at=now,
        next_look_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise CannotSetUp(
            "Автоплатёж по этому счёту уже подключён. Его можно изменить или отключить."
        ) from error
    _record(row, "autopay_set", user_id, {"ceiling": ceiling, "day": day}, now)
    if not _tell_of_setting(row, number, card, now):
        raise CannotSetUp(
            "Перед каждым списанием мы предупреждаем. Сначала добавьте почту или телефон в профиле."
        )
    return autopay_view(row)


@outermost
def change_autopay(
    *,
    user_id: int,
    supplier_id: int,
    autopay_uuid: UUID,
    ceiling: int,
    fixed: int | None,
    day: int,
    now: datetime,
) -> AutopayView:
    """Change sums and day; a charge above a lowered ceiling is not made, announced or not.

    Refuses with NotFound, CannotSetUp for a wrong sum or day.
    """
    row = _own(user_id, supplier_id, autopay_uuid)
    _check_sums(supplier_id, ceiling, fixed, day)
    row.ceiling, row.fixed, row.day = ceiling, fixed, day
    row.next_look_at = now if row.state == MandateState.ACTIVE else None
    row.save(update_fields=["ceiling", "fixed", "day", "next_look_at"])
    _record(row, "autopay_changed", user_id, {"ceiling": ceiling, "day": day}, now)
    return autopay_view(row)


@outermost
def pause_autopay(*, user_id: int, supplier_id: int, autopay_uuid: UUID, now: datetime) -> None:
    """Charge nothing until it is resumed; an announced charge is not made. NotFound."""
    _move(_own(user_id, supplier_id, autopay_uuid), MandateFact.PAUSE, "", user_id, now)


@outermost
def resume_autopay(*, user_id: int, supplier_id: int, autopay_uuid: UUID, now: datetime) -> None:
    """Charge again, from the next bill that has had no turn. Refuses with NotFound."""
    _move(_own(user_id, supplier_id, autopay_uuid), MandateFact.RESUME, "", user_id, now)


@outermost
def stop_autopay(*, user_id: int, supplier_id: int, autopay_uuid: UUID, now: datetime) -> None:
    """End it for good; the card stays bound. Refuses with NotFound."""
    row = _own(user_id, supplier_id, autopay_uuid)
    _move(row, MandateFact.STOP, Why.BY_PERSON, user_id, now)


@outermost
def stop_autopays_of(*, user_id: int, supplier_id: int, account_id: int, now: datetime) -> int:
    """End the person's autopayment of an account that has left the cabinet; return how many.

    Nothing could be charged any more in any case: the access is read at each charge. No refusals.
    """
    own = Autopay.objects.filter(
        user_id=user_id, supplier_id=supplier_id, account_id=account_id, state__in=LIVING
    )
    return stop_mandates(own, why=Why.NO_ACCESS, actor_id=user_id, now=now)


@outermost
def stop_by_link(*, token: str, supplier_id: int, now: datetime) -> None:
    """End the autopayment of a letter's mark, whoever presses the button; twice is once.

    Refuses with NotFound for a mark that is forged, old or of another supplier.
    """
    row = _of_token(token, supplier_id)
    if row.state in LIVING:
        _move(row, MandateFact.STOP, Why.BY_LINK, None, now)


@requires_transaction
def stop_mandates(rows: QuerySet[Autopay], *, why: Why, actor_id: int | None, now: datetime) -> int:
    """End the autopayments given and say why to whoever did not do it; return how many."""
    found = list(rows.select_for_update().order_by("pk"))
    for row in found:
        _move(row, MandateFact.STOP, why, actor_id, now)
        if why in _STOP_WORDS:
            tell_person(
                user_id=row.user_id,
                supplier_id=row.supplier_id,
                kind="autopay_stopped",
                subject="Автоплатёж остановлен",
                body=(
                    f"Автоплатёж остановлен: {_STOP_WORDS[why]}. Счета теперь платите сами или "
                    "подключите автоплатёж снова: «Оплата», «Карты и автоплатёж»."
                ),
                key=f"autopay:{row.pk}:stopped",
                now=now,
            )
    return len(found)


def _move(row: Autopay, fact: MandateFact, why: str, actor_id: int | None, now: datetime) -> None:
    """Take a locked autopayment where the table sends it; an announced charge goes with it."""
    after = next_mandate(MandateState(row.state), fact)
    if after is None:
        return
    row.state, row.state_since, row.stopped_why = after, now, why
    row.next_look_at = now if after == MandateState.ACTIVE else None
    row.save(update_fields=["state", "state_since", "stopped_why", "next_look_at"])
    if after != MandateState.ACTIVE:
        announced = AutopayTurn.objects.filter(autopay_id=row.pk, state=TurnState.ANNOUNCED)
        announced.update(state=TurnState.CANCELLED, state_since=now, why=why or Why.BY_PERSON)
    _record(row, f"autopay_{_ACTIONS[fact]}", actor_id, {"why": why} if why else {}, now)


_ACTIONS = {
    MandateFact.PAUSE: "paused",
    MandateFact.RESUME: "resumed",
    MandateFact.STOP: "stopped",
}


def _tell_of_setting(row: Autopay, number: str, card: BoundCard, now: datetime) -> bool:
    """Write to the person: whoever sat at the cabinet may have been somebody else (TRUST T9)."""
    return tell_person(
        user_id=row.user_id,
        supplier_id=row.supplier_id,
        kind="autopay_set",
        subject="Автоплатёж подключён",
        body=(
            f"К лицевому счёту {number} подключён автоплатёж с карты ··{card.card[-4:]}, не больше "
            f"{format_kopecks(row.ceiling)}{NO_BREAK}₽ за раз. За сутки до каждого списания придёт "
            "письмо, из него автоплатёж можно остановить.\n\n"
            "Если вы этого не делали, отключите его в кабинете и смените пароль."
        ),
        key=None,
        now=now,
    )


def _own(user_id: int, supplier_id: int, autopay_uuid: UUID) -> Autopay:
    """Return the person's own living autopayment, locked."""
    row = (
        Autopay.objects.select_for_update()
        .filter(uuid=autopay_uuid, user_id=user_id, supplier_id=supplier_id, state__in=LIVING)
        .first()
    )
    if row is None:
        raise NotFound(_NO_AUTOPAY)
    return row


def _of_token(token: str, supplier_id: int) -> Autopay:
    """Return the autopayment of a letter's mark, locked."""
    try:
        uuid = UUID(signing.loads(token, salt=STOP_SALT, max_age=STOP_FOR))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        raise NotFound("Ссылка устарела или неполная. Остановите автоплатёж в кабинете.") from None
    row = Autopay.objects.select_for_update().filter(uuid=uuid, supplier_id=supplier_id).first()
    if row is None:
        raise NotFound(_NO_AUTOPAY)
    return row


def _check_account(account: AccountView, card: BoundCard, now: datetime) -> None:
    """Refuse an account that this card may not pay without its owner looking."""
    if not account.role.may_pay or not account.private:
        raise CannotSetUp("Автоплатёж подключает тот, кому счёт открыт для оплаты.")
    paid = accounts_paid_by(user_id=card.user_id, supplier_id=card.supplier_id)
    if not paid_before([account.id], paid):
        raise CannotSetUp(
            "Сначала оплатите этот счёт один раз на странице банка: первый платёж по новому "
            "счёту привязанной картой не делают."
        )
    zone = suppliers.supplier_by_id(card.supplier_id).timezone
    if is_expired(card.expires, clock.local_day(now, zone)):
        raise CannotSetUp("Срок карты истёк. Привяжите другую.", field="card")
    if identity.user_view(card.user_id).blocked_at is not None:
        raise CannotSetUp("Кабинет заблокирован.")


def _check_sums(supplier_id: int, ceiling: int, fixed: int | None, day: int) -> None:
    """Refuse sums that the bank would not take, and a day that not every month has."""
    terms = payment_terms(supplier_id=supplier_id)
    least, most = (f"{format_kopecks(one)}{NO_BREAK}₽" for one in (terms.minimum, terms.maximum))
    if not terms.minimum <= ceiling <= terms.maximum:
        raise CannotSetUp(f"Предел – от {least} до {most}.", field="ceiling")
    if fixed is not None and not terms.minimum <= fixed <= ceiling:
        raise CannotSetUp(f"Сумма – от {least} и не больше предела.", field="fixed")
    if not 0 <= day <= LAST_DAY:
        raise CannotSetUp(f"Выберите день от 1 до {LAST_DAY}.", field="day")


def _record(
    row: Autopay, action: str, actor_id: int | None, details: dict[str, object], now: datetime
) -> None:
    journal.record(
        supplier_id=row.supplier_id,
        actor_id=actor_id,
        action=action,
        subject=f"user:{row.user_id}",
        details={"account": row.account_id, **details},
        now=now,
    )
