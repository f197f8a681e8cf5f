"""The engine over columns equals a naive calculation in decimals, on invented worlds."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from billing_frames import PERIOD, agreement, calculate, meter, norm, rate, sums
from reference import Dial, Price, Service, bill

D = Decimal
STARTS = [date(2026, 1, 1), date(2026, 10, 1)]
rates = st.decimals("0.01", "20", places=2)
SCHEMES = [("single",), ("day", "night"), ("peak", "halfpeak", "night")]


@st.composite
def electricity(draw):
    zones = draw(st.sampled_from(SCHEMES))
    limits = draw(st.sampled_from([["0"], ["0", "1200"], ["0", "100", "250"]]))
    starts = draw(st.sampled_from([STARTS[:1], STARTS]))
    prices = [
        Price(zone, D(limit), since, draw(rates))
        for since in starts
        for zone in zones
        for limit in limits
    ]
    months = draw(st.integers(1, 3))
    base_on = (
        date(2026, 10, 1)
        - timedelta(days=draw(st.integers(2, 9)))
        - timedelta(days=30 * (months - 1))
    )
    close_on = date(2026, 10, draw(st.integers(5, 25)))
    dials = []
    for zone in zones:
        base = D(draw(st.integers(0, 9_999_999))) / 100
        used = D(draw(st.integers(0, 45_000))) / 100
        dials.append(Dial(zone, (base_on, base), (close_on, (base + used) % 100_000), months))
    return Service(
        "kwh",
        by_days=True,
        prices=prices,
        dials=dials,
        truncate=True,
        day_first=draw(st.booleans()),
    )


def table_of(service, code):
    untils = {STARTS[0]: "2026-09-30" if len({p.since for p in service.prices}) > 1 else None}
    return [
        rate(
            code,
            price.rate,
            price.zone,
            price.component,
            above=price.above,
            since=str(price.since),
            until=untils.get(price.since),
        )
        for price in service.prices
    ]


def dials_of(service, code, months):
    month = PERIOD.plus(-months)
    return [
        meter(
            code,
            [
                (str(month), str(dial.base[0]), dial.base[1]),
                ("2026-10", str(dial.close[0]), dial.close[1]),
            ],
            dial.zone,
            serial=dial.zone,
        )
        for dial in service.dials
    ]


def plausible(service):
    """Leave out rollovers that the engine must doubt (RULES 1.6): they are tested by number."""
    return all(dial.close[1] >= dial.base[1] or dial.base[1] >= 90_000 for dial in service.dials)


@settings(max_examples=150, deadline=None)
@given(electricity())
def test_electricity_equals_the_reference(service):
    if not plausible(service):
        return
    months = service.dials[0].months
    result = calculate(
        rates=table_of(service, "electricity"),
        meters=dials_of(service, "electricity", months),
        split="day_first" if service.day_first else "proportional",
    )
    ours = sorted(row[1:] for row in sums(result))
    naive = sorted((c, z, b, v.normalize(), k) for c, z, b, v, k in bill(service, PERIOD.last_day))
    assert ours == naive


@settings(max_examples=60, deadline=None)
@given(
    st.decimals("0", "40", places=3),
    st.decimals("1", "90", places=2),
    st.decimals("100", "3000", places=2),
    st.decimals("0.03", "0.09", places=4),
)
def test_two_component_water_equals_the_reference(used, cold, heat, heating):
    prices = [
        Price("single", D(0), STARTS[0], cold, "water"),
        Price("single", D(0), STARTS[0], heat, "heat"),
    ]
    dial = Dial("single", (date(2026, 9, 24), D("10.5")), (date(2026, 10, 24), D("10.5") + used))
    service = Service("m3", by_days=False, prices=prices, dials=[dial], heating=heating)
    result = calculate(
        rates=table_of(service, "hot_water"),
        norms=[norm("hot_water", heating, per="heating_gcal_per_m3")],
        meters=dials_of(service, "hot_water", 1),
    )
    assert sorted((row[1], row[5]) for row in sums(result)) == sorted(
        (c, k) for c, _, _, _, k in bill(service, PERIOD.last_day)
    )


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 9),
    st.decimals("0.1", "12", places=3),
    st.decimals("1", "90", places=2),
    st.sampled_from(["1", "1.5", "3"]),
    st.booleans(),
)
def test_norm_equals_the_reference(people, volume, price, multiplier, possible):
    factor = D(multiplier) if possible else D(1)
    service = Service(
        "m3",
        by_days=False,
        prices=[Price("single", D(0), STARTS[0], price)],
        norm=volume,
        people=people,
        multiplier=factor,
    )
    result = calculate(
        rates=table_of(service, "cold_water"),
        norms=[norm("cold_water", volume, multiplier=multiplier)],
        agreements=[agreement("cold_water", possible=possible)],
        accounts=[{"residents": people}],
    )
    assert [row[5] for row in sums(result)] == [line[4] for line in bill(service, PERIOD.last_day)]
