"""Links of letters: one thing each, for thirty days, for nobody's cabinet (TRUST T36, T37)."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from abonent.domain.accounts.models import AccountAccess, Customer
from abonent.domain.accounts.rules import AccessState
from abonent.domain.billing.models import BillingRun
from abonent.domain.billing.operations import deliver_bills
from abonent.domain.messaging.models import Message, Subscription
from abonent.domain.metering.models import MeterReading
from abonent.domain.payments.models import Payment
from abonent.domain.suppliers.models import Supplier
from abonent.presets.load import load_preset
from bank_simulator.records import Shop
from bank_simulator.simulator import Simulator
from bills import NUMBER, OCTOBER, Household
from cabinets import owner_of
from flat import NOVEMBER_23, flat
from paying import SECRET, SHOP, Bank

pytestmark = pytest.mark.django_db
ASK, NOTICES = "/demo/open/bills/", f"/demo/accounts/{NUMBER}/notices/"
OWN, CONTRACT = "owner@example.ru", "ivanov@example.ru"
PRIVATE = ("Иванов", "Примерная", NUMBER, "14 327", "14\u00a0327", "14327")


@pytest.fixture
def home():
    with time_machine.travel(NOVEMBER_23, tick=False):
        household, _ = flat()
        Supplier.objects.update(cabinet=load_preset("").preset.cabinet)
        Customer.objects.update(email=CONTRACT)
        yield household


@pytest.fixture
def bank(settings):
    with Simulator(seed=7, shops=[Shop(SHOP, SECRET)], starts_at=NOVEMBER_23) as simulator:
        settings.YOOKASSA_URL = f"{simulator.url}/v3"
        settings.YOOKASSA_SHOPS = json.dumps({"demo": f"{SHOP}:{SECRET}"})
        yield Bank(simulator)


@pytest.fixture
def letter(home: Household) -> Message:
    """The letter of October's bill, which the owner has subscribed to in the cabinet."""
    answer = owner_of(home).post(NOTICES, {"email": OWN})
    assert answer["Location"] == NOTICES
    Subscription.objects.update(served_through=None)
    run = BillingRun.objects.get(period=OCTOBER.first_day)
    assert deliver_bills(run_id=run.pk, now=NOVEMBER_23) == 1
    return Message.objects.get(kind="bill")


def link(letter: Message, purpose: str) -> str:
    found = re.search(rf"/demo/letters/\S+/{purpose}/", letter.body)
    assert found, letter.body
    return found[0]


def words(answer: HttpResponse) -> str:
    return answer.content.decode()


def pressed(client: Client, address: str, **other: str) -> HttpResponse:
    """Press the button of the page of a payment."""
    page = words(client.get(address))
    fields = dict(re.findall(r'<input type="hidden" name="(key|shown)" value="([^"]+)"', page))
    return client.post(address, fields | other)


def test_the_sum_is_paid_by_one_press_and_nothing_else_is_told(letter, home, bank):
    stranger = Client()
    answer = stranger.get(link(letter, "pay"))
    assert "5\u00a0198,26\u00a0₽" in words(answer)
    assert not [one for one in PRIVATE if one in words(answer)]
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("no-referrer", "noindex")
    assert not Payment.objects.exists()
    paid = pressed(stranger, link(letter, "pay"))
    payment = Payment.objects.get()
    assert paid["Location"] == payment.confirmation_url
    assert (payment.account_id, payment.amount, payment.user_id) == (home.account_id, 519_826, None)
    bank.pays(payment)
    with time_machine.travel(NOVEMBER_23 + timedelta(minutes=1), tick=False):
        standing = words(stranger.get(f"/demo/letters/paid/{payment.uuid}/"))
        assert "Оплата прошла" in standing
        assert "Платить ничего не нужно" in words(stranger.get(link(letter, "pay")))
    assert not [one for one in PRIVATE if one in standing]


def test_the_link_signs_nobody_in(letter):
    client = Client()
    client.get(link(letter, "pay"))
    assert client.get(f"/demo/accounts/{NUMBER}/")["Location"].startswith("/demo/sign-in/")


def test_two_presses_pay_once(letter, bank):
    client = Client()
    page = words(client.get(link(letter, "pay")))
    fields = dict(re.findall(r'<input type="hidden" name="(key|shown)" value="([^"]+)"', page))
    for _ in range(2):
        assert client.post(link(letter, "pay"), fields).status_code == 302
    assert Payment.objects.count() == 1


def test_another_sum_than_the_shown_one_is_not_taken(letter, bank):
    answer = pressed(Client(), link(letter, "pay"), shown="100")
    assert answer.status_code == 422
    assert "Сумма изменилась" in words(answer)
    assert not Payment.objects.exists()


def test_a_link_lives_thirty_days_one_purpose_and_one_supplier(letter, home):
    pay, readings = link(letter, "pay"), link(letter, "readings")
    token, other = pay.split("/")[3], readings.split("/")[3]
    client = Client()
    with time_machine.travel(NOVEMBER_23 + timedelta(days=29), tick=False):
        assert client.get(pay).status_code == 200
    with time_machine.travel(NOVEMBER_23 + timedelta(days=31), tick=False):
        assert client.get(pay).status_code == 404
        assert client.get(readings).status_code == 404
        assert client.get(link(letter, "end")).status_code == 200
    Supplier.objects.create(code="other", name="Другой", timezone="Europe/Moscow", cabinet={})
    wrong = [
        pay.replace(token, other),
        readings.replace(other, token),
        pay.replace(token, f"{token[:-1]}{'A' if token[-1] != 'A' else 'B'}"),
        pay.replace("/demo/", "/other/"),
        link(letter, "end").replace(link(letter, "end").split("/")[3], token),
    ]
    assert [client.get(address).status_code for address in wrong] == [404] * len(wrong)


def test_links_die_with_the_subscription_and_with_the_right_to_the_account(letter):
    client = Client()
    AccountAccess.objects.update(state=AccessState.REVOKED)
    assert client.get(link(letter, "pay")).status_code == 404
    AccountAccess.objects.update(state=AccessState.ACTIVE)
    assert client.get(link(letter, "pay")).status_code == 200
    client.post(link(letter, "end"))
    for purpose in ("pay", "readings"):
        assert client.get(link(letter, purpose)).status_code == 404


def test_only_the_button_ends_the_letters_and_a_mail_program_may_press_it(letter):
    scanner = Client(enforce_csrf_checks=True)
    scanner.get(link(letter, "end"))
    assert Subscription.objects.get().ended_at is None
    answer = scanner.post(link(letter, "end"), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 302
    assert Subscription.objects.get().ended_at == NOVEMBER_23
    assert "Больше не пришлём" in words(scanner.get(link(letter, "end")))


def test_readings_go_by_the_link_without_former_values(letter, home):
    Supplier.objects.update(cabinet={})
    client = Client()
    page = words(client.get(link(letter, "readings")))
    assert not [one for one in PRIVATE if one in page]
    mark = re.search(r'name="mark" value="([^"]+)"', page)
    names = re.findall(r'name="(r\d+)"', page)
    assert mark
    assert names
    typed = {"mark": mark[1], names[0]: "14500"}
    before = MeterReading.objects.count()
    assert client.post("/demo/open/readings/check/", typed).status_code == 200
    assert client.post("/demo/open/readings/send/", typed).status_code == 302
    assert MeterReading.objects.count() == before + 1


def ask(email: str, number: str = NUMBER) -> HttpResponse:
    return Client().post(ASK, {"account": number, "email": email})


def test_every_number_and_mailbox_gets_the_same_answer(home):
    right = ask(CONTRACT)
    for wrong in (ask("stranger@example.ru"), ask(CONTRACT, "7770012345")):
        assert words(wrong) == words(right)
    assert [one.recipient for one in Message.objects.all()] == [CONTRACT]


def test_the_contracts_mailbox_confirms_by_a_button(home):
    ask(CONTRACT)
    address = link(Message.objects.get(), "confirm")
    client = Client()
    assert "Присылать счета на эту почту?" in words(client.get(address))
    assert Subscription.objects.get().confirmed_at is None
    assert client.post(address)["Location"] == address
    assert "Счета будут приходить" in words(client.get(address))
    assert Subscription.objects.get().confirmed_at == NOVEMBER_23
    assert Subscription.objects.get().user_id is None


def test_the_question_of_a_letter_grows_old(home):
    ask(CONTRACT)
    address = link(Message.objects.get(), "confirm")
    with time_machine.travel(NOVEMBER_23 + timedelta(days=15), tick=False):
        assert Client().get(address).status_code == 404


def test_one_letter_a_day_about_a_number_and_three_from_a_place(home):
    for _ in range(3):
        assert ask(CONTRACT).status_code == 200
    assert Message.objects.count() == 1
    assert ask(CONTRACT).status_code == 429


def test_another_mailbox_than_the_contracts_is_not_written_to_nor_the_contract_bothered(home):
    ask("stranger@example.ru")
    assert not Message.objects.exists()
