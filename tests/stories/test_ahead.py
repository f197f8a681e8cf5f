"""What the month will cost, and what has piled up without readings."""

from datetime import date

import pytest

from abonent.domain.accounts.queries.cards import find_account
from abonent.domain.billing.queries.forecast import ahead
from abonent.domain.suppliers.queries import get_supplier
from abonent.interfaces.portal.charges.ahead import ahead_context
from checker_bundle import Department
from commands import statement

pytestmark = pytest.mark.django_db(transaction=True)
USUAL = {f"2026-0{month}-24": 100 + 5 * month for month in range(1, 8)}


@pytest.fixture
def department(tmp_path):
    made = Department(tmp_path)
    made.metered("1", USUAL, service="cw", frac_digits=3)
    made.agreement("1")
    made.meter("1", "light")
    made.readings("1", "light", {f"2026-{month:02d}-24": month * 1000 for month in range(5, 11)})
    made.files["accounts.csv"] += "norm;household;mkd;2;;2015-03-01;\n"
    made.agreement("norm", "cw")
    made.send()
    for month in ("2026-08", "2026-09", "2026-10"):
        assert made.bill(month)[0] == 0
    return made


def seen(number, on):
    supplier = get_supplier("check")
    account = find_account(supplier_id=supplier.id, number=number)
    return ahead(supplier_id=supplier.id, account_id=account.id, today=on)


def plain(text):
    return text.replace("\u00a0", " ")


def test_the_usual_consumption_at_the_prices_of_the_month(department):
    told = seen("1", date(2026, 11, 10)).forecast
    # Light as always. Water: 5 a month in 123 days by the reading, less than the averages.
    light = next(one for one in told.services if one.name == "Электроэнергия")
    assert light.amount == 1000 * 647
    assert not light.as_before
    department.readings("1", "light", {"2026-11-24": 10010})
    department.send()
    told = seen("1", date(2026, 11, 25)).forecast
    assert next(one for one in told.services if one.name == "Электроэнергия").amount == 10 * 647


def test_a_norm_is_foretold_as_the_bill_comes(department):
    told = seen("norm", date(2026, 11, 10)).forecast
    assert department.bill("2026-11")[0] == 0
    assert f"{told.amount / 100:.2f}" == statement("check", "norm", "2026-11")["charged"]
    assert seen("norm", date(2026, 11, 30)).forecast is None


def test_what_has_piled_up_without_readings(department):
    (water,) = seen("1", date(2026, 11, 10)).unread
    bills = [statement("check", "1", f"2026-{month:02d}") for month in (8, 9, 10)]
    charged = [line for bill in bills for line in bill["lines"] if line["service"] == "cw"]
    assert water.amount == sum(round(float(line["amount"]) * 100) for line in charged)
    assert (water.left, len(water.months), water.volume) == (0, 3, 15_000_000)
    (text,) = ahead_context(seen("1", date(2026, 11, 10)))["unread"]
    assert plain(text) == (
        "Холодная вода: за август–октябрь начислено без показаний 15,000 м³ на 724,65 ₽. "
        "Следующий месяц посчитаем по нормативу. Передайте показания – пересчитаем."
    )
    assert seen("norm", date(2026, 11, 10)).unread == ()


def test_the_sum_is_told_in_tens_of_roubles(department):
    told = ahead_context(seen("norm", date(2026, 11, 10)))
    assert plain(told["forecast_title"]) == "Ожидаем за ноябрь"
    assert plain(told["forecast_sum"]) == "около 460 ₽"
