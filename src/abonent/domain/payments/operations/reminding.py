"""Reminders to pay before the due day of the last bill (MISSION E5)."""

from collections.abc import Sequence
from datetime import date, datetime

from abonent.common.clock import local_day
from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.words import day_in_words
from abonent.domain.accounts.operations.reminding import (
    ReminderWords,
    remind_each,
    waiting_batches,
)
from abonent.domain.accounts.queries.letter_links import LetterMark, ending_url, letter_url
from abonent.domain.accounts.rules import LetterPurpose
from abonent.domain.billing.queries.last_bills import due_days_of
from abonent.domain.ledger import queries as ledger
from abonent.domain.messaging.queries.subscriptions import SubscriptionView
from abonent.domain.messaging.rules import SubscriptionKind
from abonent.domain.messaging.rules.letters import Letter, Paragraph, Press, Total
from abonent.domain.payments.models import Autopay
from abonent.domain.payments.rules.autopay import MandateState
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.queries import SupplierView

# A reminder comes this many days before the last day to pay at the earliest.
DAYS_BEFORE_DUE = 3


def remind_of_payment(*, supplier_id: int, now: datetime) -> int:
    """Remind whoever asked for it and still owes; return how many were reminded.

    Once a bill, in the last four days to pay it. Who has paid, or lets an autopayment pay,
    needs no reminder. May be stopped and done anew. No refusals.
    """
    supplier = suppliers.supplier_by_id(supplier_id)
    today = local_day(now, supplier.timezone)
    sent = 0
    for batch in waiting_batches(supplier_id, SubscriptionKind.PAYMENT, today):
        due = due_days_of(supplier_id=supplier_id, account_ids=[one.account_id for one in batch])
        near = [
            one for one in batch
            if one.account_id in due and 0 <= (due[one.account_id] - today).days <= DAYS_BEFORE_DUE
        ]  # fmt: skip
        owed = _owed(supplier_id, near)

        def words(
            one: SubscriptionView,
            account: str,
            due: dict[int, date] = due,
            owed: dict[int, int] = owed,
        ) -> ReminderWords:
            return _words(supplier, one, account, owed[one.account_id], due[one.account_id])

        for day in sorted({due[one.account_id] for one in near}):
            told = [one for one in near if due[one.account_id] == day and owed[one.account_id] > 0]
            sent += remind_each(told, supplier, words, through=day, now=now)
    return sent


def _owed(supplier_id: int, near: Sequence[SubscriptionView]) -> dict[int, int]:
    """Return what each account owes, kopecks; nothing where an autopayment pays by itself."""
    accounts = [one.account_id for one in near]
    lines = ledger.balances_of_subjects(supplier_id=supplier_id, subject_ids=accounts)
    by_itself = set(
        Autopay.objects.filter(account_id__in=accounts, state=MandateState.ACTIVE).values_list(
            "account_id", flat=True
        )
    )
    return {
        account: 0 if account in by_itself else sum(line.amount for line in lines.get(account, ()))
        for account in accounts
    }


def _words(
    supplier: SupplierView, one: SubscriptionView, account: str, owed: int, due: date
) -> ReminderWords:
    mark = LetterMark(supplier.id, one.account_id, subscription_id=one.id, user_id=one.user_id)
    url = letter_url(supplier, mark, LetterPurpose.PAY)
    return ReminderWords(
        letter=Letter(
            subject="Подходит срок оплаты",
            parts=(
                Paragraph(
                    f"По лицевому счёту {account} ещё не всё оплачено. "
                    f"Заплатите до {day_in_words(due)}, чтобы не начислялись пени."
                ),
                Total("Осталось заплатить", f"{format_kopecks(owed)}{NO_BREAK}₽", url),
                Press("Заплатить", url),
            ),
            sender=supplier.called,
            why="Вы просили напоминать об оплате.",
            unsubscribe_url=ending_url(supplier, one.id),
        ),
        sms=(
            f"Срок оплаты по счёту {account} – до {day_in_words(due)}. "
            f"Заплатить: {suppliers.cabinet_url(supplier)}"
        ).replace(NO_BREAK, " "),
    )
