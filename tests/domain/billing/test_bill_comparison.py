"""More volume or another price: the two parts of a difference."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abonent.domain.billing.rules.comparison import change
from abonent.domain.billing.rules.explanation import LineView
from abonent.domain.suppliers.rules import Unit

LINE = LineView(
    line=1,
    service="cold",
    service_name="Холодная вода",
    service_kind="cold_water",
    component="",
    zone="single",
    band=1,
    method="meter",
    unit=Unit.M3,
    volume=2_444_000,
    rate=4_831_000,
    multiplier=1000,
    amount=11807,
    vat=2129,
    corrects=None,
    rule="meter",
)

sums = st.integers(min_value=0, max_value=10**9)
volumes = st.integers(min_value=0, max_value=10**12)
rates = st.integers(min_value=1, max_value=10**9)
lines = st.builds(
    lambda volume, rate, amount: replace(LINE, volume=volume, rate=rate, amount=amount),
    volumes,
    rates,
    sums,
)


# A busy machine draws slowly; that says nothing of the rule.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(lines, min_size=1, max_size=3), st.lists(lines, min_size=1, max_size=3))
def test_the_parts_sum_to_the_difference(now: list[LineView], before: list[LineView]) -> None:
    found = change(now, before)
    if found is None:
        assert sum(line.volume for line in before) == 0
        return
    assert found.by_volume + found.by_price == found.now - found.before
    assert found.now == sum(line.amount for line in now)
    if {line.rate for line in now} == {line.rate for line in before} == {now[0].rate}:
        assert found.by_price == 0


def test_an_equal_price_leaves_everything_to_the_volume() -> None:
    found = change([replace(LINE, volume=3_000_000, amount=14493)], [LINE])
    assert found is not None
    assert (found.by_volume, found.by_price) == (2686, 0)


def test_what_cannot_be_compared_is_not() -> None:
    assert change([LINE], []) is None
    assert change([replace(LINE, method="correction")], [LINE]) is None
    assert change([replace(LINE, multiplier=1500)], [LINE]) is None
    assert change([replace(LINE, unit=Unit.GCAL)], [LINE]) is None
    assert change([LINE], [replace(LINE, volume=0, amount=0)]) is None
