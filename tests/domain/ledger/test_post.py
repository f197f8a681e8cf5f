"""The narrow door: one transfer, its key, its balance, its permanence."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from abonent.common.refusals import NotFound, Refusal
from abonent.domain.ledger import operations, queries
from abonent.domain.ledger.rules import Book, EntryLine, LedgerCode, Part, Reason

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = date(2026, 11, 24)
SUPPLIER = 7
pytestmark = pytest.mark.django_db


def debt(account, amount, service=1, month=date(2026, 10, 1)):
    code = LedgerCode(Book.RECEIVABLE, account, service, month, Part.PRINCIPAL)
    return EntryLine(code, amount)


def revenue(amount, service=1):
    return EntryLine(LedgerCode(Book.REVENUE, 0, service), -amount)


def paid(account, amount, channel="bank"):
    return [
        EntryLine(LedgerCode(Book.CLEARING, channel=channel), amount),
        EntryLine(LedgerCode(Book.ADVANCE, account), -amount),
    ]


def post(key, lines, reason=Reason.CHARGE, day=DAY, supplier=SUPPLIER, subject=5):
    return operations.post(
        supplier_id=supplier, reason=reason, key=key, happened_on=day, lines=lines,
        subject_id=subject, now=NOW,
    )  # fmt: skip


def commit():
    """Make the deferred checks run now, as a commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_posted_transfer_stands_in_the_balances():
    post("charge:1", [debt(5, 12000), revenue(12000)])
    post("payment:1", paid(5, 4000), reason=Reason.PAYMENT)
    commit()
    lines = queries.balances(supplier_id=SUPPLIER, subject_id=5)
    assert [(line.book, line.month, line.part, line.amount) for line in lines] == [
        (Book.RECEIVABLE, date(2026, 10, 1), Part.PRINCIPAL, 12000),
        (Book.ADVANCE, None, Part.NONE, -4000),
    ]
    assert queries.subject_total(supplier_id=SUPPLIER, subject_id=5) == 8000


def test_balances_before_a_day_leave_out_that_day():
    post("charge:1", [debt(5, 100), revenue(100)], day=date(2026, 11, 1))
    post("charge:2", [debt(5, 7), revenue(7)], day=date(2026, 11, 2))
    found = queries.balances(supplier_id=SUPPLIER, subject_id=5, before=date(2026, 11, 2))
    assert [line.amount for line in found] == [100]


def test_a_balance_that_came_to_zero_is_not_listed():
    post("charge:1", [debt(5, 100), revenue(100)])
    post("charge:2", [debt(5, -100), revenue(-100)])
    assert queries.balances(supplier_id=SUPPLIER, subject_id=5) == []


def test_the_same_key_with_the_same_inputs_returns_the_first_transfer():
    first = post("charge:1", [debt(5, 100), revenue(100)])
    again = post("charge:1", [revenue(100), debt(5, 100)])
    assert (first.repeated, again.repeated) == (False, True)
    assert again.transfer_id == first.transfer_id
    assert queries.subject_total(supplier_id=SUPPLIER, subject_id=5) == 100


@pytest.mark.parametrize(
    "other",
    [
        {"lines": [debt(5, 101), revenue(101)]},
        {"lines": [debt(6, 100), revenue(100)]},
        {"lines": [debt(5, 100, service=2), revenue(100)]},
        {"lines": [debt(5, 100), revenue(100)], "day": date(2026, 11, 25)},
        {"lines": [debt(5, 100), revenue(100)], "reason": Reason.PENALTY},
    ],
)
def test_the_same_key_with_other_inputs_is_refused(other):
    post("charge:1", [debt(5, 100), revenue(100)])
    with pytest.raises(operations.KeyReused) as refusal:
        post("charge:1", **other)
    assert "charge:1" in refusal.value.text
    assert queries.subject_total(supplier_id=SUPPLIER, subject_id=5) == 100


def test_each_supplier_has_keys_of_its_own():
    assert not post("charge:1", [debt(5, 100), revenue(100)]).repeated
    assert not post("charge:1", [debt(5, 999), revenue(999)], supplier=8).repeated
    assert queries.subject_total(supplier_id=SUPPLIER, subject_id=5) == 100


@pytest.mark.parametrize(
    "lines", [[], [debt(5, 1)], [debt(5, 2), revenue(1)], [debt(5, 0), revenue(0)]]
)
def test_lines_that_do_not_balance_never_reach_the_database(lines):
    with pytest.raises(ValueError, match=r"[\[\]]"):
        post("charge:1", lines)


@pytest.mark.django_db(transaction=True)
def test_posting_outside_a_transaction_is_a_programming_error():
    with pytest.raises(RuntimeError, match="inside a transaction"):
        post("charge:1", [debt(5, 1), revenue(1)])


def test_the_database_refuses_an_unbalanced_transfer_at_commit():
    posted = post("charge:1", [debt(5, 100), revenue(100)])
    refused = pytest.raises(IntegrityError, match="does not balance")
    with refused, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_entry (transfer_id, line, supplier_id, subject_id,"
                " service_id, amount, happened_on, reason, book, part, channel)"
                " VALUES (%s, 3, 7, 5, 1, 1, '2026-11-24', 2, 1, 1, '')",
                [posted.transfer_id],
            )
        commit()


RIGHT = "GRANT UPDATE, DELETE, TRUNCATE ON {} TO CURRENT_USER"


@pytest.mark.parametrize("table", ["ledger_transfer", "ledger_entry"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET supplier_id = 1",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "DELETE FROM {} WHERE false",
    ],
)
def test_the_database_refuses_to_change_or_remove_rows(table, statement):
    post("charge:1", [debt(5, 100), revenue(100)])
    commit()
    for right, words in (("", "permission denied"), (RIGHT, "append-only")):
        refused = pytest.raises(ProgrammingError, match=words)
        with refused, transaction.atomic(), connection.cursor() as cursor:
            # Whoever has the right all the same, as a superuser has, is refused by a trigger.
            cursor.execute(right.format(table) or "SELECT 1")
            cursor.execute(statement.format(table))
    assert queries.subject_total(supplier_id=SUPPLIER, subject_id=5) == 100


def test_a_reversal_takes_the_transfer_back_once():
    posted = post("payment:1", paid(5, 4000), reason=Reason.PAYMENT)
    first = operations.reverse(
        supplier_id=SUPPLIER, transfer_id=posted.transfer_id, why="Ошибка кассира", now=NOW
    )
    again = operations.reverse(
        supplier_id=SUPPLIER, transfer_id=posted.transfer_id, why="Ошибка кассира", now=NOW
    )
    assert (first.repeated, again.repeated) == (False, True)
    assert again.transfer_id == first.transfer_id
    assert queries.balances(supplier_id=SUPPLIER, subject_id=5) == []


def test_a_reversal_is_not_reversed_and_a_stranger_has_no_transfer():
    posted = post("payment:1", paid(5, 4000), reason=Reason.PAYMENT)
    back = operations.reverse(
        supplier_id=SUPPLIER, transfer_id=posted.transfer_id, why="Ошибка", now=NOW
    )
    with pytest.raises(Refusal, match="новую проводку"):
        operations.reverse(supplier_id=SUPPLIER, transfer_id=back.transfer_id, why="", now=NOW)
    with pytest.raises(NotFound):
        operations.reverse(supplier_id=8, transfer_id=posted.transfer_id, why="", now=NOW)
