"""What an invented town consists of, before it becomes files."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate

from abonent.common.periods import Period

# Volumes and readings are whole thousandths of the unit: kWh, m³, Gcal.
MILLI = 1000


@dataclass(frozen=True)
class Place:
    """A locality with the streets that houses stand on and the branch that serves it."""

    locality: str
    branch: str
    streets: tuple[str, ...]


@dataclass(frozen=True)
class HouseKind:
    """How a house is heated and what its accounts are like.

    ``heat``: meter (house meter), rooms (house meter and meters in some rooms), norm
    (no meter, in the season), year (no meter, over twelve months), none.
    """

    name: str
    flats: int
    heat: str = "none"
    private: bool = False


@dataclass(frozen=True)
class Plan:
    """What is particular to one supplier's town."""

    code: str
    name: str
    region: str
    timezone: str
    letters: str
    climate: str
    prefix: str
    places: tuple[Place, ...]
    services: tuple[str, ...]
    houses: tuple[HouseKind, ...]
    organisations: float
    price: float
    channels: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class DemoHouse:
    """A house; areas in square metres, ``factor`` says how warm its walls are."""

    code: str
    kind: HouseKind
    place: Place
    street: str
    number: str
    letter: str
    area_total: int
    area_common: int
    factor: float


@dataclass(frozen=True)
class Flow:
    """The usage of one zone over the months, countable on any day (thousandths)."""

    months: tuple[Period, ...]
    volumes: tuple[int, ...]

    def until(self, day: date) -> int:
        """Return what was used from the first month to the end of a day, evenly by days."""
        whole = tuple(accumulate(self.volumes, initial=0))
        at = bisect_right([month.first_day for month in self.months], day) - 1
        if at < 0:
            return 0
        period = self.months[at]
        passed = min(day.day, period.days)
        return whole[at] + self.volumes[at] * passed // period.days

    def in_month(self, period: Period) -> int:
        """Return what was used in a month."""
        return self.volumes[self.months.index(period)]


@dataclass(frozen=True)
class DemoMeter:
    """A meter with the usage it counts: ``start`` is what each scale showed on ``since``."""

    serial: str
    zones: tuple[str, ...]
    used: tuple[Flow, ...]
    int_digits: int
    frac_digits: int
    ratio: int
    installed_on: date
    since: date
    start: tuple[int, ...]
    verified_on: date
    verified_until: date
    removed_on: date | None = None

    def shows(self, day: date) -> tuple[int, ...]:
        """Return what each scale shows at the end of a day, in thousandths, zero passed."""
        size = 10**self.int_digits * MILLI
        return tuple(
            (start + (flow.until(day) - flow.until(self.since)) // self.ratio) % size
            for start, flow in zip(self.start, self.used, strict=True)
        )


@dataclass(frozen=True)
class DemoPoint:
    """A service at an account: its agreement and the meters it has had, oldest first."""

    service: str
    category: str
    zones: tuple[str, ...]
    contract: str = ""
    meter_possible: bool = True
    size: float = 1.0
    meters: tuple[DemoMeter, ...] = ()


@dataclass(frozen=True)
class DemoAccount:
    """An account with the habits of the people behind it."""

    number: str
    kind: str
    category: str
    house: DemoHouse
    flat: str
    extension: str
    area: int  # hundredths of a square metre
    residents: int
    owners: int
    name: str
    inn: str
    kpp: str
    organisation_class: str
    email: str
    phone: str
    opened_on: date
    habit: str
    channel: str
    payer: str
    cast: str = ""
    points: tuple[DemoPoint, ...] = field(default=())
