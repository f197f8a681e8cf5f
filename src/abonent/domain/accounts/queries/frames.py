"""Accounts, agreements and houses as frames: what a billing chunk reads."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from abonent.common.frames import read_frame

ACCOUNTS = {
    "account_id": pl.Int64,
    "number": pl.String,
    "kind": pl.String,
    "category": pl.String,
    "residents": pl.Int64,
    "owners": pl.Int64,
    "area": pl.Int64,
    "house_id": pl.Int64,
    "closed_on": pl.Date,
    "premises": pl.String,
    "organisation_class": pl.String,
    "opened_on": pl.Date,
}
AGREEMENTS = {
    "account_id": pl.Int64,
    "service_id": pl.Int64,
    "tariff_category": pl.String,
    "zones": pl.String,
    "meter_possible": pl.Boolean,
    "heating": pl.String,
    "contract_number": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "with_terms": pl.Boolean,
}
# Terms of contracts: how a decimal of the JSON becomes a whole number of its column.
TERMS = {
    "price": ("price", 100_000),
    "max_power": ("max_power_kw", 1_000_000),
    "hours_per_day": ("hours_per_day", 1_000_000),
    "pipe_mm": ("pipe_mm", 1_000_000),
    "q_base": ("q_base", 1_000_000),
    "t_in": ("t_in", 1_000_000),
    "t_out_design": ("t_out_design", 1_000_000),
}
CONTRACTS = {
    "agreement_id": pl.Int64,
    "account_id": pl.Int64,
    "service_id": pl.Int64,
    "contract": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "tariff_category": pl.String,
    "zones": pl.String,
    "losses": pl.Int64,
    "side": pl.Int64,
    **dict.fromkeys(TERMS, pl.Int64),
}
RESIDENCIES: dict[str, Any] = {
    "account_id": pl.Int64,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "residents": pl.Int64,
    "temporary": pl.Int64,
}
BENEFITS: dict[str, Any] = {
    "account_id": pl.Int64,
    "service_id": pl.Int64,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "persons": pl.Int64,
    "percent": pl.Int64,
    "funded": pl.String,
}
HOUSES = {
    "house_id": pl.Int64,
    "total": pl.Int64,
    "common": pl.Int64,
    "excluded": pl.Int64,
    "has_meter": pl.Boolean,
    "scheme": pl.String,
    "heating_months": pl.String,
    "cold_region": pl.Boolean,
    "dead_end": pl.Boolean,
    "power_sources": pl.Int64,
    "management": pl.String,
    "locality": pl.String,
}


def chunk_borders(*, supplier_id: int, size: int) -> list[tuple[int, int]]:
    """Return (first, last) account identifiers of chunks of at most ``size`` accounts.

    Borders stand at multiples of ``size``, so that chunks never share a group of accounts
    that the ledger holds together.
    """
    frame = read_frame(
        """SELECT min(id), max(id) FROM accounts_customeraccount
            WHERE supplier_id = %(supplier)s GROUP BY id / %(size)s ORDER BY 1""",
        {"first": pl.Int64, "last": pl.Int64},
        {"supplier": supplier_id, "size": size},
    )
    return [(first, last) for first, last in frame.iter_rows()]


def accounts_frame(
    *,
    supplier_id: int,
    first_id: int,
    last_id: int,
    month: date,
    month_end: date,
    only: list[int] | None = None,
) -> pl.DataFrame:
    """Return the accounts of a range that are open in the month; areas in 1/10000 m².

    ``only`` narrows the range to some of its accounts.
    """
    return read_frame(
        """SELECT id, number, kind, category, residents, owners, (area * 10000)::bigint, house_id,
                  closed_on, premises,
                  CASE WHEN kind = 'organisation' THEN (
                      SELECT organisation_class FROM accounts_customer c
                       WHERE c.id = customer_id) END,
                  opened_on
             FROM accounts_customeraccount
            WHERE supplier_id = %(supplier)s AND id BETWEEN %(first)s AND %(last)s
              AND (%(only)s::bigint[] IS NULL OR id = ANY(%(only)s))
              AND (opened_on IS NULL OR opened_on <= %(end)s)
              AND (closed_on IS NULL OR closed_on >= %(month)s)
            ORDER BY id""",
        ACCOUNTS,
        {"supplier": supplier_id, "first": first_id, "last": last_id, "month": month,
         "end": month_end, "only": only},
    )  # fmt: skip


def agreements_frame(
    *,
    supplier_id: int,
    first_id: int,
    last_id: int,
    month: date,
    month_end: date,
    only: list[int] | None = None,
) -> pl.DataFrame:
    """Return the agreement of each account and service in force in the month, the latest one.

    ``several``: agreements of unlike categories are in force within the month;
    ``with_terms``: one of them has a number or terms of its own (``contracts_frame``).
    """
    rows = read_frame(
        """SELECT account_id, service_id, tariff_category, zones, meter_possible, heating,
                  contract_number, valid_from, valid_to, contract_number <> '' OR terms <> '{}'
             FROM accounts_customeragreement
            WHERE supplier_id = %(supplier)s AND account_id BETWEEN %(first)s AND %(last)s
              AND (%(only)s::bigint[] IS NULL OR account_id = ANY(%(only)s))
              AND (valid_from IS NULL OR valid_from <= %(end)s)
              AND (valid_to IS NULL OR valid_to >= %(month)s)
            ORDER BY account_id, service_id, valid_from NULLS FIRST, id""",
        AGREEMENTS,
        {"supplier": supplier_id, "first": first_id, "last": last_id, "month": month,
         "end": month_end, "only": only},
    )  # fmt: skip
    return _latest(rows, month)


def ended_services(*, account_ids: list[int], month: date) -> pl.DataFrame:
    """Return the services of accounts whose agreements were all over before a month."""
    return read_frame(
        """SELECT account_id, service_id FROM accounts_customeragreement
            WHERE account_id = ANY(%(ids)s) GROUP BY account_id, service_id
           HAVING max(coalesce(valid_to, 'infinity')) < %(month)s""",
        {"account_id": pl.Int64, "service_id": pl.Int64},
        {"ids": account_ids, "month": month},
    )


def _latest(rows: pl.DataFrame, month: date) -> pl.DataFrame:
    """Keep the latest agreement of each account and service; say where several differ."""
    key = ["account_id", "service_id"]
    beside = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in key)
    several = beside | beside.shift(-1, fill_value=False)
    marked = rows.with_columns(several.fill_null(value=False).alias("several"))
    begun = pl.col("valid_from").alias("begun_on")
    if not marked["several"].any():
        return marked.with_columns(begun)
    alone = marked.filter(~pl.col("several")).with_columns(begun)
    crowd = rows.filter(marked["several"])
    return pl.concat([alone, _latest_of_several(crowd, month)]).sort(key)


def _latest_of_several(rows: pl.DataFrame, month: date) -> pl.DataFrame:
    key = ["account_id", "service_id"]
    # A row of the same contract that begins by the month's first day ends the one before.
    following = pl.col("valid_from").shift(-1).over(*key, "contract_number")
    alive = rows.filter((following > month).fill_null(value=True))
    unlike = pl.col("tariff_category").n_unique().over(key) > 1
    # The service began with the first of them; one without a first day was always there.
    first = pl.col("valid_from").min().over(key)
    always = pl.col("valid_from").is_null().any().over(key)
    return alive.with_columns(
        pl.col("with_terms").any().over(key),
        unlike.alias("several"),
        pl.when(~always).then(first).alias("begun_on"),
    ).unique(key, keep="last", maintain_order=True)


def contracts_frame(
    *,
    supplier_id: int,
    first_id: int,
    last_id: int,
    month_end: date,
) -> pl.DataFrame:
    """Return the rows of contracts with terms of their own or with a number, oldest first.

    All rows that begin by the month's end, so that a price of the past is known. Prices in
    1/100000 ₽, losses as a share in millionths (negative: subtracted; without a side they
    are added), other terms in millionths of their unit.
    """
    side = "CASE WHEN terms ->> 'losses_side' = 'subtract' THEN -1 ELSE 1 END"
    terms = ", ".join(
        f"((terms ->> '{name}')::numeric * {scale})::bigint" for name, scale in TERMS.values()
    )
    span = """supplier_id = %(supplier)s AND account_id BETWEEN %(first)s AND %(last)s
              AND (valid_from IS NULL OR valid_from <= %(end)s)"""
    return read_frame(
        f"""SELECT id, account_id, service_id, contract_number, valid_from, valid_to,
                  tariff_category, zones,
                  coalesce((terms ->> 'losses_percent')::numeric * 10000, 0)::bigint * {side},
                  {side}, {terms}
             FROM accounts_customeragreement
            WHERE {span} AND (account_id, service_id) IN (
                  SELECT account_id, service_id FROM accounts_customeragreement
                   WHERE {span} AND (contract_number <> '' OR terms <> '{{}}'))
            ORDER BY account_id, service_id, valid_from NULLS FIRST, id""",
        CONTRACTS,
        {"supplier": supplier_id, "first": first_id, "last": last_id, "end": month_end},
    )


def localities_frame(*, account_ids: list[int]) -> pl.DataFrame:
    """Return the locality of each account's house, null where it is not known."""
    return read_frame(
        """SELECT a.id, nullif(h.locality, '')
             FROM accounts_customeraccount a LEFT JOIN accounts_house h ON h.id = a.house_id
            WHERE a.id = ANY(%(ids)s) ORDER BY a.id""",
        {"account_id": pl.Int64, "locality": pl.String},
        {"ids": account_ids},
    )


def houses_frame(*, supplier_id: int, only: Sequence[int] | None = None) -> pl.DataFrame:
    """Return the supplier's houses, or ``only`` some, with their areas in 1/10000 m²."""
    return read_frame(
        """SELECT id, (area_total * 10000)::bigint, (area_common * 10000)::bigint,
                  (area_excluded * 10000)::bigint, has_heat_meter, heating_scheme, heating_months,
                  cold_region, hot_water_dead_end, power_sources, management, locality
             FROM accounts_house
            WHERE supplier_id = %(supplier)s
              AND (%(only)s::bigint[] IS NULL OR id = ANY(%(only)s))
            ORDER BY id""",
        HOUSES,
        {"supplier": supplier_id, "only": None if only is None else list(only)},
    )


def organisation_ids(*, supplier_id: int) -> list[int]:
    """Return the identifiers of the supplier's organisations; the rest are households."""
    frame = read_frame(
        """SELECT id FROM accounts_customeraccount
            WHERE supplier_id = %(supplier)s AND kind = 'organisation' ORDER BY id""",
        {"account_id": pl.Int64},
        {"supplier": supplier_id},
    )
    return frame["account_id"].to_list()


def houses_of(*, first_id: int, last_id: int) -> list[int]:
    """Return the houses of a range of accounts."""
    frame = read_frame(
        """SELECT DISTINCT house_id FROM accounts_customeraccount
            WHERE id BETWEEN %(first)s AND %(last)s AND house_id IS NOT NULL ORDER BY 1""",
        {"house_id": pl.Int64},
        {"first": first_id, "last": last_id},
    )
    return frame["house_id"].to_list()


def accounts_of_houses(*, houses: list[int]) -> list[int]:
    """Return the accounts of these houses, in their order."""
    frame = read_frame(
        """SELECT id FROM accounts_customeraccount WHERE house_id = ANY(%(houses)s) ORDER BY 1""",
        {"account_id": pl.Int64},
        {"houses": houses},
    )
    return frame["account_id"].to_list()


def residents_frame(*, first_id: int, last_id: int, since: date, until: date) -> pl.DataFrame:
    """Return the numbers of residents in force within days, the last one included."""
    return read_frame(
        """SELECT account_id, valid_from, valid_to, residents, temporary FROM accounts_residency
            WHERE account_id BETWEEN %(first)s AND %(last)s AND valid_from <= %(until)s
              AND (valid_to IS NULL OR valid_to >= %(since)s)
            ORDER BY account_id, valid_from""",
        RESIDENCIES,
        {"first": first_id, "last": last_id, "since": since, "until": until},
    )


def benefits_frame(*, first_id: int, last_id: int, month: date, month_end: date) -> pl.DataFrame:
    """Return the benefits in force within the month; percents in 1/10000."""
    return read_frame(
        """SELECT account_id, service_id, valid_from, valid_to, persons,
                  (percent * 10000)::bigint, funded
             FROM accounts_benefit
            WHERE account_id BETWEEN %(first)s AND %(last)s AND valid_from <= %(end)s
              AND (valid_to IS NULL OR valid_to >= %(month)s)
            ORDER BY account_id, service_id, valid_from""",
        BENEFITS,
        {"first": first_id, "last": last_id, "month": month, "end": month_end},
    )


def consumers_frame(*, supplier_id: int, first_id: int, last_id: int) -> pl.DataFrame:
    """Return who is not an ordinary household in a range: organisations, rooms not to live in.

    account_id, kind, organisation_class (null for a household), premises.
    """
    return read_frame(
        """SELECT a.id, a.kind, CASE WHEN a.kind = 'organisation' THEN c.organisation_class END,
                  a.premises
             FROM accounts_customeraccount a LEFT JOIN accounts_customer c ON c.id = a.customer_id
            WHERE a.supplier_id = %(supplier)s AND a.id BETWEEN %(first)s AND %(last)s
              AND (a.kind = 'organisation' OR a.premises = 'nonresidential')
            ORDER BY a.id""",
        {"account_id": pl.Int64, "kind": pl.String, "organisation_class": pl.String,
         "premises": pl.String},
        {"supplier": supplier_id, "first": first_id, "last": last_id},
    )  # fmt: skip


def flats_among(*, account_ids: list[int]) -> set[int]:
    """Return those of the accounts that are flats of a house with several of them."""
    rows = read_frame(
        "SELECT id FROM accounts_customeraccount WHERE id = ANY(%(ids)s) AND flat <> ''",
        {"account_id": pl.Int64},
        {"ids": account_ids},
    )
    return set(rows["account_id"])
