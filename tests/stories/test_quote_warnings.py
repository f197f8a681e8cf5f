"""What ``abonent quote`` warns of: odd consumption, the next band, months counted anew."""

import json

import pytest

from abonent.domain.billing.rules.anomalies import Anomaly, Oddity, anomaly_text
from checker_bundle import Department
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
BANDS = (
    "service;category;from_quantity;valid_from;rate;vat_included\n"
    "el;;0;2026-01-01;3.00;yes\nel;;1200;2026-01-01;7.14;yes\ncw;;0;2026-01-01;48.31;yes\n"
)
MUCH = (
    "Электроэнергия: расход 1 000 кВт·ч, а обычно около 100 кВт·ч. Проверьте цифры. "
    "Если они верны, нет ли утечки или забытого прибора?"
)
NOTHING = (
    "Электроэнергия: расхода нет, а обычно около 100 кВт·ч. Если дома живут, "
    "проверьте, не остановился ли счётчик."
)
STOPPED = (
    "Электроэнергия, ночь: расхода нет, а обычно около 100 кВт·ч. Возможно, эта зона "
    "счётчика остановилась: посмотрите, меняются ли цифры."
)


@pytest.fixture
def department(tmp_path):
    return Department(tmp_path)


def quote(number, *values, date="2026-11-24"):
    code, out, err = run("quote", "--supplier", "check", "--account", number, "--meter",
                         f"m{number}", "--reading", *values, "--date", date, "--json")  # fmt: skip
    assert code == 0, err
    found = json.loads(out)
    found["warnings"] = [one.replace("\u00a0", " ") for one in found["warnings"]]
    return found


def test_a_late_reading_tells_its_correction_and_the_bill_is_equal(department):
    months = {f"2026-0{month}-24": 100 + 5 * month for month in range(1, 8)}
    department.metered("1", months, service="cw", frac_digits=3)
    department.send()
    for month in ("2026-08", "2026-09", "2026-10"):
        assert department.bill(month)[0] == 0
    found = quote("1", "140")
    # 5 m³ in 123 days instead of 5 a month: the three averages are taken back in part.
    assert found["warnings"] == ["Перерасчёт за август–октябрь: −530,25 ₽."]
    assert [line["corrects"] for line in found["lines"]][1:] == ["2026-08/1", "2026-09/1", "2026-10/1"]  # fmt: skip
    department.readings("1", "m1", {"2026-11-24": 140})
    department.send()
    assert department.bill("2026-11")[0] == 0
    bill = statement("check", "1", "2026-11")
    assert found["amount"] == bill["charged"]
    assert found["lines"] == bill["lines"]


def test_how_far_the_dearer_band_is(department):
    department.files["tariffs.csv"] = BANDS
    department.metered("1", {f"2026-{month:02d}-24": month * 1000 for month in range(7, 11)})
    department.send()
    for month in ("2026-08", "2026-09", "2026-10"):
        assert department.bill(month)[0] == 0
    assert quote("1", "11080")["warnings"] == [
        "Электроэнергия: до дорогого диапазона осталось 120 кВт·ч."
    ]
    assert quote("1", "11200")["warnings"] == [
        "Электроэнергия: до дорогого диапазона осталось 0 кВт·ч."
    ]
    assert quote("1", "11450")["warnings"] == [
        "Электроэнергия: 250 кВт·ч сверх первого диапазона, они дороже."
    ]
    assert quote("1", "10500")["warnings"] == []


def test_odd_consumption_is_told(department):
    usual = {"2026-08-24": 800, "2026-09-24": 900, "2026-10-24": 1000}
    department.metered("1", usual)
    department.account("2", residents=0)
    department.agreement("2")
    department.meter("2", "m2")
    department.readings("2", "m2", usual)
    department.account("3")
    department.agreement("3", zones="day+night")
    department.meter("3", "m3", zones="day+night")
    for zone in ("day", "night"):
        department.readings("3", "m3", usual, zone=zone)
    department.files["tariffs.csv"] = (
        "service;zone;from_quantity;valid_from;rate;vat_included\n"
        + "".join(f"el;{zone};0;2026-01-01;5;yes\n" for zone in ("single", "day", "night"))
        + "cw;single;0;2026-01-01;48.31;yes\n"
    )
    department.send()
    assert quote("1", "1100")["warnings"] == []
    assert quote("1", "1999")["warnings"] == ["Расход в 9 раз больше обычного. Всё верно?"]
    assert quote("1", "2000")["warnings"] == [
        "Расход в 10 раз больше обычного. Всё верно?",
        MUCH,
    ]
    assert quote("1", "1000")["warnings"] == [NOTHING]
    assert quote("2", "1000")["warnings"] == ["Расхода нет: показание то же, что в прошлый раз."]
    assert quote("3", "day=1100", "night=1000")["warnings"] == [STOPPED]


def test_what_is_usual_is_said_in_round_numbers() -> None:
    much = Anomaly(Oddity.MUCH, 900_000_000, 62_166_666)
    assert "а обычно около 62,2\u00a0кВт·ч." in anomaly_text(much, "Электроэнергия", "кВт·ч")
    little = Anomaly(Oddity.NOTHING, 0, 41_666)
    assert "а обычно около 0,042\u00a0м³." in anomaly_text(little, "Холодная вода", "м³")
