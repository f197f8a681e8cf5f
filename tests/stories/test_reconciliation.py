"""Reconciliation acts: the ledger's rows for any days, answered once (RULES 5.6)."""

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pdfminer.high_level import extract_text

from abonent.common.refusals import NotFound
from abonent.domain.accounts.queries.cards import find_account
from abonent.domain.invoicing import operations as invoicing
from abonent.domain.invoicing import queries
from abonent.domain.invoicing.queries.reconciliations import act_now
from abonent.domain.invoicing.rules import Verdict
from abonent.domain.invoicing.rules.reconciliation import act_workbook, frozen_act, thawed_act
from abonent.domain.ledger import queries as ledger
from abonent.domain.suppliers import queries as suppliers
from checker_bundle import Department
from commands import run

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
FIRST, LAST = date(2026, 8, 1), date(2026, 10, 31)


@pytest.fixture
def firm(tmp_path):
    """An organisation with an old debt, three months of bills and payments."""
    department = Department(tmp_path)
    department.files["supplier.toml"] += "[policy]\nwindow_to_day = 31\n"
    department.files["accounts.csv"] = "account;kind;opened_on;full_name;inn;kpp\n"
    department.add("accounts", "1;organisation;2015-03-01;=ООО «Ромашка»;7204000019;720401001")
    department.agreement("1", contract="К-1", price="5")
    department.meter("1", "m1", contract_number="К-1")
    department.readings(
        "1", "m1",
        {"2026-07-31": 0, "2026-08-31": 100, "2026-09-30": 250, "2026-10-31": 300},
    )  # fmt: skip
    department.files["balances.csv"] = (
        "account;service;period;part;amount\n1;el;2026-05;principal;1000.00\n"
    )
    department.files["payments.csv"] = (
        "channel;external_id;account;paid_on;amount;kind\n"
        "bank;77;1;2026-09-14;610.00;payment\nbank;78;1;2026-10-20;200.00;payment\n"
    )
    department.send()
    for month in ("2026-08", "2026-09"):
        assert department.bill(month)[0] == 0
    assert run("documents", "--supplier", "check", "--period", "2026-09")[0] == 0
    department.agreement("1", contract="К-1", price="6", valid_from="2026-09-01")
    department.send()
    assert department.bill("2026-10")[0] == 0
    supplier = suppliers.get_supplier("check")
    return supplier.id, find_account(supplier_id=supplier.id, number="1").id


def ordered(firm, since=FIRST, until=LAST):
    supplier_id, account_id = firm
    return invoicing.order_reconciliation(
        supplier_id=supplier_id, account_id=account_id, since=since, until=until, user_id=None,
        today=TODAY, now=NOW,
    )  # fmt: skip


def answered(firm, view, verdict=Verdict.AGREED, name="Юдина Т. И.", **rows):
    supplier_id, account_id = firm
    return invoicing.answer_reconciliation(
        supplier_id=supplier_id, account_id=account_id, reconciliation_id=view.id,
        verdict=verdict, discrepancies={key.strip("r"): text for key, text in rows.items()},
        user_id=5, user_name=name, now=NOW,
    )  # fmt: skip


def balance(firm, day):
    return ledger.subject_total_before(supplier_id=firm[0], subject_id=firm[1], day=day)


def test_the_act_says_what_the_ledger_says(firm):
    act = ordered(firm).act
    assert act.opening == balance(firm, FIRST) == 100_000
    assert act.closing == balance(firm, date(2026, 11, 1))
    assert act.opening + act.debit - act.credit == act.closing
    main = [(f"{row.day:%d.%m}", row.document, row.debit, row.credit)
            for row in act.rows if not row.is_penalty]  # fmt: skip
    assert main == [
        ("31.08", "Начислено за август\u00a02026", 61_000, 0),
        ("14.09", "Платёж № 77, банк", 0, 61_000),
        ("30.09", "УПД № 1 от 30.09.2026", 91_500, 0),
        ("20.10", "Платёж № 78, банк", 0, 20_000),
        # 50 kWh of October at 6 and 150 of September at one rouble more.
        ("31.10", "Начислено за октябрь\u00a02026", 36_600 + 18_300, 0),
    ]
    penalties = [row for row in act.rows if row.is_penalty]
    assert penalties
    assert all(row.document.startswith("Пени по долгу за") for row in penalties)
    assert "в пользу АО «Проверка»" in act.outcome
    assert act.contracts == ("К-1",)
    assert thawed_act(frozen_act(act)) == act


@pytest.mark.parametrize(
    ("since", "until"),
    [(FIRST, FIRST), (date(2026, 9, 14), date(2026, 9, 14)), (date(2026, 9, 15), LAST),
     (date(2022, 1, 1), date(2026, 11, 24))],
)  # fmt: skip
def test_the_identity_holds_for_any_days(firm, since, until):
    act = ordered(firm, since, until).act
    assert act.opening == balance(firm, since)
    assert act.opening + act.debit - act.credit == act.closing
    assert all(since <= row.day <= until for row in act.rows)


def test_the_same_act_is_made_once_and_a_changed_one_anew(firm):
    first, again = ordered(firm), ordered(firm)
    assert first.id == again.id
    other = ordered(firm, since=date(2026, 9, 1))
    assert [first.act.number, other.act.number] == ["1", "2"]
    supplier_id, account_id = firm
    listed = queries.reconciliations_of(supplier_id=supplier_id, account_id=account_id)
    assert [view.id for view in listed] == [other.id, first.id]


def test_wrong_days_are_refused(firm):
    for since, until in ((LAST, FIRST), (FIRST, date(2026, 11, 25)), (date(2020, 1, 1), LAST)):
        with pytest.raises(invoicing.WrongDays):
            ordered(firm, since, until)


def test_the_first_answer_stands_and_the_second_is_told_it(firm):
    view = ordered(firm)
    with pytest.raises(invoicing.NothingNamed):
        answered(firm, view, Verdict.DISCREPANCIES, r99="нет такой строки", r1="  ")
    said = answered(firm, view, Verdict.DISCREPANCIES, r3="Платили 16.09", r="Нет договора")
    assert said.answer.discrepancies == {"3": "Платили 16.09", "": "Нет договора"}
    text = queries.discrepancies_in_words(said)
    assert "Строка 3, 14.09.2026, Платёж № 77, банк: Платили 16.09" in text
    assert text.endswith("Нет договора")
    with pytest.raises(invoicing.AlreadyAnswered) as refused:
        answered(firm, view, name="Другой")
    for words in ("Юдина Т. И.", "24\u00a0ноября\u00a02026", "есть расхождения"):
        assert words in refused.value.text
    assert queries.discrepancies_in_words(ordered(firm)) == text


def test_an_act_of_another_account_does_not_exist(firm):
    view = ordered(firm)
    with pytest.raises(NotFound):
        answered((firm[0], firm[1] + 1), view)
    assert ordered(firm).answer is None


def test_the_files_say_the_same_and_hold_no_formula(firm):
    view = ordered(firm)
    supplier_id, account_id = firm
    given = {"supplier_id": supplier_id, "account_id": account_id, "now": NOW}
    pdf = invoicing.reconciliation_pdf(**given, reconciliation_id=view.id)
    assert invoicing.reconciliation_pdf(**given, reconciliation_id=view.id).content == pdf.content
    text = " ".join(extract_text(io.BytesIO(pdf.content)).replace("\u00a0", " ").split())
    for words in ("Акт сверки взаимных расчётов", "УПД № 1 от 30.09.2026", "610,00", "Пени"):
        assert words in text
    with zipfile.ZipFile(io.BytesIO(act_workbook(view.act))) as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert '<t xml:space="preserve">=ООО «Ромашка»' in sheet
    assert "<v>610.00</v>" in sheet
    assert act_workbook(view.act) == act_workbook(view.act)


def test_the_statements_do_not_grow_with_the_years(firm):
    supplier_id, account_id = firm

    def statements(since):
        with CaptureQueriesContext(connection) as asked:
            act_now(
                supplier_id=supplier_id, account_id=account_id, since=since, until=LAST, now=NOW
            )
        return len(asked)

    statements(LAST)
    assert statements(date(2022, 1, 1)) == statements(LAST) <= 14
