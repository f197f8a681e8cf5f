"""Reads of accounts: who may see them, frames for billing, registers for exchange."""

from abonent.domain.accounts.queries.access import (
    AccountView,
    LinkedNumber,
    account_for,
    accounts_of,
    linked_numbers,
    sees_account,
)
from abonent.domain.accounts.queries.bill_codes import bill_code_for
from abonent.domain.accounts.queries.invitations import (
    InvitationView,
    Offer,
    invitations_of,
    offer_for,
)
from abonent.domain.accounts.queries.linking import (
    AccessLine,
    ObjectionView,
    TriesLeft,
    account_id_of,
    numbers_are_digits,
    objection_for,
    tries_left,
    user_for_sign_in,
    who_has_access,
)
from abonent.domain.accounts.queries.sign_in import SignInName, read_sign_in_name

__all__ = [
    "AccessLine",
    "AccountView",
    "InvitationView",
    "LinkedNumber",
    "ObjectionView",
    "Offer",
    "SignInName",
    "TriesLeft",
    "account_for",
    "account_id_of",
    "accounts_of",
    "bill_code_for",
    "invitations_of",
    "linked_numbers",
    "numbers_are_digits",
    "objection_for",
    "offer_for",
    "read_sign_in_name",
    "sees_account",
    "tries_left",
    "user_for_sign_in",
    "who_has_access",
]
