"""From what a meter showed to what is billed: losses and whole kilowatt-hours (RULES 1.8). Pure."""

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import polars as pl

from abonent.common.periods import Period
from abonent.domain.billing.rules import losses
from abonent.domain.billing.rules.contracts import KEY, Terms, tied
from abonent.domain.billing.rules.firms import Firms
from abonent.domain.billing.rules.losses import METER, Lost, MeterKey, formula_losses
from abonent.domain.billing.rules.subs import without_subs
from abonent.domain.tariffs.rules.pricing import UNIT, WIDE, ZONE_ORDER, half_up

LOSS_SCALE = 1_000_000  # a share of losses is given in millionths


def measured(
    rows: pl.DataFrame, intervals: pl.DataFrame, firms: Firms, terms: Terms, period: Period
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the intervals with what is billed of them, and what is not known (PROBLEMS).

    ``rows``: the intervals of active energy with category and zones of their usage point,
    account_kind and service_kind. ``intervals``: of all registers, the reactive ones too.
    """
    rows, loose = tied(rows, terms)
    firm = (pl.col("account_kind") == "organisation") & (pl.col("service_kind") == "electricity")
    rows = rows.with_columns(firm.alias("whole_units"))
    untied = loose.select(
        *KEY, pl.lit("no_contract").alias("problem"), pl.col("serial").alias("parameter")
    )
    if firms.losses.is_empty():
        net, unknown = without_subs(counted(rows, {}), firms.subs)
        return net, pl.concat([untied, unknown])
    reactive = intervals.filter(pl.col("problem").is_null() & (pl.col("zone") == "reactive"))
    lost, unknown = formula_losses(rows, reactive, firms.losses, period.first_day, period.last_day)
    net, behind = without_subs(counted(rows, lost), firms.subs)
    return net, pl.concat([untied, unknown, behind])


def counted(rows: pl.DataFrame, lost: Mapping[MeterKey, list[Lost]]) -> pl.DataFrame:
    """Add the losses to the volumes, and round those that are billed whole.

    ``rows``: METER, zone, to_on, volume (millionths, after the ratio), losses (millionths
    of it, signed), side (1 or −1), whole_units (an organisation's electricity: half up to
    1 kWh, per meter and zone, after all multiplications). V = V_meter × (1 ± p / 100) ± ΔW
    is rounded once. ``lost``: the result of ``losses.formula_losses``. ``note`` takes JSON
    members for the explanation.
    """
    if not lost:
        return _by_percent(rows)
    rows = rows.with_row_index("nth")
    meters = pl.DataFrame(list(lost), schema=rows.select(METER).schema, orient="row")
    of_formula = rows.join(meters, on=METER, how="semi")
    plain = _by_percent(rows.join(meters, on=METER, how="anti"))
    done = _by_formula(of_formula, lost)
    return pl.concat([plain, done.select(plain.columns)]).sort("nth").drop("nth")


def _by_percent(rows: pl.DataFrame) -> pl.DataFrame:
    if not rows["whole_units"].any() and (rows["losses"] == 0).all():
        return rows.with_columns(pl.col("note").fill_null(""))
    exact = pl.col("volume").cast(WIDE) * (LOSS_SCALE + pl.col("losses").cast(WIDE))
    whole = half_up(exact, pl.lit(LOSS_SCALE * UNIT).cast(WIDE)) * UNIT
    with_losses = half_up(exact, pl.lit(LOSS_SCALE).cast(WIDE))
    volume = (
        pl.when("whole_units")
        .then(whole)
        .when(pl.col("losses") != 0)
        .then(with_losses)
        .otherwise(pl.col("volume").cast(WIDE))
    )
    shown = pl.when(pl.col("losses") != 0).then(pl.format(',"l":{}', "losses"))
    note = (pl.col("note").fill_null("") + shown.fill_null("")).alias("note")
    return rows.with_columns(volume.cast(pl.Int64).alias("volume"), note)


def _by_formula(rows: pl.DataFrame, lost: Mapping[MeterKey, list[Lost]]) -> pl.DataFrame:
    """Share a meter's losses between its zones and intervals by what each of them counted.

    Without any consumption the idle losses go to the first zone.
    """
    order = pl.col("zone").replace_strict(ZONE_ORDER, default=9)
    results: list[tuple[int, int, str]] = []
    for key, of_meter in rows.sort(order, "to_on").group_by(METER, maintain_order=True):
        results += _of_meter(of_meter.to_dicts(), lost[key])
    schema = {"nth": pl.UInt32, "volume": pl.Int64, "note": pl.String}
    volumes = pl.DataFrame(results, schema=schema, orient="row")
    return rows.drop("volume", "note").join(volumes, on="nth")


def _of_meter(rows: list[dict[str, Any]], lost: list[Lost]) -> list[tuple[int, int, str]]:
    total = sum(row["volume"] for row in rows)
    whole_lost = sum((one.volume for one in lost), Fraction(0)) * UNIT
    results = []
    for place, row in enumerate(rows):
        share = Fraction(row["volume"], total) if total else Fraction(int(place == 0))
        exact = Fraction(row["volume"]) * Fraction(LOSS_SCALE + row["losses"], LOSS_SCALE)
        # A meter on the network's side takes the losses off, but never more than it counted.
        exact = max(exact + row["side"] * whole_lost * share, Fraction(0))
        step = UNIT if row["whole_units"] else 1
        note = row["note"] or ""
        if row["losses"]:
            note += f',"l":{row["losses"]}'
        if place == 0:
            told = [one.basis | {"side": row["side"]} for one in lost]
            note += f',"x":{json.dumps(told, separators=(",", ":"))}'
        results.append((row["nth"], losses.half_up(exact / step) * step, note))
    return results
