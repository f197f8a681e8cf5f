"""Writing a supplier out in the layout it came in, with its charges and bills (EXCHANGE 2)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from django.db import connection, transaction

from abonent.common.periods import Period
from abonent.domain.accounts.queries import registers as accounts
from abonent.domain.exchange import models
from abonent.domain.exchange.operations import arrears, export_facts, export_registers, profiles
from abonent.domain.exchange.operations.progress import Progress, Silence
from abonent.domain.exchange.operations.supplier_text import supplier_text
from abonent.domain.exchange.operations.tables import Scope
from abonent.domain.exchange.operations.writing import Target, canonical, open_target, write_rows
from abonent.domain.exchange.rules import IN_ORDER
from abonent.domain.exchange.rules.table import FileTable
from abonent.domain.exchange.rules.words import SUPPLIER_FILE
from abonent.domain.journal import operations as journal
from abonent.domain.suppliers import queries as suppliers

SLICE = 20_000  # accounts at a time: memory is bounded, the order is that of numbers
Frames = Callable[[Scope], Iterator[pl.DataFrame]]
_FRAMES: dict[str, Frames] = {
    **export_registers.FRAMES,
    **export_facts.FRAMES,
    **profiles.FRAMES,
    **arrears.FRAMES,
}


@dataclass(frozen=True)
class ExportReport:
    """How many rows each file has; files without rows are not written."""

    path: Path
    rows: dict[str, int]


def export_bundle(
    *,
    supplier_id: int,
    path: Path,
    now: datetime,
    period: Period | None = None,
    progress: Progress | None = None,
) -> ExportReport:
    """Write the supplier's bundle to a folder, or a zip when the name ends so.

    Everything is read as of one moment. With ``period`` the charges and bills are those of
    the month and the facts (readings, volumes, payments) go up to its end. Importing the
    bundle into an empty installation restores the published bills verbatim. Refuses with
    PlaceTaken. Source: EXCHANGE 2.
    """
    alone = not connection.in_atomic_block
    with transaction.atomic(), open_target(path) as target:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        rows = _write(supplier_id, target, period, progress or Silence())
        batch = models.ExportBatch.objects.create(
            supplier_id=supplier_id,
            name=path.name[:255],
            period=period.first_day if period else None,
            made_at=now,
            counts=rows,
        )
        journal.record(
            supplier_id=supplier_id,
            actor_id=None,
            action="bundle_exported",
            subject=f"export:{batch.pk}",
            details={"name": path.name, "rows": rows},
            now=now,
        )
    return ExportReport(path, rows)


def _write(
    supplier_id: int, target: Target, period: Period | None, progress: Progress
) -> dict[str, int]:
    supplier = suppliers.supplier_by_id(supplier_id)
    book = suppliers.rulebook(supplier_id=supplier_id)
    with target.open(SUPPLIER_FILE) as file:
        file.write(supplier_text(supplier, book).encode())
    known = accounts.account_ids(supplier_id=supplier_id)
    services = suppliers.services(supplier_id=supplier_id)
    scope = Scope(
        supplier_id=supplier_id,
        period=period,
        slices=list(known.iter_slices(SLICE)),
        services={service.id: service for service in services},
    )
    rows = {SUPPLIER_FILE: 1}
    for table in IN_ORDER:
        progress.begin(table.name, known.height)
        count = _write_file(target, table, _frames(table, scope), progress)
        if count:
            rows[table.name] = count
            progress.end(table.name, count)
    return rows


def _frames(table: FileTable, scope: Scope) -> Iterator[pl.DataFrame]:
    """Return the frames of a file, in its canonical order."""
    if table.kept:
        return export_facts.kept_frames(scope, table)
    return _FRAMES[table.name](scope)


def _write_file(
    target: Target, table: FileTable, frames: Iterator[pl.DataFrame], progress: Progress
) -> int:
    """Write the file if it has rows; returns how many."""
    first = next((frame for frame in frames if not frame.is_empty()), None)
    if first is None:
        return 0
    with target.open(table.name) as file:
        write_rows(file, canonical(table, first), headed=True)
        count = first.height
        for frame in frames:
            progress.advance(SLICE)
            if not frame.is_empty():
                write_rows(file, canonical(table, frame), headed=False)
                count += frame.height
    return count
