"""What house meters, rooms' own heat meters and thermometers showed over months."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from abonent.common.frames import read_frame
from abonent.domain.metering.rules import ReadingQuality

VOLUMES: dict[str, Any] = {
    "house_id": pl.Int64, "service_id": pl.Int64, "period": pl.Date, "volume": pl.Int64,
    "metered_volume": pl.Int64, "metered_area": pl.Int64, "state": pl.String,
}  # fmt: skip
SHARED: dict[str, Any] = {
    "house_id": pl.Int64, "service_id": pl.Int64, "volume": pl.Int64,
    "metered_volume": pl.Int64, "nonresidential_volume": pl.Int64,
    "production_volume": pl.Int64, "state": pl.String,
}  # fmt: skip
MEANS: dict[str, Any] = {"locality": pl.String, "month": pl.Date, "mean": pl.Int64}
OWN: dict[str, Any] = {
    "account_id": pl.Int64, "service_id": pl.Int64, "month": pl.Date, "volume": pl.Int64,
}  # fmt: skip


def heat_volumes_frame(
    *, houses: Sequence[int], services: Sequence[int], since: date, until: date
) -> pl.DataFrame:
    """Return what the heat meters of houses counted: millionths, areas in 1/10000 m²."""
    return read_frame(
        """SELECT house_id, service_id, period, (volume * 1000000)::bigint,
                  (metered_volume * 1000000)::bigint, (metered_area * 10000)::bigint, state
             FROM metering_housevolume
            WHERE house_id = ANY(%(houses)s) AND service_id = ANY(%(services)s)
              AND period BETWEEN %(since)s AND %(until)s
            ORDER BY house_id, service_id, period""",
        VOLUMES,
        {"houses": list(houses), "services": list(services), "since": since, "until": until},
    )


def monthly_means_frame(*, supplier_id: int, since: date, until: date) -> pl.DataFrame:
    """Return the mean outdoor temperature of each month in 1/100 °C, halves away from zero."""
    return read_frame(
        """SELECT locality, date_trunc('month', day)::date, round(avg(mean_c) * 100)::bigint
             FROM metering_outdoortemperature
            WHERE supplier_id = %(supplier)s AND day BETWEEN %(since)s AND %(until)s
            GROUP BY 1, 2 ORDER BY 1, 2""",
        MEANS,
        {"supplier": supplier_id, "since": since, "until": until},
    )


def own_heat_frame(
    *, first_id: int, last_id: int, services: Sequence[int], since: date, until: date
) -> pl.DataFrame:
    """Return what rooms' own heat meters counted (millionths), by months of the readings.

    ``until``: the first day of the month that is not asked for. The first reading is the
    base unless the dial says with what it began; history that was loaded serves the months
    that no reading closes.
    """
    given = {"first": first_id, "last": last_id, "services": list(services), "since": since,
             "until": until, "aside": int(ReadingQuality.SET_ASIDE)}  # fmt: skip
    closes = read_frame(
        """SELECT DISTINCT ON (x.register_id, x.period)
                  x.register_id, r.account_id, m.service_id, x.period,
                  (x.value * m.ratio)::bigint, (r.initial * m.ratio)::bigint
             FROM metering_meter m JOIN metering_register r ON r.meter_id = m.id
             JOIN metering_reading x ON x.register_id = r.id AND x.account_id = r.account_id
            WHERE m.account_id BETWEEN %(first)s AND %(last)s AND m.service_id = ANY(%(services)s)
              AND x.account_id BETWEEN %(first)s AND %(last)s
              AND x.period >= %(since)s AND x.period < %(until)s AND x.quality <> %(aside)s
            ORDER BY x.register_id, x.period, x.taken_on DESC, x.source DESC, x.sequence DESC""",
        {"register_id": pl.Int64, "account_id": pl.Int64, "service_id": pl.Int64,
         "month": pl.Date, "value": pl.Int64, "initial": pl.Int64},
        given,
    )  # fmt: skip
    before = pl.coalesce(pl.col("value").shift(1).over("register_id"), "initial", "value")
    counted = (
        closes.sort("register_id", "month")
        .with_columns((pl.col("value") - before).alias("volume"))
        .group_by("account_id", "service_id", "month")
        .agg(pl.col("volume").sum())
    )
    loaded = read_frame(
        """SELECT account_id, service_id, period, sum(volume * 1000000)::bigint
             FROM metering_pastvolume
            WHERE account_id BETWEEN %(first)s AND %(last)s AND service_id = ANY(%(services)s)
              AND period >= %(since)s AND period < %(until)s
            GROUP BY 1, 2, 3""",
        OWN,
        given,
    )
    key = ["account_id", "service_id", "month"]
    history = loaded.join(counted.filter(pl.col("volume") > 0), on=key, how="anti")
    read = counted.join(history, on=key, how="anti")
    return pl.concat([read.select(list(OWN)), history]).sort(key)


def shared_volumes_frame(*, supplier_id: int, month: date) -> pl.DataFrame:
    """Return what the shared meters of houses counted in a month, in millionths."""
    return read_frame(
        """SELECT house_id, service_id, (volume * 1000000)::bigint,
                  (metered_volume * 1000000)::bigint, (nonresidential_volume * 1000000)::bigint,
                  (production_volume * 1000000)::bigint, state
             FROM metering_housevolume
            WHERE supplier_id = %(supplier)s AND period = %(month)s
            ORDER BY house_id, service_id""",
        SHARED,
        {"supplier": supplier_id, "month": month},
    )
