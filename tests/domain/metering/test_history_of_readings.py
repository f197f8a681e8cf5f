"""Readings looked back at: what closes a month, what was used, what became of the rest."""

from datetime import date
from decimal import Decimal

import pytest

from abonent.common.periods import Period
from abonent.domain.metering.models import Meter, PastVolume, Register
from abonent.domain.metering.queries.history import ReadingState, readings_history
from abonent.domain.metering.queries.submissions import last_control
from abonent.domain.metering.rules import ReadingQuality, ReadingSource
from abonent.domain.suppliers.models import ServiceCategory
from bills import OCTOBER
from flat import COLD, LIGHT, SHOWN, flat, read

NOVEMBER = Period(2026, 11)


@pytest.fixture
def home(db):
    return flat()


def past(home, until=NOVEMBER, months=24):
    household, _ = home
    return readings_history(
        supplier_id=household.supplier_id,
        account_id=household.account_id,
        until=until,
        months=months,
    )


def service(home, code, **how):
    return next(one for one in past(home, **how).services if one.code == code)


def lines(home, code="cold", **how):
    """Return the readings of a one-zone meter: (month, value, used, state)."""
    (meter,) = service(home, code, **how).meters
    return [(line.period.month, line.value, line.used, line.state) for line in meter.lines]


def test_each_month_is_counted_from_the_one_before(home):
    assert lines(home)[:2] == [
        (10, Decimal("125.9"), Decimal("2.444"), ReadingState.COUNTED),
        (9, Decimal("123.456"), Decimal("2.2"), ReadingState.COUNTED),
    ]
    assert lines(home)[-1] == (6, Decimal("116.256"), None, ReadingState.COUNTED)


def test_the_last_of_a_month_closes_it_and_the_others_are_kept(home):
    _, registers = home
    read(registers[COLD, "single"], OCTOBER, "126.5", day=25)
    assert [one for one in lines(home) if one[0] == 10] == [
        (10, Decimal("126.5"), Decimal("3.044"), ReadingState.COUNTED),
        (10, Decimal("125.9"), None, ReadingState.REPLACED),
    ]


def test_an_inspector_outweighs_others_of_the_same_day(home):
    _, registers = home
    read(registers[COLD, "single"], OCTOBER, "126", source=ReadingSource.CONTROL)
    closing = [one for one in lines(home) if one[0] == 10 and one[3] == ReadingState.COUNTED]
    assert closing == [(10, Decimal(126), Decimal("2.544"), ReadingState.COUNTED)]


def test_what_staff_set_aside_counts_for_nothing(home):
    _, registers = home
    read(registers[COLD, "single"], NOVEMBER, "999", quality=ReadingQuality.SET_ASIDE)
    assert lines(home)[0] == (11, Decimal(999), None, ReadingState.SET_ASIDE)


def test_a_doubtful_one_counts_until_staff_decide(home):
    _, registers = home
    read(registers[COLD, "single"], NOVEMBER, "225.9", quality=ReadingQuality.DOUBTFUL)
    assert lines(home)[0] == (11, Decimal("225.9"), Decimal(100), ReadingState.DOUBTFUL)


def test_a_gap_is_told_by_its_months(home):
    _, registers = home
    read(registers[COLD, "single"], OCTOBER.plus(3), "130")
    (meter,) = service(home, "cold", until=OCTOBER.plus(3)).meters
    assert (meter.lines[0].used, meter.lines[0].months) == (Decimal("4.1"), 3)


def test_a_dial_passes_zero(home):
    _, registers = home
    Meter.objects.filter(serial=COLD).update(int_digits=4)
    read(registers[COLD, "single"], OCTOBER, "9993", day=24)
    read(registers[COLD, "single"], NOVEMBER, "7")
    assert lines(home)[0] == (11, Decimal(7), Decimal(14), ReadingState.COUNTED)


def test_a_smaller_reading_says_nothing_but_an_inspectors_corrects(home):
    _, registers = home
    read(registers[COLD, "single"], NOVEMBER, "120")
    assert lines(home)[0][2] is None
    read(registers[COLD, "single"], NOVEMBER, "121", day=24, source=ReadingSource.CONTROL)
    assert lines(home)[0] == (11, Decimal(121), Decimal("-4.9"), ReadingState.COUNTED)


def test_the_ratio_multiplies(home):
    Meter.objects.filter(serial=COLD).update(ratio=20)
    assert lines(home)[0][2] == Decimal("48.88")


def test_a_new_meter_counts_from_its_first_state(home):
    household, _ = home
    meter = Meter.objects.get(serial=COLD)
    new = Meter.objects.create(
        supplier_id=meter.supplier_id, account_id=meter.account_id, service_id=meter.service_id,
        serial="77", int_digits=5, frac_digits=3, installed_on=date(2026, 10, 30),
    )  # fmt: skip
    register = Register.objects.create(
        supplier_id=meter.supplier_id, account_id=meter.account_id, meter=new, zone="single",
        initial=1_000_000,
    )  # fmt: skip
    read(register, NOVEMBER, "3.5")
    found = next(one for one in service((household, {}), "cold").meters if one.serial == "77")
    assert found.lines[0].used == Decimal("2.5")


def test_what_an_old_meter_began_with_is_no_base(home):
    Meter.objects.filter(serial=COLD).update(installed_on=date(2019, 1, 1))
    Register.objects.filter(meter__serial=COLD).update(initial=0)
    assert lines(home)[-1] == (6, Decimal("116.256"), None, ReadingState.COUNTED)


def test_zones_add_up_by_month(home):
    months = {one.period: one.volume for one in service(home, "electricity").months}
    assert months[OCTOBER] == 180
    assert months[NOVEMBER] is None


def test_the_year_before_comes_from_what_was_told_of_the_past(home):
    household, _ = home
    PastVolume.objects.create(
        supplier_id=household.supplier_id, account_id=household.account_id,
        service=ServiceCategory.objects.get(supplier_id=household.supplier_id, code="cold"),
        zone="single", period=date(2025, 10, 1), volume=Decimal("3.1"),
    )  # fmt: skip
    month = next(one for one in service(home, "cold").months if one.period == OCTOBER)
    assert (month.volume, month.before) == (Decimal("2.444"), Decimal("3.1"))


def test_earlier_readings_are_named(home):
    assert not past(home).earlier
    short = past(home, months=2)
    assert short.earlier
    assert {
        line.period.month for one in short.services for meter in one.meters for line in meter.lines
    } == {10}


def test_the_number_of_statements_does_not_grow(home, django_assert_num_queries):
    with django_assert_num_queries(3):
        past(home)
    _, registers = home
    for step in range(12):
        for key, values in SHOWN.items():
            read(registers[key], Period(2025, 6).plus(step), str(Decimal(values[0]) - 50 + step))
    with django_assert_num_queries(3):
        past(home)


def test_the_last_inspection_is_that_of_the_latest_day(home):
    household, registers = home
    span = {"supplier_id": household.supplier_id, "account_id": household.account_id}
    assert last_control(**span, today=date(2026, 11, 23)) is None
    read(registers[COLD, "single"], Period(2026, 7), "118", day=1, source=ReadingSource.CONTROL)
    for zone, value in (("day", "14100"), ("night", "6050")):
        read(registers[LIGHT, zone], Period(2026, 8), value, day=11, source=ReadingSource.CONTROL)
    found = last_control(**span, today=date(2026, 11, 23))
    assert (found.on, found.serials) == (date(2026, 8, 11), (LIGHT,))
