"""Pages of readings without sign-in: the sheet of a proven account, the proof of acceptance.

Nothing is in them that the person has not typed or seen on the meter itself.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from abonent.common.periods import Period
from abonent.domain.accounts.queries.cards import account_card, account_numbers
from abonent.domain.accounts.rules import AccountKind, masked_number
from abonent.domain.metering.queries.meters import MeterView, meters_for
from abonent.domain.metering.queries.submissions import SubmissionView, open_submission
from abonent.domain.metering.rules.windows import ReadingWindow
from abonent.domain.reports.queries.readings import (
    WHOLE_POLICIES,
    fraction_policy,
    meter_window,
)
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.rules import Rulebook, ServiceKind

# How long the page of acceptance may be opened again by its address.
SHOWN_FOR = timedelta(days=1)


@dataclass(frozen=True)
class OpenRegister:
    """One scale to be typed."""

    id: int
    zone_name: str
    hours: str


@dataclass(frozen=True)
class OpenMeter:
    """A meter to be read, known by what is written on it."""

    id: int
    serial: str
    service_name: str
    service_kind: ServiceKind
    unit_name: str
    int_digits: int
    frac_digits: int
    policy: str
    window: ReadingWindow
    registers: tuple[OpenRegister, ...]

    @property
    def takes_whole(self) -> bool:
        """Tell whether only whole numbers count (MISSION C3)."""
        return self.policy in WHOLE_POLICIES


@dataclass(frozen=True)
class OpenAcceptance:
    """A submission without sign-in with the end of its account's number."""

    account: str
    submission: SubmissionView


def open_sheet(*, supplier_id: int, account_id: int, today: date) -> tuple[OpenMeter, ...]:
    """Return the meters of an account without anything that they have shown."""
    rulebook = suppliers.rulebook(supplier_id=supplier_id)
    card = account_card(supplier_id=supplier_id, account_id=account_id)
    meters = meters_for(supplier_id=supplier_id, account_id=account_id, month=Period.of(today))
    return tuple(_meter(one, card.kind, rulebook, today) for one in meters)


def open_acceptance(*, supplier_id: int, submission_id: UUID, now: datetime) -> OpenAcceptance:
    """Return the proof of a submission of the last day; refuses with NotFound."""
    found = open_submission(
        supplier_id=supplier_id, submission_id=submission_id, since=now - SHOWN_FOR
    )
    numbers = account_numbers(supplier_id=supplier_id, account_ids=[found.account_id])
    return OpenAcceptance(masked_number(numbers[found.account_id]), found.submission)


def shown_digits(value: Decimal, digits: int) -> Decimal:
    """Return a reading with the decimals of its dial."""
    return value.quantize(Decimal(1).scaleb(-digits))


def _meter(meter: MeterView, kind: AccountKind, rulebook: Rulebook, today: date) -> OpenMeter:
    policy = fraction_policy(rulebook, meter, kind)
    return OpenMeter(
        id=meter.id,
        serial=meter.serial,
        service_name=meter.service_name,
        service_kind=meter.service_kind,
        unit_name=meter.unit_name,
        int_digits=meter.int_digits,
        frac_digits=0 if policy in WHOLE_POLICIES else meter.frac_digits,
        policy=policy,
        window=meter_window(rulebook, meter, today),
        registers=tuple(OpenRegister(one.id, one.zone_name, one.hours) for one in meter.registers),
    )
