"""What a house uses in common (RULES 2.5, example 34; PP 354 p. 44–48)."""

import pytest

from abonent.common.periods import Period
from abonent.domain.billing.rules.explanation import explain
from billing_frames import (
    agreement,
    amounts,
    calculate,
    followed,
    line_views,
    meter,
    norm,
    problems,
    rate,
)
from home_frames import in_common, living

NOVEMBER = Period(2026, 11)
LIGHT = {
    "rates": [rate("electricity", "6.47")],
    "norms": [norm("electricity", "0.9", per="common_m2")],
    "accounts": [{"area": "54.3", "house_id": 1, "residents": 3}],
    "agreements": [agreement("electricity", possible=False)],
    "period": NOVEMBER,
}
HOUSE = {"house": "12450", "metered": "10980", "unmetered": "620"}


def own(volume):
    end = ("2026-11", "2026-11-24", volume)
    return [meter("electricity", [("2026-10", "2026-10-24", "0"), end], digits=6)]


def common(shared, meters=(), **more):
    """Return (kopecks, millionths) of the share in common; its steps can be followed."""
    lines = calculate(**(LIGHT | more), shared=[shared], meters=meters or own("100"))
    assert problems(lines) == []
    for view in line_views(lines):
        why = explain(view)
        assert why.amount == view.amount
        assert followed(why) * 100 == view.amount
    rows = [row for row in lines.lines.to_dicts() if row["rule"] == "common_needs"]
    assert all(row["method"] == "house" for row in rows)
    return [(row["amount"], row["volume"]) for row in rows]


def test_example_34():
    # 850 kWh are left, 0.9 × 890 = 801 at most: 54.3 / 6812.5 × 801 = 6.384 kWh.
    assert common(in_common("electricity", **HOUSE)) == [(4130, 6384000)]


def test_below_the_limit_all_of_it_is_shared():
    few = in_common("electricity", **(HOUSE | {"house": "12000"}))
    assert common(few) == [(2063, 3188000)]


def test_rooms_that_are_not_dwellings_and_hot_water_made_in_the_house():
    more = HOUSE | {"house": "12450", "nonresidential": "400", "production": "50"}
    assert common(in_common("electricity", **more)) == [(2063, 3188000)]


def test_nothing_left_is_no_line():
    assert common(in_common("electricity", **(HOUSE | {"house": "11600"}))) == []


def test_what_is_given_back_goes_by_people():
    # 300 kWh among 90 + 210 person-days: 90 of them here.
    less = in_common("electricity", **(HOUSE | {"house": "11300"}), people=300)
    assert common(less) == [(-58230, -90_000_000)]
    fewer = [living("2026-11-16", 1)]
    assert common(less, residencies=fewer) == [(-38820, -60_000_000)]


def test_no_room_gets_back_more_than_it_used():
    less = in_common("electricity", **(HOUSE | {"house": "11000"}), people=90)
    assert common(less) == [(-64700, -100_000_000)]


def test_a_share_fills_no_bands():
    rates = [rate("electricity", "3"), rate("electricity", "9", above="100")]
    found = common(in_common("electricity", **HOUSE), rates=rates)
    assert found == [(1915, 6384000)]


def test_hot_water_of_two_components():
    lines = calculate(
        rates=[
            rate("hot_water", "48.31", component="water"),
            rate("hot_water", "2350.12", component="heat"),
        ],
        norms=[
            norm("hot_water", "0.03", per="common_m2"), norm("hot_water", "3.121"),
            norm("hot_water", "0.0618", per="heating_gcal_per_m3"),
        ],
        accounts=LIGHT["accounts"], agreements=[agreement("hot_water", possible=False)],
        shared=[in_common("hot_water", "500", unmetered="480")], period=NOVEMBER,
    )  # fmt: skip
    assert lines.lines["rule"].to_list() == ["norm", "norm", "common_needs", "common_needs"]
    assert amounts(lines)[2:] == [2309, 768]
    for view in line_views(lines):
        assert followed(explain(view)) * 100 == view.amount


@pytest.mark.parametrize(
    ("change", "more", "expected"),
    [
        ({"house": None}, {}, ("no_house_volume", "")),
        ({"lacks": "0042"}, {}, ("house_unknown", "0042")),
        ({"total": None}, {}, ("no_house_area", "area_total")),
        ({"common": None}, {}, ("no_house_area", "area_common")),
        ({}, {"norms": []}, ("no_norm", "common_m2")),
        ({}, {"accounts": [{"house_id": 1, "residents": 1}]}, ("no_area", "")),
    ],
)
def test_what_a_share_needs_is_named(change, more, expected):
    shared = in_common("electricity", **(HOUSE | change))
    lines = calculate(**(LIGHT | more), shared=[shared], meters=own("100"))
    assert problems(lines) == [expected]
