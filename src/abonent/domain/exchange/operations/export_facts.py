"""The facts of an export: readings, volumes, kept rows, balances, payments, bills."""

from collections.abc import Callable, Iterator

import polars as pl

from abonent.common.frames import read_frame
from abonent.common.partitions import months_of
from abonent.common.periods import Period
from abonent.domain.accounts.queries import registers as accounts
from abonent.domain.billing.operations.opening import opening_debts_frame
from abonent.domain.billing.queries import bills_frame, charges_frame
from abonent.domain.billing.queries.runs import publications
from abonent.domain.exchange.operations.money import PARTS
from abonent.domain.exchange.operations.parameter_names import ParameterNames
from abonent.domain.exchange.operations.tables import Scope, with_account, with_service
from abonent.domain.exchange.rules.facts import EVENTS
from abonent.domain.exchange.rules.table import FileTable
from abonent.domain.metering.queries import registers as metering
from abonent.domain.metering.rules import SOURCE_CODES
from abonent.domain.payments.queries import payments_register

PAGE = 50_000
_PART_NAMES = {number: name for name, number in PARTS.items()}


def _readings(scope: Scope) -> Iterator[pl.DataFrame]:
    channels = {int(source): code for code, source in SOURCE_CODES.items()}
    published = publications(supplier_id=scope.supplier_id)
    for part, ids in scope.each():
        frame = metering.readings_register(
            account_ids=ids, published=published, through=scope.through_month
        )
        channel = frame["source"].replace_strict(channels, return_dtype=pl.String)
        named = with_account(frame, part).with_columns(
            channel.alias("channel"),
            pl.col("serial").alias("meter_serial"),
            pl.col("taken_on").alias("reading_date"),
            pl.col("value").alias("reading"),
        )
        yield named.sort("account", "meter_serial", "zone", "reading_date", "channel")


def _past_volumes(scope: Scope) -> Iterator[pl.DataFrame]:
    for part, ids in scope.each():
        frame = metering.past_volumes_register(account_ids=ids, through=scope.through_month)
        named = with_service(with_account(frame, part), scope)
        yield named.sort("account", "service", "zone", "period")


def _events(scope: Scope) -> Iterator[pl.DataFrame]:
    houses = accounts.house_ids(supplier_id=scope.supplier_id).rename({"code": "house"})

    def named(frame: pl.DataFrame, part: pl.DataFrame) -> pl.DataFrame:
        there = frame.join(houses, on="house_id", how="left")
        texts = with_service(with_account(there, part), scope)
        return texts.sort(*EVENTS.key)

    nobody = pl.DataFrame(schema={"account_id": pl.Int64, "number": pl.String})
    yield named(metering.events_register(supplier_id=scope.supplier_id, account_ids=None), nobody)
    for part, ids in scope.each():
        frame = metering.events_register(supplier_id=scope.supplier_id, account_ids=ids)
        yield named(frame, part)


def _residents(scope: Scope) -> Iterator[pl.DataFrame]:
    for part, ids in scope.each():
        frame = accounts.residents_register(account_ids=ids)
        yield with_account(frame, part).sort("account", "from")


def _benefits(scope: Scope) -> Iterator[pl.DataFrame]:
    for part, ids in scope.each():
        frame = accounts.benefits_register(account_ids=ids)
        yield with_service(with_account(frame, part), scope).sort("account", "service", "from")


def _subsidies(scope: Scope) -> Iterator[pl.DataFrame]:
    for part, ids in scope.each():
        frame = accounts.subsidies_register(account_ids=ids)
        yield with_account(frame, part).sort("account", "period")


def _temperatures(scope: Scope) -> Iterator[pl.DataFrame]:
    yield metering.temperatures_register(supplier_id=scope.supplier_id)


def _balances(scope: Scope) -> Iterator[pl.DataFrame]:
    debts = opening_debts_frame(supplier_id=scope.supplier_id)
    for part, _ in scope.each():
        frame = debts.join(part.select("account_id"), on="account_id", how="semi")
        named = with_service(with_account(frame, part), scope).with_columns(
            _part_names(frame["part"]).alias("part"), pl.col("month").alias("period")
        )
        yield named.sort("account", "service", "period", "part")


def _part_names(parts: pl.Series) -> pl.Series:
    return parts.cast(pl.Int64).replace_strict(_PART_NAMES, default=None, return_dtype=pl.String)


def _payments(scope: Scope) -> Iterator[pl.DataFrame]:
    for part, ids in scope.each():
        frame = payments_register(
            supplier_id=scope.supplier_id, account_ids=ids, through=scope.through_day
        )
        named = with_account(frame, part).with_columns(
            scope.service_codes(frame["service_id"]).alias("purpose_service"),
            _part_names(frame["part"]).alias("purpose_part"),
            pl.col("month").alias("purpose_period"),
        )
        yield named.sort("account", "paid_on", "channel", "external_id")


def _bills(scope: Scope) -> Iterator[pl.DataFrame]:
    for part, ids in scope.each():
        months = [
            bills_frame(supplier_id=scope.supplier_id, period=month, account_ids=ids)
            for month in _months(scope, "billing_bill")
        ]
        if months:
            yield with_account(pl.concat(months), part).sort("account", "period")


def _charges(scope: Scope) -> Iterator[pl.DataFrame]:
    parameters = ParameterNames.of(scope.supplier_id, scope.services)
    for part, ids in scope.each():
        months = [
            charges_frame(supplier_id=scope.supplier_id, period=month, account_ids=ids)
            for month in _months(scope, "billing_charge")
        ]
        if not months:
            return
        frame = pl.concat(months)
        named = with_service(with_account(frame, part), scope)
        yield named.with_columns(
            pl.col("line", "band").cast(pl.Int64), parameters.named(frame["basis"])
        ).sort("account", "period", "line")


def _months(scope: Scope, table: str) -> list[Period]:
    """Return the months to be read: these tables are found by month and account."""
    return [month for month in months_of(table) if scope.period in {None, month}]


def kept_frames(scope: Scope, table: FileTable) -> Iterator[pl.DataFrame]:
    """Yield the kept rows of a file as texts, page by page in the order of their keys."""
    shape = pl.Struct({column.name: pl.String for column in table.columns})
    last = ""
    while True:
        page = read_frame(
            """SELECT key, row::text FROM exchange_keptrow
                WHERE supplier_id = %(supplier)s AND file = %(file)s
                  AND key COLLATE "C" > %(last)s COLLATE "C"
                ORDER BY key COLLATE "C" LIMIT %(page)s""",
            {"key": pl.String, "row": pl.String},
            {"supplier": scope.supplier_id, "file": table.name, "last": last, "page": PAGE},
        )
        if page.is_empty():
            return
        yield page.select(pl.col("row").str.json_decode(shape)).unnest("row")
        last = page["key"][-1]


FRAMES: dict[str, Callable[[Scope], Iterator[pl.DataFrame]]] = {
    "readings.csv": _readings,
    "past_volumes.csv": _past_volumes,
    "events.csv": _events,
    "residents.csv": _residents,
    "benefits.csv": _benefits,
    "subsidies.csv": _subsidies,
    "temperatures.csv": _temperatures,
    "balances.csv": _balances,
    "payments.csv": _payments,
    "bills.csv": _bills,
    "charges.csv": _charges,
}
