"""Losses of transformers and lines through the commands (RULES 1.8, losses.csv)."""

from decimal import ROUND_HALF_UP, Decimal

import pytest

from checker_bundle import Department
from commands import statement

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = "2026-08"
HOURS = 744
HEAD = (
    "account;service;serial;valid_from;kind;p_idle;p_short;s_nom;hours;k_f2;r_ohm;u_kv;valid_to\n"
)
D = Decimal


def whole(value):
    return int(D(value).quantize(D(1), rounding=ROUND_HALF_UP))


def transformer(active, reactive, *, p_idle, p_short, s_nom, hours=HOURS, k_f2="1.15"):
    load = D(k_f2) * D(p_short) * (D(active) ** 2 + D(reactive) ** 2)
    return D(p_idle) * hours + load / (D(s_nom) ** 2 * hours)


def line(active, reactive, *, r_ohm, u_kv, hours=HOURS, k_f2="1.15"):
    squares = D(active) ** 2 + D(reactive) ** 2
    return D(k_f2) * squares * D(r_ohm) / (D(u_kv) ** 2 * hours) / 1000


@pytest.fixture
def department(tmp_path):
    made = Department(tmp_path)
    made.files["losses.csv"] = HEAD
    return made


def firm(department, number, dials, losses=(), **terms):
    """Say an organisation whose meter counted so much on each dial, at a ratio of 40."""
    department.account(number, "organisation")
    department.agreement(number, **terms)
    department.meter(number, f"m{number}", ratio=40, zones="+".join(dials))
    for zone, used in dials.items():
        department.readings(number, f"m{number}", {"2026-07-24": 0, "2026-08-24": used}, zone=zone)
    for row in losses:
        department.add("losses", f"{number};el;m{number};{row}")


IDLE_160 = "2026-01-01;transformer;0.5;2.65;160"


def billed(department, number):
    lines = statement(department.code, number, MONTH)["lines"]
    return {line["zone"]: int(line["volume"]) for line in lines}


def test_a_transformer_on_the_consumers_side_adds_and_on_the_networks_side_subtracts(department):
    dials = {"single": 300, "reactive": 100}
    firm(department, "add", dials, [f"{IDLE_160};;;;;"], losses_side="add")
    firm(department, "none", dials, [f"{IDLE_160};;;;;"])
    firm(department, "off", dials, [f"{IDLE_160};;;;;"], losses_side="subtract")
    firm(department, "given", dials, [f"{IDLE_160};600;1.3;;;"])
    firm(department, "active", {"single": 300}, [f"{IDLE_160};;;;;"])
    firm(department, "both", dials, [f"{IDLE_160};;;;;", "2026-01-02;line;;;;;;0.6;10;"])
    firm(department, "percent", dials, [f"{IDLE_160};;;;;"], losses_percent="2.35")
    department.send()
    assert department.bill(MONTH)[0] == 0
    names = {"p_idle": "0.5", "p_short": "2.65", "s_nom": 160}
    lost = transformer(12000, 4000, **names)
    wire = line(12000, 4000, r_ohm="0.6", u_kv=10)
    expected = {
        "add": 12000 + lost,
        "none": 12000 + lost,
        "off": 12000 - lost,
        "given": 12000 + transformer(12000, 4000, **names, hours=600, k_f2="1.3"),
        "active": 12000 + transformer(12000, 0, **names),
        "both": 12000 + lost + wire,
        "percent": D(12000) * D("1.0235") + lost,
    }
    assert {number: billed(department, number)["single"] for number in expected} == {
        number: whole(value) for number, value in expected.items()
    }
    assert whole(expected["both"]) != whole(expected["add"])


def test_zones_share_the_losses_by_what_they_counted(department):
    firm(department, "1", {"day": 210, "night": 90, "reactive": 100}, [f"{IDLE_160};;;;;"])
    firm(department, "idle", {"day": 0, "night": 0}, [f"{IDLE_160};;;;;"])
    department.files["tariffs.csv"] = (
        "service;category;zone;from_quantity;valid_from;rate;vat_included\n"
        "el;;day;0;2026-01-01;6.47;yes\nel;;night;0;2026-01-01;3;yes\n"
    )
    department.send()
    assert department.bill(MONTH)[0] == 0
    lost = transformer(12000, 4000, p_idle="0.5", p_short="2.65", s_nom=160)
    assert billed(department, "1") == {
        "day": whole(8400 + lost * D("0.7")),
        "night": whole(3600 + lost * D("0.3")),
    }
    assert billed(department, "idle") == {"day": 372, "night": 0}


def test_what_a_formula_lacks_is_named(department):
    dials = {"single": 300}
    firm(department, "power", dials, ["2026-01-01;transformer;0.5;2.65;;;;;;"])
    firm(department, "zero", dials, ["2026-01-01;line;;;;;;0.5;0;"])
    firm(department, "late", dials, ["2026-08-10;line;;;;;;0.5;10;"])
    firm(department, "over", dials, ["2026-01-01;line;;;;;;0.5;10;2026-08-20"])
    firm(department, "past", dials, ["2026-01-01;line;;;;;;0.5;10;2026-07-31"])
    firm(department, "silent", {"single": 300, "reactive": 7}, [f"{IDLE_160};;;;;"])
    text = department.files["readings.csv"]
    kept = [row for row in text.splitlines() if not row.startswith("silent;msilent;reactive")]
    department.files["readings.csv"] = "\n".join(kept) + "\n"
    department.send()
    code, err = department.bill(MONTH)
    assert code == 1
    named = {row.split()[2].rstrip(","): row for row in err.splitlines() if row.startswith("Лиц")}
    assert sorted(named) == ["late", "over", "power", "silent", "zero"]
    assert "s_nom" in named["power"]
    assert "u_kv" in named["zero"]
    assert "не весь месяц" in named["late"]
    assert "не весь месяц" in named["over"]
    assert "реактивная" in named["silent"]
    assert billed(department, "past") == {"single": 12000}


def test_an_idle_meter_put_on_within_the_month_counts_the_hours_since(department):
    department.account("1", "organisation")
    department.agreement("1")
    department.meter("1", "m", installed_on="2026-08-10", initial=0)
    department.readings("1", "m", {"2026-08-24": 0})
    department.add("losses", f"1;el;m;{IDLE_160};;;;;")
    department.send()
    assert department.bill(MONTH)[0] == 0
    assert billed(department, "1") == {"single": 21 * 24 // 2}


def test_the_formula_is_explained_with_its_numbers(department):
    firm(department, "1", {"single": 300, "reactive": 100}, [f"{IDLE_160};;;;;"])
    department.send()
    department.bill(MONTH)
    (one,) = statement(department.code, "1", MONTH, "--explain")["lines"]
    steps = {step["label"]: (step["sign"], step["value"], step["unit"]) for step in one["steps"]}
    assert steps["Время под напряжением"] == ("×", "744", "ч")
    assert steps["Квадрат коэффициента формы"] == ("×", "1.15", "")
    assert steps["Реактивная энергия для потерь"] == ("", "4000", "квар·ч")
    assert steps["Потери в трансформаторе"][0] == "+"
    assert D(steps["Потери в трансформаторе"][1]) == pytest.approx(
        transformer(12000, 4000, p_idle="0.5", p_short="2.65", s_nom=160), abs=D("0.000001")
    )
