"""The supplier of a run and those who pay, let in through the product's own doors."""

import os
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client

from abonent.common import clock
from abonent.common.refusals import Refusal
from abonent.domain.accounts import operations as accounts
from abonent.domain.accounts.rules import Evidence
from abonent.domain.exchange import operations as exchange
from abonent.domain.exchange.rules import ImportMode
from abonent.domain.identity import operations as identity
from abonent.domain.suppliers import queries as suppliers
from abonent.presets.load import load_preset

PREFIX = "soak"
PAYERS = 12
SUPPLIER = """code = "{code}"
name = "АО «Прогон»"
inn = "7204000019"
kpp = "720401001"
bank_name = "ПАО «БАНК»"
bic = "044525225"
account_number = "40702810138250123017"
correspondent_account = "30101810400000000225"
"""
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class NotForPeople(Refusal):
    """The database holds somebody's work; a run kills its server and fills it with inventions."""


class NotASmallDisk(Refusal):
    """The disk that would be filled is somebody's."""


# A volume made for the purpose; a real disk is larger.
LARGEST_DISK = 4 << 30


@dataclass(frozen=True)
class Payer:
    """Somebody with one account and an open session in the cabinet."""

    number: str
    session: str


@dataclass(frozen=True)
class Town:
    """The supplier of this run and his payers."""

    code: str
    supplier_id: int
    payers: tuple[Payer, ...]
    # The login of somebody who gives money back.
    clerk: str


def next_code() -> str:
    """Return the code of this run's supplier; refuses a database that is not for runs alone."""
    codes = [one.code for one in suppliers.all_suppliers()]
    if any(not code.startswith(PREFIX) for code in codes):
        raise NotForPeople(
            "В этой базе работают люди, а прогон убивает её сервер и заполняет её выдумками. "
            "Укажите пустую папку: ABONENT_DATA=папка abonent soak."
        )
    return f"{PREFIX}{len(codes) + 1}"


def refuse_real_disk(data: Path) -> None:
    """Refuse to fill a disk that was not made to be filled: one that is large, or is the root's."""
    disk = os.statvfs(data)
    own = data.stat().st_dev != Path("/").stat().st_dev
    if not own or disk.f_blocks * disk.f_frsize > LARGEST_DISK:
        raise NotASmallDisk(
            "Папка данных лежит на обычном диске, и он был бы заполнен целиком. Сделайте ей "
            "отдельный маленький том, например: mount -t tmpfs -o size=1g tmpfs ПАПКА."
        )


def found(code: str, folder: Path) -> Town:
    """Load the supplier with debts on every account and let the payers in."""
    bundle = folder / "bundle"
    bundle.mkdir(parents=True)
    numbers = [f"{place:010d}" for place in range(1, PAYERS + 1)]
    files = {
        "supplier.toml": SUPPLIER.format(code=code),
        "services.csv": "service;kind;name;unit;vat_percent\nlight;electricity;Свет;kwh;22\n",
        "accounts.csv": "account;kind\n" + "".join(f"{one};household\n" for one in numbers),
        "balances.csv": "account;service;period;part;amount\n"
        + "".join(f"{one};light;2026-05;principal;30000.00\n" for one in numbers),
    }
    for name, text in files.items():
        (bundle / name).write_text(text, encoding="utf-8")
    exchange.import_bundle(
        path=bundle, mode=ImportMode.WHOLE, find_preset=load_preset, rejected_to=bundle,
        now=clock.now(),
    )  # fmt: skip
    supplier = suppliers.get_supplier(code)
    payers = tuple(_let_in(code, supplier.id, number) for number in numbers)
    return Town(code, supplier.id, payers, _clerk(code))


def _clerk(code: str) -> str:
    with transaction.atomic():
        user_id = identity.register_user(
            full_name="Сотрудник", email="", phone="", password=None, actor_id=None,
            now=clock.now(),
        )  # fmt: skip
    identity.change_name(user_id=user_id, full_name="Сотрудник", login=code, now=clock.now())
    get_user_model().objects.filter(pk=user_id).update(is_staff=True)
    return code


def _let_in(code: str, supplier_id: int, number: str) -> Payer:
    now = clock.now()
    with transaction.atomic():
        user_id = identity.register_user(
            full_name=f"Плательщик {number}", email=f"{number}@{code}.example.ru", phone="",
            password=None, actor_id=None, now=now,
        )  # fmt: skip
        accounts.grant_access(
            user_id=user_id, supplier_id=supplier_id, number=number, evidence=Evidence.STAFF,
            actor_id=None, now=now,
        )  # fmt: skip
    browser = Client()
    browser.force_login(get_user_model().objects.get(pk=user_id), backend=BACKEND)
    return Payer(number, browser.cookies["sessionid"].value)
