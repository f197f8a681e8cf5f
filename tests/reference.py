"""A naive calculation of one account, in decimals, written from RULES and not from the engine.

It knows nothing of columns, joins or scaled integers: a dictionary in, a list of
(service, component, zone, band, volume, kopecks) out.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

D = Decimal


def half_up(value: Decimal, step: str = "1") -> Decimal:
    sign = -1 if value < 0 else 1
    return sign * abs(value).quantize(D(step), rounding=ROUND_HALF_UP)


@dataclass
class Price:
    """One row of tariffs.csv."""

    zone: str
    above: Decimal
    since: date
    rate: Decimal
    component: str = ""


@dataclass
class Dial:
    """One register: its base and its close, each (day, value)."""

    zone: str
    base: tuple[date, Decimal]
    close: tuple[date, Decimal]
    months: int = 1
    digits: int = 5


@dataclass
class Service:
    """What one account has of one service."""

    unit: str
    by_days: bool
    prices: list[Price]
    dials: list[Dial] = field(default_factory=list)
    truncate: bool = False
    day_first: bool = False
    norm: Decimal | None = None
    people: int = 0
    multiplier: Decimal = Decimal(1)
    heating: Decimal | None = None


ZONES = ["single", "day", "peak", "halfpeak", "night"]


def bill(service: Service, month_end: date) -> list[tuple]:
    """Return the lines of the month (RULES 1.1–1.6, 2.1, 2.4)."""
    if not service.dials:
        volume = service.people * service.norm
        return _lines(service, [(month_end, {"single": volume})], 1)
    segments: dict[date, dict[str, Decimal]] = {}
    months = 1
    for dial in service.dials:
        months = max(months, dial.months)
        for start, day, volume in _cut(service, dial, month_end):
            place = segments.setdefault(start, {"price day": day})
            place[dial.zone] = place.get(dial.zone, D(0)) + volume
            place["price day"] = max(place["price day"], day)
    ordered = [(one.pop("price day"), one) for _, one in sorted(segments.items())]
    return _lines(service, ordered, months)


def _cut(service: Service, dial: Dial, month_end: date) -> list[tuple]:
    """Return (first day of the price, day of the price, volume) of each segment."""
    (base_on, base), (close_on, close) = dial.base, dial.close
    if service.truncate:
        base, close = D(int(base)), D(int(close))
    volume = close - base
    if volume < 0:
        volume += 10**dial.digits
    starts = sorted({price.since for price in service.prices})

    def start_of(day: date) -> date:
        return max(start for start in starts if start <= day)

    if not service.by_days:
        return [(start_of(month_end), month_end, volume)]
    borders = [start - timedelta(days=1) for start in starts]
    ends = [border for border in borders if base_on < border < close_on] + [close_on]
    days = (close_on - base_on).days
    step = "1" if service.unit == "kwh" else "0.001"
    parts, used, since = [], D(0), base_on
    for end in ends:
        part = (
            volume - used if end == close_on else half_up(volume * (end - since).days / days, step)
        )
        parts.append((start_of(end), end, part))
        used, since = used + part, end
    return parts


def _lines(service: Service, segments: list[tuple], months: int) -> list[tuple]:
    lines = []
    components = sorted({price.component for price in service.prices})
    for component in components:
        prices = [price for price in service.prices if price.component == component]
        filled = D(0)
        for day, zones in segments:
            since = max(price.since for price in prices if price.since <= day)
            current = [price for price in prices if price.since == since]
            limits = sorted({price.above for price in current})
            cells = _bands(service, zones, limits, months, filled)
            filled += sum(zones.values())
            for (zone, band), volume in cells.items():
                rate = next(
                    p.rate for p in current if p.zone == zone and p.above == limits[band - 1]
                )
                factor = service.heating if component == "heat" and service.heating else D(1)
                amount = half_up(volume * factor * rate * service.multiplier * 100)
                lines.append((component, zone, band, volume * factor, int(amount)))
    return lines


def _bands(service, zones, limits, months, filled):
    """Cut a segment's zones into bands: (zone, band) → volume (RULES 1.3)."""
    names = sorted(zones, key=ZONES.index)
    if len(limits) == 1:
        return {(zone, 1): zones[zone] for zone in names}
    total = sum(zones.values())
    highs = [limit * months for limit in limits[1:]] + [D("Infinity")]
    lows = [limit * months for limit in limits]

    def inside(start, size, band):
        return max(D(0), min(start + size, highs[band]) - max(start, lows[band]))

    if service.day_first:
        cells, at = {}, filled
        for zone in names:
            for band in range(len(limits)):
                cells[zone, band + 1] = inside(at, zones[zone], band)
            at += zones[zone]
        return _kept(cells, zones)
    sizes = [inside(filled, total, band) for band in range(len(limits))]
    last = max([band for band, size in enumerate(sizes) if size > 0], default=0)
    cells = {}
    for band in range(last):
        for zone in names[:-1]:
            cells[zone, band + 1] = half_up(sizes[band] * zones[zone] / total)
        rest = sum(cells[zone, band + 1] for zone in names[:-1])
        cells[names[-1], band + 1] = sizes[band] - rest
    for zone in names:
        cells[zone, last + 1] = zones[zone] - sum(cells[zone, band + 1] for band in range(last))
    return _kept(cells, zones)


def _kept(cells, zones):
    return {
        key: size
        for key, size in cells.items()
        if size != 0 or (key[1] == 1 and zones[key[0]] == 0)
    }
