"""Bundles for the tests of exchange: a small whole one, and ways to spoil it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from abonent.common.periods import Period
from abonent.domain.billing import operations as billing
from abonent.domain.billing.queries import published_through
from abonent.domain.exchange.operations import BundleRefused, ImportReport, import_bundle
from abonent.domain.exchange.rules import ImportMode
from abonent.domain.suppliers import queries as suppliers

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
OCTOBER = Period(2026, 10)
RULES8 = Path(__file__).parent / "data" / "rules8"

SUPPLIER = """code = "demo"
name = "АО «Пример-Энерго»"
inn = "7204000019"
start_period = "2026-10"
"""
# A household with a two-zone and a water meter, and a firm with a contract of its own.
WHOLE: dict[str, str] = {
    "supplier.toml": SUPPLIER,
    "services.csv": "service;kind;name;unit;vat_percent\n"
    "electricity;electricity;Электроэнергия;kwh;22\ncold_water;cold_water;Холодная вода;m3;\n",
    "rates.csv": "kind;value;valid_from\nkey_rate;14.25;2026-10-01\n",
    "tariffs.csv": "service;category;zone;from_quantity;valid_from;rate;vat_included;months;valid_to\n"
    "electricity;gas;day;0;2026-01-01;4.93;yes;;2026-12-31\n"
    "electricity;gas;night;0;2026-01-01;2.96;yes;;\n"
    "electricity;;single;0;2026-01-01;5.01;no;;\n"
    "cold_water;;single;0;2026-01-01;48.31;yes;;\n",
    "norms.csv": "service;category;per;valid_from;volume;multiplier\n"
    "cold_water;mkd;resident;2026-01-01;4.745;3\n",
    "houses.csv": "house;locality;street;number;area_total;area_excluded;has_heat_meter;heating_months\n"
    "h1;г. Тюмень;ул. Ёлочная;1;1000.5;10;yes;10-05\n",
    "house_volumes.csv": "house;service;period;volume;state\nh1;electricity;2026-10;120.5;ok\n",
    "accounts.csv": "account;unified_account;kind;category;house;flat;area;residents;full_name;inn;email;phone;opened_on;closed_on\n"
    "0010;75ДА533315;household;mkd;h1;15;54.3;3;Ёлкин Иван;;e@example.ru;+79120000015;2015-03-01;\n"
    "0020;;organisation;;h1;;;;ООО «Ромашка»;7204000019;;;2020-01-01;2027-12-31\n",
    "agreements.csv": "account;service;contract_number;valid_from;tariff_category;zones;meter_possible;price;t_in;losses_side;valid_to\n"
    "0010;electricity;;2015-03-01;gas;day+night;yes;;;;\n"
    "0010;cold_water;;2015-03-01;;single;yes;;;;\n"
    "0020;electricity;К-1;2020-01-01;;single;yes;7.12345;-3.5;add;2027-12-31\n",
    "meters.csv": "account;service;serial;contract_number;zones;int_digits;frac_digits;ratio;installed_on;initial;verified_until;removed_on;final;parent_account;parent_serial\n"
    "0010;electricity;E1;;day+night;6;0;1;2019-08-20;day=12,night=3;2035-08-19;;;;\n"
    "0010;cold_water;W1;;single;5;3;1;2019-08-20;0.5;2029-08-19;;;;\n"
    "0020;electricity;F1;К-1;single;6;0;40;2020-01-01;100;2030-01-01;;;;\n"
    "0020;electricity;F2;К-1;single;5;1;1;2020-01-01;1;2030-01-01;2026-09-10;77.5;0020;F1\n",
    "verifications.csv": "account;service;serial;verified_on;valid_until;arshin_number\n"
    "0010;cold_water;W1;2023-08-20;2029-08-19;C-1\n",
    "readings.csv": "account;meter_serial;zone;reading_date;channel;reading;comment\n"
    "0010;E1;day;2026-09-24;cabinet;100;\n"
    "0010;E1;night;2026-09-24;cabinet;50;\n"
    "0010;W1;single;2026-09-26;phone;7.250;=1+1\n"
    "0020;F1;single;2026-09-30;control;150;акт 7\n",
    "past_volumes.csv": "account;service;zone;period;volume;method\n"
    "0010;cold_water;single;2026-08;3.5;meter\n",
    "losses.csv": "account;service;serial;valid_from;kind;p_idle\n"
    "0020;electricity;F1;2026-01-01;transformer;0.5\n",
    "hourly.csv": "account;service;serial;hour;volume\n0020;electricity;F1;2026-10-01 13:00;1.5\n",
    "hourly_prices.csv": "service;category;hour;price\nelectricity;;2026-10-01 13:00;3.21\n",
    "power.csv": "account;service;period;kw;rate\n0020;electricity;2026-10;12.5;\n",
    "events.csv": "account;house;service;meter_serial;kind;from;to;value;comment\n"
    "0010;;cold_water;W1;fault;2026-10-03;2026-10-05;;«течь»\n"
    ";h1;;;quality_break;2026-10-01 13:00;2026-10-01;2;\n",
    "residents.csv": "account;from;residents;temporary;to\n0010;2026-10-01;2;;\n",
    "benefits.csv": "account;service;from;persons;percent;funded\n"
    "0010;electricity;2026-10-01;1;50;in_kind\n",
    "subsidies.csv": "account;period;amount;transferred\n0010;2026-10;150.00;yes\n",
    "temperatures.csv": "locality;date;mean_c\nг. Тюмень;2026-10-01;-3.5\n",
    "schedules.csv": "organisation_class;service;part;valid_from;percent;day;month_offset\n"
    "general;electricity;1;2026-01-01;30;10;0\n",
    "penalty_suspensions.csv": "account;from;to;basis\n;2026-03-01;2026-03-31;указ\n",
    "instalments.csv": "account;service;period;due_on;amount\n"
    "0010;electricity;2026-08;2026-12-10;100.00\n",
    "balances.csv": "account;service;period;part;amount;due_on;penalty_counted_to\n"
    "0010;electricity;2026-08;principal;1200.00;2026-09-15;2026-09-30\n"
    "0020;electricity;2026-08;principal;-55.10;;\n",
    "payments.csv": "channel;external_id;account;paid_on;credited_on;amount;purpose_period;purpose_service;purpose_part;kind\n"
    "bank;77-1;0010;2026-10-12;2026-10-13;1000.00;2026-08;electricity;principal;payment\n"
    "касса № 1;0001;0020;2026-10-14;;10.00;;;;payment\n",
}


def write_bundle(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write the files into a folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def load(folder: Path, mode: ImportMode = ImportMode.WHOLE) -> ImportReport:
    """Import a folder or a zip as the command does, without presets."""
    return import_bundle(path=folder, mode=mode, now=NOW)


def refusal(folder: Path, mode: ImportMode = ImportMode.WHOLE) -> BundleRefused:
    """Import a bundle that must be refused; returns the refusal."""
    try:
        load(folder, mode)
    except BundleRefused as refused:
        return refused
    raise AssertionError("the bundle was not refused")


def counts_of_tables() -> dict[str, int]:
    """Return the rows of every table of the house."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [name for (name,) in cursor.fetchall()]
        counts = {}
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            counts[name] = cursor.fetchone()[0]
    return counts


def became(report: ImportReport) -> dict[str, tuple[int, int, int, int]]:
    """Return what became of the rows of each file: new, changed, unchanged, rejected."""
    return {
        one.file: (one.inserted, one.updated, one.unchanged, one.rejected) for one in report.counts
    }


def publish(code="demo", period=OCTOBER):
    """Bill and publish a month of a supplier."""
    supplier_id = suppliers.get_supplier(code).id
    run = billing.open_run(supplier_id=supplier_id, period=period, as_of=period.last_day, now=NOW)
    while billing.bill_batch(run=run):
        pass
    billing.start_publication(run=run)
    while billing.publish_batch(run=run, now=NOW):
        pass
    billing.publish_run(run=run, now=NOW)
    assert published_through(supplier_id=supplier_id) == period
    return supplier_id
