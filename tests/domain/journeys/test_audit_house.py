"""The audit finds a planted corruption of every kind and names its place; staff are told."""

from datetime import date, timedelta

import pytest
from django.db import connection

from abonent.common.partitions import ensure_partitions
from abonent.common.periods import Period
from abonent.domain.journal.queries import entries_for
from abonent.domain.journeys.audit_house import audit_house, measure_house
from abonent.domain.ledger.rules import Book
from abonent.domain.payments import operations
from abonent.domain.payments.rules import PayAsked
from agents import RAW, TERMS
from paying import CODE, NOW, bank, charge, world

__all__ = ["bank", "world"]
pytestmark = pytest.mark.django_db
LEDGER = ("ledger_transfer", "ledger_entry", "ledger_seal")
RIGHTS = "UPDATE, DELETE ON ledger_transfer, ledger_entry, ledger_seal"
PAID = "payment:{payment}:settled"
BILL = (
    "INSERT INTO billing_bill (period, account_id, supplier_id, run_id, number, opening, charged,"
    " penalty, paid, due, due_by) VALUES ('2026-10-01', {account}, {supplier}, {run}, 'КВ-1', 0,"
    " 100, 0, 0, 100, '2026-11-10')"
)
RUN = (
    "INSERT INTO billing_billingrun (id, supplier_id, period, as_of, state, opened_at, calculated)"
    " VALUES (1, {supplier}, '2026-10-01', '2026-10-31', 'published', now(), true)"
)
READING = (
    "INSERT INTO metering_reading (supplier_id, account_id, register_id, period, taken_on, source,"
    " sequence, value, quality, submission_id, received_at, comment) VALUES ({supplier}, {account},"
    " 1, '2026-10-01', '2026-10-24', 1, 0, 1, 0, gen_random_uuid(), now(), '')"
)


@pytest.fixture
def house(world, bank):
    """A charge, a payment through the bank, one from a terminal, all sealed."""
    charge(world, 30_000)
    view = world.pay(50_000)
    bank.pays(view)
    operations.settle_payment(payment_id=view.id, now=NOW)
    asked = PayAsked("77", "0010012345", 20_000, date(2026, 11, 24))
    operations.answer_agent(supplier_code=CODE, terms=TERMS, asked=asked, raw=RAW, now=NOW)
    ensure_partitions("billing_bill", [Period(2026, 10)])
    ensure_partitions("billing_charge", [Period(2026, 10)])
    ensure_partitions("metering_reading", [Period(2026, 10)])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert audit_house(now=NOW).broken == ()
    return {"payment": view.id, "supplier": world.supplier.pk, "account": world.flat.pk, "run": 1}


def corrupt(*statements):
    """Write past every guard, as the owner of the tables can."""
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT {RIGHTS} TO CURRENT_USER")
        for table in LEDGER:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        for table in LEDGER:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute(f"REVOKE {RIGHTS} FROM CURRENT_USER")


REFUND = (
    "INSERT INTO payments_refund (uuid, supplier_id, payment_id, account_id, amount, origin, why,"
    " state, version, asked_at, state_since) VALUES (gen_random_uuid(), {supplier}, {payment},"
    " {account}, 50001, 'staff', '', 'done', 0, now(), now())"
)
CORRUPTIONS = [
    ("I1", PAID, ["UPDATE ledger_entry SET amount = amount + 1 WHERE amount = 50000"]),
    ("I1", "без проводки", ["DELETE FROM ledger_transfer WHERE key = 'payment:{payment}:settled'"]),
    ("I2", PAID, ["ALTER TABLE ledger_transfer DROP CONSTRAINT ledger_key_once",
                  ("INSERT INTO ledger_transfer (supplier_id, subject_id, recorded_at, happened_on,"
                  " reason, key, fingerprint) SELECT supplier_id, subject_id, recorded_at,"
                  " happened_on, reason, key, fingerprint FROM ledger_transfer"
                  " WHERE key = 'payment:{payment}:settled'")]),
    ("I2", "payment_external_once", ["DROP INDEX payment_external_once"]),
    ("I3", PAID, ["UPDATE payments_payment SET amount = 1 WHERE id = {payment}"]),
    ("I3", PAID, ["DELETE FROM payments_payment WHERE id = {payment}"]),
    ("I4", "КВ-1", [RUN, BILL]),
    ("I5", PAID, [("DELETE FROM ledger_entry USING ledger_transfer t WHERE t.id = transfer_id"
                  " AND t.key = 'payment:{payment}:settled'")]),
    ("I5", "операция", ["DELETE FROM payments_payment WHERE asked IS NULL"]),
    ("I6", "captured → declined",
     [("INSERT INTO payments_paymentmove (payment_id, version, before, after, cause, moved_at)"
      " VALUES ({payment}, 99, 'captured', 'declined', 'hand', now())")]),
    ("I6", "не следует из истории",
     ["UPDATE payments_payment SET state = 'declined' WHERE id = {payment}"]),
    ("I7", "unknown", [("UPDATE payments_payment SET state = 'unknown',"
                       " next_check_at = now() - interval '1 hour' WHERE id = {payment}")]),
    ("I8", "возврат", [REFUND]),
    ("I9", "платёж", [
        ("UPDATE payments_payment SET asked = jsonb_set(asked, '{{receipt}}', '{{\"lines\": []}}')"
        " WHERE id = {payment}"), "DELETE FROM payments_fiscalreceipt"]),
    ("I10", "осталось право UPDATE", ["GRANT UPDATE ON ledger_entry TO PUBLIC"]),
    ("I10", "печать", ["UPDATE ledger_transfer SET subject_id = subject_id + 1"]),
    ("I10", PAID, ["UPDATE ledger_entry SET subject_id = subject_id + 1 WHERE amount = -50000"]),
    ("I11", "ключ сообщения", [("ALTER TABLE messaging_message DROP CONSTRAINT"
                               " messaging_message_key_key")]),
    ("I12", PAID, ["UPDATE ledger_entry SET supplier_id = supplier_id + 1 WHERE amount = -50000"]),
    ("I13", "передача", [READING]),
    ("I13", "показание", [READING]),
    ("I14", "КВ-1", [BILL]),
    ("I14", "one_run_of_a_month",
     ["ALTER TABLE billing_billingrun DROP CONSTRAINT one_run_of_a_month"]),
    ("R7", "telepay", ["UPDATE payments_payment SET account_id = 0 WHERE asked IS NULL"]),
    ("R15", "платёж", ["DELETE FROM payments_paymentpart"]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "place", "deed"), CORRUPTIONS)
def test_a_planted_corruption_is_found_and_named(house, code, place, deed):
    corrupt(*(statement.format(**house) for statement in deed))
    broken = measure_house(supplier_id=None).broken
    named = [one.example for one in broken if one.code == code]
    assert any(place.format(**house) in example for example in named), broken


def test_a_guard_that_was_left_off_is_named(house):
    corrupt()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_append_only")
    (found,) = measure_house(supplier_id=None).broken
    assert found.example == "ledger_entry: нет включённого триггера ledger_entry_append_only"


def test_the_result_of_the_night_is_kept_for_staff(house, caplog):
    assert [one.action for one in entries_for("house")] == ["audit_passed"]
    corrupt(*(one.format(**house) for one in CORRUPTIONS[0][2]))
    found = audit_house(now=NOW + timedelta(days=1))
    newest, first = entries_for("house")
    assert (newest.action, first.action) == ("audit_failed", "audit_passed")
    assert newest.details["broken"][0]["code"] == "I1"
    assert first.details["chain"]["hash"] == found.chain.hash != ""
    assert "audit: I1" in caplog.text


def test_the_trial_balance_adds_up_by_supplier(house):
    lines = {one.book: one for one in measure_house(supplier_id=house["supplier"]).trial}
    assert (lines[Book.CLEARING].debit, lines[Book.CLEARING].credit) == (70_000, 0)
    assert (lines[Book.RECEIVABLE].debit, lines[Book.RECEIVABLE].credit) == (30_000, 30_000)
    assert lines[Book.ADVANCE].balance == -40_000
    assert sum(one.balance for one in lines.values()) == 0
    assert measure_house(supplier_id=house["supplier"] + 1).trial == ()
