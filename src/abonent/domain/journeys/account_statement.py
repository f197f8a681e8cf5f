"""The detailed statement of an account: ordered on a page, made behind it, kept."""

from datetime import datetime, timedelta
from uuid import UUID

from abonent.common.periods import Period
from abonent.common.queue import defer
from abonent.common.refusals import NotFound, Refusal
from abonent.common.transactions import outermost
from abonent.domain.accounts.queries import AccountView
from abonent.domain.documents import operations as documents
from abonent.domain.documents.queries import (
    NO_DOCUMENT,
    DocumentFile,
    OrderView,
    document_by_id,
    order_view,
)
from abonent.domain.documents.rules import DocumentKind
from abonent.domain.journal import operations as journal
from abonent.domain.journal.queries import acts_since
from abonent.domain.reports.queries.account_statement import account_statement

LONGEST = 36
ORDERS_IN_A_DAY = 10
_DAY = timedelta(days=1)
_ORDERED = "statement_ordered"


class TooLong(Refusal):
    """A statement of so many months is not made on a page."""


class TooManyOrders(Refusal):
    """Enough papers for a day."""


def statement_subject(account_id: int) -> str:
    """Return by what word the orders of an account are kept."""
    return f"account:{account_id}"


@outermost
def order_statement(
    *, account: AccountView, user_id: int, since: Period, until: Period, now: datetime
) -> UUID:
    """Order the statement of these months, both included; the queue makes it.

    Refuses with TooLong for more than 36 months or for months in the wrong order, and with
    TooManyOrders after ten orders of a person within a day.
    """
    months = until.months_since(since) + 1
    if not 1 <= months <= LONGEST:
        raise TooLong(f"Выберите от одного до {LONGEST} месяцев.", field="since")
    if acts_since(actor_id=user_id, action=_ORDERED, since=now - _DAY) >= ORDERS_IN_A_DAY:
        raise TooManyOrders("За сутки заказано уже десять выписок. Закажите следующую завтра.")
    subject = statement_subject(account.id)
    order_id = documents.place_order(
        supplier_id=account.supplier_id,
        kind=DocumentKind.STATEMENT,
        subject=subject,
        since=since,
        until=until,
        user_id=user_id,
        now=now,
    )
    journal.record(
        supplier_id=account.supplier_id,
        actor_id=user_id,
        action=_ORDERED,
        subject=subject,
        details={"since": str(since), "until": str(until)},
        now=now,
    )
    defer("make_statement", order_id=str(order_id))
    return order_id


def make_statement(*, order_id: UUID, now: datetime) -> None:
    """Make the paper of an order and tie it to it; one that is made stays as it is.

    Called outside a transaction: a month after another is gathered, then set in type.
    """
    order = order_view(order_id=order_id)
    if order.document_id is not None:
        return
    account_id = int(order.subject.partition(":")[2])
    paper = account_statement(
        supplier_id=order.supplier_id,
        account_id=account_id,
        since=order.since,
        until=order.until,
        now=now,
        tell=lambda done: documents.advance_order(order_id=order_id, done=done),
    )
    kept = documents.render_statement(
        supplier_id=order.supplier_id,
        subject=f"{order.subject}:{order_id.hex[:16]}",
        data=paper,
        now=now,
    )
    documents.finish_order(order_id=order_id, document_id=kept.id, now=now)


def statement_order(*, account: AccountView, order_id: UUID) -> OrderView:
    """Return an order of this account; refuses with NotFound for any other."""
    order = order_view(order_id=order_id)
    if (order.supplier_id, order.subject) != (account.supplier_id, statement_subject(account.id)):
        raise NotFound(NO_DOCUMENT)
    return order


def statement_file(*, account: AccountView, order_id: UUID) -> DocumentFile:
    """Return the finished paper of an order; refuses with NotFound while there is none."""
    order = statement_order(account=account, order_id=order_id)
    if order.document_id is None:
        raise NotFound(NO_DOCUMENT)
    return document_by_id(order.document_id)
