"""What open pages compare with: a number that is unknown is known nothing of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from abonent.domain.accounts.models import CustomerAccount


@dataclass(frozen=True)
class OpenFacts:
    """The account of a number, None when there is none, and what may prove it."""

    account_id: int | None = None
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def open_facts(*, supplier_id: int, number: str) -> OpenFacts:
    """Return the flat of the account, of a private house the number of the house."""
    row = (
        CustomerAccount.objects.filter(supplier_id=supplier_id, number=number)
        .select_related("house")
        .first()
    )
    if row is None:
        return OpenFacts()
    house = row.house.number + row.house.letter if row.house else ""
    return OpenFacts(row.pk, {"flat": (row.flat + row.flat_extension or house,)})
