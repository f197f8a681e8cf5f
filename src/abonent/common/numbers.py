"""Numbers as people and files write them. Pure."""

import re
from decimal import Decimal

_NUMBER = re.compile(r"^-?\d+([.,]\d+)?$")


def parse_decimal(text: str) -> Decimal:
    """Read a number with a comma or a point and spaces between thousands.

    Raises ValueError for letters, two separators or an empty text (RULES 1.5).
    """
    cleaned = re.sub(r"[\s\u00a0\u202f]", "", text).replace("\u2212", "-")
    if not _NUMBER.match(cleaned):
        raise ValueError(text)
    return Decimal(cleaned.replace(",", "."))


def to_scale(value: Decimal, digits: int) -> int:
    """Return the value as a whole number of its ``digits``-th decimals, exactly.

    Raises ValueError when the value has more decimals than that.
    """
    scaled = value.scaleb(digits)
    whole = int(scaled)
    if whole != scaled:
        raise ValueError(value)
    return whole


def from_scale(scaled: int, digits: int) -> Decimal:
    """Return the exact decimal of a scaled whole number."""
    return Decimal(scaled).scaleb(-digits)


def plain_decimal(value: Decimal) -> str:
    """Write a number without exponent and without needless zeros at its end."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def without_zeros(value: Decimal) -> Decimal:
    """Return a finite number without needless zeros, never with an exponent above zero."""
    plain = value.normalize()
    return plain if plain.as_tuple().exponent <= 0 else plain.quantize(Decimal(1))  # type: ignore[operator]  # finite numbers only
