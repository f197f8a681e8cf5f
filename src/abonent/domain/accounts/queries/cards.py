"""An account as the supplier's own rooms know it: nothing is hidden, no user asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from abonent.common.refusals import NotFound
from abonent.domain.accounts.models import CustomerAccount
from abonent.domain.accounts.rules import AccountKind, written_address


@dataclass(frozen=True)
class AccountCard:
    """What a bill or an operator needs of an account."""

    id: int
    supplier_id: int
    number: str
    kind: AccountKind
    category: str
    full_name: str
    address: str
    house_id: int | None
    area: Decimal | None
    residents: int | None
    unified_account: str
    email: str
    phone: str
    inn: str = ""
    kpp: str = ""
    organisation_class: str = ""
    branch: str = ""


def account_card(*, supplier_id: int, account_id: int) -> AccountCard:
    """Return the account of this identifier; it must exist at the supplier."""
    return _card(_rows(supplier_id).get(pk=account_id))


def account_cards(*, supplier_id: int, account_ids: Sequence[int]) -> list[AccountCard]:
    """Return these accounts of the supplier, by identifier. One statement."""
    return [_card(row) for row in _rows(supplier_id).filter(pk__in=account_ids).order_by("pk")]


def find_account(*, supplier_id: int, number: str) -> AccountCard:
    """Return the account of this number for staff and commands; refuses with NotFound."""
    row = _rows(supplier_id).filter(number=number).first()
    if row is None:
        text = f"Лицевого счёта «{number}» у этого поставщика нет. Проверьте номер."
        raise NotFound(text)
    return _card(row)


def account_numbers(*, supplier_id: int, account_ids: list[int]) -> dict[int, str]:
    """Return the numbers of some accounts by identifier."""
    rows = CustomerAccount.objects.filter(supplier_id=supplier_id, pk__in=account_ids)
    return dict(rows.values_list("pk", "number"))


def _rows(supplier_id: int) -> QuerySet[CustomerAccount]:
    return CustomerAccount.objects.filter(supplier_id=supplier_id).select_related(
        "customer", "house"
    )


def address_of(row: CustomerAccount) -> str:
    """Return the address of an account as on an envelope; its house is read with it."""
    house = row.house
    return written_address(
        locality=house.locality if house else "",
        street=house.street if house else "",
        house=house.number if house else "",
        letter=house.letter if house else "",
        corpus=house.corpus if house else "",
        flat=row.flat,
        flat_extension=row.flat_extension,
    )


def _card(row: CustomerAccount) -> AccountCard:
    return AccountCard(
        id=row.pk,
        supplier_id=row.supplier_id,
        number=row.number,
        kind=AccountKind(row.kind),
        category=row.category,
        full_name=row.customer.full_name,
        address=address_of(row),
        house_id=row.house_id,
        area=row.area,
        residents=row.residents,
        unified_account=row.unified_account,
        email=row.customer.email,
        phone=row.customer.phone,
        inn=row.customer.inn,
        kpp=row.customer.kpp,
        organisation_class=row.customer.organisation_class,
        branch=row.branch,
    )
