"""Frequent questions are found by what people type; ratings count once a quarter."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from abonent.common.refusals import Refusal
from abonent.domain.support import operations, queries
from abonent.domain.support.models import Rating
from abonent.domain.support.rules import FaqLine
from abonent.domain.support.rules.ratings import RatingSubject, Tally, quarter_of, words_of
from entrance import in_transaction
from town import NOW, Town, build_town

pytestmark = pytest.mark.django_db
LINES = [
    FaqLine("До какого числа передавать показания?", "С 15 по 25 число.", "reading"),
    FaqLine("Счётчик прошёл через ноль", "Введите новые показания как есть: 0007.", "reading"),
    FaqLine("Где хранятся данные моей карты?", "У банка. Показаний и счетов там нет.", "payment"),
]


@pytest.fixture
def town(db: None) -> Town:
    built = build_town()
    in_transaction(operations.define_faq, supplier_id=built.supplier_id, lines=LINES)
    return built


def found(town: Town, words: str = "", topic: str = "") -> list[int]:
    lines = queries.faq(supplier_id=town.supplier_id, words=words, topic=topic)
    return [LINES.index(line) for line in lines]


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("", [0, 1, 2]),
        ("   ", [0, 1, 2]),
        ("ПОКАЗАНИЕ", [0, 1, 2]),  # in a question first, then in answers
        ("карта банка", [2]),
        ("передать показания", [0, 1, 2]),
        ("счётчик ноль", [1]),
        ("карты трактор", [2]),  # any word, where all together find nothing
        ("0007", [1]),
        ("храня", [2]),  # a part of a word
        ("числ", [0]),
        ("трактор", []),
        ("' OR 1=1 --", []),
        ("\x00", [0, 1, 2]),
        ("!!! & | ( :*", []),
    ],
)
def test_questions_are_found_by_roots_and_parts(town: Town, words: str, places: list[int]):
    assert found(town, words) == places


def test_questions_of_a_topic_and_of_another_supplier(town: Town):
    assert found(town, topic="payment") == [2]
    assert queries.faq(supplier_id=town.supplier_id + 1) == []


def test_a_new_list_takes_the_place_of_the_old(town: Town):
    in_transaction(operations.define_faq, supplier_id=town.supplier_id, lines=LINES[1:])
    assert found(town) == [1, 2]


def rate(town: Town, mark: int, *, user: int = 0, comment: str = "", now=NOW, subject="cabinet"):
    operations.rate(
        user_id=user or town.owner_id, supplier_id=town.supplier_id,
        subject=RatingSubject(subject), mark=mark, comment=comment, now=now,
    )  # fmt: skip


def test_the_second_mark_of_a_quarter_takes_the_place_of_the_first(town: Town):
    rate(town, 2, comment="Мелко")
    rate(town, 5, comment="Карта 4111 1111 1111 1111")
    rate(town, 3, user=town.stranger_id)
    rate(town, 4, subject="bills")
    # New Year comes to Yekaterinburg five hours earlier.
    rate(town, 1, now=datetime(2026, 12, 31, 20, tzinfo=UTC))
    quarter = date(2026, 10, 1)
    results = {
        one.subject: one
        for one in queries.rating_results(supplier_id=town.supplier_id, quarter=quarter)
    }
    assert results[RatingSubject.CABINET] == Tally(RatingSubject.CABINET, {5: 1, 3: 1})
    assert results[RatingSubject.CABINET].average == Decimal("4.0")
    assert results[RatingSubject.OFFICES].average is None
    assert queries.rated_quarters(supplier_id=town.supplier_id) == [date(2027, 1, 1), quarter]
    (comment,) = queries.rating_comments(supplier_id=town.supplier_id, quarter=quarter)
    assert comment.comment == "Карта ••••1111"
    own = queries.own_ratings(user_id=town.owner_id, supplier_id=town.supplier_id, quarter=quarter)
    assert {subject: view.mark for subject, view in own.items()} == {"cabinet": 5, "bills": 4}


def test_a_mark_that_there_is_not_is_refused(town: Town):
    for mark in (0, 6):
        with pytest.raises(Refusal):
            rate(town, mark)
    with pytest.raises(Refusal):
        rate(town, 5, comment="я" * 1001)
    assert not Rating.objects.exists()


def test_the_mean_is_rounded_to_a_tenth_and_the_words_are_the_articles():
    assert Tally(RatingSubject.BILLS, {5: 1, 4: 3, 3: 0}).average == Decimal("4.3")
    assert list(words_of(RatingSubject.CABINET).values()) == [
        "Не удобно", "Не очень удобно", "Достаточно удобно", "Удобно", "Лучше не бывает",
    ]  # fmt: skip
    assert [quarter_of(date(2026, month, 28)).month for month in range(1, 13)] == [
        1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10,
    ]  # fmt: skip
