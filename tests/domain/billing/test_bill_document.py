"""From a published bill to its paper: gathering, rendering, the command."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from pdfminer.high_level import extract_text

from abonent.common.periods import Period
from abonent.common.refusals import Refusal
from abonent.domain.accounts.models import Customer, CustomerAccount, CustomerAgreement
from abonent.domain.accounts.queries.bill_codes import bill_code_for
from abonent.domain.accounts.rules import AccountKind
from abonent.domain.billing.operations.document import bill_document, printed_bill
from abonent.domain.billing.queries.paper import bill_paper
from abonent.domain.billing.queries.statements import NotPublished, statement
from abonent.domain.documents.rules import PaperPayment, VolumeMethod
from abonent.domain.suppliers.models import ServiceCategory
from bills import NUMBER, OCTOBER, PUBLISHED_AT, Household, two_bills

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def household(db: None) -> Household:
    return two_bills()


def test_the_paper_holds_the_bill_and_everything_around_it(household: Household) -> None:
    paper = bill_paper(
        supplier_id=household.supplier_id, account_id=household.account_id, period=OCTOBER
    )
    found = statement(
        supplier_id=household.supplier_id, account_id=household.account_id, period=OCTOBER
    )
    assert (paper.opening, paper.charged, paper.penalty, paper.paid) == (120000, 499826, 0, 100000)
    assert paper.due == 519826
    assert paper.due_by == date(2026, 11, 16)
    assert paper.published_at == PUBLISHED_AT
    assert paper.qr == found.qr
    assert paper.payer.account_number == NUMBER
    assert paper.payer.area == Decimal("54.3")
    assert paper.payer.link_code == ""
    assert paper.provider.phone == "8 (3452) 00-00-00"
    assert paper.provider.email == "", "«указан в квитанции» is no address for the квитанция"
    assert paper.last_payment == PaperPayment(date(2026, 10, 12), 100000)


def test_lines_are_told_in_words(household: Household) -> None:
    paper = bill_paper(
        supplier_id=household.supplier_id, account_id=household.account_id, period=OCTOBER
    )
    assert [
        (line.service, line.detail, str(line.volume), str(line.rate)) for line in paper.lines
    ] == [
        ("Холодная вода", "", "2.444", "48.31"),
        ("Электричество", "день", "120", "4.93"),
        ("Электричество", "ночь", "60", "2.96"),
        ("Отопление", "", "1.485728", "2350.12"),
        ("Горячая вода", "подогрев", "0.19776", "2350.12"),
        ("Горячая вода", "вода", "3.200", "48.31"),
    ]
    assert paper.lines[3].method is VolumeMethod.HOUSE
    assert sum(line.vat for line in paper.lines) == 90133


def test_each_register_is_read_once_with_its_meters_verification(household: Household) -> None:
    paper = bill_paper(
        supplier_id=household.supplier_id, account_id=household.account_id, period=OCTOBER
    )
    rows = [
        (row.serial, row.zone, str(row.previous), str(row.current), str(row.volume), row.unit)
        for row in paper.readings
    ]
    assert rows == [
        ("22510043", "", "123.456", "125.900", "2.444", "м³"),
        ("10475512", "день", "14207", "14327", "120", "кВт·ч"),
        ("10475512", "ночь", "6118", "6178", "60", "кВт·ч"),
        ("22510044", "", "86.412", "89.612", "3.200", "м³"),
    ]
    assert paper.readings[0].verified_until == date(2029, 5, 14)
    assert paper.readings[0].previous_on == date(2026, 9, 23)
    assert [(norm.service, str(norm.volume)) for norm in paper.norms] == [
        ("Горячая вода, подогрев", "0.061800")
    ]
    assert [(row.service, str(row.volume)) for row in paper.house] == [("Отопление", "131.04")]


def test_the_pdf_is_made_once(household: Household, django_assert_max_num_queries) -> None:
    first = bill_document(
        supplier_id=household.supplier_id,
        account_id=household.account_id,
        period=OCTOBER,
        actor_id=None,
        now=NOW,
    )
    with django_assert_max_num_queries(5):
        again = bill_document(
            supplier_id=household.supplier_id,
            account_id=household.account_id,
            period=OCTOBER,
            actor_id=None,
            now=NOW,
        )
    assert again == first


def text_of(household: Household, verb, tmp_path: Path) -> str:
    file = verb(
        supplier_id=household.supplier_id,
        account_id=household.account_id,
        period=OCTOBER,
        actor_id=None,
        now=NOW,
    )
    out = tmp_path / f"{file.view.kind}.pdf"
    out.write_bytes(file.content)
    return extract_text(out)


def test_only_the_delivered_paper_bears_the_linking_code(
    household: Household, tmp_path: Path
) -> None:
    code = bill_code_for(
        supplier_id=household.supplier_id, account_id=household.account_id, period=OCTOBER
    )
    assert code in text_of(household, printed_bill, tmp_path)
    seen = text_of(household, bill_document, tmp_path)
    assert "5 198,26" in seen
    assert code not in seen
    assert "Код для кабинета" not in seen


def test_an_organisation_is_named_with_its_codes_and_contracts(
    household: Household, tmp_path: Path
) -> None:
    CustomerAccount.objects.update(kind=AccountKind.ORGANISATION)
    Customer.objects.update(full_name="ООО «Ромашка»", inn="7204000019", kpp="720401001")
    for number, service in zip(
        ("ТЭ-17", "В-3", "В-3"), ServiceCategory.objects.all(), strict=False
    ):
        CustomerAgreement.objects.create(
            supplier_id=household.supplier_id, account_id=household.account_id, service=service,
            contract_number=number, valid_from=date(2020, 1, 1),
        )  # fmt: skip
    text = text_of(household, bill_document, tmp_path)
    for word in ("ООО «Ромашка»", "7204000019, 720401001", "В-3, №\u00a0ТЭ-17"):
        assert word.replace("\u00a0", " ") in text.replace("\u00a0", " ").replace("\n", " "), word
    for word in ("Проживают", "ассрочка", "№ 354", "льгот"):
        assert word not in text, word


def test_a_month_without_a_bill_is_refused(household: Household) -> None:
    with pytest.raises(NotPublished):
        bill_document(
            supplier_id=household.supplier_id,
            account_id=household.account_id,
            period=Period(2026, 11),
            actor_id=None,
            now=NOW,
        )


def test_receipt_writes_the_bill_to_a_file(household: Household, tmp_path: Path) -> None:
    out = tmp_path / "bill.pdf"
    call_command(
        "receipt", supplier="demo", account=NUMBER, period=OCTOBER, out=out, stderr=io.StringIO()
    )
    assert "5 198,26" in extract_text(out)


def test_receipt_refuses_in_words(household: Household, tmp_path: Path) -> None:
    wishes = {"supplier": "demo", "account": NUMBER, "period": OCTOBER, "out": tmp_path / "b.pdf"}
    for wrong, words in (
        ({"supplier": "nobody"}, "nobody"),
        ({"account": "1"}, "Лицевого счёта «1»"),
        ({"period": Period(2026, 11)}, "не опубликован"),
        ({"out": tmp_path / "no" / "b.pdf"}, "--out"),
    ):
        with pytest.raises(Refusal) as refusal:
            call_command("receipt", **{**wishes, **wrong}, stderr=io.StringIO())
        assert words in refusal.value.text
    assert not (tmp_path / "b.pdf").exists()
