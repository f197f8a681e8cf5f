"""What was found wrong in a bundle: gathered whole, shown in part, said in plain Russian."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import polars as pl

from abonent.common.refusals import Refusal
from abonent.domain.exchange.rules.words import SHOWN_ERRORS

LINE = "at_line"


@dataclass(frozen=True)
class Finding:
    """One thing wrong: where it stands, what rule it breaks and how to put it right."""

    file: str
    line: int
    column: str
    value: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        place = [self.file]
        if self.line:
            place.append(f"строка {self.line}")
        if self.column:
            place.append(f"столбец {self.column}")
        head = ", ".join(place)
        given = f" значение «{self.value}»:" if self.value else ""
        return f"{head}:{given} {self.rule}. Как исправить: {self.remedy}."

    @property
    def short(self) -> str:
        """Return the finding without its place: what stands beside a rejected row."""
        column = f"{self.column}: " if self.column else ""
        return f"{column}{self.rule}; {self.remedy}"


class BundleRefused(Refusal):
    """The bundle was not loaded; ``findings`` are the first things wrong, ``count`` is all."""

    def __init__(self, findings: Iterable[Finding], count: int) -> None:
        self.findings = list(findings)
        self.count = count
        super().__init__(f"Набор не загружен, ошибок: {count}. Исправьте их и повторите загрузку.")


@dataclass
class Findings:
    """The findings of a whole bundle; ``keep_all`` holds the words for every rejected row."""

    keep_all: bool
    count: int = 0
    shown: list[Finding] = field(default_factory=list)
    fatal: bool = False
    rejected: dict[str, dict[int, str]] = field(default_factory=dict)
    lines: dict[str, set[int]] = field(default_factory=dict)

    def fail(self, file: str, rule: str, remedy: str, *, line: int = 0, column: str = "") -> None:
        """Add something wrong about a whole file or the bundle: nothing can be loaded."""
        self.fatal = True
        self.count += 1
        self.shown.append(Finding(file, line, column, "", rule, remedy))

    def add_rows(
        self,
        file: str,
        column: str,
        rows: pl.DataFrame,
        words: Callable[[str], tuple[str, str]],
    ) -> None:
        """Add a finding for each row of (line, value); the words are made from the value."""
        self.count += rows.height
        self.lines.setdefault(file, set()).update(rows[LINE].to_list())
        room = rows.height if self.keep_all else max(SHOWN_ERRORS - len(self.shown), 0)
        texts = self.rejected.setdefault(file, {})
        for line, value in rows.head(room).select(LINE, "value").iter_rows():
            rule, remedy = words(value or "")
            finding = Finding(file, line, column, value or "", rule, remedy)
            if len(self.shown) < SHOWN_ERRORS:
                self.shown.append(finding)
            if self.keep_all:
                earlier = texts.get(line)
                texts[line] = f"{earlier} | {finding.short}" if earlier else finding.short

    def add_refused(self, file: str, refused: pl.DataFrame) -> None:
        """Add the rows that a room refused: line, column, value, rule, remedy."""
        for column, rule, remedy in refused.select("column", "rule", "remedy").unique().rows():
            same = refused.filter(
                (pl.col("column") == column)
                & (pl.col("rule") == rule)
                & (pl.col("remedy") == remedy)
            )
            self.add_rows(file, column, same, lambda _, rule=rule, remedy=remedy: (rule, remedy))  # type: ignore[misc]  # mypy cannot infer it

    def in_order(self, files: list[str]) -> list[Finding]:
        """Return the shown findings by file and line."""
        place = {name: number for number, name in enumerate(files)}
        return sorted(self.shown, key=lambda one: (place.get(one.file, -1), one.file, one.line))
