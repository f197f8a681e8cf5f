"""Sub-consumers: what is counted behind a head meter is not its owner's (RULES 1.8). Pure."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import polars as pl

from abonent.domain.billing.rules.losses import METER, half_up
from abonent.domain.billing.rules.shapes import PROBLEMS
from abonent.domain.tariffs.rules.pricing import UNIT, ZONE_ORDER

# What each meter behind a head counted in the month: millionths by zone; null: not known.
SUBS = {
    "account_id": pl.Int64,  # of the head
    "service_id": pl.Int64,
    "serial": pl.String,
    "sub_id": pl.Int64,  # the meter behind it
    "sub_serial": pl.String,
    "zone": pl.String,
    "volume": pl.Int64,
}
Volumes = dict[str, int]


@cache
def no_subs() -> pl.DataFrame:
    """Return no rows of SUBS."""
    return pl.DataFrame(schema=SUBS)


def without_subs(rows: pl.DataFrame, subs: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take the sub-consumers off the intervals of their heads; returns (rows, PROBLEMS).

    ``rows``: METER, zone, to_on, volume (billed, millionths), whole_units, note. V_net =
    V_head − Σ V_sub by zones, never below zero; what was below is told in ``note``. A
    meter of other zones than its head's is spread over the head's by what they counted.
    A head with a sub-consumer of unknown volume is left out by name.
    """
    if subs.is_empty():
        return rows, PROBLEMS
    unknown = subs.filter(pl.col("volume").is_null())
    problems = unknown.select(
        "account_id",
        "service_id",
        pl.lit("sub_consumers").alias("problem"),
        pl.format("{}, субабонент {}", "serial", "sub_serial").alias("parameter"),
    ).unique(maintain_order=True)
    known = subs.join(unknown.select(METER).unique(), on=METER, how="anti")
    if known.is_empty():
        return rows, problems
    rows = rows.with_row_index("nth")
    mine = rows.join(known.select(METER).unique(), on=METER, how="semi")
    order = pl.col("zone").replace_strict(ZONE_ORDER, default=9)
    behind = known.partition_by(METER, as_dict=True)
    results: list[tuple[int, int, str]] = []
    for key, of_head in mine.sort(order, "to_on").group_by(METER, maintain_order=True):
        results += _net(of_head.to_dicts(), behind[key])
    volumes = pl.DataFrame(
        results, schema={"nth": pl.UInt32, "net": pl.Int64, "told": pl.String}, orient="row"
    )
    done = rows.join(volumes, on="nth", how="left", maintain_order="left").with_columns(
        pl.coalesce("net", "volume").alias("volume"),
        (pl.col("note") + pl.col("told").fill_null("")).alias("note"),
    )
    return done.drop("nth", "net", "told"), problems


def _net(rows: list[dict[str, Any]], subs: pl.DataFrame) -> list[tuple[int, int, str]]:
    """Return (row, net volume, members of the basis) of a head's intervals."""
    counted: Volumes = {}
    for row in rows:
        counted[row["zone"]] = counted.get(row["zone"], 0) + row["volume"]
    step = UNIT if rows[0]["whole_units"] else 1
    off = dict.fromkeys(counted, 0)
    for _, of_sub in subs.group_by("sub_id", maintain_order=True):
        volumes = dict(of_sub.select("zone", "volume").iter_rows())
        for zone, volume in _by_zones_of(counted, volumes, step).items():
            off[zone] += volume
    results = []
    for zone, head in counted.items():
        net = max(half_up(Fraction(head - off[zone], step)) * step, 0)
        left, rest = head - net, head
        intervals = [row for row in rows if row["zone"] == zone]
        for place, row in enumerate(intervals):
            last = place == len(intervals) - 1
            share = Fraction(left * row["volume"], rest * step) if rest else Fraction(0)
            cut = left if last else half_up(share) * step
            left -= cut
            told = f',"u":{{"h":{head},"v":{off[zone]},"n":{net}}}' if place == 0 else ""
            results.append((row["nth"], row["volume"] - cut, told))
            rest -= row["volume"]
    return results


def _by_zones_of(head: Volumes, sub: Mapping[str, int], step: int) -> Volumes:
    """Return a sub-consumer's volume by the zones of its head."""
    if set(sub) <= set(head):
        return dict(sub)
    left, weight = sum(sub.values()), sum(head.values())
    spread: Volumes = {}
    zones = list(head)
    for place, zone in enumerate(zones):
        share = Fraction(left * head[zone], weight) if weight else Fraction(left)
        part = left if place == len(zones) - 1 else half_up(share / step) * step
        spread[zone] = part
        left, weight = left - part, weight - head[zone]
    return spread
