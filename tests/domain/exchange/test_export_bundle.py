"""What goes out comes back: the same files, the same bills, the same balances."""

import csv
import io
import json
import uuid
import zipfile
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection

from abonent.domain.accounts.queries.registers import account_ids, register_invariants
from abonent.domain.billing.queries import invariants, statement, statement_json
from abonent.domain.exchange.models import ExportBatch
from abonent.domain.exchange.operations import export_bundle, exporting
from abonent.domain.exchange.operations.writing import PlaceTaken
from abonent.domain.ledger import queries as ledger
from abonent.domain.metering.queries.registers import register_invariants as meter_invariants
from abonent.domain.payments.models import Payment, PaymentPart
from abonent.domain.suppliers import queries as suppliers
from abonent.interfaces.jobs.progress import FileProgress
from bundles import (
    NOW,
    OCTOBER,
    RULES8,
    SUPPLIER,
    WHOLE,
    became,
    load,
    publish,
    refusal,
    write_bundle,
)


def export(path, code="demo", period=None):
    supplier_id = suppliers.get_supplier(code).id
    return export_bundle(supplier_id=supplier_id, path=path, period=period, now=NOW)


def texts(folder):
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}


def renamed(files, code):
    """The same bundle of a supplier of another code: an installation of its own, in one base."""
    return {
        **files,
        "supplier.toml": files["supplier.toml"].replace('code = "demo"', f'code = "{code}"'),
    }


@pytest.mark.django_db
def test_import_export_import_export_gives_the_same_files(whole, tmp_path):
    load(whole)
    export(tmp_path / "out")
    out = texts(tmp_path / "out")
    assert set(out) == set(WHOLE)
    again = became(load(tmp_path / "out"))
    assert all(new == changed == 0 for new, changed, _, _ in again.values())
    load(write_bundle(tmp_path / "other", renamed(out, "other")))
    export(tmp_path / "out-2", "other")
    assert texts(tmp_path / "out-2") == renamed(out, "other")


@pytest.mark.django_db
def test_the_forms_of_an_export_are_canonical(whole, tmp_path):
    load(whole)
    export(tmp_path / "out")
    out = texts(tmp_path / "out")
    assert out["tariffs.csv"].splitlines()[1:3] == [
        "cold_water;;;single;0;2026-01-01;48.31;yes;;", "electricity;;;single;0;2026-01-01;5.01;no;;",
    ]  # fmt: skip
    assert (
        "0010;electricity;E1;;day+night;6;0;1;2019-08-20;day=12,night=3;2035-08-19;;;;"
        in out["meters.csv"]
    )
    assert (
        "0020;electricity;F2;К-1;single;5;1;1;2020-01-01;1;2030-01-01;2026-09-10;77.5;0020;F1"
        in out["meters.csv"]
    )
    assert (
        "0020;electricity;К-1;2020-01-01;;single;yes;;7.12345;;;;;-3.5;;;add;2027-12-31"
        in out["agreements.csv"]
    )
    assert ";h1;;;quality_break;2026-10-01 13:00;2026-10-01;2;;;;" in out["events.csv"]
    assert "0020;electricity;2026-08;principal;-55.10;;" in out["balances.csv"]
    # A final reading belongs to its meter; a formula does not reach a spreadsheet.
    assert "77.5" not in out["readings.csv"]
    assert "0010;W1;single;2026-09-26;phone;7.25;'=1+1" in out["readings.csv"]
    assert "+79120000015" in out["accounts.csv"]


NASTY = [
    "=1+1",
    "+7 (912) 000",
    "-5",
    "@x",
    "'=x",
    "''+a",
    "'plain",
    'a "b" c',
    "a;b",
    "две\nстроки",
    "  края ",
    "\\N",
    "NULL",
    "ё",
]


@pytest.mark.django_db
def test_texts_of_every_kind_survive_the_journey(tmp_path):
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\n")
    writer.writerow(["account", "full_name", "flat_extension"])
    for number, text in enumerate(NASTY):
        # A file of spreadsheets has an apostrophe before what could be taken for a formula.
        guarded = f"'{text}" if text.lstrip("'")[:1] in {"=", "+", "-", "@"} else text
        writer.writerow([f"{number:03d}", guarded, ""])
    files = {"supplier.toml": SUPPLIER, "accounts.csv": buffer.getvalue()}
    load(write_bundle(tmp_path / "in", files))
    export(tmp_path / "out")
    with connection.cursor() as cursor:
        cursor.execute("SELECT full_name FROM accounts_customer ORDER BY id")
        assert [row[0] for row in cursor.fetchall()] == [text.strip() for text in NASTY]
    assert became(load(tmp_path / "out"))["accounts.csv"] == (0, 0, len(NASTY), 0)


@pytest.mark.django_db
def test_slices_of_accounts_do_not_show(whole, tmp_path, monkeypatch):
    load(whole)
    export(tmp_path / "out")
    monkeypatch.setattr(exporting, "SLICE", 1)
    export(tmp_path / "sliced")
    assert texts(tmp_path / "sliced") == texts(tmp_path / "out")


@pytest.mark.django_db
def test_a_zip_is_written_by_its_name_and_read_back(whole, tmp_path):
    load(whole)
    export(tmp_path / "out")
    report = export(tmp_path / "out.zip")
    with zipfile.ZipFile(report.path) as archive:
        inside = {name: archive.read(name).decode() for name in archive.namelist()}
    assert inside == texts(tmp_path / "out")
    assert all(new == changed == 0 for new, changed, _, _ in became(load(report.path)).values())
    export(tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == report.path.read_bytes()
    assert ExportBatch.objects.count() == 3


@pytest.mark.django_db
def test_an_export_overwrites_nothing_and_leaves_nothing_half_written(whole, tmp_path, monkeypatch):
    load(whole)
    export(tmp_path / "out")
    with pytest.raises(PlaceTaken):
        export(tmp_path / "out")
    (tmp_path / "empty").mkdir()
    export(tmp_path / "empty")

    def broken(*_, **__):
        raise OSError

    monkeypatch.setattr(exporting, "write_rows", broken)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OSError):  # noqa: PT011  (any failure of the disc)
        export(tmp_path / "never")
    assert sorted(tmp_path.iterdir()) == before


def printed(supplier_id, number="0010012345", period=OCTOBER):
    ids = account_ids(supplier_id=supplier_id)
    account = dict(zip(ids["number"], ids["account_id"], strict=True))[number]
    found = statement(supplier_id=supplier_id, account_id=account, period=period)
    told = statement_json(found)
    return account, json.loads(json.dumps(told, default=str))


@pytest.mark.django_db
def test_published_bills_come_back_verbatim_with_the_same_balances(tmp_path):
    load(RULES8)
    first = publish()
    export(tmp_path / "out")
    out = texts(tmp_path / "out")
    assert out["bills.csv"].splitlines() == [
        "account;period;number;opening;charged;penalty;paid;due;due_by",
        "0010012345;2026-10;0010012345-2610;1200.00;4998.26;0.00;1000.00;5198.26;2026-11-16",
    ]
    assert (
        "0010012345;2026-10;2;electricity;;day;1;meter;120;kwh;4.93;1;591.60;106.68"
        in out["charges.csv"]
    )
    report = became(load(write_bundle(tmp_path / "other", renamed(out, "other"))))
    assert report["bills.csv"] == (1, 0, 0, 0)
    second = suppliers.get_supplier("other").id
    (old, told), (new, retold) = printed(first), printed(second)
    assert {**retold, "supplier": "demo"} == told
    assert ledger.subject_total(supplier_id=first, subject_id=old) == ledger.subject_total(
        supplier_id=second, subject_id=new
    )
    export(tmp_path / "out-2", "other")
    assert texts(tmp_path / "out-2") == renamed(out, "other")
    again = became(load(tmp_path / "other"))
    assert again["bills.csv"] == (0, 0, 1, 0)
    assert again["charges.csv"][:3] == (0, 0, 6)
    checks = [
        *invariants(),
        *register_invariants(),
        *meter_invariants(),
        *ledger.invariants(supplier_id=None),
    ]
    assert not [line for line in checks if line.breaches]


@pytest.mark.django_db
def test_another_bill_of_a_published_month_is_refused(tmp_path):
    load(RULES8)
    publish()
    export(tmp_path / "out")
    out = texts(tmp_path / "out")
    out["bills.csv"] = out["bills.csv"].replace("4998.26", "4998.27")
    refused = refusal(write_bundle(tmp_path / "forged", out))
    assert refused.findings[0].file == "bills.csv"
    assert "уже есть и отличаются" in refused.findings[0].rule
    lonely = {name: text for name, text in texts(tmp_path / "out").items() if name != "bills.csv"}
    assert "без своего счёта" in refusal(write_bundle(tmp_path / "lonely", lonely)).findings[0].rule


@pytest.mark.django_db
def test_a_period_narrows_bills_to_the_month_and_facts_to_its_end(tmp_path):
    files = {path.name: path.read_text(encoding="utf-8") for path in RULES8.iterdir()}
    files["readings.csv"] += (
        "0010012345;12345678;day;2026-11-20;cabinet;12500\n0010012345;12345678;night;2026-11-20;cabinet;4300\n"
    )
    files["payments.csv"] += "bank;9;0010012345;2026-11-12;2026-11-13;5.00;payment\n"
    load(write_bundle(tmp_path / "in", files))
    publish()
    export(tmp_path / "october", period=OCTOBER)
    october = texts(tmp_path / "october")
    assert "2026-11-20" not in october["readings.csv"]
    assert "2026-09-24" in october["readings.csv"]
    assert "bank;9" not in october["payments.csv"]
    export(tmp_path / "september", period=OCTOBER.plus(-1))
    assert not {"bills.csv", "charges.csv"} & set(texts(tmp_path / "september"))


@pytest.mark.django_db
def test_the_policy_and_the_preset_go_along(tmp_path):
    text = (
        SUPPLIER
        + '[policy]\nwindow_to_day = 23\nminimum_payment = "100"\n[policy."cold.water"]\nfraction_policy = "ceil"\n'
    )
    services = "service;kind;name;unit\ncold.water;cold_water;Вода;m3\n"
    load(write_bundle(tmp_path / "in", {"supplier.toml": text, "services.csv": services}))
    export(tmp_path / "out")
    written = texts(tmp_path / "out")["supplier.toml"]
    assert written.endswith(
        '\n[policy]\nwindow_to_day = 23\nminimum_payment = "100"\n\n[policy."cold.water"]\nfraction_policy = "ceil"\n'
    )
    assert became(load(tmp_path / "out"))["supplier.toml"] == (0, 0, 1, 0)


@pytest.mark.django_db(transaction=True)
def test_the_commands_print_rows_and_end_as_promised(whole, tmp_path, capsys):
    call_command("import", str(whole))
    out, err = capsys.readouterr()
    assert "supplier.toml: 1 новых, 0 изменено, 0 без изменений\n" in out
    assert "accounts.csv: 2 новых, 0 изменено, 0 без изменений\n" in out
    assert "accounts.csv: строк 2" in err
    call_command("import", str(whole), "--dry-run")
    out, err = capsys.readouterr()
    assert "accounts.csv: 0 новых, 0 изменено, 2 без изменений\n" in out
    assert "ничего не записано" in err
    call_command("export", str(tmp_path / "out"), "--supplier", "demo", "--period", "2026-10")
    out, _ = capsys.readouterr()
    assert "readings.csv: строк 4\n" in out
    (whole / "accounts.csv").write_text("account;kind\n0010;firm\n", encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        call_command("import", str(whole))
    out, err = capsys.readouterr()
    assert end.value.code == 1
    assert not out
    assert (
        "accounts.csv, строка 2, столбец kind: значение «firm»: такого значения здесь не бывает"
        in err
    )
    call_command("import", str(whole), "--partial")
    out, err = capsys.readouterr()
    assert "accounts.csv: 0 новых, 0 изменено, 0 без изменений, 1 отклонено\n" in out
    assert f"Отклонённые строки с причинами: {whole / 'rejected' / 'accounts.csv'}" in err


@pytest.mark.django_db
def test_a_payment_for_several_accounts_is_a_row_for_each(whole, tmp_path):
    load(whole)
    supplier_id = suppliers.get_supplier("demo").id
    ids = dict(account_ids(supplier_id=supplier_id).select("number", "account_id").iter_rows())
    moment = {"created_at": NOW, "state_since": NOW, "happened_on": NOW.date()}
    paid = Payment.objects.create(
        uuid=uuid.uuid4(), supplier_id=supplier_id, account_id=ids["0010"], amount=3000,
        kind="payment", channel="yookassa", external_id="2f", state="captured",
        paid_on=NOW.date(), asked={}, **moment,
    )  # fmt: skip
    for line, (number, month, amount) in enumerate(
        [
            ("0010", date(2026, 9, 1), 1000),
            ("0010", date(2026, 10, 1), 500),
            ("0020", date(2026, 10, 1), 1500),
        ]
    ):
        PaymentPart.objects.create(
            payment_id=paid.pk, line=line, account_id=ids[number], service_id=0, month=month,
            part=1, amount=amount,
        )  # fmt: skip
    Payment.objects.create(
        uuid=uuid.uuid4(), supplier_id=supplier_id, account_id=ids["0010"], amount=700,
        kind="payment", channel="yookassa", external_id="3a", state="awaiting", asked={}, **moment,
    )  # fmt: skip
    export(tmp_path / "out")
    rows = [
        row for row in texts(tmp_path / "out")["payments.csv"].splitlines() if "yookassa" in row
    ]
    assert rows == [
        "yookassa;2f;0010;2026-11-24;;15.00;;;;payment",
        "yookassa;2f/2;0020;2026-11-24;;15.00;2026-10;;principal;payment",
    ]


def test_a_terminal_sees_a_bar_and_a_file_sees_lines():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    for stream, bar in ((Terminal(), True), (io.StringIO(), False)):
        progress = FileProgress(stream)
        progress.begin("accounts.csv", 2_000_000)
        progress.advance(1_000_000)
        progress.end("accounts.csv", 1250)
        assert ("из 2,0 МБ" in stream.getvalue()) is bar
        assert "accounts.csv: строк 1\u00a0250" in stream.getvalue()
        assert ("\r" in stream.getvalue()) is bar
