"""Arrears interest through the commands (EXCHANGE 3, RULES 3): a debtor's months."""

from datetime import UTC, datetime

import pytest
import time_machine

from commands import run, statement
from debtors import Office

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def test_examples_39_to_43_of_a_debt_of_may(office):
    for number in ("39", "40a", "40b", "40c", "40d", "41", "43"):
        office.home(number)
        office.owes(number, "2026-05", "1200" if number == "43" else "5000")
    office.owes("43", "2026-06", "1500")
    office.pays("39", "2026-08-20", "5000")
    for number, day in {
        "40a": "2026-07-15",
        "40b": "2026-07-16",
        "40c": "2026-09-13",
        "40d": "2026-09-14",
    }.items():
        office.pays(number, day, "5000")
    office.send()
    assert office.run("2026-08")[0] == 0
    assert office.penalty("39", "2026-08") == "57.00"
    assert office.run("2026-09")[0] == 0
    september = {n: statement("check", n, "2026-09")["penalty"] for n in ("40c", "40d", "39")}
    august = {n: statement("check", n, "2026-08")["penalty"] for n in ("40a", "40b", "40c", "43")}
    assert (august["40a"], august["40b"]) == ("0.00", "1.58")
    assert float(august["40c"]) + float(september["40c"]) == pytest.approx(95.00)
    assert september["39"] == "0.00"
    both = float(statement("check", "40d", "2026-08")["penalty"]) + float(september["40d"])
    assert both == pytest.approx(98.65)
    assert office.run("2026-10")[0] == 0
    whole = sum(float(statement("check", "41", f"2026-{m:02}")["penalty"]) for m in (8, 9, 10))
    assert whole == pytest.approx(270.38)
    merged = sum(float(statement("check", "43", f"2026-{m:02}")["penalty"]) for m in (8, 9))
    assert merged == pytest.approx(60.04)
    assert run("audit")[0] == 0, run("audit")


def test_examples_44_and_46_and_8_of_due_days_and_classes(office):
    office.home("44")
    office.owes("44", "2026-10", "200")
    for number, of_class in (("46", "general"), ("m", "manager"), ("c", "cooperative")):
        office.home(number, kind="organisation", of_class=of_class)
        office.owes(number, "2026-07", "250000", due="2026-08-18")
    # The money reached the supplier's bank on the 17th of September: that day counts.
    office.pays("46", "2026-09-15", "250000", credited="2026-09-17")
    office.pays("m", "2026-10-17", "250000")
    office.pays("c", "2026-11-17", "250000")
    office.send()
    for period in ("2026-08", "2026-09", "2026-10", "2026-11"):
        assert office.run(period)[0] == 0
    assert office.penalty("44", "2026-11") == "0.00"
    assert total(office, "46", 8, 11) == 548077
    # 60 days of the manager are 60/300; 91 days of the cooperative 60/300 and one 1/130.
    assert total(office, "m", 8, 11) == 250000_00 * 60 * 95 // (300 * 1000)
    assert total(office, "c", 8, 11) == 493269
    assert office.run("2026-12", "2026-12-16")[0] == 0
    assert office.penalty("44", "2026-12") == "0.00"
    assert office.run("2027-01", "2027-01-01")[0] == 1
    assert run("audit")[0] == 0


def total(office, number, first, last, year=2026):
    sums = [
        statement(office.code, number, f"{year}-{m:02}")["penalty"] for m in range(first, last + 1)
    ]
    return sum(int(one.replace(".", "")) for one in sums)


def test_the_first_day_of_penalty_moves_with_the_due_day(office):
    office.home("a")
    office.owes("a", "2026-10", "200")
    office.owes("a", "2026-01", "200")
    office.owes("a", "2026-02", "200")
    office.send()
    assert office.run("2026-08", "2026-04-15")[0] == 0
    found = statement(office.code, "a", "2026-08", "--explain")["penalties"]
    # January fell due on the 10th of February, February on the 16th of March.
    assert [one["debt_month"] for one in found] == ["2026-01"]
    assert found[0]["days"][0]["due"] == "2026-02-10"
    assert office.run("2026-09", "2026-04-16")[0] == 0
    found = statement(office.code, "a", "2026-09", "--explain")["penalties"]
    assert [one["debt_month"] for one in found] == ["2026-01", "2026-02"]
    assert found[1]["days"] == [{
        "due": "2026-03-16", "from": "2026-04-16", "to": "2026-04-16", "days": 1,
        "base": "200.00", "share": "1/300", "rate": "9.5", "sum": "0.0633",
    }]  # fmt: skip


def test_example_45_at_the_end_of_the_cap(office):
    for number in ("paid", "owing", "far"):
        office.home(number)
        office.owes(number, "2026-09", "5000", counted="2027-03-31" if number == "far" else "")
    office.pays("paid", "2027-01-31", "5000")
    office.send()
    for period in ("2026-08", "2026-09", "2026-10", "2026-11", "2026-12"):
        assert office.run(period)[0] == 0
    assert total(office, "owing", 8, 12) == 7442
    code, _, err = office.run("2027-01")
    assert code == 1
    # Only those whose days need it are left out, by name, with the rate and the day.
    assert "key_rate" in err
    assert "31.01.2027" in err
    assert not office.is_billed("paid", "2027-01")
    assert not office.is_billed("owing", "2027-01")
    assert office.is_billed("far", "2027-01")
    office.add("rates", "kind;value;valid_from\nkey_rate;14;2026-12-21")
    office.files["rates.csv"] = office.files["rates.csv"].strip() + "\n"
    office.send()
    assert office.run("2027-01")[0] == 0
    assert total(office, "paid", 8, 12) + total(office, "paid", 1, 1, 2027) == 20167
    assert total(office, "owing", 8, 12) + total(office, "owing", 1, 1, 2027) == 20167
    days = statement(office.code, "paid", "2027-01", "--explain")["penalties"][0]["days"]
    assert [(one["days"], one["share"], one["rate"], one["sum"]) for one in days] == [
        (47, "1/300", "9.5", "74.4167"), (13, "1/300", "14", "30.3333"),
        (18, "1/130", "14", "96.9231"),
    ]  # fmt: skip
    assert run("audit")[0] == 0


def test_an_extended_cap_keeps_its_rate(office):
    office.home("45")
    office.owes("45", "2026-09", "5000")
    office.pays("45", "2027-01-31", "5000")
    office.add("rates", "kind;value;valid_from\npenalty_cap;9.5;2027-01-01")
    office.send()
    for period in ("2026-08", "2026-09", "2026-10", "2026-11", "2026-12", "2027-01"):
        assert office.run(period)[0] == 0
    assert total(office, "45", 8, 12) + total(office, "45", 1, 1, 2027) == 16077


def test_a_payment_that_came_late_gives_interest_back(office):
    for number in ("late", "never"):
        office.home(number)
        office.owes(number, "2026-05", "5000")
    office.send()
    for period in ("2026-08", "2026-09", "2026-10"):
        assert office.run(period)[0] == 0
    assert total(office, "late", 8, 10) == 27038
    office.pays("late", "2026-08-20", "5000")
    office.send()
    assert office.run("2026-11")[0] == 0
    assert office.penalty("late", "2026-11") == "-213.38"
    assert total(office, "late", 8, 11) == 5700
    found = statement(office.code, "late", "2026-11", "--explain")
    assert (found["opening"], found["due"]) == ("270.38", "57.00")
    assert found["penalties"][0]["amount"] == "-213.38"
    assert run("audit")[0] == 0
    assert office.run("2026-11")[0] == 0
    assert total(office, "late", 8, 11) == 5700
    assert office.run("2026-12")[0] == 0
    assert office.penalty("late", "2026-12") == "0.00"


def test_interest_paid_and_lowered_becomes_an_advance(office):
    office.home("a")
    office.owes("a", "2026-05", "5000")
    office.send()
    for period in ("2026-08", "2026-09", "2026-10"):
        assert office.run(period)[0] == 0
    office.pays("a", "2026-11-05", "5270.38")
    office.send()
    assert office.run("2026-11")[0] == 0
    first = statement(office.code, "a", "2026-11")
    office.add("penalty_suspensions", "account;from;to;basis\na;2026-07-01;2026-09-13;суд")
    office.send()
    assert office.run("2026-12")[0] == 0
    found = statement(office.code, "a", "2026-12")
    assert found["penalty"] == "-95.00"
    assert int(found["due"].replace(".", "")) == int(first["due"].replace(".", "")) - 9500
    assert run("audit")[0] == 0


def test_explicit_purpose_of_penalty_pays_it_and_leaves_the_principal(office):
    office.home("p")
    office.home("q")
    for number in ("p", "q"):
        office.owes(number, "2026-05", "1000")
        office.owes(number, "2026-04", "85.40", part="penalty")
    office.pays("p", "2026-08-20", "85.40", part="penalty")
    office.pays("q", "2026-08-20", "85.40")
    office.send()
    assert office.run("2026-08")[0] == 0
    days = {}
    for number in ("p", "q"):
        found = statement(office.code, number, "2026-08", "--explain")["penalties"]
        assert [one["debt_month"] for one in found] == ["2026-05"]
        days[number] = [(one["base"], one["to"]) for one in found[0]["days"]]
    assert days["p"] == [("1000.00", "2026-08-31")]
    # Without a purpose the principal is paid first; the day of payment still counts it whole.
    assert days["q"] == [("1000.00", "2026-08-20"), ("914.60", "2026-08-31")]


def test_who_names_a_month_pays_for_it_and_not_its_penalty(office):
    office.home("a")
    office.owes("a", "2026-04", "1000")
    office.owes("a", "2026-05", "1000")
    office.owes("a", "2026-05", "50", part="penalty")
    office.pays("a", "2026-08-20", "1500", period="2026-05")
    office.send()
    assert office.run("2026-08")[0] == 0
    found = statement(office.code, "a", "2026-08", "--explain")["penalties"]
    ends = {one["debt_month"]: [(day["base"], day["to"]) for day in one["days"]] for one in found}
    assert ends["2026-05"][-1] == ("1000.00", "2026-08-20")
    # The rest of the money went to April's principal, not to May's penalty.
    assert ends["2026-04"][-1] == ("500.00", "2026-08-31")


def test_imported_interest_goes_on_from_where_it_was_counted(office):
    office.home("a")
    office.owes("a", "2026-05", "5000", counted="2026-08-01")
    office.owes("a", "2026-05", "79.17", part="penalty")
    office.home("b")
    office.owes("b", "2026-05", "5000", due="2026-07-31")
    office.send()
    assert office.run("2026-08")[0] == 0
    # 2 to 31 August: 30 days of 1/300; nothing on interest.
    assert office.penalty("a", "2026-08") == "47.50"
    assert office.penalty("b", "2026-08") == "1.58"


def test_a_cancelled_payment_opens_the_debt_again(office):
    office.home("a")
    office.owes("a", "2026-05", "3000")
    office.pays("a", "2026-07-20", "3000")
    office.pays("a", "2026-07-25", "3000", kind="cancel")
    office.send()
    assert office.run("2026-08")[0] == 0
    found = statement(office.code, "a", "2026-08", "--explain")["penalties"][0]["days"]
    assert [(one["from"], one["to"]) for one in found] == [
        ("2026-07-16", "2026-07-20"), ("2026-07-26", "2026-08-31"),
    ]  # fmt: skip


def test_instalments_move_the_days_of_their_parts(office):
    office.home("a")
    office.owes("a", "2026-05", "5000")
    office.add("instalments", "account;service;period;due_on;amount\na;el;2026-05;2026-07-31;2000")
    office.add("instalments", "a;el;2026-05;2026-09-30;3000")
    office.pays("a", "2026-07-30", "2000")
    office.send()
    # The 31st of October is the first day of penalty of the second part, of 3 000.
    for period, sum_of in (("2026-08", "0.00"), ("2026-09", "0.00"), ("2026-10", "0.95"),
                           ("2026-11", "28.50")):  # fmt: skip
        assert office.run(period)[0] == 0
        assert office.penalty("a", period) == sum_of


def told(code, period):
    """Return what a statement says of money: of another supplier the lines have other rows."""
    found = statement(code, "a", period, "--explain")
    return {name: found[name] for name in found if name not in {"supplier", "lines"}}


def test_an_export_restores_what_was_levied(office, tmp_path):
    office.home("a")
    office.owes("a", "2026-05", "5000")
    office.pays("a", "2026-08-20", "1000")
    office.add("penalty_suspensions", "account;from;to;basis\n;2026-07-20;2026-07-25;для всех")
    office.add("instalments", "account;service;period;due_on;amount\na;el;2026-05;2026-09-30;500")
    office.send()
    for period in ("2026-08", "2026-09"):
        assert office.run(period)[0] == 0
    there = tmp_path / "out"
    assert run("export", str(there), "--supplier", "check")[0] == 0
    was = [told("check", f"2026-{m:02}") for m in (8, 9)]
    text = (there / "supplier.toml").read_text().replace('"check"', '"again"')
    (there / "supplier.toml").write_text(text)
    assert run("import", str(there))[0] == 0
    assert [told("again", f"2026-{m:02}") for m in (8, 9)] == was
    for code in ("check", "again"):
        assert run("bill", "--supplier", code, "--period", "2026-10", "--publish")[0] == 0
    assert told("check", "2026-10") == told("again", "2026-10")
    assert told("check", "2026-10")["penalty"] != "0.00"
    assert run("audit")[0] == 0


def test_an_amnesty_forgives_those_who_paid_the_principal(office):
    for number in ("paid", "owes", "later"):
        office.home(number)
        office.owes(number, "2026-05", "5000")
    office.pays("paid", "2026-10-10", "5000")
    office.pays("later", "2026-11-20", "5000")
    office.send()
    for period in ("2026-08", "2026-09"):
        assert office.run(period)[0] == 0
    campaign = ("--supplier", "check", "--name", "Осень")
    terms = ("--pay-until", "2026-10-31", "--counted-to", "2026-09-30")
    with time_machine.travel(datetime(2026, 10, 31, 12, tzinfo=UTC), tick=False):
        assert run("amnesty", "declare", *campaign, *terms)[0] == 0
        assert run("amnesty", "declare", *campaign, "--pay-until", "2026-12-01",
                   "--counted-to", "2026-09-30")[0] == 1  # fmt: skip
        seen = run("amnesty", "preview", *campaign)[1].replace("\u00a0", " ")
        assert seen == (
            "Условия выполнили счетов: 1, к списанию 157,12 ₽. Не выполнили: 2.\n"
        )  # fmt: skip
        done = run("amnesty", "apply", *campaign)[1].replace("\u00a0", " ")
        assert done == "Списано пеней по 1 счетам: 157,12 ₽.\n"
        again = run("amnesty", "apply", *campaign)[1].replace("\u00a0", " ")
        assert again == "Списано пеней по 0 счетам: 0,00 ₽.\n"
    assert office.run("2026-10")[0] == 0
    found = statement("check", "paid", "2026-10")
    # October's ten days stay owed: the campaign forgave to the end of September.
    assert found["penalties"][0]["amount"] == "36.53"
    assert (found["penalty"], found["due"]) == ("-120.59", "36.53")
    assert statement("check", "owes", "2026-10")["due"] == "5270.38"
    assert run("audit")[0] == 0
    assert office.run("2026-11")[0] == 0
    assert statement("check", "paid", "2026-11")["due"] == "36.53"


def test_forgiven_penalties_come_back_from_an_export_and_are_never_paid_out(office, tmp_path):
    office.home("a")
    office.owes("a", "2026-05", "5000")
    office.send()
    for period in ("2026-08", "2026-09", "2026-10"):
        assert office.run(period)[0] == 0
    head = "account;service;debt_month;written_off_on;amount;basis\n"
    office.files["write_offs.csv"] = head + "a;el;2026-05;2026-11-03;270.38;решение суда\n"
    office.send()
    assert office.run("2026-11")[0] == 0
    assert statement("check", "a", "2026-11")["penalty"] == "-160.76"
    there = tmp_path / "out"
    assert run("export", str(there), "--supplier", "check")[0] == 0
    text = (there / "supplier.toml").read_text().replace('"check"', '"again"')
    (there / "supplier.toml").write_text(text)
    assert run("import", str(there))[0] == 0
    office.pays("a", "2026-07-10", "5000")
    office.send()
    assert office.run("2026-12")[0] == 0
    found = statement("check", "a", "2026-12", "--explain")
    # Nothing was late after all: what was not forgiven comes back, what was forgiven does not.
    assert (found["penalty"], found["due"]) == ("-109.62", "0.00")
    assert run("audit")[0] == 0
    (there / "payments.csv").write_text(
        "channel;external_id;account;paid_on;amount\nbank;1;a;2026-07-10;5000\n"
    )
    for name in ("bills.csv", "charges.csv", "penalties.csv", "write_offs.csv"):
        (there / name).unlink()
    assert run("import", str(there))[0] == 0
    assert run("bill", "--supplier", "again", "--period", "2026-12", "--publish")[0] == 0
    assert told("again", "2026-12") == told("check", "2026-12")
    assert run("audit")[0] == 0
