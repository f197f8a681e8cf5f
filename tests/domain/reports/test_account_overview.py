"""The customer's first page as a picture: exact, and cheap however long the history."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from abonent.common.periods import Period
from abonent.domain.accounts.queries import AccountView, accounts_of
from abonent.domain.ledger.rules import Reason
from abonent.domain.metering.rules import ReadingSource
from abonent.domain.metering.rules.windows import WindowState
from abonent.domain.reports.queries import Overview, StepKind, account_overview
from bills import OCTOBER, move
from cabinets import LONG_AGO, owner_of
from flat import LIGHT, SHOWN, flat, policy, read

TODAY = date(2026, 11, 23)


@pytest.fixture
def home(db):
    return flat()


@pytest.fixture
def account(home) -> AccountView:
    household, _ = home
    user_id = int(owner_of(household).session["_auth_user_id"])
    return accounts_of(user_id=user_id, supplier_id=household.supplier_id, now=LONG_AGO)[0]


def picture(account: AccountView, today: date = TODAY) -> Overview:
    return account_overview(account=account, today=today)


def test_readings_come_first_while_the_window_is_open(account):
    seen = picture(account)
    assert seen.step == StepKind.READINGS
    assert seen.window.state == WindowState.OPEN
    assert (seen.window.first, seen.window.last) == (date(2026, 11, 15), date(2026, 11, 25))
    assert seen.window.days_left == 2
    assert len(seen.missing) == 3


def test_when_all_is_read_the_debt_comes_next(home, account):
    _, registers = home
    for (serial, zone), values in SHOWN.items():
        later = str(Decimal(values[-1]) + 3)
        read(registers[serial, zone], Period(2026, 11), later, day=20)
    seen = picture(account)
    assert seen.step == StepKind.DEBT
    assert not seen.missing
    light = next(meter for meter in seen.meters if meter.serial == LIGHT)
    assert [line.value for line in light.registers] == [Decimal(14330), Decimal(6181)]
    assert {line.on for line in light.registers} == {date(2026, 11, 20)}


def test_one_zone_is_not_a_meter(home, account):
    _, registers = home
    read(registers[LIGHT, "day"], Period(2026, 11), "14330", day=20)
    assert LIGHT in {meter.serial for meter in picture(account).missing}


@pytest.mark.parametrize(
    ("day", "state", "period"),
    [
        (date(2026, 11, 14), WindowState.BEFORE, Period(2026, 11)),
        (date(2026, 11, 15), WindowState.OPEN, Period(2026, 11)),
        (date(2026, 11, 25), WindowState.OPEN, Period(2026, 11)),
        (date(2026, 11, 26), WindowState.LATE, Period(2026, 12)),
        (date(2026, 12, 1), WindowState.BEFORE, Period(2026, 12)),
    ],
)
def test_the_window_is_told_before_within_and_after(account, day, state, period):
    window = picture(account, day).window
    assert (window.state, window.period) == (state, period)


def test_outside_the_window_readings_are_not_the_next_step(account):
    assert picture(account, date(2026, 11, 14)).step == StepKind.DEBT
    assert picture(account, date(2026, 11, 26)).step == StepKind.DEBT


def test_the_window_that_closes_first_is_spoken_of(home, account):
    household, _ = home
    policy(household, "window_to_day", "24", service="cold")
    assert picture(account).window.last == date(2026, 11, 24)


def test_the_balance_is_a_column_from_the_bill_to_what_is_left(home, account):
    household, _ = home
    move(household, Reason.PAYMENT, -300_000, date(2026, 11, 12), "november")
    balance = picture(account).balance
    assert balance.bill.period == OCTOBER
    assert (balance.bill.due, balance.paid_since, balance.total) == (519_826, 300_000, 219_826)
    assert balance.bill.due - balance.paid_since == balance.total


def test_an_advance_is_negative(home, account):
    household, _ = home
    move(household, Reason.PAYMENT, -600_000, date(2026, 11, 12), "november")
    seen = picture(account, date(2026, 11, 26))
    assert seen.balance.total == -80_174
    assert seen.balance.free_until is None
    assert seen.step == StepKind.NOTHING


def test_no_penalty_is_promised_while_an_older_month_is_owed(account):
    assert picture(account).balance.free_until is None


def test_a_household_that_owes_the_last_bill_alone_learns_how_long_it_is_free(home, account):
    household, _ = home
    move(household, Reason.PAYMENT, -120_000, date(2026, 11, 12), "november")
    assert picture(account).balance.free_until == date(2026, 12, 16)
    assert picture(account, date(2026, 12, 16)).balance.free_until == date(2026, 12, 16)
    assert picture(account, date(2026, 12, 17)).balance.free_until is None


def test_months_go_from_the_oldest_to_the_latest(account):
    months = picture(account).months
    assert [(line.period.month, line.charged, line.paid) for line in months] == [
        (9, 82_308, 0),
        (10, 499_826, 100_000),
    ]


def test_the_tariff_plan_is_that_of_the_agreements(account):
    prices = picture(account).prices
    assert [(one.service_code, one.component, one.zone, str(one.rate)) for one in prices] == [
        ("cold", "", "single", "48.31000"),
        ("electricity", "", "day", "4.93000"),
        ("electricity", "", "night", "2.96000"),
        ("heat", "", "single", "2350.12000"),
        ("hot", "water", "single", "48.31000"),
        ("hot", "heat", "single", "2350.12000"),
    ]
    assert {one.unit_name for one in prices if one.component == "heat"} == {"Гкал"}


def test_the_last_inspection_is_told(home, account):
    assert picture(account).last_control is None
    _, registers = home
    read(registers[LIGHT, "day"], Period(2026, 8), "14050", day=11, source=ReadingSource.CONTROL)
    control = picture(account).last_control
    assert control.on == date(2026, 8, 11)
    assert control.serials == (LIGHT,)


def test_a_waiting_link_sees_no_sum_no_reading_no_house(account):
    seen = picture(replace(account, private=False))
    assert seen.balance is None
    assert not seen.months
    assert not seen.prices
    assert seen.house is None
    assert seen.last_payment is None
    assert {line.value for meter in seen.meters for line in meter.registers} == {None}
    assert {meter.verified_until for meter in seen.meters} == {None}
    assert seen.window.last == date(2026, 11, 25)


# Of the gathering, the balance by service and the forecast; its prices are kept in the process.
STATEMENTS = 18


def test_the_number_of_statements_does_not_grow(home, account, django_assert_num_queries):
    household, registers = home

    def live(months: range, days: range) -> None:
        for back in months:
            for key, values in SHOWN.items():
                read(registers[key], Period(2026, 10).plus(-back), str(Decimal(values[0]) - back))
        for day in days:
            move(household, Reason.PAYMENT, -100, date(2026, 11, day), f"day-{day}")

    # With a history the month's sum is foretold; a longer one costs no statement more.
    live(range(7, 13), range(1, 3))
    picture(account)
    with django_assert_num_queries(STATEMENTS):
        picture(account)
    live(range(13, 31), range(3, 20))
    with django_assert_num_queries(STATEMENTS):
        picture(account)
