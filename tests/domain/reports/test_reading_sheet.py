"""The sheet of readings: what stood before, what is taken, what it costs, who may know."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from abonent.common.periods import Period
from abonent.domain.accounts.queries import AccountView, accounts_of
from abonent.domain.accounts.rules import AccountKind
from abonent.domain.billing.queries.quotes import quote_readings
from abonent.domain.metering.models import Meter, Register
from abonent.domain.reports.queries import quote_costs, reading_sheet
from abonent.domain.tariffs.models import TariffRate
from cabinets import LONG_AGO, owner_of
from flat import COLD, HOT, LIGHT, flat, micro, policy, read

TODAY = date(2026, 11, 23)


@pytest.fixture
def home(db):
    return flat()


@pytest.fixture
def account(home) -> AccountView:
    household, _ = home
    user_id = int(owner_of(household).session["_auth_user_id"])
    return accounts_of(user_id=user_id, supplier_id=household.supplier_id, now=LONG_AGO)[0]


def meters(account, today=TODAY):
    return {one.serial: one for one in reading_sheet(account=account, today=today).meters}


def test_each_scale_has_what_it_showed_and_its_only_price(account):
    sheet = meters(account)
    assert list(sheet) == [COLD, LIGHT, HOT]
    day, night = sheet[LIGHT].registers
    assert (day.zone_name, day.was, day.was_on, day.price) == (
        "День", Decimal(14327), date(2026, 10, 23), Decimal("4.93"),
    )  # fmt: skip
    assert (night.was, night.price) == (Decimal(6178), Decimal("2.96"))
    assert sheet[HOT].registers[0].price is None, "two components have no single price"


def test_a_price_with_bands_is_no_single_price(home, account):
    rate = TariffRate.objects.get(service__code="cold")
    rate.pk, rate.from_quantity, rate.rate = None, 10, Decimal(90)
    rate.save(force_insert=True)
    assert meters(account)[COLD].registers[0].price is None


def test_electricity_is_whole_and_water_is_not(account):
    sheet = meters(account)
    assert (sheet[LIGHT].policy, sheet[LIGHT].frac_digits) == ("truncate", 0)
    assert (sheet[COLD].policy, sheet[COLD].frac_digits) == ("keep", 3)


def test_what_stood_before_is_shown_as_it_counts(home, account):
    policy(home[0], "fraction_policy", "ceil", service="cold")
    assert meters(account)[COLD].registers[0].was == 126


def test_organisations_keep_their_fractions(account):
    firm = replace(account, kind=AccountKind.ORGANISATION)
    assert {one.policy for one in meters(firm).values()} == {"keep"}


def test_what_was_given_already_stands_beside_what_was_before(home, account):
    _, registers = home
    read(registers[COLD, "single"], Period(2026, 11), "128", day=20)
    scale = meters(account)[COLD].registers[0]
    assert (scale.was, scale.given, scale.given_on) == (
        Decimal("125.9"), Decimal(128), date(2026, 11, 20),
    )  # fmt: skip


def test_after_the_window_the_next_month_is_counted_from_this_one(home, account):
    _, registers = home
    read(registers[COLD, "single"], Period(2026, 11), "128", day=20)
    scale = meters(account, date(2026, 11, 26))[COLD].registers[0]
    assert (scale.was, scale.given) == (Decimal(128), None)


def test_a_waiting_link_sees_the_wheels_and_nothing_on_them(home, account):
    _, registers = home
    read(registers[COLD, "single"], Period(2026, 11), "128", day=20)
    sheet = meters(replace(account, private=False))
    scales = [one for meter in sheet.values() for one in meter.registers]
    assert {(one.was, one.was_on, one.given, one.given_on, one.price) for one in scales} == {
        (None, None, None, None, None)
    }
    assert sheet[COLD].int_digits == 5


STATEMENTS = 5


def test_the_number_of_statements_is_constant(home, account, django_assert_num_queries):
    # The prices in force are kept in the process: the first look reads them.
    meters(account)
    with django_assert_num_queries(STATEMENTS):
        meters(account)
    _, registers = home
    for back in range(6, 30):
        read(registers[COLD, "single"], Period(2026, 10).plus(-back), str(110 - back))
    with django_assert_num_queries(STATEMENTS):
        meters(account)


def test_two_meters_of_a_service_share_its_cost(home):
    household, registers = home
    old = Meter.objects.get(serial=COLD)
    second = Meter.objects.create(
        supplier_id=old.supplier_id, account_id=old.account_id, service_id=old.service_id,
        serial="Z-2", int_digits=5, frac_digits=3,
    )  # fmt: skip
    other = Register.objects.create(
        supplier_id=old.supplier_id, account_id=old.account_id, meter=second, zone="single",
        initial=0,
    )  # fmt: skip
    read(other, Period(2026, 10), "10")
    typed = {
        registers[COLD, "single"].pk: micro("128.4"),
        other.pk: micro("12"),
        registers[LIGHT, "day"].pk: micro("14331"),
        registers[LIGHT, "night"].pk: micro("6189"),
    }
    quote = quote_readings(
        supplier_id=household.supplier_id, account_id=household.account_id, values=typed,
        taken_on=TODAY, today=TODAY,
    )  # fmt: skip
    costs = quote_costs(quote)
    assert costs == {
        registers[LIGHT, "day"].pk: 1_972, registers[LIGHT, "night"].pk: 3_256,
        registers[COLD, "single"].pk: 12_078, other.pk: 9_662,
    }  # fmt: skip
    assert quote.amount == 1_972 + 3_256 + 21_740
