"""New minus old, line by line, and nothing a second time (RULES 0.3, 9)."""

from datetime import date

import polars as pl

from abonent.domain.billing.rules.charged import LINE
from abonent.domain.billing.rules.corrections import PLACE, WAS, correction_lines

MONTH = "2026-08"
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


def should_be(*rows):
    """Rows: (band, rate, volume, amount)."""
    frame = pl.DataFrame(
        [(1, 7, "", "single", *row, row[-1] // 10, "kwh") for row in rows],
        schema={**{name: WAS[name] for name in (*PLACE, "rate", "volume", "amount", "vat")},
                "unit": pl.String}, orient="row",
    )  # fmt: skip
    return frame.with_columns(
        pl.lit(None).alias(name) for name in LINE if name not in frame.columns
    )


def billed(*rows):
    """Rows: (band, rate, volume, amount, month of the bill, line)."""
    return pl.DataFrame(
        [
            {"account_id": 1, "service_id": 7, "component": "", "zone": "single", "band": band,
             "rate": rate, "unit": "kwh", "volume": volume, "amount": amount, "vat": amount // 10,
             "period": month, "line": line}
            for band, rate, volume, amount, month, line in rows
        ],
        schema=WAS,
    )  # fmt: skip


def corrected(new, old):
    found = correction_lines(new, old, MONTH)
    return found.select("band", "rate", "volume", "amount", "corrects").rows()


AUGUST = date(2026, 8, 1)
FIRST = (1, 500, 100, 50_000, AUGUST, 1)


def test_another_volume():
    assert corrected(should_be((1, 500, 120, 60_000)), billed(FIRST)) == [
        (1, 500, 20, 10_000, "2026-08/1")
    ]


def test_another_price_is_one_line_that_names_the_corrected_one():
    assert corrected(should_be((1, 600, 100, 60_000)), billed(FIRST)) == [
        (1, 600, 0, 10_000, "2026-08/1")
    ]


def test_what_was_corrected_is_not_corrected_again():
    since = (1, 600, 0, 10_000, SEPTEMBER, 1)
    assert corrected(should_be((1, 600, 100, 60_000)), billed(FIRST, since)) == []
    assert corrected(should_be((1, 500, 100, 50_000)), billed(FIRST, since)) == [
        (1, 500, 0, -10_000, "2026-08/1")
    ]
    back = (1, 500, 0, -10_000, OCTOBER, 1)
    assert corrected(should_be((1, 500, 100, 50_000)), billed(FIRST, since, back)) == []


def test_a_price_that_changed_inside_adds_a_line_of_the_month():
    new = should_be((1, 500, 70, 35_000), (1, 600, 30, 18_000))
    found = corrected(new, billed(FIRST))
    assert found == [(1, 500, -30, -15_000, "2026-08/1"), (1, 600, 30, 18_000, "2026-08")]
    since = [(*row[:4], SEPTEMBER, 1 if "/" in row[4] else None) for row in found]
    assert corrected(new, billed(FIRST, *since)) == []


def test_lines_of_one_price_are_corrected_together():
    second = (1, 500, 10, 5_000, AUGUST, 2)
    new = should_be((1, 600, 110, 66_000))
    assert corrected(new, billed(FIRST, second)) == [(1, 600, 0, 11_000, "2026-08/1")]
    since = (1, 600, 0, 11_000, SEPTEMBER, 1)
    assert corrected(new, billed(FIRST, second, since)) == []


def test_a_line_that_should_not_have_been_is_taken_back():
    second = (2, 900, 10, 9_000, AUGUST, 2)
    assert corrected(should_be((1, 500, 100, 50_000)), billed(FIRST, second)) == [
        (2, 900, -10, -9_000, "2026-08/2")
    ]
