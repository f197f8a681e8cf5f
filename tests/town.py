"""A small town for the tests of access: one supplier, one flat, two people."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from abonent.domain.accounts.models import Customer, CustomerAccount, House
from abonent.domain.accounts.rules import AccountKind
from abonent.domain.identity import operations as identity
from abonent.domain.suppliers.models import Supplier

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Town:
    """Identifiers of the small town."""

    supplier_id: int
    owner_id: int
    stranger_id: int
    account_id: int
    number: str


def build_town(cabinet: dict[str, object] | None = None) -> Town:
    """Build the town: the owner's mailbox and telephone stand in the contract."""
    supplier = Supplier.objects.create(
        code="test", name="Горсети", timezone="Asia/Yekaterinburg", cabinet=cabinet or {}
    )
    house = House.objects.create(
        supplier=supplier,
        code="h1",
        locality="г. Екатеринбург",
        street="ул. Бекетова",
        number="12",
        letter="А",
    )
    customer = Customer.objects.create(
        supplier=supplier,
        kind=AccountKind.HOUSEHOLD,
        full_name="Иванова Анна Петровна",
        email="anna@mail.ru",
        phone="8 (912) 200-04-17",
    )
    account = CustomerAccount.objects.create(
        supplier=supplier,
        customer=customer,
        house=house,
        number="6600123417",
        kind=AccountKind.HOUSEHOLD,
        flat="7",
    )
    with transaction.atomic():
        people = [
            identity.register_user(
                full_name=name, email=email, phone="", password=None, actor_id=None, now=NOW
            )
            for name, email in (("Анна", "anna.home@ya.ru"), ("Вера", "vera@ya.ru"))
        ]
    return Town(supplier.pk, people[0], people[1], account.pk, account.number)
