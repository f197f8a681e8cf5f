"""Files that letters carry: the kept documents, for the port of messages."""

from abonent.domain.documents.queries import document_by_id
from abonent.domain.messaging.ports import Attachment


class KeptDocuments:
    """Opens ``document:17``."""

    def open(self, name: str) -> Attachment:
        """Return the PDF of this name."""
        kind, _, number = name.partition(":")
        if kind != "document":
            raise ValueError(name)
        file = document_by_id(int(number))
        return Attachment(
            name=f"{file.view.kind}-{file.view.period}.pdf",
            content_type="application/pdf",
            content=file.content,
        )
