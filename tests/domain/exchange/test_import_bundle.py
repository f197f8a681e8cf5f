from decimal import Decimal

import pytest
from django.db import connection

from abonent.domain.exchange.models import ImportBatch, ImportRow
from abonent.domain.exchange.rules import ImportMode
from bundles import (
    RULES8,
    WHOLE,
    became,
    counts_of_tables,
    load,
    refusal,
    write_bundle,
)

pytestmark = pytest.mark.django_db


def values(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def test_every_file_of_the_contract_is_loaded(whole):
    report = load(whole)
    rows = {name: text.strip().count("\n") for name, text in WHOLE.items() if name.endswith("csv")}
    assert {
        name: new for name, (new, *_) in became(report).items() if name != "supplier.toml"
    } == rows
    assert all(rest == (0, 0, 0) for _, *rest in became(report).values() for rest in [tuple(rest)])


def test_the_same_bundle_again_changes_nothing(whole):
    load(whole)
    before = counts_of_tables()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM metering_reading ORDER BY account_id, register_id, taken_on")
        readings = cursor.fetchall()
    report = load(whole)
    assert all(
        new == changed == rejected == 0 for new, changed, _, rejected in became(report).values()
    )
    after = counts_of_tables()
    assert {name for name in after if after[name] != before[name]} == {
        "exchange_importbatch", "journal_journalentry",
    }  # fmt: skip
    assert (
        values("SELECT * FROM metering_reading ORDER BY account_id, register_id, taken_on")
        == readings
    )


def test_values_reach_the_tables(whole):
    load(whole)
    assert values("SELECT number, flat, area, residents, unified_account FROM accounts_customeraccount ORDER BY number")[0] == (
        "0010", "15", Decimal("54.3"), 3, "75ДА533315",
    )  # fmt: skip
    assert values("SELECT sort_key, phone FROM accounts_customer WHERE kind = 'household'") == [
        ("елкин иван ё", "+79120000015")
    ]
    assert values(
        "SELECT terms::text FROM accounts_customeragreement WHERE contract_number = 'К-1'"
    ) == [('{"t_in": "-3.5", "price": "7.12345", "losses_side": "add"}',)]
    assert values("SELECT zone, initial FROM metering_register r JOIN metering_meter m ON m.id = r.meter_id WHERE serial = 'E1' ORDER BY zone") == [
        ("day", 12_000_000), ("night", 3_000_000),
    ]  # fmt: skip


def test_a_reading_belongs_to_the_month_that_its_day_and_channel_say(whole):
    load(whole)
    months = values(
        "SELECT taken_on::text, source, period::text, value FROM metering_reading ORDER BY taken_on, value"
    )
    assert months == [
        ("2026-09-10", 14, "2026-09-01", 77_500_000),  # final: the month of removal
        ("2026-09-24", 1, "2026-09-01", 50_000_000),
        ("2026-09-24", 1, "2026-09-01", 100_000_000),
        ("2026-09-26", 3, "2026-10-01", 7_250_000),  # after the window: the next month
        ("2026-09-30", 13, "2026-09-01", 150_000_000),  # control: the month of its day
    ]


def test_the_window_of_a_service_counts(spoiled):
    load(spoiled(supplier=WHOLE["supplier.toml"] + "[policy.cold_water]\nwindow_to_day = 27\n"))
    assert values("SELECT period::text FROM metering_reading WHERE taken_on = '2026-09-26'") == [
        ("2026-09-01",)
    ]


def test_a_reading_larger_than_the_dial_is_only_marked(spoiled):
    load(
        spoiled(
            readings="account;meter_serial;reading_date;reading\n0010;W1;2026-09-24;123456\n0010;W1;2026-09-23;1.2345\n0010;W1;2026-09-22;1.234\n"
        )
    )
    assert values("SELECT value, quality FROM metering_reading WHERE source = 10 ORDER BY taken_on") == [
        (1_234_000, 0), (1_234_500, 1), (123_456_000_000, 1),
    ]  # fmt: skip


def test_other_values_update_open_rows(whole, tmp_path):
    load(whole)
    changed = {
        **WHOLE,
        "accounts.csv": WHOLE["accounts.csv"]
        .replace("54.3", "55")
        .replace("ООО «Ромашка»", "ООО «Роза»"),
        "tariffs.csv": WHOLE["tariffs.csv"].replace("48.31", "50"),
        "meters.csv": WHOLE["meters.csv"].replace("day=12,night=3", "day=12,night=4"),
        "readings.csv": WHOLE["readings.csv"].replace("cabinet;100", "cabinet;101"),
        "residents.csv": WHOLE["residents.csv"].replace(";2;;", ";4;;"),
    }
    report = became(load(write_bundle(tmp_path / "changed", changed)))
    assert {name: row[:3] for name, row in report.items() if row[1]} == {
        "accounts.csv": (0, 2, 0),
        "tariffs.csv": (0, 1, 3),
        "meters.csv": (0, 1, 3),
        "readings.csv": (0, 1, 3),
        "residents.csv": (0, 1, 0),
    }
    assert values("SELECT count(*) FROM accounts_customer WHERE sort_key = 'ооо «роза»'") == [(1,)]
    assert values("SELECT initial FROM metering_register WHERE zone = 'night'") == [(4_000_000,)]
    assert values(
        "SELECT value FROM metering_reading WHERE value BETWEEN 100000000 AND 101000000"
    ) == [(101_000_000,)]


def test_a_missing_column_leaves_what_stands_and_an_empty_cell_clears_it(whole, tmp_path):
    load(whole)
    files = {
        "supplier.toml": WHOLE["supplier.toml"],
        "accounts.csv": "account;flat;email\n0010;16;\n",
    }
    assert became(load(write_bundle(tmp_path / "some", files)))["accounts.csv"] == (0, 1, 0, 0)
    assert values(
        "SELECT flat, area, kind, email, full_name FROM accounts_customeraccount a JOIN accounts_customer c ON c.id = a.customer_id WHERE number = '0010'".replace(
            "kind", "a.kind"
        )
    ) == [("16", Decimal("54.3"), "household", "", "Ёлкин Иван")]


def test_after_any_error_nothing_is_loaded(spoiled):
    before = counts_of_tables()
    refused = refusal(
        spoiled(payments="channel;external_id;account;paid_on;amount\nbank;1;0010;2026-10-12;сто\n")
    )
    assert refused.count == 1
    assert counts_of_tables() == before


def test_a_trial_checks_everything_and_writes_nothing(whole, spoiled):
    before = counts_of_tables()
    report = load(whole, ImportMode.TRIAL)
    assert became(report)["accounts.csv"] == (2, 0, 0, 0)
    assert counts_of_tables() == before
    bad = spoiled(readings="account;meter_serial;reading_date;reading\n0010;E9;2026-09-24;1\n")
    assert refusal(bad, ImportMode.TRIAL).count == 1
    assert counts_of_tables() == before


def test_all_errors_of_the_bundle_are_gathered(spoiled):
    refused = refusal(
        spoiled(
            accounts="account;kind;area\n0010;household;-1\n0020;firm;1\n",
            readings="account;meter_serial;zone;reading_date;reading\n0010;E1;day;31.02.2026;1\n0010;E1;day;2026-09-24;x\n",
        )
    )
    # The files in their order, the lines in theirs; what depends on a bad row says so too.
    places = [(one.file, one.line, one.column) for one in refused.findings]
    assert places[:2] == [("accounts.csv", 2, "area"), ("accounts.csv", 3, "kind")]
    assert ("readings.csv", 2, "reading_date") in places
    assert ("readings.csv", 3, "reading") in places
    depends = [one for one in refused.findings if one.file == "meters.csv"]
    assert all("отклонена (accounts.csv, строка" in one.rule for one in depends)
    assert len(depends) == 4


def test_no_more_than_a_thousand_errors_are_shown_with_the_count_of_all(spoiled):
    rows = "".join(f"{number:05d};household;x\n" for number in range(1500))
    refused = refusal(spoiled(accounts=f"account;kind;area\n{rows}"))
    assert len(refused.findings) == 1000
    assert refused.count >= 1500
    assert str(refused.count) in refused.text


def test_partial_loads_the_valid_rows_and_writes_the_others(spoiled):
    folder = spoiled(
        accounts="account;kind;house;area\n0010;household;h1;54\n0020;household;h9;1\n0030;household;;да\n",
        agreements="account;service;contract_number\n0010;electricity;\n0020;electricity;К-1\n",
        meters="account;service;serial\n0010;electricity;E1\n0010;cold_water;W1\n0020;electricity;F1\n",
        readings="account;meter_serial;reading_date;reading\n0010;E1;2026-09-24;5\n0020;F1;2026-09-24;6\n0010;W1;2026-09-24\n",
        losses="account;service;serial;valid_from;kind\n0020;electricity;F1;2026-01-01;line\n",
        hourly="account;service;serial;hour;volume\n",
        power="account;service;period;kw\n",
        balances="account;service;period;amount\n0020;electricity;2026-08;5\n",
        payments="channel;external_id;account;paid_on;amount\nbank;1;0010;2026-10-12;5\n",
    )
    report = load(folder, ImportMode.PARTIAL)
    assert became(report)["accounts.csv"] == (1, 0, 0, 2)
    assert became(report)["readings.csv"] == (1, 0, 0, 2)
    assert became(report)["balances.csv"] == (0, 0, 0, 1)
    written = {path.name: path.read_text(encoding="utf-8") for path in report.rejected_files}
    assert set(written) == {
        "accounts.csv", "agreements.csv", "meters.csv", "readings.csv", "losses.csv", "balances.csv",
    }  # fmt: skip
    lines = written["accounts.csv"].splitlines()
    assert lines[0] == "account;kind;house;area;error"
    assert lines[1].startswith("0020;household;h9;1;")
    assert "дома с таким кодом нет" in lines[1]
    assert "это не число" in lines[2]
    assert "отклонена (meters.csv, строка 4)" in written["readings.csv"] or (
        "отклонена (accounts.csv, строка 3)" in written["readings.csv"]
    )
    assert "ячеек в строке" in written["readings.csv"]
    assert all(path.parent == folder / "rejected" for path in report.rejected_files)
    batch = ImportBatch.objects.get()
    assert batch.state == "partial"
    assert ImportRow.objects.filter(batch=batch, file="accounts.csv").count() == 2
    # The corrected bundle may lie in the same folder as the rejected rows.
    again = load(folder, ImportMode.PARTIAL)
    assert became(again)["accounts.csv"] == (0, 0, 1, 2)


def test_an_unknown_file_column_or_policy_is_named(spoiled, tmp_path):
    folder = spoiled(
        accounts="account;kind;colour;kind\n0010;household;red;household\n",
        supplier=WHOLE["supplier.toml"]
        + '[policy]\nrounding = "up"\n[policy.heat]\nwindow_to_day = 40\n',
    )
    refused = refusal(folder)
    assert {(one.file, one.column) for one in refused.findings} == {
        ("supplier.toml", "policy.rounding"), ("supplier.toml", "policy.heat.window_to_day"),
    }  # fmt: skip
    (folder / "supplier.toml").write_text(WHOLE["supplier.toml"], encoding="utf-8")
    refused = refusal(folder)
    named = [
        (one.file, one.line, one.column) for one in refused.findings if one.file == "accounts.csv"
    ]
    assert named == [("accounts.csv", 1, "colour"), ("accounts.csv", 1, "kind")]
    extra = write_bundle(tmp_path / "extra", {**WHOLE, "notes.csv": "a\n1\n", "meters.xlsx": b"PK"})
    assert [one.file for one in refusal(extra).findings] == ["meters.xlsx", "notes.csv"]


def test_the_example_of_rules_8_loads(tmp_path):
    report = became(load(RULES8))
    assert report["readings.csv"] == (8, 0, 0, 0)
    assert report["balances.csv"] == (1, 0, 0, 0)


def test_suppliers_do_not_meet(whole, tmp_path):
    load(whole)
    other = {**WHOLE, "supplier.toml": 'code = "other"\nname = "Другой"\n'}
    report = became(load(write_bundle(tmp_path / "other", other)))
    assert report["accounts.csv"] == (2, 0, 0, 0)
    assert report["readings.csv"] == (4, 0, 0, 0)
    assert report["payments.csv"] == (2, 0, 0, 0)
