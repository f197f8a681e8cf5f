"""Consumption that is worth a second look, by the resident and by staff. Pure.

Nothing is refused for it: a zone may rest and a family may be away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from abonent.common.numbers import from_scale, plain_decimal
from abonent.common.words import quantity

TEN_TIMES = 10


class Oddity(StrEnum):
    """What is odd about the consumption of a meter in a month."""

    MUCH = "much"
    STOPPED = "stopped"
    NOTHING = "nothing"


@dataclass(frozen=True)
class ScaleUse:
    """What one scale counted; ``used`` and ``usual`` of a month in millionths of a unit.

    ``usual`` is None without history. ``zone`` names the scale among several, else empty.
    """

    used: int
    usual: int | None
    zone: str = ""


@dataclass(frozen=True)
class Anomaly:
    """What is odd about a service, which zone it concerns, and the volumes behind it."""

    oddity: Oddity
    used: int
    usual: int
    zone: str = ""


def anomalies(scales: Sequence[ScaleUse], *, lived_in: bool) -> list[Anomaly]:
    """Return what is odd about the scales of one meter or service.

    Ten times the usual and more; a zone that counted nothing while another did; nothing at
    all where people are registered and something is usually used.
    """
    found = [
        Anomaly(Oddity.MUCH, one.used, one.usual, one.zone)
        for one in scales
        if one.usual and one.used >= TEN_TIMES * one.usual
    ]
    usual = sum(one.usual or 0 for one in scales)
    if all(one.used == 0 for one in scales):
        if lived_in and usual > 0:
            found.append(Anomaly(Oddity.NOTHING, 0, usual))
        return found
    return found + [
        Anomaly(Oddity.STOPPED, 0, one.usual, one.zone)
        for one in scales
        if one.used == 0 and one.usual
    ]


def anomaly_text(found: Anomaly, service: str, unit: str) -> str:
    """Say it to the resident: what is odd, and what may be the cause."""
    name = f"{service}, {found.zone}" if found.zone else service
    usual = quantity(_about(from_scale(found.usual, 6)), unit)
    if found.oddity == Oddity.MUCH:
        used = quantity(Decimal(plain_decimal(from_scale(found.used, 6))), unit)
        return (
            f"{name}: расход {used}, а обычно около {usual}. Проверьте цифры. "
            "Если они верны, нет ли утечки или забытого прибора?"
        )
    if found.oddity == Oddity.STOPPED:
        return (
            f"{name}: расхода нет, а обычно около {usual}. Возможно, эта зона счётчика "
            "остановилась: посмотрите, меняются ли цифры."
        )
    return (
        f"{name}: расхода нет, а обычно около {usual}. Если дома живут, "
        "проверьте, не остановился ли счётчик."
    )


def _about(volume: Decimal) -> Decimal:
    """Round what is usual as people say it: 62,2, not 62,166666; small volumes to the litre."""
    places = Decimal("0.1") if volume >= 1 else Decimal("0.001")
    return Decimal(plain_decimal(volume.quantize(places, ROUND_HALF_UP)))
