"""How far the next, dearer band of a tariff is (RULES 1.3). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from abonent.common.numbers import from_scale, plain_decimal
from abonent.common.words import quantity

NEAR = 5  # a fifth of a band before its end is near enough to be told


@dataclass(frozen=True)
class BandPlace:
    """Where a month's volume stands among the bands; volumes in millionths of a unit.

    ``left`` to the next band, None in the last one; ``beyond`` the first band;
    ``near``: the next band is close.
    """

    band: int
    beyond: int
    left: int | None
    near: bool


def band_place(volume: int, bounds: Sequence[int], months: int) -> BandPlace | None:
    """Return the place of a volume; ``bounds`` are the lower ones, without zero, rising.

    Several months in one reading widen the bands. None where there is one band only.
    """
    limits = [bound * months for bound in sorted(bounds)]
    if not limits:
        return None
    passed = [limit for limit in limits if limit < volume]
    ahead = [limit for limit in limits if limit >= volume]
    left = ahead[0] - volume if ahead else None
    width = ahead[0] - (passed[-1] if passed else 0) if ahead else 0
    return BandPlace(
        band=len(passed) + 1,
        beyond=max(volume - limits[0], 0),
        left=left,
        near=left is not None and left * NEAR <= width,
    )


def band_text(place: BandPlace, service: str, unit: str) -> str:
    """Say how far the dearer band is, or how much has come into it; nothing when it is far."""

    def said(volume: int) -> str:
        return quantity(Decimal(plain_decimal(from_scale(volume, 6))), unit)

    if place.near and place.left is not None:
        return f"{service}: до дорогого диапазона осталось {said(place.left)}."
    if place.beyond:
        return f"{service}: {said(place.beyond)} сверх первого диапазона, они дороже."
    return ""
