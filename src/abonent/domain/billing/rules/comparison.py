"""Why a line of a bill is not what it was a month before. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from abonent.common.money import half_up
from abonent.common.numbers import from_scale
from abonent.domain.billing.rules.explanation import MICRO, LineView
from abonent.domain.billing.rules.words import Method
from abonent.domain.tariffs.rules import MULTIPLIER, RATE_SCALE


@dataclass(frozen=True)
class Change:
    """A line beside the same line of another month; sums in kopecks.

    ``by_volume`` + ``by_price`` = now − before exactly: the kopeck of rounding, if any,
    stands with the volume.
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
    """Return what makes two lines of different months the same line."""
    return line.service, line.component, line.zone, line.band


def change(now: LineView, before: LineView) -> Change | None:
    """Split the difference of two months into more volume and another price.

    Returns None where such a split would mislead: for corrections, another multiplier or
    another unit.
    """
    both = (now, before)
    if any(line.method == Method.CORRECTION for line in both):
        return None
    if now.multiplier != before.multiplier or now.unit != before.unit:
        return None
    rate_before, rate_now = from_scale(before.rate, RATE_SCALE), from_scale(now.rate, RATE_SCALE)
    volume_before, volume_now = from_scale(before.volume, MICRO), from_scale(now.volume, MICRO)
    multiplier = Decimal(now.multiplier) / MULTIPLIER
    by_price = half_up((rate_now - rate_before) * volume_now * multiplier * 100)
    return Change(
        before=before.amount,
        now=now.amount,
        by_volume=now.amount - before.amount - by_price,
        by_price=by_price,
        volume_before=volume_before,
        volume_now=volume_now,
        rate_before=rate_before,
        rate_now=rate_now,
    )
