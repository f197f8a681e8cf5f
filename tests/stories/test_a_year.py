"""A year of one street, told whole through the commands: twelve months, five doors.

The family that forgot its readings, the neighbour whose meter was replaced, the flat of a
house whose heat meter failed, the debtor with instalments and an amnesty, and the works
with losses that paid one month late.
"""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

import pytest
import time_machine

from checker_bundle import Department
from commands import night_after, run, statement

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal
MONTHS = [f"2026-{month:02}" for month in range(1, 13)]
DAYS = ["2025-12-24", *(f"{month}-24" for month in MONTHS)]
TOML = 'code = "check"\nname = "АО «Проверка»"\ninn = "7204000019"\nstart_period = "2026-01"\n'
CAMPAIGN = ("--supplier", "check", "--name", "Осень")
AGREED = "account;service;period;due_on;amount\n"
PAID = "channel;external_id;account;paid_on;amount\n"
OWED = "account;service;period;part;amount\n"


def roubles(value):
    return D(value).quantize(D("0.01"), ROUND_HALF_UP)


@pytest.fixture
def street(tmp_path):
    made = Department(tmp_path)
    made.files["supplier.toml"] = TOML
    made.files["tariffs.csv"] = "service;valid_from;valid_to;rate;vat_included\n" + "".join(
        f"{service};2025-01-01;2026-09-30;{old};yes\n{service};2026-10-01;;{new};yes\n"
        for service, old, new in (("el", "5.82", "6.47"), ("cw", "45", "48.31"),
                                  ("ht", "2350.12", "2600"))
    )  # fmt: skip
    made.files["accounts.csv"] = (
        "account;kind;category;residents;house;area\nfamily;household;mkd;3;;\n"
        "neighbour;household;mkd;2;;\nwarm;household;mkd;2;h1;54.3\ndebtor;household;mkd;1;;\n"
        "works;organisation;;;;\n"
    )
    made.files["houses.csv"] = (
        "house;locality;area_total;has_heat_meter;heating_scheme;heating_months\n"
        "h1;г. Тюмень;6812.5;yes;season;10-05\n"
    )
    made.files["house_volumes.csv"] = "house;service;period;volume;state\n" + "".join(
        f"h1;ht;2026-{month:02};{'' if month > 9 else 200};{'failed' if month > 9 else 'ok'}\n"
        for month in (1, 2, 3, 4, 5, 10, 11, 12)
    )
    made.files["temperatures.csv"] = "locality;date;mean_c\n" + "".join(
        f"г. Тюмень;{month}-15;{'5' if month == '2026-10' else '-10'}\n" for month in MONTHS
    )
    read_twice(made)
    replaced(made)
    made.agreement("warm", "ht")
    made.agreement("works", losses="2.35", price="7.48512")
    made.meter("works", "head", frac_digits=2, ratio=40)
    made.readings("works", "head", {
        day: D(1000) + place * D("66.66") for place, day in enumerate(DAYS)
    })  # fmt: skip
    made.agreement("debtor")
    made.meter("debtor", "still")
    made.readings("debtor", "still", dict.fromkeys(DAYS, 7))
    made.files["balances.csv"] = OWED + "debtor;el;2025-10;principal;6000\n"
    made.files["instalments.csv"] = AGREED + (
        "debtor;el;2025-10;2026-03-31;3000\ndebtor;el;2025-10;2026-06-30;3000\n"
    )
    made.files["payments.csv"] = PAID + (
        "bank;d1;debtor;2026-03-30;3000\nbank;d2;debtor;2026-10-10;3000\n"
        + "".join(f"bank;f{month};family;{month}-12;900\n" for month in MONTHS)
        + "".join(
            f"bank;w{month};works;{month}-{28 if month == '2026-06' else 10};24920.81\n"
            for month in MONTHS[1:]
        )
    )
    made.send()
    return made


def read_twice(department):
    """The family: light every month, water not in May, June and July."""
    for service, serial, digits, step in (("el", "light", 0, 100), ("cw", "water", 3, 5)):
        department.agreement("family", service)
        department.meter("family", serial, service, frac_digits=digits)
        values = {day: place * step for place, day in enumerate(DAYS)}
        if serial == "water":
            # Twelve cubic metres in the four months instead of twenty.
            values = {
                day: value - (8 if day > "2026-05" else 0)
                for day, value in values.items()
                if day[:7] not in {"2026-05", "2026-06", "2026-07"}
            }
        department.readings("family", serial, values)


def replaced(department):
    """The neighbour: example 13 with the five days of example 14 between the two meters."""
    department.agreement("neighbour")
    department.meter("neighbour", "old", removed_on="2026-06-10", final=4610)
    department.meter("neighbour", "new", installed_on="2026-06-15", initial=3)
    department.readings("neighbour", "old", {
        day: 4057 + 102 * place for place, day in enumerate(DAYS[:6])
    })  # fmt: skip
    department.readings("neighbour", "new", {
        day: 58 + 90 * place for place, day in enumerate(DAYS[6:])
    })  # fmt: skip


def test_a_year(street):
    for month in MONTHS:
        code, err = street.bill(month)
        assert code == 0, err
        night_after(month)
        if month == "2026-10":
            forgive()
    bills = {
        number: {month: statement("check", number, month) for month in MONTHS}
        for number in ("family", "neighbour", "warm", "debtor", "works")
    }
    for months in bills.values():
        agree(months)
    the_family_forgot(bills["family"])
    the_meter_was_replaced(bills["neighbour"])
    the_house_meter_failed(bills["warm"])
    the_debtor_was_forgiven(bills["debtor"])
    the_works_paid_late_once(bills["works"])
    assert run("audit", "--supplier", "check")[0] == 0


def forgive():
    terms = ("--pay-until", "2026-10-31", "--counted-to", "2026-09-30")
    with time_machine.travel(datetime(2026, 11, 3, 12, tzinfo=UTC), tick=False):
        assert run("amnesty", "declare", *CAMPAIGN, *terms)[0] == 0
        assert "61,38" in run("amnesty", "apply", *CAMPAIGN)[1]


def agree(months):
    """Each bill is its lines, and begins where the one before ended."""
    for before, after in pairwise(MONTHS):
        assert D(months[after]["opening"]) == D(months[before]["due"])
    for bill in months.values():
        assert D(bill["charged"]) == sum(D(line["amount"]) for line in bill["lines"])


def lines(bill, service):
    return [
        (line["method"], line["volume"], line["amount"], line["corrects"])
        for line in bill["lines"]
        if line["service"] == service
    ]


def the_family_forgot(months):
    # 100 kWh a month; from 24.09 to 24.10 six days of thirty at the old price.
    assert [line[1:3] for line in lines(months["2026-10"], "el")] == [
        ("20", "116.40"), ("80", "517.60"),
    ]  # fmt: skip
    assert all(
        lines(months[month], "el") == [("meter", "100", "582.00", None)] for month in MONTHS[:9]
    )
    # Three months by the average of four; the reading of August spreads 12 m³ over 122 days.
    for month in ("2026-05", "2026-06", "2026-07"):
        assert lines(months[month], "cw") == [("average", "5.000", "225.00", None)]
    shown = [D(12) * days / 122 for days in (37, 37 + 30, 37 + 30 + 31, 122)]
    upto = [value.quantize(D("0.001"), ROUND_HALF_UP) for value in shown]
    volumes = [now - was for was, now in zip([D(0), *upto], upto, strict=False)]
    august = lines(months["2026-08"], "cw")
    assert august[0] == ("meter", str(volumes[3]), str(roubles(volumes[3] * 45)), None)
    assert august[1:] == [
        ("correction", str(volume - 5), str(roubles(volume * 45) - 225), f"2026-{month:02}/1")
        for month, volume in zip((5, 6, 7), volumes, strict=False)
    ]
    # 900 roubles a month were always enough: an advance, and never a penalty.
    assert {bill["penalty"] for bill in months.values()} == {"0.00"}
    charged = sum(D(bill["charged"]) for bill in months.values())
    assert D(months["2026-12"]["due"]) == charged - 12 * 900 < 0


def the_meter_was_replaced(months):
    # 4567 → 4610, 3 → 58, and 102 × 5 / 30 for the days between: 115 kWh.
    june = lines(months["2026-06"], "el")
    assert sum(D(volume) for _, volume, _, _ in june) == 115
    assert D(months["2026-06"]["charged"]) == roubles(D("5.82") * 115)
    assert lines(months["2026-07"], "el") == [("meter", "90", "523.80", None)]


def the_house_meter_failed(months):
    share = D("54.3") / D("6812.5")
    assert lines(months["2026-05"], "ht") == [
        ("house", "1.594128", str(roubles(share * 200 * D("2350.12"))), None)
    ]
    assert all(months[f"2026-0{month}"]["lines"] == [] for month in (6, 7, 8, 9))
    # 1000 Gcal in the 151 days at −10 °C; at +5 °C a room at +18 °C needs 13 of 28 of it.
    for month, days, need in (("2026-10", 31, D(13) / 28), ("2026-11", 30, 1), ("2026-12", 31, 1)):
        volume = (D(1000) / 151 * days * need).quantize(D("0.000001"), ROUND_HALF_UP)
        [(method, _, amount, _)] = lines(months[month], "ht")
        assert (method, amount) == ("house", str(roubles(share * volume * 2600)))


def the_debtor_was_forgiven(months):
    # The second part fell due on Tuesday, 30.06: the 31st day of delay is 31.07.
    counted = {"2026-07": 1, "2026-08": 32, "2026-09": 60}
    levied = {month: roubles(3000 * days * D("0.095") / 300) for month, days in counted.items()}
    levied["2026-09"] = roubles(D(57) + 3000 * 2 * D("0.095") / 130)
    assert all(months[month]["penalty"] == "0.00" for month in MONTHS[:6])
    sums = [levied["2026-07"], levied["2026-08"] - levied["2026-07"],
            levied["2026-09"] - levied["2026-08"]]  # fmt: skip
    assert [months[f"2026-0{month}"]["penalty"] for month in (7, 8, 9)] == [
        str(one) for one in sums
    ]
    # Ten days of October until the payment; then all that was counted to the end of September goes.
    october = roubles(D(57) + 3000 * 12 * D("0.095") / 130) - levied["2026-09"]
    assert months["2026-10"]["penalty"] == str(october)
    assert months["2026-11"]["penalty"] == str(-levied["2026-09"])
    assert months["2026-12"]["due"] == str(october)


def the_works_paid_late_once(months):
    # Example 15 every month: 66.66 × 40 + 2.35 % = 2 729 kWh; example 17: three payments.
    assert {bill["charged"] for bill in months.values()} == {"24920.81"}
    used = [lines(bill, "el") for bill in months.values()]
    assert used == [[("meter", "2729", "24920.81", None)]] * 12
    october = [(part["amount"], part["due_on"]) for part in months["2026-10"]["schedule"]]
    assert october == [
        ("7476.24", "2026-10-12"), ("9968.32", "2026-10-26"), ("7476.25", "2026-11-18"),
    ]  # fmt: skip
    # May fell due on the 18th of June and was paid on the 28th: ten days at 1/130 from the first.
    late = roubles(D("24920.81") * 10 * D("0.095") / 130)
    levied = {month: bill["penalty"] for month, bill in months.items() if bill["penalty"] != "0.00"}
    assert levied == {"2026-06": str(late)}
    # Each payment since went to the principal of its month; the penalty is still owed.
    assert D(months["2026-12"]["due"]) == D("24920.81") + late
