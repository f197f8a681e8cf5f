"""Losses, hourly volumes and prices, power and schedules stand in tables of their rooms."""

import importlib
import json

import pytest
from django.db import connection

from abonent.domain.suppliers import queries as suppliers
from bundles import WHOLE, became, load, refusal, write_bundle

pytestmark = pytest.mark.django_db
FILES = ("losses", "hourly", "hourly_prices", "power", "schedules")
TABLES = {
    "metering_meterloss": "account_id, service_id, meter_id, kind, valid_from, valid_to, p_idle, "
    "p_short, s_nom, hours, k_f2, r_ohm, u_kv",
    "metering_hourlyvolume": "account_id, service_id, meter_id, hour, volume",
    "metering_billedpower": "account_id, service_id, period, kw, rate",
    "tariffs_hourlyprice": "service_id, category, hour, price",
    "billing_paymentschedule": "account_id, organisation_class, service_id, part, valid_from, "
    "valid_to, percent, day, month_offset",
}
GIVEN = WHOLE | {
    "losses.csv": "account;service;serial;valid_from;kind;p_idle;p_short;s_nom;hours;k_f2;r_ohm;u_kv;valid_to\n"
    "0020;electricity;F1;2026-01-01;transformer;0.5;2.65;160;720;1.1;;;2026-06-30\n"
    "0020;electricity;F1;2026-07-01;line;;;;;;0.5;10;\n",
    "schedules.csv": "account;organisation_class;service;part;valid_from;percent;day;month_offset\n"
    ";general;electricity;1;2026-01-01;30;10;0\n0020;;;2;2026-02-01;;18;1\n",
}


def rows():
    found = {}
    with connection.cursor() as cursor:
        for table, columns in TABLES.items():
            cursor.execute(f"SELECT {columns} FROM {table}")
            found[table] = sorted(map(str, cursor.fetchall()))
    return found


def test_the_same_bundle_again_changes_nothing(tmp_path):
    folder = write_bundle(tmp_path / "one", GIVEN)
    first = became(load(folder))
    before = rows()
    again = became(load(folder))
    for name in FILES:
        count = len(GIVEN[f"{name}.csv"].splitlines()) - 1
        assert first[f"{name}.csv"] == (count, 0, 0, 0)
        assert again[f"{name}.csv"] == (0, 0, count, 0)
    assert rows() == before


def test_rows_kept_by_an_older_version_move_into_their_tables(tmp_path):
    load(write_bundle(tmp_path / "one", GIVEN))
    expected = rows()
    assert all(expected.values())
    supplier = suppliers.get_supplier("demo").id
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table}")
        for name in FILES:
            head, *lines = GIVEN[f"{name}.csv"].splitlines()
            for line in lines:
                cells = dict(zip(head.split(";"), line.split(";"), strict=True))
                given = {column: text for column, text in cells.items() if text}
                cursor.execute(
                    'INSERT INTO exchange_keptrow (supplier_id, file, key, "row") '
                    "VALUES (%s, %s, %s, %s)",
                    [supplier, f"{name}.csv", line, json.dumps(given)],
                )
        migration = importlib.import_module(
            "abonent.domain.exchange.migrations.0003_kept_rows_of_organisations"
        )
        for statement in migration.Migration.operations[0].sql:
            cursor.execute(statement)
        cursor.execute("SELECT count(*) FROM exchange_keptrow WHERE file = ANY(%s)",
                       [[f"{name}.csv" for name in FILES]])  # fmt: skip
        assert cursor.fetchone() == (0,)
    assert rows() == expected


@pytest.mark.parametrize(
    ("file", "row", "column"),
    [
        ("losses.csv", "account;service;serial;valid_from;kind\n0020;electricity;Z;2026-01-01;line\n",
         "serial"),
        ("hourly.csv", "account;service;serial;hour;volume\n0020;cold_water;F1;2026-10-01 13:00;1\n",
         "serial"),
        ("hourly.csv", "account;service;serial;hour;volume\n0020;electricity;F1;2026-10-01 13:30;1\n",
         "hour"),
        ("hourly_prices.csv", "service;category;hour;price\nelectricity;;2026-10-01 00:01;1\n",
         "hour"),
    ],
)  # fmt: skip
def test_an_unknown_meter_and_a_part_of_an_hour_are_refused(tmp_path, file, row, column):
    (finding,) = refusal(write_bundle(tmp_path / "one", WHOLE | {file: row})).findings
    assert (finding.file, finding.line, finding.column) == (file, 2, column)
