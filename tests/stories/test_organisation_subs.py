"""Sub-consumers behind a head meter, through the commands (RULES 1.8, meters.csv)."""

from datetime import date

import pytest

from abonent.common.periods import Period
from abonent.domain.billing import operations as billing
from abonent.domain.suppliers import queries as suppliers
from bundles import NOW
from checker_bundle import Department
from commands import statement

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = "2026-08"


@pytest.fixture
def department(tmp_path):
    return Department(tmp_path)


def firm(department, number, dials, parent="", kind="organisation", **meter):
    """Say an account whose meter counted so much on each dial; None is a silent dial."""
    department.account(number, kind)
    department.agreement(number, zones="+".join(dials))
    above = {"parent_account": parent, "parent_serial": f"m{parent}"} if parent else {}
    department.meter(number, f"m{number}", zones="+".join(dials), **above, **meter)
    for zone, used in dials.items():
        values = {"2026-07-24": 0} | ({"2026-08-24": used} if used is not None else {})
        department.readings(number, f"m{number}", values, zone=zone)


def zone_tariffs(department):
    zones = "".join(f"el;{zone};0;2026-01-01;5;yes\n" for zone in ("single", "day", "night"))
    head = "service;zone;from_quantity;valid_from;rate;vat_included\n"
    department.files["tariffs.csv"] = head + zones


def billed(department, number):
    lines = statement(department.code, number, MONTH)["lines"]
    return {line["zone"]: line["volume"] for line in lines}


def test_a_head_pays_for_what_is_left(department):
    firm(department, "head", {"single": 100}, ratio=40)
    firm(department, "one", {"single": 30}, parent="head", ratio=20)
    firm(department, "flat", {"single": 150}, parent="head", kind="household")
    firm(department, "below", {"single": 100}, parent="one")
    department.send()
    assert department.bill(MONTH)[0] == 0
    # What hangs behind a sub-consumer is a part of it: 4000 − 600 − 150.
    assert billed(department, "head") == {"single": "3250"}
    assert billed(department, "one") == {"single": "500"}
    assert billed(department, "flat") == {"single": "150"}
    (line,) = statement(department.code, "head", MONTH, "--explain")["lines"]
    steps = {step["label"]: (step["sign"], step["value"]) for step in line["steps"]}
    assert steps["Расход головного счётчика"] == ("", "4000")
    assert steps["Расход субабонентов"] == ("−", "750")
    assert "warnings" not in line


def test_it_is_never_below_zero_and_carries_a_warning(department):
    firm(department, "head", {"single": 100})
    firm(department, "one", {"single": 101}, parent="head")
    department.send()
    assert department.bill(MONTH)[0] == 0
    (line,) = statement(department.code, "head", MONTH)["lines"]
    assert (line["volume"], line["amount"]) == ("0", "0.00")
    assert "нулевым" in line["warnings"][0]


def test_zones_are_taken_off_by_zones_and_others_are_spread(department):
    zone_tariffs(department)
    firm(department, "head", {"day": 700, "night": 300})
    firm(department, "zones", {"day": 10, "night": 301}, parent="head")
    firm(department, "spread", {"day": 70, "night": 30})
    firm(department, "plain", {"single": 15}, parent="spread")
    firm(department, "whole", {"single": 100})
    firm(department, "parts", {"day": 15, "night": 5}, parent="whole")
    department.send()
    assert department.bill(MONTH)[0] == 0
    assert billed(department, "head") == {"day": "690", "night": "0"}
    # 15 × 70 / 100 = 10.5, half up; the last zone takes the rest.
    assert billed(department, "spread") == {"day": "59", "night": "26"}
    assert billed(department, "whole") == {"single": "80"}


def test_losses_come_before_the_sub_consumers(department):
    firm(department, "head", {"single": 1000})
    firm(department, "one", {"single": 100}, parent="head")
    department.files["agreements.csv"] = department.files["agreements.csv"].replace(
        "head;el;;2015-03-01;;;no;;;;", "head;el;;2015-03-01;;;no;;10;add;"
    ).replace("one;el;;2015-03-01;;;no;;;;", "one;el;;2015-03-01;;;no;;5;add;")  # fmt: skip
    department.send()
    assert department.bill(MONTH)[0] == 0
    assert billed(department, "one") == {"single": "105"}
    assert billed(department, "head") == {"single": "995"}


def test_a_meter_that_has_been_taken_away_counts_no_more(department):
    firm(department, "head", {"single": 100})
    firm(department, "one", {"single": 30}, parent="head")
    firm(department, "gone", {"single": 5}, parent="head", removed_on="2026-07-31", final=5)
    department.send()
    department.bill(MONTH)
    assert billed(department, "head") == {"single": "70"}


def test_a_sub_consumer_may_be_in_another_chunk(department):
    for number in ("a", "b", "c"):
        firm(department, f"{number}-head", {"single": 100})
        firm(department, f"{number}-one", {"single": 30}, parent=f"{number}-head")
    department.send()
    supplier = suppliers.get_supplier(department.code).id
    run = billing.open_run(
        supplier_id=supplier, period=Period(2026, 8), as_of=date(2026, 8, 31), now=NOW, chunk=1
    )
    chunks = 0
    while billing.bill_batch(run=run):
        chunks += 1
    assert chunks > 1
    billing.start_publication(run=run)
    while billing.publish_batch(run=run, now=NOW):
        pass
    billing.publish_run(run=run, now=NOW)
    assert [billed(department, f"{number}-head") for number in "abc"] == [{"single": "70"}] * 3


def test_a_silent_sub_consumer_keeps_its_head_back(department):
    firm(department, "head", {"single": 100})
    firm(department, "one", {"single": None}, parent="head")
    department.send()
    code, err = department.bill(MONTH)
    assert code == 1
    named = [row for row in err.splitlines() if row.startswith("Лицевой счёт head")]
    assert len(named) == 1
    assert "mone" in named[0]


def test_a_change_of_price_splits_what_is_left(department):
    department.files["tariffs.csv"] = (
        "service;from_quantity;valid_from;rate;vat_included;valid_to\n"
        "el;0;2026-01-01;5;yes;2026-07-31\nel;0;2026-08-01;6;yes;\n"
    )
    for number, used, parent in (("head", 310, ""), ("one", 10, "head")):
        firm(department, number, {"single": used}, parent)
    department.send()
    assert department.bill(MONTH)[0] == 0
    lines = statement(department.code, "head", MONTH)["lines"]
    assert [(line["volume"], line["rate"]) for line in lines] == [("68", "5"), ("232", "6")]
