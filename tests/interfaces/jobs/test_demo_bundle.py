"""The invented towns as files: the same from the same seed, and like life."""

import csv
import filecmp
import tomllib
from collections import defaultdict
from datetime import date

import pytest
from stdnum.ru import inn, ogrn

from abonent.common.periods import Period
from abonent.interfaces.jobs.demo.accounts import CAST, people_town
from abonent.interfaces.jobs.demo.bundle import write_bundle
from abonent.interfaces.jobs.demo.calendar import DemoYear
from abonent.interfaces.jobs.demo.money import payments_in
from abonent.interfaces.jobs.demo.people import bank_account
from abonent.interfaces.jobs.demo.plans import KUBAN, NESK, PLANS, SVERDLOVSK, TEPLO, TYUMEN
from abonent.interfaces.jobs.demo.readings import readings_of

TODAY = date(2026, 11, 24)
YEAR = DemoYear.ending_before(TODAY)


def town(plan, seed=1, count=60):
    return people_town(plan, YEAR, seed, count)


def write(folder, plan, seed=1, count=60):
    write_bundle(folder, plan, YEAR, town(plan, seed, count))
    return folder


def rows(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_the_year_ends_with_the_last_full_month():
    assert [str(period) for period in (YEAR.base, YEAR.first, YEAR.last)] == [
        "2025-10", "2025-11", "2026-10",
    ]  # fmt: skip
    assert len(YEAR.billed) == 12
    assert YEAR.read[-1] == Period(2026, 11)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.code)
def test_the_same_seed_gives_the_same_bytes(tmp_path, plan):
    one, two = write(tmp_path / "one", plan), write(tmp_path / "two", plan)
    names = sorted(path.name for path in one.iterdir())
    assert names == sorted(path.name for path in two.iterdir())
    assert filecmp.cmpfiles(one, two, names, shallow=False) == (names, [], [])
    other = write(tmp_path / "other", plan, seed=2)
    assert (one / "readings.csv").read_bytes() != (other / "readings.csv").read_bytes()


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.code)
def test_numbers_and_requisites_are_right(plan):
    accounts = town(plan)
    assert len({account.number for account in accounts}) == len(accounts) == 60
    for account in accounts:
        if account.kind == "organisation":
            assert inn.is_valid(account.inn), account
            assert bool(account.kpp) == (len(account.inn) == 10)
        meters = [meter.serial for point in account.points for meter in point.meters]
        assert len(set(meters)) == len(meters)
        assert account.email.endswith("@example.ru")


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.code)
def test_the_supplier_s_own_requisites_are_right(tmp_path, plan):
    card = tomllib.loads((write(tmp_path, plan) / "supplier.toml").read_text(encoding="utf-8"))
    assert inn.is_valid(card["inn"])
    assert ogrn.is_valid(card["ogrn"])
    assert card["preset"] == card["code"] == plan.code
    assert card["start_period"] == "2025-11"


def test_a_bank_account_has_its_key_digit():
    assert bank_account("044525225", "40702810038250123017") == "40702810138250123017"


@pytest.mark.parametrize(
    "plan", [plan for plan in PLANS if plan is not KUBAN], ids=lambda p: p.code
)
def test_the_cast_lives_in_every_town_of_households(plan):
    accounts = town(plan)
    assert tuple(account.cast for account in accounts[: len(CAST)]) == CAST
    for account in accounts[: len(CAST)]:
        assert account.kind == "household"
        assert account.flat
        metered = [point for point in account.points if point.service != "heat"]
        assert all(point.meters for point in metered)


def test_the_firm_has_its_contracts_in_the_town_of_organisations():
    accounts = town(KUBAN)
    assert [account.cast for account in accounts[:5]] == ["firm", "firm", "firm", "free", ""]
    assert {account.kind for account in accounts} == {"organisation"}
    assert len({account.inn for account in accounts[:3]}) == 1
    assert len(accounts[0].points[0].meters) == 4


def test_names_agree_in_gender():
    for account in town(SVERDLOVSK, count=200):
        if account.kind == "organisation":
            continue
        surname, _, father = account.name.split()
        woman = father.endswith(("на",))
        assert woman or father.endswith("ич"), account.name
        if surname.endswith(("ова", "ева", "ёва", "ина", "ская", "кая")):
            assert woman, account.name
        if surname.endswith(("ов", "ев", "ёв", "ин", "ын", "ский", "кий")):
            assert not woman, account.name


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.code)
def test_readings_never_fall_but_past_zero(plan):
    rolled = 0
    for account in town(plan, count=150):
        last = {}
        for reading in readings_of(plan, YEAR, account):
            key = (reading.meter.serial, reading.zone)
            if key in last and reading.value < last[key]:
                capacity = 10**reading.meter.int_digits * 1000
                assert last[key] > 0.9 * capacity, account
                assert capacity - last[key] + reading.value < 0.1 * capacity
                rolled += 1
            last[key] = reading.value
            assert reading.day <= TODAY
    if plan in {TYUMEN, SVERDLOVSK}:
        assert rolled


def test_mothers_dial_passes_zero_this_month():
    mother = next(account for account in town(TYUMEN) if account.cast == "boris-mother")
    last = list(readings_of(TYUMEN, YEAR, mother))[-1]
    assert 9500 < last.value / 1000 < 10000
    assert last.meter.shows(TODAY)[0] < 500_000


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.code)
def test_every_meter_has_a_base_and_the_cast_has_its_reading_to_send(plan):
    for account in town(plan):
        by_month = defaultdict(set)
        for reading in readings_of(plan, YEAR, account):
            by_month[Period.of(reading.day)].add(reading.meter.serial)
        first = {point.meters[0].serial for point in account.points if point.meters}
        base = by_month[YEAR.base] | by_month[YEAR.base.plus(-1)]
        assert first <= base
        if account.cast:
            assert not by_month[Period.of(TODAY)]
            assert all(by_month[period] for period in YEAR.billed if first)


def test_heat_is_counted_in_winter_only(tmp_path):
    folder = write(tmp_path, TEPLO)
    months = {row["period"][5:] for row in rows(folder, "house_volumes")}
    assert months == {"10", "11", "12", "01", "02", "03", "04", "05"}
    january = max(float(row["volume"]) for row in rows(folder, "house_volumes"))
    october = min(float(row["volume"]) for row in rows(folder, "house_volumes"))
    assert january > 5 * october


def test_prices_change_with_the_year(tmp_path):
    folder = write(tmp_path, SVERDLOVSK)
    days = {row["valid_from"] for row in rows(folder, "tariffs") if row["service"] == "cold_water"}
    assert days == {"2024-07-01", "2026-01-01", "2026-10-01"}


def test_every_reading_names_a_meter_and_every_meter_an_agreement(tmp_path):
    folder = write(tmp_path, SVERDLOVSK)
    agreed = {(row["account"], row["service"]) for row in rows(folder, "agreements")}
    meters = {(row["account"], row["serial"]): row for row in rows(folder, "meters")}
    assert {(row["account"], row["service"]) for row in meters.values()} <= agreed
    for row in rows(folder, "readings"):
        meter = meters[row["account"], row["meter_serial"]]
        assert row["zone"] in meter["zones"].split("+")
        whole, _, rest = row["reading"].partition(".")
        assert len(rest) == int(meter["frac_digits"])
        assert len(whole) <= int(meter["int_digits"])


def test_whole_readings_where_only_whole_ones_are_taken(tmp_path):
    folder = write(tmp_path, NESK)
    readings = {row["account"]: row["reading"] for row in rows(folder, "readings")}
    households = {row["account"] for row in rows(folder, "accounts") if row["kind"] == "household"}
    assert all(readings[account].isdigit() for account in households & set(readings))


def test_people_pay_as_they_are():
    accounts = {account.cast: account for account in town(SVERDLOVSK) if account.cast}
    month = YEAR.first.plus(3)
    paid = payments_in(SVERDLOVSK, YEAR, accounts["anna"], month, 512345)
    assert [payment.amount for payment in paid] == [512345]
    assert (
        payments_in(SVERDLOVSK, YEAR, accounts["boris-mother"], month, 512345)[0].amount == 520000
    )
    late = YEAR.last
    assert payments_in(SVERDLOVSK, YEAR, accounts["boris-debt"], late, 512345) == []
    # The last bill waits for whoever walks through the demonstration.
    current = YEAR.last.plus(1)
    assert payments_in(SVERDLOVSK, YEAR, accounts["anna"], current, 512345) == []


def test_an_advance_is_not_paid_again():
    for account in town(SVERDLOVSK):
        assert payments_in(SVERDLOVSK, YEAR, account, YEAR.last, -100) == []
