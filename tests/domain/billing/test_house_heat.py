"""Heat of a house: the year scheme, failed meters, H3 and H4 in every month (RULES 2.3)."""

from decimal import ROUND_HALF_UP, Decimal

import pytest

from abonent.common.periods import Period
from abonent.domain.billing.rules.explanation import explain
from billing_frames import (
    agreement,
    calculate,
    followed,
    house,
    line_views,
    meter,
    norm,
    problems,
    rate,
)
from home_frames import counted, heat_history

D = Decimal
T = D("2350.12")
RATES = [rate("heat", "2350.12", since="2020-01-01")]
NORMS = [norm("heat", "0.0235", per="m2", since="2020-01-01")]
FLAT = {"area": "54.3", "house_id": 1}
NOVEMBER = Period(2026, 11)
SEASON = [1, 2, 3, 4, 5, 10, 11, 12]


def charged(houses, period=NOVEMBER, heating="central", flat=None, norms=NORMS, **more):
    """Return (rule, method, kopecks) of the lines; every sum can be followed by its steps."""
    lines = calculate(
        rates=RATES, norms=norms, accounts=[flat or FLAT], houses=houses, period=period,
        agreements=[agreement("heat", heating=heating)], **more,
    )  # fmt: skip
    assert problems(lines) == []
    for view in line_views(lines):
        why = explain(view)
        assert why.amount == view.amount
        assert followed(why) * 100 == view.amount
    rows = lines.lines.select("rule", "method", "amount")
    return list(rows.iter_rows())


def left_out(houses, **more):
    lines = calculate(
        rates=RATES, norms=more.pop("norms", NORMS), accounts=[FLAT], houses=houses,
        period=more.pop("period", NOVEMBER), agreements=[agreement("heat")], **more,
    )  # fmt: skip
    return problems(lines)


def kopecks(volume):
    return int((D(volume) * T * 100).quantize(D(1), ROUND_HALF_UP))


def year_of(year, volume, **more):
    return [counted(f"{year}-{month:02d}", volume, **more) for month in SEASON]


# The steps of every formula -----------------------------------------------------------------


def test_the_steps_of_formulas_2_to_3_3_can_be_followed():
    assert charged([house("6812.5", has_meter=False)]) == [("heat_h1", "norm", 299887)]
    assert charged([house("6812.5", "186.4", common="890")]) == [("heat_h2", "house", 349164)]
    h3 = house("6812.5", "186.4", common="890", metered_volume="61.20", metered_area="2410")
    assert charged([h3]) == [("heat_h3", "house", 349164)]
    own = meter("heat", [("2026-10", "2026-10-24", "10"), ("2026-11", "2026-11-24", "11.120")])
    assert charged([h3], meters=[own]) == [("heat_h3", "house", 288318)]
    h4 = house("6812.5", "186.4", common="890", metered_volume="158.30", metered_area="6812.5")
    assert charged([h4], meters=[own]) == [("heat_h4", "house", 315850)]


def test_rooms_that_heat_themselves_in_every_formula():
    plain = house("6812.5", "186.4", common="890", excluded="100")
    area = D("54.3") / D("6812.5")
    base = D("6812.5") - 100 + 890
    own_share = D("186.4") * 890 / base * area
    assert charged([plain], heating="individual")[0][2] == kopecks(own_share)
    assert charged([plain])[0][2] == kopecks(D("54.3") * D("186.4") / base + own_share)
    h3 = house("6812.5", "186.4", common="890", excluded="100", metered_volume="61.20",
               metered_area="2410")  # fmt: skip
    rest = D("186.4") - D("61.20") / 2410 * (D("6812.5") - 100)
    assert charged([h3], heating="individual")[0][2] == kopecks(rest * area)
    h1 = house("6812.5", has_meter=False)
    assert charged([h1], heating="individual") == [("heat_h1", "norm", 0)]


def test_rooms_meters_that_counted_more_than_the_house():
    h3 = house("6812.5", "10", common="890", metered_volume="61.20", metered_area="2410")
    own = meter("heat", [("2026-10", "2026-10-24", "10"), ("2026-11", "2026-11-24", "10.1")])
    assert charged([h3], meters=[own]) == [("heat_h3", "house", 0)]


def test_what_the_formulas_need_is_named():
    own = meter("heat", [("2026-10", "2026-10-24", "10"), ("2026-11", "2026-11-24", "11.120")])
    assert left_out([house("6812.5", "186.4")], meters=[own]) == [("no_metered", "")]
    half = house("6812.5", "186.4", metered_area="2410")
    assert left_out([half]) == [("no_metered", "")]
    assert left_out([house(None, "186.4")]) == [("no_house_area", "area_total")]
    assert left_out([house("6812.5", "186.4", excluded="5")]) == [("no_house_area", "area_common")]
    assert left_out([house("6812.5")]) == [("no_house_volume", "")]
    assert left_out([house("6812.5", has_meter=False)], norms=[]) == [("no_norm", "")]
    assert left_out([house("6812.5", has_meter=False, months=None)]) == [("no_scheme", "")]


def test_a_house_without_named_months_is_heated_when_its_meter_counts():
    assert charged([house("6812.5", "186.4", months=None)], Period(2026, 9)) == [
        ("heat_h2", "house", 349164)
    ]
    assert charged([house("6812.5", months=None)], Period(2026, 7)) == []


# Evenly over twelve months ------------------------------------------------------------------


def test_a_twelfth_of_last_year_in_every_month():
    history = heat_history(year_of(2025, "279.6"))  # eight months: 2236.8 Gcal, 186.4 a month
    for month in (1, 7, 11):
        got = charged([house("6812.5", scheme="year")], Period(2026, month), heat=history)
        assert got == [("heat_h2_year", "house", 349164)]
    # What the meter counts this month does not matter.
    now = [house("6812.5", "999", scheme="year")]
    assert charged(now, heat=history) == [("heat_h2_year", "house", 349164)]


def test_the_first_year_is_paid_by_the_norm():
    known = [house("6812.5", "186.4", scheme="year")]
    assert charged(known) == [("heat_h1_year", "norm", 199925)]
    # A year with a month missing is no year; a row more than the season needs does no harm.
    history = heat_history(year_of(2025, "279.6")[1:])
    assert charged(known, heat=history) == [("heat_h1_year", "norm", 199925)]
    history = heat_history([*year_of(2025, "279.6"), counted("2025-07", "0")])
    assert charged(known, heat=history) == [("heat_h2_year", "house", 349164)]


def test_the_year_of_rooms_with_meters():
    history = heat_history(
        year_of(2025, "279.6", metered_volume="91.8", metered_area="2410"),
        own=[(f"2025-{month:02d}", "1.68") for month in SEASON] + [("2024-12", "50")],
    )
    flats = [house("6812.5", common="890", scheme="year")]
    own = meter("heat", [("2026-10", "2026-10-24", "10"), ("2026-11", "2026-11-24", "77")])
    # A twelfth of last year is example 29: 186.4, 61.20 and 1.120 Gcal.
    assert charged(flats, heat=history, meters=[own]) == [("heat_h3_year", "house", 288318)]
    no_meter = heat_history(year_of(2025, "279.6", metered_volume="91.8", metered_area="2410"))
    assert charged(flats, heat=no_meter) == [("heat_h3_year", "house", 349164)]
    assert left_out(flats, heat=no_meter, meters=[own]) == [("no_reading", "за прошлый год")]


# The meter of the house has failed ----------------------------------------------------------

WINTER = [counted("2026-01", "200"), counted("2026-02", "180"), counted("2026-03", "150"),
          counted("2026-04", "100"), counted("2026-05", "40")]  # fmt: skip
MEANS = [("2026-01", "-15"), ("2026-02", "-13"), ("2026-03", "-6"), ("2026-04", "4"),
         ("2026-05", "11"), ("2026-10", "2"), ("2026-11", "-8"), ("2026-12", "-14"),
         ("2027-01", "-17"), ("2027-02", "-15"), ("2027-03", "-5"), ("2027-04", "5")]  # fmt: skip
BROKEN = house("6812.5", state="failed")


def estimate(days, outside, room=18):
    """ΣV / ΣD × D × (t_room − t) / (t_room − t_base), days of 2026."""
    base_days = 31 + 28 + 31 + 30 + 31
    base = sum(D(t) * d for t, d in (("-15", 31), ("-13", 28), ("-6", 31), ("4", 30), ("11", 31)))
    base = (base / base_days).quantize(D("0.01"), ROUND_HALF_UP)
    volume = D(670) * days * (room - D(outside)) / (base_days * (room - base))
    return volume.quantize(D("0.000001"), ROUND_HALF_UP)


def test_a_failed_meter_is_estimated_by_the_days_and_the_cold():
    got = charged([BROKEN], heat=heat_history(WINTER, MEANS))
    assert got == [("heat_h2", "house", kopecks(D("54.3") * estimate(30, -8) / D("6812.5")))]
    cold = house("6812.5", state="failed", cold=True)
    got = charged([cold], heat=heat_history(WINTER, MEANS))
    assert got == [("heat_h2", "house", kopecks(D("54.3") * estimate(30, -8, 20) / D("6812.5")))]


@pytest.mark.parametrize(
    ("failed", "period", "ways"),
    [
        (["2026-10"], Period(2026, 11), "house"),
        (["2026-10", "2026-11", "2026-12", "2027-01", "2027-02"], Period(2027, 3), "house"),
        (
            ["2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-03"],
            Period(2027, 4),
            "norm",
        ),
    ],
)
def test_six_periods_at_most_and_then_the_norm(failed, period, ways):
    rows = [*WINTER, *(counted(month, None, state="failed") for month in failed)]
    assert charged([BROKEN], period, heat=heat_history(rows, MEANS))[0][1] == ways


def test_summer_is_no_period_and_a_working_month_begins_anew():
    rows = [*WINTER[:2], counted("2026-03", None, state="failed"),
            counted("2026-04", None, state="failed"), counted("2026-05", None, state="failed")]  # fmt: skip
    rows = [counted("2025-12", "190"), *rows]
    rows += [counted("2026-10", None, state="failed"), counted("2026-11", None, state="failed")]
    means = [*MEANS, ("2025-12", "-12")]
    assert charged([BROKEN], Period(2026, 12), heat=heat_history(rows, means))[0][1] == "house"
    seventh = [*rows, counted("2026-12", None, state="failed")]
    got = charged([BROKEN], Period(2027, 1), heat=heat_history(seventh, means))
    assert got == [("heat_h1", "norm", 299887)]
    mended = [*rows, counted("2026-12", "210")]
    assert charged([BROKEN], Period(2027, 1), heat=heat_history(mended, means))[0][1] == "house"


def test_three_periods_before_march_2025():
    rows = [counted(f"2024-0{month}", "150") for month in (1, 2, 3, 4)]
    rows += [counted(f"2024-{month}", None, state="failed") for month in (10, 11, 12)]
    means = [(f"2024-{month:02d}", "-5") for month in (1, 2, 3, 4, 10, 11, 12)] + [
        ("2025-01", "-9")
    ]
    given = {"heat": heat_history(rows, means)}
    assert charged([BROKEN], Period(2024, 12), heat=heat_history(rows[:-1], means))[0][1] == "house"
    assert charged([BROKEN], Period(2025, 1), **given)[0][1] == "norm"


def test_an_average_needs_three_months_and_the_temperatures():
    assert charged([BROKEN], heat=heat_history(WINTER[:2], MEANS)) == [("heat_h1", "norm", 299887)]
    assert charged([BROKEN], heat=heat_history(WINTER[:3], MEANS))[0][1] == "house"
    assert left_out([BROKEN], heat=heat_history(WINTER, MEANS[:6])) == [
        ("no_temperature", "Тюмень 11.2026")
    ]
    assert left_out([BROKEN], heat=heat_history(WINTER, MEANS[1:])) == [
        ("no_temperature", "Тюмень 01.2026")
    ]


def test_no_cold_no_heat():
    warm = [*(one for one in MEANS if one[0] != "2026-11"), ("2026-11", "19")]
    assert charged([BROKEN], heat=heat_history(WINTER, warm)) == [("heat_h2", "house", 0)]


# The correction of the year -----------------------------------------------------------------

JANUARY = Period(2027, 1)
START = Period(2026, 1).first_day
ACTUAL = [counted(f"2026-{month:02d}", "300") for month in SEASON]
CHARGED = [(f"2026-{month:02d}", "heat_h2_year", "1.485728", 349164) for month in range(1, 13)]


def corrected(period=JANUARY, volumes=None, charged_rows=CHARGED, since=START, **more):
    rows = [*year_of(2025, "279.6"), *(ACTUAL if volumes is None else volumes)]
    history = heat_history(rows, charged=charged_rows, **more)
    got = charged([house("6812.5", scheme="year")], period, heat=history, billed_since=since)
    return [row for row in got if row[0] == "heat_year"]


def test_the_difference_of_the_year_in_january():
    actual = kopecks(D("54.3") * 2400 / D("6812.5"))
    assert corrected() == [("heat_year", "correction", actual - 12 * 349164)]
    assert corrected(Period(2026, 12)) == []
    assert corrected(Period(2027, 4)) == []


def test_a_year_is_corrected_once():
    done = [*CHARGED, ("2027-01", "heat_year", "1", 100)]
    assert corrected(Period(2027, 2), charged_rows=done) == []
    assert len(corrected(JANUARY, charged_rows=done, again=True)) == 1
    assert corrected(Period(2027, 2), charged_rows=done, again=True) == []


def test_a_year_that_is_not_known_yet_waits_until_march():
    assert corrected(volumes=ACTUAL[:-1]) == []
    rows = [*year_of(2025, "279.6"), *ACTUAL[:-1]]
    history = heat_history(rows, charged=CHARGED)
    given = {"heat": history, "billed_since": START}
    assert left_out([house("6812.5", scheme="year")], period=Period(2027, 3), **given) == [
        ("no_house_volume", "2026")
    ]


def test_months_before_billing_began_count_as_charged_evenly():
    since = Period(2026, 7).first_day
    assert corrected(since=since, charged_rows=CHARGED[6:]) == corrected()
    # A year that was billed elsewhere is settled elsewhere.
    assert corrected(since=JANUARY.first_day, charged_rows=[]) == []


def test_a_house_that_went_over_to_the_season_in_autumn_is_still_corrected():
    actual = [(f"2026-{month}", "heat_h2", "2.391193", 561959) for month in (10, 11, 12)]
    history = heat_history([*year_of(2025, "279.6"), *ACTUAL], charged=[*CHARGED[:9], *actual])
    got = charged([house("6812.5", "300")], JANUARY, heat=history, billed_since=START)
    whole = kopecks(D("54.3") * 2400 / D("6812.5"))
    assert got[-1] == ("heat_year", "correction", whole - 9 * 349164 - 3 * 561959)


def test_each_price_of_the_year_has_a_correction_of_its_own():
    rates = [rate("heat", "2350.12", since="2020-01-01"), rate("heat", "2600", since="2026-10-01")]
    history = heat_history([*year_of(2025, "279.6"), *ACTUAL], charged=CHARGED)
    lines = calculate(
        rates=rates, norms=NORMS, accounts=[FLAT], houses=[house("6812.5", scheme="year")],
        period=JANUARY, agreements=[agreement("heat")], heat=history, billed_since=START,
    )  # fmt: skip
    rows = lines.lines.filter(lines.lines["rule"] == "heat_year")
    share = D("54.3") / D("6812.5")
    spring = kopecks(share * 1500)
    autumn = int((share * 900 * 2600 * 100).quantize(D(1), ROUND_HALF_UP))
    assert rows["amount"].to_list() == [spring - 9 * 349164, autumn - 3 * 349164]
    assert rows["rate"].to_list() == [235012000, 260000000]
    for view in line_views(lines):
        assert followed(explain(view)) * 100 == view.amount
