"""Post the transfers of a whole chunk of accounts by COPY, proven by set queries."""

import json
from datetime import datetime
from typing import Any, cast

import polars as pl
from django.db import connection

from abonent.common.frames import copy_frame
from abonent.common.transactions import requires_transaction
from abonent.domain.ledger.operations.single import KeyReused
from abonent.domain.ledger.rules import Reason, fingerprint_of_body

# The same text as rules.line_text writes for one line.
_LINE_TEXT = pl.concat_str(
    pl.col("book"),
    pl.col("subject_id"),
    pl.col("service_id"),
    pl.col("month").dt.strftime("%Y-%m-%d").fill_null(""),
    pl.col("part"),
    pl.col("channel"),
    pl.col("amount"),
    separator="|",
)
# Long lists travel as one text: the driver writes an array element by element.
_STANDING = """
SELECT key, fingerprint FROM ledger_transfer
WHERE supplier_id = %(supplier)s
  AND key = ANY(ARRAY(SELECT jsonb_array_elements_text(%(keys)s::jsonb)))
"""
# The name of the sequence is found once, not for every row. Numbers that nobody took between
# ours are told by their ends; else one by one.
_NUMBERS = """
WITH taken AS MATERIALIZED (
    SELECT nextval(own.numbers) AS id FROM generate_series(1, %(count)s), (
        SELECT pg_get_serial_sequence('ledger_transfer', 'id')::regclass AS numbers OFFSET 0
    ) AS own
)
SELECT min(id), max(id),
       CASE WHEN max(id) - min(id) >= count(*) THEN array_agg(id ORDER BY id) END
FROM taken
"""
_PROOF = """
SELECT count(*), coalesce(sum(lines), 0)::bigint, coalesce(sum(size), 0)::bigint,
       count(*) FILTER (WHERE balance <> 0)
FROM (
    SELECT count(*) AS lines, sum(abs(amount)) AS size, sum(amount) AS balance
    FROM ledger_entry
    WHERE transfer_id BETWEEN %(first)s AND %(last)s
      AND (%(ids)s::bigint[] IS NULL OR transfer_id = ANY(%(ids)s))
    GROUP BY transfer_id
) AS written
"""


@requires_transaction
def post_batch(
    *,
    supplier_id: int,
    reason: Reason,
    transfers: pl.DataFrame,
    entries: pl.DataFrame,
    now: datetime,
) -> int:
    """Record many balanced transfers at once; return how many were new.

    ``transfers`` has key, subject_id, happened_on; ``entries`` has key, book,
    subject_id, service_id, month, part, channel, amount (kopecks, debit positive). The
    result is the same as that of ``post`` for each. Keys that stand with the same inputs
    are passed over; refuses with KeyReused when one stands with others, and then nothing
    of the batch remains once the caller's transaction is rolled back. Frames that do not
    balance are a programming error (ValueError). Balance, uniqueness and sums are proven
    by set queries in the same transaction instead of a check per row (HOUSE 12).
    """
    if transfers.is_empty() and entries.is_empty():
        return 0
    _check(transfers, entries)
    heads = _new(supplier_id, _heads(reason, transfers, entries))
    if heads.is_empty():
        return 0
    heads = heads.with_columns(_identifiers(heads.height))
    copy_frame(
        "ledger_transfer",
        heads.with_columns(
            pl.lit(supplier_id).alias("supplier_id"),
            pl.lit(int(reason)).alias("reason"),
            pl.lit(now.isoformat()).alias("recorded_at"),
        ),
    )
    lines = _lines(supplier_id, reason, heads, entries)
    copy_frame("ledger_entry", lines)
    _prove(heads, lines)
    return heads.height


def _new(supplier_id: int, heads: pl.DataFrame) -> pl.DataFrame:
    """Return the transfers whose keys are free; refuses a key that stands with other inputs.

    A key that another transaction takes meanwhile stops this one by the unique constraint:
    its caller repeats the whole and then finds the key standing.
    """
    keys = json.dumps(heads["key"].to_list())
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"supplier": supplier_id, "keys": keys})
        standing = {key: "\\x" + bytes(mark).hex() for key, mark in cursor.fetchall()}
    if not standing:
        return heads
    known = pl.DataFrame({"key": list(standing), "stands": list(standing.values())})
    met = heads.join(known, on="key")
    other = met.filter(pl.col("stands") != pl.col("fingerprint"))
    if not other.is_empty():
        raise KeyReused(str(other["key"].min()))
    return heads.join(known, on="key", how="anti", maintain_order="left")


def _check(transfers: pl.DataFrame, entries: pl.DataFrame) -> None:
    """Raise ValueError unless each transfer is named once and its lines balance."""
    if transfers["key"].n_unique() != transfers.height:
        raise ValueError("one key names two transfers of the batch")
    sums = entries.group_by("key").agg(
        pl.col("amount").sum().alias("balance"), (pl.col("amount") == 0).any().alias("zero")
    )
    if sums.height != transfers.height or sums.join(transfers, on="key").height != sums.height:
        raise ValueError("transfers and entries of the batch name different keys")
    wrong = sums.filter((pl.col("balance") != 0) | pl.col("zero"))
    if not wrong.is_empty():
        raise ValueError(f"the transfer {wrong['key'][0]} does not balance")


def _heads(reason: Reason, transfers: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Give each transfer the fingerprint of its inputs."""
    bodies = (
        entries.select("key", _LINE_TEXT.alias("text"))
        .sort("key", "text")
        .group_by("key", maintain_order=True)
        .agg("text")
        .with_columns(pl.col("text").list.join("\n").alias("body"))
    )
    heads = transfers.select("key", "subject_id", "happened_on").join(
        bodies, on="key", maintain_order="left"
    )
    inputs = zip(heads["happened_on"].to_list(), heads["body"].to_list(), strict=True)
    marks = ["\\x" + fingerprint_of_body(reason, day, body) for day, body in inputs]
    return heads.select(
        "key",
        "subject_id",
        "happened_on",
        pl.Series("fingerprint", marks, dtype=pl.String),
    )


def _identifiers(count: int) -> pl.Series:
    """Take identifiers for new transfers from the table's own sequence.

    From here to the commit the sealer sees that somebody is posting: a number that is taken
    and not written yet would come under a seal that was closed without it.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE ledger_transfer IN ROW EXCLUSIVE MODE")
    first, last, apart = _row(_NUMBERS, {"count": count})
    return pl.Series("id", apart or range(first, last + 1), dtype=pl.Int64)


def _lines(
    supplier_id: int, reason: Reason, heads: pl.DataFrame, entries: pl.DataFrame
) -> pl.DataFrame:
    """Return the rows of the entry table for the transfers that are new."""
    joined = entries.join(
        heads.select("key", "happened_on", pl.col("id").alias("transfer_id")),
        on="key",
        maintain_order="left",
    ).sort("transfer_id", maintain_order=True)
    first = pl.col("transfer_id").ne_missing(pl.col("transfer_id").shift(1))
    place = pl.int_range(pl.len())
    return joined.select(
        "transfer_id",
        (place - pl.when(first).then(place).forward_fill() + 1).alias("line"),
        pl.lit(supplier_id).alias("supplier_id"),
        pl.lit(int(reason)).alias("reason"),
        "book",
        "subject_id",
        "service_id",
        "month",
        "part",
        "channel",
        "amount",
        "happened_on",
        pl.lit("t").alias("bulk"),
    )


def _prove(heads: pl.DataFrame, lines: pl.DataFrame) -> None:
    """Stop unless the database holds exactly these transfers, lines and sums, balanced."""
    first, last = heads["id"][0], heads["id"][-1]
    apart = heads["id"].to_list() if last - first >= heads.height else None
    found = _row(_PROOF, {"first": first, "last": last, "ids": apart})
    wanted = (heads.height, lines.height, lines["amount"].abs().sum(), 0)
    if found != wanted:
        message = f"the ledger holds {found} of a batch that was {wanted}"
        raise RuntimeError(message)


def _row(query: str, parameters: dict[str, Any]) -> tuple[Any, ...]:
    """Return the only row of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cast("tuple[Any, ...]", cursor.fetchone())
