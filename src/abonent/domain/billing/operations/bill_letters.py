"""Bills by e-mail: who receives them, each letter once on the day the bill is out."""

from datetime import date, datetime, timedelta

from abonent.common.crash import crash_point
from abonent.common.periods import Period
from abonent.common.refusals import Refusal
from abonent.common.transactions import outermost
from abonent.domain.accounts.operations.open_pages import BILLS, take_inquiry
from abonent.domain.accounts.queries import AccountView, account_id_of, sees_account
from abonent.domain.accounts.queries.cards import account_numbers
from abonent.domain.accounts.queries.letter_links import (
    LetterMark,
    confirming_url,
    ending_url,
    letter_url,
)
from abonent.domain.accounts.queries.linking import contacts_on_file
from abonent.domain.accounts.rules import LetterPurpose, masked_number
from abonent.domain.billing import models
from abonent.domain.billing.operations.document import kept_bill
from abonent.domain.billing.queries.runs import published_through
from abonent.domain.billing.queries.statements import NotPublished, bill_of
from abonent.domain.billing.rules.bill_letter import (
    BillLinks,
    BillNews,
    bill_letter,
    confirming_letter,
)
from abonent.domain.documents.queries import DocumentView
from abonent.domain.identity import queries as identity
from abonent.domain.journal import operations as journal
from abonent.domain.journal.queries import acts_since
from abonent.domain.messaging import operations as messaging
from abonent.domain.messaging.queries.subscriptions import (
    SubscriptionView,
    asked_since,
    subscription_to_confirm,
    waiting_subscriptions,
)
from abonent.domain.messaging.rules import Channel, SubscriptionKind
from abonent.domain.messaging.rules.letters import Letter
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.queries import SupplierView

DAY = timedelta(days=1)
# In a day: letters of one person to any mailbox, and questions to mailboxes of others.
SENT_IN_A_DAY, ASKED_IN_A_DAY = 5, 3
_BATCH = 200
_SENT = "bill_sent"


class TooManyLetters(Refusal):
    """So many letters a day are enough: a mailbox of others is not ours to fill."""


@outermost
def subscribe_to_bills(
    *, account: AccountView, user_id: int, recipient: str, now: datetime
) -> SubscriptionView:
    """Let bills of an account go to a mailbox on the day each is out.

    To the person's own proven mailbox at once; any other gets a letter that asks it first,
    and counts from its answer. Refuses with TooManyLetters after 3 such questions a day.
    """
    mailbox = recipient.strip().lower()
    own = identity.user_view(user_id).email.lower()
    if mailbox == own:
        return messaging.subscribe(
            supplier_id=account.supplier_id,
            account_id=account.id,
            user_id=user_id,
            kind=SubscriptionKind.BILL,
            channel=Channel.EMAIL,
            recipient=mailbox,
            served_through=_served(account.supplier_id),
            now=now,
        )
    if asked_since(user_id=user_id, since=now - DAY) >= ASKED_IN_A_DAY:
        raise TooManyLetters(
            "Сегодня уже спросили несколько чужих почт. Попробуйте завтра.", field="email"
        )
    return _ask(account.supplier_id, account.id, user_id, mailbox, now)


@outermost
def ask_for_bills(
    *, supplier_id: int, number: str, email: str, address: str, now: datetime
) -> None:
    """Ask the mailbox of the contract whether bills should come, if it is the typed one.

    Whoever asks is told nothing, neither whether the number is there nor whose mailbox it
    names. One letter a day about a number. Refuses with TooManyTries.
    """
    may_ask = take_inquiry(
        supplier_id=supplier_id, purpose=BILLS, number=number, address=address, now=now
    )
    account_id = account_id_of(supplier_id=supplier_id, number=number)
    mailbox = contacts_on_file(supplier_id=supplier_id, number=number).email
    if may_ask and account_id is not None and mailbox and mailbox == email.strip().lower():
        _ask(supplier_id, account_id, None, mailbox, now)


@outermost
def confirm_bills(*, supplier_id: int, token: str, now: datetime) -> SubscriptionView:
    """Let the mailbox that was asked receive bills, from the next one on.

    Refuses with NotFound for a forged or old mark and for a wish that was withdrawn.
    """
    asked = subscription_to_confirm(supplier_id=supplier_id, token=token)
    return messaging.confirm_subscription(
        supplier_id=supplier_id,
        subscription_id=asked.id,
        served_through=_served(supplier_id),
        now=now,
    )


def send_bill(
    *, account: AccountView, user_id: int, period: Period, recipient: str, now: datetime
) -> None:
    """Send a published bill to any mailbox, with a link that pays it.

    Refuses with NotPublished when there is none and with TooManyLetters after 5 such letters
    of a person within a day. Call it outside a transaction: the setting in type is slow.
    """
    paper = kept_bill(
        supplier_id=account.supplier_id, account_id=account.id, period=period, now=now
    )
    _send(account, user_id, recipient.strip().lower(), paper, now)


def deliver_bills(*, run_id: int, now: datetime) -> int:
    """Send the bills of a published run to everybody who wants them; return how many letters.

    Each letter is one transaction with its mark, so the work may be stopped anywhere, done
    anew and done by several at once: nobody gets a bill twice. Of a person who sees the
    account no more the subscription ends.
    """
    run = models.BillingRun.objects.get(pk=run_id)
    if run.published_at is None:
        return 0
    supplier = suppliers.supplier_by_id(run.supplier_id)
    period = Period.of(run.period)
    sent, after = 0, 0
    while batch := waiting_subscriptions(
        supplier_id=supplier.id,
        kind=SubscriptionKind.BILL,
        through=period.first_day,
        after=after,
        limit=_BATCH,
    ):
        after = batch[-1].id
        sent += sum(_deliver(supplier, one, period, now) for one in batch)
    return sent


def _deliver(supplier: SupplierView, one: SubscriptionView, period: Period, now: datetime) -> bool:
    """Set the bill in type, then write the letter; False when there is nothing to send."""
    if one.user_id is not None and not sees_account(
        user_id=one.user_id, supplier_id=supplier.id, account_id=one.account_id, now=now
    ):
        _end(one, now)
        return False
    try:
        paper = kept_bill(
            supplier_id=supplier.id, account_id=one.account_id, period=period, now=now
        )
    except NotPublished:
        return False
    return _tell(supplier, one, paper, now)


@outermost
def _end(one: SubscriptionView, now: datetime) -> None:
    messaging.end_subscription(supplier_id=one.supplier_id, subscription_id=one.id, now=now)


@outermost
def _tell(
    supplier: SupplierView, one: SubscriptionView, paper: DocumentView, now: datetime
) -> bool:
    """Write the letter and its mark together."""
    if not messaging.mark_served(
        supplier_id=supplier.id, subscription_id=one.id, through=paper.period.first_day
    ):
        return False
    mark = LetterMark(supplier.id, one.account_id, paper.period, one.id, one.user_id)
    messaging.enqueue_letter(
        supplier_id=supplier.id,
        recipient=one.recipient,
        kind="bill",
        letter=_letter(
            supplier,
            mark,
            paper,
            why="Вы подписались на электронный счёт.",
            end=ending_url(supplier, one.id),
        ),
        attachment=f"document:{paper.id}",
        # A mailbox that two people of one account named gets one letter.
        key=f"bill:{paper.period}:{one.account_id}:{one.recipient}"[:120],
        now=now,
    )
    crash_point("bill.told")
    return True


@outermost
def _send(
    account: AccountView, user_id: int, mailbox: str, paper: DocumentView, now: datetime
) -> None:
    """Count the letter, write it, and note in the journal to whom it went."""
    sent = acts_since(actor_id=user_id, action=_SENT, since=now - DAY)
    if sent >= SENT_IN_A_DAY:
        raise TooManyLetters(
            "За сутки отправлено уже пять писем. Остальные – завтра, или скачайте PDF.",
            field="email",
        )
    supplier = suppliers.supplier_by_id(account.supplier_id)
    mark = LetterMark(supplier.id, account.id, paper.period, user_id=user_id)
    messaging.enqueue_letter(
        supplier_id=supplier.id,
        recipient=mailbox,
        kind="bill_copy",
        letter=_letter(
            supplier, mark, paper, why="Этот счёт вам переслали из личного кабинета.", end=""
        ),
        attachment=f"document:{paper.id}",
        now=now,
    )
    journal.record(
        supplier_id=supplier.id,
        actor_id=user_id,
        action=_SENT,
        subject=paper.subject,
        details={"period": str(paper.period), "to": mailbox},
        now=now,
    )


def _ask(
    supplier_id: int, account_id: int, user_id: int | None, mailbox: str, now: datetime
) -> SubscriptionView:
    """Keep the wish and write the letter that asks for its confirmation."""
    asked = messaging.ask_subscription(
        supplier_id=supplier_id,
        account_id=account_id,
        user_id=user_id,
        kind=SubscriptionKind.BILL,
        channel=Channel.EMAIL,
        recipient=mailbox,
        now=now,
    )
    if asked.is_confirmed:
        return asked
    supplier = suppliers.supplier_by_id(supplier_id)
    messaging.enqueue_letter(
        supplier_id=supplier_id,
        recipient=mailbox,
        kind="bill_confirm",
        letter=confirming_letter(
            supplier.called,
            _masked(supplier_id, account_id),
            confirming_url(supplier, asked.id),
        ),
        now=now,
        key=f"bill-confirm:{asked.id}:{now:%Y-%m-%d}",
    )
    return asked


def _letter(
    supplier: SupplierView, mark: LetterMark, paper: DocumentView, *, why: str, end: str
) -> Letter:
    bill = bill_of(supplier_id=supplier.id, account_id=mark.account_id, period=paper.period)
    if bill is None:
        raise NotPublished("Счёта за этот месяц нет.")
    links = BillLinks(
        pay=letter_url(supplier, mark, LetterPurpose.PAY),
        readings=letter_url(supplier, mark, LetterPurpose.READINGS),
        end=end,
    )
    news = BillNews(
        sender=supplier.called,
        account=_masked(supplier.id, mark.account_id),
        period=bill.period,
        due=bill.due,
        due_by=bill.due_by,
    )
    return bill_letter(news, links, why)


def _masked(supplier_id: int, account_id: int) -> str:
    return masked_number(
        account_numbers(supplier_id=supplier_id, account_ids=[account_id])[account_id]
    )


def _served(supplier_id: int) -> date | None:
    """Return the month that is out already: its bill is not sent any more."""
    last = published_through(supplier_id=supplier_id)
    return last.first_day if last else None
