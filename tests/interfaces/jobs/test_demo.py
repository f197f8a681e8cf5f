"""``abonent demo``: towns founded through the import, billed for a year, with people in them."""

import re
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from abonent.common import clock
from abonent.common.periods import Period
from abonent.domain.accounts import queries as accounts
from abonent.domain.accounts.queries.registers import account_ids
from abonent.domain.billing import queries as billing
from abonent.domain.billing.queries.runs import publications
from abonent.domain.billing.queries.statements import statement
from abonent.domain.identity import queries as identity
from abonent.domain.journeys.link_account import link_account
from abonent.domain.ledger import queries as ledger
from abonent.domain.payments import queries as payments
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.support import queries as support
from abonent.interfaces.jobs.demo.cast import PASSWORD
from abonent.interfaces.jobs.demo.sheet import EVIDENCE_NAMES
from abonent.presets.load import load_preset

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LAST = Period(2026, 10)
SHEET = "demo-sign-ins.txt"
in_committed_tables = pytest.mark.django_db(transaction=True)


@pytest.fixture
def found(settings, tmp_path, monkeypatch):
    """Return a function that runs the command on the day of the tests."""
    settings.DATA = tmp_path
    monkeypatch.setattr("abonent.common.clock.now", lambda: NOW)

    def run(*arguments):
        said = StringIO()
        call_command("demo", *arguments, stdout=StringIO(), stderr=said)
        return said.getvalue()

    return run


def counts():
    """Return how many rows each table has."""
    from django.apps import apps
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
            found[model._meta.db_table] = cursor.fetchone()[0]
    return found


@in_committed_tables
def test_a_town_of_all_services(found, tmp_path):
    said = found("--only", "sesb", "--accounts", "40")
    supplier = suppliers.get_supplier("sesb")
    assert supplier.preset == "sesb"
    assert supplier.cabinet["short_name"] == "Свердловэнергосбыт"
    assert support.topics(supplier_id=supplier.id)
    assert billing.published_through(supplier_id=supplier.id) == LAST
    assert said.count("счетов 40") == 12

    ids = dict(account_ids(supplier_id=supplier.id).select("number", "account_id").iter_rows())
    anna = identity.user_by_email("anna@example.ru")
    assert anna.login == "anna"
    own = accounts.accounts_of(user_id=anna.id, supplier_id=supplier.id, now=NOW)
    assert [view.private for view in own] == [True]
    bills = billing.bills_of(supplier_id=supplier.id, account_id=own[0].id)
    assert len(bills) == 12
    assert all(bill.charged > 0 for bill in bills)
    days = publications(supplier_id=supplier.id)
    assert {at.date() for at in days.values()} == {
        Period.of(month).plus(1).day(5) for month in days
    }
    lines = [
        line
        for bill in bills
        for line in statement(
            supplier_id=supplier.id, account_id=own[0].id, period=bill.period
        ).lines
    ]
    assert not [line for line in lines if line.method == "correction"]
    winter = max(bill.charged for bill in bills if bill.period.month in {12, 1, 2})
    summer = min(bill.charged for bill in bills if bill.period.month in {6, 7, 8})
    assert winter > 1.5 * summer
    # She has paid everything but the last bill.
    assert bills[0].period == LAST
    assert bills[0].opening == bills[0].paid
    assert bills[0].due == bills[0].charged

    boris = identity.user_by_email("boris@example.ru")
    his = accounts.accounts_of(user_id=boris.id, supplier_id=supplier.id, now=NOW)
    assert [view.alias for view in his] == ["", "Мама", "Сдаю"]
    debt = billing.bills_of(supplier_id=supplier.id, account_id=his[2].id)[0]
    assert debt.due > 3 * debt.charged

    sheet = (tmp_path / SHEET).read_text(encoding="utf-8")
    free = next(line for line in sheet.splitlines() if "Свободный счёт" in line)
    number = free.split(": ")[1].split(",")[0]
    shown = sheet[sheet.index(free) :]
    assert (
        accounts.user_for_sign_in(supplier_id=supplier.id, number=number, now=clock.now()) is None
    )
    last = payments.payments_of(supplier_id=supplier.id, account_ids=[ids[number]], limit=1)[0]
    assert f"{last.amount // 100 % 1000:03d},{last.amount % 100:02d}" in shown
    assert PASSWORD in sheet

    measured = [
        *ledger.invariants(supplier_id=supplier.id),
        *billing.invariants(supplier_id=supplier.id),
        *payments.invariants(supplier_id=supplier.id),
    ]
    assert measured
    assert not [one for one in measured if one.breaches]


@in_committed_tables
def test_repeating_changes_nothing(found, tmp_path):
    found("--only", "tmesbyt", "--accounts", "12")
    before, sheet = counts(), (tmp_path / SHEET).read_bytes()
    found("--only", "tmesbyt", "--accounts", "12")
    assert counts() == before
    assert (tmp_path / SHEET).read_bytes() == sheet


@in_committed_tables
def test_a_supplier_that_is_not_this_town_is_not_touched(found, monkeypatch, tmp_path):
    monkeypatch.setattr("abonent.interfaces.jobs.demo.calendar.BILLED_MONTHS", 1)
    found("--only", "tmesbyt", "--accounts", "12")
    before, sheet = counts(), (tmp_path / SHEET).read_bytes()
    assert "не трогаем" in found("--only", "tmesbyt", "--seed", "2")
    assert counts() == before
    assert (tmp_path / SHEET).read_bytes() == sheet
    # The number of accounts is the one the town began with, whatever is asked now.
    assert "не трогаем" not in found("--only", "tmesbyt", "--accounts", "500")
    assert counts() == before


@in_committed_tables
def test_an_interrupted_town_is_finished(found, monkeypatch):
    from abonent.interfaces.jobs.demo import town

    real = town._bill

    def breaks_in_spring(supplier_id, period, now):
        if period == Period(2026, 4):
            raise KeyboardInterrupt
        return real(supplier_id, period, now)

    monkeypatch.setattr(town, "_bill", breaks_in_spring)
    with pytest.raises(KeyboardInterrupt):
        found("--only", "tmesbyt", "--accounts", "12")
    supplier = suppliers.get_supplier("tmesbyt")
    assert billing.published_through(supplier_id=supplier.id) == Period(2026, 3)
    monkeypatch.setattr(town, "_bill", real)
    found("--only", "tmesbyt", "--accounts", "12")
    assert billing.published_through(supplier_id=supplier.id) == LAST


@in_committed_tables
def test_people_of_several_towns_are_the_same_people(found, tmp_path):
    found("--only", "tmesbyt", "--accounts", "12")
    found("--only", "tns-kuban", "--accounts", "12")
    sheet = (tmp_path / SHEET).read_text(encoding="utf-8")
    assert "/tmesbyt/" in sheet
    assert "/tns-kuban/" in sheet
    olga = identity.user_by_email("firm@example.ru")
    kuban = suppliers.get_supplier("tns-kuban")
    contracts = accounts.accounts_of(user_id=olga.id, supplier_id=kuban.id, now=NOW)
    assert len(contracts) == 3
    assert all(
        len(billing.bills_of(supplier_id=kuban.id, account_id=view.id)) == 12 for view in contracts
    )


def test_files_alone_can_be_written(found, tmp_path):
    folder = tmp_path / "bundles"
    found("--only", "nesk", "--accounts", "10", "--write", str(folder))
    assert (folder / "nesk" / "supplier.toml").exists()
    assert not (Path(tmp_path) / SHEET).exists()


@in_committed_tables
@pytest.mark.parametrize("code", ["teplo-nn", "tmesbyt", "tns-voronezh", "sesb", "nesk"])
def test_the_sheet_is_enough_to_sign_up_for_the_free_account(found, monkeypatch, tmp_path, code):
    # One billed month is enough for a payment.
    monkeypatch.setattr("abonent.interfaces.jobs.demo.calendar.BILLED_MONTHS", 1)
    found("--only", code, "--accounts", "8")
    lines = (tmp_path / SHEET).read_text(encoding="utf-8").splitlines()
    at = next(at for at, line in enumerate(lines) if "Свободный счёт" in line)
    number = lines[at].split(": ")[1].split(",")[0]
    told = lines[at + 1].removeprefix("    кабинет спросит: ")
    given = {}
    for name, word in EVIDENCE_NAMES.items():
        match = re.search(
            rf"(?:^|, ){word} (.+?)(?=, (?:{'|'.join(EVIDENCE_NAMES.values())}) |$)", told
        )
        if match:
            given[name] = match[1].strip("«»").split(" ₽")[0]
    supplier = suppliers.get_supplier(code)
    if "branch" in given:
        branches = load_preset(code).preset.branches
        given["branch"] = next(one.code for one in branches if one.name == given["branch"])

    stranger = identity.user_by_email("anna@example.ru").id
    outcome = link_account(
        user_id=stranger, supplier_id=supplier.id, number=number, given=given,
        objection_url="/{token}", now=NOW,
    )  # fmt: skip
    assert outcome.linked, (given, outcome.text)
    assert outcome.opens_at > NOW

    wrong = dict.fromkeys(given, "1")
    other = "".join(reversed(number))
    refused = link_account(
        user_id=stranger, supplier_id=supplier.id, number=other, given=wrong,
        objection_url="/{token}", now=NOW,
    )  # fmt: skip
    assert not refused.linked
