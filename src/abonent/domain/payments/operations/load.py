"""Payments of a bundle: kept once, posted once, never silently changed (EXCHANGE 1)."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from abonent.common.frames import copy_frame, execute, read_frame
from abonent.common.transactions import requires_transaction
from abonent.domain.accounts.queries.frames import organisation_ids
from abonent.domain.ledger import operations as ledger
from abonent.domain.ledger.rules import Book, Part
from abonent.domain.payments.operations.crediting import REASONS
from abonent.domain.payments.rules import Kind

# What a row of the file becomes, in the order of the table's columns.
_ROW = {
    "channel": pl.String,
    "external_id": pl.String,
    "account_id": pl.Int64,
    "paid_on": pl.Date,
    "credited_on": pl.Date,
    "amount": pl.Int64,
    "month": pl.Date,
    "service_id": pl.Int64,
    "part": pl.Int16,
    "kind": pl.String,
}
_KEY = ["channel", "external_id"]
_PARTS = {"": 0, "principal": 1, "penalty": 2, "costs": 3}
_INCOMING = """
CREATE TEMPORARY TABLE payments_incoming
    (channel text, external_id text, account_id bigint, paid_on date, credited_on date,
     amount bigint, month date, service_id bigint, part smallint, kind text)
ON COMMIT DROP
"""
# Of a payment that we took ourselves a registry knows less: its day there may differ.
_STANDING = """
SELECT came.channel, came.external_id,
       (stands.account_id, stands.amount, stands.kind) = (came.account_id, came.amount, came.kind)
       AND (stands.asked IS NOT NULL OR
            EXISTS (SELECT FROM payments_agentoperation told WHERE told.payment_id = stands.id) OR
            (stands.paid_on, stands.credited_on, stands.month, stands.service_id, stands.part)
            IS NOT DISTINCT FROM
            (came.paid_on, came.credited_on, came.month, came.service_id, came.part)),
       stands.state = 'captured'
FROM payments_incoming came
JOIN payments_payment stands
  ON stands.supplier_id = %(supplier)s AND stands.channel = came.channel
 AND stands.external_id = came.external_id AND stands.external_id <> ''
"""
# The registry knows of money that we do not: the janitor asks the bank at once.
_WAKE = """
UPDATE payments_payment stands SET next_check_at = %(now)s
FROM payments_incoming came
WHERE stands.supplier_id = %(supplier)s AND stands.channel = came.channel
  AND stands.external_id = came.external_id AND stands.external_id <> ''
  AND stands.state NOT IN ('captured', 'quarantined')
"""
_INSERT = """
INSERT INTO payments_payment
    (uuid, supplier_id, account_id, amount, service_id, month, part, kind, channel, external_id,
     state, version, created_at, state_since, settled_at, happened_on, paid_on, credited_on)
SELECT gen_random_uuid(), %(supplier)s, account_id, amount, service_id, month, part, kind, channel,
       external_id, 'captured', 0, %(now)s, %(now)s, %(now)s, paid_on, paid_on, credited_on
FROM payments_incoming ORDER BY account_id, paid_on
"""


@dataclass(frozen=True)
class Conflict:
    """A row whose operation is known with other values; nothing of it was loaded."""

    channel: str
    external_id: str
    text: str


@dataclass(frozen=True)
class Loaded:
    """What became of the rows; a payment is never updated."""

    inserted: int
    updated: int
    unchanged: int
    conflicts: tuple[Conflict, ...]


@requires_transaction
def load_payments(*, supplier_id: int, rows: pl.DataFrame, now: datetime) -> Loaded:
    """Keep and post the payments of a bundle; the same rows again change nothing.

    ``rows``: channel, external_id, account_id, paid_on, credited_on, amount (kopecks, above
    zero), purpose_period (first day of the month or null), purpose_service (identifier or
    null), purpose_part (principal, penalty, costs, empty or null), kind (payment, refund,
    cancel). New ones are posted under ``payment:<channel>:<external_id>``: debit
    clearing:<channel>, credit the account's advance with the purpose in its code; a refund
    or a cancel the other way round. They are dated by the day the citizen paid; for an
    organisation by the day of crediting when it is given (ГК 316).

    A known operation with other values is not changed: it is returned among ``conflicts``
    for the importer to refuse. A payment that we took through an acquirer and that a
    registry repeats counts as unchanged; if it is not settled yet, the bank is asked about it
    at the janitor's next round. No refusals.
    """
    came = _translated(rows)
    came, conflicts = _without_twins(came)
    execute(_INCOMING)
    copy_frame("payments_incoming", came)
    standing = read_frame(
        _STANDING,
        {
            "channel": pl.String,
            "external_id": pl.String,
            "same": pl.Boolean,
            "credited": pl.Boolean,
        },
        {"supplier": supplier_id},
    )
    different = standing.filter(~pl.col("same"))
    conflicts += [_conflict(*key) for key in different.select(_KEY).iter_rows()]
    if not standing["credited"].all():
        execute(_WAKE, {"supplier": supplier_id, "now": now})
    fresh = came.join(standing, on=_KEY, how="anti", maintain_order="left")
    if not standing.is_empty():
        execute("TRUNCATE payments_incoming")
        copy_frame("payments_incoming", fresh)
    execute(_INSERT, {"supplier": supplier_id, "now": now})
    execute("DROP TABLE payments_incoming")
    _post(supplier_id, fresh, now)
    return Loaded(
        inserted=fresh.height,
        updated=0,
        unchanged=rows.height - fresh.height - len(conflicts),
        conflicts=tuple(conflicts),
    )


def _translated(rows: pl.DataFrame) -> pl.DataFrame:
    """Name and type the columns as the table has them."""
    part = pl.col("purpose_part").fill_null("").replace_strict(_PARTS, return_dtype=pl.Int16)
    return rows.select(
        "channel",
        "external_id",
        "account_id",
        "paid_on",
        "credited_on",
        "amount",
        pl.col("purpose_period").alias("month"),
        pl.col("purpose_service").fill_null(0).alias("service_id"),
        part.alias("part"),
        "kind",
    ).cast(_ROW)  # type: ignore[arg-type]  # polars types it more narrowly


def _without_twins(came: pl.DataFrame) -> tuple[pl.DataFrame, list[Conflict]]:
    """Keep one of equal rows; name the operations that the rows describe in two ways."""
    once = came.unique(maintain_order=True)
    twice = once.filter(pl.struct(_KEY).is_duplicated()).select(_KEY).unique(maintain_order=True)
    kept = once.join(twice, on=_KEY, how="anti", maintain_order="left")
    return kept, [_conflict(*key) for key in twice.iter_rows()]


def _conflict(channel: str, external_id: str) -> Conflict:
    text = (
        f"операция «{external_id}» канала «{channel}» уже загружена с другими данными; "
        "исправьте файл, а ошибку в загруженном отмените строкой с kind=cancel"
    )
    return Conflict(channel=channel, external_id=external_id, text=text)


def _post(supplier_id: int, fresh: pl.DataFrame, now: datetime) -> None:
    """Post the new payments, a batch for each reason."""
    if fresh.is_empty():
        return
    companies = organisation_ids(supplier_id=supplier_id)
    credited = pl.col("account_id").is_in(companies) & pl.col("credited_on").is_not_null()
    keyed = fresh.with_columns(
        pl.format("payment:{}:{}", "channel", "external_id").alias("key"),
        pl.when(credited).then("credited_on").otherwise("paid_on").alias("happened_on"),
        pl.when(pl.col("kind") == Kind.PAYMENT).then(1).otherwise(-1).alias("sign"),
    )
    for kind, reason in REASONS.items():
        own = keyed.filter(pl.col("kind") == kind)
        ledger.post_batch(
            supplier_id=supplier_id,
            reason=reason,
            transfers=own.select("key", pl.col("account_id").alias("subject_id"), "happened_on"),
            entries=_entries(own),
            now=now,
        )


def _entries(own: pl.DataFrame) -> pl.DataFrame:
    """Return both sides of each payment."""
    clearing = own.select(
        "key",
        pl.lit(int(Book.CLEARING), pl.Int16).alias("book"),
        pl.lit(0, pl.Int64).alias("subject_id"),
        pl.lit(0, pl.Int64).alias("service_id"),
        pl.lit(None, pl.Date).alias("month"),
        pl.lit(int(Part.NONE), pl.Int16).alias("part"),
        "channel",
        (pl.col("amount") * pl.col("sign")).alias("amount"),
    )
    advance = own.select(
        "key",
        pl.lit(int(Book.ADVANCE), pl.Int16).alias("book"),
        pl.col("account_id").alias("subject_id"),
        "service_id",
        "month",
        "part",
        pl.lit("").alias("channel"),
        (-pl.col("amount") * pl.col("sign")).alias("amount"),
    )
    return pl.concat([clearing, advance])
