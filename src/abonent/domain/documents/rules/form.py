"""A paper of an organisation as finished words: parties, tables, totals, signatures. Pure.

One shape serves the invoice, the tax invoice, the act, the transfer document and the
reconciliation act: the room above chooses the words, ``paper/form.typ`` only places them.
"""

from dataclasses import asdict, dataclass, field

from abonent.domain.documents.rules.wording import Row, Table, drawable


@dataclass(frozen=True)
class FormTable:
    """A table of the paper with the widths of its columns, as shares of the sheet."""

    table: Table
    widths: tuple[float, ...]
    title: str = ""


@dataclass(frozen=True)
class Form:
    """All words of a paper. ``wide``: the sheet lies; its tables have many columns.

    ``facts`` are the lines above the tables, in one or two columns; ``column`` is a sum that
    is added up, its last row the result; ``signatures`` are (who, name, below the line).
    """

    title: str
    number: str
    supplier: str
    facts: tuple[tuple[Row, ...], ...]
    tables: tuple[FormTable, ...]
    lead: str = ""
    column: tuple[Row, ...] = ()
    words: tuple[str, ...] = ()
    signatures: tuple[tuple[Row, ...], ...] = ()
    notes: tuple[str, ...] = ()
    wide: bool = True
    qr_words: str = ""
    check_url: str = ""
    code: str = field(default="")

    def plain(self) -> dict[str, object]:
        """Return the paper as plain dictionaries, as JSON takes them, of signs that exist."""
        plain: dict[str, object] = drawable(asdict(self))
        return plain
