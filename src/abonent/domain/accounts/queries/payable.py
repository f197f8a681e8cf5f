"""The account that somebody pays for at a terminal or in a bank: hardly anything of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from abonent.common.words import masked_name
from abonent.domain.accounts.models import CustomerAccount
from abonent.domain.accounts.rules import near_numbers


@dataclass(frozen=True)
class PayableAccount:
    """An account by its number; ``masked_name`` may be shown on a public screen."""

    id: int
    masked_name: str
    closed: bool


def payable_account(*, supplier_id: int, number: str, on: date) -> PayableAccount | None:
    """Return the account of a number, None when there is none; closed as of a day."""
    found = (
        CustomerAccount.objects.filter(supplier_id=supplier_id, number=number)
        .values_list("pk", "customer__full_name", "closed_on")
        .first()
    )
    if found is None:
        return None
    identifier, name, closed_on = found
    return PayableAccount(identifier, masked_name(name), closed_on is not None and closed_on < on)


def accounts_of_numbers(
    *, supplier_id: int, numbers: Sequence[str], unified: Sequence[str]
) -> tuple[dict[str, int], dict[str, int]]:
    """Return the accounts of these numbers, and of these unified accounts (ЕЛС) where one has it.

    A unified account that several accounts share says nothing of one of them.
    """
    rows = CustomerAccount.objects.filter(supplier_id=supplier_id)
    by_number = dict(rows.filter(number__in=numbers).values_list("number", "pk"))
    shared: dict[str, set[int]] = {}
    for text, identifier in rows.filter(unified_account__in=unified).values_list(
        "unified_account", "pk"
    ):
        shared.setdefault(text, set()).add(identifier)
    by_unified = {text: min(found) for text, found in shared.items() if len(found) == 1}
    return by_number, by_unified


def accounts_of_payers(*, supplier_id: int, inns: Sequence[str]) -> dict[str, int]:
    """Return the account of each payer's ИНН that has exactly one account that is not closed."""
    found: dict[str, set[int]] = {}
    rows = CustomerAccount.objects.filter(
        supplier_id=supplier_id, customer__inn__in=inns, closed_on__isnull=True
    ).exclude(customer__inn="")
    for inn, identifier in rows.values_list("customer__inn", "pk"):
        found.setdefault(inn, set()).add(identifier)
    return {inn: min(accounts) for inn, accounts in found.items() if len(accounts) == 1}


@dataclass(frozen=True)
class SuggestedAccount:
    """An account that a number with a typing error may have meant, for staff to look at."""

    id: int
    number: str
    masked_name: str


def suggested_accounts(*, supplier_id: int, number: str) -> list[SuggestedAccount]:
    """Return the accounts whose number differs by one typing error; at most ten, by number."""
    found = (
        CustomerAccount.objects.filter(supplier_id=supplier_id, number__in=near_numbers(number))
        .order_by("number")
        .values_list("pk", "number", "customer__full_name")
    )
    return [SuggestedAccount(pk, near, masked_name(name)) for pk, near, name in found[:10]]
