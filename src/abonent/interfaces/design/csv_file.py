"""A table as a file for a spreadsheet: what opens by a double press, and calculates nothing."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# Spreadsheets run what begins with these as a formula; an apostrophe keeps it a text (T31).
_FORMULA = re.compile(r"\s*[=+\-@\t\r]")
# A bare number with a sign calculates nothing.
_NUMBER = re.compile(r"[+\-]?\d+([.,]\d+)?\Z")


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    """Return the file; semicolons and a mark of UTF-8, as spreadsheets here expect them."""
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\r\n")
    table.writerow(head)
    table.writerows([guarded(cell) for cell in row] for row in rows)
    return HttpResponse(
        text.getvalue().encode("utf-8-sig"),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def guarded(cell: str) -> str:
    """Return the cell so that no spreadsheet takes it for a formula; no-break spaces are plain."""
    text = cell.replace("\u00a0", " ")
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text
