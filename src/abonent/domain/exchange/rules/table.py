"""The shape of the contract: files, columns, references and rules across a row. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import polars as pl

from abonent.domain.exchange.rules.kinds import Kind


class Refers(StrEnum):
    """What a column names: a row of another file, or one loaded before."""

    SERVICE = "service"
    HOUSE = "house"
    ACCOUNT = "account"


@dataclass(frozen=True)
class Column:
    """One column: its kind, whether a value must be given, what stands for "not given"."""

    name: str
    kind: Kind
    needed: bool = False
    default: Any = None
    refers: Refers | None = None


@dataclass(frozen=True)
class RowRule:
    """A rule between the columns of a row: ``holds`` is null or true where it is kept."""

    column: str
    holds: Callable[[], pl.Expr]
    rule: str
    remedy: str


@dataclass(frozen=True)
class FileTable:
    """One file of the bundle: its columns in canonical order, its key, its row rules."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[RowRule, ...] = ()
    # Whether the rows wait here until a room computes with them (docs/adr/0006).
    kept: bool = False
    by_name: Mapping[str, Column] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index the columns by name."""
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    @property
    def needed(self) -> list[str]:
        """Return the columns without which no row is right."""
        return [column.name for column in self.columns if column.needed]
