"""What of the counted arrears interest a bill levies, and why (EXCHANGE 3). Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from abonent.domain.billing.rules.penalties import KEY, SPAN, WHOLE, as_one_line, counted, span_sum

LEVY = {
    "account_id": pl.Int64, "service_id": pl.Int64, "month": pl.Date, "amount": pl.Int64,
    "counted": pl.Int64, "basis": pl.String,
}  # fmt: skip
# The names of a span in the stored basis and in the statement.
_NAMES = {"due_on": "due", "from_on": "from", "to_on": "to", "base": "base", "share": "share",
          "rate": "rate"}  # fmt: skip


@dataclass(frozen=True)
class SpanView:
    """Days of delay with one base and one rate; ``total`` is exact, in kopecks.

    ``rate`` in percent; ``share`` is the denominator of the daily share: 300, 170, 130.
    """

    due_on: date
    from_on: date
    to_on: date
    days: int
    base: int
    share: int
    rate: Decimal
    total: Fraction


@dataclass(frozen=True)
class LevyWhy:
    """The days behind a levied sum: what they give, and what was levied before."""

    as_of: date
    spans: tuple[SpanView, ...]
    counted: int
    before: int
    forgiven: int

    @property
    def amount(self) -> int:
        """Return what the bill levies by these days; what was forgiven is not given back."""
        return max(self.counted, self.forgiven) - self.before


def levies(sums: pl.DataFrame, spans: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return what is new of the counted interest (LEVY), with its days kept in ``basis``.

    ``sums``: KEY, counted, levied, forgiven. A service and month of debt with nothing new
    has no row; one that now costs less than was levied has a negative one, down to what was
    forgiven.
    """
    costs = pl.max_horizontal("counted", "forgiven")
    new = sums.with_columns((costs - pl.col("levied")).alias("amount")).filter(
        pl.col("amount") != 0
    )
    days = [pl.col(name).alias(short) for name, short in _NAMES.items()]
    behind = (
        as_one_line(spans.join(new.select(KEY), on=KEY, how="semi"))
        .sort(*KEY, "from_on", "due_on", "share", "rate")
        .group_by(KEY, maintain_order=True)
        .agg(pl.struct(days).alias("spans"))
    )
    empty = pl.lit([], pl.List(behind.schema["spans"].inner))  # type: ignore[attr-defined]  # set by a middleware or a library without types
    kept = pl.struct(
        pl.lit(as_of).alias("as_of"),
        pl.col("levied").alias("before"),
        "forgiven",
        pl.coalesce("spans", empty).alias("spans"),
    )
    return (
        new.join(behind, on=KEY, how="left")
        .with_columns(kept.struct.json_encode().alias("basis"))
        .select(list(LEVY))
        .sort(KEY)
    )


def levy_why(basis: str) -> LevyWhy:
    """Count the days of a stored basis anew, by the rule that counted them first."""
    told: Mapping[str, Any] = json.loads(basis)
    days = ("due", "from", "to")
    rows = [
        (1, 1, date(1, 1, 1), *(date.fromisoformat(span[name]) for name in days),
         span["base"], span["share"], span["rate"])
        for span in told["spans"]
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema=SPAN, orient="row")
    return LevyWhy(
        as_of=date.fromisoformat(told["as_of"]),
        spans=span_views(frame),
        counted=int(counted(frame)["counted"].sum()) if rows else 0,
        before=told["before"],
        forgiven=told["forgiven"],
    )


def span_views(spans: pl.DataFrame) -> tuple[SpanView, ...]:
    """Return the days of a frame (SPAN, every rate known) as people are shown them."""
    return tuple(
        SpanView(
            due_on=row["due_on"],
            from_on=row["from_on"],
            to_on=row["to_on"],
            days=(row["to_on"] - row["from_on"]).days + 1,
            base=row["base"],
            share=row["share"],
            rate=Decimal(row["rate"]) / 100,
            total=Fraction(row["exact"], WHOLE),
        )
        for row in spans.with_columns(span_sum().alias("exact")).iter_rows(named=True)
    )


def four_digits(kopecks: Fraction) -> str:
    """Write an exact sum in roubles with four digits: parts of kopecks add up over the days."""
    ten_thousandths = int(kopecks * 100 + Fraction(1, 2))
    return f"{ten_thousandths // 10_000}.{ten_thousandths % 10_000:04}"
