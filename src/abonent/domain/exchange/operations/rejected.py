"""The rows that a partial import left out: written back with their errors."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from abonent.common.frames import copy_frame
from abonent.domain.exchange.operations.chunks import Reader
from abonent.domain.exchange.operations.findings import LINE, Findings
from abonent.domain.exchange.operations.source import Source
from abonent.domain.exchange.rules import BY_NAME
from abonent.domain.exchange.rules.words import ERROR_COLUMN


def write_rejected(source: Source, findings: Findings, batch_id: int, folder: Path) -> list[Path]:
    """Write ``<file>.csv`` with the input columns and ``error``; keep the rows in the batch.

    The source is read once more, so that the rows need not stay in memory.
    """
    written = []
    for name, texts in findings.rejected.items():
        if not texts or name not in source.members:
            continue
        reader = Reader(source.members[name], BY_NAME[name])
        columns = reader.read_header()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=reader.delimiter, lineterminator="\n")
            writer.writerow([*columns, ERROR_COLUMN])
            for rows in _rows(reader, texts):
                for row in rows.drop(LINE).iter_rows():
                    writer.writerow(["" if cell is None else cell for cell in row])
                _keep(batch_id, name, rows)
        written.append(path)
    return written


def _rows(reader: Reader, texts: dict[int, str]) -> Iterator[pl.DataFrame]:
    """Yield the rejected rows as they came, each with its error."""
    errors = pl.DataFrame(
        {LINE: list(texts), ERROR_COLUMN: list(texts.values())},
        schema={LINE: pl.Int64, ERROR_COLUMN: pl.String},
    )
    for chunk in reader.chunks():
        found = pl.concat([chunk.rows, _as_far_as_cut(chunk.misfits, reader)])
        rows = found.join(errors, on=LINE).sort(LINE)
        if not rows.is_empty():
            yield rows


def _as_far_as_cut(misfits: pl.DataFrame, reader: Reader) -> pl.DataFrame:
    """Return rows with too few or too many cells, cut or filled to the header's width."""
    width = len(reader.columns)
    schema = {LINE: pl.Int64, **dict.fromkeys(reader.columns, pl.String)}
    rows = []
    for line, text in misfits.iter_rows():
        cells = next(csv.reader(io.StringIO(text), delimiter=reader.delimiter), [])
        rows.append((line, *cells[:width], *([None] * (width - len(cells)))))
    return pl.DataFrame(rows, schema=schema, orient="row")


def _keep(batch_id: int, name: str, rows: pl.DataFrame) -> None:
    cells = [column for column in rows.columns if column not in {LINE, ERROR_COLUMN}]
    kept = rows.select(
        pl.lit(batch_id).alias("batch_id"),
        pl.lit(name).alias("file"),
        pl.col(LINE).alias("line"),
        pl.struct(cells).struct.json_encode().alias("row"),
        pl.col(ERROR_COLUMN),
    )
    copy_frame("exchange_importrow", kept)
