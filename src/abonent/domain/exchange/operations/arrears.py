"""The files about arrears, in and out: suspensions, instalments, penalties, notices."""

from collections.abc import Callable, Iterator

import polars as pl

from abonent.common.bulk import Loaded, Rows
from abonent.domain.accounts.queries import registers as accounts
from abonent.domain.billing import operations as billing
from abonent.domain.billing.queries.agreements import instalments_register, suspensions_register
from abonent.domain.billing.queries.debtors import notices_register
from abonent.domain.billing.queries.forgiven import WRITE_OFFS as FORGIVEN
from abonent.domain.billing.queries.forgiven import amnesties_register, write_offs_register
from abonent.domain.billing.queries.levied import PENALTIES as LEVIED
from abonent.domain.billing.queries.levied import penalties_frame
from abonent.domain.exchange.operations.context import Context
from abonent.domain.exchange.operations.loaders import Load, plain
from abonent.domain.exchange.operations.tables import Scope, with_account, with_service
from abonent.domain.exchange.rules.arrears import (
    AMNESTIES,
    DEBT_NOTICES,
    INSTALMENTS,
    PENALTIES,
    SUSPENSIONS,
    WRITE_OFFS,
)


def _penalties(context: Context, rows: Rows) -> Loaded:
    """Gather what was levied; it is restored with its bills at the end."""
    frames = [frame.select(list(LEVIED)) for frame in rows.frames]
    whole = pl.concat(frames) if frames else pl.DataFrame(schema=LEVIED)
    context.papers[PENALTIES.name] = whole.cast(pl.Schema(LEVIED))
    return Loaded()


def _write_offs(context: Context, rows: Rows) -> Loaded:
    """Gather what was forgiven; it is posted after the bills that levied it."""
    frames = [frame.select(list(FORGIVEN)) for frame in rows.frames]
    whole = pl.concat(frames) if frames else pl.DataFrame(schema=FORGIVEN)
    context.papers[WRITE_OFFS.name] = whole.cast(pl.Schema(FORGIVEN))
    return Loaded()


def post_write_offs(context: Context) -> dict[str, Loaded]:
    """Post the gathered write-offs; one that stands already is left alone."""
    rows = context.papers.get(WRITE_OFFS.name)
    if rows is None:
        return {}
    fresh = billing.write_off_penalties(supplier_id=context.supplier_id, rows=rows, now=context.now)
    return {WRITE_OFFS.name: Loaded(fresh.height, 0, rows.height - fresh.height)}


LOADS: dict[str, Load] = {
    SUSPENSIONS.name: plain(billing.load_suspensions, {"from": "from_on", "to": "to_on"}),
    INSTALMENTS.name: plain(billing.load_instalments, {"period": "month"}),
    PENALTIES.name: _penalties,
    WRITE_OFFS.name: _write_offs,
    AMNESTIES.name: plain(billing.load_amnesties),
    DEBT_NOTICES.name: plain(billing.load_debt_notices),
}


def _suspension_rows(scope: Scope) -> Iterator[pl.DataFrame]:
    known = accounts.account_ids(supplier_id=scope.supplier_id)
    frame = suspensions_register(supplier_id=scope.supplier_id)
    yield (
        with_account(frame, known)
        .rename({"from_on": "from", "to_on": "to"})
        .sort("account", "from", nulls_last=False)
    )


def _instalment_rows(scope: Scope) -> Iterator[pl.DataFrame]:
    for part, ids in scope.each():
        frame = instalments_register(supplier_id=scope.supplier_id, account_ids=ids)
        named = with_service(with_account(frame, part), scope).rename({"month": "period"})
        yield named.sort(*INSTALMENTS.key)


def _penalty_rows(scope: Scope) -> Iterator[pl.DataFrame]:
    for part, ids in scope.each():
        frame = penalties_frame(supplier_id=scope.supplier_id, period=scope.period, account_ids=ids)
        named = with_service(with_account(frame, part), scope)
        yield named.sort(*PENALTIES.key)


def _write_off_rows(scope: Scope) -> Iterator[pl.DataFrame]:
    for part, ids in scope.each():
        frame = write_offs_register(supplier_id=scope.supplier_id, account_ids=ids)
        yield with_service(with_account(frame, part), scope).sort(*WRITE_OFFS.key)


def _amnesty_rows(scope: Scope) -> Iterator[pl.DataFrame]:
    yield amnesties_register(supplier_id=scope.supplier_id)


def _notice_rows(scope: Scope) -> Iterator[pl.DataFrame]:
    for part, ids in scope.each():
        frame = notices_register(supplier_id=scope.supplier_id, account_ids=ids)
        yield with_service(with_account(frame, part), scope).sort(*DEBT_NOTICES.key)


FRAMES: dict[str, Callable[[Scope], Iterator[pl.DataFrame]]] = {
    SUSPENSIONS.name: _suspension_rows,
    INSTALMENTS.name: _instalment_rows,
    PENALTIES.name: _penalty_rows,
    WRITE_OFFS.name: _write_off_rows,
    AMNESTIES.name: _amnesty_rows,
    DEBT_NOTICES.name: _notice_rows,
}
