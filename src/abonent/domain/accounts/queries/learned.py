"""Facts of accounts that became known after a moment: they may change months billed before."""

from datetime import datetime
from typing import Any

import polars as pl

from abonent.common.frames import read_frame

LEARNED: dict[str, Any] = {
    "account_id": pl.Int64,
    "service_id": pl.Int64,  # null: every service
    "from_on": pl.Date,
    "to_on": pl.Date,
    "known_at": pl.Datetime("us", "UTC"),
}


def learned_of_people(*, first_id: int, last_id: int, since: datetime) -> pl.DataFrame:
    """Return what was entered or changed after ``since`` (LEARNED).

    Residencies, benefits, and agreements of days already billed.
    """
    return read_frame(
        """SELECT account_id, NULL::bigint, valid_from, valid_to, known_at
             FROM accounts_residency
            WHERE account_id BETWEEN %(first)s AND %(last)s AND known_at > %(since)s
            UNION ALL
           SELECT account_id, service_id, valid_from, valid_to, known_at
             FROM accounts_benefit
            WHERE account_id BETWEEN %(first)s AND %(last)s AND known_at > %(since)s
            UNION ALL
           SELECT account_id, service_id, from_on, to_on, known_at
             FROM accounts_agreementchange
            WHERE account_id BETWEEN %(first)s AND %(last)s AND known_at > %(since)s""",
        LEARNED,
        {"first": first_id, "last": last_id, "since": since},
    )


def tariff_categories(*, first_id: int, last_id: int) -> pl.DataFrame:
    """Return the tariff categories that the accounts of a range have or had, by service."""
    return read_frame(
        """SELECT DISTINCT account_id, service_id, tariff_category
             FROM accounts_customeragreement
            WHERE account_id BETWEEN %(first)s AND %(last)s""",
        {"account_id": pl.Int64, "service_id": pl.Int64, "category": pl.String},
        {"first": first_id, "last": last_id},
    )
