"""What is settled in one stroke is what living through every day gives, day for day."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from abonent.domain.billing.rules.settlement import lived_through, no_limits, settled
from abonent.domain.billing.rules.undivided import undivided
from penalty_frames import MONEY, POSTING

FIRST = date(2026, 1, 31)
SUMS = st.sampled_from([100, 200, 300, 500])
# An account, how many days after the first one, a sum; money may be named or given back.
CHARGES = st.tuples(st.integers(1, 3), st.integers(0, 12), st.sampled_from([1, 2]), SUMS)
PAYMENTS = st.tuples(
    st.integers(1, 3), st.integers(0, 13), st.sampled_from([0, 0, 0, 0, 2]),
    st.sampled_from([100, 200, 300, 500, 600, 800, -100]),
)  # fmt: skip


def frames(charges, payments):
    postings = [
        (account, service, date(2026, 1 + day // 2, 1), 1, amount, FIRST + timedelta(days=day))
        for account, day, service, amount in charges
    ]
    money = [
        (account, service, None, 0, amount, FIRST + timedelta(days=day))
        for account, day, service, amount in payments
    ]
    return (
        pl.DataFrame(postings, schema=POSTING, orient="row"),
        pl.DataFrame(money, schema=MONEY, orient="row"),
    )


def added(pieces):
    """Add up the pieces of a debt that were owed and paid on the same days."""
    of = [name for name in pieces.columns if name != "amount"]
    return pieces.group_by(of).agg(pl.col("amount").sum()).sort(of).select(pieces.columns)


@settings(max_examples=60, deadline=None)
@given(st.lists(CHARGES, min_size=1, max_size=12), st.lists(PAYMENTS, max_size=12))
def test_one_stroke_and_every_day_agree(charges, payments):
    postings, money = frames(charges, payments)
    every_day = lived_through(postings, money, no_limits())
    assert added(settled(postings, money, no_limits())).equals(added(every_day))


def test_who_pays_each_bill_whole_is_never_lived_through():
    bills = [(1, 2 * turn, 1, 300) for turn in range(6)]
    postings, money = frames(bills, [(1, 2 * turn + 1, 0, 300) for turn in range(5)])
    found = undivided(postings, money, pl.lit(value=False))
    assert (found.postings.height, found.money.height) == (0, 0)
    assert found.debts["settled_on"].null_count() == 1, "the last bill waits"
