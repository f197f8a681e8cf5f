"""A closing changes no answer: balances and movements are those of the bare entries."""

import random
from datetime import date, timedelta
from itertools import count

import polars as pl
import pytest
from django.db import connection
from test_post import NOW, SUPPLIER, commit, paid, post

from abonent.common.periods import Period
from abonent.domain.billing.rules.bills import bills
from abonent.domain.billing.rules.due_days import DueDays
from abonent.domain.billing.rules.late import late_accounts
from abonent.domain.ledger import operations, queries
from abonent.domain.ledger.models import ClosedBalance, ClosedMovement, Closing
from abonent.domain.ledger.rules import FOLDED, Book, EntryLine, LedgerCode, Part, Reason

pytestmark = pytest.mark.django_db
SUBJECTS, AUGUST = 12, date(2026, 8, 1)
LATE_BY = date(2026, 8, 31)


def owed(subject, amount, month, service=1, part=Part.PRINCIPAL):
    return EntryLine(LedgerCode(Book.RECEIVABLE, subject, service, month, part), amount)


def earned(amount):
    return EntryLine(LedgerCode(Book.REVENUE), -amount)


def close(before=AUGUST):
    commit()
    return operations.close_days(supplier_id=SUPPLIER, before=before, now=NOW)


def balances():
    frame = queries.balances_frame(supplier_id=SUPPLIER, first_id=1, last_id=SUBJECTS)
    return frame.drop("last_on").sort(pl.all()).rows()


def credited():
    frame = queries.credited_frame(supplier_id=SUPPLIER, first_id=1, last_id=SUBJECTS)
    return frame.drop("last_on").sort(pl.all()).rows()


def movements(fold=None, before=date(2027, 1, 1)):
    return queries.movements_frame(
        supplier_id=SUPPLIER, first_id=1, last_id=SUBJECTS, before=before, fold=fold
    )


def sums(frame):
    """Return what a bill of August takes from the movements."""
    people = pl.DataFrame({
        "account_id": range(1, SUBJECTS + 1), "number": "1", "kind": "household",
        "organisation_class": "",
    })  # fmt: skip
    none = pl.DataFrame(schema={"account_id": pl.Int64, "amount": pl.Int64, "service_id": pl.Int64})
    services = pl.DataFrame({"service_id": [1], "service_kind": ["cold_water"]})
    rows = bills(people, none, frame, services, none, period=Period.of(AUGUST), due=DueDays())
    return rows.select("account_id", "opening", "paid", "penalty", "due").rows()


def late(frame):
    none = pl.DataFrame(schema={"account_id": pl.Int64, "due_on": pl.Date})
    scales = pl.DataFrame(schema={"account_id": pl.Int64, "scale": pl.String})
    return set(late_accounts(frame, none, scales, LATE_BY, DueDays()))


def happens(chance, keys, subject, until):
    """Post one thing of those that happen to an account, on any day."""
    month = date(2026, chance.randint(1, until.month), 1)
    end = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    day = month + timedelta(days=chance.randint(0, 27))
    amount, key = chance.choice([100, 200, 300]), f"key:{next(keys)}"
    kind = chance.choices(["bill", "pay", "settle", "bounce", "penalty"], [6, 6, 4, 1, 1])[0]
    if kind == "bill":
        lines, reason, day = [owed(subject, amount, month), earned(amount)], Reason.CHARGE, end
    elif kind == "pay":
        lines, reason = paid(subject, amount), Reason.PAYMENT
    elif kind == "settle":
        advance = EntryLine(LedgerCode(Book.ADVANCE, subject), amount)
        lines, reason = [advance, owed(subject, -amount, month)], Reason.ALLOCATION
    elif kind == "bounce":
        lines, reason = paid(subject, -amount), Reason.CANCEL
    else:
        mine = owed(subject, amount, month, part=Part.PENALTY)
        lines, reason = [mine, earned(amount)], Reason.PENALTY
    post(key, lines, reason=reason, day=day, subject=subject)


@pytest.mark.parametrize("seed", range(12))
def test_no_answer_changes_whatever_comes_after(seed):
    """Also what comes later with an older day, and the bills of a month already closed."""
    chance, keys = random.Random(seed), count()
    for subject in range(1, SUBJECTS + 1):
        for _ in range(chance.randint(0, 9)):
            happens(chance, keys, subject, date(2026, chance.choice([7, 8]), 31))
    assert close()
    for _ in range(10):
        happens(chance, keys, chance.randint(1, SUBJECTS), date(2026, 8, 31))
    commit()
    folded, known = movements(fold=AUGUST), balances()
    single, earlier = movements(), movements(fold=date(2026, 7, 1))
    assert sums(folded) == sums(single)
    assert late(folded) >= late(single)
    assert earlier.equals(single), "a month before the closing's is not folded"
    assert not [one for one in queries.invariants() if one.breaches]
    giving = {row[0] for row in known if row[-1] < 0}
    assert credited() == [row for row in known if row[0] in giving]
    Closing.objects.all().delete()
    assert known == balances()


def test_who_always_paid_in_time_is_not_looked_at():
    """A folded account costs nothing unless something of it lasted."""
    for month in range(1, 8):
        start = date(2026, month, 1)
        end = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        for subject in (5, 6):
            lines = [owed(subject, 300, start), earned(300)]
            post(f"bill:{month}:{subject}", lines, day=end, subject=subject)
        if month < 7:
            post(f"paid:{month}", paid(5, 300), reason=Reason.PAYMENT, day=end + timedelta(days=12))
        if month in (3, 6):
            post(f"paid:6:{month}", paid(6, 900), reason=Reason.PAYMENT, day=end, subject=6)
    assert close()
    folded = movements(fold=AUGUST)
    assert folded.select("subject_id", "reason", "amount", "lasting").rows() == [
        (5, FOLDED, 300, False),
        (6, FOLDED, 300, True),
    ]
    assert late(folded) == {6}


def test_a_gap_without_movements_is_time_too():
    post("bill", [owed(5, 300, date(2026, 2, 1)), earned(300)], day=date(2026, 2, 28))
    post("paid", paid(5, 300), reason=Reason.PAYMENT, day=date(2026, 6, 10))
    assert close()
    assert movements(fold=AUGUST)["lasting"].to_list() == [True]


def test_a_month_is_closed_once_and_the_last_two_are_kept():
    post("bill", [owed(5, 300, AUGUST), earned(300)], day=date(2026, 5, 31))
    assert [close(date(2026, month, 1)) for month in (6, 7, 7, 6, 8)] == [
        True, True, False, False, True,
    ]  # fmt: skip
    kept = list(Closing.objects.order_by("before_on").values_list("pk", "before_on"))
    assert [day for _, day in kept] == [date(2026, 7, 1), AUGUST]
    for table in (ClosedBalance, ClosedMovement):
        assert set(table.objects.values_list("closing_id", flat=True)) == {key for key, _ in kept}
    with pytest.raises(ValueError, match="2026"):
        close(date(2026, 9, 2))


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("UPDATE ledger_closedbalance SET amount = amount + 1", "Закрытые остатки"),
        ("DELETE FROM ledger_closedbalance", "Закрытые остатки"),
        ("UPDATE ledger_closedmovement SET lasting = NOT lasting", "Закрытые обороты"),
        ("UPDATE ledger_closedmovement SET amount = amount - 1", "Закрытые обороты"),
        (("INSERT INTO ledger_closedmovement (closing_id, subject_id, amount, happened_on, reason,"
         " lasting) SELECT closing_id, 99, 5, happened_on, 0, false FROM ledger_closedmovement"),
         "Закрытые обороты"),
    ],
)  # fmt: skip
def test_a_closing_that_is_wrong_is_found(deed, told):
    post("bill", [owed(5, 300, AUGUST), earned(300)], day=date(2026, 5, 31))
    assert close()
    with connection.cursor() as cursor:
        cursor.execute(deed)
    (found,) = [one for one in queries.invariants(supplier_id=SUPPLIER) if one.breaches]
    assert found.text == f"{told} равны суммам проводок"
    assert "закрытие 2026-08-01, счёт" in found.example
