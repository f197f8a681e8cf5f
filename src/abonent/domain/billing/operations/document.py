"""The paper of a bill: gathered here, set in type and kept by the documents room."""

from datetime import datetime

from abonent.common.periods import Period
from abonent.common.transactions import outermost
from abonent.domain.billing.queries.paper import bill_paper
from abonent.domain.billing.rules.paper import bill_subject
from abonent.domain.documents import operations as documents
from abonent.domain.documents import queries as kept
from abonent.domain.documents.queries import DocumentFile
from abonent.domain.documents.rules import DocumentKind
from abonent.domain.journal.operations import record


def bill_document(
    *, supplier_id: int, account_id: int, period: Period, actor_id: int | None, now: datetime
) -> DocumentFile:
    """Return the PDF of a published bill, rendered when somebody first asks for it.

    Afterwards always the same file. The journal notes who opened it (None: the machine's
    operator). Refuses with NotPublished when there is no published bill of the month.
    Call it outside a transaction: the setting in type is slow.
    """
    subject = bill_subject(account_id)
    found = kept.find_document(
        supplier_id=supplier_id, kind=DocumentKind.BILL, subject=subject, period=period
    )
    if found is None:
        documents.render(
            supplier_id=supplier_id,
            kind=DocumentKind.BILL,
            subject=subject,
            data=bill_paper(supplier_id=supplier_id, account_id=account_id, period=period),
            now=now,
        )
    return _opened(supplier_id, subject, period, actor_id, now)


@outermost
def _opened(
    supplier_id: int, subject: str, period: Period, actor_id: int | None, now: datetime
) -> DocumentFile:
    """Read the kept file and note that it was opened."""
    file = kept.open_document(
        supplier_id=supplier_id, kind=DocumentKind.BILL, subject=subject, period=period
    )
    record(
        supplier_id=supplier_id,
        actor_id=actor_id,
        action="bill_opened",
        subject=subject,
        details={"period": str(period)},
        now=now,
    )
    return file
