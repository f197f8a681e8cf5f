"""Rows that no room computes with yet: checked, kept and given back (docs/adr/0006)."""

import polars as pl

from abonent.common.bulk import Loaded, Rows, Target, merge, stage
from abonent.common.frames import execute
from abonent.domain.exchange.operations.context import Context
from abonent.domain.exchange.operations.findings import LINE
from abonent.domain.exchange.rules.table import FileTable

KEPT = {"file": "varchar", "key": "text", "row": "jsonb"}
BETWEEN = "\u001f"  # parts of a key; no cell can hold it


def load_kept(context: Context, table: FileTable, rows: Rows) -> Loaded:
    """Merge the rows by their key; a row is kept in its canonical form."""
    frames = (kept_frame(table, frame) for frame in rows.frames)
    stage("stage_kept", KEPT, frames)
    execute('UPDATE stage_kept SET "row" = jsonb_strip_nulls("row")')
    target = Target(
        "exchange_keptrow",
        ("supplier_id", "file", "key"),
        ("row",),
        {"supplier_id": context.supplier_id},
    )
    return merge("stage_kept", target, Rows((), frozenset({"row"})))


def kept_frame(table: FileTable, frame: pl.DataFrame) -> pl.DataFrame:
    """Return (line, file, key, row): the key as text, the row as a JSON object of texts."""
    texts = pl.DataFrame(
        [
            frame[LINE],
            *(
                column.kind.written(frame[column.name]).alias(column.name)
                for column in table.columns
            ),
        ]
    )
    key = pl.concat_str([pl.col(name).fill_null("") for name in table.key], separator=BETWEEN)
    names = [column.name for column in table.columns]
    return texts.select(
        LINE,
        pl.lit(table.name).alias("file"),
        key.alias("key"),
        pl.struct(pl.col(names).replace("", None)).struct.json_encode().alias("row"),
    )
