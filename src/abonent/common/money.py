"""Money is a whole number of kopecks. Pure: no framework, no clock."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NewType

Kopecks = NewType("Kopecks", int)

NO_BREAK = "\u00a0"
MINUS = "\u2212"
_SUM = re.compile(r"^\d+([.,]\d{1,2})?$")


def half_up(value: Decimal) -> int:
    """Round to a whole number, halves away from zero (RULES 0.3)."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def parse_kopecks(text: str) -> Kopecks:
    """Read roubles as a person or a file writes them, for example «1 284,93».

    Accepts a comma or a point, spaces as thousand separators and a leading minus.
    Raises ValueError for anything else, more than two decimals included.
    """
    cleaned = re.sub(r"[\s\u00a0\u202f]", "", text).replace(MINUS, "-")
    negative = cleaned.startswith("-")
    digits = cleaned[1:] if negative else cleaned
    if not _SUM.match(digits):
        raise ValueError(text)
    kopecks = int(Decimal(digits.replace(",", ".")) * 100)
    return Kopecks(-kopecks if negative else kopecks)


def format_kopecks(kopecks: int) -> str:
    """Write a sum as people read it: ``5 198,26`` with no-break spaces, no unit."""
    sign = MINUS if kopecks < 0 else ""
    roubles, rest = divmod(abs(kopecks), 100)
    grouped = f"{roubles:,}".replace(",", NO_BREAK)
    return f"{sign}{grouped},{rest:02d}"


def plain_roubles(kopecks: int) -> str:
    """Write a sum as files and protocols want it: ``5198.26``."""
    sign = "-" if kopecks < 0 else ""
    roubles, rest = divmod(abs(kopecks), 100)
    return f"{sign}{roubles}.{rest:02d}"


def vat_inside(gross: int, percent: Decimal) -> Kopecks:
    """Return the VAT contained in a gross sum (RULES 0.3, 4)."""
    return Kopecks(half_up(Decimal(gross) * percent / (100 + percent)))


def split_by_largest_remainder(total: int, weights: Sequence[int]) -> list[Kopecks]:
    """Divide ``total`` in proportion to ``weights``; the parts sum to the total exactly.

    Missing kopecks go to the largest remainders, on a tie to the earlier part
    (RULES 3.3, example 49). All weights must be positive or zero, not all zero.
    """
    whole = sum(weights)
    if total < 0 or whole <= 0 or min(weights) < 0:
        raise ValueError((total, weights))
    floors = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (-remainders[place], place))
    for place in order[: total - sum(floors)]:
        floors[place] += 1
    return [Kopecks(part) for part in floors]
