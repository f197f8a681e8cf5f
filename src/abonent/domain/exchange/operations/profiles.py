"""The organisations' files, in and out: losses, hourly volumes and prices, power, schedules."""

from collections.abc import Callable, Iterator

import polars as pl

from abonent.domain.accounts.queries import registers as accounts
from abonent.domain.billing import operations as billing
from abonent.domain.billing.queries.schedules import schedules_register
from abonent.domain.exchange.operations.loaders import Load, before_closing, plain
from abonent.domain.exchange.operations.tables import Scope, with_account, with_service
from abonent.domain.exchange.rules.facts import HOURLY, HOURLY_PRICES, LOSSES, POWER, SCHEDULES
from abonent.domain.metering import operations as metering
from abonent.domain.metering.queries import profiles
from abonent.domain.tariffs import operations as tariffs
from abonent.domain.tariffs.queries import hourly_prices_register

FEW = 20  # accounts at a time: each has 700 hours in every month


LOADS: dict[str, Load] = {
    LOSSES.name: before_closing(metering.load_losses),
    HOURLY.name: before_closing(metering.load_hourly_volumes),
    HOURLY_PRICES.name: before_closing(tariffs.load_hourly_prices),
    POWER.name: before_closing(metering.load_power),
    SCHEDULES.name: plain(billing.load_schedules),
}


def _of_accounts(
    read: Callable[..., pl.DataFrame], key: tuple[str, ...]
) -> Callable[[Scope], Iterator[pl.DataFrame]]:
    def frames(scope: Scope) -> Iterator[pl.DataFrame]:
        for part, ids in scope.each():
            named = with_service(with_account(read(account_ids=ids), part), scope)
            yield named.sort(*key)

    return frames


def _hours(scope: Scope) -> Iterator[pl.DataFrame]:
    for part, ids in scope.each():
        having = set(profiles.accounts_with_hours(account_ids=ids))
        busy = [one for one in ids if one in having]
        for place in range(0, len(busy), FEW):
            frame = profiles.hours_register(account_ids=busy[place : place + FEW])
            yield with_service(with_account(frame, part), scope).sort(*HOURLY.key)


def _prices(scope: Scope) -> Iterator[pl.DataFrame]:
    frame = hourly_prices_register(supplier_id=scope.supplier_id)
    yield with_service(frame, scope).sort(*HOURLY_PRICES.key)


def _schedule_rows(scope: Scope) -> Iterator[pl.DataFrame]:
    known = accounts.account_ids(supplier_id=scope.supplier_id)
    frame = schedules_register(supplier_id=scope.supplier_id)
    yield with_service(with_account(frame, known), scope).sort(*SCHEDULES.key)


FRAMES: dict[str, Callable[[Scope], Iterator[pl.DataFrame]]] = {
    LOSSES.name: _of_accounts(profiles.losses_register, LOSSES.key),
    HOURLY.name: _hours,
    HOURLY_PRICES.name: _prices,
    POWER.name: _of_accounts(profiles.power_register, POWER.key),
    SCHEDULES.name: _schedule_rows,
}
