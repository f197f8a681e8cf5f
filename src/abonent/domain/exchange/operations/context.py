"""What the loading of a bundle carries with it: the supplier, directories, findings."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from abonent.domain.accounts.queries import registers as account_registers
from abonent.domain.exchange.operations.ahead import ahead
from abonent.domain.exchange.operations.checking import Checker
from abonent.domain.exchange.operations.chunks import Reader
from abonent.domain.exchange.operations.findings import LINE, Findings
from abonent.domain.exchange.operations.progress import Progress
from abonent.domain.exchange.rules.table import Column, FileTable, Refers
from abonent.domain.metering.queries import registers as meter_registers
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.queries import ServiceView

_SOURCES = {
    Refers.SERVICE: ("services.csv", "service", "услуги"),
    Refers.HOUSE: ("houses.csv", "house", "дома"),
    Refers.ACCOUNT: ("accounts.csv", "account", "лицевого счёта"),
}

# Files whose loaders take the meter for granted.
_OF_METERS = ("losses.csv", "hourly.csv")


@dataclass
class Context:
    """One import: the supplier's directories are read when first needed."""

    supplier_id: int
    closed_through: date | None
    findings: Findings
    progress: Progress
    now: datetime
    rejected: dict[str, pl.DataFrame] = field(default_factory=dict)
    papers: dict[str, pl.DataFrame] = field(default_factory=dict)
    _directories: dict[Refers, pl.DataFrame] = field(default_factory=dict)
    _services: dict[str, ServiceView] | None = None

    @property
    def services(self) -> dict[str, ServiceView]:
        """Return the supplier's services by code."""
        if self._services is None:
            found = suppliers.services(supplier_id=self.supplier_id)
            self._services = {service.code: service for service in found}
        return self._services

    def directory(self, refers: Refers) -> pl.DataFrame:
        """Return (name, id) of all services, houses or accounts."""
        if refers not in self._directories:
            self._directories[refers] = self._read(refers)
        return self._directories[refers]

    def _read(self, refers: Refers) -> pl.DataFrame:
        if refers is Refers.SERVICE:
            known = [(service.code, service.id) for service in self.services.values()]
            return pl.DataFrame(known, schema={"name": pl.String, "id": pl.Int64}, orient="row")
        if refers is Refers.HOUSE:
            houses = account_registers.house_ids(supplier_id=self.supplier_id)
            return houses.select(pl.col("code").alias("name"), pl.col("house_id").alias("id"))
        accounts = account_registers.account_ids(supplier_id=self.supplier_id)
        return accounts.select(pl.col("number").alias("name"), pl.col("account_id").alias("id"))

    def forget(self, file: str) -> None:
        """Read a directory anew after its file was loaded."""
        for refers, (source, _, _) in _SOURCES.items():
            if source == file:
                self._directories.pop(refers, None)
                self._services = None

    def rows(self, checker: Checker, reader: Reader) -> Iterator[pl.DataFrame]:
        """Yield typed rows with the identifiers of what they name, as ``<column>_id``."""
        table = checker.table
        for column in table.columns:
            if column.refers is not None:
                # Read here: whoever checks ahead must not touch the database.
                self.directory(column.refers)
        checked = self._named(checker, reader)
        if table.name not in _OF_METERS and "meters.csv" not in self.rejected:
            # The next rows are checked while a room takes these in.
            checked = ahead(checked)
        for rows, texts, consumed in checked:
            kept = self._with_meters(rows, texts, checker)
            self.progress.advance(consumed)
            if not kept.is_empty():
                yield kept

    def _named(
        self, checker: Checker, reader: Reader
    ) -> Iterator[tuple[pl.DataFrame, pl.DataFrame, int]]:
        """Yield (rows, their texts, bytes read), the rows with what they name but meters."""
        for typed, texts, consumed in checker.checked(reader):
            rows = typed
            for column in checker.table.columns:
                if column.refers is not None:
                    rows = self._resolved(rows, texts, column, checker)
            yield rows, texts, consumed

    def _resolved(
        self, rows: pl.DataFrame, texts: pl.DataFrame, column: Column, checker: Checker
    ) -> pl.DataFrame:
        """Add ``<column>_id``; rows that name nothing known are rejected."""
        assert column.refers is not None  # noqa: S101 (the caller has looked)
        name = column.name
        named = rows.select(LINE, name).filter(pl.col(name) != "")
        # An inner join: the few rows are hashed and the long directory passes by.
        found = named.join(
            self.directory(column.refers), left_on=name, right_on="name", how="inner"
        ).select(LINE, pl.col("id").alias(f"{name}_id"))
        if found.height < named.height:
            lost = named.join(found, on=LINE, how="anti")
            self._reject_unknown(lost, texts, column, checker)
            rows = rows.join(lost, on=LINE, how="anti", maintain_order="left")
        return rows.join(found, on=LINE, how="left", maintain_order="left")

    def _reject_unknown(
        self, lost: pl.DataFrame, texts: pl.DataFrame, column: Column, checker: Checker
    ) -> None:
        assert column.refers is not None  # noqa: S101  (the caller has looked)
        file, key, what = _SOURCES[column.refers]
        name = column.name
        if file in self.rejected:
            known = self.rejected[file].select(pl.col(key).alias(name), pl.col(LINE).alias("there"))
            depending = lost.join(known.unique(name, keep="first"), on=name)
            for (there,), part in depending.group_by("there", maintain_order=True):
                rule = f"строка {what} отклонена ({file}, строка {there}), поэтому отклонена и эта"
                checker.reject(part, texts, name, rule, f"исправьте строку {there} файла {file}")
            lost = lost.join(depending, on=LINE, how="anti")
        if not lost.is_empty():
            checker.reject(
                lost, texts, name, f"{what} с таким кодом нет ни в наборе, ни в базе"
                if column.refers is not Refers.ACCOUNT
                else "лицевого счёта нет ни в наборе, ни в базе",
                f"исправьте значение или добавьте строку в {file}",
            )  # fmt: skip

    def _with_meters(
        self, rows: pl.DataFrame, texts: pl.DataFrame, checker: Checker
    ) -> pl.DataFrame:
        """Reject rows that depend on a rejected meter, and those that name an unknown one."""
        table = checker.table
        name = next((one for one in ("serial", "meter_serial") if one in table.by_name), None)
        if name is None or table.name == "meters.csv":
            return rows
        if "meters.csv" in self.rejected:
            rows = self._without_rejected(rows, texts, name, checker)
        if table.name in _OF_METERS:
            rows = self._without_unknown(rows, texts, name, checker)
        return rows

    def _without_rejected(
        self, rows: pl.DataFrame, texts: pl.DataFrame, name: str, checker: Checker
    ) -> pl.DataFrame:
        keys = ["account", *(["service"] if "service" in checker.table.by_name else [])]
        dropped = self.rejected["meters.csv"].select(
            *keys, pl.col("serial").alias(name), pl.col(LINE).alias("there")
        )
        depending = rows.join(dropped.unique([*keys, name], keep="first"), on=[*keys, name])
        for (there,), part in depending.group_by("there", maintain_order=True):
            rule = f"строка прибора отклонена (meters.csv, строка {there}), поэтому отклонена и эта"
            checker.reject(part, texts, name, rule, f"исправьте строку {there} файла meters.csv")
        return rows.join(depending, on=LINE, how="anti", maintain_order="left")

    def _without_unknown(
        self, rows: pl.DataFrame, texts: pl.DataFrame, name: str, checker: Checker
    ) -> pl.DataFrame:
        named = rows.filter((pl.col(name) != "") & pl.col("account_id").is_not_null())
        if named.is_empty():
            return rows
        ids = named["account_id"].unique().to_list()
        known = meter_registers.meter_ids(account_ids=ids).rename({"serial": name})
        keys = ["account_id", "service_id", name]
        lost = named.join(known, on=keys, how="anti")
        if "service" not in checker.table.needed:
            bare = lost.filter(pl.col("service_id").is_null())
            fine = bare.join(known, on=["account_id", name], how="semi")
            lost = lost.join(fine, on=LINE, how="anti")
        if not lost.is_empty():
            checker.reject(
                lost, texts, name, "такого прибора у лицевого счёта нет ни в наборе, ни в базе",
                "исправьте номер или добавьте прибор в meters.csv",
            )  # fmt: skip
        return rows.join(lost, on=LINE, how="anti", maintain_order="left")


def rejected_keys(checker: Checker, table: FileTable) -> pl.DataFrame | None:
    """Return the keys of the rows that were rejected, with their lines."""
    if not checker.dropped:
        return None
    return pl.concat(checker.dropped).select(LINE, *table.key)
