"""Why a bill is more or less than the one before, cause by cause, to the kopeck. Pure.

The parts sum to the difference exactly: each is taken off what is left to explain, and the
last one, the volume, takes the rest. Which comes first is a choice, and it is this one:
penalties, corrections, reductions, services that came or went, the multiplier, the price
(today's volume at today's price, less the same volume at the old price), the days that a
reading covers (at the old price), the volume.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any

from abonent.common.money import half_up
from abonent.common.numbers import from_scale
from abonent.domain.billing.rules.explanation import MICRO, LineView, recomputed
from abonent.domain.billing.rules.words import Method, Rule
from abonent.domain.tariffs.rules import MULTIPLIER, RATE_SCALE

FEW_DAYS = 7  # a reading taken so many days earlier or later is told apart from the volume
OWN_PLACES = {
    "common_needs",
    "tampering",
}  # rules whose lines are no part of the flat's own consumption


class Kind(StrEnum):
    """A cause of a difference."""

    PENALTY = "penalty"
    CORRECTION = "correction"
    REDUCTION = "reduction"
    APPEARED = "appeared"
    VANISHED = "vanished"
    MULTIPLIER = "multiplier"
    PRICE = "price"
    METHOD = "method"
    DAYS = "days"
    BAND = "band"
    VOLUME = "volume"


@dataclass(frozen=True)
class Cause:
    """A part of the difference, in kopecks, with what was and what is.

    ``was`` and ``now`` in ``unit``: volumes, roubles for prices, days, times for a
    multiplier; None where no two numbers tell it. ``methods``: how the volume was found
    before and now. ``service`` is empty for penalties; ``zone`` and ``component`` for what
    concerns the whole service.
    """

    kind: Kind
    amount: int
    service: str = ""
    name: str = ""
    component: str = ""
    zone: str = ""
    was: Decimal | None = None
    now: Decimal | None = None
    unit: str = ""
    methods: tuple[str, str] | None = None


def causes(
    now: Sequence[LineView], before: Sequence[LineView], *, penalty: int, penalty_before: int
) -> tuple[Cause, ...]:
    """Return the causes of the difference between two bills, the weightiest first.

    The amounts sum to charged + penalty now, less charged + penalty before.
    """
    found = [Cause(Kind.PENALTY, penalty - penalty_before)]
    for service in dict.fromkeys(line.service for line in [*now, *before]):
        mine = [line for line in now if line.service == service]
        theirs = [line for line in before if line.service == service]
        found += _of_service(mine, theirs)
    return tuple(
        sorted((one for one in found if one.amount), key=lambda one: abs(one.amount), reverse=True)
    )


def _of_service(now: list[LineView], before: list[LineView]) -> Iterable[Cause]:
    line = (now or before)[0]

    def told(kind: Kind, amount: int, **more: Any) -> Cause:
        return Cause(kind, amount, service=line.service, name=line.service_name, **more)

    for kind, belongs in ((Kind.CORRECTION, _corrects), (Kind.REDUCTION, _reduces)):
        yield told(kind, _sum(filter(belongs, now)) - _sum(filter(belongs, before)))
    plain_now = [one for one in now if one.method != Method.CORRECTION]
    plain_before = [one for one in before if one.method != Method.CORRECTION]
    for mine, theirs in _places(plain_now, plain_before):
        place: dict[str, Any] = {"component": (mine or theirs)[0].component}
        if len({one.zone for one in [*mine, *theirs]}) == 1:
            place["zone"] = (mine or theirs)[0].zone
        if not theirs:
            yield told(Kind.APPEARED, _sum(mine), **place)
        elif not mine:
            yield told(Kind.VANISHED, -_sum(theirs), **place)
        else:
            yield from _compared(mine, theirs, partial(told, **place))


def _corrects(line: LineView) -> bool:
    return line.method == Method.CORRECTION and (
        line.corrects is not None or line.rule == Rule.HEAT_YEAR
    )


def _reduces(line: LineView) -> bool:
    return line.method == Method.CORRECTION and not _corrects(line)


def _places(
    now: list[LineView], before: list[LineView]
) -> Iterable[tuple[list[LineView], list[LineView]]]:
    """Pair the lines of components, zone by zone where both months have the same zones."""

    def component(line: LineView) -> tuple[str, ...]:
        own = line.rule if line.rule in OWN_PLACES else ""
        return line.component, line.unit.value, own

    for key in dict.fromkeys(component(line) for line in [*now, *before]):
        mine = [line for line in now if component(line) == key]
        theirs = [line for line in before if component(line) == key]
        zones = {line.zone for line in mine}
        if not mine or not theirs or zones != {line.zone for line in theirs}:
            yield mine, theirs
            continue
        for zone in sorted(zones):
            yield (
                [line for line in mine if line.zone == zone],
                [line for line in theirs if line.zone == zone],
            )


def _compared(
    now: list[LineView], before: list[LineView], told: Callable[..., Cause]
) -> Iterable[Cause]:
    """Split the difference of one place into multiplier, price, days, bands and volume."""
    excess = sum(map(_excess, now)) - sum(map(_excess, before))
    yield told(Kind.MULTIPLIER, excess, was=_times(before), now=_times(now))
    base_now, base_before = sum(map(_base, now)), sum(map(_base, before))
    rest = base_now - base_before
    price = _price(now, before)
    yield told(Kind.PRICE, price, was=_rate(before), now=_rate(now), unit="rub")
    rest -= price
    volume_now, volume_before = _volume(now), _volume(before)
    unit = now[0].unit.value
    methods = _methods(before), _methods(now)
    if methods[0] != methods[1]:
        yield told(Kind.METHOD, rest, was=volume_before, now=volume_now, unit=unit, methods=methods)
        return
    days_now, days_before = _days(now), _days(before)
    if days_now and days_before and abs(days_now - days_before) >= FEW_DAYS:
        longer = half_up(Decimal(base_before) * (days_now - days_before) / days_before)
        yield told(Kind.DAYS, longer, was=Decimal(days_before), now=Decimal(days_now), unit="days")
        rest -= longer
    elif volume_before and _banded(now, before):
        even = half_up(Decimal(base_before) * (volume_now - volume_before) / volume_before)
        high = _high(before), _high(now)
        yield told(Kind.BAND, rest - even, was=high[0], now=high[1], unit=unit)
        rest = even
    yield told(Kind.VOLUME, rest, was=volume_before, now=volume_now, unit=unit)


def _price(now: list[LineView], before: list[LineView]) -> int:
    """Return what another price has changed: today's volume of each band at both prices."""
    old: dict[int, Decimal] = {}
    for band in {line.band for line in before}:
        same = [line for line in before if line.band == band]
        volume = sum(line.volume for line in same)
        weighted = sum(line.rate * line.volume for line in same)
        old[band] = Decimal(weighted) / volume if volume else Decimal(same[-1].rate)
    return sum(
        half_up(Decimal(_base(line)) * (line.rate - old[line.band]) / line.rate)
        for line in now
        if line.rate and line.band in old
    )


def _excess(line: LineView) -> int:
    """Return what the multiplier adds to a line."""
    if line.multiplier == MULTIPLIER:
        return 0
    basis: dict[str, Any] = json.loads(line.basis or "{}")
    if "n" not in basis:
        return line.amount - half_up(Decimal(line.amount) * MULTIPLIER / line.multiplier)
    return line.amount - recomputed(replace(line, multiplier=MULTIPLIER), basis)


def _base(line: LineView) -> int:
    return line.amount - _excess(line)


def _sum(lines: Iterable[LineView]) -> int:
    return sum(line.amount for line in lines)


def _volume(lines: Iterable[LineView]) -> Decimal:
    return from_scale(sum(line.volume for line in lines), MICRO)


def _times(lines: Sequence[LineView]) -> Decimal | None:
    found = {line.multiplier for line in lines}
    return Decimal(found.pop()) / MULTIPLIER if len(found) == 1 else None


def _rate(lines: Sequence[LineView]) -> Decimal | None:
    """Return the price of a place's last day, unless its bands have prices of their own."""
    if len({line.band for line in lines}) > 1:
        return None
    return from_scale(lines[-1].rate, RATE_SCALE)


def _methods(lines: Iterable[LineView]) -> str:
    return "+".join(sorted({line.method for line in lines}))


def _banded(now: Iterable[LineView], before: Iterable[LineView]) -> bool:
    return len({line.band for line in [*now, *before]}) > 1


def _high(lines: Iterable[LineView]) -> Decimal:
    """Return the volume beyond the first band."""
    return _volume(line for line in lines if line.band > 1)


def _days(lines: Iterable[LineView]) -> int | None:
    """Return the days between the readings of a place; None where a volume has no readings."""
    first: list[date] = []
    last: list[date] = []
    for line in lines:
        for one in json.loads(line.basis or "{}").get("readings", []):
            if "e" in one or "sd" in one or not one["f"]:
                return None
            first.append(date.fromisoformat(one["f"]))
            last.append(date.fromisoformat(one["t"]))
    return (max(last) - min(first)).days if first else None
