"""The customer's first page: everything about one account, in a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from abonent.common.periods import Period
from abonent.domain.accounts.queries import AccountView
from abonent.domain.accounts.queries.houses import HouseView, house_of
from abonent.domain.accounts.rules import AccountKind
from abonent.domain.billing.queries import BillView, bills_of
from abonent.domain.billing.queries.forecast import Ahead, ahead
from abonent.domain.ledger import queries as ledger
from abonent.domain.ledger.queries import BalanceLine
from abonent.domain.ledger.rules import Book, Part
from abonent.domain.metering.queries.meters import MeterView, meters_for
from abonent.domain.metering.queries.submissions import ControlView, last_control
from abonent.domain.metering.rules.windows import ReadingWindow, WindowState
from abonent.domain.payments.queries import PaymentView, in_flight, payments_of
from abonent.domain.payments.rules import Kind
from abonent.domain.reports.queries.prices import (
    PriceView,
    prices_for_meters,
    prices_in_force,
)
from abonent.domain.reports.queries.readings import is_given, meter_window
from abonent.domain.suppliers import queries as suppliers

SHOWN_MONTHS = 6
# Up to the thirtieth day after the term inclusive there is no penalty (RULES 3.1).
FREE_DAYS = timedelta(days=30)
RECENT_PAYMENTS = 20


class StepKind(StrEnum):
    """The one thing to do next, the most urgent first."""

    READINGS = "readings"
    PAYMENT_CHECKED = "payment_checked"
    DEBT = "debt"
    NOTHING = "nothing"


@dataclass(frozen=True)
class RegisterLine:
    """One scale with its last reading; ``given`` tells whether the window has one already."""

    id: int
    zone_name: str
    value: Decimal | None
    on: date | None
    source: str
    given: bool


@dataclass(frozen=True)
class MeterLine:
    """A meter of the account with its last readings and the window of its service."""

    id: int
    serial: str
    service_name: str
    unit_name: str
    int_digits: int
    frac_digits: int
    verified_until: date | None
    window: ReadingWindow
    registers: tuple[RegisterLine, ...]

    @property
    def is_given(self) -> bool:
        """Tell whether readings of the window have been taken."""
        return all(one.given for one in self.registers)


class ShareKind(StrEnum):
    """What a part of the balance is for."""

    SERVICE = "service"
    PENALTY = "penalty"
    COSTS = "costs"
    ADVANCE = "advance"


_APART = {Part.PENALTY: ShareKind.PENALTY, Part.COSTS: ShareKind.COSTS}


@dataclass(frozen=True)
class Share:
    """A part of the balance in kopecks: of a service by its name, or of what has none."""

    kind: ShareKind
    amount: int
    name: str = ""


@dataclass(frozen=True)
class Balance:
    """What is owed, kopecks: positive a debt, negative an advance.

    ``bill`` is the last published one, ``paid_since`` what has come since then, ``paid_on``
    its day when it was one payment. ``penalty`` is the part of the debt that is penalty.
    Paying up to ``free_until`` inclusive adds none; None when that cannot be promised.
    ``shares`` make up the total: each service, penalty, costs, what is not divided yet.
    """

    total: int
    penalty: int
    bill: BillView | None
    paid_since: int
    paid_on: date | None
    free_until: date | None
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True)
class MonthLine:
    """What a month cost and what was paid in it, kopecks."""

    period: Period
    charged: int
    paid: int


@dataclass(frozen=True)
class Overview:
    """One account at a glance.

    While the link waits only ``meters`` are filled, and without what they showed.
    """

    account: AccountView
    today: date
    step: StepKind
    meters: tuple[MeterLine, ...]
    balance: Balance | None = None
    checked: PaymentView | None = None
    months: tuple[MonthLine, ...] = ()
    prices: tuple[PriceView, ...] = ()
    last_payment: PaymentView | None = None
    last_control: ControlView | None = None
    house: HouseView | None = None
    ahead: Ahead | None = None

    @property
    def missing(self) -> tuple[MeterLine, ...]:
        """Return the meters whose window is open and that nobody has read yet."""
        return tuple(
            meter
            for meter in self.meters
            if meter.window.state == WindowState.OPEN and not meter.is_given
        )

    @property
    def window(self) -> ReadingWindow | None:
        """Return the window to speak of: the one that closes first, of what is missing if any."""
        windows = [meter.window for meter in self.missing or self.meters]
        return min(windows, key=lambda window: (window.last, window.first), default=None)


def account_overview(*, account: AccountView, today: date) -> Overview:
    """Return the picture of one account on a day at the supplier's place.

    While the link waits it holds nothing but the windows of the meters. The number of
    statements does not grow with the history.
    """
    meters = _meters(account, today)
    if not account.private:
        return Overview(account, today, StepKind.NOTHING, tuple(_bare(line) for line, _ in meters))
    supplier_id, account_id = account.supplier_id, account.id
    bills = bills_of(supplier_id=supplier_id, account_id=account_id)[:SHOWN_MONTHS]
    lines = ledger.balances(supplier_id=supplier_id, subject_id=account_id)
    paid = _paid(account)
    balance = _balance(account, bills, lines, paid, today)
    flying = in_flight(supplier_id=supplier_id, account_ids=[account_id])
    checked = flying[0] if flying else None
    shown = tuple(line for line, _ in meters)
    # Without a month's usual consumption there is nothing to foretell the sum by.
    usual = any(one.state.usual is not None for _, meter in meters for one in meter.registers)
    return Overview(
        account=account,
        today=today,
        step=_step(shown, checked, balance),
        meters=shown,
        balance=balance,
        checked=checked,
        months=tuple(_month(bill) for bill in reversed(bills)),
        prices=prices_for_meters(
            prices_in_force(supplier_id=supplier_id, account_id=account_id, day=today),
            [meter for _, meter in meters],
        ),
        last_payment=paid[0] if paid else None,
        last_control=last_control(supplier_id=supplier_id, account_id=account_id, today=today),
        house=house_of(supplier_id=supplier_id, account_id=account_id),
        ahead=ahead(supplier_id=supplier_id, account_id=account_id, today=today) if usual else None,
    )


def _meters(account: AccountView, today: date) -> list[tuple[MeterLine, MeterView]]:
    """Return the meters as they stand now, this month's readings and early ones included."""
    rulebook = suppliers.rulebook(supplier_id=account.supplier_id)
    month = Period.of(today)
    span = {"supplier_id": account.supplier_id, "account_id": account.id}
    after_this = {one.id: one for one in meters_for(**span, month=month.plus(1))}
    after_next = {one.id: one for one in meters_for(**span, month=month.plus(2))}
    result = []
    for meter in after_next.values():
        window = meter_window(rulebook, meter, today)
        late = window.period > month
        seen = (after_next if late else after_this).get(meter.id, meter)
        given = {one.id for one in seen.registers if is_given(one)}
        result.append((_meter_line(meter, window, given), meter))
    return result


def _meter_line(meter: MeterView, window: ReadingWindow, given: set[int]) -> MeterLine:
    return MeterLine(
        id=meter.id,
        serial=meter.serial,
        service_name=meter.service_name,
        unit_name=meter.unit_name,
        int_digits=meter.int_digits,
        frac_digits=meter.frac_digits,
        verified_until=meter.verified_until,
        window=window,
        registers=tuple(
            RegisterLine(
                id=one.id,
                zone_name=one.zone_name,
                value=one.last_value,
                on=one.last_on,
                source=one.last_source,
                given=one.id in given,
            )
            for one in meter.registers
        ),
    )


def _bare(line: MeterLine) -> MeterLine:
    """Leave of a meter what the sheet of readings shows to anybody who may fill it in."""
    registers = tuple(
        RegisterLine(one.id, one.zone_name, None, None, "", given=False) for one in line.registers
    )
    return MeterLine(
        id=line.id,
        serial=line.serial,
        service_name=line.service_name,
        unit_name=line.unit_name,
        int_digits=line.int_digits,
        frac_digits=line.frac_digits,
        verified_until=None,
        window=line.window,
        registers=registers,
    )


def _paid(account: AccountView) -> list[PaymentView]:
    """Return the last payments that have come, the newest first."""
    recent = payments_of(
        supplier_id=account.supplier_id, account_ids=[account.id], limit=RECENT_PAYMENTS
    )
    return [one for one in recent if one.paid and one.kind == Kind.PAYMENT]


def _balance(
    account: AccountView,
    bills: Sequence[BillView],
    lines: Sequence[BalanceLine],
    paid: Sequence[PaymentView],
    today: date,
) -> Balance:
    owed = [line for line in lines if line.book == Book.RECEIVABLE]
    total = sum(line.amount for line in lines if line.book in {Book.RECEIVABLE, Book.ADVANCE})
    bill = bills[0] if bills else None
    paid_since = bill.due - total if bill else 0
    last = paid[0] if paid else None
    alone = last is not None and last.amount_for(account.id) == paid_since
    return Balance(
        total=total,
        penalty=sum(line.amount for line in owed if line.part == Part.PENALTY),
        bill=bill,
        paid_since=paid_since,
        paid_on=(last.paid_on or last.happened_on) if last is not None and alone else None,
        free_until=_free_until(account, bill, lines, today) if total > 0 else None,
        shares=_shares(account, lines),
    )


def _shares(account: AccountView, lines: Sequence[BalanceLine]) -> tuple[Share, ...]:
    """Divide the balance by services, in the supplier's order."""
    of_service: dict[int, int] = {}
    others = dict.fromkeys((ShareKind.PENALTY, ShareKind.COSTS, ShareKind.ADVANCE), 0)
    for line in lines:
        if line.book == Book.ADVANCE:
            others[ShareKind.ADVANCE] += line.amount
        elif line.book == Book.RECEIVABLE and line.part in _APART:
            others[_APART[line.part]] += line.amount
        elif line.book == Book.RECEIVABLE:
            of_service[line.service_id] = of_service.get(line.service_id, 0) + line.amount
    found = suppliers.services(supplier_id=account.supplier_id)
    named = [Share(ShareKind.SERVICE, of_service.pop(one.id, 0), one.name) for one in found]
    rest = Share(ShareKind.SERVICE, sum(of_service.values()))
    all_of_them = (*named, rest, *(Share(kind, amount) for kind, amount in others.items()))
    return tuple(share for share in all_of_them if share.amount)


def _free_until(
    account: AccountView, bill: BillView | None, lines: Sequence[BalanceLine], today: date
) -> date | None:
    """Return the last day without penalty: of a household that owes the last bill alone."""
    if bill is None or account.kind != AccountKind.HOUSEHOLD:
        return None
    first = bill.period.first_day
    older = sum(
        line.amount
        for line in lines
        if line.book == Book.ADVANCE or (line.book == Book.RECEIVABLE and line.month != first)
    )
    free = bill.due_by + FREE_DAYS
    return free if older <= 0 and today <= free else None


def _step(meters: Sequence[MeterLine], checked: PaymentView | None, balance: Balance) -> StepKind:
    if any(one.window.state == WindowState.OPEN and not one.is_given for one in meters):
        return StepKind.READINGS
    if checked is not None:
        return StepKind.PAYMENT_CHECKED
    return StepKind.DEBT if balance.total > 0 else StepKind.NOTHING


def _month(bill: BillView) -> MonthLine:
    return MonthLine(bill.period, bill.charged + bill.penalty, bill.paid)
