"""Wheels, days and bars: the pure drawings behind the components."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abonent.interfaces.design import dial
from abonent.interfaces.design.chart import FULL, Bar, draw
from abonent.interfaces.design.frame import Frame, NavItem
from abonent.interfaces.design.window import window_days


@pytest.mark.parametrize(
    ("value", "digits", "whole", "fraction", "spoken"),
    [
        ("118.25", (5, 3), "00118", "250", "00118,250"), ("14207", (5, 0), "14207", "", "14207"),
        ("14207.000", (5, 0), "14207", "", "14207"), ("0", (4, 1), "0000", "0", "0000,0"),
        ("10245.5", (8, 3), "00010245", "500", "00010245,500"),
    ],
)  # fmt: skip
def test_reading_on_the_wheels(
    value: str, digits: tuple[int, int], whole: str, fraction: str, spoken: str
) -> None:
    shown = dial.padded(Decimal(value), *digits)
    assert (shown.whole, shown.fraction, shown.spoken) == (whole, fraction, spoken)


def test_consumption_has_no_zeros_in_front() -> None:
    assert dial.bare(Decimal("4.48"), 5, 3).spoken == "4,480"


def test_classes_set_the_number_of_wheels() -> None:
    assert dial.whole_class(5) == ""
    assert [dial.whole_class(n) for n in (1, 6, 12)] == ["wheels-4", "wheels-6", "wheels-8"]
    assert [dial.fraction_class(n) for n in (0, 1, 3, 6)] == ["", "of-1", "of-3", "of-4"]
    assert not dial.empty(5, 3).is_long
    assert dial.empty(6, 3).is_long


def test_days_of_a_window() -> None:
    days = window_days(date(2026, 11, 22), date(2026, 11, 25), date(2026, 11, 23))
    assert [(day.number, day.state) for day in days] == [
        (22, ""), (23, "today"), (24, "left"), (25, "last"),
    ]  # fmt: skip


def test_last_day_today_and_a_window_over_the_end_of_a_month() -> None:
    days = window_days(date(2026, 11, 30), date(2026, 12, 2), date(2026, 12, 2))
    assert [(day.number, day.state) for day in days] == [(30, ""), (1, ""), (2, "today")]
    closed = window_days(date(2026, 11, 30), date(2026, 12, 2), date(2026, 12, 5))
    assert [day.state for day in closed] == ["", "", ""]


def bars(*values: int) -> list[Bar]:
    """Return bars with these values, the last of them current."""
    last = len(values) - 1
    return [
        Bar(label=str(place), value=Decimal(value), shown=str(value), current=place == last)
        for place, value in enumerate(values)
    ]


@given(st.lists(st.integers(-1000, 10**9), max_size=36))
def test_bars_stand_side_by_side_inside_the_drawing(values: list[int]) -> None:
    drawn = draw(bars(*values)).shapes
    edges = [0.0]
    for shape in drawn:
        left, width = float(shape.x[:-1]), float(shape.width[:-1])
        edges += [left, left + width]
        assert 0 <= float(shape.height[:-2]) <= FULL
        assert float(shape.value_y[:-2]) > 0
    assert all(a <= b + 0.02 for a, b in pairwise(edges))
    assert edges[-1] <= 100
    if values and max(values) > 0:
        assert max(float(shape.height[:-2]) for shape in drawn) == FULL


def test_all_labels_of_half_a_year_show() -> None:
    shapes = draw(bars(1, 2, 3, 4, 5, 6)).shapes
    assert {(shape.value_class, shape.label_class) for shape in shapes} == {("", "")}


def test_long_sums_thin_out_on_a_phone_even_of_half_a_year() -> None:
    shapes = draw(bars(1096887, 1104269, 1113449, 1094588, 1124392, 1103323)).shapes
    assert [shape.value_class for shape in shapes] == [*["wide-only"] * 5, ""]


def test_labels_of_a_year_thin_out_on_a_phone() -> None:
    shapes = draw(bars(1, 9, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4)).shapes
    assert [place for place, shape in enumerate(shapes) if shape.value_class == ""] == [1, 11]
    assert [shape.label_class for shape in shapes] == ["wide-only", ""] * 6


def test_neighbour_of_the_current_bar_does_not_run_into_it() -> None:
    shapes = draw(bars(1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 99, 50)).shapes
    assert [place for place, shape in enumerate(shapes) if shape.value_class == ""] == [11]


def test_last_year_stands_beside() -> None:
    shape = draw([Bar("окт", Decimal(5), "5", before=Decimal(10))]).shapes[0]
    assert float(shape.before_height[:-2]) == FULL
    assert float(shape.height[:-2]) == FULL / 2
    assert float(shape.before_x[:-1]) + float(shape.width[:-1]) <= float(shape.x[:-1])


@pytest.mark.parametrize(
    ("hotline", "address"),
    [
        ("8 (343) 000-00-00", "tel:+73430000000"), ("+7 343 000-00-00", "tel:+73430000000"),
        ("8 800 100-00-00", "tel:+78001000000"), ("05", "tel:05"),
    ],
)  # fmt: skip
def test_hotline_can_be_pressed(hotline: str, address: str) -> None:
    assert Frame("", "", hotline=hotline).hotline_address == address


def test_hotline_in_words() -> None:
    assert Frame("", "", hotline="05", hotline_hours="круглосуточно").hotline_in_words == (
        "05, круглосуточно"
    )
    assert Frame("", "", hotline="05").hotline_in_words == "05"


def test_current_account_is_always_on_top() -> None:
    accounts = tuple(NavItem(str(n), f"/{n}/", current=n == 6) for n in range(8))
    frame = Frame("", "", accounts=accounts)
    assert [item.title for item in frame.shown_accounts] == ["6", "0", "1", "2"]
    assert [item.title for item in frame.other_accounts] == ["3", "4", "5", "7"]
    few = Frame("", "", accounts=accounts[:2])
    assert few.shown_accounts == accounts[:2]
    assert few.other_accounts == ()


def test_a_long_number_in_a_corner_stays_within_the_page():
    shapes = draw(bars(12345, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12345)).shapes
    assert [shape.value_anchor for shape in shapes] == ["start", *[""] * 10, "end"]
    assert shapes[0].value_x == shapes[0].x
    assert float(shapes[-1].value_x[:-1]) < 100
    short = draw(bars(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)).shapes
    assert {shape.value_anchor for shape in short} == {""}
