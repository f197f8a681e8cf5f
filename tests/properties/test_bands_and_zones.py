"""Bands cut over zones hold both sums and never fall below zero (RULES 1.3)."""

from decimal import ROUND_HALF_UP, Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from billing_frames import calculate, meter, rate, sums

ZONES = {1: ("single",), 2: ("day", "night"), 3: ("peak", "halfpeak", "night")}
LIMITS = ("0", "1200", "3900")


def cells_of(volumes, limits, split):
    names = ZONES[len(volumes)]
    result = calculate(
        rates=[
            rate("electricity", str(place + 1), zone, above=limit)
            for zone in names
            for place, limit in enumerate(limits)
        ],
        meters=[
            meter("electricity", [("2026-09", "2026-09-30", "0"), ("2026-10", "2026-10-24", used)],
                  zone, serial=zone)
            for zone, used in zip(names, volumes, strict=True)
        ],
        split=split,
    )  # fmt: skip
    assert result.problems.is_empty()
    return {(zone, band): int(volume) for _, _, zone, band, volume, _ in sums(result)}


def bands_of(total, limits):
    lows = [int(one) for one in limits]
    highs = [*lows[1:], 10**9]
    sizes = [max(0, min(total, high) - low) for low, high in zip(lows, highs, strict=True)]
    return {place + 1: size for place, size in enumerate(sizes) if size}


volumes = st.integers(1, 3).flatmap(
    lambda count: st.lists(st.integers(0, 3000), min_size=count, max_size=count)
)


@settings(max_examples=120, deadline=None)
@given(volumes, st.sampled_from(["proportional", "day_first"]))
@example([3, 3, 0], "proportional")  # both halves rounded up leave the night below zero
@example([1201, 1201, 0], "proportional")
@example([1, 1, 1], "day_first")
def test_rows_and_columns_add_up(used, split):
    limits = ("0", "1", "5") if sum(used) < 100 else LIMITS
    cells = cells_of(used, limits, split)
    assert all(volume >= 0 for volume in cells.values())
    names = ZONES[len(used)]
    for zone, volume in zip(names, used, strict=True):
        assert sum(size for (name, _), size in cells.items() if name == zone) == volume
    by_band = {}
    for (_, band), size in cells.items():
        by_band[band] = by_band.get(band, 0) + size
    assert {band: size for band, size in by_band.items() if size} == bands_of(sum(used), limits)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 3000), st.integers(0, 3000))
def test_two_zones_are_cut_by_the_formula(day, night):
    total = day + night
    cells = cells_of([day, night], LIMITS[:2], "proportional")
    first = min(total, 1200)
    d1 = int((Decimal(first * day) / max(total, 1)).quantize(Decimal(1), ROUND_HALF_UP))
    expected = {("day", 1): d1, ("night", 1): first - d1,
                ("day", 2): day - d1, ("night", 2): night - (first - d1)}  # fmt: skip
    assert {cell: size for cell, size in cells.items() if size} == {
        cell: size for cell, size in expected.items() if size
    }
