"""The account that somebody pays for at a terminal or in a bank: hardly anything of it."""

from dataclasses import dataclass
from datetime import date

from abonent.common.words import masked_name
from abonent.domain.accounts.models import CustomerAccount


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
