"""What the month will probably cost, and what has been billed without readings so far."""

import json
from dataclasses import dataclass
from datetime import date

from abonent.common.periods import Period
from abonent.domain.billing import models
from abonent.domain.billing.queries.inputs import inputs
from abonent.domain.billing.queries.parameters import Book, book, parameters
from abonent.domain.billing.queries.quotes import line_views, readings_frame
from abonent.domain.billing.queries.statements import Services
from abonent.domain.billing.rules.estimates import LIMIT
from abonent.domain.billing.rules.lines import charge_lines
from abonent.domain.billing.rules.words import RunState
from abonent.domain.metering.queries import frames as metering
from abonent.domain.metering.queries.meters import MeterView, meters_for
from abonent.domain.metering.rules.consumption import UNIT

YEAR = 12


@dataclass(frozen=True)
class ServiceForecast:
    """What a service will probably cost, in kopecks; ``as_before``: as in the last bill."""

    name: str
    amount: int
    as_before: bool


@dataclass(frozen=True)
class Forecast:
    """What a month will probably cost, in kopecks."""

    period: Period
    services: tuple[ServiceForecast, ...]

    @property
    def amount(self) -> int:
        """Return the whole sum."""
        return sum(one.amount for one in self.services)


def forecast(
    *, supplier_id: int, account_id: int, today: date, known: Book | None = None
) -> Forecast | None:
    """Return what the current month will cost at today's prices and the usual consumption.

    The run's own calculation: meters not read yet are taken as if the usual volume were
    read. What is not known before the month's end (the heat of a house) costs as in the
    last bill. None when the account is closed, the month is billed, or nothing is known.
    """
    period = Period.of(today)
    bills = models.Bill.objects.filter(account_id=account_id, supplier_id=supplier_id)
    if bills.filter(period=period.first_day).exists():
        return None
    known = known or book(supplier_id=supplier_id)
    services = known.services
    used = parameters(supplier_id=supplier_id, period=period, known=known)
    meters = meters_for(supplier_id=supplier_id, account_id=account_id, month=period)
    values = _usual_values(meters, account_id, period)
    given = inputs(
        supplier_id=supplier_id,
        first_id=account_id,
        last_id=account_id,
        parameters=used,
        extra=readings_frame(values, period, period.last_day) if values else None,
    )
    if given.accounts.is_empty():
        return None
    result = charge_lines(given, used)
    unknown = {services[one].code for one in result.problems["service_id"].unique().to_list()}
    sums: dict[str, int] = {}
    for line in line_views(result.lines, services):
        if line.service not in unknown:
            sums[line.service] = sums.get(line.service, 0) + line.amount
    before = _last_sums(supplier_id, account_id, period, services) if unknown else {}
    told = [
        ServiceForecast(service.name, sums[service.code], as_before=False)
        if service.code in sums
        else ServiceForecast(service.name, before[service.code], as_before=True)
        for service in services.values()
        if service.code in sums or (service.code in unknown and service.code in before)
    ]
    return Forecast(period, tuple(told)) if told else None


def _usual_values(meters: list[MeterView], account_id: int, period: Period) -> dict[int, int]:
    """Return what the registers not read this month would show with the usual volume."""
    registers = [(meter, one) for meter in meters for one in meter.registers]
    read = metering.recent_readings(
        first_id=account_id,
        last_id=account_id,
        registers=[one.id for _, one in registers],
        since=period.first_day,
        before=period.plus(1).first_day,
    )["register_id"].to_list()
    values = {}
    for meter, one in registers:
        state = one.state
        if one.id not in read and state.last_value is not None and state.usual is not None:
            shown = state.last_value + state.usual * state.months
            values[one.id] = shown % (10**meter.int_digits * UNIT)
    return values


def _last_sums(
    supplier_id: int, account_id: int, period: Period, services: Services
) -> dict[str, int]:
    """Return the sums of the bill before, by service."""
    rows = models.Charge.objects.filter(
        supplier_id=supplier_id, account_id=account_id, period=period.plus(-1).first_day,
        corrects=None,
    ).values_list("service_id", "amount")  # fmt: skip
    sums: dict[str, int] = {}
    for service_id, amount in rows:
        code = services[service_id].code
        sums[code] = sums.get(code, 0) + amount
    return sums


@dataclass(frozen=True)
class Unread:
    """A service billed without readings since its last one; volumes in millionths, kopecks.

    ``left``: months in which the average will still be charged before the norm.
    ``cause``: readings (not sent), fault (the meter) or access (it could not be checked).
    ``counted_anew``: a reading will correct these months (late_reading_recalc).
    """

    name: str
    unit: str
    cause: str
    months: tuple[Period, ...]
    volume: int
    amount: int
    left: int
    counted_anew: bool


@dataclass(frozen=True)
class Ahead:
    """What lies before an account: the sum of the month, and what waits for a reading."""

    forecast: Forecast | None
    unread: tuple[Unread, ...]


def ahead(*, supplier_id: int, account_id: int, today: date) -> Ahead:
    """Return the forecast of the month and the services billed without readings."""
    whose = {"supplier_id": supplier_id, "account_id": account_id}
    known = book(supplier_id=supplier_id)
    return Ahead(
        forecast(**whose, today=today, known=known),
        _unread_services(**whose, today=today, known=known),
    )


def _unread_services(
    *, supplier_id: int, account_id: int, today: date, known: Book
) -> tuple[Unread, ...]:
    """Return what the latest bills charge without readings, service by service.

    Months in a row that end with the latest published bill. One statement.
    """
    since = Period.of(today).plus(-YEAR - 1).first_day
    published = models.BillingRun.objects.filter(
        supplier_id=supplier_id, state=RunState.PUBLISHED
    ).values("pk")
    rows = list(
        models.Charge.objects.filter(
            supplier_id=supplier_id,
            account_id=account_id,
            run_id__in=published,
            corrects=None,
            period__gte=since,
        ).order_by("-period", "line")
    )
    if not rows:
        return ()
    last = Period.of(rows[0].period)
    found = [
        _unread(known, one, [row for row in rows if row.service_id == one], last)
        for one in dict.fromkeys(row.service_id for row in rows)
    ]
    return tuple(one for one in found if one is not None)


def _unread(known: Book, service_id: int, rows: list[models.Charge], last: Period) -> Unread | None:
    """Go back from the latest bill while its lines of a service are estimates."""
    service = known.services[service_id]
    months: list[Period] = []
    volume = amount = 0
    cause, left = "", 0
    for back in range(YEAR):
        mine = [row for row in rows if Period.of(row.period) == last.plus(-back)]
        marks = [mark for mark in map(_estimate, mine) if mark is not None]
        if not marks:
            break
        if not months:
            cause, left = marks[0]
        months.insert(0, last.plus(-back))
        volume += sum(row.volume for row in mine if row.component != "heat")
        amount += sum(row.amount for row in mine)
    if not months:
        return None
    policy = known.rulebook.value("late_reading_recalc", service=service.code, kind=service.kind)
    return Unread(
        name=service.name,
        unit=service.unit.value,
        cause=cause,
        months=tuple(months),
        volume=volume,
        amount=amount,
        left=left,
        counted_anew=policy != "none",
    )


def _estimate(row: models.Charge) -> tuple[str, int] | None:
    """Return the cause of an estimated line and the months of the average still left."""
    basis = json.loads(row.basis or "{}")
    for one in basis.get("readings", []):
        if "e" in one:
            return one["e"], max(int(one.get("lim", LIMIT)) - int(one["k"]), 0)
    share = basis.get("share", {})
    return (share["cause"], 0) if "cause" in share else None
