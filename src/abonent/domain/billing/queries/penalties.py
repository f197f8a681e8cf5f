"""Arrears interest of a chunk of accounts or of one: gathered, counted, compared (RULES 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from abonent.common.frames import read_frame
from abonent.domain.accounts.queries import frames as accounts
from abonent.domain.billing.queries.agreements import instalments_register, suspensions_frame
from abonent.domain.billing.queries.due_days import due_days
from abonent.domain.billing.queries.parameters import reference_rate
from abonent.domain.billing.rules.due_days import DueDays, scheduled_parts, with_due_days
from abonent.domain.billing.rules.late import late_accounts
from abonent.domain.billing.rules.penalties import (
    HOUSEHOLD,
    KEY,
    LAST_DAY,
    Calendar,
    counted,
    in_parts,
    scale_of,
    spans,
)
from abonent.domain.billing.rules.settlement import LIMITS, no_limits, settled
from abonent.domain.billing.rules.words import Problem
from abonent.domain.ledger import queries as ledger
from abonent.domain.ledger.rules import FOLDED, Book, Part, Reason
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.tariffs import queries as tariffs

OPENINGS = {
    "account_id": pl.Int64, "service_id": pl.Int64, "month": pl.Date, "due_on": pl.Date,
    "counted_to": pl.Date,
}  # fmt: skip
PROBLEMS = {
    "account_id": pl.Int64, "service_id": pl.Int64, "problem": pl.String,
    "parameter": pl.String, "day": pl.Date,
}  # fmt: skip


@dataclass(frozen=True)
class Chunk:
    """Whose interest is counted, to which day, inclusive."""

    supplier_id: int
    first_id: int
    last_id: int
    as_of: date


@dataclass(frozen=True)
class _World:
    """A chunk with who its payers are and what its services are, read once."""

    chunk: Chunk
    payers: pl.DataFrame
    kinds: dict[int, str]
    due: DueDays


@dataclass(frozen=True)
class Counted:
    """What the debts of a chunk cost: sums, the days behind them, what is missing.

    ``sums``: KEY, counted (kopecks, to the day of calculation), levied (by the ledger so
    far), forgiven. ``spans``: penalties.SPAN. ``problems``: PROBLEMS. ``pieces``: the debts
    as ``penalties.spans`` takes them.
    """

    sums: pl.DataFrame
    spans: pl.DataFrame
    problems: pl.DataFrame
    pieces: pl.DataFrame

    def of(self, account_ids: Sequence[int]) -> "Counted":
        """Keep some accounts."""
        mine = pl.col("account_id").is_in(list(account_ids))
        frames = (self.sums, self.spans, self.problems, self.pieces)
        return Counted(*(one.filter(mine) for one in frames))


def count_penalties(chunk: Chunk, movements: pl.DataFrame) -> Counted:
    """Count the interest of the accounts that were ever late; the others cost nothing.

    ``movements``: the ledger's ``movements_frame`` of the range to ``as_of`` at least.
    """
    world = _world(chunk)
    openings = _openings(world)
    first_due = openings.group_by("account_id").agg(pl.col("due_on").min())
    others = pl.concat([world.payers["account_id"], first_due["account_id"]])
    known = _unfolded(chunk, movements, others)
    ids = late_accounts(known, first_due, world.payers, chunk.as_of, world.due)
    return _counted(world, ids, openings)


def _unfolded(chunk: Chunk, movements: pl.DataFrame, accounts: pl.Series) -> pl.DataFrame:
    """Put the single days of some accounts in the place of what a closing has folded.

    Those whose debts fall due by other days than the bills of households.
    """
    folded = movements.filter(pl.col("reason") == FOLDED)["subject_id"]
    wanted = accounts.filter(accounts.is_in(folded.implode())).unique()
    if wanted.is_empty():
        return movements
    single = ledger.movements_of_subjects(
        supplier_id=chunk.supplier_id,
        subject_ids=wanted.to_list(),
        before=chunk.as_of + timedelta(days=1),
    )
    mine = pl.col("subject_id").is_in(wanted.implode())
    return pl.concat([movements.filter(~mine), single])


def count_of_account(*, supplier_id: int, account_id: int, as_of: date) -> Counted:
    """Count the interest of one account to a day, late or not."""
    return count_of_accounts(Chunk(supplier_id, account_id, account_id, as_of), [account_id])


def count_of_accounts(chunk: Chunk, account_ids: Sequence[int]) -> Counted:
    """Count the interest of some accounts of a range, late or not."""
    world = _world(chunk)
    return _counted(world, list(account_ids), _openings(world))


def _world(chunk: Chunk) -> _World:
    kinds = {one.id: one.kind.value for one in suppliers.services(supplier_id=chunk.supplier_id)}
    return _World(chunk, _payers(chunk), kinds, due_days(supplier_id=chunk.supplier_id))


def _counted(world: _World, ids: list[int], openings: pl.DataFrame) -> Counted:
    """Count the interest of these accounts."""
    chunk = world.chunk
    facts = ledger.facts_frame(supplier_id=chunk.supplier_id, subject_ids=ids).rename(
        {"subject_id": "account_id", "happened_on": "on"}
    )
    pieces = _pieces(world, facts, openings)
    calendar = _calendar(chunk, pieces)
    found = spans(pieces, calendar, chunk.as_of)
    sums = _with_levied(counted(found.filter(pl.col("rate").is_not_null())), facts)
    return Counted(sums, found, _problems(found, pieces, calendar, chunk.as_of), pieces)


def _payers(chunk: Chunk) -> pl.DataFrame:
    """Return who is not an ordinary household, with his scale."""
    rows = accounts.consumers_frame(
        supplier_id=chunk.supplier_id, first_id=chunk.first_id, last_id=chunk.last_id
    )
    table = [
        (*key, scale_of(*key))
        for key in rows.select("kind", "organisation_class", "premises").unique().iter_rows()
    ]
    schema = {"kind": pl.String, "organisation_class": pl.String, "premises": pl.String,
              "scale": pl.String}  # fmt: skip
    scales = pl.DataFrame(table, schema=schema, orient="row")
    return rows.join(
        scales, on=["kind", "organisation_class", "premises"], how="left", nulls_equal=True
    )


def _openings(world: _World) -> pl.DataFrame:
    """Return the imported principal debts with their due days."""
    rows = read_frame(
        """SELECT account_id, service_id, month, due_on, penalty_counted_to
             FROM billing_openingdebt
            WHERE supplier_id = %(supplier)s AND part = 1 AND amount > 0
              AND account_id BETWEEN %(first)s AND %(last)s""",
        OPENINGS,
        {
            "supplier": world.chunk.supplier_id,
            "first": world.chunk.first_id,
            "last": world.chunk.last_id,
        },
    )
    return _dated(world, rows).select(list(OPENINGS))


def _dated(world: _World, rows: pl.DataFrame) -> pl.DataFrame:
    """Fill in the due days by the rules where no other is given; adds who pays, by which scale."""
    known = rows.join(world.payers.drop("premises"), on="account_id", how="left").with_columns(
        pl.col("kind").fill_null("household"),
        pl.col("organisation_class").fill_null(""),
        pl.col("scale").fill_null(HOUSEHOLD),
    )
    dated = with_due_days(known, world.kinds, world.due)
    return dated.with_columns(pl.coalesce("due_on", "usual"))


def _pieces(world: _World, facts: pl.DataFrame, openings: pl.DataFrame) -> pl.DataFrame:
    """Return the principal debts cut by the days on which they were paid."""
    chunk = world.chunk
    known = facts.filter(pl.col("on") <= chunk.as_of)
    debts = known.filter(pl.col("book") == int(Book.RECEIVABLE))
    money = known.filter(pl.col("book") == int(Book.ADVANCE)).select(
        "account_id",
        pl.col("service_id").alias("for_service"),
        pl.col("month").alias("for_month"),
        pl.col("part").alias("for_part"),
        -pl.col("amount"),
        "on",
    )
    owed = debts.select("account_id", "service_id", "month", "part", "amount", "on")
    cut = settled(owed, money, _limits(world, owed, openings, chunk.as_of))
    principal = cut.filter(pl.col("part") == int(Part.PRINCIPAL)).join(openings, on=KEY, how="left")
    known = _dated(world, principal.with_columns(pl.col("due_on").is_null().alias("billed")))
    pieces = known.select(*KEY, "scale", "due_on", "counted_to", "since", "settled_on", "amount")
    ids = pieces["account_id"].unique().to_list()
    agreed = instalments_register(supplier_id=chunk.supplier_id, account_ids=ids).select(
        *KEY, pl.col("due_on").alias("part_due"), pl.col("amount").alias("part_amount")
    )
    scheduled = scheduled_parts(known.filter("billed"), world.kinds, world.due)
    return in_parts(pieces, pl.concat([agreed, scheduled.join(agreed, on=KEY, how="anti")]))


def limits_of(*, supplier_id: int, debts: pl.DataFrame, on: date) -> pl.DataFrame:
    """Return until when old debts (KEY) may be claimed (LIMITS); none of later ones."""
    if _old(debts, on).is_empty():
        return no_limits()
    ids = debts["account_id"].sort().to_list()
    world = _world(Chunk(supplier_id, ids[0], ids[-1], on))
    return _limits(world, debts, _openings(world), on)


def _old(debts: pl.DataFrame, on: date) -> pl.DataFrame:
    """Keep the debts of months whose limitation may be over: none falls due within its month."""
    return debts.filter(pl.col("month").dt.month_end().dt.offset_by("3y") < on)


def _limits(world: _World, debts: pl.DataFrame, openings: pl.DataFrame, on: date) -> pl.DataFrame:
    """Count three years from the day on which each old debt fell due (ГК 196, 200)."""
    old = _old(debts, on).select(KEY).unique()
    if old.is_empty():
        return no_limits()
    due = _dated(world, old.join(openings, on=KEY, how="left"))
    until = pl.col("due_on").dt.offset_by("3y").alias("until")
    return due.select(*KEY, until).select(list(LIMITS))


def _calendar(chunk: Chunk, pieces: pl.DataFrame) -> Calendar:
    """Return the rates and suspensions that these debts need."""
    references = tariffs.reference_rates_frame(supplier_id=chunk.supplier_id)
    days = {min(day or chunk.as_of, chunk.as_of) for day in pieces["settled_on"].unique()}
    off: dict[int, list[tuple[date, date]]] = {}
    rows = suspensions_frame(
        supplier_id=chunk.supplier_id, first_id=chunk.first_id, last_id=chunk.last_id
    )
    for account_id, first, last, _ in rows.iter_rows():
        off.setdefault(account_id or 0, []).append((first, last or LAST_DAY))
    return Calendar(
        caps=_caps(references),
        key_rates={day: reference_rate(references, "key_rate", day) for day in days},
        suspended={account: tuple(intervals) for account, intervals in off.items()},
    )


def _caps(references: pl.DataFrame) -> tuple[tuple[date, date, int], ...]:
    """Return the caps of the rate one after another; the supplier's own rows come first."""
    rows = references.filter(pl.col("kind") == "penalty_cap")
    after = rows["valid_to"].drop_nulls().dt.offset_by("1d")
    starts = sorted({*rows["valid_from"], *after})
    ends = [start - timedelta(days=1) for start in starts[1:]] + [LAST_DAY]
    found = [
        (first, last, reference_rate(rows, "penalty_cap", first))
        for first, last in zip(starts, ends, strict=True)
    ]
    return tuple((first, last, rate) for first, last, rate in found if rate is not None)


def _with_levied(sums: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Set beside each sum what was levied before and what was forgiven."""
    penalty = facts.filter(
        (pl.col("book") == int(Book.RECEIVABLE)) & (pl.col("part") == int(Part.PENALTY))
    )
    reason = pl.col("reason")
    before = penalty.group_by(KEY).agg(
        pl.col("amount").filter(reason == int(Reason.PENALTY)).sum().alias("levied"),
        -pl.col("amount").filter(reason == int(Reason.AMNESTY)).sum().alias("forgiven"),
    )
    return (
        sums.join(before, on=KEY, how="full", coalesce=True)
        .with_columns(pl.col("counted", "levied", "forgiven").fill_null(0))
        .sort(KEY)
    )


def _problems(
    found: pl.DataFrame, pieces: pl.DataFrame, calendar: Calendar, as_of: date
) -> pl.DataFrame:
    """Name the accounts that need a key rate which is not loaded, with its day."""
    bare = found.filter(pl.col("rate").is_null()).select("account_id", "service_id").unique()
    if bare.is_empty():
        return pl.DataFrame(schema=PROBLEMS)
    unknown = [day for day, rate in calendar.key_rates.items() if rate is None]
    days = pieces.join(bare, on=["account_id", "service_id"]).with_columns(
        pl.min_horizontal(pl.col("settled_on").fill_null(as_of), pl.lit(as_of)).alias("day")
    )
    return (
        days.filter(pl.col("day").is_in(unknown))
        .group_by("account_id", "service_id")
        .agg(pl.col("day").min())
        .select(
            "account_id",
            "service_id",
            pl.lit(str(Problem.NO_KEY_RATE)).alias("problem"),
            pl.lit("key_rate").alias("parameter"),
            "day",
        )
    )
