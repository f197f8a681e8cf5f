"""Loading a bundle: all or nothing, or the valid rows (EXCHANGE 1, 2)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from abonent.common.bulk import Loaded, Rows, plan_freely
from abonent.common.refusals import Refusal
from abonent.domain.billing import queries as billing
from abonent.domain.exchange import models
from abonent.domain.exchange.operations.arrears import post_write_offs
from abonent.domain.exchange.operations.checking import Checker, open_file
from abonent.domain.exchange.operations.chunks import Reader, with_values
from abonent.domain.exchange.operations.context import Context, rejected_keys
from abonent.domain.exchange.operations.findings import BundleRefused, Findings
from abonent.domain.exchange.operations.loading import load_rows
from abonent.domain.exchange.operations.money import restore_bills
from abonent.domain.exchange.operations.progress import Progress, Silence
from abonent.domain.exchange.operations.rejected import write_rejected
from abonent.domain.exchange.operations.source import Source, open_source
from abonent.domain.exchange.operations.supplier_file import SupplierFile, read_supplier_file
from abonent.domain.exchange.rules import IN_ORDER, BatchState, ImportMode
from abonent.domain.exchange.rules.table import FileTable
from abonent.domain.exchange.rules.words import REJECTED_FOLDER, SUPPLIER_FILE
from abonent.domain.journal import operations as journal
from abonent.domain.suppliers import operations as suppliers
from abonent.domain.suppliers import queries as supplier_queries
from abonent.domain.suppliers.operations import Preset
from abonent.domain.support import operations as support
from abonent.domain.support.rules import FaqLine, TopicLine

FILES = [SUPPLIER_FILE, *(table.name for table in IN_ORDER)]
_LOCK = 7_204_002  # one import of a supplier at a time: its directories must not move


@dataclass(frozen=True)
class GivenPreset:
    """A preset that the door has found: the supplier's part and what is support's."""

    preset: Preset
    topics: Sequence[TopicLine]
    faq: Sequence[FaqLine] = ()


@dataclass(frozen=True)
class FileCount:
    """What became of the rows of one file."""

    file: str
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class ImportReport:
    """What was loaded; ``rejected_files`` hold the rows that a partial import left out."""

    supplier: str
    mode: ImportMode
    counts: list[FileCount]
    findings: Findings
    rejected_files: list[Path] = field(default_factory=list)


class _Trial(Exception):
    """Ends a trial: the transaction is rolled back, the report remains."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__()
        self.report = report


def import_bundle(
    *,
    path: Path,
    now: datetime,
    mode: ImportMode = ImportMode.WHOLE,
    find_preset: Callable[[str], GivenPreset] | None = None,
    rejected_to: Path | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Load a bundle in one transaction; the report counts the rows of each file.

    ``path`` is a folder or a zip. WHOLE loads everything or nothing, PARTIAL the valid
    rows and writes the others to ``rejected_to`` (else to ``rejected`` in the bundle's
    folder), TRIAL checks and leaves nothing. ``find_preset`` returns the preset of a name
    or refuses; without it presets are not applied. Refuses with BundleRefused, which holds
    every finding in words. Source: EXCHANGE 1 and 2.
    """
    findings = Findings(keep_all=mode is ImportMode.PARTIAL)
    with open_source(path) as source:
        try:
            with transaction.atomic(durable=True):
                folder = rejected_to or (source.folder or Path()) / REJECTED_FOLDER
                run = _Import(source, mode, findings, find_preset, folder, now,
                              progress or Silence())  # fmt: skip
                report = run.load()
                _stay_or_leave(report)
        except _Trial as trial:
            report = trial.report
    return report


def _stay_or_leave(report: ImportReport) -> None:
    """Leave the transaction by a refusal or the end of a trial; return when it may commit."""
    findings = report.findings
    if findings.fatal or (findings.count and report.mode is not ImportMode.PARTIAL):
        raise BundleRefused(findings.in_order(FILES), findings.count)
    if report.mode is ImportMode.TRIAL:
        raise _Trial(report)


@dataclass
class _Import:
    """One import under way, inside its transaction."""

    source: Source
    mode: ImportMode
    findings: Findings
    find_preset: Callable[[str], GivenPreset] | None
    rejected_to: Path
    now: datetime
    progress: Progress
    counts: dict[str, FileCount] = field(default_factory=dict)

    def load(self) -> ImportReport:
        """Load the supplier, then file after file in the order of their references."""
        given = read_supplier_file(self.source.members[SUPPLIER_FILE], self.findings)
        if given is None:
            raise BundleRefused(self.findings.in_order(FILES), self.findings.count)
        with connection.cursor() as cursor:
            # One import of a supplier at a time: its directories must not move under it.
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, given.card.code]
            )
            cursor.execute("SET LOCAL work_mem = '256MB'")
            cursor.execute("SET LOCAL jit = off")
        context = self._supplier(given)
        for table in IN_ORDER:
            if table.name in self.source.members:
                self._file(context, table)
        self._check_policy(context, given)
        for name, loaded in {**restore_bills(context), **post_write_offs(context)}.items():
            self.counts[name] = _count(name, loaded, self.counts[name].rejected)
        return self._finish(context)

    def _supplier(self, given: SupplierFile) -> Context:
        """Make the supplier exist, with its preset and policy."""
        self._keep_start(given)
        defined = suppliers.define_supplier(card=given.card, given=given.given, now=self.now)
        changed = self._preset(defined.supplier_id, given) or defined.updated
        policy = suppliers.set_policy(
            supplier_id=defined.supplier_id, general=given.general, by_service=given.by_service,
            now=self.now,
        )  # fmt: skip
        new = defined.inserted
        changed = not new and (changed or policy > 0)
        self.counts[SUPPLIER_FILE] = FileCount(
            SUPPLIER_FILE, int(new), int(changed), int(not new and not changed)
        )
        published = billing.published_through(supplier_id=defined.supplier_id)
        return Context(
            supplier_id=defined.supplier_id,
            closed_through=published.last_day if published else None,
            findings=self.findings,
            progress=self.progress,
            now=self.now,
        )

    def _keep_start(self, given: SupplierFile) -> None:
        """Billing begins where it began: published bills rest on the first month."""
        standing = supplier_queries.supplier_by_code(given.card.code)
        if standing is None or "start_period" not in given.given:
            return
        published = billing.published_through(supplier_id=standing.id)
        if published and standing.start_period != given.card.start_period:
            self.findings.fail(
                SUPPLIER_FILE, "счета уже выставлены, первый месяц расчётов не меняется",
                "верните прежний start_period", column="start_period",
            )  # fmt: skip

    def _preset(self, supplier_id: int, given: SupplierFile) -> bool:
        """Apply the named preset, else the standing one; says whether anything changed."""
        if self.find_preset is None:
            return False
        standing = supplier_queries.supplier_by_id(supplier_id)
        try:
            found = self.find_preset(standing.preset if given.preset is None else given.preset)
        except Refusal as refusal:
            self.findings.fail(
                SUPPLIER_FILE, refusal.text.rstrip("."),
                "укажите один из названных или уберите ключ", column="preset",
            )  # fmt: skip
            return False
        preset = found.preset
        own = "services.csv" in self.source.members or supplier_queries.services(
            supplier_id=supplier_id
        )
        if own and not preset.code:
            # The plain preset's services are for a supplier that names none of its own.
            preset = replace(preset, services=())
        applied = suppliers.apply_preset(supplier_id=supplier_id, preset=preset, now=self.now)
        if applied.changed:
            support.define_topics(supplier_id=supplier_id, topics=found.topics)
            support.define_faq(supplier_id=supplier_id, lines=found.faq)
        return applied.changed

    def _file(self, context: Context, table: FileTable) -> None:
        """Check and load one file; its findings and counts are kept."""
        member = self.source.members[table.name]
        reader = Reader(member, table)
        self.progress.begin(table.name, member.size)
        loaded, same = Loaded(), 0
        if open_file(reader, self.findings):
            checker = Checker(table, reader.columns, self.findings)
            rows = Rows(context.rows(checker, reader), frozenset(reader.columns))
            loaded = load_rows(context, table, rows)
            plan_freely()
            same = checker.same
            self.findings.add_refused(table.name, with_values(reader, loaded.refused))
            rejected = rejected_keys(checker, table)
            if rejected is not None:
                context.rejected[table.name] = rejected
            context.forget(table.name)
        lines = len(self.findings.lines.get(table.name, ()))
        count = _count(table.name, loaded, lines)
        self.counts[table.name] = replace(count, unchanged=count.unchanged + same)
        self.progress.end(table.name, loaded.inserted + loaded.updated + loaded.unchanged)

    def _check_policy(self, context: Context, given: SupplierFile) -> None:
        """Policy for one service needs the service."""
        for service in given.by_service:
            if service not in context.services:
                self.findings.fail(
                    SUPPLIER_FILE, "такой услуги у поставщика нет",
                    "исправьте имя раздела или добавьте услугу в services.csv",
                    column=f"policy.{service}",
                )  # fmt: skip

    def _finish(self, context: Context) -> ImportReport:
        """Keep the batch and its rejected rows, journal it, return the report."""
        code = supplier_queries.supplier_by_id(context.supplier_id).code
        counts = [self.counts[name] for name in FILES if name in self.counts]
        partial = self.mode is ImportMode.PARTIAL and self.findings.count > 0
        batch = models.ImportBatch.objects.create(
            supplier_id=context.supplier_id,
            name=self.source.name[:255],
            state=BatchState.PARTIAL if partial else BatchState.LOADED,
            started_at=self.now,
            counts={
                one.file: [one.inserted, one.updated, one.unchanged, one.rejected] for one in counts
            },
        )
        written: list[Path] = []
        if partial and not self.findings.fatal:
            written = write_rejected(self.source, self.findings, batch.pk, self.rejected_to)
        journal.record(
            supplier_id=context.supplier_id,
            actor_id=None,
            action="bundle_imported",
            subject=f"import:{batch.pk}",
            details={"name": self.source.name, "counts": batch.counts},
            now=self.now,
        )
        return ImportReport(code, self.mode, counts, self.findings, written)


def _count(name: str, loaded: Loaded, rejected: int) -> FileCount:
    return FileCount(name, loaded.inserted, loaded.updated, loaded.unchanged, rejected)
