"""The law of addresses: who gets what at each address of the house, by GET and by POST.

A new address without a line in ``addresses.TABLE`` fails here, and so does a line whose
address is gone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import polars as pl
import pytest
import time_machine
from addresses import TABLE, VISITORS
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import (
    URLPattern,
    clear_script_prefix,
    get_resolver,
    resolve,
    reverse,
    set_script_prefix,
)
from django.urls.exceptions import Resolver404

from abonent.domain.accounts.models import AccountAccess, Customer, CustomerAccount
from abonent.domain.accounts.rules import AccessState
from abonent.domain.identity.models import User
from abonent.domain.identity.operations import give_role
from abonent.domain.identity.rules import Role
from abonent.domain.metering.operations.submit import submit_readings
from abonent.domain.metering.rules import ReadingSource
from abonent.domain.payments import operations as payments
from abonent.domain.payments import queries
from abonent.domain.suppliers.models import Supplier
from abonent.domain.support.operations import Appeal, define_topics, open_ticket
from abonent.presets.load import load_preset
from bills import OCTOBER, Household
from cabinets import LONG_AGO, link, owner_of, reader_of, signed_in, stranger, waiting_for
from entrance import PASSWORD
from flat import COLD, NOVEMBER_23, flat, micro

pytestmark = pytest.mark.django_db
ROOT = "/demo"
VERAS = "0010099999"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PAYMENT = {
    "channel": "Сбербанк", "external_id": "", "account_id": 0, "paid_on": date(2026, 10, 12),
    "credited_on": None, "amount": 50_000, "purpose_period": None, "purpose_service": None,
    "purpose_part": None, "kind": "payment",
}  # fmt: skip


@dataclass(frozen=True)
class Route:
    """An address of the house: its name and what varies in it."""

    name: str
    parts: frozenset[str]


@dataclass(frozen=True)
class World:
    """Anna's flat and Vera's, who is at each browser, what stands in addresses of theirs."""

    clients: dict[str, Client]
    anna: dict[str, Any]
    vera: dict[str, Any]


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with time_machine.travel(NOVEMBER_23, tick=False):
        household, registers = flat()
        Supplier.objects.update(cabinet=load_preset("").preset.cabinet)
        clients = {
            "nobody": Client(),
            "vera": stranger(),
            "newcomer": waiting_for(household),
            "anna": owner_of(household),
            "staff": signed_in("galina@example.ru"),
            "reader": reader_of(household),
        }
        _hire(clients["staff"], household)
        _give_passwords(clients)
        other = _flat_of_vera(household)
        link(clients["vera"], other, AccessState.ACTIVE, LONG_AGO)
        anna, vera = (
            _parts(clients, name, home) for name, home in (("anna", household), ("vera", other))
        )
        accepted = submit_readings(
            supplier_id=household.supplier_id, account_id=household.account_id,
            values={registers[COLD, "single"].pk: micro("128.000")}, confirmed=frozenset(),
            taken_on=date(2026, 11, 23), source=ReadingSource.CABINET,
            user_id=int(clients["anna"].session["_auth_user_id"]), key="once", now=NOVEMBER_23,
        )  # fmt: skip
        _appeal(clients["anna"], household)
        yield World(clients, anna | {"submission_id": accepted.id}, vera)


def _hire(client: Client, household: Household) -> None:
    with transaction.atomic():
        give_role(
            user_id=int(client.session["_auth_user_id"]), supplier_id=household.supplier_id,
            role=Role.HEAD, branch="", actor_id=None, now=LONG_AGO,
        )  # fmt: skip


def _appeal(client: Client, household: Household) -> None:
    with transaction.atomic():
        define_topics(supplier_id=household.supplier_id, topics=load_preset("").topics)
    open_ticket(
        user_id=int(client.session["_auth_user_id"]), supplier_id=household.supplier_id,
        appeal=Appeal("meter", "Номер не тот"), key="once", now=NOVEMBER_23,
    )  # fmt: skip


def _give_passwords(clients: dict[str, Client]) -> None:
    hashed = make_password(PASSWORD)
    for client in clients.values():
        if user_id := client.session.get("_auth_user_id"):
            User.objects.filter(pk=user_id).update(password=hashed)
            client.force_login(User.objects.get(pk=user_id), backend=BACKEND)


def _flat_of_vera(household: Household) -> Household:
    customer = Customer.objects.create(
        supplier_id=household.supplier_id, kind="household", full_name="Вера"
    )
    account = CustomerAccount.objects.create(
        supplier_id=household.supplier_id, customer=customer, number=VERAS, kind="household"
    )
    return Household(household.supplier_id, account.pk, VERAS)


def _parts(clients: dict[str, Client], name: str, home: Household) -> dict[str, Any]:
    """Return what stands in the addresses of a flat; it gets a payment first."""
    row = PAYMENT | {"account_id": home.account_id, "external_id": name}
    with transaction.atomic():
        payments.load_payments(
            supplier_id=home.supplier_id, rows=pl.DataFrame([row]), now=NOVEMBER_23
        )
    (paid,) = queries.payments_of(supplier_id=home.supplier_id, account_ids=[home.account_id])
    newcomers = AccountAccess.objects.filter(state=AccessState.PENDING).get()
    return {
        "number": home.number,
        "payment_uuid": paid.uuid,
        "period": OCTOBER,
        "access_id": newcomers.pk,
    }


def routes(patterns: list[Any], space: str = "", above: tuple[str, ...] = ()) -> Iterator[Route]:
    """Return the full name of each address with the names of its parts."""
    for pattern in patterns:
        parts = (*above, *pattern.pattern.converters, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLPattern):
            yield Route(f"{space}{pattern.name}", frozenset(parts))
        else:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from routes(pattern.url_patterns, inner, parts)


ROUTES = {route.name: route.parts for route in routes(get_resolver().url_patterns)}


def outcome(answer: HttpResponse) -> str:
    """Return the status, for a redirect the name of the page it leads to."""
    if answer.status_code not in {301, 302, 303}:
        return str(answer.status_code)
    path = urlsplit(answer["Location"]).path.removeprefix(ROOT)
    try:
        return f">{resolve(path).view_name}"
    except Resolver404:
        return f">{path}"


def address(name: str, parts: dict[str, Any], root: str = ROOT) -> str:
    """Return an address under the supplier's prefix, as pages build it."""
    set_script_prefix(f"{root}/")
    try:
        return reverse(name, kwargs={one: parts[one] for one in ROUTES[name] if one in parts})
    finally:
        clear_script_prefix()


def ask(client: Client, method: str, where: str) -> str:
    """Return the outcome of a request of which nothing remains."""
    point, cookies = transaction.savepoint(), dict(client.cookies)
    answer = outcome(getattr(client, method)(where))
    client.cookies.clear()
    client.cookies.update(cookies)
    transaction.savepoint_rollback(point)
    return answer


def differences(world: World, method: str) -> list[str]:
    found = []
    for name, line in TABLE.items():
        where = address(name, world.anna | line.parts)
        for visitor, wanted in zip(VISITORS, getattr(line, method), strict=True):
            answer = ask(world.clients[visitor], method, where)
            if answer != wanted:
                found.append(f"{method} {name} by {visitor}: {answer}, not {wanted}")
    return found


def test_every_address_has_its_line_and_every_line_its_address():
    names = [route.name for route in routes(get_resolver().url_patterns)]
    assert sorted(TABLE) == sorted(names)


@pytest.mark.parametrize("method", ["get", "post"])
def test_everybody_gets_what_the_table_says(world: World, method: str):
    assert differences(world, method) == []


def test_what_is_annas_is_not_found_under_veras_own_account(world: World):
    mixed = world.anna | {"number": world.vera["number"]}
    vera = world.clients["vera"]
    for name in (
        "payment",
        "payment_receipt",
        "readings_accepted",
        "charges_bill",
        "charges_bill_pdf",
    ):
        assert ask(vera, "get", address(name, mixed)) == "404", name
        assert ask(vera, "post", address(name, mixed)) in {"404", "405"}, name
    assert ask(vera, "get", address("payment", world.vera)) == "200"


def test_vera_closes_nobodys_access_to_annas_flat(world: World):
    mixed = world.anna | {"number": world.vera["number"]}
    world.clients["vera"].post(address("account_close_access", mixed))
    assert AccountAccess.objects.get(pk=world.anna["access_id"]).state == AccessState.PENDING


@pytest.mark.parametrize("root", ["/other", ""])
def test_annas_flat_is_not_found_at_another_supplier_nor_at_none(world: World, root: str):
    Supplier.objects.create(code="other", name="Другой", timezone="Asia/Yekaterinburg")
    anna = world.clients["anna"]
    for name, parts in ROUTES.items():
        if "number" in parts and not name.startswith("account_link"):
            for method in ("get", "post"):
                where = address(name, world.anna | TABLE[name].parts, root)
                assert ask(anna, method, where) == "404", f"{method} {where}"
