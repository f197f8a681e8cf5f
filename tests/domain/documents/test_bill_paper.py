"""What a reader, a screen reader and a bank's camera find on the printed bill."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pypdfium2
import pytest
import zxingcpp
from pdfminer.high_level import extract_text
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import resolve1

from abonent.domain.documents.operations.typeset import typeset
from abonent.domain.documents.rules import BillPaper, Instalment, PaperLine, Payer, VolumeMethod
from abonent.domain.documents.rules.wording import sheet
from domain.documents.papers import OCTOBER_BILL, PUBLISHED_AT

CODE = "7F3A-91C2-5D04"
SECTIONS = [
    "Плательщик и исполнитель",
    "Показания счётчиков",
    "Расчёт платы",
    "Справочно",
    "К оплате и рассрочка",
]
NBSP = "\u00a0"


def pdf_of(paper: BillPaper) -> bytes:
    return typeset("bill", sheet(paper, CODE).plain(), qr=paper.qr, made_at=PUBLISHED_AT)


def text_of(pdf: bytes) -> str:
    return extract_text(io.BytesIO(pdf))


def plain(pdf: bytes) -> str:
    """Return the text with every space alike, as a person reads it."""
    return " ".join(text_of(pdf).split())


def pages_of(pdf: bytes) -> int:
    return len(pypdfium2.PdfDocument(pdf))


@pytest.fixture(scope="module")
def october() -> bytes:
    return pdf_of(OCTOBER_BILL)


def test_usual_bill_is_one_page_with_all_five_sections(october: bytes) -> None:
    text = plain(october)
    assert pages_of(october) == 1
    assert [name for name in SECTIONS if name not in text] == []


def test_the_sum_is_found_by_its_ordinary_spaces(october: bytes) -> None:
    assert text_of(october).count("5 198,26") == 2


@pytest.mark.parametrize(
    "words",
    [
        "до 16 ноября 2026",
        "Счёт за октябрь 2026",
        "№ 2610-0010012345 от 5 ноября 2026",
        "0010012345",
        "Иванов Иван Иванович",
        "г. Тюмень, ул. Примерная, д. 1, кв. 15",
        "54,3 м²",
        "75ДА533315-01-6101",
        "4Q7T-0K2M",
        "ИНН 7204000019",
        "40702810138250123017",
        "БИК 044525225",
        "8 (3452) 00-00-01",
        "123,456",
        "125,900",
        "2,444 м³",
        "Горячая вода: подогрев",
        "2 350,12",
        "3 491,64",
        "В том числе НДС 901,33 ₽.",
        "В этом месяце нет повышающего коэффициента, перерасчётов и льгот.",
        "12 октября 2026",
        "186,24 Гкал",
        "4,27 м³ на человека",
        "14 мая 2029",
        "− 1 000,00",
        "Рассрочка: не предоставлялась.",
        CODE,
    ],
)
def test_the_bill_says(october: bytes, words: str) -> None:
    assert words in plain(october)


def test_a_banks_camera_reads_the_payload(october: bytes) -> None:
    picture = pypdfium2.PdfDocument(october)[0].render(scale=200 / 72).to_pil()
    codes = zxingcpp.read_barcodes(picture)
    assert [code.bytes for code in codes] == [OCTOBER_BILL.qr.encode()]


def test_modules_of_the_code_are_half_a_millimetre_or_more(october: bytes) -> None:
    scale = 300 / 72
    picture = pypdfium2.PdfDocument(october)[0].render(scale=scale).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    side = code.position.top_right.x - code.position.top_left.x
    modules = 89  # version 18: 514 bytes at level M
    assert side / scale / 72 * 25.4 / modules >= 0.49


def test_links_lead_to_the_cabinet(october: bytes) -> None:
    addresses = set(re.findall(rb"/URI ?\(([^)]*)\)", october))
    assert addresses == {
        OCTOBER_BILL.pay_url.encode(),
        OCTOBER_BILL.readings_url.encode(),
        f"https://kabinet.example/primer/documents/{CODE}/".encode(),
    }


def test_the_file_is_tagged_titled_and_in_russian(october: bytes) -> None:
    catalog = PDFDocument(PDFParser(io.BytesIO(october))).catalog
    assert resolve1(catalog["MarkInfo"])["Marked"] is True
    assert resolve1(catalog["Lang"]) == b"ru-RU"
    assert resolve1(catalog["ViewerPreferences"])["DisplayDocTitle"] is True
    metadata = resolve1(catalog["Metadata"]).get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "Счёт за октябрь" in metadata


def test_tables_headings_and_the_code_are_named_for_a_screen_reader(october: bytes) -> None:
    tags = set(re.findall(rb"/StructElem/S/(\w+)", october))
    assert {b"H1", b"H2", b"Table", b"TR", b"TH", b"TD", b"Figure", b"Link"} <= tags
    alternative = "QR-код для оплаты 5\u00a0198,26\u00a0₽ в приложении банка"
    assert alternative.encode("utf-16-be").hex().upper().encode() in october


def test_only_shipped_faces_are_inside(october: bytes) -> None:
    faces = set(re.findall(rb"/BaseFont/[A-Z]{6}\+([\w-]+)", october))
    assert faces == {b"SourceSans3-Regular", b"SourceSans3-Bold"}


def test_the_same_bill_gives_the_same_bytes(october: bytes) -> None:
    other = replace(OCTOBER_BILL, number="2610-2")
    assert pdf_of(other) != october
    assert pdf_of(OCTOBER_BILL) == october
    assert b"/CreationDate(D:20261105090000Z)" in october


def test_several_threads_may_set_bills_at_once(october: bytes) -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(pdf_of, [OCTOBER_BILL] * 8))
    assert made == [october] * 8


def test_an_advance_is_said_in_words_and_asks_for_no_payment() -> None:
    pdf = pdf_of(replace(OCTOBER_BILL, opening=-700000, due=-300000, qr=""))
    text = plain(pdf)
    assert "Переплата" in text
    assert "3 000,00 ₽ платить не нужно" in text
    assert "7 000,00 ₽" in text
    assert "Оплатить" not in text
    assert "/Figure" not in pdf.decode("latin-1")


def test_multiplier_benefit_and_correction_have_columns_of_their_own() -> None:
    lines = (
        PaperLine(
            "Холодная вода",
            "м³",
            Decimal("12.810"),
            VolumeMethod.NORM,
            Decimal("48.31"),
            185655,
            multiplier=Decimal("3.0"),
            excess=123770,
        ),
        PaperLine(
            "Электричество",
            "кВт·ч",
            Decimal(-10),
            VolumeMethod.CORRECTION,
            Decimal("4.93"),
            -4930,
            reason="за сентябрь 2026: показания контролёра",
        ),
        PaperLine(
            "Отопление",
            "Гкал",
            Decimal("0.5"),
            VolumeMethod.AREA,
            Decimal("2350.12"),
            58753,
            benefit=58753,
        ),
    )
    text = plain(pdf_of(replace(OCTOBER_BILL, lines=lines)))
    assert [name for name in ("Повышение", "Перерасчёт", "Льгота") if name not in text] == []
    assert "коэффициент 3" in text
    assert "618,85" in text
    assert "1 237,70" in text
    assert "−49,30" in text
    assert "−587,53" in text
    assert "перерасчёт за сентябрь 2026" in text
    assert "В этом месяце нет" not in text


def test_an_instalment_replaces_the_sentence_that_there_is_none() -> None:
    part = Instalment("Отопление", 10000, 200000, Decimal("7.5"), 1234)
    text = plain(pdf_of(replace(OCTOBER_BILL, instalments=(part,))))
    assert "не предоставлялась" not in text
    assert "7,5 %" in text
    assert "2 112,34" in text


def test_a_large_household_flows_to_a_second_page_with_its_headings_again() -> None:
    paper = replace(OCTOBER_BILL, readings=OCTOBER_BILL.readings * 4, lines=OCTOBER_BILL.lines * 5)
    pdf = pdf_of(paper)
    assert pages_of(pdf) == 2
    assert "Страница 2 из 2" in plain(pdf)


def test_a_bill_with_nothing_but_the_necessary_is_made() -> None:
    bare = replace(
        OCTOBER_BILL,
        payer=Payer("0010012345", "", ""),
        readings=(),
        lines=(),
        norms=(),
        house=(),
        last_payment=None,
        due=0,
        qr="",
        cabinet_url="",
        pay_url="",
        readings_url="",
    )
    text = plain(pdf_of(bare))
    assert "не было" in text
    assert "Показания счётчиков" not in text


def test_a_price_without_vat_is_said_to_be_one() -> None:
    lines = (replace(OCTOBER_BILL.lines[0], vat_over=True), *OCTOBER_BILL.lines[1:])
    notes = sheet(replace(OCTOBER_BILL, lines=lines), CODE).charges_notes
    assert "Цены указаны без НДС, он добавлен в итог строки." in notes
    assert all("без НДС" not in note for note in sheet(OCTOBER_BILL, CODE).charges_notes)


def test_unknown_days_and_values_are_dashes() -> None:
    reading = replace(
        OCTOBER_BILL.readings[0], current=None, volume=None, verified_until=None, previous_on=None
    )
    words = sheet(replace(OCTOBER_BILL, readings=(reading,)), CODE).readings.rows[0]
    assert words == ("Холодная вода, №\u00a022510043", "123,456", "–", "–", "–")


def test_the_column_adds_up_in_words() -> None:
    column = sheet(OCTOBER_BILL, CODE).column
    assert [" ".join(words).replace(NBSP, " ") for words in column] == [
        "Долг на 1 октября 1 200,00",
        "Начислено за октябрь + 4 998,26",
        "Пени 0,00",
        "Заплачено в октябре − 1 000,00",
        "К оплате 5 198,26",
    ]


def test_the_day_of_payment_is_the_bills_own() -> None:
    assert sheet(replace(OCTOBER_BILL, due_by=date(2026, 12, 15)), CODE).until.endswith("2026")


@pytest.mark.parametrize(
    "name", ["Әлия Ғабдулла қызы", "李小龍", "Иван 😀 \x07", "#panic() $x$ *б*", "ab\u202ecd"]
)
def test_no_name_stops_a_bill(name: str) -> None:
    text = plain(pdf_of(replace(OCTOBER_BILL, payer=Payer("001", name, name))))
    seen = name if name.startswith(("#", "Ә")) else "?"
    assert seen in text


def test_the_rules_of_lines_are_told_by_service_but_for_what_a_meter_counted() -> None:
    lines = [
        replace(OCTOBER_BILL.lines[0], service=service, method=VolumeMethod(method), why=why)
        for service, method, why in (
            ("Холодная вода", "norm", "Счётчика нет."),
            ("Горячая вода", "norm", "Счётчика нет."),
            ("Горячая вода", "norm", "Счётчика нет."),
            ("Горячая вода", "correction", "Воду отключали."),
            ("Свет", "meter", "Из нового показания вычли прошлое."),
        )
    ]
    bill = replace(OCTOBER_BILL, lines=tuple(lines))
    assert sheet(bill, CODE).charges_notes[:2] == (
        "Холодная вода, Горячая вода: счётчика нет.",
        "Горячая вода: воду отключали.",
    )
    assert "Горячая вода: воду отключали." in plain(pdf_of(bill))
