"""From texts to typed rows: kinds, what must be given, rules of a row, keys given twice."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from abonent.domain.exchange.operations.ahead import ahead
from abonent.domain.exchange.operations.chunks import Reader, Unreadable
from abonent.domain.exchange.operations.findings import LINE, Findings
from abonent.domain.exchange.rules.table import Column, FileTable

_KEYS = {"key": pl.UInt64, "body": pl.UInt64, LINE: pl.Int64}


def open_file(reader: Reader, findings: Findings) -> bool:
    """Read the header and judge it; False when the file cannot be loaded at all."""
    table = reader.table
    try:
        columns = reader.read_header()
    except Unreadable as error:
        findings.fail(table.name, error.rule, error.remedy, line=error.line)
        return False
    good = True
    for place, name in enumerate(columns, start=1):
        if name not in table.by_name:
            shown = name or f"№ {place} без имени"
            known = ", ".join(table.by_name)
            findings.fail(
                table.name, "такого столбца в этом файле не бывает",
                f"уберите столбец; в файле бывают {known}", line=1, column=shown,
            )  # fmt: skip
            good = False
        elif columns.index(name) != place - 1:
            findings.fail(table.name, "столбец назван дважды", "оставьте один", line=1, column=name)
            good = False
    for name in table.needed:
        if name not in columns:
            findings.fail(
                table.name, "нет обязательного столбца", "добавьте столбец с этим именем",
                line=1, column=name,
            )  # fmt: skip
            good = False
    return good


@dataclass
class Checker:
    """Checks the rows of one file, chunk by chunk, and remembers the keys it has seen."""

    table: FileTable
    given: tuple[str, ...]
    findings: Findings
    same: int = 0  # rows given twice with the same values
    rows: int = 0
    seen: list[pl.DataFrame] = field(default_factory=list)
    dropped: list[pl.DataFrame] = field(default_factory=list)  # keys of rejected rows

    def checked(self, reader: Reader) -> Iterator[tuple[pl.DataFrame, pl.DataFrame, int]]:
        """Yield (typed rows, their texts, bytes read); rows with findings are left out."""
        try:
            for chunk in ahead(reader.chunks()):
                self.rows += chunk.rows.height + chunk.misfits.height
                self._misfits(chunk.misfits)
                typed, bad = self._typed(chunk.rows)
                bad |= self._broken_rules(typed, chunk.rows)
                bad |= self._unnamed(chunk.rows)
                good = typed.filter(~bad) if bad.any() else typed
                texts = chunk.rows
                if bad.any():
                    self._drop(chunk.rows.filter(bad))
                yield self._without_repeats(good, texts), texts, chunk.consumed
        except Unreadable as error:
            self.findings.fail(self.table.name, error.rule, error.remedy, line=error.line)

    def reject(
        self, rows: pl.DataFrame, texts: pl.DataFrame, column: str, rule: str, remedy: str
    ) -> None:
        """Add a finding for typed rows, with the column's text as value, and drop their keys."""
        same = texts.join(rows.select(LINE), on=LINE, how="semi")
        value = pl.col(column) if column in texts.columns else pl.lit(None, pl.String)
        shown = same.select(LINE, value.alias("value"))
        self.findings.add_rows(self.table.name, column, shown, lambda _: (rule, remedy))
        self._drop(same)

    def _drop(self, texts: pl.DataFrame) -> None:
        """Remember the key texts of rejected rows, for the rows that depend on them."""
        keys = [
            pl.col(name) if name in texts.columns else pl.lit("", pl.String).alias(name)
            for name in self.table.key
        ]
        self.dropped.append(texts.select(LINE, *keys))

    def _misfits(self, misfits: pl.DataFrame) -> None:
        if misfits.is_empty():
            return
        width = len(self.given)
        self.findings.add_rows(
            self.table.name, "", misfits.with_columns(pl.col("value").str.head(80)),
            lambda _: (
                f"ячеек в строке не столько, сколько столбцов в заголовке ({width})",
                "проверьте разделители; значение с разделителем внутри возьмите в кавычки",
            ),
        )  # fmt: skip

    def _typed(self, texts: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
        """Parse every given column and fill what is not given; says which rows are wrong."""
        columns = [texts[LINE]]
        bad = pl.Series([False]).new_from_index(0, texts.height)
        for column in self.table.columns:
            if column.name not in self.given:
                columns.append(_not_given(column, texts.height))
                continue
            cells = texts[column.name]
            values = column.kind.parse(cells).alias(column.name)
            if values.null_count() > cells.null_count():
                wrong = values.is_null() & cells.is_not_null()
                self._wrong_cells(column, texts.filter(wrong))
                bad |= wrong
            if column.default is not None and values.null_count():
                values = values.fill_null(column.default)
            columns.append(values)
        return pl.DataFrame(columns), bad

    def _wrong_cells(self, column: Column, texts: pl.DataFrame) -> None:
        kind = column.kind
        self.findings.add_rows(
            self.table.name, column.name,
            texts.select(LINE, pl.col(column.name).alias("value")),
            lambda text: (kind.rule(text), kind.remedy),
        )  # fmt: skip

    def _unnamed(self, texts: pl.DataFrame) -> pl.Series:
        """Find rows where something needed is not given."""
        bad = pl.Series([False]).new_from_index(0, texts.height)
        for name in self.table.needed:
            empty = texts[name].is_null()
            if empty.any():
                shown = texts.filter(empty).select(LINE, pl.lit("").alias("value"))
                self.findings.add_rows(
                    self.table.name, name, shown,
                    lambda _: ("обязательное значение не указано", "заполните ячейку"),
                )  # fmt: skip
                bad |= empty
        return bad

    def _broken_rules(self, typed: pl.DataFrame, texts: pl.DataFrame) -> pl.Series:
        """Find rows whose columns do not fit each other."""
        bad = pl.Series([False]).new_from_index(0, typed.height)
        for rule in self.table.rules:
            holds = typed.select(rule.holds().fill_null(value=True)).to_series()
            if holds.all():
                continue
            broken = ~holds
            name = rule.column
            value = pl.col(name) if name in texts.columns else pl.lit("")
            shown = texts.filter(broken).select(LINE, value.alias("value"))
            self.findings.add_rows(
                self.table.name, name, shown,
                lambda _, rule=rule: (rule.rule, rule.remedy),  # type: ignore[misc]  # mypy cannot infer it
            )  # fmt: skip
            bad |= broken
        return bad

    def _without_repeats(self, rows: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
        """Leave out rows whose key was seen before: harmless when equal, else findings."""
        if rows.is_empty():
            return rows
        body = [column.name for column in self.table.columns]
        marks = rows.select(
            pl.struct(self.table.key).hash().alias("key"),
            pl.struct(body).hash().alias("body"),
            LINE,
        )
        repeated = [marks.join(marks.unique("key", keep="first"), on="key", suffix="_first")]
        repeated += [marks.join(earlier, on="key", suffix="_first") for earlier in self.seen]
        again = (
            pl.concat(repeated)
            .filter(pl.col(LINE) != pl.col(f"{LINE}_first"))
            .sort(f"{LINE}_first")
            .unique(LINE, keep="first", maintain_order=True)
        )
        self.seen.append(marks if again.is_empty() else marks.join(again, on=LINE, how="anti"))
        if again.is_empty():
            return rows
        self._repeats(again, texts)
        return rows.join(again, on=LINE, how="anti", maintain_order="left")

    def _repeats(self, again: pl.DataFrame, texts: pl.DataFrame) -> None:
        different = again.filter(pl.col("body") != pl.col("body_first"))
        self.same += again.height - different.height
        for line, first in different.select(LINE, f"{LINE}_first").iter_rows():
            key = texts.filter(pl.col(LINE) == line)
            shown = [key[name][0] or "" for name in self.table.key if name in key.columns]
            row = pl.DataFrame({LINE: [line], "value": [", ".join(shown)]})
            rule = f"ключ тот же, что в строке {first}, а значения другие"
            self.findings.add_rows(
                self.table.name, ", ".join(self.table.key), row,
                lambda _, rule=rule: (rule, "оставьте одну из строк"),  # type: ignore[misc]  # mypy cannot infer it
            )  # fmt: skip


def _not_given(column: Column, height: int) -> pl.Series:
    """Return a column that the file does not have: its default, or nothing."""
    dtype = column.kind.dtype
    if dtype == pl.Decimal:
        dtype = pl.Decimal(38, getattr(column.kind, "scale", 0))
    return pl.Series(column.name, [column.default], dtype=dtype).new_from_index(0, height)
