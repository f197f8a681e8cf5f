"""Events, verifications and volumes of houses that became known after a moment."""

from datetime import datetime

import polars as pl

from abonent.common.frames import read_frame
from abonent.domain.accounts.queries import frames as accounts
from abonent.domain.accounts.queries.learned import LEARNED

OF_HOUSES = {"house_id": pl.Int64, **LEARNED}


def learned_of_meters(*, first_id: int, last_id: int, since: datetime) -> pl.DataFrame:
    """Return what was entered or changed after ``since`` (LEARNED): events, verifications, volumes.

    A verification speaks for its meter from its day on, another end of one from the earlier
    end on, a volume for its month. Events and
    volumes of the accounts' houses have ``house_id`` and no account.
    """
    return read_frame(
        """SELECT house_id, account_id, service_id,
                  coalesce(nullif(left(begins, 10), ''), left(ends, 10))::date,
                  nullif(left(ends, 10), '')::date, known_at
             FROM metering_serviceevent
            WHERE (account_id BETWEEN %(first)s AND %(last)s
                   OR account_id IS NULL AND house_id = ANY(%(houses)s))
              AND known_at > %(since)s
            UNION ALL
           SELECT NULL, m.account_id, m.service_id, v.verified_on, NULL, v.known_at
             FROM metering_meterverification v JOIN metering_meter m ON m.id = v.meter_id
            WHERE m.account_id BETWEEN %(first)s AND %(last)s AND v.known_at > %(since)s
            UNION ALL
           SELECT NULL, m.account_id, m.service_id, c.from_on, NULL, c.known_at
             FROM metering_meterchange c JOIN metering_meter m ON m.id = c.meter_id
            WHERE m.account_id BETWEEN %(first)s AND %(last)s AND c.known_at > %(since)s
            UNION ALL
           SELECT house_id, NULL, service_id, period,
                  (period + interval '1 month' - interval '1 day')::date, known_at
             FROM metering_housevolume
            WHERE house_id = ANY(%(houses)s) AND known_at > %(since)s""",
        OF_HOUSES,
        {"first": first_id, "last": last_id, "since": since,
         "houses": accounts.houses_of(first_id=first_id, last_id=last_id)},
    )  # fmt: skip
