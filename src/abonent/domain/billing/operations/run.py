"""The billing run: drafts chunk by chunk, publication chunk by chunk (HOUSE 12).

Every chunk is one transaction with its state in its row, so a run survives a kill
anywhere: what committed is done, what did not is taken again by any worker.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from abonent.common.crash import crash_point
from abonent.common.frames import copy_frame, execute
from abonent.common.partitions import ensure_partitions
from abonent.common.periods import Period
from abonent.common.queue import defer
from abonent.common.refusals import Refusal
from abonent.common.transactions import outermost
from abonent.domain.accounts.queries import frames as accounts
from abonent.domain.billing import models
from abonent.domain.billing.operations.posting import post_chunk
from abonent.domain.billing.queries.anew import corrections
from abonent.domain.billing.queries.common_needs import with_common_needs
from abonent.domain.billing.queries.due_days import due_days
from abonent.domain.billing.queries.inputs import inputs
from abonent.domain.billing.queries.parameters import parameters
from abonent.domain.billing.queries.penalties import Chunk as PenaltyChunk
from abonent.domain.billing.queries.penalties import count_penalties
from abonent.domain.billing.queries.runs import published_through
from abonent.domain.billing.rules.bills import bills, numbered
from abonent.domain.billing.rules.corrections import together
from abonent.domain.billing.rules.levy import levies
from abonent.domain.billing.rules.lines import Inputs, Lines, charge_lines
from abonent.domain.billing.rules.parameters import Parameters
from abonent.domain.billing.rules.words import ChunkState, RunState
from abonent.domain.ledger import queries as ledger
from abonent.domain.suppliers import queries as suppliers

# A multiple of the groups in which the ledger holds accounts: chunks do not wait for others.
# The bench of 30,000 accounts after a year saw 588 MB with chunks of this size.
CHUNK = 16 * 1024


@dataclass(frozen=True)
class RunView:
    """A run as its callers see it."""

    id: int
    supplier_id: int
    period: Period
    state: RunState
    as_of: date


class OutOfOrder(Refusal):
    """Months are billed in their order."""


@outermost
def open_run(
    *, supplier_id: int, period: Period, as_of: date, now: datetime, chunk: int = CHUNK
) -> RunView:
    """Open the month's run, or return the one there is; a draft is calculated anew.

    ``chunk`` is how many accounts one worker takes at a time. Refuses a month before the
    supplier's start or before one that is already published.
    """
    supplier = suppliers.supplier_by_id(supplier_id)
    last = published_through(supplier_id=supplier_id)
    if supplier.start_period and period < Period.of(supplier.start_period):
        text = f"Начисления начинаются с {supplier.start_period:%m.%Y} (start_period)."
        raise OutOfOrder(text)
    ensure_partitions("billing_charge", [period])
    ensure_partitions("billing_bill", [period])
    run, created = models.BillingRun.objects.select_for_update().get_or_create(
        supplier_id=supplier_id,
        period=period.first_day,
        defaults={"as_of": as_of, "state": RunState.DRAFT, "opened_at": now},
    )
    if created and last and period < last:
        text = f"Месяц {last} уже опубликован: более ранний начислить нельзя."
        raise OutOfOrder(text)
    if run.state == RunState.DRAFT:
        run.as_of = as_of
        run.save(update_fields=["as_of"])
        _renew_chunks(run, chunk)
    return RunView(run.pk, supplier_id, period, RunState(run.state), run.as_of)


def resume_run(*, supplier_id: int, period: Period) -> RunView:
    """Return the month's draft that was stopped before its end; its ready chunks are kept.

    Refuses when there is no such draft. What was imported since the stop counts only for
    the chunks that are still to be drafted: after an import the month is opened anew.
    """
    run = models.BillingRun.objects.filter(
        supplier_id=supplier_id, period=period.first_day, state=RunState.DRAFT
    ).first()
    waiting = models.RunChunk.objects.filter(run=run, state=ChunkState.WAITING)
    if run is None or not waiting.exists():
        text = f"Продолжать нечего: недосчитанного месяца {period} нет. Повторите без --resume."
        raise Refusal(text)
    return RunView(run.pk, supplier_id, period, RunState(run.state), run.as_of)


def _renew_chunks(run: models.BillingRun, chunk: int) -> None:
    models.RunChunk.objects.filter(run=run).delete()
    borders = accounts.chunk_borders(supplier_id=run.supplier_id, size=chunk)
    models.RunChunk.objects.bulk_create(
        models.RunChunk(run=run, first_id=first, last_id=last, state=ChunkState.WAITING)
        for first, last in borders
    )


def next_chunk(run_id: int, state: ChunkState) -> models.RunChunk | None:
    """Lock and return a chunk in this state that no other worker holds.

    The workers fill the cores: the server's own helpers would only take them away.
    """
    execute("SET LOCAL max_parallel_workers_per_gather = 0")
    return (
        models.RunChunk.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(run_id=run_id, state=state)
        .order_by("first_id")
        .first()
    )


def run_parameters(*, run: RunView) -> Parameters:
    """Return the prices, norms and policies of the run's month, for many chunks."""
    known = parameters(supplier_id=run.supplier_id, period=run.period)
    return with_common_needs(supplier_id=run.supplier_id, known=known)


@outermost
def bill_batch(*, run: RunView, known: Parameters | None = None) -> bool:
    """Draft the bills of one waiting chunk; returns False when none waits.

    Drafts only: no money moves. Repeating a chunk replaces its drafts.
    """
    chunk = next_chunk(run.id, ChunkState.WAITING)
    if chunk is None:
        return False
    used = known or run_parameters(run=run)
    given = inputs(
        supplier_id=run.supplier_id,
        first_id=chunk.first_id,
        last_id=chunk.last_id,
        parameters=used,
    )
    result = with_corrections(run, (chunk.first_id, chunk.last_id), given, used)
    drafts = compose(run, chunk, given, result, used.services)
    _keep_left_out(run, chunk, drafts.problems)
    _replace_drafts(run, chunk, drafts)
    chunk.bills, chunk.lines = drafts.papers.height, drafts.lines.height
    chunk.charged = int(drafts.lines["amount"].sum())
    chunk.state = ChunkState.DRAFTED
    chunk.save(update_fields=["bills", "lines", "charged", "state"])
    crash_point("billing.drafted")
    return True


@dataclass(frozen=True)
class Drafts:
    """What a chunk's month consists of, and what could not be billed."""

    lines: pl.DataFrame
    papers: pl.DataFrame
    penalties: pl.DataFrame
    problems: pl.DataFrame


def with_corrections(
    run: RunView, span: tuple[int, int], given: Inputs, known: Parameters
) -> Lines:
    """Return the month's lines and, among them, the corrections of earlier months."""
    result = charge_lines(given, known)
    past = corrections(supplier_id=run.supplier_id, span=span, anew=given.anew, horizon=run.period)
    return Lines(
        lines=together(result.lines, past.lines, known.services),
        problems=pl.concat([result.problems, past.problems.cast(result.problems.schema)])
        if past.problems.height
        else result.problems,
    )


def compose(
    run: RunView, chunk: models.RunChunk, given: Inputs, result: Lines, services: pl.DataFrame
) -> Drafts:
    """Return the lines, the penalties and the bills of the accounts that have no problem."""
    whole = PenaltyChunk(run.supplier_id, chunk.first_id, chunk.last_id, run.as_of)
    movements = ledger.movements_frame(
        supplier_id=run.supplier_id,
        first_id=chunk.first_id,
        last_id=chunk.last_id,
        before=max(run.period.last_day, run.as_of) + timedelta(days=1),
        fold=run.period.first_day,
    )
    late = count_penalties(whole, movements).of(given.accounts["account_id"].to_list())
    problems = pl.concat([result.problems, late.problems], how="diagonal")
    left_out = problems.select("account_id").unique()
    people = given.accounts.join(left_out, on="account_id", how="anti", maintain_order="left")
    lines = result.lines.join(left_out, on="account_id", how="anti", maintain_order="left")
    levied = levies(late.sums, late.spans, run.as_of)
    penalties = levied.join(left_out, on="account_id", how="anti", maintain_order="left")
    papers = bills(
        people,
        lines,
        movements,
        services,
        penalties,
        period=run.period,
        due=due_days(supplier_id=run.supplier_id),
    )
    return Drafts(lines, papers, penalties, problems)


def _keep_left_out(run: RunView, chunk: models.RunChunk, problems: pl.DataFrame) -> None:
    models.LeftOut.objects.filter(
        run_id=run.id, account_id__range=(chunk.first_id, chunk.last_id)
    ).delete()
    keep_left_out(run, problems)


def keep_left_out(run: RunView, problems: pl.DataFrame) -> None:
    """Write down what the run could not bill, and why."""
    last = pl.lit(run.period.last_day)
    day = pl.coalesce("day", last) if "day" in problems.columns else last
    rows = problems.unique(maintain_order=True).select(
        pl.lit(run.id).alias("run_id"),
        "account_id",
        "service_id",
        "problem",
        pl.col("parameter").str.slice(0, 200),
        day.alias("day"),
    )
    copy_frame("billing_leftout", rows)


def _replace_drafts(run: RunView, chunk: models.RunChunk, drafts: Drafts) -> None:
    span = {"period": run.period.first_day, "first": chunk.first_id, "last": chunk.last_id,
            "supplier": run.supplier_id}  # fmt: skip
    for table in ("billing_charge", "billing_bill", "billing_penalty"):
        execute(
            f"DELETE FROM {table} WHERE period = %(period)s AND supplier_id = %(supplier)s "
            "AND account_id BETWEEN %(first)s AND %(last)s",
            span,
        )
    keep_bills(run, drafts)


def keep_bills(run: RunView, drafts: Drafts) -> None:
    """Store the lines, the penalties and the bills of a run."""
    marks = [pl.lit(run.supplier_id).alias("supplier_id"), pl.lit(run.id).alias("run_id")]
    charges = numbered(drafts.lines).with_columns(
        pl.lit(run.period.first_day).alias("period"), *marks
    )
    copy_frame("billing_charge", charges)
    copy_frame("billing_bill", drafts.papers.with_columns(*marks))
    penalties = drafts.penalties.rename({"month": "debt_month"})
    month = pl.lit(run.period.first_day).alias("period")
    copy_frame("billing_penalty", penalties.with_columns(month, *marks))


@outermost
def start_publication(*, run: RunView) -> None:
    """Close the draft: from here on its chunks are only published, never drafted anew.

    Refuses while a chunk still waits for its draft.
    """
    row = models.BillingRun.objects.select_for_update().get(pk=run.id)
    if models.RunChunk.objects.filter(run=row, state=ChunkState.WAITING).exists():
        raise Refusal("Начисления ещё не готовы: дождитесь, пока посчитаются все счета.")
    if row.state == RunState.DRAFT:
        row.state = RunState.PUBLISHING
        row.save(update_fields=["state"])


@outermost
def publish_batch(*, run: RunView, now: datetime) -> bool:
    """Post the bills of one drafted chunk to the ledger; False when none is left."""
    chunk = next_chunk(run.id, ChunkState.DRAFTED)
    if chunk is None:
        return False
    post_chunk(
        supplier_id=run.supplier_id,
        period=run.period,
        first_id=chunk.first_id,
        last_id=chunk.last_id,
        now=now,
    )
    chunk.state = ChunkState.PUBLISHED
    chunk.save(update_fields=["state"])
    crash_point("billing.posted")
    return True


@outermost
def publish_run(*, run: RunView, now: datetime) -> bool:
    """Make the month's bills public once every chunk is posted; False while some are not.

    With it the queue gets the work of sending them to those who asked for letters.
    """
    row = models.BillingRun.objects.select_for_update().get(pk=run.id)
    if models.RunChunk.objects.filter(run=row).exclude(state=ChunkState.PUBLISHED).exists():
        return False
    if row.state != RunState.PUBLISHED:
        row.state = RunState.PUBLISHED
        row.published_at = now
        row.save(update_fields=["state", "published_at"])
        defer("deliver_bills", run_id=run.id)
    return True
