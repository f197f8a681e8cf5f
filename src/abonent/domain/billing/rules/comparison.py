"""Why a place of a bill costs not what it cost a month before. Pure.

A place is a service, component, zone and band; a price that changes inside the month
makes several lines of one place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from abonent.common.money import half_up
from abonent.common.numbers import from_scale
from abonent.domain.billing.rules.explanation import MICRO, LineView
from abonent.domain.billing.rules.words import Method
from abonent.domain.tariffs.rules import RATE_SCALE


@dataclass(frozen=True)
class Change:
    """A place beside the same place of another month; sums in kopecks, prices in roubles.

    ``by_volume`` + ``by_price`` = now − before exactly. More volume counts at what a unit
    cost before; the rest is the price. The prices are those of the months' last days.
    """

    before: int
    now: int
    by_volume: int
    by_price: int
    volume_before: Decimal
    volume_now: Decimal
    rate_before: Decimal
    rate_now: Decimal


def place_of(line: LineView) -> tuple[str, str, str, int]:
    """Return what makes lines of different months the same place."""
    return line.service, line.component, line.zone, line.band


def change(now: Sequence[LineView], before: Sequence[LineView]) -> Change | None:
    """Split the difference of two months into more volume and another price.

    ``now`` and ``before`` are all lines of one place. Returns None where such a split
    would mislead: without a month before, for corrections, another multiplier or unit,
    or when nothing was used before.
    """
    both = [*now, *before]
    if not now or not before or any(line.method == Method.CORRECTION for line in both):
        return None
    if len({(line.multiplier, line.unit) for line in both}) > 1:
        return None
    volume_now, volume_before = _volume(now), _volume(before)
    amount_now, amount_before = _amount(now), _amount(before)
    if volume_before == 0:
        return None
    grown = amount_now - amount_before
    at_old_price = Decimal(amount_before) * (volume_now - volume_before) / volume_before
    same_price = len({line.rate for line in both}) == 1
    by_volume = grown if same_price else half_up(at_old_price)
    return Change(
        before=amount_before,
        now=amount_now,
        by_volume=by_volume,
        by_price=grown - by_volume,
        volume_before=volume_before,
        volume_now=volume_now,
        rate_before=from_scale(before[-1].rate, RATE_SCALE),
        rate_now=from_scale(now[-1].rate, RATE_SCALE),
    )


def _volume(lines: Sequence[LineView]) -> Decimal:
    return from_scale(sum(line.volume for line in lines), MICRO)


def _amount(lines: Sequence[LineView]) -> int:
    return sum(line.amount for line in lines)
