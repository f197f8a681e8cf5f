"""One bundle written in every permitted way loads to the same thing."""

import csv
import io
import random
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum.ru import inn as stdnum_inn

from abonent.common.sorting import sort_key, sort_keys
from abonent.domain.exchange.operations import chunks
from abonent.domain.exchange.rules.kinds import MICRO, MONEY, Day, Number
from abonent.domain.exchange.rules.requisites import LOOK_ALIKES, UNIFIED_ACCOUNT, valid_inn
from bundles import SUPPLIER, WHOLE, became, load, refusal, write_bundle

ENCODINGS = {"utf-8": "utf-8", "bom": "utf-8-sig", "cp1251": "cp1251"}


def rewritten(
    text, *, delimiter=";", encoding="utf-8", eol="\n", quote=csv.QUOTE_MINIMAL, dates=str
):
    """Write a canonical file another way; decimal points become commas where quoted."""
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=eol, quoting=quote)
    writer.writerow(rows[0])
    for row in rows[1:]:
        writer.writerow([dates(cell) for cell in row])
    return out.getvalue().encode(encoding)


def russian(cell):
    """Write days as DD.MM.YYYY and numbers with a decimal comma."""
    if len(cell) == 10 and cell[4:5] == "-" and cell[7:8] == "-":
        return f"{cell[8:]}.{cell[5:7]}.{cell[:4]}"
    whole, point, fraction = cell.partition(".")
    if point and whole.lstrip("-").isdigit() and fraction.isdigit():
        return f"{whole},{fraction}"
    return cell


def contents():
    with connection.cursor() as cursor:
        found = {}
        for table, columns in {
            "accounts_customeraccount": "number, unified_account, area, opened_on, closed_on",
            "accounts_customer": "full_name, sort_key, email",
            "accounts_customeragreement": "contract_number, valid_from, zones, terms::text",
            "metering_reading": "taken_on, source, value, quality, comment",
            "metering_register": "zone, initial, final",
            "tariffs_tariffrate": "category, zone, rate, valid_from, valid_to",
            "exchange_keptrow": "file, key, row::text",
            "billing_openingdebt": "month, amount, due_on",
            "payments_payment": "channel, external_id, amount, paid_on",
        }.items():
            cursor.execute(f"SELECT {columns} FROM {table}")
            found[table] = sorted(map(str, cursor.fetchall()))
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=list(ENCODINGS))
@pytest.mark.parametrize(("eol", "quote"), [("\n", csv.QUOTE_MINIMAL), ("\r\n", csv.QUOTE_ALL)])
def test_every_writing_loads_the_same(whole, tmp_path, delimiter, encoding, eol, quote):
    load(whole)
    expected = contents()
    files = {
        name: rewritten(text, delimiter=delimiter, encoding=encoding, eol=eol, quote=quote, dates=russian)
        for name, text in WHOLE.items() if name.endswith(".csv")
    }  # fmt: skip
    other = write_bundle(tmp_path / "other", {"supplier.toml": SUPPLIER, **files})
    again = became(load(other))
    assert all(new == changed == 0 for new, changed, _, _ in again.values()), again
    assert contents() == expected


@pytest.mark.django_db
def test_a_toml_in_windows_1251_is_read(tmp_path):
    load(write_bundle(tmp_path / "b", {"supplier.toml": SUPPLIER.encode("cp1251")}))
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM suppliers_supplier")
        assert cursor.fetchone() == ("АО «Пример-Энерго»",)


@pytest.mark.django_db
@pytest.mark.parametrize("block", [40, 64, 333])
def test_files_larger_than_a_piece_are_read_the_same(tmp_path, monkeypatch, block):
    names = ["ООО «Ромашка»", 'АО "Свет"', 'ИП "А;Б"\nвторая строка', "Ёлка", ""]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(["account", "kind", "full_name"])
    for number in range(60):
        writer.writerow([f"{number:04d}", "household", names[number % 5]])
    monkeypatch.setattr(chunks, "BLOCK", block)
    files = {"supplier.toml": SUPPLIER, "accounts.csv": out.getvalue()}
    report = load(write_bundle(tmp_path / "b", files))
    assert became(report)["accounts.csv"] == (60, 0, 0, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, full_name FROM accounts_customeraccount a JOIN accounts_customer c ON c.id = a.customer_id ORDER BY number"
        )
        assert cursor.fetchall() == [(f"{number:04d}", names[number % 5]) for number in range(60)]


@pytest.mark.django_db
@pytest.mark.parametrize("block", [64, 1 << 20])
def test_lines_are_counted_as_an_editor_counts_them(tmp_path, monkeypatch, block):
    monkeypatch.setattr(chunks, "BLOCK", block)
    text = 'account;kind;full_name\n\n1;household;"два\nряда"\n2;household;ООО "Свет"\n\n3;firm;x\n4;household;"ок"\n5;household\n'
    refused = refusal(
        write_bundle(tmp_path / "b", {"supplier.toml": SUPPLIER, "accounts.csv": text})
    )
    assert [(one.line, one.column) for one in refused.findings] == [(7, "kind"), (9, "")]


@pytest.mark.django_db
def test_keys_repeated_in_other_pieces_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr(chunks, "BLOCK", 64)
    rows = [f"{number};household;{number}\n" for number in range(50)]
    text = "account;kind;flat\n" + "".join(rows) + "7;household;7\n8;household;99\n"
    refused = refusal(
        write_bundle(tmp_path / "b", {"supplier.toml": SUPPLIER, "accounts.csv": text})
    )
    assert [(one.line, one.rule) for one in refused.findings] == [
        (53, "ключ тот же, что в строке 10, а значения другие")
    ]


@pytest.mark.django_db
def test_a_file_of_two_encodings_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(chunks, "BLOCK", 64)
    text = b"account;kind;full_name\n" + "1;household;Иванов Иван Иванович\n".encode() * 1
    text += b"".join(
        f"{n};household;Иванов\n".encode() for n in range(2, 9)
    ) + "9;household;Жуков\n".encode("cp1251")
    refused = refusal(
        write_bundle(tmp_path / "b", {"supplier.toml": SUPPLIER, "accounts.csv": text})
    )
    assert (refused.findings[0].line, "кодировка" in refused.findings[0].rule) == (10, True)


SPACE = st.sampled_from(["", " ", "\u00a0", "\u202f"])


@st.composite
def written_numbers(draw):
    """A number and one of the ways people write it."""
    whole = draw(st.integers(0, 10**9))
    places = draw(st.integers(0, 6))
    fraction = draw(st.integers(0, 10**places - 1)) if places else 0
    grouped = f"{whole:,}".replace(",", draw(SPACE))
    text = "0" * draw(st.integers(0, 2)) * (len(str(whole)) < 4) + grouped
    if places:
        text += (
            draw(st.sampled_from(".,")) + f"{fraction:0{places}d}" + "0" * draw(st.integers(0, 2))
        )
    return Decimal(whole) + Decimal(fraction).scaleb(-places), text


@given(st.lists(written_numbers(), min_size=1, max_size=20))
def test_numbers_are_read_as_they_were_meant(numbers):
    texts = pl.Series([text for _, text in numbers])
    assert Number(whole=12, scale=6).parse(texts).to_list() == [value for value, _ in numbers]
    assert MICRO.parse(texts).to_list() == [int(value * 10**6) for value, _ in numbers]
    again = MICRO.parse(MICRO.written(MICRO.parse(texts)))
    assert again.to_list() == MICRO.parse(texts).to_list()


@given(st.lists(st.integers(0, 10**12), min_size=1))
def test_sums_are_written_with_two_places(kopecks):
    written = MONEY.written(pl.Series(kopecks, dtype=pl.Int64))
    assert [Decimal(text) * 100 for text in written] == kopecks
    assert all(text[-3] == "." for text in written)


NONSENSE = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12)


@given(st.lists(NONSENSE, min_size=1))
def test_nonsense_is_never_a_number_or_a_day(texts):
    for text, number, day in zip(
        texts, Number().parse(pl.Series(texts)), Day().parse(pl.Series(texts)), strict=True
    ):
        if number is not None:
            assert set(text) <= set("0123456789., \u00a0\u202f")
        if day is not None:
            assert (
                date.fromisoformat(day.isoformat()).strftime("%Y-%m-%d") == text
                or day.strftime("%d.%m.%Y") == text
            )


@given(st.lists(st.dates(date(1900, 1, 1), date(2199, 12, 31)), min_size=1), st.randoms())
def test_days_are_read_in_both_writings(days, dice):
    texts = [dice.choice([day.isoformat(), day.strftime("%d.%m.%Y")]) for day in days]
    assert Day().parse(pl.Series(texts)).to_list() == days


@given(st.lists(st.from_regex(r"\A[0-9]{10}([0-9]{2})?\Z"), min_size=1))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_inns_are_judged_as_the_library_judges_them(texts):
    with_right_ones = texts + [right for text in texts for right in _right(text)]
    judged = valid_inn(pl.Series(with_right_ones)).to_list()
    assert judged == [stdnum_inn.is_valid(text) for text in with_right_ones]
    assert any(judged)


def _right(text):
    """Give the digits the check digits they should have."""
    if len(text) == 10:
        return [text[:9] + stdnum_inn.calc_company_check_digit(text)]
    return [text[:10] + stdnum_inn.calc_personal_check_digits(text)]


def test_latin_letters_of_a_unified_account_become_cyrillic():
    for latin, cyrillic in LOOK_ALIKES.items():
        assert UNIFIED_ACCOUNT.parse(
            pl.Series([f"75{latin.lower()}{latin}533315-01"])
        ).to_list() == [f"75{cyrillic}{cyrillic}533315-01"]


@given(st.lists(st.text("аеёжЁЕ йA z\t\u00a0", max_size=12), min_size=1))
def test_sort_keys_of_a_column_are_those_of_each_name(names):
    frame = pl.DataFrame({"name": names})
    assert frame.select(sort_keys(pl.col("name"))).to_series().to_list() == [
        sort_key(name) for name in names
    ]


@pytest.mark.django_db
def test_the_order_of_rows_does_not_matter(tmp_path, monkeypatch):
    monkeypatch.setattr(chunks, "BLOCK", 128)
    rows = [f"a{number};household;{number}\n" for number in range(100)]
    for name in ("one", "two"):
        random.Random(name).shuffle(rows)
        files = {"supplier.toml": SUPPLIER, "accounts.csv": "account;kind;flat\n" + "".join(rows)}
        report = became(load(write_bundle(tmp_path / name, files)))
    assert report["accounts.csv"] == (0, 0, 100, 0)
