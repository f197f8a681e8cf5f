"""The registers of an export: services, prices, norms, houses, accounts, meters."""

from collections.abc import Callable, Iterator

import polars as pl

from abonent.domain.accounts.queries import registers as accounts
from abonent.domain.exchange.operations.tables import Scope, with_account, with_service
from abonent.domain.exchange.rules import registers
from abonent.domain.exchange.rules.numbers import unscaled, without_zeros
from abonent.domain.metering.queries import registers as metering
from abonent.domain.metering.rules import MICRO
from abonent.domain.tariffs import queries as tariffs

RATE, THOUSANDTHS, HUNDREDTHS = 5, 3, 2


def _plain(frame: pl.DataFrame, scales: dict[str, int]) -> pl.DataFrame:
    """Write scaled whole numbers as plain texts."""
    return frame.with_columns(
        without_zeros(unscaled(frame[name], scale)).alias(name) for name, scale in scales.items()
    )


def _services(scope: Scope) -> Iterator[pl.DataFrame]:
    listed = sorted(scope.services.values(), key=lambda one: one.code)
    yield pl.DataFrame(
        {
            "service": [service.code for service in listed],
            "kind": [service.kind.value for service in listed],
            "name": [service.name for service in listed],
            "unit": [service.unit.value for service in listed],
            "vat_percent": pl.Series(
                [service.vat_percent for service in listed], dtype=pl.Decimal(38, 2)
            ),
        }
    )


def _reference_rates(scope: Scope) -> Iterator[pl.DataFrame]:
    frame = tariffs.reference_rates_frame(supplier_id=scope.supplier_id).filter(pl.col("own"))
    yield _plain(frame.sort("kind", "valid_from"), {"value": HUNDREDTHS})


def _rates(scope: Scope) -> Iterator[pl.DataFrame]:
    frame = with_service(tariffs.rates_frame(supplier_id=scope.supplier_id), scope)
    ordered = frame.sort(*registers.TARIFFS.key)
    yield _plain(ordered, {"from_quantity": MICRO, "rate": RATE})


def _norms(scope: Scope) -> Iterator[pl.DataFrame]:
    frame = with_service(tariffs.norms_frame(supplier_id=scope.supplier_id), scope)
    ordered = frame.sort(*registers.NORMS.key).with_columns(
        pl.col("norm").alias("volume"), pl.col("norm_multiplier").alias("multiplier")
    )
    yield _plain(ordered, {"volume": MICRO, "multiplier": THOUSANDTHS})


def _houses(scope: Scope) -> Iterator[pl.DataFrame]:
    yield accounts.houses_register(supplier_id=scope.supplier_id)


def _house_volumes(scope: Scope) -> Iterator[pl.DataFrame]:
    houses = accounts.house_ids(supplier_id=scope.supplier_id)
    frame = metering.house_volumes_register(
        supplier_id=scope.supplier_id, through=scope.through_month
    )
    named = frame.join(houses.rename({"code": "house"}), on="house_id", how="left")
    yield with_service(named, scope).sort("house", "service", "period")


def _accounts(scope: Scope) -> Iterator[pl.DataFrame]:
    for _, ids in scope.each():
        yield accounts.accounts_register(account_ids=ids)


def _agreements(scope: Scope) -> Iterator[pl.DataFrame]:
    terms = pl.Struct({column.name: pl.String for column in registers.TERMS})
    for part, ids in scope.each():
        frame = accounts.agreements_register(account_ids=ids)
        given = frame.with_columns(pl.col("terms").str.json_decode(terms)).unnest("terms")
        named = with_service(with_account(given, part), scope)
        yield named.sort("account", "service", "contract_number", "valid_from")


def _meters(scope: Scope) -> Iterator[pl.DataFrame]:
    numbers = accounts.account_ids(supplier_id=scope.supplier_id)
    parents = numbers.select(
        pl.col("number").alias("parent_account"), pl.col("account_id").alias("parent_account_id")
    )
    for part, ids in scope.each():
        frame = metering.meters_register(account_ids=ids)
        dials = _dials(metering.registers_register(account_ids=ids))
        named = with_service(with_account(frame, part), scope)
        named = named.join(dials, on="meter_id", how="left")
        related = named.filter(pl.col("parent_account_id").is_not_null()).select(
            "meter_id", "parent_account_id"
        )
        found = related.join(parents, on="parent_account_id").select("meter_id", "parent_account")
        yield named.join(found, on="meter_id", how="left").sort("account", "service", "serial")


def _dials(scales: pl.DataFrame) -> pl.DataFrame:
    """Return ``initial`` and ``final`` of each meter as meters.csv writes them."""
    texts = _plain(scales, {"initial": MICRO, "final": MICRO})
    written = []
    for name in ("initial", "final"):
        listed = pl.format("{}={}", "zone", name).str.join(",", ignore_nulls=False)
        value = pl.when(pl.len() == 1).then(pl.col(name).first()).otherwise(listed.first())
        written.append(value.alias(name))
    return texts.group_by("meter_id", maintain_order=True).agg(written)


def _verifications(scope: Scope) -> Iterator[pl.DataFrame]:
    for part, ids in scope.each():
        frame = metering.verifications_register(account_ids=ids)
        named = with_service(with_account(frame, part), scope)
        yield named.sort("account", "service", "serial", "verified_on")


FRAMES: dict[str, Callable[[Scope], Iterator[pl.DataFrame]]] = {
    "services.csv": _services,
    "rates.csv": _reference_rates,
    "tariffs.csv": _rates,
    "norms.csv": _norms,
    "houses.csv": _houses,
    "accounts.csv": _accounts,
    "agreements.csv": _agreements,
    "meters.csv": _meters,
    "verifications.csv": _verifications,
    "house_volumes.csv": _house_volumes,
}
