"""Reads of accounts: who may see them, frames for billing, registers for exchange."""

from abonent.domain.accounts.queries.access import AccountView, account_for, accounts_of
from abonent.domain.accounts.queries.bill_codes import bill_code_for

__all__ = ["AccountView", "account_for", "accounts_of", "bill_code_for"]
