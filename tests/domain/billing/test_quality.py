"""What takes off a fee: breaks and low quality (RULES 2.7, examples 36 and 37)."""

import pytest

from abonent.common.periods import Period
from billing_frames import agreement, calculate, meter, norm, problems, rate
from fees import HEAT, HOT, NOVEMBER, found, outage, taken, water
from home_frames import building, event

# Breaks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "hours_over"),
    [
        ([("10 08:00", "10 12:00")], 0),
        ([("10 08:00", "10 13:00")], 1),
        ([("10 08:00", "10 12:00"), ("11 08:00", "11 12:00")], 0),
        ([("10 08:00", "10 12:00"), ("11 08:00", "11 12:00"), ("12 08:00", "12 09:00")], 1),
        ([("10 08:00", "10 18:00"), ("11 08:00", "11 10:00")], 6),
        ([("10 08:00", "10 12:00"), ("10 12:00", "10 16:00")], 4),  # one break of eight hours
        ([("10 08:00", "10 14:00"), ("10 10:00", "10 16:00")], 4),  # told twice
        ([("10 22:00", "11 06:00")], 4),
    ],
)
def test_a_break_of_water_beyond_eight_hours_in_all_and_four_at_once(rows, hours_over):
    events = [outage(f"2026-11-{start}", f"2026-11-{end}") for start, end in rows]
    expected = round(68769 * 15 * hours_over / 10_000)
    assert taken(water(events)) == ([-expected] if hours_over else [])


def test_a_break_across_months_uses_its_hours_at_once_where_it_began():
    events = [outage("2026-10-31 22:00", "2026-11-01 10:00")]
    # Four hours are allowed: two of October, two of November; eight of November are over.
    assert taken(water(events)) == [-825]
    assert taken(water(events, period=Period(2026, 10))) == []


def test_rows_that_follow_each_other_across_months_are_one_break():
    events = [outage("2026-10-31 22:00", "2026-10-31"), outage("2026-11-01", "2026-11-01 10:00")]
    assert taken(water(events)) == [-825]


def test_a_break_takes_minutes_exactly():
    assert taken(water([outage("2026-11-10 08:00", "2026-11-10 13:20")])) == [-138]


def test_a_meter_did_not_count_during_a_break():
    dial = meter("cold_water", [("2026-10", "2026-10-24", "1"), ("2026-11", "2026-11-24", "9")])
    assert water([outage("2026-11-10 08:00", "2026-11-12 08:00")], meters=[dial]) == [
        ("meter", 38648)
    ]


def test_hot_water_on_a_dead_end_main():
    events = [outage("2026-11-10 08:00", "2026-11-11 10:00", "hot_water")]  # 26 hours
    assert taken(found(**HOT, events=events)) == [-2020]
    dead_end = [building(dead_end=True)]
    assert taken(found(**HOT, events=events, buildings=dead_end)) == [-184]


@pytest.mark.parametrize(("sources", "kopecks"), [(1, -150), (2, -3450), (3, -3450)])
def test_electricity_by_the_number_of_its_sources(sources, kopecks):
    lines = found(
        rates=[rate("electricity", "10")], norms=[norm("electricity", "100")],
        accounts=[{"residents": 1, "house_id": 1}], buildings=[building(sources=sources)],
        agreements=[agreement("electricity", possible=False)], period=NOVEMBER,
        events=[outage("2026-11-10 00:00", "2026-11-11 01:00", "electricity")],
    )  # fmt: skip
    assert taken(lines) == [kopecks]


def test_electricity_without_known_sources_is_left_out_by_name():
    lines = calculate(
        rates=[rate("electricity", "10")], norms=[norm("electricity", "100")],
        accounts=[{"residents": 1, "house_id": 1}], buildings=[building()],
        agreements=[agreement("electricity", possible=False)], period=NOVEMBER,
        events=[outage("2026-11-10 00:00", "2026-11-11 01:00", "electricity")],
    )  # fmt: skip
    assert problems(lines) == [("no_power_sources", "")]


@pytest.mark.parametrize(
    ("degrees", "hours", "over"),
    [(None, 25, 9), (12, 25, 9), ("11.9", 25, 17), (10, 25, 17), ("9.5", 25, 21), (8, 25, 21),
     ("7.9", 25, 25), (None, 16, 0), (10, 8, 0), (8, 4, 0)],
)  # fmt: skip
def test_example_37_a_break_of_heating(degrees, hours, over):
    end = f"2026-11-{10 + hours // 24:02d} {hours % 24:02d}:00"
    lines = found(**HEAT, events=[outage("2026-11-10 00:00", end, "heat", degrees)])
    assert taken(lines) == ([-round(299887 * 15 * over / 10_000)] if over else [])


# Quality -----------------------------------------------------------------------------------


def warm(service, value, since, until, value2=None):
    return event("quality_temperature", since, until, service, value, value2)


def test_example_36():
    # Nights have another limit: three days from five to midnight, and one hour more.
    events = [
        warm("hot_water", 51, f"2026-11-{day:02d} 05:00", f"2026-11-{day:02d}") for day in (10, 11, 12)
    ] + [warm("hot_water", 51, "2026-11-13 05:00", "2026-11-13 20:00")]  # fmt: skip
    assert found(**HOT, events=events) == [("norm", 61200), ("quality", -8813)]


def test_hot_water_by_day_and_by_night():
    # 51 °C: two steps below 57 by day, one below 55 at night.
    events = [warm("hot_water", 51, "2026-11-10", "2026-11-10")]
    assert taken(found(**HOT, events=events)) == [-round(612 * (19 * 2 + 5) / 10)]
    # 53 °C: one step by day, allowed but for two degrees at night.
    events = [warm("hot_water", 53, "2026-11-10 22:00", "2026-11-11 06:00")]
    assert taken(found(**HOT, events=events)) == [-round(612 * 3 / 10)]


@pytest.mark.parametrize(("degrees", "steps"), [
    (57, 0), (60, 0), ("54.1", 0), (54, 1), (78, 0), (80, 0), (81, 1), (84, 2), (40, 5),
])  # fmt: skip
def test_steps_of_three_degrees_beyond_the_allowed_deviation(degrees, steps):
    events = [warm("hot_water", degrees, "2026-11-10 10:00", "2026-11-10 20:00")]
    assert taken(found(**HOT, events=events)) == ([-612 * steps] if steps else [])


def test_water_below_forty_degrees_is_paid_as_cold():
    events = [warm("hot_water", "39.9", "2026-11-10", "2026-11-12")]
    # 72 of 720 hours: a tenth of the cubic metre at 40 instead of 612 roubles.
    assert taken(found(**HOT, events=events)) == [-5720]
    two = {
        **HOT,
        "rates": [
            rate("hot_water", "48.31", component="water"),
            rate("hot_water", "2350.12", component="heat"), rate("cold_water", "48.31"),
        ],
        "norms": [norm("hot_water", "3"), norm("hot_water", "0.0618", per="heating_gcal_per_m3")],
    }  # fmt: skip
    assert found(**two, events=events) == [("norm", 43571), ("norm", 14493), ("quality", -4357)]


def test_water_below_forty_degrees_needs_the_price_of_cold_water():
    given = {**HOT, "rates": HOT["rates"][:1]}
    events = [warm("hot_water", 39, "2026-11-10", "2026-11-12")]
    assert problems(calculate(**given, events=events)) == [("no_rate", "cold_water")]


def test_example_37_a_room_too_cold():
    by_day = [
        warm("heat", 17, f"2026-11-{day} 05:00", f"2026-11-{day}") for day in (10, 11)
    ] + [warm("heat", 17, "2026-11-12 05:00", "2026-11-12 15:00")]  # fmt: skip
    assert found(**HEAT, events=by_day) == [("heat_h1", 299887), ("quality", -21592)]


@pytest.mark.parametrize(
    ("degrees", "must", "cold", "hours"),
    [
        (17, None, False, 19), (15, None, False, 57), (14, None, False, 19 * 4 + 5),
        ("17.5", None, False, 0), ("16.5", None, False, 19), (18, None, False, 0),
        (18, None, True, 38), (19, 20, False, 19), (19, 22, True, 57), (22, None, False, 0),
        (23, None, False, 24), (25, None, True, 24),
    ],
)  # fmt: skip
def test_degrees_of_a_room_for_a_whole_day(degrees, must, cold, hours):
    events = [warm("heat", degrees, "2026-11-10", "2026-11-10", must)]
    lines = found(**HEAT, events=events, buildings=[building(cold=cold)])
    assert taken(lines) == ([-round(299887 * 15 * hours / 10_000)] if hours else [])


def test_the_larger_of_two_deviations_told_of_one_time_counts():
    events = [
        warm("heat", 17, "2026-11-10 05:00", "2026-11-10 15:00"),
        warm("heat", 16, "2026-11-10 08:00", "2026-11-10 10:00"),
    ]
    assert taken(found(**HEAT, events=events)) == [-round(299887 * 15 * 12 / 10_000)]


def test_quality_counts_with_a_meter_too():
    dial = meter("hot_water", [("2026-10", "2026-10-24", "1"), ("2026-11", "2026-11-24", "2")])
    events = [warm("hot_water", 51, "2026-11-10 05:00", "2026-11-10")]
    assert found(**HOT, events=events, meters=[dial]) == [("meter", 61200), ("quality", -2326)]


@pytest.mark.parametrize(
    ("value", "kopecks"),
    [(None, -688), ("0.02", -9551), ("0.0225", -688), ("0.7", -688), ("0.3", None), ("0.8", -9551)],
)
def test_pressure(value, kopecks):
    ten = ("2026-11-10 10:00", "2026-11-10 20:00")
    hundred = ("2026-11-10 10:00", "2026-11-14 14:00")
    since, until = hundred if kopecks == -9551 else ten
    lines = water([event("quality_pressure", since, until, "cold_water", value)])
    assert taken(lines) == ([] if kopecks is None else [kopecks])


def test_a_month_of_bad_quality_takes_no_more_than_the_fee():
    events = [warm("heat", 2, "2026-11-01", "2026-11-30")]
    assert taken(found(**HEAT, events=events)) == [-299887]


def test_what_no_rule_reckons_with_is_left_out_by_name():
    for strange in (
        event("quality_temperature", "2026-11-10", "2026-11-11", "cold_water", 30),
        event("quality_temperature", "2026-11-10", "2026-11-11", None, 30),
        event("quality_pressure", "2026-11-10", "2026-11-11"),
    ):
        lines = calculate(
            **{**HOT, "agreements": [agreement("hot_water"), agreement("cold_water")]}, events=[strange],
        )  # fmt: skip
        assert ("not_computed", "events.csv") in problems(lines)
