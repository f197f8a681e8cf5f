"""How much of what people send is taken off the line (TRUST T29)."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

# One file, and everything of one request: above the documents room's own limits, whose
# words tell the person what to do.
MOST_OF_A_FILE = 12_000_000
MOST_OF_A_REQUEST = 60_000_000


class Ceiling(FileUploadHandler):
    """Leaves out a file that goes beyond the ceiling: it is neither stored nor kept in memory.

    The names of what was left out stand in ``request.left_out``, for the form to tell.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.whole = 0
        self.one = 0
        self.left_out: list[str] = []
        # Views know nothing of handlers; the form reads what was left out from the request.
        setattr(request, "left_out", self.left_out)  # noqa: B010  (an attribute Django does not know)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin to count a file."""
        super().new_file(*args, **kwargs)
        self.one = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002  (Django's signature)
        """Pass a part on, or leave the file out from here."""
        self.one += len(raw_data)
        self.whole += len(raw_data)
        if self.one > MOST_OF_A_FILE or self.whole > MOST_OF_A_REQUEST:
            self.left_out.append(self.file_name or "")
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002  (Django's signature)
        """Leave the file to the handlers behind."""
        return
