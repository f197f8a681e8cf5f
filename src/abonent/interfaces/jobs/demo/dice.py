"""Chance from a seed: the same seed gives the same town, file for file."""

from collections.abc import Mapping
from random import Random
from typing import TypeVar

# Nothing drawn is smaller than this share of its middle.
LEAST_SHARE = 0.3
Choice = TypeVar("Choice")


def dice_for(*names: object) -> Random:
    """Return dice of their own for a thing, so that one account does not move another."""
    return Random("/".join(str(name) for name in names))


def pick(dice: Random, weights: Mapping[Choice, int]) -> Choice:
    """Draw one of the choices; a larger weight is drawn more often."""
    return dice.choices(list(weights), list(weights.values()))[0]


def near(dice: Random, middle: float, spread: float) -> float:
    """Draw a value near the middle: ``spread`` is the usual share it is off by."""
    return middle * min(max(dice.gauss(1, spread), LEAST_SHARE, 1 - 2.5 * spread), 1 + 2.5 * spread)


def happens(dice: Random, share: float) -> bool:
    """Tell whether something that befalls this share of cases befalls this one."""
    return dice.random() < share
