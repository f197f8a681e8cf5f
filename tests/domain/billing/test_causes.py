"""The causes of a difference between two bills sum to it, and say what a person would."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abonent.domain.billing.rules.causes import Kind, causes
from abonent.domain.billing.rules.explanation import LineView
from abonent.domain.suppliers.rules import Unit


def basis(volume, days=("2026-09-23", "2026-10-23"), **more):
    reading = {"s": "1", "z": "single", "f": days[0], "t": days[1], "a": 0, "b": 0}
    return json.dumps({"readings": [reading], "n": str(volume), "d": "1", "vat": 2200, "net": 0, **more})  # fmt: skip


def line(volume, rate, *, service="el", multiplier="1", **given):
    """Return a line of so many units at so many roubles, its sum by the rule of the house."""
    micro, scaled = round(float(volume) * 1e6), round(float(rate) * 1e5)
    times = round(float(multiplier) * 1000)
    days = given.pop("days", ("2026-09-23", "2026-10-23"))
    amount = (micro * scaled * times * 2 + 10**12) // (2 * 10**12)
    made = LineView(
        line=1, service=service, service_name=service, service_kind="electricity", component="",
        zone="single", band=1, method="meter", unit=Unit.KWH, volume=micro, rate=scaled,
        multiplier=times, amount=amount, vat=0, corrects=None, rule="meter",
        basis=basis(micro, days),
    )  # fmt: skip
    return replace(made, **given)


def told(now, before, penalty=0, penalty_before=0):
    found = causes(now, before, penalty=penalty, penalty_before=penalty_before)
    return [(one.kind, one.amount) for one in found]


def test_more_used_and_dearer():
    assert told([line(120, "4.93")], [line(100, "4.80")]) == [
        (Kind.VOLUME, 9600),
        (Kind.PRICE, 1560),
    ]


def test_nothing_changed():
    assert told([line(120, "4.93")], [line(120, "4.93")]) == []


def test_an_equal_price_leaves_everything_to_the_volume():
    assert told([line("3.333", "4.833")], [line("1.111", "4.833")]) == [(Kind.VOLUME, 1074)]


def test_a_reading_of_two_months():
    long = line(200, 5, days=("2026-08-23", "2026-10-23"))
    (days, volume) = causes(
        [replace(long, amount=110000, volume=220_000_000)],
        [line(100, 5, days=("2026-07-23", "2026-08-23"))],
        penalty=0,
        penalty_before=0,
    )
    # 61 days instead of 31 at 100 kWh a month: 30/31 of 500 roubles.
    assert (days.kind, days.amount, days.was, days.now) == (Kind.DAYS, 48387, 31, 61)
    assert (volume.kind, volume.amount) == (Kind.VOLUME, 11613)


def test_a_few_days_more_are_no_cause_of_their_own():
    assert told(
        [line(120, 5, days=("2026-09-23", "2026-10-25"))],
        [line(100, 5, days=("2026-08-24", "2026-09-23"))],
    ) == [(Kind.VOLUME, 10000)]


def test_a_dearer_band():
    before = [line(1000, 3)]
    now = [line(1200, 3), line(250, "7.14", band=2)]
    # RULES example 4: 450 kWh more, at 3 roubles 1350; 250 of them cost 4.14 more each.
    assert told(now, before) == [(Kind.VOLUME, 135000), (Kind.BAND, 103500)]


def test_a_multiplier_and_the_norm():
    before = [line("5.1", "48.31", unit=Unit.M3, method="average")]
    norm = line("14.235", "48.31", unit=Unit.M3, method="norm", multiplier="3")
    assert norm.amount == 206308  # RULES example 20, its excess 1375.39
    found = causes([norm], before, penalty=0, penalty_before=0)
    assert [(one.kind, one.amount) for one in found] == [
        (Kind.MULTIPLIER, 137539),
        (Kind.METHOD, 68769 - 24638),
    ]
    assert found[1].methods == ("average", "norm")
    assert (found[0].was, found[0].now) == (1, 3)


def test_services_corrections_reductions_and_penalties():
    correction = line(-10, 5, method="correction", corrects="2026-08/1")
    absence = line(-5, 5, method="correction", rule="absence")
    now = [line(100, 5), correction, absence, line(3, 50, service="cw")]
    before = [line(100, 5), line(7, 10, service="hw")]
    assert told(now, before, penalty=150, penalty_before=40) == [
        (Kind.APPEARED, 15000),
        (Kind.VANISHED, -7000),
        (Kind.CORRECTION, -5000),
        (Kind.REDUCTION, -2500),
        (Kind.PENALTY, 110),
    ]


def test_each_zone_has_a_row_of_its_own():
    now = [line(120, "4.80", zone="day"), line(60, "2.96", zone="night")]
    before = [line(100, "4.80", zone="day"), line(80, "2.96", zone="night")]
    found = causes(now, before, penalty=0, penalty_before=0)
    assert [(one.zone, one.amount, one.was, one.now) for one in found] == [
        ("day", 9600, 100, 120),
        ("night", -5920, 80, 60),
    ]


def test_another_set_of_zones_is_still_the_same_service():
    now = [line(150, 5)]
    before = [line(100, 5, zone="day"), line(50, 3, zone="night")]
    # Volumes are equal; what has changed is the price.
    assert told(now, before) == [(Kind.PRICE, 10000)]


lines = st.lists(
    st.builds(
        lambda volume, rate, times, amount, more: replace(
            line(volume, rate, multiplier=times), **more, **({"amount": amount} if amount else {})
        ),
        st.decimals(-50, 5000, places=3),
        st.decimals(0, 100, places=2),
        st.sampled_from(["1", "1.5", "3"]),
        st.none() | st.integers(-(10**6), 10**8),
        st.fixed_dictionaries({
            "service": st.sampled_from(["el", "cw"]),
            "zone": st.sampled_from(["day", "night", "single"]),
            "band": st.integers(1, 3),
            "component": st.sampled_from(["", "heat"]),
            "method": st.sampled_from(["meter", "norm", "average", "correction"]),
            "corrects": st.sampled_from([None, "2026-08/1"]),
            "basis": st.sampled_from([
                "", "{}", basis(3), basis(5, ("2026-07-01", "2026-10-20")), basis(1, ("", "2026-10-20")),
            ]),
        }),
    ),
    max_size=6,
)  # fmt: skip


# A busy machine draws slowly; that says nothing of the rule.
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(lines, lines, st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_causes_sum_to_the_difference(now, before, penalty, penalty_before):
    found = causes(now, before, penalty=penalty, penalty_before=penalty_before)
    charged = sum(one.amount for one in now) - sum(one.amount for one in before)
    assert sum(one.amount for one in found) == charged + penalty - penalty_before
    assert all(one.amount for one in found)


@pytest.mark.parametrize("times", ["1.5", "3"])
def test_the_multiplier_is_not_counted_as_volume(times):
    found = told([line(10, 5, multiplier=times)], [line(10, 5)])
    assert found == [(Kind.MULTIPLIER, round((float(times) - 1) * 5000))]
