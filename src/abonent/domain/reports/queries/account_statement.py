"""The detailed statement of an account: every charge with its volume and price, every payment."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from abonent.common.clock import local_day
from abonent.common.money import NO_BREAK
from abonent.common.periods import Period
from abonent.common.words import grouped, month_and_year, quantity
from abonent.domain.accounts.queries.cards import account_card
from abonent.domain.billing.queries.statements import lines_of, requisites, services_of
from abonent.domain.billing.rules.explanation import LineView
from abonent.domain.billing.rules.paper import line_detail, shown_rate, shown_volume
from abonent.domain.documents.rules.statement import StatementPaper, StatementRow
from abonent.domain.ledger import queries as ledger
from abonent.domain.ledger.queries import Movement
from abonent.domain.ledger.rules import Part, Reason
from abonent.domain.payments.rules.words import channel_in_words
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.queries import ServiceView
from abonent.domain.suppliers.rules import UNIT_NAMES, Unit

# What makes a debt; everything else takes off one.
_CHARGES = (Reason.OPENING, Reason.CHARGE, Reason.PENALTY)
_NAMES = {
    Reason.OPENING: "Входящий остаток",
    Reason.PAYMENT: "Платёж",
    Reason.REFUND: "Возврат денег",
    Reason.CANCEL: "Платёж отменён",
    Reason.WRITE_OFF: "Списано",
    Reason.REVERSAL: "Исправление проводки",
    Reason.AMNESTY: "Пени списаны по акции",
}


def account_statement(
    *,
    supplier_id: int,
    account_id: int,
    since: Period,
    until: Period,
    now: datetime,
    tell: Callable[[int], None],
) -> StatementPaper:
    """Return the statement of the months ``since`` to ``until``, both included.

    The balance runs through it by the ledger, from what was owed as the first day began.
    ``tell`` hears how many months are gathered: a month is one statement.
    """
    supplier = suppliers.supplier_by_id(supplier_id)
    card = account_card(supplier_id=supplier_id, account_id=account_id)
    services = services_of(supplier_id)
    moved = ledger.movements_of(
        supplier_id=supplier_id,
        subject_id=account_id,
        since=since.first_day,
        until=until.last_day,
    )
    lines: dict[tuple[Period, int], list[LineView]] = {}
    codes = {one.code: one.id for one in services.values()}
    for step in range(until.months_since(since) + 1):
        month = since.plus(step)
        for line in lines_of(supplier_id, account_id, month, services):
            lines.setdefault((month, codes[line.service]), []).append(line)
        tell(step + 1)
    opening = ledger.subject_total_before(
        supplier_id=supplier_id, subject_id=account_id, day=since.first_day
    )
    return StatementPaper(
        since=since,
        until=until,
        made_at=now,
        made_on=local_day(now, supplier.timezone),
        supplier=requisites(supplier),
        account_number=card.number,
        full_name=card.full_name,
        address=card.address,
        opening=opening,
        rows=_rows(opening, moved, services, lines),
        cabinet_url=suppliers.cabinet_url(supplier),
    )


def _rows(
    opening: int,
    moved: Sequence[Movement],
    services: Mapping[int, ServiceView],
    lines: Mapping[tuple[Period, int], Sequence[LineView]],
) -> tuple[StatementRow, ...]:
    rows, balance = [], opening
    for one in moved:
        balance += one.amount
        charges = one.reason in _CHARGES
        rows.append(
            StatementRow(
                on=one.happened_on,
                text=_text(one, services, lines),
                charged=one.amount if charges else 0,
                paid=0 if charges else -one.amount,
                balance=balance,
            )
        )
    return tuple(rows)


def _text(
    one: Movement,
    services: Mapping[int, ServiceView],
    lines: Mapping[tuple[Period, int], Sequence[LineView]],
) -> str:
    service = services[one.service_id].name if one.service_id else ""
    period = Period.of(one.month) if one.month else None
    month = f"за {month_and_year(period.year, period.month)}" if period else ""
    if one.reason == Reason.CHARGE:
        counted = _counted(lines.get((period, one.service_id), ())) if period else ""
        name = " ".join(part for part in (service or "Перерасчёт в вашу пользу", month) if part)
        return f"{name}: {counted}" if counted else name
    if one.reason == Reason.PENALTY or (one.reason == Reason.OPENING and one.part == Part.PENALTY):
        return " ".join(part for part in ("Пени", service.lower(), month) if part)
    name = _NAMES[one.reason]
    if one.channel:
        return f"{name}, {channel_in_words(one.channel)}"
    return ", ".join(part for part in (name, f"{service} {month}".strip()) if part)


def _counted(lines: Iterable[LineView]) -> str:
    """Return «день, 120 кВт·ч по 4,93 ₽; ночь, 60 кВт·ч по 2,96 ₽»."""
    return "; ".join(_line(line) for line in lines)


def _line(line: LineView) -> str:
    unit = Unit(line.unit)
    volume = quantity(shown_volume(line.volume, unit), UNIT_NAMES[unit])
    price = f"{volume} по{NO_BREAK}{grouped(shown_rate(line.rate))}{NO_BREAK}₽"
    detail = line_detail(line)
    return f"{detail}, {price}" if detail else price
