"""Filters write what a person would write, with no-break spaces where a line may not end."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import timezone

from abonent.common.periods import Period

S = "\u00a0"


def written(expression: str, value: object) -> str:
    """Render one expression of a template."""
    template = Template("{% load abonent %}{{ value" + expression + " }}")
    return template.render(Context({"value": value}))


@pytest.mark.parametrize(
    ("expression", "value", "expected"),
    [
        ("|roubles", 519_826, f"5{S}198,26{S}₽"),
        ("|roubles", 0, f"0,00{S}₽"),
        ("|roubles", 7, f"0,07{S}₽"),
        ("|roubles", -300_000, f"−3{S}000,00{S}₽"),
        ("|roubles", 123_456_789_00, f"123{S}456{S}789,00{S}₽"),
        ("|roubles", None, "–"),
        ("|sum_in_numbers", 184_000, f"1{S}840,00"),
        ("|day", date(2026, 11, 24), f"24{S}ноября"),
        ("|day", date(2026, 5, 1), f"1{S}мая"),
        ("|day", None, "–"),
        ("|day_year", date(2026, 11, 24), f"24{S}ноября{S}2026"),
        ("|month", Period(2026, 10), f"октябрь{S}2026"),
        ("|month", date(2026, 8, 31), f"август{S}2026"),
        ("|month_in", Period(2026, 9), f"сентябре{S}2026"),
        ('|volume:"м³"', Decimal("4.480"), f"4,480{S}м³"),
        ('|volume:"кВт·ч"', 38_809, f"38{S}809{S}кВт·ч"),
        ('|volume:"м³"', Decimal("-0.5"), f"−0,5{S}м³"),
        ('|volume:"м³"', None, "–"),
        ("|number", 11_640, f"11{S}640"),
        ("|number", Decimal("0.8672"), "0,8672"),
        ("|number", Decimal("12345.60"), f"12{S}345,60"),
        ("|number", Decimal("1E+3"), f"1{S}000"),
        ("|mask_email", "irina@mail.ru", "i•••••a@mail.ru"),
        ("|mask_email", "ab@mail.ru", "a•••••@mail.ru"),
        ("|mask_email", "not an address", "•••••"),
        ("|mask_email", "", "–"),
        ("|mask_phone", "+79120004117", f"+7{S}912{S}•••-••-17"),
        ("|mask_phone", "+375291234567", "+3•••••67"),
        ("|mask_phone", None, "–"),
        ("|kilobytes", 41_800, f"42{S}кБ"),
        ("|kilobytes", 10, f"1{S}кБ"),
        ("|kilobytes", 1_240_000, f"1,2{S}МБ"),
    ],
)
def test_value_is_written(expression: str, value: object, expected: str) -> None:
    assert written(expression, value) == expected


@pytest.mark.parametrize(
    ("count", "word"),
    [
        (0, "дней"), (1, "день"), (2, "дня"), (4, "дня"), (5, "дней"), (11, "дней"),
        (12, "дней"), (14, "дней"), (21, "день"), (22, "дня"), (25, "дней"), (101, "день"),
        (111, "дней"), (112, "дней"), (1001, "день"),
    ],
)  # fmt: skip
def test_word_follows_the_count(count: int, word: str) -> None:
    assert written('|plural:"день,дня,дней"', count) == word
    assert written('|counted:"день, дня, дней"', count).endswith(f"{S}{word}")


def test_moment_is_told_in_the_active_zone() -> None:
    moment = datetime(2026, 11, 24, 14, 42, tzinfo=UTC)
    with timezone.override("Asia/Yekaterinburg"):
        assert written("|moment", moment) == f"24{S}ноября{S}2026, 19:42"
        assert written("|day", datetime(2026, 11, 24, 20, 0, tzinfo=UTC)) == f"25{S}ноября"


@pytest.mark.parametrize("expression", ["|roubles", "|kilobytes", '|counted:"a,b,c"'])
@pytest.mark.parametrize("value", [1.5, "100", True])
def test_money_and_counts_are_whole_numbers(expression: str, value: object) -> None:
    with pytest.raises(TypeError):
        written(expression, value)
