"""Handing out a file of an appeal to somebody who may see the appeal."""

from uuid import UUID

from abonent.domain.documents import operations as documents
from abonent.domain.documents.queries import UploadView
from abonent.domain.support.queries.tickets import TicketView, file_of_ticket


def read_file(*, ticket: TicketView, uuid: UUID) -> tuple[UploadView, bytes]:
    """Return a file of the appeal with its bytes; who may see the appeal may have its files.

    Refuses with NotFound for a file of another appeal, with documents' NotChecked while the
    scanner of viruses has not answered and after it found something bad.
    """
    upload = file_of_ticket(ticket, uuid)
    return upload, documents.read_upload(upload_id=upload.id)
