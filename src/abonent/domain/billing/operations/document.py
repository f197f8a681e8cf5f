"""The paper of a bill: gathered here, set in type and kept by the documents room."""

from dataclasses import replace
from datetime import datetime

from abonent.common.periods import Period
from abonent.common.transactions import outermost
from abonent.domain.accounts.queries.bill_codes import bill_code_for
from abonent.domain.billing.queries.paper import bill_paper, blank_paper
from abonent.domain.billing.rules.paper import bill_subject
from abonent.domain.documents import operations as documents
from abonent.domain.documents import queries as kept
from abonent.domain.documents.queries import DocumentFile, DocumentView
from abonent.domain.documents.rules import BillPaper, DocumentKind
from abonent.domain.journal.operations import record

_ACTIONS = {DocumentKind.BILL: "bill_opened", DocumentKind.PRINTED_BILL: "bill_printed"}


def bill_document(
    *, supplier_id: int, account_id: int, period: Period, actor_id: int | None, now: datetime
) -> DocumentFile:
    """Return the PDF of a published bill, rendered when somebody first asks for it.

    Afterwards always the same file. It bears no code that links the account: a relative who
    may only pay opens it too, and with the code would make himself an owner (TRUST B5).
    The journal notes who opened it (None: the machine's operator). Refuses with
    NotPublished when there is no published bill of the month. Call it outside a
    transaction: the setting in type is slow.
    """
    kept_bill(supplier_id=supplier_id, account_id=account_id, period=period, now=now)
    return _opened(
        supplier_id=supplier_id, kind=DocumentKind.BILL, subject=bill_subject(account_id),
        period=period, actor_id=actor_id, now=now,
    )  # fmt: skip


def kept_bill(*, supplier_id: int, account_id: int, period: Period, now: datetime) -> DocumentView:
    """Return the kept PDF of a published bill without its content, rendering it if need be.

    Nobody opens it here, so the journal says nothing. Refuses as ``bill_document`` does.
    """
    kind, subject = DocumentKind.BILL, bill_subject(account_id)
    found = kept.find_document(supplier_id=supplier_id, kind=kind, subject=subject, period=period)
    if found is not None:
        return found
    paper = bill_paper(supplier_id=supplier_id, account_id=account_id, period=period)
    return documents.render(
        supplier_id=supplier_id, kind=kind, subject=subject, data=paper, now=now
    )


def blank_receipt(*, supplier_id: int, account_id: int, now: datetime) -> bytes:
    """Return the PDF of a receipt of an account to be filled in by hand; nothing is kept."""
    return documents.blank_receipt(
        data=blank_paper(supplier_id=supplier_id, account_id=account_id, now=now)
    )


def printed_bill(
    *, supplier_id: int, account_id: int, period: Period, actor_id: int | None, now: datetime
) -> DocumentFile:
    """Return the PDF of a published bill that is delivered on paper, with the linking code.

    It is another file than ``bill_document``'s, with a code of authenticity of its own; for
    those who print and deliver, never for a page of the cabinet. Refuses as the other does.
    """
    kind, subject = DocumentKind.PRINTED_BILL, bill_subject(account_id)
    if not _is_kept(supplier_id, kind, subject, period):
        paper = bill_paper(supplier_id=supplier_id, account_id=account_id, period=period)
        code = bill_code_for(supplier_id=supplier_id, account_id=account_id, period=period)
        documents.render(
            supplier_id=supplier_id, kind=kind, subject=subject, data=_with_code(paper, code),
            now=now,
        )  # fmt: skip
    return _opened(
        supplier_id=supplier_id, kind=kind, subject=subject, period=period, actor_id=actor_id,
        now=now,
    )  # fmt: skip


def _with_code(paper: BillPaper, code: str) -> BillPaper:
    return replace(paper, payer=replace(paper.payer, link_code=code))


def _is_kept(supplier_id: int, kind: DocumentKind, subject: str, period: Period) -> bool:
    found = kept.find_document(supplier_id=supplier_id, kind=kind, subject=subject, period=period)
    return found is not None


@outermost
def _opened(
    *,
    supplier_id: int,
    kind: DocumentKind,
    subject: str,
    period: Period,
    actor_id: int | None,
    now: datetime,
) -> DocumentFile:
    """Read the kept file and note that it was opened."""
    file = kept.open_document(supplier_id=supplier_id, kind=kind, subject=subject, period=period)
    record(
        supplier_id=supplier_id,
        actor_id=actor_id,
        action=_ACTIONS[kind],
        subject=subject,
        details={"period": str(period)},
        now=now,
    )
    return file
