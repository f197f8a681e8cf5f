"""What a house uses in common, over all its accounts, through the commands (RULES 2.5)."""

import pytest

from abonent.domain.billing.queries import common_needs
from bundles import write_bundle
from commands import run, statement

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = "2026-11"
FILES = {
    "supplier.toml": 'code = "light"\nname = "АО «Свет»"\ninn = "7204000019"\n'
    f'start_period = "{MONTH}"\n',
    "services.csv": "service;kind;name;unit;vat_percent\nel;electricity;Электроэнергия;kwh;22\n",
    "tariffs.csv": "service;valid_from;rate\nel;2026-01-01;6.47\n",
    "norms.csv": "service;per;valid_from;volume\nel;resident;2026-01-01;620\n"
    "el;common_m2;2026-01-01;0.9\n",
    "houses.csv": "house;area_total;area_common;management\nh1;6812.5;890;{management}\n",
    "house_volumes.csv": "house;service;period;volume\nh1;el;2026-11;12450\n",
    "accounts.csv": "account;kind;house;area;residents;premises\n1;household;h1;54.3;1;residential\n"
    "2;household;h1;54.3;1;residential\n3;household;;54.3;1;residential\n",
    "agreements.csv": "account;service;meter_possible\n1;el;no\n2;el;no\n3;el;no\n",
    "meters.csv": "account;service;serial;int_digits;initial\n1;el;m1;6;0\n",
    "readings.csv": "account;meter_serial;zone;reading_date;channel;reading\n"
    "1;m1;single;2026-11-24;file;10980\n",
}


def bill(tmp_path, management="direct", **changed):
    files = FILES | changed
    files["houses.csv"] = files["houses.csv"].format(management=management)
    code, _, err = run("import", str(write_bundle(tmp_path / "b", files)))
    assert code == 0, err
    code, _, err = run("bill", "--supplier", "light", "--period", MONTH, "--publish")
    return err if code else {number: lines_of(number) for number in "123"}


def lines_of(number):
    lines = statement("light", number, MONTH, "--explain")["lines"]
    assert all(line["steps"] for line in lines)
    return [(line["method"], line["rule"], line["amount"]) for line in lines]


def test_example_34_with_the_rooms_in_several_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(common_needs, "AT_A_TIME", 1)
    found = bill(tmp_path)
    share = ("house", "common_needs", "41.30")
    assert found["1"] == [("meter", "meter", "71040.60"), share]
    assert found["2"] == [("norm", "norm", "4011.40"), share]
    assert found["3"] == [("norm", "norm", "4011.40")]


@pytest.mark.parametrize(("management", "lines"), [("none", 2), ("company", 1), ("", 1)])
def test_only_where_no_company_charges_it(tmp_path, management, lines):
    assert len(bill(tmp_path, management)["1"]) == lines


def test_what_is_given_back(tmp_path):
    volumes = FILES["house_volumes.csv"].replace("12450", "11500")
    found = bill(tmp_path, **{"house_volumes.csv": volumes})
    # A hundred kWh among two people.
    assert found["2"] == [("norm", "norm", "4011.40"), ("house", "common_needs", "-323.50")]


def test_rooms_that_are_not_dwellings_are_counted_once(tmp_path):
    accounts = FILES["accounts.csv"].replace("1;household;h1;54.3;1;residential",
                                             "1;household;h1;54.3;1;nonresidential")  # fmt: skip
    volumes = ("house;service;period;volume;nonresidential_volume\n"
               "h1;el;2026-11;12450;10980\n")  # fmt: skip
    found = bill(tmp_path, **{"accounts.csv": accounts, "house_volumes.csv": volumes})
    assert found["2"][1] == ("house", "common_needs", "41.30")


def test_the_house_may_say_what_its_meters_counted(tmp_path):
    volumes = "house;service;period;volume;metered_volume\nh1;el;2026-11;12450;11430\n"
    found = bill(tmp_path, **{"house_volumes.csv": volumes})
    assert found["2"][1] == ("house", "common_needs", "20.63")


def test_a_neighbour_whose_volume_is_not_known_leaves_the_house_out(tmp_path):
    rows = ["service;category;per;valid_from;volume", "el;mkd;resident;2026-01-01;620"]
    norms = "\n".join([*rows, "el;;common_m2;2026-01-01;0.9"])
    accounts = FILES["accounts.csv"].replace("premises\n", "premises;category\n")
    accounts = accounts.replace("residential\n3;", "residential;other\n3;", 1)
    accounts = accounts.replace("1;residential\n2;", "1;residential;mkd\n2;")
    accounts = accounts.replace(";;54.3;1;residential\n", ";;54.3;1;residential;mkd\n")
    err = bill(tmp_path, **{"norms.csv": norms, "accounts.csv": accounts})
    assert "расход лицевого счёта 2" in err
    assert len(lines_of("3")) == 1
