"""Schedules of payments read back: for an export and for a month's bill."""

from collections.abc import Mapping, Sequence

import polars as pl

from abonent.common.frames import read_frame
from abonent.common.periods import Period
from abonent.domain.accounts.queries.cards import AccountCard
from abonent.domain.billing.rules.due_days import DueDays
from abonent.domain.billing.rules.explanation import LineView
from abonent.domain.billing.rules.schedules import (
    Payer,
    SchedulePart,
    ScheduleRow,
    sums,
    terms,
)
from abonent.domain.suppliers.queries import ServiceView

SCHEDULES = {
    "account_id": pl.Int64, "organisation_class": pl.String, "service_id": pl.Int64,
    "part": pl.String, "valid_from": pl.Date, "valid_to": pl.Date,
    "percent": pl.Decimal(38, 4), "day": pl.Int64, "month_offset": pl.Int64,
}  # fmt: skip


def schedules_register(*, supplier_id: int) -> pl.DataFrame:
    """Return the supplier's schedules as schedules.csv has them."""
    return read_frame(
        f"""SELECT {", ".join(SCHEDULES)} FROM billing_paymentschedule
             WHERE supplier_id = %(supplier)s""",
        SCHEDULES,
        {"supplier": supplier_id},
    )


def schedule_rows(*, supplier_id: int) -> list[ScheduleRow]:
    """Return the supplier's schedules as the rules take them."""
    table = schedules_register(supplier_id=supplier_id).to_dicts()
    return [ScheduleRow(**{name: row[name] for name in SCHEDULES}) for row in table]


def schedule_of(
    card: AccountCard,
    lines: Sequence[LineView],
    services: Mapping[int, ServiceView],
    period: Period,
    due: DueDays,
) -> tuple[SchedulePart, ...]:
    """Return when an organisation pays which part of a month's lines."""
    payer = Payer(card.id, card.organisation_class)
    found: list[SchedulePart] = []
    for service in sorted(services.values(), key=lambda one: one.code):
        cost = sum(line.amount for line in lines if line.service == service.code)
        if cost <= 0:
            continue
        of = terms(due.schedules, payer, (service.id, service.kind.value), period, due.calendar)
        found += [
            SchedulePart(service.code, service.name, term.part, term.percent, amount, term.pay_by)
            for term, amount in zip(of, sums(of, cost), strict=True)
        ]
    return tuple(found)
