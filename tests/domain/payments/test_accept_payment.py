"""Money from agents: accepted once, cancelled once, kept when nobody knows whose it is."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from django.db import transaction

from abonent.common.refusals import NotFound
from abonent.domain.journal.models import JournalEntry
from abonent.domain.ledger import queries as ledger
from abonent.domain.payments import operations, queries
from abonent.domain.payments.models import AgentOperation, Notice, Payment
from abonent.domain.payments.rules import (
    CancelAsked,
    PayAsked,
    StatusAsked,
    UnknownAccount,
    Verdict,
)
from agents import RAW, TERMS
from paying import NOW, charge

pytestmark = pytest.mark.django_db
FRAME = {
    "channel": pl.String, "external_id": pl.String, "account_id": pl.Int64, "paid_on": pl.Date,
    "credited_on": pl.Date, "amount": pl.Int64, "purpose_period": pl.Date,
    "purpose_service": pl.Int64, "purpose_part": pl.String, "kind": pl.String,
}  # fmt: skip
FLAT, NOBODYS = "0010012345", "0010099999"
TODAY = date(2026, 11, 24)
CANCELLING = replace(TERMS, cancel_days=0)


def pay(world, number="1", account=FLAT, amount=50_000, paid_on=TODAY, terms=TERMS, now=NOW):
    return operations.accept_payment(
        supplier_id=world.supplier.pk,
        terms=terms,
        asked=PayAsked(number, account, amount, paid_on),
        raw=RAW,
        now=now,
    )


def cancel(world, number="1", terms=CANCELLING, now=NOW, **told):
    return operations.cancel_accepted(
        supplier_id=world.supplier.pk,
        terms=terms,
        asked=CancelAsked(number, **told),
        raw=RAW,
        now=now,
    )


def attribute(world, payment_id, account=None, why="звонил плательщик"):
    return operations.attribute_payment(
        supplier_id=world.supplier.pk, payment_id=payment_id,
        account_id=(account or world.flat).pk, why=why, actor_id=world.vera.pk, now=NOW,
    )  # fmt: skip


def suspense(world):
    return dict(
        ledger.suspense_frame(supplier_id=world.supplier.pk).select("channel", "amount").iter_rows()
    )


# Accepted


def test_it_pays_the_debt_as_of_the_agents_day_and_the_rest_is_an_advance(world):
    charge(world, 30_000)
    answer = pay(world, paid_on=date(2026, 11, 20))
    paid = Payment.objects.get()
    assert answer == replace(
        answer, verdict=Verdict.ACCEPTED, ours=paid.pk, amount=50_000, repeated=False
    )
    assert (paid.happened_on, paid.paid_on, paid.settled_at) == (date(2026, 11, 20),) * 2 + (NOW,)
    lines = ledger.balances(supplier_id=world.supplier.pk, subject_id=world.flat.pk)
    assert [(line.book.name, line.amount) for line in lines] == [("ADVANCE", -20_000)]
    assert (
        ledger.balances(
            supplier_id=world.supplier.pk, subject_id=world.flat.pk, before=date(2026, 11, 20)
        )[0].amount
        == 30_000
    )
    assert world.broken() == {}


def test_the_same_number_gets_the_same_answer_for_ever(world):
    first = pay(world)
    later = NOW + timedelta(days=300)
    assert pay(world, now=later) == replace(first, repeated=True)
    assert pay(world, paid_on=date(2026, 11, 23)) == replace(first, repeated=True)
    assert Payment.objects.count() == 1
    assert world.owes() == -50_000


def test_a_refusal_is_final_too(world):
    assert pay(world, amount=99).verdict == Verdict.TOO_SMALL
    generous = replace(TERMS, minimum=1)
    assert pay(world, amount=99, terms=generous).verdict == Verdict.TOO_SMALL
    assert not Payment.objects.exists()


def test_one_number_at_two_suppliers_or_channels_is_two_operations(world):
    pay(world)
    other = pay(world, terms=replace(TERMS, channel="other"))
    assert other.verdict == Verdict.ACCEPTED
    assert not other.repeated
    assert world.owes() == -100_000
    assert world.broken() == {}


@pytest.mark.parametrize(
    ("told", "counts_for"),
    [
        (TODAY + timedelta(days=1), TODAY),
        (None, TODAY),
        (TODAY - timedelta(days=366), TODAY - timedelta(days=366)),
        (TODAY + timedelta(days=2), None),
        (TODAY - timedelta(days=367), None),
    ],
)
def test_the_agents_clock_is_believed_within_bounds(world, told, counts_for):
    answer = pay(world, paid_on=told)
    assert (answer.verdict == Verdict.WRONG_MOMENT) == (counts_for is None)
    assert [one.paid_on for one in Payment.objects.all()] == ([counts_for] if counts_for else [])
    assert Notice.objects.count() == (counts_for is None)


def test_the_channels_service_is_the_purpose(world):
    charge(world, 30_000)
    terms = replace(TERMS, services={"101": "electricity", "102": "nothing-of-ours"})
    asked = PayAsked("1", FLAT, 50_000, TODAY, service="101")
    operations.accept_payment(
        supplier_id=world.supplier.pk, terms=terms, asked=asked, raw=RAW, now=NOW
    )
    assert Payment.objects.get().service_id == world.service.pk
    asked = replace(asked, number="2", service="102")
    operations.accept_payment(
        supplier_id=world.supplier.pk, terms=terms, asked=asked, raw=RAW, now=NOW
    )
    assert Payment.objects.latest("pk").service_id == 0
    assert world.owes() == -70_000


# A registry and the line, in either order


def load(world, external_id, amount):
    row = {
        "channel": "telepay", "external_id": external_id, "account_id": world.flat.pk,
        "paid_on": date(2026, 11, 23), "credited_on": date(2026, 11, 24), "amount": amount,
        "purpose_period": None, "purpose_service": None, "purpose_part": None, "kind": "payment",
    }  # fmt: skip
    with transaction.atomic():
        return operations.load_payments(
            supplier_id=world.supplier.pk, rows=pl.DataFrame([row], schema=FRAME), now=NOW
        )


def test_a_payment_that_a_registry_brought_before_is_matched_not_added(world):
    load(world, "1", 50_000)
    answer = pay(world)
    assert (answer.verdict, answer.ours) == (Verdict.ACCEPTED, Payment.objects.get().pk)
    assert pay(world) == replace(answer, repeated=True)
    assert world.owes() == -50_000
    assert world.broken() == {}


@pytest.mark.parametrize(
    "other", [{"amount": 50_001}, {"account": "0010012346"}, {"account": NOBODYS}]
)
def test_a_payment_that_the_registry_knows_otherwise_is_set_aside(world, other):
    load(world, "1", 50_000)
    answer = pay(world, **other)
    assert answer.verdict == Verdict.DIFFERS
    assert pay(world, **other).verdict == Verdict.DIFFERS
    assert Notice.objects.get().payment_id == Payment.objects.get().pk
    assert world.owes() == -50_000
    assert world.broken() == {}


def test_a_registry_that_repeats_a_payment_of_the_line_changes_nothing(world):
    pay(world)
    loaded = load(world, "1", 50_000)
    assert (loaded.inserted, loaded.unchanged, loaded.conflicts) == (0, 1, ())
    assert len(load(world, "1", 50_001).conflicts) == 1
    assert world.owes() == -50_000


def test_what_a_registry_brought_may_be_cancelled_by_the_line(world):
    load(world, "1", 50_000)
    assert cancel(world, terms=replace(TERMS, cancel_days=1)).verdict == Verdict.CANCELLED
    assert world.owes() == 0
    assert pay(world).verdict == Verdict.ACCEPTED
    assert world.owes() == 0
    assert world.broken() == {}


# Cancelled


def test_a_cancellation_takes_the_money_off_once_and_the_debt_is_back(world):
    charge(world, 30_000)
    pay(world)
    first = cancel(world, now=NOW + timedelta(hours=1))
    assert cancel(world, now=NOW + timedelta(days=9)) == first
    assert world.owes() == 30_000
    assert pay(world).verdict == Verdict.ACCEPTED
    assert world.owes() == 30_000
    status = queries.operation_status(supplier_id=world.supplier.pk, terms=TERMS, number="1")
    assert (status.verdict, status.at) == (Verdict.CANCELLED, first.at)
    pay(world, number="2", amount=30_000)
    lines = ledger.balances(supplier_id=world.supplier.pk, subject_id=world.flat.pk)
    assert sum(line.amount for line in lines) == 0
    assert world.broken() == {}


@pytest.mark.parametrize(
    ("days", "verdict"),
    [(None, Verdict.CANNOT_CANCEL), (0, Verdict.CANNOT_CANCEL), (1, Verdict.CANCELLED)],
)
def test_the_contract_says_how_long(world, days, verdict):
    pay(world, paid_on=date(2026, 11, 23))
    assert cancel(world, terms=replace(TERMS, cancel_days=days)).verdict == verdict
    assert world.owes() == (0 if verdict == Verdict.CANCELLED else -50_000)


@pytest.mark.parametrize("told", [{"amount": 49_999}, {"ours": "1234567890"}, {"own_number": "2"}])
def test_a_cancellation_that_contradicts_is_set_aside(world, told):
    pay(world)
    pay(world, number="2", account="0010012346")
    assert cancel(world, **told).verdict == Verdict.DIFFERS
    assert Notice.objects.get().reason
    assert world.owes() == -50_000


def test_a_refused_payment_has_nothing_to_cancel(world):
    pay(world, amount=99)
    assert cancel(world).verdict == Verdict.CANNOT_CANCEL


# Nobody's money


def test_money_for_an_unknown_number_waits_and_finds_its_account(world):
    charge(world, 30_000)
    answer = pay(world, account=NOBODYS, paid_on=date(2026, 11, 20))
    assert answer.verdict == Verdict.ACCEPTED
    assert suspense(world) == {"telepay": 50_000}
    (waiting,) = queries.unmatched_payments(supplier_id=world.supplier.pk)
    assert (waiting.payment_id, waiting.account_text, waiting.amount) == (
        answer.ours,
        NOBODYS,
        50_000,
    )
    assert JournalEntry.objects.filter(action="payment_unmatched").count() == 1
    assert world.broken() == {}
    view = attribute(world, waiting.payment_id)
    assert view.account_id == world.flat.pk
    assert suspense(world) == {}
    assert world.owes() == -20_000
    assert ledger.subject_total(supplier_id=world.supplier.pk, subject_id=world.flat.pk) == -20_000
    line = JournalEntry.objects.get(action="payment_attributed")
    assert (line.actor_id, line.details["why"]) == (world.vera.pk, "звонил плательщик")
    assert pay(world, account=NOBODYS) == replace(answer, repeated=True)
    assert world.broken() == {}


@pytest.mark.parametrize(
    "typed",
    [
        "0010012354",
        "0010012845",
        "001001234",
        "00100123455",
        "10012345",
        "00100-12345",
        "0010012435",
    ],
)
def test_staff_are_shown_whom_a_typing_error_may_have_meant(world, typed):
    pay(world, account=typed)
    (waiting,) = queries.unmatched_payments(supplier_id=world.supplier.pk)
    assert FLAT in [one.number for one in waiting.suggestions]
    assert {one.masked_name for one in waiting.suggestions} == {"А***"}


def test_nobody_is_suggested_for_words(world):
    pay(world, account="за-свет")
    assert queries.unmatched_payments(supplier_id=world.supplier.pk)[0].suggestions == ()


def test_attributed_money_may_still_be_given_back(world):
    paid = pay(world, account=NOBODYS)
    attribute(world, paid.ours)
    assert cancel(world).verdict == Verdict.CANCELLED
    assert (world.owes(), suspense(world)) == (0, {})
    assert world.broken() == {}


def test_money_given_back_from_suspense_cannot_be_attributed(world):
    paid = pay(world, account=NOBODYS)
    assert cancel(world).verdict == Verdict.CANCELLED
    assert suspense(world) == {}
    assert queries.unmatched_payments(supplier_id=world.supplier.pk) == []
    with pytest.raises(operations.AlreadyAttributed):
        attribute(world, paid.ours)
    assert world.broken() == {}


def test_what_attribution_refuses(world):
    paid = pay(world, account=NOBODYS)
    with pytest.raises(operations.ReasonMissing):
        attribute(world, paid.ours, why="  ")
    with pytest.raises(NotFound):
        attribute(world, paid.ours + 1)
    with pytest.raises(NotFound):
        operations.attribute_payment(
            supplier_id=world.supplier.pk, payment_id=paid.ours, account_id=10**9, why="x",
            actor_id=1, now=NOW,
        )  # fmt: skip
    attribute(world, paid.ours)
    with pytest.raises(operations.AlreadyAttributed):
        attribute(world, paid.ours)
    assert world.owes() == -50_000


def test_a_contract_may_refuse_unknown_numbers_at_the_payment_too(world):
    terms = replace(TERMS, unknown=UnknownAccount.REFUSE)
    assert pay(world, account=NOBODYS, terms=terms).verdict == Verdict.NOT_FOUND
    assert pay(world, account=NOBODYS).verdict == Verdict.NOT_FOUND, "the first answer stands"
    assert not Payment.objects.exists()


def test_the_audit_sees_suspense_that_has_no_payment(world):
    pay(world, account=NOBODYS)
    Payment.objects.update(account_id=world.flat.pk)
    assert "R7" in world.broken()
    Payment.objects.update(account_id=0)
    AgentOperation.objects.update(payment_id=1234567)
    assert world.broken() == {"I5": "операция telepay 1"}


def test_an_operation_that_nobody_told(world):
    asked = operations.answer_agent(
        supplier_code=world.supplier.code, terms=TERMS, asked=StatusAsked("404"), raw=RAW, now=NOW
    )
    assert asked.verdict == Verdict.UNKNOWN_OPERATION
