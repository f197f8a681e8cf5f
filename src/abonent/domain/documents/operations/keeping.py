"""Keeping files that the room above has made: papers of organisations and their XML."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from abonent.common.periods import Period
from abonent.common.transactions import requires_transaction
from abonent.domain.documents.models import Document
from abonent.domain.documents.operations.render import code_of
from abonent.domain.documents.rules import DocumentKind


@dataclass(frozen=True)
class NewFile:
    """A file to keep; ``amount`` is in kopecks, the rest is its identity and its name."""

    kind: DocumentKind
    subject: str
    period: Period
    title: str
    amount: int
    content: bytes


@requires_transaction
def keep_files(*, supplier_id: int, files: Sequence[NewFile], now: datetime) -> None:
    """Keep the files; one that is kept already stays as it is.

    Their codes are those that ``code_of`` told before they were made. No refusals.
    """
    rows = [
        Document(
            supplier_id=supplier_id,
            kind=file.kind,
            subject=file.subject,
            period=file.period.first_day,
            title=file.title,
            amount=file.amount,
            code=code_of(
                supplier_id=supplier_id, kind=file.kind, subject=file.subject, period=file.period
            ),
            sha256=hashlib.sha256(file.content).hexdigest(),
            size=len(file.content),
            content=file.content,
            rendered_at=now,
        )
        for file in files
    ]
    Document.objects.bulk_create(rows, ignore_conflicts=True)
