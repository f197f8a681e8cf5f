"""Everything a person has here, gathered for that person to take away (RULES 7.3)."""

from dataclasses import dataclass
from datetime import datetime

from abonent.common.clock import local_day
from abonent.common.periods import Period
from abonent.common.transactions import outermost
from abonent.domain.accounts.queries import AccountView, accounts_of
from abonent.domain.billing.queries.statements import BillView, bills_of
from abonent.domain.identity import queries as people
from abonent.domain.identity.queries import ConsentView, UserView
from abonent.domain.journal import operations as journal
from abonent.domain.journal import queries as acts
from abonent.domain.journal.queries import JournalLine
from abonent.domain.metering.queries.history import ReadingHistory, readings_history
from abonent.domain.payments.queries import PaymentView, payments_of
from abonent.domain.suppliers import queries as suppliers

# Longer than any account here has lived; enough for who pays every day for years.
_MONTHS, _PAYMENTS, _ACTS = 240, 10_000, 10_000


@dataclass(frozen=True)
class AccountData:
    """What is known of one account; of one that still waits, only that it does."""

    account: AccountView
    readings: ReadingHistory | None
    bills: tuple[BillView, ...]
    payments: tuple[PaymentView, ...]


@dataclass(frozen=True)
class MyData:
    """What this supplier's cabinet knows of a person; sums in kopecks."""

    person: UserView
    consents: tuple[ConsentView, ...]
    accounts: tuple[AccountData, ...]
    acts: tuple[JournalLine, ...]


@outermost
def export_my_data(*, user_id: int, supplier_id: int, now: datetime) -> MyData:
    """Gather the person's own data at a supplier, and write down that they were taken.

    An account whose link still waits gives nothing but its number. There are no refusals.
    """
    zone = suppliers.supplier_by_id(supplier_id).timezone
    month = Period.of(local_day(now, zone))
    found = accounts_of(user_id=user_id, supplier_id=supplier_id, now=now)
    data = MyData(
        person=people.user_view(user_id),
        consents=tuple(
            one for one in people.consents_of(user_id) if one.supplier_id == supplier_id
        ),
        accounts=tuple(_account(one, month) for one in found),
        acts=tuple(acts.entries_of_person(user_id, limit=_ACTS)),
    )
    journal.record(
        supplier_id=supplier_id,
        actor_id=user_id,
        action="data_exported",
        subject=f"user:{user_id}",
        details={},
        now=now,
    )
    return data


def _account(account: AccountView, month: Period) -> AccountData:
    if not account.private:
        return AccountData(account, None, (), ())
    payments = payments_of(
        supplier_id=account.supplier_id, account_ids=[account.id], limit=_PAYMENTS
    )
    return AccountData(
        account=account,
        readings=readings_history(
            supplier_id=account.supplier_id, account_id=account.id, until=month, months=_MONTHS
        ),
        bills=tuple(bills_of(supplier_id=account.supplier_id, account_id=account.id)),
        payments=tuple(payments),
    )
