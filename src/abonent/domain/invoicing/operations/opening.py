"""Handing papers out: each look is in the journal."""

import io
import zipfile
from datetime import datetime

from abonent.common.periods import Period
from abonent.common.refusals import NotFound
from abonent.common.transactions import outermost
from abonent.domain.documents.queries import DocumentFile
from abonent.domain.invoicing.queries.papers import (
    NO_PAPER,
    find_paper,
    paper_file,
    papers_of,
)
from abonent.domain.invoicing.rules import FileFormat
from abonent.domain.journal import operations as journal


@outermost
def open_paper(
    *, supplier_id: int, account_id: int, paper_id: int, form: FileFormat, actor_id: int,
    now: datetime,
) -> DocumentFile:  # fmt: skip
    """Return a file of a paper of this account and note who opened it.

    Refuses with NotFound for another account's paper, and while the file is not made.
    """
    paper = find_paper(supplier_id=supplier_id, account_id=account_id, paper_id=paper_id)
    file = paper_file(supplier_id=supplier_id, paper=paper, form=form)
    journal.record(
        supplier_id=supplier_id,
        actor_id=actor_id,
        action="paper_opened",
        subject=f"account:{account_id}",
        details={"paper": paper.title, "form": form},
        now=now,
    )
    return file


@outermost
def month_archive(
    *, supplier_id: int, account_id: int, account_number: str, period: Period, actor_id: int,
    now: datetime,
) -> bytes:  # fmt: skip
    """Return all files of the papers of a month as one zip; refuses with NotFound for none."""
    papers = papers_of(supplier_id=supplier_id, account_ids=[account_id], period=period)
    made = [paper for paper in papers if paper.has_files]
    if not made:
        raise NotFound(NO_PAPER)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for paper in made:
            for form in paper.formats:
                file = paper_file(supplier_id=supplier_id, paper=paper, form=form)
                zipped.writestr(paper.name_of(form, account_number), file.content)
    journal.record(
        supplier_id=supplier_id,
        actor_id=actor_id,
        action="papers_archived",
        subject=f"account:{account_id}",
        details={"period": str(period), "papers": len(made)},
        now=now,
    )
    return archive.getvalue()
