"""Arrears interest of the engine equals a day-by-day reference, on invented lives of debts."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from abonent.common.periods import Period
from abonent.domain.billing.rules.due_days import DueDays
from penalty_frames import penalties
from penalty_reference import Debt, Life, Payment

MONTHS = [Period(2026, 5).plus(n) for n in range(6)]
SCALES = ["household", "general", "manager", "cooperative"]
kopecks = st.integers(1, 900_000)


@st.composite
def lives(draw):
    months = draw(st.lists(st.sampled_from(MONTHS), min_size=1, max_size=4, unique=True))
    services = draw(st.sampled_from([["el"], ["el", "cw"], ["cw", "el", "ht"]]))
    debts = [
        Debt(
            str(month),
            service,
            draw(kopecks),
            DueDays().household(month),
            month.last_day,
            draw(st.sampled_from([date.min, date.min, date(2026, 8, 20)])),
        )
        for month in sorted(months)
        for service in services
    ]
    day = st.integers(0, 400).map(lambda n: date(2026, 5, 20) + timedelta(days=n))
    payments = [
        Payment(
            draw(day),
            draw(kopecks),
            draw(st.sampled_from(["", "", *map(str, months)])),
            draw(st.sampled_from(["", "", *services])),
        )
        for _ in range(draw(st.integers(0, 5)))
    ]
    rates = {
        date(2025, 1, 1): draw(st.sampled_from([21, 8])),
        date(2026, 11, 20): draw(st.sampled_from([14, 7])),
    }
    start = draw(day)
    off = draw(st.sampled_from([[], [(start, start + timedelta(days=draw(st.integers(0, 60))))]]))
    return Life(draw(st.sampled_from(SCALES)), debts, payments, rates, off), draw(
        st.sampled_from(
            [date(2026, 10, 31), date(2026, 12, 31), date(2027, 1, 1), date(2027, 2, 28)]
        )
    )


@settings(max_examples=150, deadline=None)
@given(lives())
def test_every_kopeck_of_interest_is_that_of_the_days(told):
    life, as_of = told
    debts = [
        (
            d.month,
            d.service,
            d.amount,
            d.posted,
            d.due,
            None if d.counted_to == date.min else d.counted_to,
        )
        for d in life.debts
        if d.posted <= as_of
    ]
    paid = [(p.on, p.amount, p.month, p.service, 0) for p in life.payments]
    sums, found = penalties(
        debts, paid, as_of, life.scale, key_rates=life.key_rates, suspended=life.suspended
    )
    assert sums == life.penalties(as_of)
    assert found.filter(found["from_on"] > found["to_on"]).is_empty()
