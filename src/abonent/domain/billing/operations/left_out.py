"""Accounts that a published month left out, billed once their reason has gone."""

from dataclasses import replace
from datetime import datetime

import polars as pl

from abonent.common.queue import defer
from abonent.common.transactions import outermost
from abonent.domain.billing import models
from abonent.domain.billing.operations.posting import post_chunk
from abonent.domain.billing.operations.run import (
    Drafts,
    RunView,
    compose,
    keep_bills,
    keep_left_out,
    with_corrections,
)
from abonent.domain.billing.queries.inputs import inputs
from abonent.domain.billing.rules.lines import Inputs
from abonent.domain.billing.rules.parameters import Parameters
from abonent.domain.billing.rules.words import RunState


@outermost
def bill_left_out(*, run: RunView, known: Parameters, after: int, now: datetime) -> int | None:
    """Bill what one chunk of a published run left out; what is published stays as it is.

    Takes the first chunk with such accounts beyond the account ``after`` and returns its
    last account, or None when there is no further one. An account that a later month has
    billed since is not taken: its later bill has covered this month. One transaction: a
    bill appears with its postings or not at all, and a repetition finds nothing to do.
    """
    row = models.BillingRun.objects.select_for_update().get(pk=run.id)
    chunk = _chunk(run, after)
    if row.state != RunState.PUBLISHED or chunk is None:
        return None
    waiting = _waiting(run, chunk)
    # No bill of theirs has come out for this month: none of its readings is late.
    published = {day: at for day, at in known.published.items() if day != run.period.first_day}
    known = replace(known, published=published)
    given = inputs(
        supplier_id=run.supplier_id,
        first_id=chunk.first_id,
        last_id=chunk.last_id,
        parameters=known,
    )
    mine = _only(given, waiting)
    result = with_corrections(run, (chunk.first_id, chunk.last_id), mine, known)
    drafts = compose(run, chunk, mine, result, known.services)
    mine_left = models.LeftOut.objects.filter(run_id=run.id, account_id__in=waiting)
    billed = drafts.papers["account_id"].to_list()
    mine_left.exclude(account_id__in=billed).delete()
    mine_left.update(billed_at=now)
    keep_left_out(run, drafts.problems)
    _publish(run, chunk, drafts, now)
    if billed:
        defer("deliver_bills", run_id=run.id)
    return chunk.last_id


def _chunk(run: RunView, after: int) -> models.RunChunk | None:
    """Return the first chunk that begins beyond an account and left something out."""
    for chunk in models.RunChunk.objects.filter(run_id=run.id, first_id__gt=after).order_by(
        "first_id"
    ):
        if _waiting(run, chunk):
            return chunk
    return None


def _waiting(run: RunView, chunk: models.RunChunk) -> list[int]:
    """Return the accounts of a chunk that the run left out and no bill has covered since."""
    accounts = (
        models.LeftOut.objects.filter(
            run_id=run.id, account_id__range=(chunk.first_id, chunk.last_id), billed_at=None
        )
        .order_by("account_id")
        .values_list("account_id", flat=True)
        .distinct()
    )
    ids = list(accounts)
    billed = models.Bill.objects.filter(
        period__gte=run.period.first_day, account_id__in=ids, supplier_id=run.supplier_id
    ).values_list("account_id", flat=True)
    covered = set(billed) if ids else set()
    return [one for one in ids if one not in covered]


def _only(given: Inputs, waiting: list[int]) -> Inputs:
    """Keep what belongs to some accounts."""
    mine = pl.col("account_id").is_in(waiting)
    return replace(
        given,
        accounts=given.accounts.filter(mine),
        agreements=given.agreements.filter(mine),
        intervals=given.intervals.filter(mine),
        missing=given.missing.filter(mine),
        standing=given.standing.filter(mine),
        shares=given.shares.filter(mine),
        anew=given.anew.filter(mine),
        aside=given.aside.filter(mine),
        homes=given.homes.only(mine),
    )


def _publish(run: RunView, chunk: models.RunChunk, drafts: Drafts, now: datetime) -> None:
    """Store the bills and post each of them, the neighbours' money untouched."""
    if drafts.papers.is_empty():
        return
    keep_bills(run, drafts)
    for account_id in drafts.papers["account_id"].to_list():
        post_chunk(
            supplier_id=run.supplier_id,
            period=run.period,
            first_id=account_id,
            last_id=account_id,
            now=now,
        )
    chunk.bills += drafts.papers.height
    chunk.lines += drafts.lines.height
    chunk.charged += int(drafts.lines["amount"].sum())
    chunk.save(update_fields=["bills", "lines", "charged"])
