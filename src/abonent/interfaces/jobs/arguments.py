"""Arguments that several commands share; a wrong one ends the command with code 2."""

from argparse import ArgumentTypeError
from datetime import date

from abonent.common.periods import Period


def period_argument(text: str) -> Period:
    """Read a month as ГГГГ-ММ."""
    try:
        return Period.parse(text)
    except ValueError:
        message = f"«{text}» не месяц: напишите, например, 2026-10"
        raise ArgumentTypeError(message) from None


def day_argument(text: str) -> date:
    """Read a day as ГГГГ-ММ-ДД."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"«{text}» не дата: напишите, например, 2026-10-31"
        raise ArgumentTypeError(message) from None
