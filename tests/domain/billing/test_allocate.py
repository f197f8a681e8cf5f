"""How money is divided between debts (RULES 3.3), by the examples and by invented worlds."""

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from abonent.domain.billing.rules.allocation import allocate_advances, no_barred

MAY, JUNE, JULY = (date(2026, month, 1) for month in (5, 6, 7))
COLD, HEAT, HOT = 1, 2, 3
PRINCIPAL, PENALTY, COSTS = 1, 2, 3


def debts(*rows):
    schema = {
        "account_id": pl.Int64,
        "service_id": pl.Int64,
        "month": pl.Date,
        "part": pl.Int16,
        "amount": pl.Int64,
    }
    return pl.DataFrame([(1, *row) for row in rows], schema=schema, orient="row")


def advances(*rows):
    """Rows: (money[, service, month, part])."""
    full = [(1, *(list(row[1:]) + [0, None, 0][len(row) - 1 :]), row[0]) for row in rows]
    schema = {
        "account_id": pl.Int64,
        "for_service": pl.Int64,
        "for_month": pl.Date,
        "for_part": pl.Int16,
        "money": pl.Int64,
    }
    return pl.DataFrame(full, schema=schema, orient="row")


def paid(given_debts, given_advances, over=()):
    barred = pl.DataFrame([(1, *one) for one in over], schema=no_barred().schema, orient="row")
    rows = (
        allocate_advances(given_debts, given_advances, barred)
        .sort("month", "part", "service_id")
        .to_dicts()
    )
    return [(row["month"], row["part"], row["service_id"], row["paid"]) for row in rows]


THREE = debts(
    (COLD, MAY, PRINCIPAL, 120000),
    (COLD, JUNE, PRINCIPAL, 150000),
    (COLD, JULY, PRINCIPAL, 180000),
    (COLD, MAY, PENALTY, 8540),
)


def test_example_48_without_a_purpose_the_earliest_first_and_the_penalty_last():
    assert paid(THREE, advances((300000,))) == [
        (MAY, PRINCIPAL, COLD, 120000), (JUNE, PRINCIPAL, COLD, 150000), (JULY, PRINCIPAL, COLD, 30000),
    ]  # fmt: skip


def test_example_48_with_the_month_named():
    assert paid(THREE, advances((300000, 0, JULY))) == [
        (MAY, PRINCIPAL, COLD, 120000), (JULY, PRINCIPAL, COLD, 180000),
    ]  # fmt: skip


def test_example_49_largest_remainder():
    bill = debts(
        (COLD, MAY, PRINCIPAL, 24638), (HEAT, MAY, PRINCIPAL, 299887), (HOT, MAY, PRINCIPAL, 61935)
    )
    assert [row[3] for row in paid(bill, advances((200000,)))] == [12751, 155197, 32052]


def test_the_penalty_named_is_paid_first():
    assert paid(THREE, advances((8540, 0, None, PENALTY))) == [(MAY, PENALTY, COLD, 8540)]


def test_costs_before_principal():
    rows = debts((COLD, JUNE, COSTS, 5000), (COLD, MAY, PRINCIPAL, 5000))
    assert paid(rows, advances((6000,))) == [
        (MAY, PRINCIPAL, COLD, 1000),
        (JUNE, COSTS, COLD, 5000),
    ]


def test_a_refund_of_one_advance_limits_the_others():
    assert paid(THREE, advances((100000,), (-60000, 0, JUNE))) == [(MAY, PRINCIPAL, COLD, 40000)]


def test_a_debt_whose_limitation_is_over_is_paid_by_who_names_its_month():
    over = [(COLD, MAY)]
    assert paid(THREE, advances((130000,)), over) == [(JUNE, PRINCIPAL, COLD, 130000)]
    assert paid(THREE, advances((130000, COLD)), over) == [(JUNE, PRINCIPAL, COLD, 130000)]
    assert paid(THREE, advances((130000, 0, MAY)), over) == [
        (MAY, PRINCIPAL, COLD, 120000), (JUNE, PRINCIPAL, COLD, 10000),
    ]  # fmt: skip
    # What nobody may take stays an advance: neither the debt nor its penalty is touched.
    assert sum(row[3] for row in paid(THREE, advances((500000,)), over)) == 330000


rows = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from([MAY, JUNE, JULY]), st.sampled_from([1, 2, 3]), st.integers(1, 500_000)),
    max_size=8, unique_by=lambda row: row[:3],
)  # fmt: skip
purposes = st.lists(
    st.tuples(st.integers(1, 600_000), st.sampled_from([0, 1, 2]), st.sampled_from([None, MAY, JULY]), st.sampled_from([0, 1, 2])),
    max_size=4, unique_by=lambda row: row[1:],
)  # fmt: skip


@given(rows, purposes)
def test_money_is_neither_lost_nor_made(given_debts, given_purposes):
    found = allocate_advances(debts(*given_debts), advances(*given_purposes), no_barred())
    owed, money = sum(row[3] for row in given_debts), sum(row[0] for row in given_purposes)
    assert sum(found["paid"]) == min(owed, money)
    by_debt = found.group_by("service_id", "month", "part").agg(pl.col("paid").sum())
    joined = by_debt.join(debts(*given_debts), on=["service_id", "month", "part"])
    assert joined.height == by_debt.height
    assert (joined["paid"] <= joined["amount"]).all()
    assert (found["paid"] > 0).all()
