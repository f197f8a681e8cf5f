"""An account leaves a person's cabinet, and with it what was paid from there (TRUST T45)."""

from datetime import datetime

from abonent.domain.accounts import operations as accounts
from abonent.domain.accounts import queries as links
from abonent.domain.payments import operations as payments


def unlink_account(*, user_id: int, supplier_id: int, number: str, now: datetime) -> None:
    """End the person's own link, then the autopayment of the account.

    In this order: once the link is gone nothing is charged, whatever happens in between.
    Refuses with NotFound when the account is not linked to the user.
    """
    account = links.account_for(user_id=user_id, supplier_id=supplier_id, number=number, now=now)
    accounts.unlink_account(user_id=user_id, supplier_id=supplier_id, number=number, now=now)
    payments.stop_autopays_of(
        user_id=user_id, supplier_id=supplier_id, account_id=account.id, now=now
    )
