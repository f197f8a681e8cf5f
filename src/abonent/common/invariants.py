"""What must always hold, and how often it does not: the lines of ``abonent audit``."""

from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Invariant:
    """One invariant of TRUST A1 as measured now.

    ``code`` is its number there (I1, I2, ...), ``text`` says in Russian what must hold,
    ``breaches`` counts the places where it does not and ``example`` names one of them.
    """

    code: str
    text: str
    breaches: int
    example: str = ""


def measure(
    *, code: str, text: str, query: str, parameters: dict[str, Any] | None = None
) -> Invariant:
    """Run the query that finds breaches and count its rows.

    The query returns one text column that names the place of each breach.
    """
    counted = f"SELECT count(*), min(place) FROM ({query}) AS found (place)"
    with connection.cursor() as cursor:
        cursor.execute(counted, parameters)
        breaches, example = cursor.fetchone() or (0, None)
    return Invariant(code=code, text=text, breaches=breaches, example=example or "")
