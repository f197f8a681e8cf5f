"""Verbs of accounts: who may see them, and registers of a bundle."""

from abonent.domain.accounts.operations.access import (
    NotYours,
    end_given_access,
    end_links,
    grant_access,
    rename_account,
    revoke_access,
    unlink_account,
)
from abonent.domain.accounts.operations.contact_codes import (
    ask_contact_code,
    link_by_contact_code,
)
from abonent.domain.accounts.operations.invitations import (
    CannotInvite,
    Guest,
    accept_invitation,
    cancel_invitation,
    forget_invited,
    invite_to_account,
)
from abonent.domain.accounts.operations.linking import (
    LinkOutcome,
    LinkState,
    link_by_bill_code,
    link_by_evidence,
    remember_link_request,
    take_link_request,
)
from abonent.domain.accounts.operations.load import (
    load_accounts,
    load_agreements,
    load_houses,
)
from abonent.domain.accounts.operations.load_people import (
    load_benefits,
    load_residents,
    load_subsidies,
)
from abonent.domain.accounts.operations.objection import object_to_link

__all__ = [
    "CannotInvite",
    "Guest",
    "LinkOutcome",
    "LinkState",
    "NotYours",
    "accept_invitation",
    "ask_contact_code",
    "cancel_invitation",
    "end_given_access",
    "end_links",
    "forget_invited",
    "grant_access",
    "invite_to_account",
    "link_by_bill_code",
    "link_by_contact_code",
    "link_by_evidence",
    "load_accounts",
    "load_agreements",
    "load_benefits",
    "load_houses",
    "load_residents",
    "load_subsidies",
    "object_to_link",
    "remember_link_request",
    "rename_account",
    "revoke_access",
    "take_link_request",
    "unlink_account",
]
