"""The worked examples of RULES by number, through the one calculation of the house."""

from decimal import Decimal

from abonent.common.periods import Period
from billing_frames import (
    agreement,
    amounts,
    calculate,
    house,
    meter,
    norm,
    problems,
    rate,
    sums,
)

SEP, OCT = "2026-09", "2026-10"


def two(before, after):
    return [(SEP, "2026-09-24", before), (OCT, "2026-10-24", after)]


def test_example_1_single_rate():
    result = calculate(
        rates=[rate("electricity", "6.47")], meters=[meter("electricity", two("12345", "12512"))]
    )
    assert sums(result) == [("electricity", "", "single", 1, Decimal(167), 108049)]
    assert result.lines["vat"].to_list() == [19484]


def test_example_2_two_zones():
    result = calculate(
        rates=[rate("electricity", "4.93", "day"), rate("electricity", "2.96", "night")],
        meters=[
            meter("electricity", two("1000", "1120"), "day"),
            meter("electricity", two("500", "560"), "night"),
        ],
    )
    assert amounts(result) == [59160, 17760]


def test_example_3_three_zones():
    result = calculate(
        rates=[
            rate("electricity", "4.93", "peak"),
            rate("electricity", "4.68", "halfpeak"),
            rate("electricity", "2.96", "night"),
        ],
        meters=[
            meter("electricity", two("0", "55"), "peak"),
            meter("electricity", two("0", "70"), "halfpeak"),
            meter("electricity", two("0", "40"), "night"),
        ],
    )
    assert sorted(amounts(result)) == sorted([27115, 32760, 11840])
    assert sum(amounts(result)) == 71715


def bands(*prices, zone="single", limits=("0", "1200", "6000")):
    return [
        rate("electricity", price, zone, above=limit)
        for price, limit in zip(prices, limits, strict=False)
    ]


def test_example_4_two_bands():
    result = calculate(rates=bands("3.00", "7.14"), meters=[meter("electricity", two("0", "1450"))])
    assert amounts(result) == [360000, 178500]


def test_example_5_three_bands():
    result = calculate(
        rates=bands("4.93", "8.27", "9.47", limits=("0", "3900", "6000")),
        meters=[meter("electricity", two("0", "6500"))],
    )
    assert amounts(result) == [1922700, 1736700, 473500]


def test_bands_with_zones_split_in_proportion_and_hold_both_sums():
    result = calculate(
        rates=[*bands("3", "7", zone="day"), *bands("2", "5", zone="night")],
        meters=[
            meter("electricity", two("0", "1000"), "day"),
            meter("electricity", two("0", "451"), "night"),
        ],
    )
    cells = {(zone, band): volume for _, _, zone, band, volume, _ in sums(result)}
    # d1 = round(1200 × 1000 / 1451) = 827; n1 = 1200 − 827; d2, n2 take the rest.
    assert cells == {("day", 1): 827, ("day", 2): 173, ("night", 1): 373, ("night", 2): 78}


def test_bands_with_zones_day_first():
    result = calculate(
        rates=[*bands("3", "7", zone="day"), *bands("2", "5", zone="night")],
        meters=[
            meter("electricity", two("0", "1000"), "day"),
            meter("electricity", two("0", "451"), "night"),
        ],
        split="day_first",
    )
    cells = {(zone, band): volume for _, _, zone, band, volume, _ in sums(result)}
    assert cells == {("day", 1): 1000, ("night", 1): 200, ("night", 2): 251}


def test_example_7_thresholds_times_months():
    result = calculate(
        rates=bands("3.00", "7.14"),
        meters=[
            meter("electricity", [("2026-07", "2026-07-24", "0"), (OCT, "2026-10-24", "9000")])
        ],
    )
    assert amounts(result) == [1080000, 3855600]


STEP = [
    rate("electricity", "5.82", until="2026-09-30"),
    rate("electricity", "6.47", since="2026-10-01"),
]


def test_example_8_by_days():
    readings = [(SEP, "2026-09-20", "0"), (OCT, "2026-10-20", "300")]
    result = calculate(rates=STEP, meters=[meter("electricity", readings)], splits=["2026-09-30"])
    assert amounts(result) == [58200, 129400]
    assert [volume for *_, volume, _ in sums(result)] == [100, 200]


def test_example_8_by_reading_period():
    readings = [(SEP, "2026-09-20", "0"), (OCT, "2026-10-20", "300")]
    result = calculate(
        rates=STEP,
        meters=[meter("electricity", readings)],
        splits=["2026-09-30"],
        tariff_change="by_reading_period",
    )
    assert amounts(result) == [194100]


def test_a_reading_at_the_change_splits_exactly_and_is_not_superseded():
    readings = [
        (SEP, "2026-09-20", "0"),
        (OCT, "2026-09-30", "80"),
        (OCT, "2026-10-05", "90"),
        (OCT, "2026-10-20", "300"),
    ]
    result = calculate(rates=STEP, meters=[meter("electricity", readings)], splits=["2026-09-30"])
    assert [(volume, kopecks) for *_, volume, kopecks in sums(result)] == [
        (80, 46560),
        (220, 142340),
    ]


def test_example_10_fractions():
    water = [rate("cold_water", "45.67")]
    readings = two("123.456", "125.900")
    assert amounts(calculate(rates=water, meters=[meter("cold_water", readings)])) == [11162]
    cut = calculate(rates=water, meters=[meter("cold_water", readings)], fraction_policy="truncate")
    assert amounts(cut) == [9134]
    up = calculate(rates=water, meters=[meter("cold_water", readings)], fraction_policy="ceil")
    assert sums(up)[0][4] == 2


def test_example_11_rollover():
    result = calculate(
        rates=[rate("electricity", "6.47")],
        meters=[meter("electricity", two("9993", "7"), digits=4)],
    )
    assert amounts(result) == [9058]


def test_example_12_a_typing_error_is_not_a_rollover():
    result = calculate(
        rates=[rate("electricity", "6.47")],
        meters=[meter("electricity", two("4321", "4312"), serial="77")],
    )
    assert amounts(result) == []
    assert problems(result) == [("reading_smaller", "77")]


def test_example_13_replacement_in_the_period():
    result = calculate(
        rates=[rate("electricity", "6.47")],
        meters=[
            meter(
                "electricity",
                [(SEP, "2026-09-24", "4567"), (OCT, "2026-10-10", "4610", 14)],
                serial="old",
            ),
            meter(
                "electricity",
                [(OCT, "2026-10-24", "58")],
                initial="3",
                installed="2026-10-10",
                serial="new",
            ),
        ],
    )
    assert sums(result) == [("electricity", "", "single", 1, Decimal(98), 63406)]


def test_example_15_ratio_and_net_price():
    result = calculate(
        rates=[rate("electricity", "7.48512", vat_included=False)],
        meters=[meter("electricity", two("1234.56", "1301.22"), ratio="40")],
        accounts=[{"kind": "organisation"}],
        fraction_policy="keep",
    )
    # Without the contract's losses: 66.66 × 40 = 2 666.4 → 2 666 kWh.
    assert sums(result)[0][4] == 2666
    assert result.lines["vat"].to_list() == [439017]
    assert amounts(result) == [1995533 + 439017]


def test_example_19_norm_without_multiplier():
    result = calculate(
        rates=[rate("cold_water", "48.31")],
        norms=[norm("cold_water", "4.745", multiplier="3")],
        agreements=[agreement("cold_water", possible=False)],
        accounts=[{"residents": 3}],
    )
    assert sums(result) == [("cold_water", "", "single", 1, Decimal("14.235"), 68769)]


def test_example_20_norm_with_multiplier():
    result = calculate(
        rates=[rate("cold_water", "48.31"), rate("hot_water", "196.40")],
        norms=[
            norm("cold_water", "4.745", multiplier="3"),
            norm("hot_water", "3.121", multiplier="1.5"),
        ],
        agreements=[agreement("cold_water", possible=True), agreement("hot_water", possible=True)],
        accounts=[{"residents": 3}],
    )
    assert amounts(result) == [206308, 275834]


def test_cold_water_is_tripled_from_december_2025():
    def bill(month):
        return amounts(
            calculate(
                rates=[rate("cold_water", "48.31", since="2025-01-01")],
                norms=[
                    norm("cold_water", "4.745", multiplier="1.5", since="2025-01-01"),
                    norm("cold_water", "4.745", multiplier="3", since="2025-12-06"),
                ],
                agreements=[agreement("cold_water", possible=True)],
                accounts=[{"residents": 3}],
                period=Period(2025, month),
            )
        )

    assert (bill(11), bill(12)) == ([103154], [206308])


def test_nobody_registered_means_the_owners():
    result = calculate(
        rates=[rate("cold_water", "48.31")],
        norms=[norm("cold_water", "4.745")],
        agreements=[agreement("cold_water")],
        accounts=[{"residents": 0, "owners": 3}],
    )
    assert amounts(result) == [68769]


HEAT = [rate("heat", "2350.12")]
FLAT = {"area": "54.3", "house_id": 1}


def heated(houses, meters=(), heating="central", norms=(), account=FLAT, period=None):
    extra = {"period": period} if period else {}
    return calculate(
        rates=HEAT,
        norms=norms,
        agreements=[agreement("heat", heating=heating)],
        accounts=[account],
        houses=houses,
        meters=meters,
        **extra,
    )


def test_example_25_h1_in_the_season():
    result = heated([house("6812.5", has_meter=False)], norms=[norm("heat", "0.0235", per="m2")])
    assert amounts(result) == [299887]


def test_example_26_h1_over_twelve_months():
    result = heated(
        [house("6812.5", has_meter=False, scheme="year")], norms=[norm("heat", "0.0235", per="m2")]
    )
    # The heating months 10-05 are eight.
    assert amounts(result) == [199925]


def test_example_27_h2():
    result = heated([house("6812.5", "186.4", common="890.0")])
    assert sums(result) == [("heat", "", "single", 1, Decimal("1.485728"), 349164)]


def test_example_29_h3_with_and_without_own_meter():
    houses = [house("6812.5", "186.4", common="890", metered_volume="61.20", metered_area="2410.0")]
    assert amounts(heated(houses)) == [349164]
    own = meter("heat", [(SEP, "2026-09-24", "10"), (OCT, "2026-10-24", "11.120")])
    result = heated(houses, meters=[own])
    assert sums(result) == [("heat", "", "single", 1, Decimal("1.226823"), 288318)]


def test_example_30_h4():
    houses = [
        house("6812.5", "186.4", common="890", metered_volume="158.30", metered_area="6812.5")
    ]
    own = meter("heat", [(SEP, "2026-09-24", "10"), (OCT, "2026-10-24", "11.120")])
    assert amounts(heated(houses, meters=[own])) == [315850]


def test_no_heat_outside_the_season():
    assert amounts(heated([house("6812.5", "186.4")], period=Period(2026, 7))) == []


def test_example_32_hot_water_of_two_components():
    result = calculate(
        rates=[
            rate("hot_water", "48.31", component="water"),
            rate("hot_water", "2350.12", component="heat"),
        ],
        norms=[norm("hot_water", "0.0618", per="heating_gcal_per_m3")],
        meters=[meter("hot_water", two("87.3", "90.5"))],
    )
    assert sums(result) == [
        ("hot_water", "heat", "single", 1, Decimal("0.19776"), 46476),
        ("hot_water", "water", "single", 1, Decimal("3.2"), 15459),
    ]


def test_example_33_hot_water_by_norm_with_and_without_multiplier():
    def bill(possible):
        return amounts(
            calculate(
                rates=[
                    rate("hot_water", "48.31", component="water"),
                    rate("hot_water", "2350.12", component="heat"),
                ],
                norms=[
                    norm("hot_water", "0.0618", per="heating_gcal_per_m3"),
                    norm("hot_water", "3.121", multiplier="1.5"),
                ],
                agreements=[agreement("hot_water", possible=possible)],
                accounts=[{"residents": 3}],
            )
        )

    assert bill(False) == [135986, 45233]
    assert bill(True) == [203979, 67849]
