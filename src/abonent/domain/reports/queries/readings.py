"""What the pages of readings need: the sheet to fill in, the cost, the proof."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from uuid import UUID

from abonent.common.numbers import to_scale
from abonent.common.periods import Period
from abonent.common.refusals import Refusal
from abonent.domain.accounts.queries import AccountView
from abonent.domain.accounts.rules import AccountKind
from abonent.domain.billing.queries.quotes import Quote, quote_readings
from abonent.domain.billing.rules.explanation import LineView
from abonent.domain.ledger import queries as ledger
from abonent.domain.metering.queries.meters import MeterView, RegisterView, meters_for
from abonent.domain.metering.queries.submissions import SubmissionView, submission
from abonent.domain.metering.queries.unsent import service_window
from abonent.domain.metering.rules import MICRO
from abonent.domain.metering.rules.windows import ReadingWindow, window_on
from abonent.domain.reports.queries.prices import PriceView, prices_in_force
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.rules import Rulebook, ServiceKind

WHOLE_POLICIES = ("truncate", "ceil")


@dataclass(frozen=True)
class SheetRegister:
    """One scale to be typed: what it showed, what was given already, its only price."""

    id: int
    zone_name: str
    hours: str
    was: Decimal | None
    was_on: date | None
    given: Decimal | None
    given_on: date | None
    price: Decimal | None


@dataclass(frozen=True)
class SheetMeter:
    """A meter to be read; ``frac_digits`` are those that are taken, ``policy`` says why."""

    id: int
    serial: str
    service_name: str
    service_kind: ServiceKind
    unit_name: str
    int_digits: int
    frac_digits: int
    policy: str
    ratio: Decimal
    verified_until: date | None
    window: ReadingWindow
    registers: tuple[SheetRegister, ...]

    @property
    def takes_whole(self) -> bool:
        """Tell whether only whole numbers count (MISSION C3)."""
        return self.policy in WHOLE_POLICIES

    @property
    def is_given(self) -> bool:
        """Tell whether readings of this window have been taken already."""
        return all(one.given is not None for one in self.registers)


@dataclass(frozen=True)
class ReadingSheet:
    """Every meter of an account, the services in their order."""

    account: AccountView
    today: date
    meters: tuple[SheetMeter, ...]

    @property
    def window(self) -> ReadingWindow | None:
        """Return the window that ends first; None without meters."""
        return min((meter.window for meter in self.meters), key=_ends, default=None)


@dataclass(frozen=True)
class AcceptedReadings:
    """A submission with its costs by register and in all (None where they cannot be said)."""

    submission: SubmissionView
    costs: Mapping[int, int]
    total: int | None
    window: ReadingWindow
    owes: int


def reading_sheet(*, account: AccountView, today: date) -> ReadingSheet:
    """Return the meters of an account with what is needed to type their readings.

    While the link waits nothing of what the meters showed is in it. A constant number of
    statements.
    """
    supplier_id, account_id = account.supplier_id, account.id
    rulebook = suppliers.rulebook(supplier_id=supplier_id)
    meters = meters_for(supplier_id=supplier_id, account_id=account_id, month=Period.of(today))
    windows = {meter.id: meter_window(rulebook, meter, today) for meter in meters}
    states = _states(account, meters, windows, today)
    prices = prices_in_force(supplier_id=supplier_id, account_id=account_id, day=today)
    sheet = [
        _meter(
            meter,
            account,
            rulebook,
            window=windows[meter.id],
            states=states[meter.id],
            prices=prices,
        )
        for meter in meters
        if meter.id in states
    ]
    return ReadingSheet(account, today, tuple(sheet))


def meter_window(rulebook: Rulebook, meter: MeterView, today: date) -> ReadingWindow:
    """Return the window of a meter's service by the supplier's policy."""
    return service_window(rulebook, meter.service_code, meter.service_kind, today)


def fraction_policy(rulebook: Rulebook, meter: MeterView, kind: AccountKind) -> str:
    """Return how fractions of a reading are taken; organisations keep them (RULES 1.8)."""
    if kind == AccountKind.ORGANISATION:
        return "keep"
    return rulebook.value(
        "fraction_policy", service=meter.service_code, kind=meter.service_kind.value
    )


def accepted_readings(
    *, account: AccountView, user_id: int, submission_id: UUID, today: date
) -> AcceptedReadings:
    """Return the proof of a submission; while the link waits only of the user's own.

    The cost is that of the prices in force, by the run's own rules; it is left out where
    the rules no longer say it. Refuses with NotFound for a submission of another account.
    """
    found = submission(
        supplier_id=account.supplier_id,
        account_id=account.id,
        submission_id=submission_id,
        user_id=None if account.private else user_id,
    )
    rulebook = suppliers.rulebook(supplier_id=account.supplier_id)
    window = window_on(
        today,
        from_day=rulebook.number("window_from_day"),
        to_day=rulebook.number("window_to_day"),
    )
    if not account.private:
        lines = tuple(replace(line, used=None) for line in found.lines)
        return AcceptedReadings(replace(found, lines=lines), {}, None, window, 0)
    costs, total = _costs(account, found)
    owes = ledger.subject_total(supplier_id=account.supplier_id, subject_id=account.id)
    return AcceptedReadings(found, costs, total, window, owes)


def quote_costs(quote: Quote) -> dict[int, int]:
    """Return what each typed register costs in kopecks; see ``quote_shares``."""
    return quote_shares(quote, lambda line: line.amount)


def quote_shares(quote: Quote, of: Callable[[LineView], int]) -> dict[int, int]:
    """Return the part of each typed register in a number of the lines, such as the amount.

    Several meters of one service share the service's lines: each has its part by volume,
    and together they are the whole to the kopeck. A register whose volume cannot be said
    (a first reading) has none.
    """
    owners: dict[tuple[str, str], dict[int, Decimal]] = {}
    for meter in quote.meters:
        for register in meter.registers:
            judged = quote.judgements.get(register.id)
            if judged is not None and judged.used is not None:
                volume = Decimal(judged.used) * Decimal(meter.ratio)
                owners.setdefault((meter.service_code, register.zone.value), {})[register.id] = (
                    volume
                )
    parts: dict[int, int] = {}
    for line in quote.lines:
        found = owners.get((line.service, line.zone), {})
        for register_id, part in _divided(of(line), found).items():
            parts[register_id] = parts.get(register_id, 0) + part
    return parts


def _divided(whole: int, volumes: Mapping[int, Decimal]) -> dict[int, int]:
    """Divide a whole by volume so that the parts add up to it."""
    total, given, passed = sum(volumes.values()), 0, Decimal(0)
    parts = {}
    for place, (register_id, volume) in enumerate(volumes.items(), start=1):
        passed += volume
        until = whole if place == len(volumes) else round(whole * passed / total) if total else 0
        parts[register_id], given = until - given, until
    return parts


def whole(value: Decimal, policy: str) -> Decimal:
    """Return a reading as it counts under the fraction policy (RULES 1.8)."""
    if policy == "truncate":
        return value.to_integral_value(ROUND_FLOOR)
    return value.to_integral_value(ROUND_CEILING) if policy == "ceil" else value


def _ends(window: ReadingWindow) -> date:
    return window.last


def _states(
    account: AccountView,
    meters: Sequence[MeterView],
    windows: Mapping[int, ReadingWindow],
    today: date,
) -> dict[int, tuple[MeterView, MeterView]]:
    """Return each meter as it stood before its window's month and as it stands after it."""
    month = Period.of(today)
    by_month = {month: {meter.id: meter for meter in meters}}
    for step in (1, 2):
        later = meters_for(
            supplier_id=account.supplier_id, account_id=account.id, month=month.plus(step)
        )
        by_month[month.plus(step)] = {meter.id: meter for meter in later}
    states = {}
    for meter in meters:
        period = windows[meter.id].period
        before = by_month[period].get(meter.id)
        if before is not None:
            states[meter.id] = (before, by_month[period.plus(1)].get(meter.id, before))
    return states


def _meter(
    meter: MeterView,
    account: AccountView,
    rulebook: Rulebook,
    *,
    window: ReadingWindow,
    states: tuple[MeterView, MeterView],
    prices: Sequence[PriceView],
) -> SheetMeter:
    policy = fraction_policy(rulebook, meter, account.kind)
    before, after = states
    later = {one.id: one for one in after.registers}
    return SheetMeter(
        id=meter.id,
        serial=meter.serial,
        service_name=meter.service_name,
        service_kind=meter.service_kind,
        unit_name=meter.unit_name,
        int_digits=meter.int_digits,
        frac_digits=0 if policy in WHOLE_POLICIES else meter.frac_digits,
        policy=policy,
        ratio=meter.ratio,
        verified_until=meter.verified_until,
        window=window,
        registers=tuple(
            _register(one, later.get(one.id), account, policy, _only_price(meter, one, prices))
            for one in before.registers
        ),
    )


def _register(
    before: RegisterView,
    after: RegisterView | None,
    account: AccountView,
    policy: str,
    price: Decimal | None,
) -> SheetRegister:
    """Show what stood before; a waiting link sees nothing that it did not type itself."""
    given = after is not None and is_given(after)
    open_ = account.private
    value = before.last_value if open_ else None
    return SheetRegister(
        id=before.id,
        zone_name=before.zone_name,
        hours=before.hours,
        was=whole(value, policy) if value is not None else None,
        was_on=before.last_on if open_ else None,
        given=after.last_value if after is not None and given and open_ else None,
        given_on=after.last_on if after is not None and given and open_ else None,
        price=price if open_ else None,
    )


def is_given(register: RegisterView) -> bool:
    """Tell whether a register seen from the month after has a reading of the month before it."""
    return register.last_source != "" and register.state.months == 1


def _only_price(
    meter: MeterView, register: RegisterView, prices: Sequence[PriceView]
) -> Decimal | None:
    """Return the price where one holds for any volume: no bands, no second component."""
    found = [
        one for one in prices if one.service_id == meter.service_id and one.zone == register.zone
    ]
    return found[0].rate if len(found) == 1 and not found[0].component else None


def _costs(account: AccountView, found: SubmissionView) -> tuple[dict[int, int], int | None]:
    """Return the costs of a submission, none where its values are judged otherwise by now."""
    try:
        quote = quote_readings(
            supplier_id=account.supplier_id,
            account_id=account.id,
            values={line.register_id: to_scale(line.value, MICRO) for line in found.lines},
            taken_on=found.taken_on,
            today=found.taken_on,
        )
    except Refusal:
        return {}, None
    return quote_costs(quote), quote.amount
