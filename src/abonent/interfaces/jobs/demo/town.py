"""Founding a town: its bundle imported, its year billed and paid, its people let in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from abonent.common import clock
from abonent.common.periods import Period
from abonent.domain.accounts.queries.registers import account_ids
from abonent.domain.billing import operations as billing
from abonent.domain.billing import queries as bills
from abonent.domain.exchange import operations as exchange
from abonent.domain.exchange.rules import ImportMode
from abonent.domain.suppliers import queries as suppliers
from abonent.interfaces.jobs.demo.accounts import people_town
from abonent.interfaces.jobs.demo.bundle import first_payments, write_bundle, write_payments
from abonent.interfaces.jobs.demo.calendar import DemoYear
from abonent.interfaces.jobs.demo.money import DemoPayment, payments_in
from abonent.interfaces.jobs.demo.world import DemoAccount, Plan
from abonent.presets.load import load_preset

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Town:
    """A founded town: what the sheet of sign-ins and the people need to know of it."""

    plan: Plan
    supplier_id: int
    year: DemoYear
    accounts: tuple[DemoAccount, ...]


def found_town(
    plan: Plan, *, seed: int, count: int, folder: Path, now: datetime, tell: Tell
) -> Town:
    """Make the supplier with its accounts and a billed year; what stands is left alone.

    A town that was begun and not finished is finished: its months are those it began with.
    """
    today = clock.local_day(now, plan.timezone)
    known = suppliers.supplier_by_code(plan.code)
    year = DemoYear.ending_before(today)
    if known is not None and known.start_period is not None:
        year = DemoYear(first=Period.of(known.start_period), today=today)
    accounts = tuple(people_town(plan, year, seed, count))
    if known is None:
        tell(f"{plan.name}: {len(accounts)} лицевых счетов")
        write_bundle(folder / plan.code, plan, year, accounts)
        _load(folder / plan.code, now)
    supplier_id = suppliers.get_supplier(plan.code).id
    _live_the_year(plan, supplier_id, year, accounts, folder=folder, now=now, tell=tell)
    return Town(plan, supplier_id, year, accounts)


def _live_the_year(
    plan: Plan, supplier_id: int, year: DemoYear, accounts: Sequence[DemoAccount],
    *, folder: Path, now: datetime, tell: Tell,
) -> None:  # fmt: skip
    """Bill the months that are not billed yet; before each one its payments come in."""
    last = bills.published_through(supplier_id=supplier_id)
    months = [period for period in year.billed if last is None or period > last]
    for period in months:
        _pay(plan, supplier_id, year, accounts, period=period, folder=folder, now=now)
        tell(f"{plan.name}: {period}, {_bill(supplier_id, period, now)}")
    if months:
        # The current month: what has come in for the last bill until today.
        _pay(plan, supplier_id, year, accounts, period=year.last.plus(1), folder=folder, now=now)


def _bill(supplier_id: int, period: Period, now: datetime) -> str:
    """Bill and publish a month as ``abonent bill --publish`` does; say how many bills."""
    run = billing.open_run(supplier_id=supplier_id, period=period, as_of=period.last_day, now=now)
    while billing.bill_batch(run=run):
        pass
    billing.start_publication(run=run)
    while billing.publish_batch(run=run, now=now):
        pass
    billing.publish_run(run=run, now=now)
    progress = bills.run_progress(run_id=run.id)
    left_out = bills.left_out_count(run_id=run.id)
    return f"счетов {progress.bills}" + (f", не начислено {left_out}" if left_out else "")


def _pay(
    plan: Plan, supplier_id: int, year: DemoYear, accounts: Sequence[DemoAccount],
    *, period: Period, folder: Path, now: datetime,
) -> None:  # fmt: skip
    """Import what people pay in a month for the bill of the month before."""
    if period == year.first:
        payments = first_payments(plan, year, accounts)
    else:
        payments = _for_bills(plan, supplier_id, year, accounts, period)
    if not payments:
        return
    place = folder / f"{plan.code}-payments-{period}"
    write_payments(place, plan, year, payments)
    _load(place, now)


def _load(bundle: Path, now: datetime) -> None:
    """Import a bundle whole, as ``abonent import`` does."""
    exchange.import_bundle(
        path=bundle, mode=ImportMode.WHOLE, find_preset=load_preset,
        rejected_to=bundle, now=now,
    )  # fmt: skip


def _for_bills(
    plan: Plan, supplier_id: int, year: DemoYear, accounts: Sequence[DemoAccount], period: Period
) -> list[DemoPayment]:
    """Return the payments that the published bills of the month before call forth."""
    frame = bills.bills_frame(supplier_id=supplier_id, period=period.plus(-1))
    numbers = account_ids(supplier_id=supplier_id).rename({"number": "account"})
    due = dict(frame.join(numbers, on="account_id").select("account", "due").iter_rows())
    return [
        payment
        for account in accounts
        for payment in payments_in(plan, year, account, period, due.get(account.number, 0))
    ]
