"""A bill's turn begins: what may be charged is judged, and the person is told a day before."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from abonent.common.identifiers import new_uuid
from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.transactions import outermost, requires_transaction
from abonent.common.words import moment_in_words
from abonent.domain.accounts import queries as accounts
from abonent.domain.accounts.queries import AccountView
from abonent.domain.billing.queries import BillView, bills_of
from abonent.domain.billing.queries.runs import publications
from abonent.domain.identity import queries as identity
from abonent.domain.ledger import queries as ledger
from abonent.domain.payments.models import Autopay, AutopayTurn, BoundCard
from abonent.domain.payments.operations.mandates import stop_mandates
from abonent.domain.payments.operations.telling import tell_person
from abonent.domain.payments.queries.autopay import WHY_WORDS, stop_mark
from abonent.domain.payments.queries.terms import payment_terms
from abonent.domain.payments.rules.autopay import (
    LOOK_EVERY,
    NOTICE,
    TELL_BEFORE,
    Judgement,
    Limits,
    MandateState,
    TurnState,
    Why,
    charge_moment,
    judge,
    usual_sum,
)
from abonent.domain.suppliers import queries as suppliers


@dataclass(frozen=True)
class Addresses:
    """Where letters and the bank lead: ``{supplier}``, ``{token}``, ``{number}`` are filled in."""

    stop: str
    pay: str


@dataclass(frozen=True)
class Scene:
    """What is known of a mandate's account now; ``account`` None: the person may not pay it."""

    account: AccountView | None
    bill: BillView | None
    judgement: Judgement


def scene(mandate: Autopay, now: datetime) -> Scene:
    """Read the account as the person may see it, its last bill and what may be charged."""
    linked = accounts.accounts_of(user_id=mandate.user_id, supplier_id=mandate.supplier_id, now=now)
    account = next((one for one in linked if one.id == mandate.account_id), None)
    person = identity.user_view(mandate.user_id)
    shut = person.blocked_at is not None or not person.is_active
    if account is None or shut or not account.private or not account.role.may_pay:
        return Scene(None, None, Judgement())
    bills = bills_of(supplier_id=mandate.supplier_id, account_id=mandate.account_id)
    rules = suppliers.rulebook(supplier_id=mandate.supplier_id)
    before = bills[1 : 1 + rules.number("autopay_usual_bills")]
    limits = Limits(
        ceiling=mandate.ceiling,
        fixed=mandate.fixed,
        minimum=payment_terms(supplier_id=mandate.supplier_id).minimum,
        usual=usual_sum([one.charged for one in before]),
        times=rules.number("autopay_most_times"),
    )
    due = ledger.subject_total(supplier_id=mandate.supplier_id, subject_id=mandate.account_id)
    return Scene(account, bills[0] if bills else None, judge(due, limits))


@outermost
def look(mandate_id: int, addresses: Addresses, now: datetime) -> int:
    """Begin the turn of the last bill when its time has come; return how many began."""
    mandate = Autopay.objects.select_for_update().get(pk=mandate_id)
    waits = mandate.next_look_at is None or mandate.next_look_at > now
    if mandate.state != MandateState.ACTIVE or waits:
        return 0
    found = scene(mandate, now)
    if found.account is None:
        own = Autopay.objects.filter(pk=mandate_id)
        return stop_mandates(own, why=Why.NO_ACCESS, actor_id=None, now=now)
    mandate.next_look_at = now + LOOK_EVERY
    begun = 0
    if found.bill is not None and not _had_turn(mandate, found.bill):
        charge_at = _charge_at(mandate, found.bill)
        if now < charge_at - TELL_BEFORE:
            mandate.next_look_at = charge_at - TELL_BEFORE
        else:
            turn = _turn(mandate, found.bill, found.judgement, charge_at, now)
            _begin(turn, mandate, addresses, now)
            begun = 1
    mandate.save(update_fields=["next_look_at"])
    return begun


def notice_key(turn: AutopayTurn) -> str:
    """Return the key of the letter that tells of a charge."""
    return f"autopay:{turn.pk}:announced"


@requires_transaction
def tell_why_not(turn: AutopayTurn, why: str, addresses: Addresses, now: datetime) -> None:
    """Say that a bill was not paid and why, with the way to pay it by hand."""
    number = _number(turn, now)
    tell_person(
        user_id=turn.user_id,
        supplier_id=turn.supplier_id,
        kind="autopay_not_made",
        subject="Автоплатёж не сделан",
        body=(
            f"Автоплатёж по лицевому счёту {number} не сделан: {why}. Деньги не списаны.\n\n"
            f"Проверьте счёт и заплатите сами: {_filled(addresses.pay, turn, number)}"
        ),
        key=f"autopay:{turn.pk}:not_made",
        now=now,
    )


def pay_address(turn: AutopayTurn, addresses: Addresses, now: datetime) -> str:
    """Return the page on which the turn's account is paid."""
    return _filled(addresses.pay, turn, _number(turn, now))


def _had_turn(mandate: Autopay, bill: BillView) -> bool:
    """Tell whether the person's autopayment has had its turn with this bill."""
    return AutopayTurn.objects.filter(
        account_id=mandate.account_id, user_id=mandate.user_id, period=bill.period.first_day
    ).exists()


def _charge_at(mandate: Autopay, bill: BillView) -> datetime:
    """Return when the bill is charged; one that is older than the mandate counts from that."""
    out = publications(supplier_id=mandate.supplier_id).get(bill.period.first_day)
    bill_at = max(out, mandate.state_since) if out else mandate.state_since
    zone = suppliers.supplier_by_id(mandate.supplier_id).timezone
    return charge_moment(day=mandate.day, bill_at=bill_at, zone=zone)


def _begin(turn: AutopayTurn, mandate: Autopay, addresses: Addresses, now: datetime) -> None:
    """Write the turn down and tell the person of it, or that the bill is not paid."""
    turn.save(force_insert=True)
    if turn.state == TurnState.REFUSED:
        tell_why_not(turn, WHY_WORDS[Why(turn.why)], addresses, now)
    elif turn.state == TurnState.ANNOUNCED and not _announce(mandate, turn, addresses, now):
        turn.state, turn.why = TurnState.REFUSED, Why.NOT_TOLD
        turn.save(update_fields=["state", "why"])


def _turn(
    mandate: Autopay, bill: BillView, verdict: Judgement, charge_at: datetime, now: datetime
) -> AutopayTurn:
    """Return the bill's turn, not saved yet."""
    return AutopayTurn(
        uuid=new_uuid(),
        autopay_id=mandate.pk,
        supplier_id=mandate.supplier_id,
        account_id=mandate.account_id,
        user_id=mandate.user_id,
        period=bill.period.first_day,
        state=verdict.state or TurnState.ANNOUNCED,
        state_since=now,
        why=verdict.why,
        amount=verdict.amount,
        ceiling=mandate.ceiling,
        charge_at=None if verdict.state else max(charge_at, now + NOTICE),
        attempts=0,
    )


def _announce(mandate: Autopay, turn: AutopayTurn, addresses: Addresses, now: datetime) -> bool:
    """Tell of the coming charge, with the link that stops it; False when nobody can be told."""
    number = _number(turn, now)
    card = BoundCard.objects.filter(pk=mandate.card_id).values_list("card", flat=True).first()
    zone = ZoneInfo(suppliers.supplier_by_id(turn.supplier_id).timezone)
    charge_at = (turn.charge_at or now).astimezone(zone)
    stop = _filled(addresses.stop, turn, number).replace("{token}", stop_mark(mandate.uuid))
    return tell_person(
        user_id=turn.user_id,
        supplier_id=turn.supplier_id,
        kind="autopay_announced",
        subject="Завтра автоплатёж",
        body=(
            f"Автоплатёж по лицевому счёту {number}: не раньше "
            f"{moment_in_words(charge_at)} спишем с карты ··{(card or '')[-4:]} "
            f"{format_kopecks(turn.amount)}{NO_BREAK}₽.\n\n"
            f"Если платить не нужно, остановите автоплатёж, входить в кабинет не надо: {stop}"
        ),
        key=notice_key(turn),
        now=now,
    )


def _number(turn: AutopayTurn, now: datetime) -> str:
    linked = accounts.accounts_of(user_id=turn.user_id, supplier_id=turn.supplier_id, now=now)
    return next((one.number for one in linked if one.id == turn.account_id), "")


def _filled(address: str, turn: AutopayTurn, number: str) -> str:
    code = suppliers.supplier_by_id(turn.supplier_id).code
    return address.replace("{supplier}", code).replace("{number}", number)
