"""What the link of a letter shows: a sum and the end of an account's number, nothing else."""

from dataclasses import dataclass
from datetime import date, datetime

from abonent.common.periods import Period
from abonent.common.refusals import NotFound
from abonent.domain.accounts.queries.letter_links import account_of_letter
from abonent.domain.accounts.rules import LetterPurpose
from abonent.domain.billing.queries.statements import bills_of
from abonent.domain.ledger import queries as ledger
from abonent.domain.messaging.queries.subscriptions import OLD_LINK
from abonent.domain.payments.queries import PaymentTerms, payment_terms


@dataclass(frozen=True)
class LetterBill:
    """The bill of a letter; ``account`` is masked, ``left`` kopecks are to pay, never below 0."""

    account: str
    period: Period
    due_by: date
    left: int
    terms: PaymentTerms


def letter_bill(*, supplier_id: int, token: str, now: datetime) -> LetterBill:
    """Return what is left of a letter's bill.

    Of a bill that a later one has followed, no more than what that one took over. Refuses
    with NotFound as ``account_of_letter`` does.
    """
    found = account_of_letter(
        supplier_id=supplier_id, token=token, purpose=LetterPurpose.PAY, now=now
    )
    if found.period is None:
        raise NotFound(OLD_LINK)
    bills = {
        bill.period: bill for bill in bills_of(supplier_id=supplier_id, account_id=found.account_id)
    }
    bill, following = bills.get(found.period), bills.get(found.period.plus(1))
    if bill is None:
        raise NotFound(OLD_LINK)
    owes = ledger.subject_total(supplier_id=supplier_id, subject_id=found.account_id)
    of_bill = following.opening - following.paid if following else owes
    return LetterBill(
        account=found.masked,
        period=bill.period,
        due_by=bill.due_by,
        left=max(0, min(of_bill, owes)),
        terms=payment_terms(supplier_id=supplier_id),
    )
