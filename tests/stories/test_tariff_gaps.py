"""Tariffs with gaps, overlaps and seasons: the run names them and bills the rest."""

import pytest

from bundles import write_bundle
from checker_bundle import Department
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = "2026-08"
READ = {"2026-07-22": 0, "2026-08-21": 3000}  # 9 days of July, 21 of August
HEAD = (
    "service;component;category;zone;from_quantity;valid_from;rate;vat_included;months;valid_to\n"
)


@pytest.fixture
def department(tmp_path):
    made = Department(tmp_path)
    made.files["tariffs.csv"] = HEAD
    return made


def rows(department, number="1"):
    lines = statement(department.code, number, MONTH)["lines"]
    return [(line["band"], line["volume"], line["rate"]) for line in lines]


def messages(department):
    code, err = department.bill(MONTH)
    found = [line for line in err.splitlines() if line.startswith("Лицевой счёт")]
    assert code == (1 if found else 0)
    return found


def test_a_gap_inside_the_interval_is_named_with_its_day(department):
    for row in ("el;;gap;single;0;2026-01-01;5;yes;;2026-07-25", "el;;gap;single;0;2026-08-05;6;yes;;",
                "el;;whole;single;0;2026-01-01;5;yes;;"):  # fmt: skip
        department.add("tariffs", row)
    department.metered("1", READ, "gap")
    department.metered("2", READ, "whole")
    department.send()
    (said,) = messages(department)
    assert said.startswith("Лицевой счёт 1, el")
    assert "single gap на 04.08.2026" in said
    assert rows(department, "2") == [(1, "3000", "5")]


def test_a_gap_in_the_lowest_band_is_no_price_for_all(department):
    department.add("tariffs", "el;;;single;0;2026-01-01;5;yes;;2026-07-31")
    department.add("tariffs", "el;;;single;1200;2026-01-01;9;yes;;")
    department.metered("1", {"2026-07-31": 0, "2026-08-21": 3000})
    department.send()
    (said,) = messages(department)
    assert "single на 21.08.2026" in said


def test_a_gap_in_one_component_of_hot_water(department):
    department.files["services.csv"] += "hw;hot_water;Горячая вода;m3;22\n"
    department.add("tariffs", "hw;water;;single;0;2026-01-01;48.31;yes;;2026-07-31")
    department.add("tariffs", "hw;heat;;single;0;2026-01-01;2350.12;yes;;")
    department.files["norms.csv"] += "hw;mkd;heating_gcal_per_m3;2026-01-01;0.0618;\n"
    department.metered("1", {"2026-07-24": 0, "2026-08-24": 3}, service="hw")
    department.send()
    (said,) = messages(department)
    assert "water" in said


def test_an_overlap_is_refused_by_its_line(department, tmp_path):
    department.add("tariffs", "el;;;single;0;2026-01-01;5;yes;;2026-08-31")
    department.add("tariffs", "el;;;single;0;2026-08-15;6;yes;;")
    department.metered("1", READ)
    folder = write_bundle(tmp_path / "overlap", department.files)
    code, _, err = run("import", str(folder))
    assert code == 1
    assert "tariffs.csv, строка 3, столбец valid_from" in err
    assert "пересекаются" in err


def test_a_price_of_a_season_changes_with_it(department):
    department.add("tariffs", "el;;;single;0;2025-01-01;5;yes;09-07;")
    department.add("tariffs", "el;;;single;0;2025-01-02;7;yes;08-08;")
    department.metered("1", READ)
    department.send()
    assert messages(department) == []
    assert rows(department) == [(1, "900", "5"), (1, "2100", "7")]


def test_thresholds_of_a_season_are_those_of_the_billed_month(department):
    department.add("tariffs", "el;;;single;0;2025-01-01;3;yes;;")
    department.add("tariffs", "el;;;single;3900;2025-01-01;7.14;yes;09-07;")
    department.add("tariffs", "el;;;single;1200;2025-01-01;7.14;yes;08-08;")
    department.metered("1", READ)
    department.send()
    assert messages(department) == []
    assert rows(department) == [(1, "1200", "3"), (2, "1800", "7.14")]


def test_several_meters_of_an_account_fill_the_bands_together(department):
    department.add("tariffs", "el;;;single;0;2025-01-01;3;yes;;")
    department.add("tariffs", "el;;;single;1200;2025-01-01;7;yes;;")
    department.account("1")
    department.agreement("1")
    for serial, values in (("a", {"2026-07-24": 0, "2026-08-24": 1000}),
                           ("b", {"2026-07-24": 0, "2026-08-24": 500})):  # fmt: skip
        department.meter("1", serial)
        department.readings("1", serial, values)
    department.send()
    assert messages(department) == []
    assert rows(department) == [(1, "1200", "3"), (2, "300", "7")]


def test_what_is_missing_elsewhere_is_named_and_the_rest_is_billed(department):
    department.add("tariffs", "el;;;single;0;2026-01-01;5;yes;;")
    department.add("tariffs", "cw;;;single;0;2026-01-01;48.31;yes;;")
    department.account("norm")
    department.agreement("norm", "cw")
    department.files["norms.csv"] = department.files["norms.csv"].replace(";mkd;", ";house;")
    department.metered("digits", {"2026-07-24": 99990, "2026-08-24": 10}, int_digits="")
    department.metered("fine", READ)
    department.send()
    said = {line.split()[2].rstrip(","): line for line in messages(department)}
    assert sorted(said) == ["digits", "norm"]
    assert "int_digits" in said["digits"]
    assert "norms.csv" in said["norm"]
    assert rows(department, "fine") == [(1, "3000", "5")]
