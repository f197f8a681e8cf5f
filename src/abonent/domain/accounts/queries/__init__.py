"""Reads of accounts: who may see them, frames for billing, registers for exchange."""

from abonent.domain.accounts.queries.access import AccountView, account_for, accounts_of

__all__ = ["AccountView", "account_for", "accounts_of"]
