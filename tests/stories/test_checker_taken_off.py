"""Absence, breaks, quality and benefits from the bundle to the statement (RULES 2.6–2.8)."""

import json

import pytest

from bundles import write_bundle
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = "2026-11"
FILES = {
    "supplier.toml": 'code = "{code}"\nname = "АО «Проверка»"\ninn = "7204000019"\n'
    'start_period = "2026-11"\n',
    "services.csv": "service;kind;name;unit;vat_percent\n"
    "cw;cold_water;Холодная вода;m3;22\nhw;hot_water;Горячая вода;m3;22\nht;heat;Отопление;gcal;22\n",
    "tariffs.csv": "service;valid_from;rate\ncw;2026-01-01;48.31\nhw;2026-01-01;196.40\nht;2026-01-01;2350.12\n",
    "norms.csv": "service;per;valid_from;volume;multiplier\ncw;resident;2026-01-01;4.745;3\n"
    "hw;resident;2026-01-01;3.121;1.5\nht;m2;2026-01-01;0.0235;\n",
    "houses.csv": "house;locality;area_total;has_heat_meter;heating_scheme;heating_months\n"
    "h1;г. Тюмень;6812.5;no;season;10-05\n",
    "accounts.csv": "account;kind;house;residents;area\n1;household;h1;3;54.3\n2;household;h1;3;54.3\n"
    "3;household;;3;54.3\n",
    "agreements.csv": "account;service;meter_possible\n1;cw;no\n1;ht;no\n2;cw;yes\n2;ht;no\n"
    "3;hw;no\n3;cw;no\n",
    "events.csv": "account;house;service;kind;from;to;value;claimed_on;act_number\n"
    "1;;cw;absence;2026-11-04;2026-11-17;2;2026-11-20;\n"
    "2;;cw;absence;2026-11-04;2026-11-17;2;2026-11-20;\n"
    ";h1;ht;quality_temperature;2026-11-10 05:00;2026-11-10 15:00;17;;А-1\n"
    ";h1;ht;quality_break;2026-11-20 00:00;2026-11-21 01:00;;;А-2\n"
    "3;;hw;quality_temperature;2026-11-10 10:00;2026-11-10 20:00;51;;А-3\n",
    "benefits.csv": "account;service;from;persons;percent;funded\n3;cw;2026-01-01;1;50;in_kind\n"
    "3;hw;2026-01-01;1;50;compensation\n",
}


def bundle(code):
    return FILES | {"supplier.toml": FILES["supplier.toml"].format(code=code)}


def lines_of(code, account):
    found = statement(code, account, MONTH, "--explain")
    assert sum(_kopecks(line["amount"]) for line in found["lines"]) == _kopecks(found["charged"])
    return [
        (line["service"], line["method"], line["rule"], line["amount"]) for line in found["lines"]
    ]


def _kopecks(text):
    return round(float(text) * 100)


def test_the_month_of_three_accounts(tmp_path):
    code, _, err = run("import", str(write_bundle(tmp_path / "b", bundle("check"))))
    assert code == 0, err
    code, _, err = run("bill", "--supplier", "check", "--period", MONTH, "--publish")
    assert code == 0, err
    # Ten hours at 17 °C: 1,5 %; a break of 25 hours: nine over, 1,35 %.
    heat = [
        ("ht", "norm", "heat_h1", "2998.87"), ("ht", "correction", "break", "-40.48"),
        ("ht", "correction", "quality", "-44.98"),
    ]  # fmt: skip
    assert lines_of("check", "1") == [
        ("cw", "norm", "norm", "687.69"), ("cw", "correction", "absence", "-183.38"), *heat,
    ]  # fmt: skip
    assert lines_of("check", "2") == [("cw", "norm", "norm", "2063.08"), *heat]
    # 9,363 × 196,40 = 1838,89; ten hours, two steps: 2 %.
    assert lines_of("check", "3") == [
        ("cw", "norm", "norm", "687.69"), ("cw", "correction", "benefit", "-114.62"),
        ("hw", "norm", "norm", "1838.89"), ("hw", "correction", "quality", "-36.78"),
    ]  # fmt: skip
    before = {number: statement("check", number, MONTH, "--explain") for number in "123"}
    assert all(line["corrects"] is None for line in before["1"]["lines"])
    _goes_out_and_comes_back(tmp_path, before)


def _goes_out_and_comes_back(tmp_path, before):
    code, _, err = run("export", str(tmp_path / "out"), "--supplier", "check")
    assert code == 0, err
    files = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    files["supplier.toml"] = files["supplier.toml"].replace('code = "check"', 'code = "other"')
    code, _, err = run("import", str(write_bundle(tmp_path / "again", files)))
    assert code == 0, err
    for number, expected in before.items():
        again = statement("other", number, MONTH, "--explain")
        for one in (again, expected):
            one.pop("supplier"), one.pop("qr")
            for line in one["lines"]:
                line.pop("parameters")
        assert json.dumps(again, ensure_ascii=False) == json.dumps(expected, ensure_ascii=False)


def test_the_receipt_of_such_a_month_is_made(tmp_path):
    run("import", str(write_bundle(tmp_path / "b", bundle("check"))))
    run("bill", "--supplier", "check", "--period", MONTH, "--publish")
    place = tmp_path / "bill.pdf"
    code, _, err = run(
        "receipt", "--supplier", "check", "--account", "1", "--period", MONTH, "--out", str(place)
    )
    assert code == 0, err
    assert place.stat().st_size > 0
