"""A payer, his accounts and a bank: the cast of the tests about payments."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from django.db import transaction

from abonent.domain.accounts.models import AccountAccess, Customer, CustomerAccount
from abonent.domain.accounts.rules import AccessRole, AccessState, Evidence
from abonent.domain.identity.models import User
from abonent.domain.ledger import operations as ledger
from abonent.domain.ledger import queries as balances
from abonent.domain.ledger.rules import Book, EntryLine, LedgerCode, Part, Reason
from abonent.domain.payments import operations as payments
from abonent.domain.payments import queries
from abonent.domain.payments.models import Payment
from abonent.domain.payments.rules import Purpose
from abonent.domain.suppliers.models import ServiceCategory, Supplier
from bank_simulator.records import Shop
from bank_simulator.simulator import Simulator

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CODE = "demo"
SHOP, SECRET = "100500", "test_secret-of-the-shop"
RETURN_URL = "http://127.0.0.1:8000/demo/payments/{payment}/"


@dataclass
class World:
    """Anna with two accounts, Vera the stranger, one supplier."""

    supplier: Supplier
    service: ServiceCategory
    anna: User
    vera: User
    flat: CustomerAccount
    dacha: CustomerAccount
    keys: int = 0

    def pay(self, amount=128_493, *, key="", user=None, purposes=None, now=NOW, start=None, **more):
        self.keys += not key
        return (start or payments.start_payment)(
            supplier_id=self.supplier.pk,
            user_id=(user or self.anna).pk,
            purposes=purposes or [Purpose(self.flat.pk, amount)],
            key=key or f"key-{self.keys}",
            return_url=RETURN_URL,
            now=now,
            **more,
        )

    def owes(self, account=None):
        return balances.subject_total(
            supplier_id=self.supplier.pk, subject_id=(account or self.flat).pk
        )

    def broken(self):
        """Return the invariants that do not hold."""
        found = [*balances.invariants(), *queries.invariants()]
        return {line.code: line.example for line in found if line.breaches}


@dataclass
class Bank:
    """The simulator with the words that the tests use."""

    simulator: Simulator
    paid: list[str] = field(default_factory=list)

    @property
    def url(self):
        return f"{self.simulator.url}/v3"

    def at(self, moment):
        """Let the bank live until the moment; returns it."""
        self.simulator.move_to(moment)
        return moment

    def pays(self, view, act="pay", **how):
        self.simulator.payer(view.external_id, act=act, **how)

    def object(self, number):
        answer = httpx.get(f"{self.url}/payments/{number}", auth=(SHOP, SECRET), trust_env=False)
        return answer.json()

    def notice(self, view, event="payment.succeeded", **lies):
        told = self.object(view.external_id) | lies
        return json.dumps({"type": "notification", "event": event, "object": told}).encode()

    def captured(self):
        """Return what the bank really took: our numbers → kopecks."""
        truth = self.simulator.truth()
        return {
            operation["details"]["metadata"]["abonent_payment"]: operation["amount"]
            for operation in truth["payments"]
            if operation["state"] == "captured"
        }


def make_world():
    supplier = Supplier.objects.create(
        code=CODE, name="Демоэнерго", inn="6671000001", kpp="667101001", ogrn="1026600000001",
        bank_name="Банк «Пример»", bic="046577001", account_number="40702810900000000001",
        correspondent_account="30101810500000000001",
    )  # fmt: skip
    service = ServiceCategory.objects.create(
        supplier=supplier, code="electricity", kind="electricity", name="Электроэнергия", unit="kwh"
    )
    customer = Customer.objects.create(supplier=supplier, kind="household", full_name="Анна")
    flat, dacha = (
        CustomerAccount.objects.create(
            supplier=supplier, customer=customer, number=number, kind="household"
        )
        for number in ("0010012345", "0010012346")
    )
    anna, vera = (
        User.objects.create_user(login=login, password=None) for login in ("anna", "vera")
    )
    for account in (flat, dacha):
        give_access(account, anna)
    return World(supplier, service, anna, vera, flat, dacha)


def give_access(account, user, role=AccessRole.OWNER, state=AccessState.ACTIVE, opens_at=NOW):
    return AccountAccess.objects.create(
        supplier_id=account.supplier_id, account=account, user=user, role=role, state=state,
        evidence=Evidence.STAFF, asked_at=NOW - timedelta(days=9), opens_at=opens_at,
    )  # fmt: skip


def charge(world, amount, month=date(2026, 10, 1), account=None, part=Part.PRINCIPAL):
    """Post a debt as a published bill would."""
    account = account or world.flat
    code = LedgerCode(Book.RECEIVABLE, account.pk, world.service.pk, month, part)
    with transaction.atomic():
        ledger.post(
            supplier_id=world.supplier.pk, reason=Reason.CHARGE, happened_on=date(2026, 11, 1),
            key=f"bill:{account.pk}:{month}:{part}", subject_id=account.pk, now=NOW,
            lines=[
                EntryLine(code, amount),
                EntryLine(LedgerCode(Book.REVENUE, 0, world.service.pk), -amount),
            ],
        )  # fmt: skip


def posted_for(view):
    """Return what the ledger credited for a payment, kopecks: one number for each transfer."""
    frame = balances.clearing_frame()
    return frame.filter(frame["key"] == f"payment:{view.id}:settled")["amount"].to_list()


def row_of(view):
    return Payment.objects.get(pk=view.id)


@pytest.fixture
def bank(settings):
    shops = [Shop(SHOP, SECRET)]
    with Simulator(seed=7, shops=shops, starts_at=NOW) as simulator:
        settings.YOOKASSA_URL = f"{simulator.url}/v3"
        settings.YOOKASSA_SHOPS = json.dumps({CODE: f"{SHOP}:{SECRET}"})
        yield Bank(simulator)


@pytest.fixture
def world(db):
    return make_world()
