"""The end-to-end example of RULES section 8, through the commands of EXCHANGE alone."""

import json

import pytest

from commands import DATA, run, statement

pytestmark = pytest.mark.django_db(transaction=True)
ACCOUNT = "0010012345"
BILL = ("bill", "--supplier", "demo", "--period", "2026-10", "--publish")


@pytest.fixture
def billed():
    assert run("import", str(DATA / "rules8"))[0] == 0
    code, out, err = run(*BILL)
    assert code == 0, err
    assert "начислено 4\u00a0998,26 ₽" in out


def test_the_bill_comes_out_to_the_kopeck(billed):
    found = statement("demo", ACCOUNT, "2026-10")
    lines = {
        (line["service"], line["component"], line["zone"]): line["amount"]
        for line in found["lines"]
    }
    assert lines == {
        ("cold_water", "", "single"): "118.07",
        ("hot_water", "water", "single"): "154.59",
        ("hot_water", "heat", "single"): "464.76",
        ("heat", "", "single"): "3491.64",
        ("electricity", "", "day"): "591.60",
        ("electricity", "", "night"): "177.60",
    }
    sums = {key: found[key] for key in ("opening", "charged", "penalty", "paid", "due", "due_by")}
    assert sums == {
        "opening": "1200.00", "charged": "4998.26", "penalty": "0.00", "paid": "1000.00",
        "due": "5198.26", "due_by": "2026-11-16",
    }  # fmt: skip
    assert "|Sum=519826|" in found["qr"]
    assert found["qr"].startswith(
        "ST00012|Name=АО «Пример-Энерго»|PersonalAcc=40702810138250123017|"
    )


def test_the_lines_come_in_the_published_order(billed):
    lines = statement("demo", ACCOUNT, "2026-10")["lines"]
    order = [(line["service"], line["component"], line["zone"], line["band"]) for line in lines]
    assert order == sorted(order)


def test_vat_inside_is_that_of_the_example(billed):
    lines = statement("demo", ACCOUNT, "2026-10")["lines"]
    assert sum(round(float(line["vat"]) * 100) for line in lines) == 90133


def test_every_line_is_explained_and_recomputes(billed):
    found = statement("demo", ACCOUNT, "2026-10", "--explain")
    water = next(line for line in found["lines"] if line["service"] == "cold_water")
    assert [(step["label"], step["value"]) for step in water["steps"]] == [
        ("Показание 24.10.2026", "125.9"),
        ("Было 24.09.2026", "123.456"),
        ("Объём", "2.444"),
        ("Цена", "48.31"),
        ("Сумма", "118.07"),
    ]
    assert all(line["steps"] and line["parameters"]["tariff"] for line in found["lines"])


def test_a_second_run_changes_nothing(billed):
    before = statement("demo", ACCOUNT, "2026-10")
    assert run(*BILL)[0] == 0
    assert statement("demo", ACCOUNT, "2026-10") == before
    code, out, _ = run("audit", "--supplier", "demo")
    assert code == 0, out


def test_a_draft_is_not_a_bill():
    assert run("import", str(DATA / "rules8"))[0] == 0
    assert run(*BILL[:-1])[0] == 0
    code, _, err = run(
        "statement", "--supplier", "demo", "--account", ACCOUNT, "--period", "2026-10", "--json"
    )
    assert code == 1
    assert "не опубликован" in err


def test_the_quote_of_a_reading_is_the_bill_of_it(billed):
    code, out, err = run(
        "quote", "--supplier", "demo", "--account", ACCOUNT, "--meter", "12345678",
        "--reading", "day=12600", "night=4300", "--date", "2026-11-20", "--json",
    )  # fmt: skip
    assert code == 0, err
    quote = json.loads(out)
    assert quote["period"] == "2026-11"
    assert quote["amount"] == "754.35"


def test_a_wrong_reading_is_not_quoted(billed):
    code, _, err = run(
        "quote", "--supplier", "demo", "--account", ACCOUNT, "--meter", "12345678",
        "--reading", "day=12000", "night=4300", "--date", "2026-11-20", "--json",
    )  # fmt: skip
    assert code == 1
    assert "меньше прошлого" in err
    assert "сообщите нам" in err


def test_a_meter_without_a_reading_history_or_norm_leaves_the_account_out_by_name(billed):
    code, _, err = run("bill", "--supplier", "demo", "--period", "2026-11", "--publish")
    assert code == 1
    assert f"Лицевой счёт {ACCOUNT}, electricity" in err
    assert "нет цены" in err


def test_an_earlier_month_is_refused_after_a_later_one(billed):
    code, _, err = run("bill", "--supplier", "demo", "--period", "2026-09", "--publish")
    assert code == 1
    assert "раньше" in err or "более ранний" in err or "начинаются" in err
