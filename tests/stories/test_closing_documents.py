"""Closing documents of organisations, through the command (RULES 5.5, issue 6)."""

import json
import xml.etree.ElementTree as ET

import pytest
from pdfminer.high_level import extract_text

from checker_bundle import Department
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = "2026-08"


@pytest.fixture
def department(tmp_path):
    made = Department(tmp_path)
    made.files["supplier.toml"] += (
        'kpp = "720401001"\nbank_name = "ПАО «БАНК»"\nbic = "044525225"\n'
        'account_number = "40702810138250123017"\n'
        'correspondent_account = "30101810400000000225"\n[policy]\nwindow_to_day = 31\n'
    )
    return made


def firm(department, number, values, inn="7204000019", service="el", **terms):
    meter = {name: terms.pop(name) for name in ("ratio", "frac_digits") if name in terms}
    head = (
        "account;kind;category;residents;organisation_class;opened_on;closed_on;full_name;inn;kpp\n"
    )
    department.files["accounts.csv"] = department.files.get("accounts.csv", head) + (
        f"{number};organisation;mkd;;general;2015-03-01;;ООО «Ромашка {number}»;{inn};720401001\n"
    )
    department.agreement(number, service, **terms)
    own = {"frac_digits": 2, "contract_number": terms.get("contract", "")}
    department.meter(number, f"m{number}", service, **own | meter)
    department.readings(number, f"m{number}", values)


EXAMPLE = {"2026-07-31": "1234.56", "2026-08-31": "1301.22"}


def documents(*more, month=MONTH):
    code, out, err = run("documents", "--supplier", "check", "--period", month, "--json", *more)
    return code, json.loads(out or "{}"), err


def one(found, kind):
    (paper,) = [paper for paper in found["documents"] if paper["kind"] == kind]
    return paper


def test_example_52(department, tmp_path):
    firm(department, "1", EXAMPLE, price="7.48512", losses="2.35", losses_side="add", ratio=40,
         contract="К-1")  # fmt: skip
    department.send()
    assert department.bill(MONTH)[0] == 0
    code, found, err = documents("--out", str(tmp_path / "out"))
    assert code == 0, err
    paper = one(found, "upd")
    assert (paper["number"], paper["date"], paper["contract"]) == ("1", "2026-08-31", "К-1")
    assert (paper["net"], paper["vat"], paper["amount"]) == ("20426.89", "4493.92", "24920.81")
    content = (tmp_path / "out" / paper["files"]["xml"]["name"]).read_bytes()
    assert content.startswith(b"<?xml version='1.0' encoding='windows-1251'?>")
    assert "Универсальный".encode("cp1251") not in content
    assert "Ромашка".encode("cp1251") in content
    root = ET.fromstring(content)  # noqa: S314  (our own file)
    (line,) = root.iter("СведТов")
    assert line.attrib == {
        "НомСтр": "1", "НаимТов": "Электроэнергия", "ОКЕИ_Тов": "245", "НаимЕдИзм": "кВт·ч",
        "КолТов": "2729", "ЦенаТов": "7.48512", "СтТовБезНДС": "20426.89", "НалСт": "22%",
        "СтТовУчНал": "24920.81",
    }  # fmt: skip
    assert line.findtext("СумНал/СумНал") == "4493.92"
    assert root.attrib["ВерсФорм"] == "5.03"
    name = root.attrib["ИдФайл"]
    assert paper["files"]["xml"]["name"] == f"{name}.xml"
    assert name.startswith("ON_NSCHFDOPPR_7204000019720401001_7204000019720401001_")
    assert root.find("Документ/СвСчФакт").attrib == {"НомерДок": "1", "ДатаДок": "31.08.2026"}
    base = root.find("Документ/СвПродПер/СвПер/ОснПер")
    assert (base.attrib["РеквНомерДок"], base.attrib["РеквДатаДок"]) == ("К-1", "01.03.2015")
    text = extract_text(tmp_path / "out" / paper["files"]["pdf"]["name"]).replace("\u00a0", " ")
    for words in ("2 729", "7,48512", "20 426,89", "4 493,92", "24 920,81", "Статус 1"):
        assert words in text
    assert "Двадцать четыре тысячи девятьсот двадцать рублей 81 копейка" in " ".join(text.split())


USED = {"2026-07-31": "0", "2026-08-31": "100", "2026-09-30": "250"}


def kopecks(row):
    return round(float(row["amount"]) * 100)


def bill(department, *months):
    department.send()
    for month in months:
        code, err = department.bill(month)
        assert code == 0, err


def test_a_correction_adjusts_the_document_of_the_closed_month(department, tmp_path):
    firm(department, "1", USED, price="5", contract="К-1")
    bill(department, MONTH)
    assert documents()[0] == 0
    department.agreement("1", contract="К-1", price="6", valid_from="2026-08-01")
    bill(department, "2026-09")
    code, found, err = documents("--out", str(tmp_path / "out"), month="2026-09")
    assert code == 0, err
    paper, change, invoice = (one(found, kind) for kind in ("upd", "adjustment", "invoice"))
    assert (paper["net"], paper["amount"]) == ("900.00", "1098.00")
    assert (change["corrects"], change["net"], change["vat"]) == (MONTH, "100.00", "22.00")
    assert [paper["number"], change["number"]] == ["2", "3"]
    charged = statement("check", "1", "2026-09")["charged"]
    assert invoice["amount"] == charged == "1220.00"
    text = " ".join(
        extract_text(tmp_path / "out" / change["files"]["pdf"]["name"])
        .replace("\u00a0", " ")
        .split()
    )
    assert "К документу: УПД № 1 от 31 августа 2026" in text
    for words in ("до изменения", "500,00", "после изменения", "600,00", "увеличение", "122,00"):
        assert words in text
    # A second correction of the same month begins where the first one ended.
    department.agreement("1", contract="К-1", price="5.5", valid_from="2026-08-16")
    bill(department, "2026-10")
    code, found, err = documents("--out", str(tmp_path / "out"), month="2026-10")
    assert code == 0, err
    august = next(paper for paper in found["documents"] if paper["corrects"] == MONTH)
    lines = statement("check", "1", "2026-10")["lines"]
    assert sum(kopecks(paper) for paper in found["documents"] if paper["kind"] != "invoice") == sum(
        kopecks(line) for line in lines
    )
    assert kopecks(august) == sum(
        kopecks(line) for line in lines if (line["corrects"] or "").startswith(MONTH)
    )
    text = extract_text(tmp_path / "out" / august["files"]["pdf"]["name"])
    assert "600,00" in text
    assert run("audit", "--supplier", "check")[0] == 0


def test_a_correction_of_a_month_without_documents_is_named(department):
    firm(department, "1", USED, price="5", contract="К-1")
    bill(department, MONTH)
    department.agreement("1", contract="К-1", price="6", valid_from="2026-08-01")
    bill(department, "2026-09")
    code, found, err = documents(month="2026-09")
    assert code == 1
    assert found["documents"] == []
    assert f"abonent documents --period {MONTH}" in err
    assert documents()[0] == 0
    assert documents(month="2026-09")[0] == 0


def test_each_contract_has_its_document_and_all_add_up_to_the_bill(department):
    firm(department, "1", USED, price="5.12345", contract="А")
    department.agreement("1", "el", contract="Б", price="7.1")
    department.meter("1", "mb", contract_number="Б")
    department.readings("1", "mb", {"2026-07-31": "0", "2026-08-31": "33"})
    department.agreement("1", "cw", contract="В")
    department.meter("1", "mw", "cw", contract_number="В", frac_digits=3)
    department.readings("1", "mw", {"2026-07-31": "0", "2026-08-31": "7.777"})
    bill(department, MONTH)
    code, found, err = documents()
    assert code == 0, err
    papers = [paper for paper in found["documents"] if paper["kind"] == "upd"]
    assert [(paper["number"], paper["contract"]) for paper in papers] == [
        ("1", "А"), ("2", "Б"), ("3", "В"),
    ]  # fmt: skip
    charged = statement("check", "1", MONTH)["charged"]
    sums = [int(paper["amount"].replace(".", "")) for paper in papers]
    assert sum(sums) == int(charged.replace(".", ""))
    assert one(found, "invoice")["amount"] == charged


def test_a_price_that_holds_the_tax_is_written_without_it(department, tmp_path):
    # The tariff of water is 48.31 with 22 % inside: 39.59836065574 without.
    firm(department, "1", USED, service="cw")
    bill(department, MONTH)
    code, found, err = documents("--out", str(tmp_path / "out"))
    assert code == 0, err
    content = (tmp_path / "out" / one(found, "upd")["files"]["xml"]["name"]).read_bytes()
    (line,) = ET.fromstring(content).iter("СведТов")  # noqa: S314  (our own file)
    assert line.attrib["ЦенаТов"] == "39.59836065574"
    assert line.attrib["СтТовБезНДС"] == "3959.84"
    assert (line.attrib["КолТов"], line.attrib["ОКЕИ_Тов"]) == ("100", "113")
    assert one(found, "upd")["amount"] == "4831.00"


def test_two_documents_instead_of_one_where_the_supplier_wants_them(department, tmp_path):
    department.files["supplier.toml"] += (
        'closing_documents = "separate"\nsigner_name = "Юдина Тамара Ильинична"\n'
        'signer_position = "Бухгалтер"\n'
    )
    firm(department, "1", USED, price="5")
    bill(department, MONTH)
    code, found, err = documents("--out", str(tmp_path / "out"))
    assert code == 0, err
    assert [paper["kind"] for paper in found["documents"]] == ["act", "invoice", "tax_invoice"]
    assert {paper["number"] for paper in found["documents"]} == {"1"}
    functions = {}
    for kind in ("act", "tax_invoice"):
        content = (tmp_path / "out" / one(found, kind)["files"]["xml"]["name"]).read_bytes()
        root = ET.fromstring(content)  # noqa: S314  (our own file)
        functions[kind] = root[0].attrib["Функция"], root.find("Документ/СвПродПер") is None
        signer = root.find("Документ/Подписант")
        assert signer.attrib == {"Должн": "Бухгалтер", "СпосПодтПолном": "1"}
        assert signer.find("ФИО").attrib["Отчество"] == "Ильинична"
    assert functions == {"act": ("ДОП", False), "tax_invoice": ("СЧФ", True)}


def test_repeating_changes_nothing_and_new_accounts_get_the_next_numbers(department):
    firm(department, "1", USED, price="5")
    department.files["accounts.csv"] += "home;household;mkd;3;;2015-03-01;;Иванов Иван;;\n"
    department.meter("home", "mh")
    department.readings("home", "mh", {"2026-07-31": 0, "2026-08-31": 10})
    bill(department, MONTH)
    first = documents()[1]
    assert len(first["documents"]) == 2
    assert documents()[1] == first
    assert documents("--account", "1")[1] == first
    code, _, err = documents("--account", "home")
    assert code == 1
    assert "бытовой" in err
    code, _, err = documents(month="2026-09")
    assert code == 1
    assert "не опубликован" in err


def test_what_the_law_or_the_format_forbids_is_left_out_and_named(department):
    firm(department, "noinn", USED, inn="", price="5")
    firm(department, "good", USED, price="5")
    bill(department, MONTH)
    code, found, err = documents()
    assert code == 1
    assert {paper["account"] for paper in found["documents"]} == {"good"}
    assert {paper["number"] for paper in found["documents"]} == {"1"}
    assert found["left_out"] == [
        {
            "account": "noinn",
            "why": "не указан ИНН: без него счёт-фактура недействителен. Добавьте inn",
        }
    ]
    assert "Лицевой счёт noinn" in err
    assert run("audit", "--supplier", "check")[0] == 0
