"""Signed links of letters: one purpose, one account, thirty days, no cabinet (TRUST B5).

Whoever holds a letter may do the one thing that its link is for. The link dies with the
subscription that sent it, and with the right of the user who asked for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing

from abonent.common.periods import Period
from abonent.common.refusals import NotFound
from abonent.domain.accounts.queries.access import sees_account
from abonent.domain.accounts.queries.cards import account_numbers
from abonent.domain.accounts.rules import LetterPurpose, masked_number
from abonent.domain.messaging.queries.subscriptions import (
    OLD_LINK,
    confirming_token,
    ending_token,
    find_subscription,
)
from abonent.domain.suppliers.queries import SupplierView, cabinet_url

LINK_LIVES = timedelta(days=30)
# The addresses that letters carry live as long as the letters: the open pages keep them.
_PATHS = {LetterPurpose.PAY: "pay", LetterPurpose.READINGS: "readings"}


@dataclass(frozen=True)
class LetterMark:
    """Whose letter a link stands in; ``subscription_id`` or ``user_id`` let it be revoked."""

    supplier_id: int
    account_id: int
    period: Period | None = None
    subscription_id: int | None = None
    user_id: int | None = None


@dataclass(frozen=True)
class LetterAccount:
    """The account of a good link; of its number a page shows ``masked`` alone."""

    account_id: int
    number: str
    masked: str
    period: Period | None


def letter_token(mark: LetterMark, purpose: LetterPurpose) -> str:
    """Return the signed link for one purpose."""
    month = str(mark.period) if mark.period else ""
    content = [mark.supplier_id, mark.account_id, month, mark.subscription_id, mark.user_id]
    return signing.dumps(content, salt=_salt(purpose))


def letter_url(supplier: SupplierView, mark: LetterMark, purpose: LetterPurpose) -> str:
    """Return the address by which a letter's reader does one thing."""
    return _address(supplier, letter_token(mark, purpose), _PATHS[purpose])


def confirming_url(supplier: SupplierView, subscription_id: int) -> str:
    """Return the address at which a mailbox says that it wants these letters."""
    return _address(supplier, confirming_token(subscription_id), "confirm")


def ending_url(supplier: SupplierView, subscription_id: int) -> str:
    """Return the address at which these letters end."""
    return _address(supplier, ending_token(subscription_id), "end")


def _address(supplier: SupplierView, token: str, deed: str) -> str:
    return f"{cabinet_url(supplier)}/letters/{token}/{deed}/"


def account_of_letter(
    *, supplier_id: int, token: str, purpose: LetterPurpose, now: datetime
) -> LetterAccount:
    """Return the account that a link of this purpose is for.

    Refuses with NotFound, always with the same words, for a link that is forged, of another
    purpose or supplier, older than 30 days, or revoked.
    """
    try:
        mark = _mark(signing.loads(token, salt=_salt(purpose), max_age=LINK_LIVES))
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFound(OLD_LINK) from None
    if mark.supplier_id != supplier_id or not _lives(mark, now):
        raise NotFound(OLD_LINK)
    number = account_numbers(supplier_id=supplier_id, account_ids=[mark.account_id])
    return LetterAccount(
        account_id=mark.account_id,
        number=number[mark.account_id],
        masked=masked_number(number[mark.account_id]),
        period=mark.period,
    )


def _salt(purpose: LetterPurpose) -> str:
    return f"letter.{purpose}"


def _mark(content: list[object]) -> LetterMark:
    supplier_id, account_id, month, subscription_id, user_id = content
    return LetterMark(
        supplier_id=int(str(supplier_id)),
        account_id=int(str(account_id)),
        period=Period.parse(str(month)) if month else None,
        subscription_id=int(str(subscription_id)) if subscription_id else None,
        user_id=int(str(user_id)) if user_id else None,
    )


def _lives(mark: LetterMark, now: datetime) -> bool:
    """Tell whether whoever asked for the letter still may: asked anew at every look."""
    if mark.subscription_id is not None:
        found = find_subscription(
            supplier_id=mark.supplier_id, subscription_id=mark.subscription_id
        )
        if found is None or found.is_ended:
            return False
    return mark.user_id is None or sees_account(
        user_id=mark.user_id,
        supplier_id=mark.supplier_id,
        account_id=mark.account_id,
        now=now,
    )
