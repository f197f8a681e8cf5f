"""``abonent bench``: what each kind measures really happens, and the last line is JSON."""

import json
from contextlib import nullcontext
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from abonent.domain.documents.models import Document
from abonent.domain.payments.models import Notice, Payment
from abonent.domain.payments.rules import PaymentState
from abonent.interfaces.jobs.bench import KINDS, crowd, imports, pages, tape, terminals

in_committed_tables = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bench(monkeypatch):
    """Return a function that runs a bench here, not in a scratch database, for a moment."""
    monkeypatch.setattr(pages, "SECONDS", 0.01)
    monkeypatch.setattr(crowd, "SECONDS", 0.1)
    monkeypatch.setattr(crowd, "PAYMENTS", 20)
    monkeypatch.setattr(crowd, "CONNECTIONS", (4,))
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
        "billing", "import", "readings", "pages", "receipts", "payments", "quote",
        "terminals",
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
def test_a_bundle_of_two_and_three_tenths_readings_a_home_is_imported(bench):
    found = bench("import", 20)
    assert (found["accounts"], found["meters"], found["readings"]) == (20, 40, 46)
    assert found["rows"] == 1 + 20 * 2 + 40 * 2 + 46 * 2, "the limit copies what ours wrote"
    assert found["ratio"] > 0
    used = sum(150 + n for n in (*range(20), 0, 1, 2, 10, 11, 12)) + 20 * 5
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(value - initial) / 1000000 FROM metering_reading x"
                       " JOIN metering_register r ON r.id = x.register_id")  # fmt: skip
        assert cursor.fetchone() == (46, used)
        for table in imports.TABLES:
            cursor.execute(f"DROP TABLE limit_{table}")


@in_committed_tables
def test_payments_are_settled(bench):
    found = bench("payments", 4)
    assert found["payments"] == 4
    assert set(Payment.objects.values_list("state", flat=True)) == {PaymentState.CAPTURED}
    # Four by the bank, twenty on one account, and some at the rate.
    assert Payment.objects.count() == 4 + 20 + 2
    assert Notice.objects.count() == 10
    assert found["one_account_4_lines_p99_ms"] > 0
    assert 0 < found["notices_p50_ms"] <= found["notices_p99_ms"]
    assert found["statements_each"] > 8


@in_committed_tables
def test_terminals_check_and_pay(bench, monkeypatch):
    monkeypatch.setattr(terminals, "CALLS", 3)
    found = bench("terminals", 2)
    assert Payment.objects.filter(state=PaymentState.CAPTURED).count() == 3 + 2
    assert found["pay_statements"] > found["check_statements"] > 2
    assert 0 < found["terminals_p50_ms"] <= found["terminals_p99_ms"]


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
