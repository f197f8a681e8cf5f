"""What an account's contracts say of price and losses: agreements.csv (RULES 1.8). Pure.

An account may have several contracts for one service; a meter names its contract, a price
of the contract overrides the tariff. A contract with a price of its own, or with terms
that change within the month, gets a category of its own, ``key``, and the price is a row
of that category: from there on it is priced like any tariff.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

import polars as pl

from abonent.domain.tariffs.rules.pricing import ZONE_ORDER

KEY = ["account_id", "service_id"]
CONTRACT = {
    "agreement_id": pl.Int64,
    "account_id": pl.Int64,
    "service_id": pl.Int64,
    "contract": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "tariff_category": pl.String,
    "zones": pl.String,
    "price": pl.Int64,  # 1/100000 ₽ without VAT, null: by the tariff
    "losses": pl.Int64,  # millionths of the counted volume, negative: subtracted
    "side": pl.Int64,  # 1: losses are added, −1: subtracted
    # What is paid without readings, in millionths of kW, hours, mm, Gcal an hour, °C.
    "max_power": pl.Int64,
    "hours_per_day": pl.Int64,
    "pipe_mm": pl.Int64,
    "q_base": pl.Int64,
    "t_in": pl.Int64,
    "t_out_design": pl.Int64,
}
OF_MONTH = {**CONTRACT, "start": pl.Date, "end": pl.Date, "key": pl.String}
LIVING = {
    **CONTRACT, "start": pl.Date, "end": pl.Date, "unlike": pl.Boolean, "only": pl.Boolean,
    "key": pl.String,
}  # fmt: skip
BEGINNING = date(1900, 1, 1)
SIGN = "\u2063"  # between the parts of a key; no category of a file holds it


@cache
def no_contracts() -> pl.DataFrame:
    """Return no rows of CONTRACT."""
    return pl.DataFrame(schema=CONTRACT)


@dataclass(frozen=True)
class Terms:
    """The contracts of a month.

    ``rows``: CONTRACT with start, end, key (null: priced by its category alone).
    ``live``: the row of each contract that is in force last in the month, with ``unlike``
    (the service's contracts differ) and ``only`` (the service has no other).
    """

    rows: pl.DataFrame
    live: pl.DataFrame

    @property
    def empty(self) -> bool:
        """Return whether no account has a contract with terms."""
        return self.live.is_empty()


@cache
def no_terms() -> Terms:
    """Return the terms of a month in which nobody has any."""
    return Terms(pl.DataFrame(schema=OF_MONTH), pl.DataFrame(schema=LIVING))


def terms_of(contracts: pl.DataFrame, month: date) -> Terms:
    """Return the contracts in force in the month with the days of each of their rows.

    ``contracts``: CONTRACT, all rows that begin by the month's end. A row ends where the
    next one of its contract begins. The first row of a contract serves the days before it
    too and the last one those after it: a reading may be older than the contract.
    """
    if contracts.is_empty():
        return no_terms()
    of = [*KEY, "contract"]
    rows = contracts.sort(*of, "valid_from", "agreement_id", nulls_last=False).with_columns(
        pl.col("valid_from").fill_null(BEGINNING).alias("start")
    )
    following = pl.col("start").shift(-1).over(of)
    rows = rows.with_columns(
        pl.when(following.is_null())
        .then(None)
        .otherwise(pl.min_horizontal("valid_to", following.dt.offset_by("-1d")))
        .alias("end"),
        pl.when(pl.col("start") == pl.col("start").min().over(of))
        .then(pl.lit(BEGINNING))
        .otherwise("start")
        .alias("start"),
    )
    over = pl.min_horizontal("valid_to", "end")
    living = rows.filter(over.is_null() | (over >= month))
    alike = pl.struct("tariff_category", "zones", "price", "losses", "side")
    live = living.unique(of, keep="last", maintain_order=True).with_columns(
        (alike.n_unique().over(KEY) > 1).alias("unlike"),
        (pl.len().over(KEY) == 1).alias("only"),
    )
    dated = (
        rows.join(live.select(of), on=of, how="semi")
        .group_by(of)
        .agg(pl.col("price").is_not_null().any().alias("priced"))
    )
    changing = living.group_by(of).agg((pl.col("tariff_category").n_unique() > 1).alias("changing"))
    own = (
        dated.join(changing, on=of, how="left")
        .filter(pl.col("priced") | pl.col("changing"))
        .select(
            *of,
            pl.concat_str(pl.lit(SIGN), "account_id", pl.lit(SIGN), "contract").alias("key"),
        )
    )
    return Terms(
        rows.join(own, on=of, how="inner"), live.join(own, on=of, how="left", maintain_order="left")
    )


def tied(rows: pl.DataFrame, terms: Terms) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tie meters to their contracts; returns (rows, those whose contract is not clear).

    ``rows``: account_id, service_id, serial, contract (of the meter), category, zones. The
    meter's contract, else the only one, else the one without a number, else any when all
    are alike. Adds ``key``, ``losses``, ``side`` and ``agreement_id``.
    """
    plain = [
        pl.lit(None, pl.String).alias("key"),
        pl.lit(0, pl.Int64).alias("losses"),
        pl.lit(1, pl.Int64).alias("side"),
        pl.lit(None, pl.Int64).alias("agreement_id"),
    ]
    if terms.empty:
        return rows.with_columns(plain), rows.clear()
    live = terms.live.select(
        *KEY, "contract", "tariff_category", pl.col("zones").alias("of_zones"), "losses", "side",
        "key", "unlike", "only", "agreement_id",
    )  # fmt: skip
    marked = rows.with_columns(pl.col("contract").fill_null("")).with_row_index("row")
    named = marked.join(live, on=[*KEY, "contract"])
    rest = marked.join(named.select("row"), on="row", how="anti")
    general = live.filter(pl.col("only") | ~pl.col("unlike") | (pl.col("contract") == ""))
    general = general.sort(*KEY, "contract").unique(KEY, keep="first", maintain_order=True)
    found = pl.concat([named, rest.join(general.drop("contract"), on=KEY).select(named.columns)])
    without = rest.join(found.select("row"), on="row", how="anti")
    unclear = without.join(live.select(KEY).unique(), on=KEY, how="semi")
    free = without.join(unclear.select("row"), on="row", how="anti")
    done = found.with_columns(
        pl.coalesce("key", "tariff_category").fill_null("").alias("category"),
        pl.col("of_zones").fill_null("").alias("zones"),
    ).drop("tariff_category", "of_zones", "unlike", "only")
    both = pl.concat([done, free.with_columns(plain).select(done.columns)])
    return both.sort("row").drop("row"), unclear.drop("row")


def with_own_heat(points: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Take those out of the heat of their house whose contract has a heat load of its own.

    ``points``: account_id, service_id, house_id. Their house is a building that stands
    alone; it only says where they are.
    """
    if terms.empty:
        return points
    own = terms.live.filter(pl.col("q_base").is_not_null()).select(KEY).unique()
    if own.is_empty():
        return points
    marked = points.join(
        own.with_columns(pl.lit(value=True).alias("own_heat")), on=KEY, how="left",
        maintain_order="left",
    )  # fmt: skip
    house = pl.when(pl.col("own_heat").is_null()).then("house_id").alias("house_id")
    return marked.with_columns(house).drop("own_heat")


def own_changes(terms: Terms, changes: pl.DataFrame) -> pl.DataFrame:
    """Return the days on which a contract's price changes: service_id, category, change_on.

    ``changes``: the days of the tariffs' categories; they count where a row of the
    contract leaves the price to the tariff.
    """
    starts = terms.rows.filter(pl.col("start") > BEGINNING).select(
        "service_id", pl.col("key").alias("category"), pl.col("start").alias("change_on")
    )
    by_tariff = (
        terms.rows.filter(pl.col("price").is_null())
        .with_columns(pl.col("tariff_category").alias("category"))
        .join(changes, on=["service_id", "category"])
        .filter(
            (pl.col("change_on") > pl.col("start"))
            & (pl.col("end").is_null() | (pl.col("change_on") <= pl.col("end")))
        )
        .select("service_id", pl.col("key").alias("category"), "change_on")
    )
    return pl.concat([starts, by_tariff]).unique()


def tariff_categories(terms: Terms) -> pl.DataFrame:
    """Return the categories (service_id, category) that contracts fall back to."""
    rows = terms.rows.filter(pl.col("price").is_null())
    return rows.select("service_id", pl.col("tariff_category").alias("category")).unique()


def own_rates(terms: Terms, rates: pl.DataFrame) -> pl.DataFrame:
    """Return the tariffs' rows and one for each price of a contract and zone.

    The identifier of such a row is that of the agreement, negative. A price of a contract
    has neither bands nor components nor seasons, and is without VAT.
    """
    if terms.empty:
        return rates
    priced = terms.rows.filter(pl.col("price").is_not_null())
    if priced.is_empty():
        return rates
    zones = pl.DataFrame({"zone": [zone for zone in ZONE_ORDER if zone != "reactive"]})
    own = priced.join(zones, how="cross").select(
        (-pl.col("agreement_id")).alias("rate_id"),
        "service_id",
        pl.lit("").alias("component"),
        pl.col("key").alias("category"),
        "zone",
        pl.lit(0, pl.Int64).alias("from_quantity"),
        pl.col("start").alias("valid_from"),
        pl.col("end").alias("valid_to"),
        pl.col("price").alias("rate"),
        pl.lit(value=False).alias("vat_included"),
        pl.lit("").alias("months"),
    )
    return pl.concat([rates, own.select(rates.columns)])


def resolved(parts: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Say by which category each part is priced on its day; ``key`` null is left alone.

    ``parts``: service_id, key, category, day. Where a row of the contract has no price the
    tariff of its category takes over; a day between two rows has no price: its category
    becomes null.
    """
    mine = parts.filter(pl.col("key").is_not_null())
    if mine.is_empty():
        return parts
    rows = terms.rows.select("service_id", "key", "start", "end", "price", "tariff_category")
    known = (
        mine.sort("day")
        .join_asof(
            rows.sort("start"), left_on="day", right_on="start", by=["service_id", "key"],
            check_sortedness=False,
        )
    )  # fmt: skip
    inside = pl.col("end").is_null() | (pl.col("day") <= pl.col("end"))
    chosen = (
        pl.when(inside & pl.col("price").is_null())
        .then("tariff_category")
        .when(inside)
        .then("key")
        .alias("category")
    )
    done = known.with_columns(chosen).select(parts.columns)
    return pl.concat([parts.filter(pl.col("key").is_null()), done])


def shown(category: str) -> pl.Expr:
    """Return a category as people know it: a contract's key is its number."""
    number = pl.col(category).str.split(SIGN).list.last()
    return (
        pl.when(pl.col(category).str.starts_with(SIGN))
        .then(pl.format("договора {}", number).str.strip_chars())
        .otherwise(category)
    )


def under_contract(
    parts: pl.DataFrame, points: pl.DataFrame, terms: Terms
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give every part the category that it is priced by; returns (parts, those without).

    ``parts``: category and key where a meter is tied to a contract, null where there is no
    meter: those follow the service's contract, or else ``points`` (account_id, service_id,
    category). No price has what was used on days between two rows of a contract.
    """
    if terms.empty and not parts["category"].has_nulls():
        return parts, parts.clear()
    if terms.empty:
        of = points.select(*KEY, pl.col("category").alias("of_point"))
        known = parts.join(of, on=KEY, how="left", maintain_order="left").with_columns(
            pl.coalesce("category", "of_point").alias("category")
        )
        return known.drop("of_point"), parts.clear()
    live = terms.live.filter(pl.col("only") | ~pl.col("unlike"))
    keys = live.unique(KEY, keep="last", maintain_order=True).select(
        *KEY, pl.col("key").alias("of_service")
    )
    rows = parts.join(keys, on=KEY, how="left", maintain_order="left").join(
        points.select(*KEY, pl.col("category").alias("of_point")),
        on=KEY,
        how="left",
        maintain_order="left",
    )
    unmetered = pl.col("category").is_null()
    rows = rows.with_columns(
        pl.when(unmetered).then("of_service").otherwise("key").alias("key"),
        pl.when(unmetered)
        .then(pl.coalesce("of_service", "of_point"))
        .otherwise("category")
        .alias("category"),
    )
    priced = resolved(rows.drop("of_service", "of_point"), terms)
    by_contract = (pl.col("rule") == "meter") & (pl.col("category") == pl.col("key"))
    named = pl.when(by_contract).then(pl.lit("contract_price")).otherwise("rule").alias("rule")
    lost = priced.filter(pl.col("category").is_null())
    return priced.filter(pl.col("category").is_not_null()).with_columns(named), lost
