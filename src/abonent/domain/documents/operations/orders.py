"""Papers that are ordered and made behind the page."""

from datetime import datetime
from uuid import UUID

from abonent.common.identifiers import new_uuid
from abonent.common.periods import Period
from abonent.common.transactions import outermost, requires_transaction
from abonent.domain.documents.models import DocumentOrder
from abonent.domain.documents.rules import DocumentKind


@requires_transaction
def place_order(
    *,
    supplier_id: int,
    kind: DocumentKind,
    subject: str,
    since: Period,
    until: Period,
    user_id: int,
    now: datetime,
) -> UUID:
    """Keep the order of a paper about a subject for some months; who makes it is told apart."""
    row = DocumentOrder.objects.create(
        id=new_uuid(),
        supplier_id=supplier_id,
        kind=kind,
        subject=subject,
        since=since.first_day,
        until=until.first_day,
        user_id=user_id,
        ordered_at=now,
        total=until.months_since(since) + 1,
    )
    return row.id


@outermost
def advance_order(*, order_id: UUID, done: int) -> None:
    """Note how many months of an order are gathered, for the page that waits."""
    DocumentOrder.objects.filter(pk=order_id, finished_at=None).update(done=done)


@outermost
def finish_order(*, order_id: UUID, document_id: int, now: datetime) -> None:
    """Tie the finished paper to its order; a repetition changes nothing."""
    DocumentOrder.objects.filter(pk=order_id, finished_at=None).update(
        document_id=document_id, finished_at=now
    )
