"""Payments of a bundle: kept once, posted once, never silently changed."""

from datetime import date, timedelta

import polars as pl
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abonent.domain.accounts.models import CustomerAccount
from abonent.domain.ledger import queries as balances
from abonent.domain.ledger.rules import Book, Part
from abonent.domain.payments import operations, queries
from abonent.domain.payments.models import Payment
from abonent.domain.payments.rules import Kind, PaymentState
from paying import NOW, posted_for

pytestmark = pytest.mark.django_db
SCHEMA = {
    "channel": pl.String, "external_id": pl.String, "account_id": pl.Int64, "paid_on": pl.Date,
    "credited_on": pl.Date, "amount": pl.Int64, "purpose_period": pl.Date,
    "purpose_service": pl.Int64, "purpose_part": pl.String, "kind": pl.String,
}  # fmt: skip
DAY = date(2026, 10, 12)


def row(world, number, amount=50_000, **given):
    return {
        "channel": "Сбербанк", "external_id": number, "account_id": world.flat.pk, "paid_on": DAY,
        "credited_on": None, "amount": amount, "purpose_period": None, "purpose_service": None,
        "purpose_part": None, "kind": "payment", **given,
    }  # fmt: skip


def load(world, *rows):
    with transaction.atomic():
        return operations.load_payments(
            supplier_id=world.supplier.pk, rows=pl.DataFrame(list(rows), schema=SCHEMA), now=NOW
        )


def counts(loaded):
    return loaded.inserted, loaded.updated, loaded.unchanged, len(loaded.conflicts)


def test_payments_are_kept_and_posted(world):
    assert counts(load(world, row(world, "a"), row(world, "b", 7))) == (2, 0, 0, 0)
    assert world.owes() == -50_007
    seen = queries.payments_of(supplier_id=world.supplier.pk, account_ids=[world.flat.pk])
    assert {(one.external_id, one.amount, one.state) for one in seen} == {
        ("a", 50_000, PaymentState.CAPTURED), ("b", 7, PaymentState.CAPTURED),
    }  # fmt: skip
    assert {one.paid_on for one in seen} == {DAY}
    assert world.broken() == {}


def test_the_same_file_again_changes_nothing(world):
    rows = [row(world, "a"), row(world, "b", 7)]
    load(world, *rows)
    assert counts(load(world, *rows, row(world, "c", 1))) == (1, 0, 2, 0)
    assert world.owes() == -50_008


@pytest.mark.parametrize(
    "other",
    [
        {"amount": 50_001},
        {"paid_on": DAY + timedelta(days=1)},
        {"credited_on": DAY},
        {"kind": "refund"},
        {"purpose_period": date(2026, 9, 1)},
        {"purpose_part": "penalty"},
    ],
)
def test_the_same_operation_with_other_values_is_named_and_not_touched(world, other):
    load(world, row(world, "a"))
    loaded = load(world, row(world, "a", **{"amount": 50_000, **other}), row(world, "b", 7))
    assert counts(loaded) == (1, 0, 0, 1)
    assert "«a»" in loaded.conflicts[0].text
    assert "«Сбербанк»" in loaded.conflicts[0].text
    assert world.owes() == -50_007
    assert world.broken() == {}


def test_one_file_that_describes_an_operation_in_two_ways_loads_neither(world):
    loaded = load(world, row(world, "a"), row(world, "a", 1), row(world, "b"), row(world, "b"))
    assert counts(loaded) == (1, 0, 2, 1)
    assert world.owes() == -50_000


def test_a_refund_and_a_cancel_take_money_off_the_account(world):
    load(
        world,
        row(world, "a", 50_000),
        row(world, "r", 10_000, kind="refund"),
        row(world, "c", 40_000, kind="cancel"),
    )
    assert world.owes() == 0
    kinds = Payment.objects.order_by("external_id").values_list("kind", flat=True)
    assert list(kinds) == [Kind.PAYMENT, Kind.CANCEL, Kind.REFUND]
    assert world.broken() == {}


def test_the_purpose_stays_in_the_code_of_the_advance(world):
    load(
        world,
        row(world, "a", purpose_period=date(2026, 7, 1), purpose_service=world.service.pk, purpose_part="penalty"),
    )  # fmt: skip
    line = balances.balances(supplier_id=world.supplier.pk, subject_id=world.flat.pk)[0]
    assert (line.book, line.service_id, line.month, line.part) == (
        Book.ADVANCE, world.service.pk, date(2026, 7, 1), Part.PENALTY,
    )  # fmt: skip


def test_an_organisation_pays_on_the_day_of_crediting_a_citizen_on_his_own(world):
    company = CustomerAccount.objects.create(
        supplier=world.supplier, customer=world.flat.customer, number="77", kind="organisation"
    )
    credited = DAY + timedelta(days=3)
    load(
        world,
        row(world, "a", credited_on=credited),
        row(world, "b", account_id=company.pk, credited_on=credited),
        row(world, "c", account_id=company.pk),
    )
    frame = balances.movements_frame(
        supplier_id=world.supplier.pk, first_id=1, last_id=company.pk, before=date(2027, 1, 1)
    )
    days = set(frame.select("subject_id", "happened_on").rows())
    assert days == {(world.flat.pk, DAY), (company.pk, credited), (company.pk, DAY)}


def test_a_registry_that_repeats_our_own_payment_is_matched_not_added(world, bank):
    view = world.pay(50_000)
    bank.pays(view)
    settled = operations.settle_payment(payment_id=view.id, now=NOW)
    told = row(world, settled.external_id, channel="yookassa", paid_on=DAY)
    assert counts(load(world, told)) == (0, 0, 1, 0)
    assert counts(load(world, {**told, "amount": 50_001})) == (0, 0, 0, 1)
    assert world.owes() == -50_000
    assert posted_for(view) == [50_000]


def test_a_registry_that_knows_of_a_payment_first_wakes_the_janitor(world, bank):
    view = world.pay(50_000)
    bank.pays(view)
    assert counts(load(world, row(world, view.external_id, channel="yookassa"))) == (0, 0, 1, 0)
    assert world.owes() == 0
    assert operations.settle_awaiting(now=NOW) == 1
    assert posted_for(view) == [50_000]


def test_money_that_a_registry_brought_before_its_payment_was_bound_is_not_doubled(world, bank):
    from bank_simulator.faults import Fault

    bank.simulator.fault(Fault("after", "500", method="POST"))
    view = world.pay(50_000)
    number = bank.simulator.truth()["payments"][0]["id"]
    bank.simulator.payer(number, act="pay")
    load(world, row(world, number, channel="yookassa"))
    operations.settle_payment(payment_id=view.id, now=NOW + timedelta(minutes=1))
    assert world.owes() == -50_000
    assert queries.view_of(view.id).state == PaymentState.QUARANTINED


def test_each_supplier_has_operations_of_its_own(world):
    load(world, row(world, "a"))
    with transaction.atomic():
        loaded = operations.load_payments(
            supplier_id=world.supplier.pk + 1, rows=pl.DataFrame([row(world, "a", 1)], schema=SCHEMA), now=NOW
        )  # fmt: skip
    assert counts(loaded) == (1, 0, 0, 0)
    assert world.owes() == -50_000


def test_an_empty_file_loads_nothing(world):
    assert counts(load(world)) == (0, 0, 0, 0)


operations_of_files = st.lists(
    st.tuples(st.sampled_from("abcde"), st.integers(1, 3), st.sampled_from(["payment", "refund"])),
    max_size=8,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(files=st.lists(operations_of_files, max_size=4))
def test_whatever_files_come_each_operation_counts_once(world, files):
    with transaction.atomic():
        known = {}
        for file in files:
            told = {}
            for number, amount, kind in file:
                told.setdefault(number, set()).add((amount, kind))
            for number, ways in told.items():
                if len(ways) == 1:
                    known.setdefault(number, next(iter(ways)))
            load(world, *(row(world, number, amount, kind=kind) for number, amount, kind in file))
        expected = sum(-amount if kind == "payment" else amount for amount, kind in known.values())
        assert world.owes() == expected
        assert world.broken() == {}
        transaction.set_rollback(True)


def test_the_audit_names_a_payment_without_its_posting(world):
    load(world, row(world, "a"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payments_payment SET amount = amount + 1")
    assert world.broken() == {"I3": "payment:Сбербанк:a", "I5": "payment:Сбербанк:a"}
