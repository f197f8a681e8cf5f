"""What stands in for readings of organisations that did not come: gathered for the rules."""

from datetime import date

import polars as pl

from abonent.common.frames import read_frame
from abonent.domain.accounts.queries import frames as accounts
from abonent.domain.billing.queries.consumption import Consumption, Scene
from abonent.domain.billing.queries.distrust import last_read
from abonent.domain.billing.rules.organisation_estimates import (
    HISTORY,
    SILENT,
    WARMTH,
    Known,
    days_of,
    known_nothing,
)
from abonent.domain.metering.queries import frames as metering
from abonent.domain.metering.queries.profiles import last_periods_frame
from abonent.domain.metering.queries.silence import past_volumes_frame

_PERIOD = ["account_id", "service_id", "period"]


def known_of(scene: Scene, used: Consumption, contracts: pl.DataFrame) -> Known:
    """Return the silent meters of the scene's organisations, their history and the weather."""
    firms = scene.people.filter(pl.col("kind") == "organisation").select("account_id")
    missing = used.quiet.missing.join(firms, on="account_id", how="semi")
    heated = contracts.filter(pl.col("q_base").is_not_null()).select("account_id").unique()
    nothing = known_nothing()
    if missing.is_empty() and heated.is_empty():
        return nothing
    warmth = _warmth(scene, heated["account_id"].to_list())
    if missing.is_empty():
        return Known(nothing.silent, nothing.history, warmth)
    ids = missing["account_id"].unique().to_list()
    history = history_frame(accounts=ids, before=scene.parameters.period.first_day)
    return Known(_silent(scene, used, missing, history), history, warmth)


def history_frame(*, accounts: list[int], before: date) -> pl.DataFrame:
    """Return the metered volumes (HISTORY) of accounts by zone and month: billed, or older.

    A month that was estimated and has been counted anew since is as good as read.
    """
    billed = read_frame(
        """SELECT c.account_id, c.service_id, c.zone, m.month, sum(c.volume)::bigint,
                  bool_or(c.method = 'meter' OR c.corrects IS NOT NULL)
             FROM billing_charge c
             JOIN billing_billingrun r ON r.id = c.run_id AND r.state = 'published'
            CROSS JOIN LATERAL (SELECT CASE WHEN c.corrects IS NULL THEN c.period
                ELSE to_date(left(c.corrects, 7), 'YYYY-MM') END AS month) m
            WHERE c.account_id = ANY(%(ids)s) AND c.period < %(before)s
              AND c.component IN ('', 'water')
            GROUP BY 1, 2, 3, 4""",
        HISTORY | {"metered": pl.Boolean},
        {"ids": accounts, "before": before},
    )
    read = billed.filter(pl.col("metered").any().over(_PERIOD)).drop("metered")
    past = past_volumes_frame(accounts=accounts, before=before)
    older = past.join(billed.select(_PERIOD).unique(), on=_PERIOD, how="anti")
    return pl.concat([read, older.select(read.columns).cast(read.schema)])


def _silent(
    scene: Scene, used: Consumption, missing: pl.DataFrame, history: pl.DataFrame
) -> pl.DataFrame:
    """Return SILENT: the month after the last one read, by a reading or in the history."""
    month = scene.parameters.period.first_day
    registers = missing["register_id"].to_list()
    last = last_periods_frame(
        accounts=missing["account_id"].unique().to_list(), registers=registers, before=month
    )
    spans = used.distrusted.join(missing, on="register_id", how="semi")
    trusted = last_read(missing["account_id"].unique().to_list(), spans, month, scene.published)
    last = pl.concat([last.join(spans, on="register_id", how="anti"), trusted])
    known = history.group_by("account_id", "service_id").agg(pl.col("period").max().alias("known"))
    rows = (
        missing.join(
            used.standing.select("register_id", "contract", "installed_on"),
            on="register_id",
            how="left",
        )
        .join(last, on="register_id", how="left")
        .join(known, on=["account_id", "service_id"], how="left")
    )
    read = pl.max_horizontal("period", "known").dt.offset_by("1mo")
    began = pl.max_horizontal(
        pl.lit(scene.parameters.start), pl.col("installed_on").dt.month_start()
    )
    since = pl.min_horizontal(pl.coalesce(read, began), pl.lit(month))
    return (
        rows.with_columns(since.alias("since"), pl.col("contract").fill_null(""))
        .group_by("account_id", "service_id", "serial", "contract", maintain_order=True)
        .agg(pl.col("since").max())
        .select(list(SILENT))
    )


def _warmth(scene: Scene, ids: list[int]) -> pl.DataFrame:
    """Return WARMTH of the month for the accounts, a row for each day."""
    if not ids:
        return pl.DataFrame(schema=WARMTH)
    period = scene.parameters.period
    known = metering.temperatures_frame(
        supplier_id=scene.span["supplier_id"], since=period.first_day, until=period.last_day
    )
    days = pl.DataFrame({"day": days_of(period)})
    return (
        accounts.localities_frame(account_ids=ids)
        .join(days, how="cross")
        .join(known, on=["locality", "day"], how="left", maintain_order="left")
        .select(list(WARMTH))
    )
