"""The wide door gives what the narrow one gives, whatever the frames hold."""

from datetime import UTC, date, datetime

import polars as pl
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abonent.domain.ledger import operations, queries
from abonent.domain.ledger.rules import Book, EntryLine, LedgerCode, Part, Reason

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SINGLE, BATCH = 1, 2
LINES = {
    "key": pl.String, "book": pl.Int16, "subject_id": pl.Int64, "service_id": pl.Int64,
    "month": pl.Date, "part": pl.Int16, "channel": pl.String, "amount": pl.Int64,
}  # fmt: skip
HEADS = {"key": pl.String, "subject_id": pl.Int64, "happened_on": pl.Date}
STORED = """
SELECT t.key, t.reason, t.subject_id, t.happened_on, t.fingerprint, e.line, e.book, e.subject_id,
       e.service_id, e.month, e.part, e.channel, e.amount, e.happened_on, e.reason
FROM ledger_transfer t JOIN ledger_entry e ON e.transfer_id = t.id
WHERE t.supplier_id = %s ORDER BY t.key, e.line
"""
pytestmark = pytest.mark.django_db
slow_database = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

codes = st.builds(
    LedgerCode,
    book=st.sampled_from(Book),
    subject_id=st.integers(0, 3),
    service_id=st.integers(0, 2),
    month=st.none() | st.sampled_from([date(2026, 9, 1), date(2026, 10, 1)]),
    part=st.sampled_from(Part),
    channel=st.sampled_from(["", "yookassa", "банк; «касса»", 'quote" and , comma']),
)
amounts = st.integers(-(10**12), 10**12).filter(bool)


@st.composite
def balanced(draw):
    """Return lines that sum to zero, none of them zero."""
    lines = [
        EntryLine(draw(codes), amount) for amount in draw(st.lists(amounts, min_size=1, max_size=4))
    ]
    total = sum(line.amount for line in lines)
    rest = [-total] if total else [7, -7]
    return lines + [EntryLine(draw(codes), amount) for amount in rest]


@st.composite
def histories(draw):
    keys = draw(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=6, unique=True))
    days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
    return [(f"key:{key}", draw(st.integers(0, 3)), draw(days), draw(balanced())) for key in keys]


def post_one(supplier, history, reason=Reason.CHARGE):
    key, subject, day, lines = history
    return operations.post(
        supplier_id=supplier, reason=reason, key=key, happened_on=day, lines=lines,
        subject_id=subject, now=NOW,
    )  # fmt: skip


def post_all(supplier, history, reason=Reason.CHARGE):
    heads = [(key, subject, day) for key, subject, day, _ in history]
    rows = [
        (key, line.code.book, line.code.subject_id, line.code.service_id, line.code.month,
         line.code.part, line.code.channel, line.amount)
        for key, _, _, lines in history for line in lines
    ]  # fmt: skip
    return operations.post_batch(
        supplier_id=supplier, reason=reason, now=NOW,
        transfers=pl.DataFrame(heads, schema=HEADS, orient="row"),
        entries=pl.DataFrame(rows, schema=LINES, orient="row"),
    )  # fmt: skip


def stored(supplier):
    with connection.cursor() as cursor:
        cursor.execute(STORED, [supplier])
        return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor]


def breaches():
    return {line.code: line.breaches for line in queries.invariants()}


@slow_database
@given(history=histories())
def test_a_batch_writes_what_singles_write(history):
    with transaction.atomic():
        for one in history:
            post_one(SINGLE, one)
        assert post_all(BATCH, history) == len(history)
        assert stored(BATCH) == stored(SINGLE)
        assert breaches() == {"I1": 0, "I2": 0, "I10": 0, "I12": 0}
        transaction.set_rollback(True)


@slow_database
@given(history=histories(), already=st.integers(0, 6))
def test_a_repeated_batch_adds_only_what_is_missing(history, already):
    with transaction.atomic():
        for one in history[:already]:
            post_one(BATCH, one)
        assert post_all(BATCH, history) == max(0, len(history) - already)
        once = stored(BATCH)
        assert post_all(BATCH, history) == 0
        assert all(post_one(BATCH, one).repeated for one in history)
        assert stored(BATCH) == once
        transaction.set_rollback(True)


@slow_database
@given(history=histories(), data=st.data())
def test_whatever_is_posted_and_reversed_the_ledger_sums_to_zero(history, data):
    with transaction.atomic():
        posted = [post_one(SINGLE, one).transfer_id for one in history]
        for transfer in data.draw(st.lists(st.sampled_from(posted))):
            operations.reverse(supplier_id=SINGLE, transfer_id=transfer, why="проба", now=NOW)
        assert sum(row[12] for row in stored(SINGLE)) == 0
        assert breaches()["I1"] == 0
        transaction.set_rollback(True)


@slow_database
@given(history=histories(), data=st.data())
def test_frames_and_single_reads_agree(history, data):
    with transaction.atomic():
        post_all(BATCH, history)
        frame = queries.balances_frame(supplier_id=BATCH, first_id=1, last_id=3)
        for subject in (1, 2, 3):
            lines = queries.balances(supplier_id=BATCH, subject_id=subject)
            rows = frame.filter(pl.col("subject_id") == subject).drop("subject_id", "last_on")
            assert rows.rows() == [(e.book, e.service_id, e.month, e.part, e.amount) for e in lines]
        before = data.draw(st.dates(date(2026, 1, 1), date(2026, 12, 31)))
        moved = queries.movements_frame(supplier_id=BATCH, first_id=1, last_id=3, before=before)
        for subject in (1, 2, 3):
            lines = queries.balances(supplier_id=BATCH, subject_id=subject, before=before)
            owed = sum(e.amount for e in lines if e.book in {Book.RECEIVABLE, Book.ADVANCE})
            assert moved.filter(pl.col("subject_id") == subject)["amount"].sum() == owed
        transaction.set_rollback(True)


PAID = [
    EntryLine(LedgerCode(Book.CLEARING, channel="bank"), 500),
    EntryLine(LedgerCode(Book.ADVANCE, 1), -500),
]
DAY = date(2026, 11, 24)


def test_another_use_of_a_key_stops_the_whole_batch():
    post_one(BATCH, ("key:a", 1, DAY, PAID))
    other = [EntryLine(PAID[0].code, 501), EntryLine(PAID[1].code, -501)]
    with pytest.raises(operations.KeyReused) as refusal, transaction.atomic():
        post_all(BATCH, [("key:b", 1, DAY, PAID), ("key:a", 1, DAY, other)])
    assert refusal.value.key == "key:a"
    assert len(stored(BATCH)) == 2


def test_two_batches_fit_into_one_transaction():
    assert post_all(BATCH, [("key:a", 1, DAY, PAID)]) == 1
    assert post_all(BATCH, [("key:b", 1, DAY, PAID)], reason=Reason.PENALTY) == 1
    assert len(stored(BATCH)) == 4


@pytest.mark.parametrize(
    "history",
    [
        [("key:a", 1, DAY, PAID[:1])],
        [("key:a", 1, DAY, [])],
        [("key:a", 1, DAY, PAID), ("key:a", 2, DAY, PAID)],
        [("key:a", 1, DAY, [*PAID, EntryLine(PAID[0].code, 0)])],
    ],
)
def test_frames_that_do_not_balance_are_never_written(history):
    with pytest.raises(ValueError, match=r"batch|balance"):
        post_all(BATCH, history)
    assert stored(BATCH) == []


def test_an_empty_batch_posts_nothing():
    assert post_all(BATCH, []) == 0


def test_the_audit_names_an_unbalanced_transfer_and_a_missing_guard():
    post_all(BATCH, [("key:a", 1, DAY, PAID)])
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_entry (transfer_id, line, supplier_id, subject_id, service_id,"
                " amount, happened_on, reason, book, part, channel, bulk)"
                " SELECT id, 9, 2, 1, 1, 1, '2026-11-24', 3, 1, 1, '', true FROM ledger_transfer"
            )
            cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_append_only")
        measured = queries.invariants(supplier_id=BATCH)
        others = [line.code for line in queries.invariants(supplier_id=SINGLE) if line.breaches]
        transaction.set_rollback(True)
    found = [(line.code, line.breaches, line.example) for line in measured if line.breaches]
    assert found == [
        ("I1", 1, "key:a"),
        ("I10", 1, "ledger_entry: нет включённого триггера ledger_entry_append_only"),
        ("I10", 1, "key:a"),
        ("I12", 1, "key:a"),
    ]
    assert others == ["I10"]
