"""A naive account of metered months, in decimals: written from RULES 1, 2.1 and 2.2 alone.

It knows nothing of columns, joins or the database: an account's readings in, the lines of
each of its bills out, month by month, with the corrections that late readings bring.
Months are numbered through (year × 12 + month − 1).
"""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

D = Decimal
AVERAGE_MONTHS, FEWEST, IN_ROW = 6, 3, 3


def half_up(value: Decimal, step: str) -> Decimal:
    unit = D(step)
    return (value / unit).quantize(D(1), rounding=ROUND_HALF_UP) * unit


def number(day: date) -> int:
    return day.year * 12 + day.month - 1


def first(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def last(month: int) -> date:
    day = first(month)
    return day.replace(day=monthrange(day.year, day.month)[1])


def named(month: int) -> str:
    return f"{first(month):%Y-%m}"


@dataclass
class Seen:
    """A reading: when it was taken, by whom, and from which month's run on it is known."""

    day: date
    value: Decimal
    channel: str = "file"
    known: int = 0

    @property
    def control(self) -> bool:
        return self.channel == "control"

    @property
    def month(self) -> int:
        """The window closes on the 25th; what comes later is of the next month (4.1)."""
        late = self.day.day > 25 and not self.control
        return number(self.day) + (1 if late else 0)


@dataclass
class Scale:
    """One register of a meter with all that was ever read from it."""

    zone: str
    digits: int
    readings: list[Seen] = field(default_factory=list)
    ratio: int = 1


@dataclass
class Supply:
    """One service of an account: its scales and its terms."""

    kind: str  # "el" or "cw"
    by_days: bool
    whole: bool  # only whole units of a reading are billed
    prices: list[tuple[date, str, Decimal, Decimal]]  # since, zone, above, rate
    norm: Decimal
    people: int
    scales: list[Scale]
    policy: str = "average_only"

    @property
    def step(self) -> str:
        return "1" if self.kind == "el" else "0.001"


@dataclass(frozen=True)
class Point:
    day: date
    month: int
    value: Decimal
    control: bool
    split: bool = False


def _replaced(scale: Scale, late: Seen) -> bool:
    """A month that a reading has closed in time is closed: a late one does not open it (4.3)."""
    return late.known > late.month and any(
        one.month == late.month and one.known <= one.month for one in scale.readings
    )


def points(supply: Supply, scale: Scale, horizon: int) -> list[Point]:
    """The last reading of each month, and every inspector's one."""
    known = sorted(
        (
            one
            for one in scale.readings
            if one.known <= horizon and one.month <= horizon and not _replaced(scale, one)
        ),
        key=lambda one: (one.month, one.day, one.control),
    )
    found: list[Point] = []
    for place, one in enumerate(known):
        value = D(int(one.value)) if supply.whole else one.value
        closing = [other for other in known if other.month == one.month][-1]
        days = [one.day] if one is closing or one.control or not place else []
        if one is not closing:
            # A reading at a change of price splits, as if of the old price's last day (1.4).
            for end in [row[0] - timedelta(days=1) for row in supply.prices]:
                rivals = [
                    other for other in known if other.month == one.month and other.day < closing.day
                ]
                nearest = min(rivals, key=lambda other: abs((other.day - end).days))
                if abs((one.day - end).days) <= 3 and closing.day > end and nearest is one:
                    days = [end, *days] if end not in days else days
        for day in days:
            if not found or day > found[-1].day:
                found.append(Point(day, one.month, value, one.control, split=one is not closing))
    return found


def used(scale: Scale, before: Point, after: Point) -> Decimal:
    volume = after.value - before.value
    if volume < 0 and (not after.control or before.value >= D("0.9") * 10**scale.digits):
        volume += 10**scale.digits
    return volume * scale.ratio


def average(supply: Supply, scale: Scale, ahead: list[Point]) -> Decimal | None:
    """Six months back from the last of these points, or further; at least three."""
    while len(ahead) > 1 and ahead[0].month == ahead[1].month:
        ahead = ahead[1:]  # days of one month are no month of history
    total, months = D(0), 0
    for before, after in reversed(list(pairwise(ahead))):
        if months >= AVERAGE_MONTHS:
            break
        total += used(scale, before, after)
        months += after.month - before.month
    if months < FEWEST:
        return None
    return half_up(total / months, supply.step)


def estimate(supply: Supply, scale: Scale, ahead: list[Point], month: int) -> Decimal | None:
    """The average of a silent month, or None where the norm applies."""
    if not ahead or month - ahead[-1].month > IN_ROW:
        return None
    return average(supply, scale, ahead)


def shares(supply: Supply, volume: Decimal, cuts: list[date]) -> list[Decimal]:
    """A volume over the days between neighbouring cuts, the last taking the rest."""
    days = (cuts[-1] - cuts[0]).days
    done, parts = D(0), []
    for end in cuts[1:]:
        until = volume
        if end != cuts[-1]:
            until = half_up(volume * (end - cuts[0]).days / days, supply.step)
        parts.append(until - done)
        done = until
    return parts


@dataclass
class Month:
    """What one scale gives to one month: pieces with their days, how they were found."""

    method: str
    pieces: list[tuple[date | None, date, Decimal]]


@dataclass
class Bills:
    """What was billed so far: (method, zone, band, volume, rate, amount, corrected month)."""

    of: dict[int, list[tuple]] = field(default_factory=dict)

    def by_norm(self, month: int) -> bool:
        return any(row[0] == "norm" for row in self.of[month])

    def volume(self, month: int, zones: set[str]) -> Decimal:
        """The volume charged for a month in these zones, with the corrections since."""
        return sum(
            (
                row[3]
                for at, rows in self.of.items()
                for row in rows
                if (row[6] or at) == month and row[1] in zones
            ),
            D(0),
        )


def month_of(supply: Supply, scale: Scale, month: int, horizon: int, bills: Bills) -> Month:
    """What a month should have been, as known with the readings of ``horizon``."""
    marks = points(supply, scale, horizon)
    pieces: list[tuple[date | None, date, Decimal]] = []
    for before, after in pairwise(marks):
        if not (before.month < month <= after.month or before.month == month == after.month):
            continue
        volume = used(scale, before, after)
        silent = [one for one in range(before.month + 1, after.month) if one in bills.of]
        if not silent:
            if month == after.month and recounted(supply, month, bills):
                pieces.append((before.day, after.day, volume))
        elif after.control:
            if month == after.month:
                own = {scale.zone, "single"} if scale is supply.scales[0] else {scale.zone}
                volume -= sum((bills.volume(one, own) for one in silent), D(0))
                pieces.append((None, after.day, volume))
        else:
            pieces += _spread(supply, (before, after), volume, month, bills, silent)
    if pieces:
        return Month("meter", pieces)
    if any(one.month == month for one in marks):
        return Month("nothing", [])  # its days were all of the months before, or it began here
    said = estimate(supply, scale, [one for one in marks if one.month < month], month)
    if month in bills.of:  # it stays what it was
        said = None if bills.by_norm(month) else said
    return Month("norm", []) if said is None else Month("average", [(None, last(month), said)])


def _spread(supply, ends, volume, month, bills, silent):
    """The pieces of a difference over silent months that belong to a month."""
    before, after = ends
    # Months before billing began are history: their days are not billed.
    quiet = {*silent, *range(before.month + 1, min(bills.of))}
    inner = sorted(last(one) for one in quiet if before.day < last(one) < after.day)
    cuts = [before.day, *inner, after.day]
    for start, end, part in zip(cuts, cuts[1:], shares(supply, volume, cuts), strict=False):
        own = min(max(number(end), before.month + 1), after.month)
        if own == month and recounted(supply, own, bills):
            yield start, end, part


def recounted(supply: Supply, month: int, bills: Bills) -> bool:
    """A month charged by the norm stays, and with the policy ``none`` every month does."""
    if month not in bills.of or supply.policy == "full":
        return True
    return supply.policy == "average_only" and not bills.by_norm(month)


def since(supply: Supply, day: date) -> date:
    return max(one[0] for one in supply.prices if one[0] <= day)


def lines(supply: Supply, month: int, horizon: int, bills: Bills) -> list[tuple]:
    """(method, zone, band, volume, rate, amount) of a month's lines, in their order."""
    found = {
        scale.zone + str(at): (scale, month_of(supply, scale, month, horizon, bills))
        for at, scale in enumerate(supply.scales)
    }
    if any(one.method == "norm" for _, one in found.values()):
        price = since(supply, last(month))
        return _priced(supply, {price: {"single": supply.norm * supply.people}}, 1, {price: "norm"})
    segments: dict[date, dict[str, Decimal]] = {}
    methods: dict[date, str] = {}
    months = 1
    for scale, one in found.values():
        splits = [mark.day for mark in points(supply, scale, horizon) if mark.split]
        for start, end, volume in one.pieces:
            cuts = [end]
            if start is not None:
                changes = sorted({row[0] - timedelta(days=1) for row in supply.prices})
                inner = [day for day in changes if start < day < end] if supply.by_days else []
                cuts = [start, *inner, end]
            parts = shares(supply, volume, cuts) if start else [volume]
            for day, part in zip(cuts[-len(parts) :], parts, strict=True):
                by_days = supply.by_days and start is not None
                price = since(supply, day if by_days or (start and day in splits) else last(month))
                place = segments.setdefault(price, {})
                place[scale.zone] = place.get(scale.zone, D(0)) + part
                if one.method == "average" or price not in methods:
                    methods[price] = one.method
        months = max(months, _covered(supply, scale, month, horizon, bills))
    return _priced(supply, segments, months, methods)


def _covered(supply: Supply, scale: Scale, month: int, horizon: int, bills: Bills) -> int:
    """How many months without a bill of their own one difference brings to this month."""
    marks = points(supply, scale, horizon)
    for before, after in pairwise(marks):
        if after.month == month and before.month < month:
            return (
                month
                - before.month
                - sum(1 for one in range(before.month + 1, month) if one in bills.of)
            )
    return 1


def _priced(supply, segments, months, methods) -> list[tuple]:
    result, filled = [], D(0)
    for price in sorted(segments):
        zones = segments[price]
        rows = [row for row in supply.prices if row[0] == price]
        limits = sorted({row[2] for row in rows})
        for zone in sorted(zones, key=["single", "day", "night"].index):
            result += [
                (methods[price], zone, band, size, _rate(rows, zone, limits[band - 1]))
                for band, size in _bands(zones, zone, limits, months, filled)
            ]
        filled += sum(zones.values())
    kept = sorted(result, key=lambda row: (["single", "day", "night"].index(row[1]), row[2]))
    return [(*row, half_up(row[3] * row[4], "0.01")) for row in kept]


def _rate(rows, zone, above):
    return next(row[3] for row in rows if row[1] == zone and row[2] == above)


def _bands(zones, zone, limits, months, filled):
    """Bands of a segment: sizes by the whole volume, shared by the zones' proportion."""
    if len(limits) == 1:
        return [(1, zones[zone])]
    total = sum(zones.values())
    if total <= 0:
        return [(1, zones[zone])]
    sizes = []
    for at, low in enumerate(limits):
        high = limits[at + 1] * months if at + 1 < len(limits) else D("Infinity")
        sizes.append(max(D(0), min(filled + total, high) - max(filled, low * months)))
    if len(zones) == 1:
        return [(at + 1, size) for at, size in enumerate(sizes) if size]
    left = {name: zones[name] for name in zones}
    cells = {}
    full = [at for at, size in enumerate(sizes) if size]
    for at in full:
        if at == full[-1]:
            for name in zones:
                cells[name, at] = left[name]
            continue
        day = half_up(sizes[at] * zones["day"] / total, "1")
        cells["day", at], cells["night", at] = day, sizes[at] - day
        left["day"] -= day
        left["night"] -= sizes[at] - day
    return [(at + 1, cells[zone, at]) for at in full if cells[zone, at]]


@dataclass
class History:
    """The bills of one supply, as they would be published month by month."""

    supply: Supply
    bills: Bills = field(default_factory=Bills)

    def bill(self, month: int) -> list[tuple]:
        """Lines and corrections of the next month: what should have been, minus what was."""
        own = [(*row, None) for row in lines(self.supply, month, month, self.bills)]
        if self.supply.policy != "none":
            for past in sorted(self.bills.of):
                own += self._corrected(past, month)
        self.bills.of[month] = own
        return own

    def _corrected(self, past: int, horizon: int) -> list[tuple]:
        now: dict[tuple, list] = {}
        found = [
            month_of(self.supply, one, past, horizon, self.bills) for one in self.supply.scales
        ]
        if not any(one.method == "meter" for one in found):
            return []  # no reading speaks for the month: its estimate stays
        for row in lines(self.supply, past, horizon, self.bills):
            place = now.setdefault((row[1], row[2], row[4]), [D(0), D(0)])
            place[0] += row[3]
            place[1] += row[5]
        for of, rows in self.bills.of.items():
            for row in rows:
                if (row[6] or of) == past:
                    place = now.setdefault((row[1], row[2], row[4]), [D(0), D(0)])
                    place[0] -= row[3]
                    place[1] -= row[5]
        return [
            ("correction", zone, band, volume, rate, amount, past)
            for (zone, band, rate), (volume, amount) in sorted(now.items())
            if amount
        ]
