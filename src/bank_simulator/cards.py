"""Test cards, and what the payer page says about what was typed.

Only the numbers below are taken: a person who reaches for a real card by mistake is
stopped before it matters, and nothing longer than the first six and last four digits
leaves this module.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bank_simulator.records import Card

if TYPE_CHECKING:
    from datetime import datetime

NUMBER_LENGTH = 16
CODE_LENGTH = 3
MONTHS = 12


@dataclass(frozen=True, slots=True)
class TrialCard:
    """A card with a known fate: ``refusal`` is empty when it pays."""

    number: str
    system: str
    promise: str
    asks_code: bool = False
    refusal: str = ""

    @property
    def spaced(self) -> str:
        """Return the number in groups of four, as on the plastic."""
        return " ".join(re.findall(r"\d{4}", self.number))

    def card(self, *, month: str = "12", year: str = "2030") -> Card:
        """Return what may be remembered of this card."""
        return Card(self.number[:6], self.number[-4:], month, year, self.system)


TRIAL_CARDS = (
    TrialCard("5555555555554477", "MasterCard", "оплата пройдёт, банк спросит код", asks_code=True),
    TrialCard("2200000000000004", "Mir", "карта «Мир», код – если его требует магазин"),
    TrialCard("5555555555554600", "MasterCard", "не хватит денег", refusal="insufficient_funds"),
    TrialCard(
        "5555555555554592",
        "MasterCard",
        "банк спросит код и не примет его",
        asks_code=True,
        refusal="3d_secure_failed",
    ),
    TrialCard("5555555555554543", "MasterCard", "срок карты истёк", refusal="card_expired"),
    TrialCard(
        "5555555555554568", "MasterCard", "подозрение на мошенничество", refusal="fraud_suspected"
    ),
    TrialCard(
        "5555555555554501", "MasterCard", "банк карты не отвечает", refusal="issuer_unavailable"
    ),
)
"""Numbers of the vendor's test shop (PROTOCOLS 1.10)."""

GOOD_CARD = TRIAL_CARDS[0]
"""The card used when a test pays without going through the page."""


@dataclass(frozen=True, slots=True)
class TypedCard:
    """A test card together with the validity that was typed."""

    trial: TrialCard
    month: str
    year: str

    @property
    def card(self) -> Card:
        """Return what may be remembered of it."""
        return self.trial.card(month=self.month, year=self.year)


def passes_luhn(number: str) -> bool:
    """Tell whether the last digit agrees with the others (ISO/IEC 7812, formula of Luhn)."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        worth = int(digit) * (2 if place % 2 else 1)
        total += worth - 9 if worth > 9 else worth  # noqa: PLR2004  (sum of the two digits)
    return total % 10 == 0


def read_card(typed: dict[str, str], *, now: datetime) -> tuple[TypedCard | None, dict[str, str]]:
    """Return the card typed, or what is wrong with each field, in words for the payer."""
    wrong: dict[str, str] = {}
    trial, wrong_number = _read_number(typed.get("number", ""))
    if wrong_number:
        wrong["number"] = wrong_number
    month, year, wrong_validity = _read_validity(typed.get("validity", ""), now=now)
    if wrong_validity:
        wrong["validity"] = wrong_validity
    if not re.fullmatch(rf"[0-9]{{{CODE_LENGTH}}}", typed.get("code", "").strip()):
        wrong["code"] = "Введите код: три цифры на обороте карты. Для проверки подойдут любые."
    if wrong or trial is None:
        return None, wrong
    return TypedCard(trial, month, year), {}


def _read_number(text: str) -> tuple[TrialCard | None, str]:
    number = re.sub(r"[\s\u00a0-]", "", text)
    if not number:
        return None, "Введите номер карты: 16 цифр на лицевой стороне."
    if not re.fullmatch(r"[0-9]+", number):
        return None, "В номере карты бывают только цифры. Уберите буквы и знаки."
    if len(number) != NUMBER_LENGTH:
        return None, f"В номере карты 16 цифр, а введено {len(number)}. Проверьте номер."
    if not passes_luhn(number):
        return None, "Карты с таким номером не бывает. Проверьте цифры: где-то опечатка."
    for card in TRIAL_CARDS:
        if card.number == number:
            return card, ""
    return None, "Это не тестовая карта. Настоящая здесь не нужна: возьмите номер из списка ниже."


def _read_validity(text: str, *, now: datetime) -> tuple[str, str, str]:
    found = re.fullmatch(r"\s*([0-9]{1,2})\s*[/.\s-]?\s*(?:20)?([0-9]{2})\s*", text)
    if not found:
        return "", "", "Введите срок действия: месяц и год, например 12/30."
    month, year = int(found[1]), 2000 + int(found[2])
    if not 1 <= month <= MONTHS:
        return "", "", "Месяц бывает от 01 до 12. Например, 12/30."
    if (year, month) < (now.year, now.month):
        return "", "", "Этот срок уже прошёл. Укажите любой будущий месяц, например 12/30."
    return f"{month:02d}", str(year), ""
