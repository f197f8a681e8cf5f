"""Events, residents, benefits, subsidies and temperatures stand in tables of their rooms."""

import importlib
import json
from datetime import date

import pytest
from django.db import connection

from abonent.domain.accounts.queries import frames as accounts
from abonent.domain.metering.queries import frames as metering
from abonent.domain.suppliers import queries as suppliers
from bundles import WHOLE, became, load, refusal, write_bundle

pytestmark = pytest.mark.django_db
TABLES = {
    "metering_serviceevent": "account_id, house_id, service_id, meter_id, kind, begins, ends, "
    "value, value2, act_number, claimed_on, comment",
    "metering_outdoortemperature": "locality, day, mean_c",
    "accounts_residency": "account_id, valid_from, valid_to, residents, temporary",
    "accounts_benefit": "account_id, service_id, valid_from, valid_to, persons, percent, funded",
    "accounts_subsidy": "account_id, period, amount, transferred",
}


def rows():
    found = {}
    with connection.cursor() as cursor:
        for table, columns in TABLES.items():
            cursor.execute(f"SELECT {columns} FROM {table}")
            found[table] = sorted(map(str, cursor.fetchall()))
    return found


def everyone(month, month_end):
    return {
        "supplier_id": suppliers.get_supplier("demo").id, "first_id": 0, "last_id": 10**9,
        "month": month, "month_end": month_end,
        "houses": accounts.houses_of(first_id=0, last_id=10**9),
    }  # fmt: skip


def test_the_frame_gives_moments_days_meters_and_events_of_houses(whole):
    load(whole)
    october = everyone(date(2026, 10, 1), date(2026, 10, 31))
    frame = metering.events_frame(**october).sort("kind")
    fault, outage = frame.to_dicts()
    assert fault["meter_id"] is not None
    assert fault["house_id"] is None
    assert (fault["from_on"], fault["to_on"]) == (date(2026, 10, 3), date(2026, 10, 5))
    # A bare last day lasts to its midnight.
    assert str(fault["to_at"]) == "2026-10-06 00:00:00"
    assert outage["account_id"] is None
    assert outage["house_id"] in accounts.houses_of(first_id=0, last_id=10**9)
    assert str(outage["from_at"]) == "2026-10-01 13:00:00"
    assert str(outage["to_at"]) == "2026-10-02 00:00:00"


def test_a_state_is_given_in_later_months_and_a_break_is_not(whole):
    load(whole)
    frame = metering.events_frame(**everyone(date(2026, 12, 1), date(2026, 12, 31)))
    assert frame["kind"].to_list() == ["fault"]
    before = metering.events_frame(**everyone(date(2026, 9, 1), date(2026, 9, 30)))
    assert before.is_empty()


def test_two_meters_of_one_number_want_their_service(tmp_path):
    meters = WHOLE["meters.csv"] + "0020;cold_water;F1;;reactive;5;0;1;;;;;;;\n"
    for service, good in (("", False), ("cold_water", True)):
        files = WHOLE | {
            "meters.csv": meters,
            "events.csv": "account;service;meter_serial;kind;from\n"
            f"0020;{service};F1;lost;2026-10-01\n",
        }
        folder = write_bundle(tmp_path / f"b{service}", files)
        if good:
            assert became(load(folder))["events.csv"] == (1, 0, 0, 0)
        else:
            assert "несколько" in refusal(folder).findings[0].rule


def test_an_event_may_be_closed_and_claimed_later(tmp_path):
    head = "account;service;kind;from;to;claimed_on\n"
    for number, (row, expected) in enumerate([
        ("0010;cold_water;absence;2026-10-01;;", (1, 0, 0, 0)),
        ("0010;cold_water;absence;2026-10-01;2026-10-20;2026-10-25", (0, 1, 0, 0)),
        ("0010;cold_water;absence;2026-10-01;2026-10-20;2026-10-25", (0, 0, 1, 0)),
    ]):  # fmt: skip
        folder = write_bundle(tmp_path / f"b{number}", WHOLE | {"events.csv": f"{head}{row}\n"})
        assert became(load(folder))["events.csv"] == expected


def test_rows_kept_by_an_older_version_move_into_their_tables(whole):
    load(whole)
    expected = rows()
    assert all(expected.values())
    supplier = suppliers.get_supplier("demo").id
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table}")
        for name in ("events", "residents", "benefits", "subsidies", "temperatures"):
            head, *lines = WHOLE[f"{name}.csv"].splitlines()
            for line in lines:
                cells = dict(zip(head.split(";"), line.split(";"), strict=True))
                given = {column: text for column, text in cells.items() if text}
                cursor.execute(
                    'INSERT INTO exchange_keptrow (supplier_id, file, key, "row") '
                    "VALUES (%s, %s, %s, %s)",
                    [supplier, f"{name}.csv", line, json.dumps(given)],
                )
        migration = importlib.import_module(
            "abonent.domain.exchange.migrations.0002_kept_rows_find_their_rooms"
        )
        for statement in migration.Migration.operations[0].sql:
            cursor.execute(statement)
        cursor.execute("SELECT count(*) FROM exchange_keptrow WHERE file = 'events.csv'")
        assert cursor.fetchone() == (0,)
    assert rows() == expected
