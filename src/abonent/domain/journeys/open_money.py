"""Money without sign-in: paying by the number of an account, asking what is owed."""

from datetime import datetime
from zoneinfo import ZoneInfo

from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.refusals import Refusal
from abonent.common.transactions import outermost
from abonent.common.words import day_and_year
from abonent.domain.accounts.operations.open_notices import answer_debt_inquiry
from abonent.domain.accounts.operations.open_pages import DEBT, take_inquiry, take_open_payment
from abonent.domain.accounts.queries import account_id_of
from abonent.domain.ledger import queries as ledger
from abonent.domain.payments.operations import start_payment
from abonent.domain.payments.queries import PaymentView
from abonent.domain.payments.rules import Purpose
from abonent.domain.suppliers import queries as suppliers


class CannotPayThis(Refusal):
    """No payment is taken for this number; why, a stranger is not told."""


def pay_openly(
    *,
    supplier_id: int,
    number: str,
    amount: int,
    key: str,
    return_url: str,
    address: str,
    email: str = "",
    now: datetime,
) -> PaymentView:
    """Begin a payment of typed kopecks for the account of a number; nobody is signed in.

    ``email``: where the fiscal receipt goes, and nothing else.

    A payment under way is not told: that would tell a stranger who pays. Refuses with
    TooManyTries, with CannotPayThis for a number that is not there, and as
    ``payments.start_payment`` does.
    """
    account_id = _let_pay(supplier_id=supplier_id, number=number, address=address, now=now)
    return start_payment(
        supplier_id=supplier_id,
        user_id=None,
        purposes=[Purpose(_there(account_id), amount)],
        key=key,
        return_url=return_url,
        email=email,
        now=now,
    )


@outermost
def ask_debt(*, supplier_id: int, number: str, address: str, pay_url: str, now: datetime) -> None:
    """Send what is owed by a number to the mailbox of its contract, at most once a day.

    Whoever asks is told nothing, neither the sum nor whether the number is there. Refuses
    with TooManyTries.
    """
    may_answer = take_inquiry(
        supplier_id=supplier_id, purpose=DEBT, number=number, address=address, now=now
    )
    account_id = account_id_of(supplier_id=supplier_id, number=number)
    owes = ledger.subject_total(supplier_id=supplier_id, subject_id=account_id or 0)
    if may_answer and account_id is not None:
        zone = ZoneInfo(suppliers.supplier_by_id(supplier_id).timezone)
        day = day_and_year(now.astimezone(zone).date())
        answer_debt_inquiry(
            supplier_id=supplier_id,
            number=number,
            text=f"На {day}: {_owed_in_words(owes)}.",
            pay_url=pay_url,
            now=now,
        )


@outermost
def _let_pay(*, supplier_id: int, number: str, address: str, now: datetime) -> int | None:
    """Count the try: it stays counted whatever becomes of the payment."""
    return take_open_payment(supplier_id=supplier_id, number=number, address=address, now=now)


def _there(account_id: int | None) -> int:
    if account_id is None:
        raise CannotPayThis(
            "Оплату по этому номеру принять нельзя. Проверьте номер лицевого счёта по квитанции.",
            field="account",
        )
    return account_id


def _owed_in_words(kopecks: int) -> str:
    if kopecks > 0:
        return f"осталось заплатить {format_kopecks(kopecks)}{NO_BREAK}₽"
    if kopecks < 0:
        return f"переплата {format_kopecks(-kopecks)}{NO_BREAK}₽"
    return "долга нет"
