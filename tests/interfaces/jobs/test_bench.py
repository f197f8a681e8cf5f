"""``abonent bench``: what each kind measures really happens, and the last line is JSON."""

import json
from contextlib import nullcontext
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from abonent.domain.documents.models import Document
from abonent.domain.payments.models import Payment
from abonent.domain.payments.rules import PaymentState
from abonent.interfaces.jobs.bench import KINDS, pages, tape, terminals

in_committed_tables = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bench(monkeypatch):
    """Return a function that runs a bench here, not in a scratch database, for a moment."""
    monkeypatch.setattr(pages, "SECONDS", 0.01)
    command = "abonent.interfaces.jobs.management.commands.bench.scratch_database"
    monkeypatch.setattr(command, nullcontext)

    def run(kind, accounts):
        said = StringIO()
        call_command("bench", kind, accounts=accounts, stdout=said)
        return json.loads(said.getvalue().splitlines()[-1])

    yield run
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS limit_document")


def test_every_kind_of_the_contract_is_there():
    assert set(KINDS) == {
        "billing", "billing-year", "readings", "pages", "receipts", "payments", "quote", "terminals",
    }  # fmt: skip


@in_committed_tables
def test_pages_are_pages_of_people(bench):
    found = bench("pages", 6)
    assert found["overview_bytes"] > 5000
    assert found["sheet_bytes"] > 5000
    assert found["ratio"] > 0


@in_committed_tables
def test_receipts_are_made_and_kept(bench):
    found = bench("receipts", 6)
    assert found["bills"] == 2
    assert Document.objects.count() == 5, "one to warm up, two of ours, two watched"
    assert found["bytes"] == pytest.approx(Document.objects.first().size, rel=0.1)


@in_committed_tables
def test_payments_are_settled(bench):
    found = bench("payments", 4)
    assert found["payments"] == 4
    assert set(Payment.objects.values_list("state", flat=True)) == {PaymentState.CAPTURED}
    assert found["statements_each"] > 8


@in_committed_tables
def test_terminals_check_and_pay(bench, monkeypatch):
    monkeypatch.setattr(terminals, "CALLS", 3)
    found = bench("terminals", 2)
    assert Payment.objects.filter(state=PaymentState.CAPTURED).count() == 6
    assert found["pay_statements"] > found["check_statements"] > 2
    assert 0 < found["at_rate_p50_ms"] <= found["at_rate_p99_ms"]


@in_committed_tables
def test_what_is_sent_again_is_what_was_sent():
    with tape.recorded() as statements, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE limit_tape (said text)")
        cursor.execute("INSERT INTO limit_tape VALUES (%s)", ["сто % и 'кавычка'"])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM limit_tape")
        tape.send_again(statements[1:])
        cursor.execute("SELECT said FROM limit_tape")
        assert cursor.fetchall() == [("сто % и 'кавычка'",)]
        cursor.execute("DROP TABLE limit_tape")
