"""How a room's own verb becomes the loader of a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

import polars as pl

from abonent.common.bulk import Loaded, Rows
from abonent.domain.exchange.operations.context import Context

Load = Callable[[Context, Rows], Loaded]


class PlainVerb(Protocol):
    """A room's verb that takes rows whatever was billed before."""

    def __call__(self, *, supplier_id: int, rows: Rows, now: datetime) -> Loaded:
        """Take the rows."""


class DatedVerb(Protocol):
    """A room's verb that does not touch what bills of closed months rest on."""

    def __call__(
        self, *, supplier_id: int, rows: Rows, closed_through: date | None, now: datetime
    ) -> Loaded:
        """Take the rows."""


@dataclass(frozen=True)
class Renamed:
    """How a file's columns are called in the room: some have other names there."""

    names: Mapping[str, str]
    change: Callable[[pl.DataFrame], pl.DataFrame] = field(default=lambda frame: frame)

    def rows(self, rows: Rows) -> Rows:
        """Return the rows in the room's words."""
        given = frozenset(self.names.get(name, name) for name in rows.given)
        return Rows((self._frame(frame) for frame in rows.frames), given)

    def _frame(self, frame: pl.DataFrame) -> pl.DataFrame:
        changed = self.change(frame)
        kept = {old: new for old, new in self.names.items() if old in changed.columns}
        return changed.drop([new for new in kept.values() if new in changed.columns]).rename(kept)


def plain(verb: PlainVerb, names: Mapping[str, str] | None = None) -> Load:
    """Return a loader that hands the rows to the verb; ``names``: columns by other names there."""
    renamed = Renamed(names or {})

    def load(context: Context, rows: Rows) -> Loaded:
        return verb(supplier_id=context.supplier_id, rows=renamed.rows(rows), now=context.now)

    return load


def before_closing(verb: DatedVerb) -> Load:
    """Return a loader that also tells the verb which months are closed."""

    def load(context: Context, rows: Rows) -> Loaded:
        return verb(
            supplier_id=context.supplier_id,
            rows=rows,
            closed_through=context.closed_through,
            now=context.now,
        )

    return load
