"""What people do in the stories, step by step, with what each page has to tell them."""

import re

from browser_world import Flat
from django.db import transaction
from playwright.sync_api import expect
from visitor import Visitor

from abonent.common import clock
from abonent.domain.accounts.operations import grant_access
from abonent.domain.accounts.queries import account_id_of
from abonent.domain.accounts.rules import Evidence
from abonent.domain.ledger.models import Entry, Transfer
from abonent.domain.ledger.rules import Book
from abonent.domain.metering.models import MeterReading
from abonent.domain.suppliers.queries import supplier_by_code
from cabinets import signed_in

PASSWORD = "вода тепло свет и газ"
CARD, VALID, BACK = "5555 5555 5555 4477", "12/30", "123"
COLD, HOT, LIGHT = "Холодная вода", "Горячая вода", "Электроэнергия"


def mailbox(flat: Flat) -> str:
    """Return the mailbox of the person who signs up for a flat."""
    return f"anna.aleksandrovna-{flat.supplier}-{flat.place}@example.ru"


def sign_up_by_mail(anna: Visitor, flat: Flat) -> None:
    """Fill in the form, take the link out of the outbox, sign in: the link to the flat waits."""
    anna.open(f"/{flat.supplier}/sign-up/")
    anna.at("Регистрация для дома")
    anna.type("Номер лицевого счёта", flat.number)
    anna.type("Дом", "1")
    anna.type("Квартира", str(flat.place))
    anna.type("Электронная почта", mailbox(flat))
    anna.type("Пароль", PASSWORD)
    anna.tick("Даю согласие на обработку персональных данных")
    anna.press("Зарегистрироваться")
    anna.at("Проверьте почту")
    read_outbox(anna, flat, mailbox(flat))
    anna.page.locator("main section a").first.click()
    anna.at("Подтвердите почту")
    anna.press("Да, подтвердить")
    sign_in(anna, mailbox(flat))


def sign_in(anna: Visitor, login: str) -> None:
    """Fill in the form of sign-in on the page that is open."""
    anna.at("Войти")
    anna.page.locator("[name=login]").fill(login)
    anna.type("Пароль", PASSWORD)
    anna.press("Войти")


def read_outbox(anna: Visitor, flat: Flat, recipient: str) -> str:
    """Open the outbox as the recipient of a letter; returns the newest letter."""
    anna.open(f"/{flat.supplier}/outbox/")
    anna.type("Кому", recipient)
    anna.press("Показать")
    expect(anna.page).to_have_url(re.compile(r"\?to="))
    anna.at("Письма и СМС")
    return anna.page.locator("main section .sample").first.inner_text()


def code_in_outbox(anna: Visitor, flat: Flat, recipient: str) -> str:
    """Return the code of six digits that came last."""
    letter = read_outbox(anna, flat, recipient)
    found = re.search(r"\b\d{6}\b", letter)
    assert found, letter
    return found[0]


def open_at_once(anna: Visitor, flat: Flat, contact: str) -> None:
    """Open a waiting link by the code that goes to the contact of the contract."""
    anna.open(f"/{flat.supplier}/accounts/{flat.number}/about/")
    anna.follow("Получить код на почту или телефон из договора")
    anna.at("Код на контакт из договора")
    anna.press("Прислать код")
    anna.at("Введите код")
    code = code_in_outbox(anna, flat, contact)
    anna.open(f"/{flat.supplier}/accounts/link/{flat.number}/code/")
    anna.type("Код из сообщения", code)
    anna.press("Открыть счёт")


def owner(anna: Visitor, flat: Flat) -> None:
    """Be the owner of a flat, signed in already: for stories that begin there."""
    supplier = supplier_by_code(flat.supplier)
    assert supplier is not None
    client = signed_in(f"owner-{flat.supplier}-{flat.place}@example.ru")
    with transaction.atomic():
        grant_access(
            user_id=int(client.session["_auth_user_id"]), supplier_id=supplier.id,
            number=flat.number, evidence=Evidence.STAFF, actor_id=None, now=clock.now(),
        )  # fmt: skip
    anna.take_cookies({name: morsel.value for name, morsel in client.cookies.items()})


def wheels(anna: Visitor, name: str, value: str) -> None:
    """Type a reading: «128,250» goes into the first wheels, as it is read aloud."""
    anna.page.get_by_label(f"Сейчас на счётчике: {name}").fill(value)


def pay_at_the_bank(anna: Visitor) -> None:
    """Type the card, answer the code of the card's bank; the bank leads back to the house."""
    expect(anna.page.locator("h1")).to_have_text("Оплата картой")
    anna.type("Номер карты", CARD)
    anna.type("Действует до", VALID)
    anna.type("Код с оборота", BACK)
    anna.page.get_by_role("button", name=re.compile("^Оплатить")).click()
    expect(anna.page.locator("h1")).to_have_text("Подтвердите оплату кодом")
    anna.house.pass_time(30)
    code = anna.page.locator(".code").inner_text()
    anna.type("Код из СМС", code)
    anna.press("Подтвердить оплату")


def submissions(flat: Flat) -> int:
    """Return how often readings of a flat were handed in."""
    return MeterReading.objects.filter(account_id=_account(flat)).count()


def posted(flat: Flat) -> list[int]:
    """Return what the ledger credited to a flat through the bank, kopecks, one a transfer."""
    keys = Transfer.objects.filter(key__startswith="payment:", key__endswith=":settled")
    credited = Entry.objects.filter(
        subject_id=_account(flat), book=Book.ADVANCE, transfer_id__in=keys.values("pk")
    )
    return [-amount for amount in credited.values_list("amount", flat=True)]


def _account(flat: Flat) -> int | None:
    supplier = supplier_by_code(flat.supplier)
    assert supplier is not None
    return account_id_of(supplier_id=supplier.id, number=flat.number)
