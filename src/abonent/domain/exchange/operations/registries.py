"""Registries of banks and agents: kept as they came, loaded whole or not at all, row by row once.

Three steps, each of its own transactions, so that a killed load goes on where it stopped: the
file with its rows is written down; rows are met with our books, some at a time; what we have
and the registry lacks is named.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import IntegrityError

from abonent.common import clock
from abonent.common.crash import crash_point
from abonent.common.refusals import Refusal
from abonent.common.transactions import outermost
from abonent.domain.accounts.queries.payable import accounts_of_numbers, accounts_of_payers
from abonent.domain.exchange.models import Registry, RegistryRow
from abonent.domain.exchange.ports import UnreadableRegistry, registry_format
from abonent.domain.exchange.rules.bank_registries import (
    RegistryFile,
    RegistryLine,
    RegistryState,
    RowOutcome,
    contradictions,
)
from abonent.domain.journal import operations as journal
from abonent.domain.payments.operations.reconciling import RegistryPayment, reconcile_payment
from abonent.domain.payments.queries.agents import tells_online, told_on_days
from abonent.domain.suppliers import queries as suppliers

_AT_ONCE = 100
_UNIFIED_SIGNS = 10


class RegistryRefused(Refusal):
    """The registry was set aside: nothing of it is posted, staff are told."""


class UnknownFormat(Refusal):
    """There is no such layout."""


@dataclass(frozen=True)
class RegistryReport:
    """What became of a registry's rows: how many and how much for each outcome, kopecks."""

    registry_id: int
    counts: Counter[RowOutcome] = field(default_factory=Counter)
    sums: Counter[RowOutcome] = field(default_factory=Counter)


def load_registry(
    *, supplier_id: int, channel: str, layout: str, name: str, body: bytes, now: datetime
) -> RegistryReport:
    """Load a registry of a channel; its payments are matched, added or corrected by it.

    The file is kept as it came, with its hash. The registry prevails over what was told
    online; what it lacks is named and never reversed by a machine. Killed in the middle, the
    same file goes on where it stopped. Refuses with UnknownFormat, and with
    RegistryRefused for a file that cannot be read, whose totals or lines contradict each
    other, that was loaded before, or that has the name of one loaded before: it is kept with
    the reason, nothing is posted, and the journal tells staff.
    """
    wanted = registry_format(layout)
    if wanted is None:
        raise UnknownFormat(f"Нет формата «{layout}». Список форматов: docs/guides/registries.md.")
    digest = hashlib.sha256(body).hexdigest()
    place = _Place(supplier_id, channel, layout, name, body, digest, now)
    stands = _standing(place)
    if stands is None:
        try:
            file = wanted.read(body)
        except UnreadableRegistry as error:
            raise _set_aside(place, error.problems) from None
        problems = contradictions(file, today=_today(supplier_id, now)) + _numberless(place, file)
        if problems:
            raise _set_aside(place, problems)
        stands = _written_down(place, file)
    crash_point("registry.written")
    while _meet_some(stands, now):
        crash_point("registry.met")
    return _finish(stands, now)


@dataclass(frozen=True)
class _Place:
    """A file that has come."""

    supplier_id: int
    channel: str
    layout: str
    name: str
    body: bytes
    digest: str
    now: datetime

    def row(self, state: RegistryState, reason: str) -> Registry:
        """Return the file as it is kept."""
        return Registry(
            supplier_id=self.supplier_id,
            channel=self.channel,
            layout=self.layout,
            name=self.name[:255],
            body=self.body,
            body_hash=self.digest,
            state=state,
            reason=reason,
            order_number="",
            received_at=self.now,
        )


def _standing(place: _Place) -> int | None:
    """Return the same file that was begun and not finished; refuses what cannot be loaded again."""
    known = Registry.objects.filter(supplier_id=place.supplier_id, channel=place.channel).exclude(
        state=RegistryState.QUARANTINED
    )
    same = known.filter(body_hash=place.digest).first()
    if same is not None and same.state == RegistryState.LOADING:
        return same.pk
    if same is not None:
        raise _set_aside(place, [f"этот файл уже загружен под именем «{same.name}»"])
    if known.filter(name=place.name[:255]).exists():
        raise _set_aside(place, ["под этим именем уже загружен другой файл"])
    return None


def _today(supplier_id: int, now: datetime) -> date:
    return clock.local_day(now, suppliers.supplier_by_id(supplier_id).timezone)


def _numberless(place: _Place, file: RegistryFile) -> list[str]:
    """Refuse lines that could not be met with what the channel tells online: they would double."""
    nameless = [one for one in file.lines if not one.number]
    if not nameless or not tells_online(supplier_id=place.supplier_id, channel=place.channel):
        return []
    return [f"строка {nameless[0].line}: нет номера операции, а канал сообщает платежи и сам"]


def _written_down(place: _Place, file: RegistryFile) -> int:
    """Write a file down; one that another load has written down meanwhile is refused."""
    try:
        return _write_down(place, file)
    except IntegrityError:
        raise RegistryRefused(
            f"Реестр «{place.name}» уже загружается. Дождитесь конца и посмотрите его итог."
        ) from None


@outermost
def _set_aside(place: _Place, problems: Sequence[str]) -> RegistryRefused:
    """Keep a file with what is wrong about it and return the refusal."""
    reason = "; ".join(problems)
    row = place.row(RegistryState.QUARANTINED, reason)
    row.save(force_insert=True)
    journal.record(
        supplier_id=place.supplier_id,
        actor_id=None,
        action="registry_quarantined",
        subject=f"registry:{row.pk}",
        details={"channel": place.channel, "name": place.name, "reason": reason[:1000]},
        now=place.now,
    )
    return RegistryRefused(
        f"Реестр «{place.name}» не загружен: {reason}. Ничего не зачислено. "
        "Попросите у банка верный файл и загрузите его под другим именем."
    )


@outermost
def _write_down(place: _Place, file: RegistryFile) -> int:
    """Keep the file and its rows, with the accounts that they name."""
    row = place.row(RegistryState.LOADING, "")
    row.order_number, row.net = file.order[:32], file.net
    row.save(force_insert=True)
    accounts = _accounts(place.supplier_id, file.lines)
    RegistryRow.objects.bulk_create(
        [
            RegistryRow(
                registry_id=row.pk,
                line=one.line,
                # Without a number of its own a row is known by its file and its place there.
                number=one.number or f"{place.digest[:32]}/{one.line}",
                account_text=one.account,
                account_id=accounts[one],
                amount=one.amount,
                paid_on=one.paid_on,
                outcome=RowOutcome.SETTLES if _settles(place, one) else RowOutcome.WAITING,
            )
            for one in file.lines
        ],
        batch_size=1000,
    )
    return row.pk


def _accounts(supplier_id: int, lines: Sequence[RegistryLine]) -> dict[RegistryLine, int]:
    """Find whose each line is: by its number, its unified account, the payer's ИНН; 0 is nobody."""
    by_number, by_unified = accounts_of_numbers(
        supplier_id=supplier_id,
        numbers=[one.account for one in lines],
        unified=[one.document[:_UNIFIED_SIGNS] for one in lines if one.document],
    )
    by_inn = accounts_of_payers(
        supplier_id=supplier_id, inns=[one.payer_inn for one in lines if one.payer_inn]
    )
    return {
        one: by_number.get(one.account)
        or by_unified.get(one.document[:_UNIFIED_SIGNS])
        or by_inn.get(one.payer_inn)
        or 0
        for one in lines
    }


def _settles(place: _Place, line: RegistryLine) -> bool:
    """Tell whether a line of a statement is the money of a registry that was loaded before."""
    return (
        bool(line.order)
        and Registry.objects.filter(
            supplier_id=place.supplier_id,
            state=RegistryState.LOADED,
            order_number=line.order,
            net=line.amount,
        ).exists()
    )


@outermost
def _meet_some(registry_id: int, now: datetime) -> bool:
    """Meet the next rows with our books; False when there are none left."""
    registry = Registry.objects.select_for_update().get(pk=registry_id)
    rows = RegistryRow.objects.filter(registry_id=registry_id, outcome=RowOutcome.WAITING)
    some = list(rows.order_by("line")[:_AT_ONCE])
    for row in some:
        met, payment_id = reconcile_payment(
            supplier_id=registry.supplier_id,
            channel=registry.channel,
            told=RegistryPayment(
                row.number, row.account_id, row.amount, row.paid_on, row.account_text
            ),
            why=f"реестр «{registry.name}», строка {row.line}",
            now=now,
        )
        row.outcome, row.payment_id = RowOutcome(met), payment_id or None
    RegistryRow.objects.bulk_update(some, ["outcome", "payment_id"])
    return bool(some)


@outermost
def _finish(registry_id: int, now: datetime) -> RegistryReport:
    """Name what the registry lacks, and close it."""
    registry = Registry.objects.select_for_update().get(pk=registry_id)
    rows = list(RegistryRow.objects.filter(registry_id=registry_id).order_by("line"))
    if registry.state == RegistryState.LOADING:
        missing = _missing(registry, rows)
        RegistryRow.objects.bulk_create(missing)
        rows += missing
        registry.state, registry.loaded_at = RegistryState.LOADED, now
        registry.save(update_fields=["state", "loaded_at"])
        journal.record(
            supplier_id=registry.supplier_id,
            actor_id=None,
            action="registry_loaded",
            subject=f"registry:{registry.pk}",
            details={"channel": registry.channel, "name": registry.name, "rows": len(rows)},
            now=now,
        )
    report = RegistryReport(registry.pk)
    for row in rows:
        report.counts[RowOutcome(row.outcome)] += 1
        report.sums[RowOutcome(row.outcome)] += row.amount
    return report


def _missing(registry: Registry, rows: Sequence[RegistryRow]) -> list[RegistryRow]:
    """Return what was told online on the registry's days and is not in it."""
    listed = {row.number for row in rows}
    return [
        RegistryRow(
            registry_id=registry.pk,
            line=0,
            number=one.external_id,
            account_text="",
            account_id=one.account_id,
            amount=one.amount,
            paid_on=one.paid_on,
            outcome=RowOutcome.MISSING,
            payment_id=one.payment_id,
        )
        for one in told_on_days(
            supplier_id=registry.supplier_id,
            channel=registry.channel,
            days=sorted({row.paid_on for row in rows}),
        )
        if one.external_id not in listed
    ]
