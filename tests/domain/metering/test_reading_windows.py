"""The days in which readings are taken (RULES 4.1)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abonent.common.periods import Period
from abonent.domain.metering.rules import ReadingSource, period_for
from abonent.domain.metering.rules.windows import WindowState, window_on


@pytest.mark.parametrize(
    ("today", "first", "last", "state", "left"),
    [
        (date(2026, 11, 1), date(2026, 11, 15), date(2026, 11, 25), WindowState.BEFORE, 24),
        (date(2026, 11, 15), date(2026, 11, 15), date(2026, 11, 25), WindowState.OPEN, 10),
        (date(2026, 11, 25), date(2026, 11, 15), date(2026, 11, 25), WindowState.OPEN, 0),
        (date(2026, 11, 26), date(2026, 12, 15), date(2026, 12, 25), WindowState.LATE, 29),
        (date(2026, 12, 31), date(2027, 1, 15), date(2027, 1, 25), WindowState.LATE, 25),
    ],
)
def test_the_usual_window(today, first, last, state, left):
    window = window_on(today, from_day=15, to_day=25)
    assert (window.first, window.last) == (first, last)
    assert (window.state, window.days_left) == (state, left)


def test_the_day_on_which_the_last_window_closed():
    window = window_on(date(2027, 1, 31), from_day=15, to_day=30)
    assert window.period == Period(2027, 2)
    assert window.last == date(2027, 2, 28)
    assert window.closed_on == date(2027, 1, 30)


def test_days_that_a_month_does_not_have_are_its_last():
    window = window_on(date(2027, 2, 28), from_day=20, to_day=31)
    assert window.last == date(2027, 2, 28)
    assert window.state == WindowState.OPEN


def test_a_window_may_begin_in_the_month_before():
    window = window_on(date(2026, 11, 28), from_day=26, to_day=5)
    assert (window.first, window.last) == (date(2026, 11, 26), date(2026, 12, 5))
    assert (window.period, window.state) == (Period(2026, 12), WindowState.OPEN)


@given(
    today=st.dates(date(2020, 1, 1), date(2032, 12, 31)),
    from_day=st.integers(1, 31),
    to_day=st.integers(1, 31),
)
def test_the_window_is_that_of_the_month_the_reading_goes_to(today, from_day, to_day):
    window = window_on(today, from_day=from_day, to_day=to_day)
    assert window.period == period_for(today, ReadingSource.CABINET, to_day)
    assert window.first <= window.last
    assert today <= window.last
    if window.state == WindowState.LATE:
        assert window.closed_on < today
        assert period_for(window.closed_on, ReadingSource.CABINET, to_day) == window.closed
    if window.state == WindowState.OPEN:
        assert window.first <= today
        tomorrow_after = window.last + timedelta(days=1)
        assert period_for(tomorrow_after, ReadingSource.CABINET, to_day) > window.period
