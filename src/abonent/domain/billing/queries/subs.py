"""What the meters behind head meters counted: their accounts may be in any chunk."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing.rules.lines import Inputs, Lines, charge_lines
from abonent.domain.billing.rules.losses import METER
from abonent.domain.billing.rules.parameters import Parameters
from abonent.domain.billing.rules.subs import SUBS, no_subs
from abonent.domain.billing.rules.words import Problem
from abonent.domain.metering.queries.profiles import subs_frame

# What stands between a known volume and its price does not make the volume unknown.
_OF_PRICES = [Problem.NO_RATE, Problem.NO_VAT, Problem.NO_HEATING_NORM]


def sub_volumes(
    *,
    span: dict[str, Any],
    parameters: Parameters,
    horizon: Period,
    gather: Callable[..., Inputs],
) -> pl.DataFrame:
    """Return SUBS of the head meters of a range of accounts, or of ``only`` some of them.

    ``gather`` is ``inputs.inputs``. A sub-consumer's volume is the
    one that it is billed by, estimated or by the norm where its meter is silent; what
    hangs behind it in turn is a part of it.
    """
    found = subs_frame(
        first_id=span["first_id"], last_id=span["last_id"], month=span["month"],
        month_end=span["month_end"],
    )  # fmt: skip
    if span["only"] is not None:
        found = found.filter(pl.col("account_id").is_in(span["only"]))
    if found.is_empty():
        return no_subs()
    frames = [no_subs()]
    gross = replace(parameters, gross=True)
    for first, last in _runs(found["sub_account_id"].unique().sort().to_list()):
        mine = found.filter(pl.col("sub_account_id").is_between(first, last))
        given = gather(
            supplier_id=span["supplier_id"], first_id=first, last_id=last, parameters=gross,
            horizon=horizon, only=list(range(first, last + 1)),
        )  # fmt: skip
        result = charge_lines(given, gross)
        frames += [_metered(mine, result), _otherwise(mine, result)]
    return pl.concat(frames)


def _runs(ids: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the unbroken runs of identifiers."""
    start = previous = ids[0]
    for one in ids[1:]:
        if one != previous + 1:
            yield start, previous
            start = one
        previous = one
    yield start, previous


def _unknown(result: Lines) -> pl.DataFrame:
    """Return the services whose volume the month does not know."""
    return (
        result.problems.filter(~pl.col("problem").is_in(_OF_PRICES))
        .select("account_id", "service_id")
        .unique()
    )


_SUB = {"account_id": "sub_account_id", "service_id": "sub_service_id", "serial": "sub_serial"}


def _metered(subs: pl.DataFrame, result: Lines) -> pl.DataFrame:
    """Return the volumes of the meters that were read."""
    good = result.volumes.join(_unknown(result), on=["account_id", "service_id"], how="anti")
    sums = good.group_by(*METER, "zone").agg(pl.col("volume").sum()).rename(_SUB)
    return subs.join(sums, on=list(_SUB.values())).sort(*METER, "sub_id", "zone").select(list(SUBS))


def _otherwise(subs: pl.DataFrame, result: Lines) -> pl.DataFrame:
    """Return the volumes of the meters that were not: by the lines of the service, or null.

    A silent meter that shares its service with another one has no lines of its own.
    """
    key = ["sub_account_id", "sub_service_id"]
    rest = subs.join(result.volumes.rename(_SUB), on=list(_SUB.values()), how="anti")
    charged = (
        result.lines.filter(pl.col("component").is_in(["", "water"]))
        .group_by("account_id", "service_id")
        .agg(pl.col("volume").sum())
        .rename({name: _SUB[name] for name in ("account_id", "service_id")})
    )
    unknown = _unknown(result).rename({name: _SUB[name] for name in ("account_id", "service_id")})
    alone = pl.len().over(key) == 1
    rows = (
        rest.join(charged, on=key, how="left")
        .join(unknown.with_columns(pl.lit(value=True).alias("lost")), on=key, how="left")
        .with_columns(alone.alias("alone"))
    )
    shared = rows.join(
        result.volumes.select(
            pl.col("account_id").alias("sub_account_id"),
            pl.col("service_id").alias("sub_service_id"),
            pl.lit(value=True).alias("others"),
        ).unique(),
        on=key,
        how="left",
    )
    volume = (
        pl.when(pl.col("lost"))
        .then(None)
        .when(pl.col("others"))
        .then(0)
        .when(~pl.col("alone") & (pl.col("volume") > 0))
        .then(None)
        .otherwise(pl.col("volume").fill_null(0))
    )
    return (
        shared.with_columns(volume.alias("volume"), pl.lit("single").alias("zone"))
        .sort(*METER, "sub_id")
        .select(list(SUBS))
        .cast(pl.Schema(SUBS))
    )
