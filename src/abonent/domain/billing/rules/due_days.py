"""By which day a month must be paid (ЖК 155, ГК 193; RULES 0.4, 1.9). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing.rules.schedules import (
    OTHER_DUE_DAY,
    Payer,
    ScheduleRow,
    Term,
    own_rows,
    sums,
    terms,
    terms_of_rows,
)
from abonent.domain.suppliers.rules.calendar import SHIPPED, ProductionCalendar

# Минстрой letter 9202-ДН/04: bills for February 2026 are the first to be paid by the 15th.
DUE_15_FIRST = Period(2026, 2)
KEY = ["account_id", "service_id", "month"]
DAYS = {
    "payer": pl.Int64, "kind": pl.String, "of_class": pl.String, "service_id": pl.Int64,
    "month": pl.Date, "usual": pl.Date,
}  # fmt: skip


@dataclass(frozen=True)
class DueDays:
    """The days of a supplier: its production calendar and its schedules for organisations."""

    calendar: ProductionCalendar = SHIPPED
    schedules: tuple[ScheduleRow, ...] = ()

    def household(self, period: Period) -> date:
        """Return the last day for a household to pay the bill of a month."""
        return self.calendar.next_working(period.plus(1).day(15 if period >= DUE_15_FIRST else 10))

    def organisation(self, payer: Payer, service: tuple[int, str], period: Period) -> date:
        """Return the day of an organisation's last payment for a service (identifier, kind)."""
        found = terms(self.schedules, payer, service, period, self.calendar)
        return max(term.pay_by for term in found)

    def own_parts(self, payer: Payer, service: tuple[int, str], period: Period) -> list[Term]:
        """Return the payments of the supplier's own schedule; none where the law's holds.

        Until a month ends its cost is a plan and no debt: what is to be paid within the
        month is late from its end.
        """
        rows = own_rows(self.schedules, payer, service[0], period)
        found = terms_of_rows(rows, period, self.calendar) if rows else []
        return [replace(term, pay_by=max(term.pay_by, period.last_day)) for term in found]

    def earliest(self, period: Period) -> date:
        """Return the earliest day on which anything of a month may be due."""
        by_law = self.calendar.next_working(period.plus(1).day(OTHER_DUE_DAY))
        own = [
            max(terms_of_rows([row], period, self.calendar)[0].pay_by, period.last_day)
            for row in self.schedules
        ]
        return min(self.household(period), by_law, *own)

    @property
    def apart(self) -> list[int]:
        """Return the accounts with schedules of their own."""
        return sorted({row.account_id for row in self.schedules if row.account_id is not None})


def with_due_days(rows: pl.DataFrame, kinds: Mapping[int, str], due: DueDays) -> pl.DataFrame:
    """Add ``usual``, the last day to pay by the rules.

    ``rows``: account_id, kind, organisation_class, service_id, month. ``kinds``: what kind
    each service is.
    """
    firm = pl.col("kind") == "organisation"
    apart = firm & pl.col("account_id").is_in(due.apart)
    marked = rows.with_columns(
        pl.when(apart).then("account_id").otherwise(0).alias("payer"),
        pl.col("organisation_class").fill_null("").alias("of_class"),
    )
    of = [name for name in DAYS if name != "usual"]
    days = [
        (
            *key,
            due.organisation(Payer(payer, of_class), (service, kinds.get(service, "")), period)
            if kind == "organisation"
            else due.household(period),
        )
        for key in marked.select(of).unique().iter_rows()
        for payer, kind, of_class, service, period in [(*key[:4], Period.of(key[4]))]
    ]
    table = pl.DataFrame(days, schema=DAYS, orient="row")
    return marked.join(table, on=of, how="left", maintain_order="left").drop("payer", "of_class")


def scheduled_parts(debts: pl.DataFrame, kinds: Mapping[int, str], due: DueDays) -> pl.DataFrame:
    """Divide debts of organisations by the supplier's own schedules.

    ``debts``: KEY, kind, organisation_class, amount; several rows of a debt are one.
    Returns KEY, part_due, part_amount.
    """
    firms = debts.filter(pl.col("kind") == "organisation") if due.schedules else debts.clear()
    whole = firms.group_by(*KEY, "organisation_class").agg(pl.col("amount").sum())
    found = []
    for account, service, month, of_class, amount in whole.iter_rows():
        payer = Payer(account, of_class or "")
        own = due.own_parts(payer, (service, kinds.get(service, "")), Period.of(month))
        if own:
            shares = zip(own, sums(own, amount), strict=True)
            found += [(account, service, month, term.pay_by, part) for term, part in shares]
    schema = {"account_id": pl.Int64, "service_id": pl.Int64, "month": pl.Date,
              "part_due": pl.Date, "part_amount": pl.Int64}  # fmt: skip
    return pl.DataFrame(found, schema=schema, orient="row")
