"""The file of the tax service against our schema, and the words of sums. No database."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from abonent.common.periods import Period
from abonent.domain.documents.rules import sum_in_words
from abonent.domain.invoicing.queries.gather import SCHEMA
from abonent.domain.invoicing.rules import (
    Good,
    Paper,
    PaperKind,
    Party,
    Reference,
    Settlement,
    frozen,
    thawed,
)
from abonent.domain.invoicing.rules.schema import faults_of, read_schema
from abonent.domain.invoicing.rules.upd import upd_xml

SELLER = Party("АО «Пример-Энерго»", "7204000019", "720401001", "625000, г. Тюмень")
NAME = (
    "ON_NSCHFDOPPR_7204000019720401001_7204000019720401001_20261105_"
    "d1cfa96a-ce41-4c62-8922-ce9d569a95fa_0_0_0_0_0_00"
)
EXAMPLE_52 = Good((1,), "Электроэнергия", "кВт·ч", "245", Decimal(2729), Decimal("7.48512"),
                  "22%", 2042689, 449392)  # fmt: skip
PAPER = Paper(
    kind=PaperKind.TRANSFER,
    number="15",
    dated_on=date(2026, 10, 31),
    period=Period(2026, 10),
    seller=SELLER,
    buyer=replace(SELLER, name="ООО «Ромашка»"),
    account_number="0010",
    contract=Reference("Договор", "К-1", date(2020, 1, 1)),
    goods=(EXAMPLE_52,),
    file_name=NAME,
    issued_at=datetime(2026, 11, 5, 9, 0, tzinfo=UTC),
)


@pytest.fixture(scope="module")
def schema():
    return read_schema(SCHEMA.read_text(encoding="utf-8"))


def written(**changes):
    return upd_xml(replace(PAPER, **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"kind": PaperKind.TAX_INVOICE},
        {"kind": PaperKind.ACT, "contract": None},
        {"revision": 2, "revised_on": date(2026, 11, 20)},
        {"buyer": Party("ИП Ёлкин Иван Ильич", "500100732259")},
        {"buyer": replace(SELLER, name='"Рога & <копыта>" ₽ \x07')},
        {"signer_name": "Юдина Тамара Ильинична", "signer_position": "Бухгалтер"},
        {"goods": (replace(EXAMPLE_52, vat_rate="без НДС", vat=0),)},
        {"goods": (replace(EXAMPLE_52, quantity=None, price=None),)},
    ],
)
def test_what_we_write_keeps_to_the_schema(schema, changes):
    assert faults_of(written(**changes), schema) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"number": ""}, "@НомерДок: не указано"),
        ({"buyer": Party("ООО", "72040000")}, "@ИННЮЛ: «72040000» – не по формату"),
        ({"buyer": Party("ООО")}, "@ИННЮЛ: не указано"),
        ({"file_name": "upd"}, "Файл/@ИдФайл: «upd»"),
        ({"goods": ()}, "СведТов: нет элемента"),
        ({"goods": (replace(EXAMPLE_52, vat_rate="21%"),)}, "@НалСт: «21%» – нет среди"),
        ({"goods": (replace(EXAMPLE_52, price=Decimal("1.000000000001")),)}, "fractionDigits 11"),
        ({"goods": (replace(EXAMPLE_52, quantity=Decimal(10) ** 26),)}, "totalDigits 26"),
        ({"goods": (replace(EXAMPLE_52, name="ж" * 1001),)}, "maxLength 1000"),
    ],
)
def test_what_breaks_the_format_is_named_with_its_place(schema, changes, fault):
    found = faults_of(written(**changes), schema)
    assert any(fault in one for one in found), found


@pytest.mark.parametrize(
    ("was", "became", "fault"),
    [
        ("ДенИзм", "Деньги", "СвСчФакт/ДенИзм: нет элемента"),
        (' КодОКВ="643"', "", "@КодОКВ: не указано"),
        (' КодОКВ="643"', ' КодОКВ="643" Курс="1"', "@Курс: такого реквизита нет"),
        ('КодОКВ="643"', 'КодОКВ="840"', "«840»"),
        ("<СвПродПер>", "<СвПродПер>слова", "СвПродПер: здесь нет текста"),
        ("<БезАкциз>без акциза</БезАкциз>", "", "Акциз: нужен один из элементов"),
        ("<СумНал>4493.92</СумНал></СумНал>", "<СумНал>4493,92</СумНал></СумНал>", "не число"),
        ("<СумНал>4493.92</СумНал></СумНал>",
         "<СумНал>1.00</СумНал><СумНал>1.00</СумНал></СумНал>", "элемент не на месте"),
    ],
)  # fmt: skip
def test_a_file_that_was_spoilt_is_seen(schema, was, became, fault):
    text = written().decode("cp1251")
    assert was in text
    found = faults_of(text.replace(was, became).encode("cp1251"), schema)
    assert any(fault in one for one in found), found


def test_a_schema_with_an_unknown_word_is_not_read():
    text = SCHEMA.read_text(encoding="utf-8")
    for was, became in (
        ("xs:maxLength", "xs:whiteSpace"),
        ("<xs:sequence>", "<xs:all>"),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            read_schema(text.replace(was, became).replace("</xs:sequence>", f"</{became[1:]}")
                        if became == "<xs:all>" else text.replace(was, became))  # fmt: skip


def test_a_frozen_paper_thaws_to_the_same():
    asked = Settlement(-100, 5, 200, 300, date(2026, 11, 18), "ST00012|Name=…")
    paper = replace(
        PAPER, settlement=asked, adjusts=PAPER.contract, before=(EXAMPLE_52,),
        goods=(replace(EXAMPLE_52, quantity=None, price=None),), revised_on=date(2026, 11, 6),
    )  # fmt: skip
    assert thawed(frozen(paper)) == paper
    assert thawed(frozen(PAPER)) == PAPER


@pytest.mark.parametrize(
    ("kopecks", "words"),
    [
        (0, "Ноль рублей 00 копеек"),
        (101, "Один рубль 01 копейка"),
        (1_202, "Двенадцать рублей 02 копейки"),
        (200_011, "Две тысячи рублей 11 копеек"),
        (2_492_081, "Двадцать четыре тысячи девятьсот двадцать рублей 81 копейка"),
        (100_000_100_000, "Один миллиард одна тысяча рублей 00 копеек"),
        (311_521_900, "Три миллиона сто пятнадцать тысяч двести девятнадцать рублей 00 копеек"),
        (-500, "Минус пять рублей 00 копеек"),
    ],
)
def test_a_sum_in_words(kopecks, words):
    assert sum_in_words(kopecks) == words
