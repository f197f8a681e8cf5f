"""The rooms of a house pay for what its meter counted, neither more nor less (RULES 2.3)."""

import json
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from billing_frames import agreement, calculate, house, meter, norm, problems, rate

T = [rate("heat", "2350.12")]
rooms = st.lists(
    st.tuples(st.integers(150, 1200), st.sampled_from(["plain", "metered", "individual"]),
              st.integers(0, 4000)),
    min_size=1, max_size=5,
)  # fmt: skip


def bill(total, common, kinds, volume, scheme="season"):
    """Return the exact volume of each room of a whole house."""
    accounts, agreements, meters = [], [], []
    metered_area = metered_volume = excluded = 0
    for place, (area, kind, used) in enumerate(kinds, start=1):
        accounts.append({"area": Decimal(area) / 10, "house_id": 1})
        heating = "individual" if kind == "individual" else "central"
        agreements.append(agreement("heat", account=place, heating=heating))
        if kind == "individual":
            excluded += area
        if kind == "metered":
            metered_area, metered_volume = metered_area + area, metered_volume + used
            end = Decimal(10) + Decimal(used) / 1000
            meters.append(meter("heat", [("2026-09", "2026-09-24", "10"),
                                         ("2026-10", "2026-10-24", end)],
                                account=place, serial=str(place)))  # fmt: skip
    flat = house(
        Decimal(total) / 10, volume, common=Decimal(common) / 10, excluded=Decimal(excluded) / 10,
        metered_volume=Decimal(metered_volume) / 1000 if metered_area else None,
        metered_area=Decimal(metered_area) / 10 if metered_area else None, scheme=scheme,
    )  # fmt: skip
    lines = calculate(
        rates=T, norms=[norm("heat", "0.0235", per="m2")], accounts=accounts,
        agreements=agreements, houses=[flat], meters=meters,
    )  # fmt: skip
    assert problems(lines) == []
    found = {}
    for row in lines.lines.to_dicts():
        basis = json.loads(row["basis"])
        found[row["account_id"]] = Fraction(int(basis["n"]), int(basis["d"])) / 10**6
    return [found[place] for place in range(1, len(kinds) + 1)]


@settings(deadline=None, max_examples=40)
@given(rooms, st.integers(1, 3000), st.integers(1, 500_000))
def test_the_rooms_together_pay_for_the_house(kinds, common, volume):
    total = sum(area for area, _, _ in kinds)
    warm = [kind for kind in kinds if kind[1] != "individual"]
    if not warm:
        return
    # The house counts at least what its rooms' meters did, or some room would be at zero.
    metered = sum(used for _, kind, used in kinds if kind == "metered")
    area = sum(area for area, kind, _ in kinds if kind == "metered")
    if area:
        heated = total - sum(area for area, kind, _ in kinds if kind == "individual")
        volume = max(volume, metered * heated // area + 1)
    volumes = bill(total, common, kinds, Decimal(volume) / 1000)
    assert sum(volumes) == Fraction(volume, 1000)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(150, 1200), min_size=1, max_size=4), st.integers(0, 3000),
       st.integers(1, 500_000))  # fmt: skip
def test_without_rooms_that_heat_themselves_formula_3_is_the_area(areas, common, volume):
    kinds = [(area, "plain", 0) for area in areas]
    volumes = bill(sum(areas), common, kinds, Decimal(volume) / 1000)
    whole = Fraction(volume, 1000)
    assert volumes == [Fraction(area, sum(areas)) * whole for area in areas]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(150, 1200), min_size=1, max_size=3), st.integers(150, 1200),
       st.integers(0, 4000), st.integers(1, 3000))  # fmt: skip
def test_a_room_without_a_meter_pays_by_its_area_beside_rooms_with_one(areas, own, used, common):
    kinds = [*((area, "plain", 0) for area in areas), (own, "metered", used)]
    total = sum(areas) + own
    volume = used * total // own + 1
    volumes = bill(total, common, kinds, Decimal(volume) / 1000)
    for area, found in zip(areas, volumes, strict=False):
        assert found == Fraction(area, total) * Fraction(volume, 1000)
