"""Which billed months a fact that came later concerns (difference billing)."""

from typing import Any

import polars as pl

from abonent.common.frames import read_frame
from abonent.common.periods import Period
from abonent.domain.accounts.queries.learned import (
    LEARNED,
    learned_of_people,
    tariff_categories,
)
from abonent.domain.billing.rules.late_readings import ANEW, nothing_anew
from abonent.domain.billing.rules.parameters import Parameters
from abonent.domain.metering.queries.learned import learned_of_meters
from abonent.domain.tariffs.queries import changes_frame

AS_FAR_AS = 36  # months: the limitation period (ГК 196)


def learned_months(
    span: dict[str, Any], people: pl.DataFrame, parameters: Parameters
) -> pl.DataFrame:
    """Return the months (ANEW) whose bills did not know a fact that is known now.

    ``people``: account_id, category, house_id. A fact concerns the published months of its
    days that came out before it was entered; a bill corrects them once, since it came out after it.
    """
    first = parameters.period.plus(-AS_FAR_AS).first_day
    published = {day: at for day, at in parameters.published.items() if day >= first}
    earlier = {day: at for day, at in published.items() if day < parameters.period.first_day}
    if not earlier:
        return nothing_anew()
    where = {"first_id": span["first_id"], "last_id": span["last_id"]}
    # What was known when the month before the last came out, the last one has corrected.
    since = sorted(earlier.values())[-2:][0]
    changes = changes_frame(supplier_id=span["supplier_id"], since=since)
    of_meters = _by_account(learned_of_meters(**where, since=since), people)
    facts = pl.concat(
        [
            learned_of_people(**where, since=since),
            _reaching_on(of_meters, parameters.services),
            _by_category(changes, where, people),
        ]
    )
    if facts.is_empty():
        return nothing_anew()
    months = pl.DataFrame(
        [(day, Period.of(day).last_day, at) for day, at in earlier.items()],
        schema={"month": pl.Date, "end": pl.Date, "at": pl.Datetime("us", "UTC")},
        orient="row",
    )
    touched = facts.join(months, how="cross").filter(
        (pl.col("known_at") > pl.col("at"))
        & (pl.col("from_on") <= pl.col("end"))
        & (pl.col("to_on").is_null() | (pl.col("to_on") >= pl.col("month")))
    )
    return _services(touched.select("account_id", "service_id", "month").unique())


def _reaching_on(facts: pl.DataFrame, services: pl.DataFrame) -> pl.DataFrame:
    """Let the facts of heat reach the months that rest on those before them.

    Heat paid evenly is a share of last year, a failed house meter an average of its past.
    """
    heat = services.filter(pl.col("service_kind") == "heat")["service_id"].to_list()
    later = pl.col("to_on").dt.offset_by("2y")
    reach = pl.when(pl.col("service_id").is_in(heat)).then(later).otherwise("to_on")
    return facts.with_columns(reach.alias("to_on"))


def _by_category(
    changes: pl.DataFrame, where: dict[str, int], people: pl.DataFrame
) -> pl.DataFrame:
    """Give changed prices and norms (``tariffs.queries.CHANGES``) to the accounts they may bill.

    A row without a category may serve anybody. A reading may cover months from a year back.
    """
    if changes.is_empty():
        return pl.DataFrame(schema=LEARNED)
    rate = pl.col("parameter") == "rate"
    general = changes.filter(pl.col("category") == "").join(
        people.select("account_id"), how="cross"
    )
    named = changes.filter(pl.col("category") != "")
    norms = named.filter(~rate).join(people.select("account_id", "category"), on="category")
    agreed = tariff_categories(**where)
    prices = named.filter(rate).join(agreed, on=["service_id", "category"])
    found = pl.concat([frame.select(list(LEARNED)) for frame in (general, norms, prices)])
    return found.with_columns(pl.col("to_on").dt.offset_by("1y"))


def _by_account(facts: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    own = facts.filter(pl.col("account_id").is_not_null()).select(list(LEARNED))
    shared = facts.filter(pl.col("account_id").is_null()).drop("account_id")
    of_house = shared.join(people.select("account_id", "house_id"), on="house_id")
    return pl.concat([own, of_house.select(list(LEARNED))])


def _services(touched: pl.DataFrame) -> pl.DataFrame:
    """Keep what was billed: the account's services in the months."""
    billed = read_frame(
        """SELECT DISTINCT c.account_id, c.service_id, c.period
             FROM billing_charge c
             JOIN billing_billingrun r ON r.id = c.run_id AND r.state = 'published'
            WHERE c.account_id = ANY(%(ids)s) AND c.period = ANY(%(months)s)""",
        ANEW,
        {"ids": touched["account_id"].unique().to_list(),
         "months": touched["month"].unique().to_list()},
    )  # fmt: skip
    named = touched.filter(pl.col("service_id").is_not_null())
    general = touched.filter(pl.col("service_id").is_null()).drop("service_id")
    return pl.concat(
        [
            named.join(billed, on=list(ANEW), how="semi").select(list(ANEW)),
            general.join(billed, on=["account_id", "month"]).select(list(ANEW)),
        ]
    ).unique(maintain_order=True)
