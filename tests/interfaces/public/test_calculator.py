"""Tariffs and the calculator: the bill's own arithmetic, without an account."""

from datetime import date
from urllib.parse import urlencode

import pytest
import time_machine

from abonent.domain.billing.queries.calculator import (
    ReadingsDoNotAgree,
    TariffPlan,
    cost_of_readings,
)
from abonent.domain.billing.queries.quotes import quote_readings
from abonent.domain.suppliers.models import ServiceCategory, Supplier
from abonent.domain.tariffs.models import ConsumptionNorm, TariffRate
from abonent.presets.load import load_preset
from bills import Household
from flat import HOT, LIGHT, NOVEMBER_23, flat, micro, policy

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
TARIFFS, COST = "/demo/open/tariffs/", "/demo/open/tariffs/cost/"


@pytest.fixture
def home():
    with time_machine.travel(NOVEMBER_23, tick=False):
        household, registers = flat()
        Supplier.objects.update(cabinet=load_preset("").preset.cabinet)
        yield household, registers


def service(code: str) -> ServiceCategory:
    return ServiceCategory.objects.get(code=code)


def plan(code: str, *zones: str, category: str = "", norm: str = "") -> TariffPlan:
    return TariffPlan(service(code).pk, category, zones or ("single",), norm)


def cost(home: Household, of: TariffPlan, **readings: tuple[str, str]):
    given = {zone: (micro(was), micro(now)) for zone, (was, now) in readings.items()}
    return cost_of_readings(supplier_id=home.supplier_id, plan=of, readings=given, today=TODAY)


def page(client, code: str, zones: str = "single", category: str = "", norm: str = "", **typed):
    address = {"service": code, "category": category, "zones": zones, "norm": norm}
    return client.get(f"{COST}?{urlencode({**address, **typed})}")


def test_day_and_night_cost_what_the_example_says(home):
    found = cost(
        home[0],
        plan("electricity", "day", "night"),
        day=("14207", "14327"),
        night=("6118", "6178"),
    )
    assert [line.amount for line in found.lines] == [59160, 17760]
    assert found.amount == 76920


def test_hot_water_has_two_components(home):
    found = cost(home[0], plan("hot"), single=("86.412", "89.612"))
    assert sorted(line.amount for line in found.lines) == [15459, 46476]


def test_it_agrees_with_the_quote_of_the_same_readings(home):
    household, registers = home
    day, night, hot = (
        registers[key].pk for key in ((LIGHT, "day"), (LIGHT, "night"), (HOT, "single"))
    )
    quote = quote_readings(
        supplier_id=household.supplier_id, account_id=household.account_id, taken_on=TODAY,
        values={day: micro("14460"), night: micro("6250"), hot: micro("92.777")}, today=TODAY,
    )  # fmt: skip
    light = cost(
        household,
        plan("electricity", "day", "night"),
        day=("14327", "14460"),
        night=("6178", "6250"),
    )
    water = cost(household, plan("hot"), single=("89.612", "92.777"))
    assert (light.amount or 0) + (water.amount or 0) == quote.amount


def test_a_dial_that_passed_through_zero_counts_on(home):
    found = cost(
        home[0],
        plan("electricity", "day", "night"),
        day=("9993", "0007"),
        night=("100", "100"),
    )
    assert [(use.used, use.rolled) for use in found.uses] == [(micro("14"), True), (0, False)]
    assert found.amount == 6902


def test_less_than_before_is_refused_by_zone(home):
    with pytest.raises(ReadingsDoNotAgree) as caught:
        cost(home[0], plan("electricity", "day", "night"), day=("8993", "0007"), night=("1", "2"))
    assert caught.value.zones == ("day",)


def test_bands_are_counted_apart(home):
    TariffRate.objects.create(
        supplier_id=home[0].supplier_id, service=service("cold"), zone="single", rate="100",
        from_quantity="10", valid_from=date(2026, 1, 1),
    )  # fmt: skip
    found = cost(home[0], plan("cold"), single=("100", "112.5"))
    assert [(line.band, line.amount) for line in found.lines] == [(1, 48310), (2, 25000)]


def test_fractions_follow_the_policy(home):
    policy(home[0], "fraction_policy", "truncate", service="cold")
    found = cost(home[0], plan("cold"), single=("10.9", "20.1"))
    assert found.uses[0].used == micro("10")


def test_what_is_missing_has_no_cost_but_a_reason(home):
    ConsumptionNorm.objects.all().delete()
    found = cost(home[0], plan("hot"), single=("1", "2"))
    assert found.amount is None
    assert found.problems


def test_the_page_of_tariffs_leads_to_the_calculator(client, home):
    text = client.get(TARIFFS).content.decode()
    assert "4,93\u00a0₽ за кВт·ч" in text
    assert "zones=day-night" in text
    for absent in ("Иванов", "Примерная", "0010012345"):
        assert absent not in text


def test_the_page_counts_and_stores_nothing(client, home):
    typed = {"was-day": "14207", "now-day": "14327", "was-night": "06118", "now-night": "6178"}
    text = page(client, "electricity", "day-night", **typed).content.decode()
    assert "769,20" in text
    assert "591,60" in text
    assert "4,93\u00a0₽" in text


def test_faults_stand_at_their_fields(client, home):
    answer = page(client, "cold", **{"was-single": "20", "now-single": "1O"})
    assert answer.status_code == 422
    assert "id_now-single-error" in answer.content.decode()
    answer = page(client, "cold", **{"was-single": "20", "now-single": "19"})
    assert "Показание меньше прошлого" in answer.content.decode()


def test_yesterdays_price_is_not_shown(client, home):
    TariffRate.objects.create(
        supplier_id=home[0].supplier_id, service=service("cold"), zone="single", rate="51.11",
        valid_from=date(2026, 11, 1),
    )  # fmt: skip
    text = client.get(TARIFFS).content.decode()
    assert "51,11" in text
    cold = text[text.index("Холодная вода") : text.index("51,11")]
    assert "48,31" not in cold


@pytest.mark.parametrize(
    ("code", "zones", "category"),
    [("electricity", "single", ""), ("none", "single", ""), ("cold", "single", "x")],
)
def test_a_plan_that_is_not_there_is_not_found(client, home, code, zones, category):
    assert page(client, code, zones, category).status_code == 404


def test_a_supplier_may_keep_the_page_shut(client, home):
    Supplier.objects.update(cabinet=load_preset("tns-kuban").preset.cabinet)
    assert client.get(TARIFFS).status_code == 404
