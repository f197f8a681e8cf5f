"""Norms by people, day by day (PP 354 p. 56–58; RULES 2.1, examples 19, 20, 33)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abonent.common.periods import Period
from abonent.domain.billing.rules.explanation import explain
from billing_frames import (
    agreement,
    amounts,
    calculate,
    followed,
    line_views,
    norm,
    problems,
    rate,
    sums,
)
from home_frames import event, living

NOVEMBER = Period(2026, 11)
WATER = {
    "rates": [rate("cold_water", "48.31")],
    "norms": [norm("cold_water", "4.745", multiplier=3)],
}
POOR = [agreement("cold_water", possible=False)]


def volume(residencies, accounts=({"residents": 3, "owners": 2},), agreements=POOR, events=()):
    found = calculate(
        **WATER, accounts=list(accounts), agreements=agreements, residencies=residencies,
        events=events, period=NOVEMBER,
    )  # fmt: skip
    assert problems(found) == []
    return sums(found)[0][4]


def share(person_days, days=30):
    return (Decimal("4.745") * person_days / days).quantize(Decimal("0.000001")).normalize()


def test_example_19_and_its_number_from_residents_csv():
    assert volume([]) == Decimal("14.235")
    assert volume([living("2026-01-01", 3)], [{"residents": 7}]) == Decimal("14.235")
    # The file stands before the account; other months are none of its business.
    assert volume([living("2026-01-01", 5, until="2026-10-31")]) == Decimal("14.235")


def test_people_who_come_within_the_month_count_by_days():
    assert volume([living("2026-11-11", 5)]) == share(3 * 10 + 5 * 20)
    assert volume([living("2026-11-11", 5, until="2026-11-20")]) == share(3 * 20 + 5 * 10)
    later = [living("2026-01-01", 1), living("2026-11-30", 4)]
    assert volume(later) == share(1 * 29 + 4)


def test_temporary_residents_count_when_they_stay_more_than_five_days_in_a_row():
    assert volume([living("2026-11-10", 3, 2, "2026-11-14")]) == Decimal("14.235")
    assert volume([living("2026-11-10", 3, 2, "2026-11-15")]) == share(90 + 2 * 6)


def test_a_stay_across_the_border_of_a_month_is_one_stay():
    # Three days of October and three of November are six in a row.
    assert volume([living("2026-10-29", 3, 1, "2026-11-03")]) == share(90 + 3)
    assert volume([living("2026-10-30", 3, 1, "2026-11-03")]) == Decimal("14.235")
    assert volume([living("2026-11-28", 3, 1, "2026-12-03")]) == share(90 + 3)


def test_rows_that_follow_each_other_are_one_stay_of_those_who_remain():
    rows = [living("2026-11-01", 3, 2, "2026-11-04"), living("2026-11-05", 3, 1, "2026-11-08")]
    # One stays eight days, the other four.
    assert volume(rows) == share(90 + 8)


def test_nobody_registered_means_the_owners():
    assert volume([living("2026-01-01", 0)]) == Decimal("9.49")
    assert volume([living("2026-11-16", 0)]) == share(3 * 15 + 2 * 15)
    # Whoever stays there for a time stands before the owners.
    assert volume([living("2026-01-01", 0, 1)]) == Decimal("4.745")


def test_nobody_known_is_a_named_problem():
    found = calculate(
        **WATER, accounts=[{}], agreements=POOR, residencies=[living("2026-11-16", 2)],
        period=NOVEMBER,
    )  # fmt: skip
    assert [name for name, _ in problems(found)] == ["no_residents"]


def test_the_multiplier_waits_while_the_supplier_owes_the_meter():
    possible = [agreement("cold_water", possible=True)]
    given = {**WATER, "accounts": [{"residents": 3}], "agreements": possible, "period": NOVEMBER}
    assert amounts(calculate(**given)) == [206308]
    owed = event("meter_overdue_supplier", "2026-05-01")
    assert amounts(calculate(**given, events=[owed])) == [68769]
    over = event("meter_overdue_supplier", "2026-05-01", "2026-10-31")
    assert amounts(calculate(**given, events=[over])) == [206308]
    other = event("meter_overdue_supplier", "2026-05-01", service="electricity")
    assert amounts(calculate(**given, events=[other])) == [206308]


def test_the_steps_of_a_changed_number_lead_to_the_sum():
    found = calculate(
        **WATER, accounts=[{"residents": 3}], agreements=POOR,
        residencies=[living("2026-11-11", 5)], period=NOVEMBER,
    )  # fmt: skip
    why = explain(line_views(found)[0])
    rows = [(step.sign, step.value) for step in why.steps]
    assert rows[:5] == [
        ("", 30), ("+", 100), ("", 130), ("÷", 30), ("×", Decimal("4.745")),
    ]  # fmt: skip
    assert why.amount == amounts(found)[0]
    assert followed(why) * 100 == why.amount


rows = st.lists(
    st.tuples(
        st.integers(-8, 33), st.integers(0, 20), st.none() | st.integers(0, 4),
        st.none() | st.integers(0, 3), st.booleans(),
    ),
    max_size=4, unique_by=lambda row: row[0],
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(rows, st.none() | st.integers(0, 3), st.integers(1, 3))
def test_by_days_is_the_sum_of_the_days(rows, residents, owners):
    given_rows = []
    for start, length, people, temporary, open_end in rows:
        since = date(2026, 11, 1) + timedelta(days=start)
        until = None if open_end else (since + timedelta(days=length)).isoformat()
        given_rows.append(living(since.isoformat(), people, temporary, until))
    expected = sum(_naive(given_rows, residents, owners, day) for day in range(30))
    found = calculate(
        **WATER, accounts=[{"residents": residents, "owners": owners}], agreements=POOR,
        residencies=given_rows, period=NOVEMBER,
    )  # fmt: skip
    assert sums(found)[0][4] == share(expected)


def _naive(rows, residents, owners, place):
    """Count the people of one day by asking about each of them."""

    def row_of(offset):
        day = date(2026, 11, 1) + timedelta(days=offset)
        current = [
            row for row in rows
            if row["valid_from"] <= day and (row["valid_to"] is None or day <= row["valid_to"])
        ]  # fmt: skip
        return max(current, key=lambda row: row["valid_from"], default=None)

    def temporary(offset):
        row = row_of(offset)
        return (row["temporary"] or 0) if row else 0

    row = row_of(place)
    named = row["residents"] if row else None
    there = (named if named is not None else residents) or 0
    for person in range(1, temporary(place) + 1):
        first = last = place
        while place - first <= 6 and temporary(first - 1) >= person:
            first -= 1
        while last - place <= 6 and temporary(last + 1) >= person:
            last += 1
        there += last - first + 1 > 5
    return there or owners


@pytest.mark.parametrize("people", [1, 3])
def test_example_33_by_people_of_the_file(people):
    found = calculate(
        rates=[
            rate("hot_water", "48.31", component="water"),
            rate("hot_water", "2350.12", component="heat"),
        ],
        norms=[
            norm("hot_water", "3.121", multiplier="1.5"),
            norm("hot_water", "0.0618", per="heating_gcal_per_m3"),
        ],
        accounts=[{"residents": 9}], residencies=[living("2026-01-01", people)],
        agreements=[agreement("hot_water", possible=True)], period=NOVEMBER,
    )  # fmt: skip
    expected = {3: [203979, 67849], 1: [67993, 22616]}
    assert amounts(found) == expected[people]
