"""What the template of the first page receives. No database here."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from abonent.common.words import day_and_year
from abonent.domain.metering.rules import window_words as windows
from abonent.domain.payments.rules.words import channel_in_words
from abonent.domain.reports.queries import MeterLine, Overview
from abonent.interfaces.portal.charges.ahead import ahead_context
from abonent.interfaces.portal.frame import account_url
from abonent.interfaces.portal.overview import wording
from abonent.interfaces.portal.overview.wording import Row, Verification


@dataclass(frozen=True)
class ScaleCard:
    """One scale as the list of meters shows it."""

    name: str
    value: Decimal | None


@dataclass(frozen=True)
class MeterCard:
    """One meter as the list shows it; the days and the source where all scales agree."""

    meter: MeterLine
    scales: tuple[ScaleCard, ...]
    on: date | None
    source: str
    verification: Verification | None


@dataclass(frozen=True)
class LastPayment:
    """The last payment that came."""

    on: date
    amount: int
    channel: str
    url: str


def overview_context(seen: Overview) -> dict[str, object]:
    """Return everything the first page shows."""
    number = seen.account.number
    step = wording.step_text(seen)
    balance = seen.balance
    return {
        "seen": seen,
        "step": step,
        "step_url": _step_url(seen, step.family),
        "show_window": step.family == "readings",
        "balance": wording.balance_text(balance, seen.today) if balance else None,
        "flying": wording.flying_payment(seen),
        "flying_url": _payment_url(seen),
        "may_send": seen.account.role.may_send,
        "pay_second": balance is not None
        and seen.account.role.may_pay
        and balance.total > 0
        and step.family != "payments"
        and seen.checked is None,
        "bill": balance.bill if balance else None,
        "bill_url": _bill_url(seen),
        "bars": wording.bars(seen.months),
        "chart_name": wording.chart_name(seen.months) if seen.months else "",
        "months": tuple(reversed(seen.months)),
        "charged": sum(line.charged for line in seen.months),
        "paid": sum(line.paid for line in seen.months),
        "meters": [meter_card(meter, seen.today) for meter in seen.meters],
        "prices": wording.price_rows(seen.prices),
        "prices_since": wording.prices_since(seen.prices),
        "house": wording.house_rows(seen),
        "deadlines": _deadlines(seen),
        "last_payment": _last_payment(seen),
        "readings_url": account_url(number, "readings"),
        "history_url": reverse("readings_history", args=[number]),
        "pay_url": account_url(number, "payments"),
        "payments_url": reverse("payments_history", args=[number]),
        "charges_url": account_url(number, "charges"),
        **(ahead_context(seen.ahead) if seen.ahead else {}),
    }


def meter_card(meter: MeterLine, today: date) -> MeterCard:
    """Return a meter for the list."""
    days = {one.on for one in meter.registers}
    sources = {one.source for one in meter.registers}
    return MeterCard(
        meter=meter,
        scales=tuple(ScaleCard(one.zone_name, one.value) for one in meter.registers),
        on=days.pop() if len(days) == 1 else None,
        source=sources.pop() if len(sources) == 1 else "",
        verification=wording.verification(meter.verified_until, today),
    )


def _step_url(seen: Overview, family: str) -> str:
    role = seen.account.role
    if not family or not {"readings": role.may_send, "payments": role.may_pay}.get(family, True):
        return ""
    if seen.checked is not None and family == "payments":
        return _payment_url(seen)
    return account_url(seen.account.number, family)


def _payment_url(seen: Overview) -> str:
    if seen.checked is None:
        return ""
    return reverse("payment", args=[seen.account.number, seen.checked.uuid])


def _bill_url(seen: Overview) -> str:
    if seen.balance is None or seen.balance.bill is None:
        return ""
    period = seen.balance.bill.period
    return f"{account_url(seen.account.number, 'charges')}{period}/"


def _deadlines(seen: Overview) -> list[Row]:
    """Return the dates to keep in mind: readings, the bill, the nearest verification."""
    rows = []
    if seen.window is not None:
        rows.append(Row("Показания", windows.span(seen.window)))
    if seen.balance is not None and seen.balance.bill is not None and seen.balance.total > 0:
        due = seen.balance.bill.due_by
        word = "до" if seen.today <= due else "срок был"
        rows.append(Row("Оплата", f"{word} {day_and_year(due)}"))
    dated = [meter for meter in seen.meters if meter.verified_until is not None]
    if dated:
        first = min(dated, key=lambda meter: meter.verified_until or seen.today)
        until = day_and_year(first.verified_until or seen.today)
        rows.append(Row("Ближайшая поверка", f"до {until}, {first.service_name.lower()}"))
    return rows


def _last_payment(seen: Overview) -> LastPayment | None:
    payment = seen.last_payment
    if payment is None:
        return None
    return LastPayment(
        on=payment.paid_on or payment.happened_on,
        amount=payment.amount_for(seen.account.id),
        channel=channel_in_words(payment.channel_name),
        url=reverse("payment", args=[seen.account.number, payment.uuid]),
    )
