"""Payments in words: what is owed, where a payment stands, what to do. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from abonent.common.money import MINUS, NO_BREAK, format_kopecks
from abonent.common.words import counted, day_in_words
from abonent.domain.accounts.queries import AccountView
from abonent.domain.payments.operations.settling import PAGE_PAUSE
from abonent.domain.payments.queries import PaymentView, RefundView
from abonent.domain.payments.rules import CAME_TO_NOTHING, Kind, PaymentState
from abonent.domain.payments.rules.refunds import RefundState
from abonent.domain.payments.rules.words import channel_in_words
from abonent.domain.reports.queries import PayRow
from abonent.interfaces.design.long_work import TrackStep

ROUBLE = f"{NO_BREAK}₽"
LAST_DIGITS = 4
OTHER_ACCOUNT = "Другой лицевой счёт"
METHODS = {
    "bank_card": "банковская карта",
    "sbp": "СБП",
    "sberbank": "SberPay",
    "yoo_money": "кошелёк ЮMoney",
    "tinkoff_bank": "T-Pay",
}


@dataclass(frozen=True)
class SumRow:
    """A row of a column: name and finished value; ``total`` stands under a rule."""

    name: str
    value: str
    total: bool = False


@dataclass(frozen=True)
class Left:
    """What an account owes after a payment; ``url`` leads to paying where something is owed."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Standing:
    """Where a payment stands: heading, what it means; ``wait`` forbids paying again."""

    title: str
    text: str
    wait: bool = False
    again: bool = False


def roubles(kopecks: int) -> str:
    """Return «5 198,26 ₽»."""
    return f"{format_kopecks(kopecks)}{ROUBLE}"


def debt_words(row: PayRow) -> str:
    """Say what an account owes, below its name."""
    account = row.account
    place = account.address if account.alias and account.address else f"№ {account.number}"
    if row.total is None:
        return f"{place}. Долг покажем, когда откроется счёт. Сумму возьмите из бумажной квитанции"
    if row.total > 0:
        return f"{place}. Осталось заплатить {roubles(row.total)}"
    if row.total < 0:
        return f"{place}. Переплата {roubles(-row.total)}, платить сейчас не нужно"
    return f"{place}. Всё оплачено"


def sum_rows(named: Sequence[tuple[str, int]]) -> list[SumRow]:
    """Return what will be taken: name and kopecks of each, commission, total."""
    rows = [SumRow(name, roubles(amount)) for name, amount in named]
    total = sum(amount for _, amount in named)
    return [*rows, SumRow("Комиссия", roubles(0)), SumRow("К оплате", roubles(total), total=True)]


# What a person whose payment failed wants to know first.
NOT_TAKEN = "деньги не списаны"


def standing(payment: PaymentView) -> Standing:
    """Say where the payment stands: done, surely not, or still being checked."""
    if payment.kind != Kind.PAYMENT:
        name = "Деньги возвращены" if payment.kind == Kind.REFUND else "Платёж отменён"
        return Standing(name, "Сумма снята с лицевого счёта.")
    found = _STANDINGS.get(payment.state)
    refused = payment.decline_text
    if refused and NOT_TAKEN not in refused:
        refused = f"{refused} {NOT_TAKEN[:1].upper()}{NOT_TAKEN[1:]}."
    if payment.state == PaymentState.DECLINED:
        return Standing("Платёж не прошёл", refused, again=True)
    if payment.can_continue and refused:
        return Standing(
            "Карта не прошла", f"{refused} Страница банка ещё открыта: можно вернуться на неё."
        )
    if payment.can_continue:
        return Standing(
            "Платёж ждёт оплаты",
            "Банк ещё не получил денег. Если вы уже заплатили, второй раз платить не нужно: "
            "подождите, банк сообщит нам об этом.",
        )
    return found or _CHECKING


def still_flying(payment: PaymentView) -> str:
    """Say that a payment has not ended and what to do about it."""
    return (
        f"Платёж {payment.number} на {roubles(payment.amount)} ещё не завершён. Дождитесь его "
        "или подтвердите, что хотите заплатить ещё раз."
    )


_CHECKING = Standing(
    "Проверяем платёж",
    "Банк ещё не ответил, прошёл ли платёж. Обычно это до пяти минут, изредка – до часа. "
    "Страницу можно закрыть: ответ придёт и без неё.",
    wait=True,
)
_STANDINGS = {
    PaymentState.CAPTURED: Standing("Платёж зачислен", "Деньги на лицевом счёте."),
    PaymentState.EXPIRED: Standing(
        "Платёж не состоялся",
        "Время на оплату вышло, деньги не списаны. Можно заплатить снова.",
        again=True,
    ),
    PaymentState.CANCELLED: Standing(
        "Платёж отменён",
        "Вы его отменили, деньги не списаны. Если страница банка ещё открыта, закройте её: "
        "то, что там заплатят, мы всё равно зачислим на счёт.",
        again=True,
    ),
    PaymentState.QUARANTINED: Standing(
        "Проверяем платёж вручную",
        "Ответ банка не совпал с нашими данными. Сотрудник разберётся и зачислит деньги.",
        wait=True,
    ),
}


def heard(payment: PaymentView, now: datetime) -> str:
    """Say what came of «Проверить сейчас»; ``now`` is the moment there. '' when it is over."""
    if payment.final:
        return ""
    if payment.checked_at is None:
        return "Платёж только что ушёл в банк. Спросим о нём через минуту, страница обновится сама."
    passed = now - payment.checked_at
    if passed:
        wait = max(math.ceil((PAGE_PAUSE - passed).total_seconds()), 1)
        seconds = counted(wait, ("секунду", "секунды", "секунд"))
        return f"Банк спрашивали только что, ответ тот же. Ещё раз можно через {seconds}."
    if payment.can_continue:
        return f"Спросили банк в {now:%H:%M}: денег он ещё не получил."
    return (
        f"Спросили банк в {now:%H:%M}: ответа пока нет. Мы спрашиваем и сами, не платите ещё раз."
    )


def left(account: AccountView, amount: int, url: str) -> Left:
    """Say what is still owed on an account after a payment, or that nothing is."""
    place = f"На счёте {account.number}"
    if amount > 0:
        return Left(f"{place} осталось заплатить {roubles(amount)}.", url)
    if amount < 0:
        return Left(f"{place} долга нет, переплата {roubles(-amount)} уменьшит следующий счёт.")
    return Left(f"{place} долга нет: всё оплачено.")


def refund_rows(refunds: Sequence[RefundView]) -> list[tuple[str, str]]:
    """Say of each refund of a payment how much and where it stands; not what staff rejected."""
    return [
        (roubles(one.amount), one.state_text)
        for one in refunds
        if one.state not in {RefundState.ASKED, RefundState.REJECTED}
    ]


def track(payment: PaymentView, local: Sequence[datetime], now: datetime) -> list[TrackStep]:
    """Return the course of the payment; ``local`` are the moments of its steps, there."""
    steps = [
        TrackStep(_when(at, now), step.text, "done")
        for step, at in zip(payment.steps, local, strict=True)
    ]
    if not steps or payment.final:
        return steps
    steps[-1] = TrackStep(steps[-1].when, steps[-1].text, "current")
    return [*steps, TrackStep("потом", "Деньги на лицевом счёте")]


def _when(at: datetime, now: datetime) -> str:
    return f"{at:%H:%M}" if at.date() == now.date() else f"{day_in_words(at)}, {at:%H:%M}"


def part_rows(
    payment: PaymentView, accounts: Sequence[AccountView], user_id: int
) -> list[tuple[str, int]]:
    """Return the accounts of a payment with their sums, as far as this person may see them."""
    known = {one.id: one for one in accounts if one.private or payment.user_id == user_id}
    sums: dict[int, int] = {}
    for part in payment.parts:
        key = part.account_id if part.account_id in known else 0
        sums[key] = sums.get(key, 0) + part.amount
    if payment.user_id != user_id:
        sums.pop(0, None)
    return [
        (_account_name(known[key]) if key else OTHER_ACCOUNT, amount)
        for key, amount in sums.items()
    ]


def _account_name(account: AccountView) -> str:
    name = account.alias or account.address
    return f"{account.number}, {name}" if name else account.number


def how_paid(payment: PaymentView, user_id: int) -> str:
    """Return «банковская карта, последние цифры 4417, ЮKassa»; the digits only to the payer."""
    parts = ["автоплатёж" if payment.by_autopay else "", METHODS.get(payment.method, "")]
    if payment.card and payment.user_id == user_id:
        parts.append(f"последние цифры {payment.card[-LAST_DIGITS:]}")
    parts.append(channel_in_words(payment.channel_name))
    return ", ".join(part for part in parts if part)


def card_words(payment: PaymentView, *, left: bool) -> str:
    """Say what became of the wish to keep the card that paid."""
    if left:
        return (
            f"Карта привязана: ··{payment.card[-LAST_DIGITS:]}."
            if payment.card
            else ("Карта привязана.")
        )
    return "Карта не привязана: банк её не сохранил, или вы её уже удалили."


def signed(payment: PaymentView, account_id: int) -> str:
    """Return the sum of a payment on an account; what went back has a minus."""
    sign = "" if payment.kind == Kind.PAYMENT else f"{MINUS}{NO_BREAK}"
    return f"{sign}{format_kopecks(payment.amount_for(account_id))}"


def state_kind(payment: PaymentView) -> str:
    """Return how the state is marked: done, in question, not passed."""
    if payment.paid:
        return "ok"
    return "bad" if payment.state in CAME_TO_NOTHING else "ask"
