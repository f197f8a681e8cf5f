"""The wheels of a meter: how many, and which digit stands in each. Pure."""

from dataclasses import dataclass
from decimal import Decimal

LEAST_WHOLE, MOST_WHOLE, MOST_FRACTION = 4, 8, 4
DEFAULT_WHOLE, DEFAULT_FRACTION = 5, 3
LONG = 9

_RED = ("", "одна красная цифра", "две красные цифры", "три красные цифры", "четыре красные цифры")


@dataclass(frozen=True)
class Dial:
    """A value as it stands on the wheels; ``spoken`` is for a reader of the screen."""

    whole: str
    fraction: str
    spoken: str
    whole_class: str
    fraction_class: str
    is_long: bool


def whole_class(int_digits: int) -> str:
    """Return the class that sets the number of black wheels; five need none."""
    wheels = min(max(int_digits, LEAST_WHOLE), MOST_WHOLE)
    return "" if wheels == DEFAULT_WHOLE else f"wheels-{wheels}"


def fraction_class(frac_digits: int) -> str:
    """Return the class that sets the number of red wheels; none where none are taken."""
    return f"of-{min(frac_digits, MOST_FRACTION)}" if frac_digits > 0 else ""


def red_digits(frac_digits: int) -> str:
    """Return «три красные цифры» for three."""
    return _RED[min(frac_digits, MOST_FRACTION)]


def padded(value: Decimal, int_digits: int, frac_digits: int) -> Dial:
    """Show a reading with all its wheels: 118.25 on five and three is «00118,250».

    Decimals that the meter does not have are left out: the wheels show what it shows.
    """
    whole, fraction = _parts(value, frac_digits)
    return _dial(whole.zfill(int_digits), fraction, int_digits, frac_digits)


def bare(value: Decimal, int_digits: int, frac_digits: int) -> Dial:
    """Show a consumption without leading zeros: 4.48 on five and three is «4,480»."""
    whole, fraction = _parts(value, frac_digits)
    return _dial(whole, fraction, int_digits, frac_digits)


def empty(int_digits: int, frac_digits: int) -> Dial:
    """Show wheels with nothing in them."""
    return _dial("", "", int_digits, frac_digits)


def _parts(value: Decimal, frac_digits: int) -> tuple[str, str]:
    """Return the digits before and after the comma; exactly ``frac_digits`` after it."""
    whole, _, fraction = format(abs(value), "f").partition(".")
    return whole, fraction[:frac_digits].ljust(frac_digits, "0")


def _dial(whole: str, fraction: str, int_digits: int, frac_digits: int) -> Dial:
    """Put the digits and the classes of their wheels together."""
    return Dial(
        whole=whole,
        fraction=fraction,
        spoken=f"{whole},{fraction}" if fraction else whole,
        whole_class=whole_class(int_digits),
        fraction_class=fraction_class(frac_digits),
        is_long=int_digits + frac_digits >= LONG,
    )
