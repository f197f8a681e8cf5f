"""Rules that meet in one account, by hand from RULES: each alone has its own test."""

import pytest
from test_silent_meters import USUAL

from checker_bundle import NORMS, Department
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
OCTOBER = "2026-10"
PRICES = "service;zone;from_quantity;valid_from;rate;vat_included\n" + "".join(
    f"el;{zone};{above};{since};{rate};yes\n"
    for since, rates in {"2026-01-01": (5, 8, 3, 6), "2026-10-01": (6, 9, 4, 7)}.items()
    for (zone, above), rate in zip(
        [("day", 0), ("day", 1200), ("night", 0), ("night", 1200)], rates, strict=True
    )
)  # fmt: skip


@pytest.fixture
def department(tmp_path):
    made = Department(tmp_path)
    made.files["supplier.toml"] = made.files["supplier.toml"].replace("2026-08", OCTOBER)
    return made


def begin_in_august(department):
    text = department.files["supplier.toml"]
    department.files["supplier.toml"] = text.replace(OCTOBER, "2026-08")


def lines(number):
    return [
        (line["zone"], line["band"], line["rate"], line["volume"], line["amount"])
        for line in statement("check", number, OCTOBER)["lines"]
    ]


def test_bands_of_two_zones_over_three_months_a_new_meter_and_a_new_price(department):
    department.files["tariffs.csv"] = PRICES
    department.account("1")
    department.agreement("1", zones="day+night")
    department.meter("1", "old", zones="day+night", removed_on="2026-10-10",
                     final="day=4900,night=2000")  # fmt: skip
    department.meter("1", "new", zones="day+night", installed_on="2026-10-10",
                     initial="day=3,night=7")  # fmt: skip
    department.readings("1", "old", {"2026-07-24": 1000}, zone="day")
    department.readings("1", "old", {"2026-07-24": 500}, zone="night")
    department.readings("1", "new", {"2026-10-24": 603}, zone="day")
    department.readings("1", "new", {"2026-10-24": 307}, zone="night")
    department.send()
    code, err = department.bill(OCTOBER)
    assert code == 0, err
    # 68 of the old meter's 78 days have the old price: 3400 + 1308, the rest with the new
    # meter's 600 + 300 the new one. Three months' band of 3600 is filled by the old days.
    assert sorted(lines("1")) == sorted([
        ("day", 1, "5", "2600", "13000.00"), ("night", 1, "3", "1000", "3000.00"),
        ("day", 2, "8", "800", "6400.00"), ("night", 2, "6", "308", "1848.00"),
        ("day", 2, "9", "1100", "9900.00"), ("night", 2, "7", "492", "3444.00"),
    ])  # fmt: skip
    assert run("audit", "--supplier", "check")[0] == 0


def test_people_who_come_within_a_month_with_the_multiplier(department):
    department.account("1")
    department.agreement("1", "cw", meter_possible="yes")
    department.files["residents.csv"] = (
        "account;from;residents;temporary;to\n1;2026-10-11;5;;2026-10-31\n"
    )
    department.send()
    assert department.bill(OCTOBER)[0] == 0
    # 3 people for ten days and 5 for twenty-one: 135/31 × 4.745 × 3 × 48.31.
    assert [line[4] for line in lines("1")] == ["2994.79"]


def test_a_benefit_of_an_estimated_month(department):
    begin_in_august(department)
    department.metered("1", USUAL, service="cw", frac_digits=3)
    department.files["benefits.csv"] = (
        "account;service;from;persons;percent;funded\n1;cw;2026-01-01;1;50;in_kind\n"
    )
    department.send()
    assert department.bill("2026-08")[0] == 0
    found = statement("check", "1", "2026-08")["lines"]
    # The average of 5.1 m³, and half of one person's third: 1.7 × 48.31 × 0.5.
    assert [(line["method"], line["amount"]) for line in found] == [
        ("average", "246.38"), ("correction", "-41.06"),
    ]  # fmt: skip


def test_absence_of_some_while_others_come(department):
    department.files["norms.csv"] = NORMS
    department.account("1")
    department.agreement("1", "cw")
    department.files["residents.csv"] = "account;from;residents\n1;2026-10-16;4\n"
    department.files["events.csv"] = (
        "account;service;kind;from;to;value;claimed_on\n"
        "1;cw;absence;2026-10-04;2026-10-15;2;2026-10-20\n"
    )
    department.send()
    assert department.bill(OCTOBER)[0] == 0
    # People: (3 × 15 + 4 × 16) / 31 of the norm; two were away from the 5th to the 14th.
    fee, off = "806.01", "147.89"
    assert [line[4] for line in lines("1")] == [fee, f"-{off}"]


def test_a_firms_late_reading_with_ratio_losses_and_a_schedule(department):
    begin_in_august(department)
    department.files["past_volumes.csv"] = (
        "account;service;zone;period;volume;method\n"
        "f;el;single;2025-08;1000;meter\nf;el;single;2025-09;1100;meter\n"
    )
    department.account("f", kind="organisation", of_class="general")
    department.agreement("f", losses="2.35", losses_side="add", price="7.48512", contract="7")
    department.meter("f", "m", ratio=40, frac_digits=2)
    department.readings("f", "m", {"2026-07-24": "1234.56"})
    department.send()
    for month in ("2026-08", "2026-09"):
        assert department.bill(month)[0] == 0
    department.readings("f", "m", {"2026-10-24": "1301.22"})
    department.send()
    assert department.bill(OCTOBER)[0] == 0
    billed = [line for month in ("2026-08", "2026-09", OCTOBER)
              for line in statement("check", "f", month)["lines"]]  # fmt: skip
    # 2666.4 kWh in 38, 30 and 24 of 92 days, each with 2.35 %: 1127, 890 and 712 are the
    # 2 729 of example 15; the months were estimated at those of the last year.
    assert [(line["method"], line["volume"], line["amount"]) for line in billed] == [
        ("average", "1000", "9131.85"), ("average", "1100", "10045.03"),
        ("meter", "712", "6501.88"),
        ("correction", "127", "1159.74"), ("correction", "-210", "-1917.68"),
    ]  # fmt: skip
    parts = [part["amount"] for part in statement("check", "f", OCTOBER)["schedule"]]
    # 30 %, 40 % and the rest of 5 743.94.
    assert parts == ["1723.18", "2297.58", "1723.18"]


def test_thresholds_of_a_season_and_the_day_first(department):
    begin_in_august(department)
    department.files["supplier.toml"] += '[policy]\nband_zone_split = "day_first"\n'
    department.files["tariffs.csv"] = (
        "service;category;zone;from_quantity;months;valid_from;rate;vat_included\n"
        "el;;single;0;;2026-01-01;3.00;yes\nel;;single;1200;08-08;2026-01-01;7.14;yes\n"
        "el;;single;3900;09-07;2026-01-01;7.14;yes\n"
        + "".join(
            f"el;three;{zone};{low};;2026-01-01;{rate};yes\n"
            for zone, low, rate in (
                ("peak", 0, 6),
                ("peak", 1200, 9),
                ("halfpeak", 0, 5),
                ("halfpeak", 1200, 8),
                ("night", 0, 2),
                ("night", 1200, 4),
            )
        )
    )
    department.metered("1", {"2026-07-24": 0, "2026-08-24": 1500, "2026-09-24": 3000})
    department.account("3")
    department.agreement("3", category="three", zones="peak+halfpeak+night")
    department.meter("3", "m3", zones="peak+halfpeak+night")
    for zone, used in (("peak", 600), ("halfpeak", 500), ("night", 400)):
        department.readings("3", "m3", {"2026-07-24": 0, "2026-08-24": used}, zone=zone)
    department.send()
    assert department.bill("2026-08")[0] == 0
    # The meter of three zones sends nothing in September, and has no history: named.
    assert department.bill("2026-09")[0] == 1
    amounts = [line["amount"] for line in statement("check", "1", "2026-08")["lines"]]
    assert amounts == ["3600.00", "2142.00"]
    assert [line["amount"] for line in statement("check", "1", "2026-09")["lines"]] == ["4500.00"]
    three = statement("check", "3", "2026-08")["lines"]
    assert sorted((line["zone"], line["band"], line["volume"], line["amount"]) for line in three) == [
        ("halfpeak", 1, "500", "2500.00"), ("night", 1, "100", "200.00"),
        ("night", 2, "300", "1200.00"), ("peak", 1, "600", "3600.00"),
    ]  # fmt: skip
