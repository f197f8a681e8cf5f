"""What may be rated, in which words, and what the ratings come to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from abonent.domain.support.rules.tickets import MARKS

LONGEST_COMMENT = 1000
_MONTHS_IN_QUARTER = 3


class RatingSubject(StrEnum):
    """The cabinet, or a kind of the supplier's activity."""

    CABINET = "cabinet"
    READINGS = "readings"
    BILLS = "bills"
    PAYMENTS = "payments"
    OFFICES = "offices"
    HOTLINE = "hotline"
    APPEALS = "appeals"
    SERVICE = "service"


SUBJECT_NAMES: Mapping[RatingSubject, str] = {
    RatingSubject.CABINET: "Личный кабинет",
    RatingSubject.READINGS: "Приём показаний",
    RatingSubject.BILLS: "Начисления и счета",
    RatingSubject.PAYMENTS: "Приём оплаты",
    RatingSubject.OFFICES: "Работа офисов",
    RatingSubject.HOTLINE: "Горячая линия",
    RatingSubject.APPEALS: "Ответы на обращения",
    RatingSubject.SERVICE: "Качество услуг",
}
_OF_CABINET = {
    1: "Не удобно",
    2: "Не очень удобно",
    3: "Достаточно удобно",
    4: "Удобно",
    5: "Лучше не бывает",
}


def words_of(subject: RatingSubject) -> Mapping[int, str]:
    """Return the marks from 1 to 5 in words: the cabinet has five of its own."""
    return _OF_CABINET if subject is RatingSubject.CABINET else MARKS


def quarter_of(day: date) -> date:
    """Return the first day of the quarter that a day lies in: one rating in each."""
    return date(day.year, day.month - (day.month - 1) % _MONTHS_IN_QUARTER, 1)


@dataclass(frozen=True)
class Tally:
    """What a quarter's ratings of a subject come to; ``counts`` by mark."""

    subject: RatingSubject
    counts: Mapping[int, int]

    @property
    def people(self) -> int:
        """Return how many people have rated."""
        return sum(self.counts.values())

    @property
    def average(self) -> Decimal | None:
        """Return the mean mark to a tenth; None when nobody has rated."""
        if not self.people:
            return None
        total = sum(mark * count for mark, count in self.counts.items())
        return (Decimal(total) / self.people).quantize(Decimal("0.1"), ROUND_HALF_UP)
