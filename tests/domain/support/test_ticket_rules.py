"""The rules of appeals: terms by the production calendar, the table of states, what is hidden."""

from datetime import UTC, date, datetime, timedelta

import pytest

from abonent.common.cards import without_card_numbers
from abonent.domain.suppliers.rules.calendar import SHIPPED, ProductionCalendar
from abonent.domain.support.rules import TopicKind
from abonent.domain.support.rules.tickets import (
    NEXT,
    TicketAct,
    TicketState,
    WrongMoment,
    fact_in_words,
    kept_text,
    may_reopen,
    next_state,
    term_of,
)


def term(day: str, days: int, kind=TopicKind.QUESTION, *, corrects=False, calendar=SHIPPED):
    return term_of(
        opened_on=date.fromisoformat(day), kind=kind, own_days=days, corrects=corrects,
        calendar=calendar,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "days", "last"),
    [
        ("2026-11-24", 5, "2026-12-01"),  # Tuesday: the term begins on the next day
        ("2026-11-27", 1, "2026-11-30"),  # Friday
        ("2026-11-28", 1, "2026-11-30"),  # Saturday
        ("2026-12-29", 3, "2027-01-12"),  # the holidays of January, by the moved days too
        ("2026-11-24", 20, "2026-12-22"),
        ("2026-11-24", 40, "2026-12-24"),  # the law's thirty days are earlier
    ],
)
def test_the_term_counts_working_days_from_the_next_one(day: str, days: int, last: str):
    assert term(day, days).on == date.fromisoformat(last)


def test_thirty_days_of_the_law_end_on_a_working_day():
    found = term("2026-11-27", 60)  # the thirtieth day is a Sunday
    assert found.on == date(2026, 12, 28)
    assert "59-ФЗ" in found.basis


def test_a_complaint_of_quality_has_three_working_days_whatever_the_topic_says():
    assert term("2026-11-24", 10, TopicKind.FAULT).on == date(2026, 11, 27)
    assert "354" in term("2026-11-24", 10, TopicKind.FAULT).basis
    assert term("2026-11-24", 2, TopicKind.FAULT).on == date(2026, 11, 26), (
        "the supplier is quicker"
    )


def test_wrong_data_are_mended_within_seven_working_days():
    assert term("2026-11-24", 10, corrects=True).on == date(2026, 12, 3)
    assert "152-ФЗ" in term("2026-11-24", 10, corrects=True).basis


def test_the_suppliers_own_days_off_are_days_off():
    own = ProductionCalendar(off=frozenset({date(2026, 11, 25)}))
    assert term("2026-11-24", 1, calendar=own).on == date(2026, 11, 26)


ALLOWED = {
    "new": "withdraw ask answer take route add",
    "in_work": "withdraw ask answer take route add",
    "waiting": "withdraw ask answer take route add",
    "answered": "add answer close",
    "closed": "reopen",
    "withdrawn": "",
}


@pytest.mark.parametrize("state", list(TicketState))
def test_the_table_allows_just_this(state: TicketState):
    assert set(NEXT[state]) == set(ALLOWED[state].split())
    for act in set(TicketAct) - set(NEXT[state]):
        with pytest.raises(WrongMoment):
            next_state(state, act)


def test_the_author_satisfies_a_question_and_disputes_an_answer():
    assert next_state(TicketState.WAITING, TicketAct.ADD) is TicketState.IN_WORK
    assert next_state(TicketState.ANSWERED, TicketAct.ADD) is TicketState.IN_WORK
    assert next_state(TicketState.NEW, TicketAct.ADD) is TicketState.NEW


def test_a_closed_appeal_comes_back_within_thirty_days():
    ended = datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert may_reopen(TicketState.CLOSED, ended, ended + timedelta(days=30))
    assert not may_reopen(TicketState.CLOSED, ended, ended + timedelta(days=30, seconds=1))
    assert not may_reopen(TicketState.WITHDRAWN, ended, ended)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("карта 4111 1111 1111 1111, до 12/27", "карта ••••1111, до 12/27"),
        ("2200-0000-0000-0004", "••••0004"),
        ("5555555555554444", "••••4444"),
        ("4111 1111 1111 1111 2026", "••••1111 2026"),
        ("8 912 200-04-17 4111 1111 1111 1111", "8 912 200-04-17 ••••1111"),
        ("4111 1111 1111 1112", "4111 1111 1111 1112"),  # the formula of Luhn does not agree
        ("40702810900000012345", "40702810900000012345"),  # twenty digits: a bank account
        ("0000 0000 0000 0000", "0000 0000 0000 0000"),
        ("счёт 0010012345, сумма 1 284,93", "счёт 0010012345, сумма 1 284,93"),
    ],
)
def test_numbers_of_cards_are_hidden_and_nothing_else(typed: str, kept: str):
    assert without_card_numbers(typed) == kept


def test_a_long_row_of_short_groups_is_read_quickly_enough_to_end():
    assert without_card_numbers("1 " * 2500).startswith("1 1")


def test_what_is_kept_has_no_invisible_signs():
    assert kept_text("  раз\r\nдва\x00\x1b[31m\u0007 ") == "раз\nдва[31m"


def test_a_fact_is_named_and_strange_signs_of_the_address_are_dropped():
    assert fact_in_words("meter", "18177260") == "Счётчик №\u00a018177260"
    assert fact_in_words("meter", "<b>1</b>") == "Счётчик №\u00a0b1/b"
    assert fact_in_words("nothing", "x") == ""
