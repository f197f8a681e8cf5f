"""Suspensions of arrears interest, instalments and campaigns of a bundle, merged as sets."""

from datetime import datetime

import polars as pl

from abonent.common.bulk import (
    LINE,
    Loaded,
    Reason,
    Rows,
    Target,
    load_all,
    refused_rows,
    stage,
)
from abonent.common.frames import execute, read_frame
from abonent.common.transactions import requires_transaction
from abonent.domain.billing import models

SUSPENSION = {"account_id": "bigint", "from_on": "date", "to_on": "date", "basis": "varchar"}
INSTALMENT = {
    "account_id": "bigint", "service_id": "bigint", "month": "date", "due_on": "date",
    "amount": "bigint",
}  # fmt: skip
AMNESTY = {"name": "varchar", "pay_until": "date", "counted_to": "date"}
OTHER_DAYS = Reason(
    "name",
    "кампания с этим названием уже объявлена с другими днями",
    "верните прежние дни или назовите новую кампанию по-другому",
)


@requires_transaction
def load_suspensions(*, supplier_id: int, rows: Rows, now: datetime) -> Loaded:  # noqa: ARG001  (every bulk verb takes the clock)
    """Make the suspensions those of the rows, by account (null: all) and first day.

    Columns are those of SUSPENSION; ``to_on`` is the last day included, null for no end.
    Refuses nothing: interest levied for suspended days comes back with the next bill.
    Source: EXCHANGE penalty_suspensions.csv; RULES 3.1.
    """
    target = Target(
        "billing_penaltysuspension",
        ("supplier_id", "account_id", "from_on"),
        ("to_on", "basis"),
        {"supplier_id": supplier_id},
        frozenset({"account_id"}),
    )
    return load_all("stage_suspension", SUSPENSION, target, rows)


@requires_transaction
def load_instalments(*, supplier_id: int, rows: Rows, now: datetime) -> Loaded:  # noqa: ARG001  (every bulk verb takes the clock)
    """Make the parts of agreed debts those of the rows, by account, service, month and day.

    Columns are those of INSTALMENT, amounts in kopecks. Refuses nothing: interest levied
    before the agreement was known comes back with the next bill. Source: EXCHANGE
    instalments.csv; RULES 3.1, 5.1.
    """
    target = Target(
        "billing_instalment",
        ("supplier_id", "account_id", "service_id", "month", "due_on"),
        ("amount",),
        {"supplier_id": supplier_id},
    )
    return load_all("stage_instalment", INSTALMENT, target, rows)


@requires_transaction
def load_amnesties(*, supplier_id: int, rows: Rows, now: datetime) -> Loaded:
    """Make the campaigns of an export known: name, pay_until, counted_to.

    Refuses other terms of a name that people have been promised. Source: amnesties.csv.
    """
    standing = {
        row.name: (row.pay_until, row.counted_to)
        for row in models.Amnesty.objects.filter(supplier_id=supplier_id)
    }
    stage("stage_amnesty", AMNESTY, rows.frames)
    given = read_frame(
        "SELECT at_line, name, pay_until, counted_to FROM stage_amnesty ORDER BY at_line",
        {LINE: pl.Int64, "name": pl.String, "pay_until": pl.Date, "counted_to": pl.Date},
    )
    new = [row for row in given.iter_rows() if row[1] not in standing]
    other = [row[0] for row in given.iter_rows() if standing.get(row[1], row[2:]) != row[2:]]
    models.Amnesty.objects.bulk_create(
        models.Amnesty(
            supplier_id=supplier_id, name=name, pay_until=until, counted_to=to, declared_at=now
        )
        for _, name, until, to in new
    )
    if other:
        lines = ", ".join(str(line) for line in other)
        execute(f"UPDATE stage_amnesty SET refused = 1 WHERE at_line IN ({lines})")
    refused = refused_rows("stage_amnesty", [OTHER_DAYS])
    return Loaded(len(new), 0, given.height - len(new) - len(other), refused)
