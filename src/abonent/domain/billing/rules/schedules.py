"""By which days an organisation pays which part of a month (RULES 1.9). Pure.

Without rows of the supplier's own (schedules.csv) the law says it: ПП 442 p. 82 and 81 for
electricity, ПП 808 p. 33 for heat, ПП 644 for water.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from abonent.common.money import half_up
from abonent.common.numbers import plain_decimal
from abonent.common.periods import Period
from abonent.domain.suppliers.rules.calendar import SHIPPED, ProductionCalendar

GENERAL = "general"
# The rest of an organisation's month: PP 442 p. 82 (p. 81 for providers of utilities, who buy
# for the people of a house), PP 808 p. 33 for heat, PP 644 for water.
PROVIDERS = ("manager", "cooperative")
ELECTRICITY_DUE_DAY, PROVIDER_DUE_DAY, OTHER_DUE_DAY = 18, 15, 10
LAST_DAY = 31


@dataclass(frozen=True)
class ScheduleRow:
    """A row of schedules.csv; ``percent`` None is the rest, null account or service any."""

    account_id: int | None
    organisation_class: str
    service_id: int | None
    part: str
    valid_from: date
    valid_to: date | None
    percent: Decimal | None
    day: int | None
    month_offset: int | None


@dataclass(frozen=True)
class Term:
    """One payment: its name, percent of the month (None: the rest) and last day."""

    part: str
    percent: Decimal | None
    pay_by: date


@dataclass(frozen=True)
class SchedulePart:
    """One payment of a service with its sum in kopecks."""

    service: str
    service_name: str
    part: str
    percent: Decimal | None
    amount: int
    pay_by: date

    @property
    def share(self) -> str:
        """Return what part of the month it is, as people write it."""
        return "остаток" if self.percent is None else f"{plain_decimal(self.percent)}\u00a0%"


@dataclass(frozen=True)
class Payer:
    """Whose schedule is asked for."""

    account_id: int
    organisation_class: str


def terms(
    rows: Iterable[ScheduleRow],
    payer: Payer,
    service: tuple[int, str],
    period: Period,
    calendar: ProductionCalendar = SHIPPED,
) -> list[Term]:
    """Return the payments of a service (identifier, kind) for a month, in their order."""
    chosen = own_rows(rows, payer, service[0], period)
    if chosen:
        return terms_of_rows(chosen, period, calendar)
    return _by_law(service[1], payer.organisation_class or GENERAL, period, calendar)


def own_rows(
    rows: Iterable[ScheduleRow], payer: Payer, service_id: int, period: Period
) -> list[ScheduleRow]:
    """Return the supplier's own rows for a payer's service; none: the law says it.

    Rows of the account win over those of its class, rows of the service over those of any.
    """
    of_class = payer.organisation_class or GENERAL
    alive = [row for row in rows if _holds(row, period.last_day)]
    for mine in (True, False):
        for exact in (True, False):
            chosen = [
                row
                for row in alive
                if (row.account_id == payer.account_id if mine else row.account_id is None)
                and (mine or row.organisation_class == of_class)
                and row.service_id == (service_id if exact else None)
            ]
            if chosen:
                return chosen
    return []


def _holds(row: ScheduleRow, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


def terms_of_rows(
    rows: Sequence[ScheduleRow], period: Period, calendar: ProductionCalendar
) -> list[Term]:
    """Return the payments of rows; of one part the latest row that holds at the month's end."""
    latest = {row.part: row for row in sorted(rows, key=lambda row: row.valid_from)}
    found = [
        Term(
            row.part,
            row.percent,
            _pay_by(period, row.day or LAST_DAY, row.month_offset or 0, calendar),
        )
        for row in latest.values()
    ]
    # The rest is paid last, whatever it is called.
    return sorted(found, key=lambda term: (term.percent is None, term.pay_by, term.part))


def _pay_by(period: Period, day: int, offset: int, calendar: ProductionCalendar) -> date:
    """Return the working day by which to pay; a month too short ends with its last day."""
    month = period.plus(offset)
    return calendar.next_working(month.day(min(day, month.last_day.day)))


def _by_law(kind: str, of_class: str, period: Period, calendar: ProductionCalendar) -> list[Term]:
    rows: list[tuple[int | None, int, int]]
    if kind == "electricity" and of_class in PROVIDERS:
        rows = [(None, PROVIDER_DUE_DAY, 1)]
    elif kind == "electricity":
        rows = [(30, 10, 0), (40, 25, 0), (None, ELECTRICITY_DUE_DAY, 1)]
    elif kind == "heat":
        rows = [(35, 18, 0), (50, LAST_DAY, 0), (None, OTHER_DUE_DAY, 1)]
    else:
        rows = [(None, OTHER_DUE_DAY, 1)]
    return [
        Term(
            str(place),
            None if percent is None else Decimal(percent),
            _pay_by(period, day, offset, calendar),
        )
        for place, (percent, day, offset) in enumerate(rows, start=1)
    ]


def sums(of: Sequence[Term], cost: int) -> list[int]:
    """Divide a month's cost in kopecks: each percent half up, the last payment the rest."""
    shares = [half_up(cost * (term.percent or Decimal(0)) / 100) for term in of]
    return [*shares[:-1], cost - sum(shares[:-1])]
