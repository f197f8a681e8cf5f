"""Charges by month and service, each beside the same month of the year before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from abonent.common.periods import MONTHS, Period
from abonent.domain.billing import models
from abonent.domain.billing.rules.words import RunState
from abonent.domain.suppliers import queries as suppliers


@dataclass(frozen=True)
class MonthCharges:
    """A billed month in kopecks: services by code, penalty apart; None where none was billed."""

    period: Period
    services: Mapping[str, int]
    penalty: int

    @property
    def total(self) -> int:
        """Return what the month itself cost."""
        return sum(self.services.values()) + self.penalty


@dataclass(frozen=True)
class MonthPair:
    """A month with the same month of the year before; None where none was billed."""

    period: Period
    now: MonthCharges | None
    before: MonthCharges | None


@dataclass(frozen=True)
class ChargesByService:
    """The months of a span, the earliest first; ``names`` are the services that were charged."""

    months: tuple[MonthPair, ...]
    names: Mapping[str, str]
    first_billed: Period | None


def charges_by_service(
    *, supplier_id: int, account_id: int, since: Period, until: Period
) -> ChargesByService:
    """Return the published charges of the months ``since`` to ``until``, both included.

    A correction counts in the month whose bill has it. Three statements, however long the
    span is.
    """
    published = models.BillingRun.objects.filter(
        supplier_id=supplier_id, state=RunState.PUBLISHED
    ).values("pk")
    span = (since.plus(-MONTHS).first_day, until.first_day)
    bills = models.Bill.objects.filter(
        supplier_id=supplier_id, account_id=account_id, run_id__in=published
    )
    rows = models.Charge.objects.filter(
        supplier_id=supplier_id, account_id=account_id, run_id__in=published, period__range=span
    ).values_list("period", "service_id")
    named = {one.id: one for one in suppliers.services(supplier_id=supplier_id)}
    sums: dict[date, dict[str, int]] = {}
    for period, service_id, amount in rows.annotate(amount=Sum("amount")).order_by("service_id"):
        sums.setdefault(period, {})[named[service_id].code] = int(amount)
    penalties = dict(bills.order_by("period").values_list("period", "penalty"))
    billed = {
        Period.of(day): MonthCharges(Period.of(day), sums.get(day, {}), penalty)
        for day, penalty in penalties.items()
    }
    months = [since.plus(step) for step in range(until.months_since(since) + 1)]
    return ChargesByService(
        months=tuple(
            MonthPair(one, billed.get(one), billed.get(one.plus(-MONTHS))) for one in months
        ),
        names={
            one.code: one.name
            for one in named.values()
            if any(one.code in found for found in sums.values())
        },
        first_billed=min(billed, default=None),
    )
