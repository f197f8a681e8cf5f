"""What takes off a fee: absence and benefits (RULES 2.6, 2.8, examples 35 and 38)."""

import pytest

from abonent.common.periods import Period
from billing_frames import agreement, amounts, calculate, meter, norm, problems, rate
from fees import COLD, COLD_NORM, HEAT, NOVEMBER, POOR, away, found, outage, taken, water
from home_frames import benefit, event, living

# Absence -----------------------------------------------------------------------------------


def test_example_35():
    # From the 4th to the 17th: twelve full days between leaving and coming back.
    assert water([away("2026-11-04", "2026-11-17", 2)]) == [("norm", 68769), ("absence", -18338)]


def test_the_line_of_absence_says_what_it_is():
    lines = calculate(
        rates=COLD, norms=COLD_NORM, period=NOVEMBER, accounts=[{"residents": 3}],
        agreements=POOR, events=[away("2026-11-04", "2026-11-17", 2)],
    ).lines  # fmt: skip
    row = lines.to_dicts()[1]
    assert (row["method"], row["rule"], row["volume"]) == ("correction", "absence", -3_796_000)
    assert row["vat"] == -round(18338 * 22 / 122)


@pytest.mark.parametrize(("last", "days"), [("2026-11-10", 0), ("2026-11-11", 6)])
def test_more_than_five_full_days(last, days):
    assert taken(water([away("2026-11-04", last, 3)])) == ([-13754] if days else [])


def test_an_absence_across_months_is_one_and_each_month_gives_its_days():
    # Away from 28 October to 4 November: six full days, three of them in November.
    events = [away("2026-10-28", "2026-11-04")]
    assert taken(water(events)) == [-6877]
    assert taken(water(events, period=Period(2026, 10))) == [-6655]
    assert taken(water(events, period=Period(2026, 12))) == []


def test_an_absence_that_goes_on_is_believed_for_six_months():
    assert taken(water([away("2026-05-31", None)])) == [-66477]  # up to the 29th
    assert taken(water([away("2026-05-29", None)])) == [-64185]
    assert taken(water([away("2026-04-20", None)])) == []


def test_a_claim_comes_within_thirty_days_after_the_return():
    assert taken(water([away("2026-11-04", "2026-11-17", 2, "2026-12-17")])) == [-18338]
    assert taken(water([away("2026-11-04", "2026-11-17", 2, "2026-12-18")])) == []
    assert taken(water([away("2026-11-04", "2026-11-17", 2, "2026-10-01")])) == [-18338]


def test_no_absence_where_a_meter_stands_or_could_stand():
    possible = [agreement("cold_water", possible=True)]
    events = [away("2026-11-04", "2026-11-17")]
    assert taken(water(events, agreements=possible)) == []
    dial = meter("cold_water", [("2026-10", "2026-10-24", "1"), ("2026-11", "2026-11-24", "9")])
    assert water(events, meters=[dial]) == [("meter", 38648)]


def test_no_absence_for_heating():
    assert found(**HEAT, events=[event("absence", "2026-11-04", "2026-11-17")]) == [
        ("heat_h1", 299887)
    ]


def test_nobody_is_away_who_is_not_there():
    assert taken(water([away("2026-11-04", "2026-11-17", 7)])) == [-27508]
    twice = [away("2026-11-04", "2026-11-17", 2), away("2026-11-04", "2026-11-17", 2)]
    assert taken(water(twice)) == [-27508]
    # Owners who pay for an empty flat are not away from it.
    empty = [{"residents": 0, "owners": 2}]
    assert taken(water([away("2026-11-04", "2026-11-17")], empty)) == []


def test_all_are_away_all_month():
    assert taken(water([away("2026-10-31", "2026-12-01")])) == [-68769]


def test_absence_of_people_who_changed_within_the_month():
    lines = water([away("2026-11-04", "2026-11-17")], residencies=[living("2026-11-11", 1)])
    # 3 × 10 + 1 × 20 person-days; away 3 × 6 and 1 × 6 of them.
    assert lines == [("norm", 38205), ("absence", -18338)]


def test_absence_of_two_components():
    lines = found(
        rates=[
            rate("hot_water", "48.31", component="water"),
            rate("hot_water", "2350.12", component="heat"),
        ],
        norms=[norm("hot_water", "3.121"), norm("hot_water", "0.0618", per="heating_gcal_per_m3")],
        accounts=[{"residents": 3}], agreements=[agreement("hot_water", possible=False)],
        events=[event("absence", "2026-11-04", "2026-11-17", value=2)], period=NOVEMBER,
    )  # fmt: skip
    assert lines == [
        ("norm", 135986), ("norm", 45233), ("absence", -36263), ("absence", -12062),
    ]  # fmt: skip


def test_all_that_is_taken_off_is_no_more_than_the_fee():
    events = [
        away("2026-10-31", "2026-12-01"),
        outage("2026-11-01", "2026-11-30"),
    ]
    assert water(events) == [("norm", 68769), ("absence", -68769)]
    most = [away("2026-10-31", "2026-11-29"), outage("2026-11-01", "2026-11-30")]
    assert water(most) == [("norm", 68769), ("absence", -64185), ("break", -4584)]


# Benefits ----------------------------------------------------------------------------------


def metered(volume, **more):
    dial = meter("cold_water", [("2026-10", "2026-10-24", "0"), ("2026-11", "2026-11-24", volume)])
    return water([], meters=[dial], benefits=[benefit("cold_water", **more)])


def test_example_38():
    assert metered("9") == [("meter", 43479), ("benefit", -7247)]
    assert metered("18") == [("meter", 86958), ("benefit", -11462)]


def test_benefits_and_people():
    assert taken(metered("9", persons=2)) == [-14493]
    assert taken(metered("9", persons=5)) == [-21740]
    assert taken(metered("9", persons=None, percent=100)) == [-14493]


def test_a_compensation_is_paid_by_others():
    assert taken(metered("9", funded="compensation")) == []


def test_a_benefit_of_a_part_of_the_month():
    assert taken(metered("9", since="2026-11-16")) == [-3623]
    assert taken(metered("9", until="2026-11-15")) == [-3623]
    assert taken(metered("9", until="2026-10-31")) == []


def test_the_multiplier_is_not_part_of_a_benefit():
    possible = [agreement("cold_water", possible=True)]
    lines = water([], agreements=possible, benefits=[benefit("cold_water")])
    assert lines == [("norm", 206308), ("benefit", -11462)]


def test_a_benefit_of_heating_goes_by_the_norm_of_the_area():
    given = {**HEAT, "accounts": [{"area": "54.3", "house_id": 1, "residents": 2}]}
    assert taken(found(**given, benefits=[benefit("heat")])) == [-74972]


def test_a_benefit_that_says_too_little_is_left_out_by_name():
    for given, word in (({"percent": None}, "percent"), ({"funded": ""}, "funded")):
        lines = calculate(
            rates=COLD, norms=COLD_NORM, period=NOVEMBER, accounts=[{"residents": 3}],
            agreements=POOR, benefits=[benefit("cold_water", **given)],
        )  # fmt: skip
        assert problems(lines) == [("benefit_terms", word)]


def test_a_benefit_without_a_norm_is_left_out_by_name():
    dial = meter("cold_water", [("2026-10", "2026-10-24", "0"), ("2026-11", "2026-11-24", "9")])
    lines = calculate(
        rates=COLD, period=NOVEMBER, accounts=[{"residents": 3}], agreements=POOR, meters=[dial],
        benefits=[benefit("cold_water")],
    )  # fmt: skip
    assert [name for name, _ in problems(lines)] == ["no_norm"]


def test_a_benefit_after_an_absence_is_of_what_is_left():
    lines = water(
        [away("2026-11-04", "2026-11-17", 2)], benefits=[benefit("cold_water", persons=3)]
    )
    assert lines == [("norm", 68769), ("absence", -18338), ("benefit", -25215)]


def test_the_order_of_lines():
    lines = calculate(
        rates=[*COLD, rate("electricity", "6.47")], norms=[*COLD_NORM, norm("electricity", "100")],
        period=NOVEMBER, accounts=[{"residents": 3}],
        agreements=[*POOR, agreement("electricity", possible=False)],
        events=[away("2026-11-04", "2026-11-17", 2), outage("2026-11-10", "2026-11-10")],
        benefits=[benefit("cold_water")],
    )  # fmt: skip
    assert lines.lines["rule"].to_list() == ["norm", "absence", "break", "benefit", "norm"]
    assert amounts(lines)[0] == 68769
