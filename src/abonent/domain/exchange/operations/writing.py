"""Files of an export: canonical forms, one file open at a time, a folder or a zip."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import polars as pl

from abonent.common.refusals import Refusal
from abonent.domain.exchange.rules.table import FileTable

# Spreadsheets run what begins with these as a formula; an apostrophe keeps it a text.
# Bare numbers and telephones with a sign calculate nothing and stay as they are.
_FORMULA = r"^('*[=+\-@])"
_HARMLESS = r"^[+\-][\d\s.,()\-]*$"
_NO_DAY = (1980, 1, 1, 0, 0, 0)  # equal contents make equal archives


class PlaceTaken(Refusal):
    """The export would overwrite something."""


@dataclass(frozen=True)
class Target:
    """Where files go; ``open`` gives a stream for one of them."""

    folder: Path | None
    archive: zipfile.ZipFile | None

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Open one file for writing."""
        if self.archive is not None:
            info = zipfile.ZipInfo(name, _NO_DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            with self.archive.open(info, "w", force_zip64=True) as file:
                yield file
        elif self.folder is not None:
            with (self.folder / name).open("wb") as file:
                yield file


@contextmanager
def open_target(path: Path) -> Iterator[Target]:
    """Open a folder or, by the name, a zip; it appears whole at its place or not at all.

    Refuses with PlaceTaken what exists and is not an empty folder.
    """
    if path.is_dir() and any(path.iterdir()):
        raise PlaceTaken(f"Папка {path} не пуста. Укажите новую папку или уберите из неё файлы.")
    if path.exists() and not path.is_dir():
        raise PlaceTaken(f"Файл {path} уже есть. Укажите другое имя или уберите его.")
    path.parent.mkdir(parents=True, exist_ok=True)
    begun = path.with_name(f".{path.name}.part")
    _remove(begun)
    try:
        if path.suffix.lower() == ".zip":
            with zipfile.ZipFile(begun, "w") as archive:
                yield Target(None, archive)
        else:
            begun.mkdir()
            yield Target(begun, None)
        begun.replace(path)
    finally:
        _remove(begun)


def _remove(begun: Path) -> None:
    """Remove what an export left unfinished; it holds files only."""
    if begun.is_dir():
        for file in begun.iterdir():
            file.unlink()
        begun.rmdir()
    else:
        begun.unlink(missing_ok=True)


def canonical(table: FileTable, frame: pl.DataFrame) -> pl.DataFrame:
    """Return all columns of the file as texts; texts in the frame are taken as they are."""
    columns = []
    for column in table.columns:
        if column.name not in frame.columns:
            nothing = pl.Series(column.name, [None], dtype=pl.String)
            columns.append(nothing.new_from_index(0, frame.height))
            continue
        values = frame[column.name]
        written = values if values.dtype == pl.String else column.kind.written(values)
        columns.append(written.alias(column.name))
    return pl.DataFrame(columns)


def write_rows(file: IO[bytes], texts: pl.DataFrame, *, headed: bool) -> None:
    """Append rows, with the header before the first ones; empty texts are not given."""
    cells = pl.all()
    guarded = texts.with_columns(
        pl.when(cells.str.contains(_HARMLESS))
        .then(cells)
        .when(cells != "")
        .then(cells.str.replace(_FORMULA, "'$1"))
    )
    file.write(guarded.write_csv(separator=";", include_header=headed).encode())
