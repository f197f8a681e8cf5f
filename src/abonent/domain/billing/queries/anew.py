"""Months of some accounts calculated again with what is known now."""

from datetime import date

import polars as pl

from abonent.common.frames import read_frame
from abonent.common.periods import Period
from abonent.domain.billing.queries.common_needs import with_common_needs
from abonent.domain.billing.queries.inputs import inputs
from abonent.domain.billing.queries.parameters import parameters
from abonent.domain.billing.rules.charged import LINE
from abonent.domain.billing.rules.corrections import WAS, correction_lines
from abonent.domain.billing.rules.lines import Lines, charge_lines


def corrections(
    *,
    supplier_id: int,
    span: tuple[int, int],
    anew: pl.DataFrame,
    horizon: Period,
    extra: pl.DataFrame | None = None,
) -> Lines:
    """Return the corrections of past months that a month's bills carry, and what forbids them.

    ``anew``: account_id, service_id, month. ``horizon``: the month being billed. ``extra``:
    readings that are not stored (``inputs``).
    """
    none = pl.DataFrame(schema=dict.fromkeys([*LINE, "corrects"], pl.String))
    found: list[pl.DataFrame] = []
    problems: list[pl.DataFrame] = []
    for month in sorted(anew["month"].unique()):
        concerned = anew.filter(pl.col("month") == month).select("account_id", "service_id")
        lines, wrong = _month(supplier_id, span, concerned, (Period.of(month), horizon), extra)
        found.append(lines)
        problems.append(wrong)
    return Lines(
        lines=pl.concat(found) if found else none,
        problems=pl.concat(problems) if problems else none,
    )


def _month(
    supplier_id: int,
    span: tuple[int, int],
    concerned: pl.DataFrame,
    months: tuple[Period, Period],
    extra: pl.DataFrame | None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the corrections of one month, seen from the end of another."""
    month, horizon = months
    accounts = concerned["account_id"].unique().to_list()
    known = with_common_needs(
        supplier_id=supplier_id,
        known=parameters(supplier_id=supplier_id, period=month),
        horizon=horizon,
    )
    given = inputs(
        supplier_id=supplier_id,
        first_id=span[0],
        last_id=span[1],
        # A quote asks of its meters alone; a bill looks at everything that a month held.
        parameters=known if extra is None else known.of(concerned["service_id"]),
        horizon=horizon,
        only=accounts,
        extra=extra,
    )
    result = charge_lines(given, known)
    key = ["account_id", "service_id"]
    wrong = result.problems.join(concerned, on=key, how="semi")
    sound = concerned.join(wrong.select("account_id"), on="account_id", how="anti")
    should_be = result.lines.join(sound, on=key, how="semi")
    was = billed_lines(accounts=accounts, month=month.first_day).join(sound, on=key, how="semi")
    return correction_lines(should_be, was, str(month)), wrong


def billed_lines(*, accounts: list[int], month: date) -> pl.DataFrame:
    """Return what published bills charged accounts for a month, later corrections among it."""
    return read_frame(
        """SELECT c.account_id, c.service_id, c.component, c.zone, c.band, c.rate, c.unit,
                  c.volume, c.amount, c.vat, c.period,
                  CASE WHEN c.corrects IS NULL THEN c.line
                       ELSE nullif(split_part(c.corrects, '/', 2), '')::smallint END
             FROM billing_charge c
             JOIN billing_billingrun r ON r.id = c.run_id AND r.state = 'published'
            WHERE c.account_id = ANY(%(ids)s) AND c.period >= %(month)s
              AND ((c.period = %(month)s AND c.corrects IS NULL)
                   OR left(c.corrects, 7) = to_char(%(month)s::date, 'YYYY-MM'))""",
        WAS,
        {"ids": accounts, "month": month},
    )
