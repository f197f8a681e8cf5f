"""The sum in a letter is pressed: the bill is paid, nobody signs in, no card is remembered."""

from datetime import datetime

from abonent.common.refusals import Refusal
from abonent.common.transactions import outermost
from abonent.domain.accounts.operations.open_pages import take_open_payment
from abonent.domain.accounts.queries.letter_links import LetterAccount, account_of_letter
from abonent.domain.accounts.rules import LetterPurpose
from abonent.domain.payments.operations import start_payment
from abonent.domain.payments.queries import PaymentView
from abonent.domain.payments.rules import Purpose
from abonent.domain.reports.queries.letters import letter_bill


class SumChanged(Refusal):
    """Between the page and the press the sum has become another."""


def pay_by_letter(
    *,
    supplier_id: int,
    token: str,
    shown: int,
    key: str,
    return_url: str,
    address: str,
    now: datetime,
) -> PaymentView:
    """Begin the payment of what is left of a letter's bill; ``shown`` kopecks were pressed.

    Refuses with SumChanged when something else is left by now, with NotFound for a link that
    does not live, with TooManyTries, and as ``payments.start_payment`` does.
    """
    found = _let_pay(supplier_id=supplier_id, token=token, address=address, now=now)
    if letter_bill(supplier_id=supplier_id, token=token, now=now).left != shown:
        raise SumChanged("Сумма изменилась, пока страница была открыта. Проверьте новую.")
    return start_payment(
        supplier_id=supplier_id,
        user_id=None,
        purposes=[Purpose(found.account_id, shown)],
        key=key,
        return_url=return_url,
        now=now,
    )


@outermost
def _let_pay(*, supplier_id: int, token: str, address: str, now: datetime) -> LetterAccount:
    """Count the try: it stays counted whatever becomes of the payment."""
    found = account_of_letter(
        supplier_id=supplier_id, token=token, purpose=LetterPurpose.PAY, now=now
    )
    take_open_payment(supplier_id=supplier_id, number=found.number, address=address, now=now)
    return found
