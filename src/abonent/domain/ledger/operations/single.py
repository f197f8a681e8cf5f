"""Post one transfer, or its reversal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import connection

from abonent.common import clock
from abonent.common.refusals import NotFound, Refusal
from abonent.common.transactions import requires_transaction
from abonent.domain.ledger.models import Entry, Transfer
from abonent.domain.ledger.rules import (
    Book,
    EntryLine,
    LedgerCode,
    Part,
    Reason,
    check_balanced,
    fingerprint,
)

# The ledger knows no suppliers' places; the day of a correction is Moscow's.
_ZONE = "Europe/Moscow"
# The class of this room's advisory locks; "LE" in ASCII.
_HOLD = 0x4C45

_INSERT = """
INSERT INTO ledger_transfer
    (supplier_id, reason, key, subject_id, happened_on, recorded_at, fingerprint, reverses_id, note)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (supplier_id, key) DO NOTHING
RETURNING id
"""


@dataclass(frozen=True)
class Posted:
    """The transfer that stands under the key; ``repeated`` when it stood there before."""

    transfer_id: int
    repeated: bool


class KeyReused(Refusal):
    """The key already names another transfer; nothing was posted."""

    def __init__(self, key: str) -> None:
        text = (
            f"Проводка с ключом «{key}» уже записана с другими данными. "
            "Проверьте сумму, день и лицевой счёт: записанное не меняют, его исправляют новой "
            "проводкой."
        )
        super().__init__(text)
        self.key = key


@requires_transaction
def post(
    *,
    supplier_id: int,
    reason: Reason,
    key: str,
    happened_on: date,
    lines: Sequence[EntryLine],
    subject_id: int,
    now: datetime,
) -> Posted:
    """Record one balanced transfer under its key, once for ever.

    ``lines`` are kopecks, debit positive; ``subject_id`` is the account it is about.
    The same key with the same inputs returns the first transfer and writes nothing.
    Refuses with KeyReused when the key stands with other inputs; lines that do not sum
    to zero are a programming error (ValueError). The database proves the balance again
    at commit (HOUSE 9, the ledger in six sentences; TRUST R5).
    """
    check_balanced(lines)
    head = (supplier_id, int(reason), key, subject_id, happened_on, now)
    mark = bytes.fromhex(fingerprint(reason, happened_on, lines))
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [*head, mark, None, ""])
        added = cursor.fetchone()
    if added is None:
        return _first(supplier_id, key, mark)
    _write(added[0], supplier_id, reason, happened_on, lines)
    return Posted(transfer_id=added[0], repeated=False)


@requires_transaction
def reverse(*, supplier_id: int, transfer_id: int, why: str, now: datetime) -> Posted:
    """Record the opposite of a transfer, dated today, with a link to it and the reason why.

    A second reversal of the same transfer returns the first one. Refuses with NotFound
    when the supplier has no such transfer, and to reverse a reversal: post anew instead.
    """
    first = Transfer.objects.filter(supplier_id=supplier_id, pk=transfer_id).first()
    if first is None:
        raise NotFound(f"Проводки № {transfer_id} нет. Найдите её номер в журнале проводок.")
    if first.reverses_id is not None:
        raise Refusal(
            f"Проводка № {transfer_id} сама отменяет другую. Вместо отмены запишите новую проводку."
        )
    lines = _opposite(transfer_id)
    today = clock.local_day(now, _ZONE)
    mark = bytes.fromhex(fingerprint(Reason.REVERSAL, today, lines))
    head = (supplier_id, int(Reason.REVERSAL), f"reversal:{transfer_id}", first.subject_id)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [*head, today, now, mark, transfer_id, why])
        added = cursor.fetchone()
    if added is None:
        return Posted(transfer_id=Transfer.objects.get(reverses_id=transfer_id).pk, repeated=True)
    _write(added[0], supplier_id, Reason.REVERSAL, today, lines)
    return Posted(transfer_id=added[0], repeated=False)


def _first(supplier_id: int, key: str, mark: bytes) -> Posted:
    """Return the transfer that already stands under the key, if its inputs are the same."""
    row = Transfer.objects.get(supplier_id=supplier_id, key=key)
    if bytes(row.fingerprint) != mark:
        raise KeyReused(key)
    return Posted(transfer_id=row.pk, repeated=True)


def _opposite(transfer_id: int) -> list[EntryLine]:
    """Return the lines of a transfer with their sides exchanged."""
    rows = Entry.objects.filter(transfer_id=transfer_id).order_by("line")
    return [replace(line, amount=-line.amount) for line in map(_line, rows)]


def _line(row: Entry) -> EntryLine:
    """Turn a stored entry into a line."""
    code = LedgerCode(
        book=Book(row.book),
        subject_id=row.subject_id,
        service_id=row.service_id,
        month=row.month,
        part=Part(row.part),
        channel=row.channel,
    )
    return EntryLine(code=code, amount=row.amount)


def _write(
    transfer_id: int,
    supplier_id: int,
    reason: Reason,
    happened_on: date,
    lines: Sequence[EntryLine],
) -> None:
    """Add the entries of a new transfer."""
    Entry.objects.bulk_create(
        Entry(
            transfer_id=transfer_id,
            line=number,
            supplier_id=supplier_id,
            reason=int(reason),
            happened_on=happened_on,
            book=int(line.code.book),
            subject_id=line.code.subject_id,
            service_id=line.code.service_id,
            month=line.code.month,
            part=int(line.code.part),
            channel=line.code.channel,
            amount=line.amount,
        )
        for number, line in enumerate(lines, start=1)
    )


@requires_transaction
def hold_subjects(*, first_id: int, last_id: int) -> None:
    """Make decisions that rest on the balances of these accounts wait for each other.

    Postings need no lock; deciding what an advance pays does: two that read the same
    advance would spend it twice. Accounts are held in groups of 1024, in ascending order,
    until the transaction ends, so that a chunk of a run takes tens of locks, not thousands.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, place::int)"
            " FROM generate_series(%s::bigint >> 10, %s::bigint >> 10) AS place",
            [_HOLD, first_id, last_id],
        )
