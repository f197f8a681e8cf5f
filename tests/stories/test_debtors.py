"""From a debt above two norm payments to the day of a possible restriction (PP 354 p. 114–119)."""

from datetime import date

import pytest

from abonent.domain.billing.rules.debts import debt_stage, restrict_from
from commands import run
from debtors import Office

pytestmark = pytest.mark.django_db(transaction=True)
# Three people by the norm: 3 × 4.745 × 48.31 = 687.69 a month (RULES, example 19).
LIMIT = "1375.38"


def listed(on, supplier="check"):
    code, out, err = run("debtors", "list", "--supplier", supplier, "--on", on)
    assert code == 0, err
    rows = [line.split(";") for line in out.splitlines()]
    assert rows[0] == ["account", "service", "debt", "limit", "stage", "delivered_on",
                       "restrict_from"]  # fmt: skip
    return [tuple(row) for row in rows[1:]]


def warned(on, *more):
    return run("debtors", "warned", "--supplier", "check", "--on", on, "--delivered", on,
               "--proof", "письмо", *more)  # fmt: skip


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    for number, debt in (("even", LIMIT), ("over", "1375.39"), ("paid", "2000")):
        office.home(number)
        office.agreement(number, "cw")
        office.owes(number, "2026-07", debt, service="cw")
    office.owes("over", "2026-07", "10", service="el")
    office.pays("paid", "2026-09-05", "700")
    office.send()
    return office


def test_who_is_above_two_norm_payments(office):
    # On the last day to pay nothing is overdue yet.
    assert listed("2026-08-17") == []
    august = listed("2026-08-18")
    assert ("over", "cw", "1375.39", LIMIT, "over", "", "") in august
    assert ("paid", "cw", "2000.00", LIMIT, "over", "", "") in august
    # Electricity has no norm: named, never guessed.
    assert ("over", "el", "10.00", "", "no_norm", "", "") in august
    assert {row[0] for row in august} == {"over", "paid"}
    assert {row[0] for row in listed("2026-09-06")} == {"over"}


def test_twenty_days_run_from_the_delivery_and_a_paid_debt_closes_it(office):
    assert warned("2026-09-10")[1] == "Записано предупреждений: 1, закрыто: 0.\n"
    assert warned("2026-09-11")[1] == "Записано предупреждений: 0, закрыто: 0.\n"
    row = ("over", "cw", "1375.39", LIMIT)
    assert (*row, "warned", "2026-09-10", "2026-10-01") in listed("2026-09-30")
    assert (*row, "may_restrict", "2026-09-10", "2026-10-01") in listed("2026-10-01")
    office.pays("over", "2026-10-02", "1385.39")
    office.send()
    assert listed("2026-10-03") == []
    assert warned("2026-10-03")[1] == "Записано предупреждений: 0, закрыто: 1.\n"
    assert run("audit")[0] == 0


def test_a_warning_is_not_delivered_tomorrow(office):
    code, _, err = run("debtors", "warned", "--supplier", "check", "--on", "2026-09-10",
                       "--delivered", "2026-09-11", "--proof", "письмо")  # fmt: skip
    assert code == 1
    assert "ещё не наступил" in err


@pytest.mark.parametrize(
    ("kind", "is_flat", "stage"),
    [
        ("heat", True, "never_restricted"),
        ("heat", False, "never_restricted"),
        ("cold_water", True, "never_restricted"),
        ("cold_water", False, "may_restrict"),
        ("electricity", True, "may_restrict"),
        ("hot_water", True, "may_restrict"),
    ],
)
def test_what_is_never_restricted(kind, is_flat, stage):
    told, after = date(2026, 9, 10), date(2026, 10, 1)
    given = {"service_kind": kind, "is_flat": is_flat, "limit": 1, "delivered_on": told}
    assert debt_stage(**given, today=after) == stage
    assert restrict_from(told) == after


def test_warnings_and_promised_amnesties_survive_an_export(office, tmp_path):
    terms = ("--pay-until", "2026-10-31", "--counted-to", "2026-09-30")
    campaign = ("--name", "Осень", "--supplier")
    assert run("amnesty", "declare", *campaign, "check", *terms)[0] == 0
    assert warned("2026-09-10")[0] == 0
    there = tmp_path / "out"
    assert run("export", str(there), "--supplier", "check")[0] == 0
    text = (there / "supplier.toml").read_text(encoding="utf-8")
    (there / "supplier.toml").write_text(text.replace('"check"', '"again"'), encoding="utf-8")
    for _ in range(2):
        assert run("import", str(there))[0] == 0
    before = listed("2026-10-01")
    assert ("over", "cw", "1375.39", LIMIT, "may_restrict", "2026-09-10", "2026-10-01") in before
    assert sorted(listed("2026-10-01", "again")) == sorted(before)
    assert run("amnesty", "declare", *campaign, "again", *terms)[0] == 0
    notices = there / "debt_notices.csv"
    row = notices.read_text(encoding="utf-8").splitlines()[1].replace("2026-09-10", "2026-09-20")
    notices.write_text(f"{notices.read_text(encoding='utf-8')}{row}\n", encoding="utf-8")
    amnesties = there / "amnesties.csv"
    later = amnesties.read_text(encoding="utf-8").replace("2026-10-31", "2026-12-31")
    amnesties.write_text(later, encoding="utf-8")
    code, _, err = run("import", str(there))
    assert code == 1
    assert "уже объявлена с другими днями" in err
    assert "незакрытое предупреждение" in err
