"""Begin a payment: number first, then the bank (TRUST A3b, phases 1 and 2)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from abonent.common import clock
from abonent.common.crash import crash_point
from abonent.common.identifiers import new_uuid
from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.periods import Period
from abonent.common.refusals import NotFound, Refusal
from abonent.common.transactions import outermost
from abonent.domain.accounts import queries as accounts
from abonent.domain.accounts.queries.cards import account_card, account_numbers
from abonent.domain.journal import operations as journal
from abonent.domain.payments import queries
from abonent.domain.payments.models import BoundCard, Payment, PaymentPart
from abonent.domain.payments.operations.charging import card_to_charge
from abonent.domain.payments.operations.moving import be_brief
from abonent.domain.payments.operations.receipting import receipt_for
from abonent.domain.payments.operations.settling import send, settle_payment
from abonent.domain.payments.ports import CardUse, Order, Payee, acquirer
from abonent.domain.payments.queries import PaymentTerms, PaymentView
from abonent.domain.payments.rules import (
    Kind,
    PaymentState,
    Purpose,
    intent_mark,
    next_look,
    provider_key,
)
from abonent.domain.payments.rules.cards import AT_PAGE, AtPage, ByAutopay, ByCard, Means
from abonent.domain.suppliers import queries as suppliers

PLACE_OF_UUID = "{payment}"


class SumTooSmall(Refusal):
    """Below the supplier's minimum."""


class SumTooLarge(Refusal):
    """Above what the acquirer takes at once."""


class OnlyForReading(Refusal):
    """The user may see the account, not pay for it."""


class CannotPayOnline(Refusal):
    """The supplier has no acquirer, or its bank details are not complete."""


class KeyReused(Refusal):
    """The form's key was used for another payment."""


class AlreadyPaying(Refusal):
    """A payment of the same account is in flight; ``payment_uuid`` names the user's own."""

    def __init__(self, text: str, *, payment_uuid: UUID) -> None:
        super().__init__(text)
        self.payment_uuid = payment_uuid


@dataclass(frozen=True)
class Intent:
    """What the payer wants, translated in; ``means`` is by what he pays."""

    supplier_id: int
    user_id: int | None
    purposes: tuple[Purpose, ...]
    key: str
    return_url: str
    means: Means
    now: datetime
    email: str = ""

    @property
    def amount(self) -> int:
        """Return the whole sum, kopecks."""
        return sum(one.amount for one in self.purposes)

    @property
    def account_ids(self) -> list[int]:
        """Return the accounts that are paid, each once."""
        return sorted({one.account_id for one in self.purposes})

    @property
    def mark(self) -> str:
        """Return what tells this intent from another under the same form key."""
        return intent_mark(self.purposes, self.means)


def start_payment(
    *,
    supplier_id: int,
    user_id: int | None,
    purposes: Sequence[Purpose],
    key: str,
    return_url: str,
    means: AtPage | ByCard = AT_PAGE,
    email: str = "",
    now: datetime,
) -> PaymentView:
    """Begin a payment and open it at the bank; return it with the address to go to.

    The payment stands with its number before the first byte leaves. ``key`` is the form's
    one-time key: the same key gives the same payment, whatever was clicked how often.
    ``{payment}`` in ``return_url`` becomes the payment's uuid. ``user_id`` None is the open
    page. The view has a ``confirmation_url`` unless the bank was silent: then the outcome
    is unknown, the janitor asks on, and the payer must not pay again. Sums are kopecks.
    ``means``: the bank's page, where the card may be kept, or a bound card, which is charged
    at once without a page. ``email``: where the receipt of a payer without sign-in goes.

    Refuses: SumTooSmall, SumTooLarge, NotFound (an account that is not the user's),
    OnlyForReading, CannotPayOnline, KeyReused (other purposes under the key), AlreadyPaying
    (a payment of one of the accounts is in flight: offer ``start_another_payment``);
    for a bound card NotFound, FirstPayment, CardExpired.
    """
    intent = Intent(supplier_id, user_id, tuple(purposes), key, return_url, means, now, email)
    return _start(intent, _refuse_second)


def start_another_payment(
    *,
    supplier_id: int,
    user_id: int | None,
    purposes: Sequence[Purpose],
    key: str,
    return_url: str,
    means: AtPage | ByCard = AT_PAGE,
    now: datetime,
) -> PaymentView:
    """Do what ``start_payment`` does for a payer who has confirmed that he pays once more.

    A payment in flight is no reason to refuse; the other refusals stand (TRUST R2).
    """
    intent = Intent(supplier_id, user_id, tuple(purposes), key, return_url, means, now)
    return _start(intent, _allow_second)


def _start(intent: Intent, second: Callable[[Intent], None]) -> PaymentView:
    terms = queries.payment_terms(supplier_id=intent.supplier_id)
    check(intent, terms)
    row = write_down(intent, terms.channel, second)
    crash_point("pay.committed")
    if row.state == PaymentState.CREATED:
        send(row.pk, now=intent.now)
    else:
        # The same key again: if the first request died on its way, take it up.
        settle_payment(payment_id=row.pk, now=intent.now)
    crash_point("pay.stored")
    return queries.view_of(row.pk)


@outermost
def write_down(intent: Intent, channel: str, second: Callable[[Intent], None]) -> Payment:
    """Commit the payment before anything leaves; the same key returns the one that stands."""
    be_brief()
    _take_turns(intent)
    named = f"{intent.user_id or 'open'}:{intent.key}"
    stands = Payment.objects.filter(supplier_id=intent.supplier_id, intent_key=named).first()
    if stands is not None:
        if stands.intent_mark != intent.mark:
            raise KeyReused(
                "Эта форма уже отправлена с другой суммой. Откройте страницу оплаты заново."
            )
        return stands
    second(intent)
    crash_point("pay.before_insert")
    card = card_to_charge(intent)
    row = _insert(intent, card.channel if card else channel, named, card)
    journal.record(
        supplier_id=intent.supplier_id,
        actor_id=intent.user_id,
        action="payment_started",
        subject=f"payment:{row.pk}",
        details={"accounts": intent.account_ids, "amount": intent.amount, "channel": row.channel},
        now=intent.now,
    )
    crash_point("pay.inserted")
    return row


def _take_turns(intent: Intent) -> None:
    """Let one of several simultaneous payments of an account be first, in a fixed order (R9)."""
    with connection.cursor() as cursor:
        for account_id in intent.account_ids:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"payments:account:{account_id}"],
            )


def _insert(intent: Intent, channel: str, named: str, card: BoundCard | None) -> Payment:
    """Write the payment and what it is for."""
    first = intent.purposes[0]
    uuid = new_uuid()
    zone = suppliers.supplier_by_id(intent.supplier_id).timezone
    row = Payment(
        uuid=uuid,
        supplier_id=intent.supplier_id,
        account_id=first.account_id,
        user_id=intent.user_id,
        amount=intent.amount,
        service_id=first.service_id,
        month=first.month.first_day if first.month else None,
        part=int(first.part),
        kind=Kind.PAYMENT,
        channel=channel,
        external_id="",
        state=PaymentState.CREATED,
        version=0,
        created_at=intent.now,
        state_since=intent.now,
        happened_on=clock.local_day(intent.now, zone),
        confirmation_url="",
        answer_word="",
        method="",
        card="",
        intent_key=named,
        intent_mark=intent.mark,
        keeps_card=_card_use(intent.means, channel) == CardUse.KEEP,
        bound_card_id=card.pk if card else None,
        turn_id=intent.means.turn_id if isinstance(intent.means, ByAutopay) else None,
        asked=_order(intent, channel, uuid, keeper=card.keeper if card else str(uuid)).as_json(),
    )
    row.next_check_at = next_look(
        state=PaymentState.CREATED, since=intent.now, deadline=None, now=intent.now
    )
    row.save(force_insert=True)
    PaymentPart.objects.bulk_create(
        PaymentPart(
            payment_id=row.pk,
            line=line,
            account_id=one.account_id,
            service_id=one.service_id,
            month=one.month.first_day if one.month else None,
            part=int(one.part),
            amount=one.amount,
        )
        for line, one in enumerate(intent.purposes, start=1)
    )
    return row


def _order(intent: Intent, channel: str, uuid: UUID, *, keeper: str) -> Order:
    """Return what the bank will be asked, from what is known now and never changed later."""
    supplier = suppliers.supplier_by_id(intent.supplier_id)
    first = intent.purposes[0]
    numbers = account_numbers(supplier_id=intent.supplier_id, account_ids=intent.account_ids)
    card = account_card(supplier_id=intent.supplier_id, account_id=first.account_id)
    month = first.month or Period.of(clock.local_day(intent.now, supplier.timezone))
    word = "л/с" if len(numbers) == 1 else "лицевые счета"
    description = f"{supplier.name}, {word} {', '.join(sorted(numbers.values()))}"
    return Order(
        number=str(uuid),
        key=provider_key(uuid),
        supplier_code=supplier.code,
        amount=intent.amount,
        description=description,
        return_url=intent.return_url.replace(PLACE_OF_UUID, str(uuid)),
        account_number=card.number,
        unified_account=card.unified_account,
        month=str(month),
        created_at=intent.now.isoformat(),
        payee=Payee(
            name=supplier.name,
            inn=supplier.inn,
            kpp=supplier.kpp,
            bank_name=supplier.bank_name,
            bic=supplier.bic,
            account_number=supplier.account_number,
            correspondent_account=supplier.correspondent_account,
        ),
        receipt=receipt_for(
            supplier_id=intent.supplier_id,
            user_id=intent.user_id,
            email=intent.email,
            channel=channel,
            purposes=intent.purposes,
            now=intent.now,
        ),
        card_use=_card_use(intent.means, channel),
        keeper=keeper,
    )


def _card_use(means: Means, channel: str) -> CardUse | None:
    """Return what is done with a card; a bank that keeps none is not asked to."""
    if isinstance(means, AtPage):
        return CardUse.KEEP if means.keeps_card and acquirer(channel).keeps_cards else None
    return CardUse.BY_PAYER if isinstance(means, ByCard) else CardUse.BY_AUTOPAY


def check(intent: Intent, terms: PaymentTerms) -> None:
    """Refuse what must not be begun at all."""
    if not terms.available:
        raise CannotPayOnline(
            "Оплата на сайте пока не подключена. Оплатите по квитанции в банке или в офисе."
        )
    if min(one.amount for one in intent.purposes) <= 0 or intent.amount < terms.minimum:
        raise SumTooSmall(
            f"Минимальная сумма – {format_kopecks(terms.minimum)}{NO_BREAK}₽. Введите больше.",
            field="amount",
        )
    if intent.amount > terms.maximum:
        raise SumTooLarge(
            f"За один раз можно заплатить не больше {format_kopecks(terms.maximum)}{NO_BREAK}₽. "
            "Разделите платёж на части.",
            field="amount",
        )
    if intent.user_id is None:
        found = account_numbers(supplier_id=intent.supplier_id, account_ids=intent.account_ids)
        if len(found) != len(intent.account_ids):
            raise NotFound("Такого лицевого счёта нет. Проверьте номер.")
        return
    linked = {
        view.id: view
        for view in accounts.accounts_of(
            user_id=intent.user_id, supplier_id=intent.supplier_id, now=intent.now
        )
    }
    for account_id in intent.account_ids:
        view = linked.get(account_id)
        if view is None:
            raise NotFound("Такого лицевого счёта в вашем кабинете нет. Проверьте номер.")
        if not view.role.may_pay:
            raise OnlyForReading(
                "Оплата этого счёта вам не открыта. Попросите владельца разрешить её."
            )


def _refuse_second(intent: Intent) -> None:
    """Refuse while a payment of one of the accounts is in flight (TRUST R2).

    An open page is not told of others' payments: that would tell a stranger who pays.
    """
    if intent.user_id is None:
        return
    for view in queries.in_flight(supplier_id=intent.supplier_id, account_ids=intent.account_ids):
        if view.user_id is None:
            continue
        raise AlreadyPaying(
            f"Платёж {view.number} на {format_kopecks(view.amount)}{NO_BREAK}₽ ещё не завершён. "
            "Дождитесь его или подтвердите, что хотите заплатить ещё раз.",
            payment_uuid=view.uuid,
        )


def _allow_second(_intent: Intent) -> None:
    """Let a payer who has confirmed it pay once more."""
