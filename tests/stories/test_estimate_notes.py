"""The sentence behind each estimated line: the cause, what comes next, the remedy."""

import pytest

from checker_bundle import Department
from commands import statement

pytestmark = pytest.mark.django_db(transaction=True)
MONTHS = ("2026-08", "2026-09", "2026-10", "2026-11")
USUAL = {f"2026-0{month}-24": 100 + 5 * month for month in range(1, 8)}
REPAIR = "Поверьте или замените счётчик и сообщите нам – снова будем считать по нему."
EXPIRED = "Счётчик неисправен, снят или у него истёк срок поверки"

AVERAGE, RECOUNT = "Начислено по среднему", "Передайте показания – пересчитаем."
TOO_LONG = (
    "Показаний не было слишком долго, или их ещё не хватает для среднего. Начислено по нормативу."
)
ONES = [
    f"Показаний не было. {AVERAGE}; ещё два месяца – и будет по нормативу. {RECOUNT}",
    f"Показаний не было второй месяц. {AVERAGE}; ещё один месяц – и будет по нормативу. {RECOUNT}",
    f"Показаний не было третий месяц. {AVERAGE}; со следующего месяца будет по нормативу. {RECOUNT}",
    f"{TOO_LONG} Передайте показания – дальше будем считать по счётчику.",
]


def notes(department, number="1"):
    department.send()
    for month in MONTHS:
        code, err = department.bill(month)
        assert code == 0, err
    return [statement("check", number, month, "--explain")["lines"][0]["note"] for month in MONTHS]


def test_readings_that_did_not_come(tmp_path):
    department = Department(tmp_path)
    department.metered("1", USUAL, service="cw", frac_digits=3)
    assert notes(department) == ONES
    first = statement("check", "1", "2026-08")["lines"][0]
    assert "note" not in first


def test_nothing_is_promised_where_nothing_is_counted_anew(tmp_path):
    department = Department(tmp_path)
    department.files["supplier.toml"] += '[policy]\nlate_reading_recalc = "none"\n'
    department.metered("1", USUAL, service="cw", frac_digits=3)
    assert not any("пересчитаем" in note for note in notes(department))


def test_a_meter_whose_verification_has_run_out(tmp_path):
    department = Department(tmp_path)
    department.metered("1", USUAL, service="cw", frac_digits=3, verified_until="2026-07-31")
    found = notes(department)
    assert found[0] == (
        f"{EXPIRED}: первый месяц. Начислено по среднему; ещё два месяца – и будет по нормативу "
        f"с повышающим коэффициентом. {REPAIR}"
    )
    assert found[3] == (
        f"{EXPIRED} слишком долго. Начислено по нормативу с повышающим коэффициентом 3. {REPAIR}"
    )


def test_premises_that_nobody_lives_in_have_two_months(tmp_path):
    department = Department(tmp_path)
    department.files["accounts.csv"] = (
        "account;kind;category;premises;residents;opened_on\n"
        "1;household;mkd;nonresidential;3;2015-03-01\n"
    )
    department.agreement("1", "cw")
    department.meter("1", "m1", "cw", frac_digits=3, verified_until="2026-07-31")
    department.readings("1", "m1", USUAL)
    assert "со следующего месяца" in notes(department)[1]
