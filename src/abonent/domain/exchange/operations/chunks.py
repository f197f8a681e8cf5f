"""A file's bytes as frames of texts with line numbers: encoding, delimiter, quotes.

The file is cut at line ends into pieces of a few megabytes, so memory is bounded. A piece
without unusual quoting is parsed by the columns library; only pieces with line breaks
inside quotes, or quotes inside plain text, go through the slower reader of the standard
library.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from abonent.domain.exchange.operations.findings import LINE
from abonent.domain.exchange.operations.source import Member
from abonent.domain.exchange.rules.table import FileTable
from abonent.domain.exchange.rules.words import SHOWN_ERRORS

if TYPE_CHECKING:
    import _csv

BLOCK = 4 * 1024**2
LONGEST = 16 * 1024**2  # a record longer than this is an unclosed quote
DELIMITERS = (";", ",", "\t")
BOM = b"\xef\xbb\xbf"
_GUARD = r"^'('*[=+\-@])"


class Unreadable(Exception):
    """The file cannot be read further; ``rule`` and ``remedy`` say why."""

    def __init__(self, rule: str, remedy: str, line: int = 0) -> None:
        super().__init__(rule)
        self.rule, self.remedy, self.line = rule, remedy, line


@dataclass(frozen=True)
class Chunk:
    """Some rows: ``rows`` has LINE and the header's columns; ``misfits`` LINE and value.

    A misfit has another number of cells than the header; its value is its text.
    """

    rows: pl.DataFrame
    misfits: pl.DataFrame
    consumed: int


@dataclass
class Reader:
    """Reads one file; the header is read first, then the chunks."""

    member: Member
    table: FileTable
    encoding: str = ""  # decided by the first bytes that are not ASCII
    delimiter: str = ""
    columns: tuple[str, ...] = ()

    def pieces(self) -> Iterator[tuple[int, bytes]]:
        """Yield (first line, bytes) cut at the ends of records, without the BOM."""
        rest, line = b"", 1
        with self.member.open() as file:
            while block := file.read(BLOCK):
                data = rest + block
                if line == 1 and not rest:
                    data = _without_bom(data)
                end = _last_end(data)
                rest = data[end:]
                if len(rest) > LONGEST:
                    raise Unreadable(*_UNCLOSED, line + data[:end].count(b"\n"))
                if end:
                    yield line, data[:end]
                    line += data[:end].count(b"\n")
        if rest:
            if rest.count(b'"') % 2:
                raise Unreadable(*_UNCLOSED, line)
            yield line, rest

    def text(self, piece: bytes, line: int) -> str:
        """Decode a piece; the first one that is not ASCII decides for the file."""
        if b"\0" in piece:
            raise Unreadable(*_NOT_TEXT, line + piece[: piece.index(b"\0")].count(b"\n"))
        if piece.isascii():
            return piece.decode("ascii")
        wrong = line
        for encoding in [self.encoding] if self.encoding else ["utf-8", "windows-1251"]:
            try:
                decoded = piece.decode(encoding)
            except UnicodeDecodeError as error:
                wrong = line + piece[: error.start].count(b"\n")
                continue
            self.encoding = encoding
            return decoded
        raise Unreadable(*_MIXED, wrong)

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows of the file; the header must be good (see ``read_header``)."""
        for number, (line, piece) in enumerate(self.pieces()):
            text = self.text(piece, line)
            head = header_end(text) if number == 0 else 0
            if text[head:]:
                yield self._parsed(text[head:], line + text.count("\n", 0, head), len(piece))

    def read_header(self) -> tuple[str, ...]:
        """Find the delimiter and the columns; Unreadable when there is no header."""
        first = next(self.pieces(), None)
        if first is None:
            raise Unreadable("файл пуст", "добавьте строку заголовка или уберите файл")
        text = self.text(first[1], 1)
        line = text[: header_end(text)].strip("\r\n")
        if not line.strip():
            raise Unreadable("нет строки заголовка", "первой строкой перечислите столбцы", 1)
        splits = {mark: next(csv.reader([line], delimiter=mark)) for mark in DELIMITERS}
        known = {
            mark: sum(name.strip() in self.table.by_name for name in names)
            for mark, names in splits.items()
        }
        self.delimiter = max(DELIMITERS, key=lambda mark: (known[mark], len(splits[mark])))
        self.columns = tuple(name.strip() for name in splits[self.delimiter])
        return self.columns

    def _parsed(self, text: str, line: int, consumed: int) -> Chunk:
        rows = self._quick(text, line) if _simple(text) else None
        frame, misfits = rows or self._slow(text, line)
        return Chunk(_tidy(frame, self.columns, text), misfits, consumed)

    def _quick(self, text: str, line: int) -> tuple[pl.DataFrame, pl.DataFrame] | None:
        """Parse by columns; None when some quoting is unusual."""
        data = text.encode()
        lines = pl.read_csv(
            # A head of our own: the library takes the width from the first line.
            b"text\n" + data, separator="\x1f", quote_char=None, infer_schema=False,
        )  # fmt: skip
        bare, raw = pl.col("text"), lines["text"].alias("value")
        if '"' in text:
            mark = r"\t" if self.delimiter == "\t" else self.delimiter
            shaped = lines.select(bare.str.replace_all(rf'(^|{mark})"(?:[^"]|"")*"', "${1}\x02"))
            odd = shaped.select(bare.str.contains(rf'"|\x02[^{mark}]').any()).item()
            if odd:
                return None
            lines = shaped
        cells = lines.select(
            (bare.str.count_matches(self.delimiter, literal=True) + 1).alias("cells"),
            (bare.is_null() | (bare == "")).alias("blank"),
            raw,
        )
        head = self.delimiter.join(f"c{place}" for place in range(len(self.columns)))
        parsed = pl.read_csv(
            f"{head}\n".encode() + data, separator=self.delimiter, infer_schema=False,
            truncate_ragged_lines=True,
        )  # fmt: skip
        parsed.columns = list(self.columns)
        if parsed.height != cells.height:
            return None
        place = pl.int_range(line, line + cells.height, dtype=pl.Int64, eager=True).alias(LINE)
        cells = cells.with_columns(place)
        wrong = (pl.col("cells") != len(self.columns)) & ~pl.col("blank")
        misfits = cells.filter(wrong).select(LINE, "value")
        rows = parsed.with_columns(place)
        good = cells.select((~wrong & ~pl.col("blank")).alias("good")).to_series()
        return (rows if good.all() else rows.filter(good)), misfits

    def _slow(self, text: str, line: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Parse record by record: line breaks in quotes, quotes within plain text."""
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter)
        good: list[tuple[int, list[str]]] = []
        bad: list[tuple[int, str]] = []
        width, start = len(self.columns), line
        for record in _records(reader, line):
            if len(record) == width:
                good.append((start, record))
            elif record:
                bad.append((start, self.delimiter.join(record)))
            start = line + reader.line_num
        columns = {
            name: pl.Series(name, [record[place] for _, record in good], dtype=pl.String)
            for place, name in enumerate(self.columns)
        }
        lines = pl.Series(LINE, [place for place, _ in good], dtype=pl.Int64)
        misfits = pl.DataFrame(bad, schema={LINE: pl.Int64, "value": pl.String}, orient="row")
        return pl.DataFrame([*columns.values(), lines]), misfits


def _records(reader: "_csv.Reader", line: int) -> Iterator[list[str]]:
    """Yield records; what even the standard library cannot read makes the file unreadable."""
    try:
        yield from reader
    except csv.Error as error:
        raise Unreadable(*_UNCLOSED, line + reader.line_num - 1) from error


_UNCLOSED = ("кавычка открыта и не закрыта", "закройте кавычку или удвойте её внутри значения")
_NOT_TEXT = ("в файле двоичные данные", "сохраните файл как CSV в UTF-8 или windows-1251")
_MIXED = (
    "кодировка не UTF-8 и не windows-1251 или меняется посреди файла",
    "сохраните файл целиком в UTF-8",
)


def with_values(reader: Reader, refused: pl.DataFrame) -> pl.DataFrame:
    """Return rows that a room refused with what the file has in the column they name.

    The file is read once more; the words of a refusal stand for all, so only those that
    will be shown are looked up.
    """
    if refused.is_empty():
        return refused
    shown = refused.select(LINE, "column").head(SHOWN_ERRORS)
    found = [pl.DataFrame(schema={LINE: pl.Int64, "column": pl.String, "text": pl.String})]
    for chunk in reader.chunks():
        rows = chunk.rows.join(shown, on=LINE)
        for (name,), part in rows.group_by("column"):
            if name in reader.columns:
                found.append(part.select(LINE, "column", pl.col(str(name)).alias("text")))
    texts = refused.join(pl.concat(found), on=[LINE, "column"], how="left", maintain_order="left")
    return texts.with_columns(pl.coalesce("text", "value").alias("value")).drop("text")


def _without_bom(data: bytes) -> bytes:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("файл сохранён в UTF-16", "сохраните файл как CSV UTF-8", 1)
    return data.removeprefix(BOM)


def _last_end(data: bytes) -> int:
    """Return where the last whole record ends: after a line end outside quotes."""
    end = data.rfind(b"\n") + 1
    if b'"' not in data:
        return end
    while end and data.count(b'"', 0, end) % 2:
        end = data.rfind(b"\n", 0, end - 1) + 1
    return end


def header_end(text: str) -> int:
    """Return where the first line that is not blank ends."""
    found = re.match(r"(?:[ \t]*\r?\n)*[^\n]*\n?", text)
    return found.end() if found else 0


def _simple(text: str) -> bool:
    """Say whether the quick parser may try: no separators that it uses for itself."""
    return "\x1f" not in text and "\x02" not in text


def _tidy(frame: pl.DataFrame, columns: tuple[str, ...], text: str) -> pl.DataFrame:
    """Trim the cells, drop rows without any, take the guard off formulas; "" becomes null."""
    names = list(columns)
    cells = pl.col(names).str.strip_chars(" \t\r\n\u00a0")
    if "'" in text:
        cells = cells.str.replace(_GUARD, "$1")
    tidy = frame.select(LINE, cells).with_columns(pl.when(pl.col(names) != "").then(pl.col(names)))
    return tidy.filter(pl.any_horizontal(pl.col(names).is_not_null()))
