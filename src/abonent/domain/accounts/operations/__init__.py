"""Verbs of accounts: who may see them, and registers of a bundle."""

from abonent.domain.accounts.operations.access import (
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
    "LinkOutcome",
    "LinkState",
    "ask_contact_code",
    "end_links",
    "grant_access",
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
