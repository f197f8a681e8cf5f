"""Paying and asking about a debt without sign-in: nothing is told that was not typed."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from abonent.domain.accounts.models import Customer
from abonent.domain.payments.models import FiscalReceipt, Payment
from abonent.domain.payments.operations import settle_awaiting, settle_payment
from abonent.domain.payments.rules import PaymentState
from abonent.domain.suppliers.models import Supplier
from abonent.presets.load import load_preset
from bank_simulator.records import Shop
from bank_simulator.simulator import Simulator
from bills import NUMBER, Household
from entrance import letters
from flat import NOVEMBER_23, flat
from paying import SECRET, SHOP, Bank

pytestmark = pytest.mark.django_db
PAY, CHECK, DEBT = "/demo/open/payment/", "/demo/open/payment/check/", "/demo/open/debt/"
OWNER, MAILBOX = "ivanov@example.ru", "payer@example.org"
PRIVATE = ("Иванов", "Примерная", "5\u00a0198", "4\u00a0998")


@pytest.fixture
def home():
    with time_machine.travel(NOVEMBER_23, tick=False):
        household, _ = flat()
        Supplier.objects.update(cabinet=load_preset("").preset.cabinet)
        Customer.objects.update(email=OWNER)
        yield household


@pytest.fixture
def bank(settings):
    with Simulator(seed=7, shops=[Shop(SHOP, SECRET)], starts_at=NOVEMBER_23) as simulator:
        settings.YOOKASSA_URL = f"{simulator.url}/v3"
        settings.YOOKASSA_SHOPS = json.dumps({"demo": f"{SHOP}:{SECRET}"})
        yield Bank(simulator)


def typed(number: str = NUMBER, amount: str = "500") -> dict[str, str]:
    return {"account": number, "amount": amount, "email": MAILBOX, "agreed": "on"}


def checked(client: Client, number: str = NUMBER, amount: str = "500") -> dict[str, str]:
    """Return what the check page would send on."""
    answer = client.post(CHECK, typed(number, amount))
    assert answer.status_code == 200
    key = re.search(r'name="key" value="([0-9a-f]{32})"', answer.content.decode())
    assert key
    return typed(number, amount) | {"key": key[1]}


def pay(client: Client, number: str = NUMBER, amount: str = "500") -> HttpResponse:
    return client.post(PAY, checked(client, number, amount))


def shown(answer: HttpResponse, number: str) -> str:
    page = re.sub(r'(csrfmiddlewaretoken|name="key)" value="[^"]+', "", answer.content.decode())
    return page.replace(number, "N")


def test_money_goes_to_the_account_of_the_number(client, home: Household, bank: Bank):
    answer = pay(client, "0010 012345", "1 500,50")
    payment = Payment.objects.get()
    assert answer["Location"] == payment.confirmation_url
    assert (payment.account_id, payment.amount) == (home.account_id, 150_050)
    assert payment.user_id is None
    where = f"{PAY}{payment.uuid}/"
    assert "Ждём оплату" in client.get(where).content.decode()
    bank.pays(payment)
    with time_machine.travel(NOVEMBER_23 + timedelta(minutes=1), tick=False):
        page = Client().get(where).content.decode()
    assert "Оплата прошла" in page
    assert not [word for word in PRIVATE if word in page]


def test_the_check_tells_nothing_of_a_number(client, home, bank):
    there, absent = (client.post(CHECK, typed(number)) for number in (NUMBER, "7770012345"))
    assert there.status_code == absent.status_code == 200
    assert shown(there, NUMBER) == shown(absent, "7770012345")


def test_an_unknown_number_gets_no_payment(client, home, bank):
    answer = pay(client, "7770012345")
    assert answer.status_code == 422
    assert "Оплату по этому номеру принять нельзя" in answer.content.decode()
    assert not Payment.objects.exists()


def test_the_sixth_guess_of_an_hour_is_not_answered(client, home, bank):
    for step in range(5):
        assert pay(client, f"77700{step}").status_code == 422
    assert pay(client).status_code == 429
    assert not Payment.objects.exists()


def test_the_same_form_pays_once(client, home, bank):
    form = checked(client)
    first, second = (client.post(PAY, form) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Payment.objects.count() == 1


def test_a_payment_under_way_is_not_told_to_others(client, home, bank):
    pay(client)
    assert pay(Client(), amount="300").status_code == 302
    assert Payment.objects.count() == 2


def test_the_fourth_payment_of_a_minute_waits(client, home, bank):
    for _ in range(3):
        assert client.post(PAY, checked(client)).status_code == 302
    assert client.post(PAY, checked(client)).status_code == 429
    with time_machine.travel(NOVEMBER_23 + timedelta(seconds=61), tick=False):
        assert client.post(PAY, checked(client)).status_code == 302


def test_ten_payments_of_an_hour_are_enough(client, home, bank):
    for step in range(10):
        with time_machine.travel(NOVEMBER_23 + timedelta(minutes=2 * step), tick=False):
            form = checked(client)
            assert client.post(PAY, form).status_code == 302
    with time_machine.travel(NOVEMBER_23 + timedelta(minutes=25), tick=False):
        form = checked(client)
        assert client.post(PAY, form).status_code == 429


def test_the_receipt_is_shown_on_the_page_and_tells_no_debt(home, bank, client):
    pay(client)
    payment = Payment.objects.get()
    bank.simulator.payer(payment.external_id, act="pay")
    settle_payment(payment_id=payment.pk, now=NOVEMBER_23)
    settle_awaiting(now=bank.at(NOVEMBER_23 + timedelta(minutes=5)))
    page = client.get(f"{PAY}{payment.uuid}/").content.decode().replace("\u00a0", " ")
    assert "Кассовый чек" in page
    assert FiscalReceipt.objects.get().document_number in page
    assert "Аванс, л/с" in page, "what the money pays would tell the debt"
    assert MAILBOX not in page
    assert "500,00" in page


@pytest.mark.parametrize(
    "spoiled", [{"amount": "0"}, {"amount": "x"}, {"agreed": ""}, {"email": ""}, {"email": "x"}]
)
def test_faults_are_told_at_their_fields(client, home, bank, spoiled: dict[str, str]):
    answer = client.post(CHECK, typed() | spoiled)
    assert answer.status_code == 422
    assert f"id_{next(iter(spoiled))}-error" in answer.content.decode()


def test_a_payment_of_the_cabinet_does_not_open_here(client, home, bank):
    pay(client)
    payment = Payment.objects.get()
    Payment.objects.update(user_id=1, state=PaymentState.CAPTURED)
    assert client.get(f"{PAY}{payment.uuid}/").status_code == 404


def test_without_a_bank_the_page_says_so(client, home):
    assert "заплатить пока нельзя" in client.get(PAY).content.decode()


def test_the_debt_is_told_to_the_contract_only(client, home):
    page = client.post(DEBT, {"account": NUMBER}).content.decode()
    (letter,) = letters(OWNER)
    assert "5\u00a0198,26\u00a0₽" in letter.body
    assert "198" not in letter.subject
    assert NUMBER not in letter.body
    assert not [word for word in PRIVATE if word in page]


def test_everybody_who_asks_gets_the_same_page(client, home):
    there = client.post(DEBT, {"account": NUMBER})
    absent = client.post(DEBT, {"account": "7770012345"})
    assert shown(there, NUMBER) == shown(absent, "7770012345")
    assert there.status_code == absent.status_code == 200
    assert len(letters()) == 1


def test_a_number_is_answered_once_a_day(client, home):
    for _ in range(2):
        assert client.post(DEBT, {"account": NUMBER}).status_code == 200
    assert len(letters(OWNER)) == 1
    with time_machine.travel(NOVEMBER_23 + timedelta(days=1, minutes=1), tick=False):
        client.post(DEBT, {"account": NUMBER})
    assert len(letters(OWNER)) == 2


def test_the_fourth_inquiry_of_a_month_is_refused(client, home):
    for number in ("1", "2", "3"):
        assert client.post(DEBT, {"account": number}).status_code == 200
    assert client.post(DEBT, {"account": NUMBER}).status_code == 429
    assert not letters(OWNER)
    with time_machine.travel(NOVEMBER_23 + timedelta(days=31), tick=False):
        assert client.post(DEBT, {"account": NUMBER}).status_code == 200


@pytest.mark.parametrize("where", [PAY, DEBT])
def test_pages_that_a_preset_does_not_open_are_not_there(client, home, where: str):
    Supplier.objects.update(cabinet=load_preset("nesk").preset.cabinet)
    assert client.get(where).status_code == 404
    assert client.post(where, typed()).status_code == 404
