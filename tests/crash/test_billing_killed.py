"""kill -9 in the middle of a billing run: what committed stays, nothing is lost or doubled."""

import signal

import pytest
from django.db import connection

from commands import program, run

pytestmark = pytest.mark.django_db(transaction=True)
BILL = (
    "bill",
    "--supplier",
    "many",
    "--period",
    "2026-10",
    "--publish",
    "--chunk",
    "2",
    "--workers",
    "1",
)
TABLES = ("billing_bill", "billing_charge", "ledger_transfer", "ledger_entry", "billing_leftout")


@pytest.fixture
def supplier(tmp_path):
    """Seven flats: four chunks of two, one of them without a reading."""
    write(tmp_path, "supplier.toml", 'code = "many"\nname = "АО «Много»"\n')
    write(
        tmp_path,
        "services.csv",
        "service;kind;name;unit;vat_percent\nlight;electricity;Свет;kwh;22\n",
    )
    write(
        tmp_path,
        "tariffs.csv",
        "service;zone;from_quantity;valid_from;rate;vat_included\nlight;single;0;2026-01-01;6.47;yes\n",
    )
    numbers = range(1, 8)
    write(tmp_path, "accounts.csv", "account;kind\n" + "".join(f"{n};household\n" for n in numbers))
    write(
        tmp_path,
        "meters.csv",
        "account;service;serial;zones;int_digits\n"
        + "".join(f"{n};light;M{n};single;5\n" for n in numbers),
    )
    rows = [
        f"{n};M{n};single;2026-{month}-24;cabinet;{value}\n"
        for n in numbers
        for month, value in (("09", 100), ("10", 100 + 10 * n))
    ]
    write(
        tmp_path,
        "readings.csv",
        "account;meter_serial;zone;reading_date;channel;reading\n" + "".join(rows[:-1]),
    )
    write(
        tmp_path,
        "payments.csv",
        "channel;external_id;account;paid_on;amount;kind\n"
        + "".join(f"bank;{n};{n};2026-10-05;50.00;payment\n" for n in numbers),
    )
    write(
        tmp_path,
        "balances.csv",
        "account;service;period;part;amount\n"
        + "".join(f"{n};light;2026-05;principal;300.00\n" for n in numbers),
    )
    code, _, err = run("import", str(tmp_path))
    assert code == 0, err


def write(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")


def picture() -> dict:
    """Everything that a run writes, without identifiers and moments."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, opening, charged, paid, due FROM billing_bill ORDER BY 1"
        )
        bills = cursor.fetchall()
        cursor.execute("SELECT account_id, line, volume, amount FROM billing_charge ORDER BY 1, 2")
        lines = cursor.fetchall()
        cursor.execute("SELECT key, subject_id FROM ledger_transfer ORDER BY 1")
        transfers = cursor.fetchall()
        cursor.execute(
            "SELECT book, subject_id, sum(amount), count(*) FROM ledger_entry GROUP BY 1, 2 ORDER BY 1, 2"
        )
        entries = cursor.fetchall()
        cursor.execute(
            "SELECT account_id, service_id, debt_month, amount FROM billing_penalty ORDER BY 1, 2, 3"
        )
        penalties = cursor.fetchall()
        cursor.execute("SELECT state FROM billing_billingrun")
        states = cursor.fetchall()
    return {
        "bills": bills,
        "lines": lines,
        "transfers": transfers,
        "penalties": penalties,
        "entries": entries,
        "states": states,
    }


@pytest.mark.parametrize(
    "point", ["billing.drafted:1", "billing.drafted:3", "billing.posted:1", "billing.posted:4"]
)
def test_a_run_killed_anywhere_is_finished_by_the_next(supplier, point):
    killed = program(*BILL, crash_at=point)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    again = program(*BILL)
    assert again.returncode == 1, again.stderr  # the account without a reading is named
    assert "Лицевой счёт 7, light" in again.stderr
    found = picture()
    assert [row[2] for row in found["bills"]] == [6470 * n // 1 // 1 for n in range(1, 7)]
    # Balances, payments, bills, penalties, settled advances.
    assert len(found["transfers"]) == 7 + 7 + 6 + 6 + 7
    assert {row[3] for row in found["penalties"]} == {1527}
    assert len(found["penalties"]) == 6
    assert found["states"] == [("published",)]
    assert run("audit", "--supplier", "many")[0] == 0


def test_two_runs_at_once_bill_each_account_once(supplier):
    import subprocess
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        ended: list[subprocess.CompletedProcess] = list(
            pool.map(lambda _: program(*BILL), range(2))
        )
    assert {one.returncode for one in ended} == {1}, [one.stderr for one in ended]
    found = picture()
    assert len(found["bills"]) == 6
    assert len(found["transfers"]) == 7 + 7 + 6 + 6 + 7
    assert len(found["penalties"]) == 6
    assert run("audit", "--supplier", "many")[0] == 0
