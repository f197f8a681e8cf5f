"""Founding a town: its bundle imported, its year billed and paid, its people let in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from abonent.common import clock
from abonent.common.periods import Period
from abonent.domain.accounts.queries.registers import account_ids, accounts_register
from abonent.domain.billing import operations as billing
from abonent.domain.billing import queries as bills
from abonent.domain.exchange import operations as exchange
from abonent.domain.exchange.rules import ImportMode
from abonent.domain.suppliers import queries as suppliers
from abonent.interfaces.jobs.demo.accounts import account_number, people_town
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
) -> Town | None:
    """Make the supplier with its accounts and a billed year; what stands is left alone.

    A town that was begun and not finished is finished: its months and the number of its
    accounts are those it began with. A supplier of the same code that is not this town
    (a real one, or one of another seed) is not touched: the answer is None.
    """
    if suppliers.supplier_by_code(plan.code) is None:
        year = DemoYear.ending_before(clock.local_day(now, plan.timezone))
        accounts = people_town(plan, year, seed, count)
        tell(f"{plan.name}: {len(accounts)} лицевых счетов")
        write_bundle(folder / plan.code, plan, year, accounts)
        # What the bundle brings was there before the first bill came out: later readings
        # would be corrections of bills.
        _load(folder / plan.code, year.published_at(year.first, plan.timezone, now))
    town = standing_town(plan, seed=seed, now=now)
    if town is None:
        tell(f"{plan.name}: поставщик {plan.code} уже есть и заселён иначе, не трогаем его")
        return None
    _live_the_year(town, folder=folder, now=now, tell=tell)
    return town


def standing_town(plan: Plan, *, seed: int, now: datetime) -> Town | None:
    """Return the town as it stands, or None when there is no such town of this seed."""
    known = suppliers.supplier_by_code(plan.code)
    if known is None:
        return None
    today = clock.local_day(now, plan.timezone)
    year = DemoYear(first=Period.of(known.start_period or today), today=today)
    accounts = _standing(plan, known.id, year, seed)
    return Town(plan, known.id, year, accounts) if accounts else None


def _standing(
    plan: Plan, supplier_id: int, year: DemoYear, seed: int
) -> tuple[DemoAccount, ...] | None:
    """Return the accounts that stand if they are the ones this seed invents."""
    ids = account_ids(supplier_id=supplier_id)
    # A real supplier is told by its numbers, before a town of its size is invented.
    if set(ids["number"]) != {account_number(plan, at) for at in range(ids.height)}:
        return None
    invented = people_town(plan, year, seed, ids.height)
    register = accounts_register(account_ids=ids["account_id"].to_list())
    names = dict(register.select("account", "full_name").iter_rows())
    same = names == {account.number: account.name for account in invented}
    return invented if same else None


def _live_the_year(town: Town, *, folder: Path, now: datetime, tell: Tell) -> None:
    """Bill the months that are not billed yet; before each one its payments come in."""
    last = bills.published_through(supplier_id=town.supplier_id)
    months = [period for period in town.year.billed if last is None or period > last]
    for period in months:
        # Each month lives in its own time: its papers bear the day they came out on.
        then = town.year.published_at(period, town.plan.timezone, now)
        _pay(town, period, folder=folder, now=then)
        tell(f"{town.plan.name}: {period}, {_bill(town.supplier_id, period, then)}")
    if months:
        # The current month: what has come in for the last bill until today.
        _pay(town, town.year.last.plus(1), folder=folder, now=now)


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


def _pay(town: Town, period: Period, *, folder: Path, now: datetime) -> None:
    """Import what people pay in a month for the bill of the month before."""
    if period == town.year.first:
        payments = first_payments(town.plan, town.year, town.accounts)
    else:
        payments = _for_bills(town, period)
    if not payments:
        return
    place = folder / f"{town.plan.code}-payments-{period}"
    write_payments(place, town.plan, town.year, payments)
    _load(place, now)


def _load(bundle: Path, now: datetime) -> None:
    """Import a bundle whole, as ``abonent import`` does."""
    exchange.import_bundle(
        path=bundle, mode=ImportMode.WHOLE, find_preset=load_preset,
        rejected_to=bundle, now=now,
    )  # fmt: skip


def _for_bills(town: Town, period: Period) -> list[DemoPayment]:
    """Return the payments that the published bills of the month before call forth."""
    frame = bills.bills_frame(supplier_id=town.supplier_id, period=period.plus(-1))
    numbers = account_ids(supplier_id=town.supplier_id).rename({"number": "account"})
    due = dict(frame.join(numbers, on="account_id").select("account", "due").iter_rows())
    return [
        payment
        for account in town.accounts
        for payment in payments_in(
            town.plan, town.year, account, period, due.get(account.number, 0)
        )
    ]
