"""Meters put on where the norm applied: from which month they are billed by (PP 354 p. 81)."""

from datetime import date

import polars as pl

from abonent.common.frames import read_frame
from abonent.domain.billing.rules.parameters import Parameters
from abonent.domain.metering.queries import silence as metering
from abonent.domain.tariffs.rules.force import rows_in_force

REMEMBERED = 4  # months in which the first reading of a new meter may still be awaited


def with_commissioning(
    registers: pl.DataFrame, people: pl.DataFrame, agreements: pl.DataFrame, parameters: Parameters
) -> pl.DataFrame:
    """Add ``normed_month``: the month of commissioning, in which the norm still applied.

    Null for a meter that is billed from its first day: another stood there before, the
    agreement began with it, there is no norm, or it was put on before billing began here.
    The norm applied before when a bill charged it, in the first month billed here when the
    agreement is older than the month.
    """
    period = parameters.period
    since = max(period.plus(-REMEMBERED).first_day, parameters.start)
    new = registers.filter(
        (pl.col("installed_on") >= since)
        & pl.col("initial").is_not_null()
        & (pl.col("service_kind") != "heat")
    )
    if new.is_empty():
        return registers.with_columns(pl.lit(None, pl.Date).alias("normed_month"))
    homes = people.filter(pl.col("kind") == "household").select("account_id", "category")
    new = new.join(homes, on="account_id")
    first = metering.first_registers(registers=new["register_id"].to_list())
    new = new.join(first, on="register_id", how="semi").with_columns(
        pl.col("installed_on").dt.month_start().alias("normed_month")
    )
    new = new.join(_norms(new, parameters), on=["service_id", "category"], how="semi")
    before = _normed_before(new, agreements, parameters)
    known = new.join(before, on=["account_id", "service_id", "normed_month"], how="semi")
    return registers.join(
        known.select("register_id", "normed_month"),
        on="register_id",
        how="left",
        maintain_order="left",
    )


def _norms(new: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    wanted = (
        new.select("service_id", "category")
        .unique()
        .with_columns(
            pl.col("category").fill_null("").alias("norm_category"),
            pl.lit(parameters.end).alias("day"),
        )
    )
    rows = parameters.norms.filter(pl.col("per").is_in(["resident", "m2"]))
    found = rows_in_force(wanted, rows, ["service_id"], "norm_category")
    return wanted.join(found, on=["service_id", "norm_category"], how="semi")


def _normed_before(
    new: pl.DataFrame, agreements: pl.DataFrame, parameters: Parameters
) -> pl.DataFrame:
    """Return account, service and month of commissioning where the norm applied before it."""
    key = ["account_id", "service_id", "normed_month"]
    billed = _norm_months(new["account_id"].unique().to_list())
    by_bill = new.join(billed, on=["account_id", "service_id"]).filter(
        pl.col("period") < pl.col("normed_month")
    )
    opening = new.filter(
        (pl.col("normed_month") == pl.lit(parameters.start))
        & (pl.col("installed_on") > pl.col("normed_month"))
    ).join(agreements, on=["account_id", "service_id"])
    older = opening.filter(pl.col("valid_from") < pl.col("normed_month"))
    return pl.concat([by_bill.select(key), older.select(key)]).unique()


def _norm_months(accounts: list[int]) -> pl.DataFrame:
    return read_frame(
        """SELECT DISTINCT c.account_id, c.service_id, c.period FROM billing_charge c
             JOIN billing_billingrun r ON r.id = c.run_id AND r.state = 'published'
            WHERE c.account_id = ANY(%(ids)s) AND c.method = 'norm'""",
        {"account_id": pl.Int64, "service_id": pl.Int64, "period": pl.Date},
        {"ids": accounts},
    )


def billed_by_meter(registers: pl.DataFrame, month: date) -> pl.DataFrame:
    """Return the registers that a month is billed by: not those put on in it under a norm."""
    normed = registers["normed_month"] == month
    return registers.filter(~normed.fill_null(value=False)) if normed.any() else registers
