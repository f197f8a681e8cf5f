"""Where a payment stands, its receipt, the history, the code for a bank's application."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
import zxingcpp
from django.db import transaction
from PIL import Image

from abonent.domain.accounts.models import AccountAccess
from abonent.domain.accounts.rules import AccessState
from abonent.domain.ledger.rules import Reason
from abonent.domain.payments.models import Payment
from abonent.domain.payments.queries import view_of
from abonent.domain.payments.rules import Kind, PaymentState
from abonent.domain.suppliers.models import Supplier
from abonent.interfaces.portal.payments.wording import standing
from bank_simulator.faults import Fault
from bills import NUMBER, move
from cabinets import LONG_AGO, link, signed_in, stranger
from flat import HOME, NOVEMBER_23
from seen import body, hidden, keeps_the_policy, words

PAY = f"{HOME}payments/"
HISTORY = f"{PAY}history/"
MINUTE = timedelta(minutes=1)


def begin(client, amount="100"):
    """Choose, check and begin a payment; returns the address of its page."""
    form = {"key": "0" * 32, f"sum-{NUMBER}": amount}
    client.post(PAY, hidden(client.post(f"{PAY}preview/", form, follow=True)))
    payment = Payment.objects.order_by("-pk")[0]
    return payment, f"{PAY}{payment.uuid}/"


def later(bank, minutes=1):
    """Let time pass here and at the bank."""
    moment = NOVEMBER_23 + minutes * MINUTE
    bank.at(moment)
    return time_machine.travel(moment, tick=False)


def ask(client, address, **more):
    return client.get(address, more, headers={"HX-Request": "true"})


# Given up, asked about, what is left


def test_a_payment_that_was_left_is_given_up_by_its_payer(owner, bank):
    _payment, address = begin(owner)
    assert "Отменить платёж" in words(owner.get(address))
    assert owner.get(f"{address}cancel/").url == address, "looking does nothing"
    with later(bank):
        page = words(owner.post(f"{address}cancel/", follow=True))
    assert "Платёж отменён" in page
    assert "деньги не списаны" in page
    assert "Отменить платёж" not in page
    assert "ещё не завершён" not in words(owner.get(PAY)), "a new one needs no confirmation"
    assert "Отменён вами" in words(owner.get(HISTORY))


def test_a_silent_bank_keeps_the_payment_and_it_is_told(owner, bank):
    payment, address = begin(owner)
    bank.simulator.fault(Fault("before", "reset", path=f"/v3/payments/{payment.external_id}"))
    with later(bank):
        page = words(owner.post(f"{address}cancel/", follow=True))
    assert "Банк сейчас не отвечает, поэтому отменить платёж пока нельзя." in page
    assert view_of(payment.pk).state == PaymentState.AWAITING


def test_another_owner_is_not_offered_to_give_up(owner, home, bank):
    payment, address = begin(owner)
    relative = signed_in("relative@example.ru")
    link(relative, home[0], AccessState.ACTIVE, LONG_AGO)
    assert "Отменить платёж" not in words(relative.get(address))
    assert "начал другой человек" in words(relative.post(f"{address}cancel/", follow=True))
    assert stranger().post(f"{address}cancel/").status_code == 404
    assert view_of(payment.pk).state == PaymentState.AWAITING


def test_asking_now_always_says_something(owner, bank):
    _, address = begin(owner)
    with later(bank, 0.05):
        owner.get(address)  # the first look asks by itself
    with later(bank, 0.1):
        assert "Ещё раз можно через 7 секунд." in words(owner.get(f"{address}?ask=now"))
    with later(bank, 3):
        page = words(owner.get(f"{address}?ask=now"))
        assert "Спросили банк в 19:45: денег он ещё не получил." in page
        assert "Спросили банк" not in words(owner.get(address)), "told to whoever asked"


def test_asking_a_silent_bank_says_so(owner, bank):
    payment, address = begin(owner)
    bank.simulator.fault(Fault("before", "reset", path="/v3/payments"))
    Payment.objects.filter(pk=payment.pk).update(state="unknown", external_id="")
    with later(bank, 3):
        page = words(owner.get(f"{address}?ask=now"))
    assert "Спросили банк в 19:45: ответа пока нет." in page


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("100", f"На счёте {NUMBER} осталось заплатить 5 098,26 ₽. Заплатить остальное"),
        ("5198,26", f"На счёте {NUMBER} долга нет: всё оплачено."),
        ("5200", f"На счёте {NUMBER} долга нет, переплата 1,74 ₽ уменьшит следующий счёт."),
    ],
)
def test_after_a_payment_it_is_told_what_is_left(owner, bank, amount, said):
    payment, address = begin(owner, amount)
    assert "осталось заплатить" not in words(owner.get(address))
    bank.pays(payment)
    with later(bank):
        assert said in words(owner.get(address))


# Where it stands


def test_a_refused_card_is_told_while_the_banks_page_takes_another(owner, bank):
    payment, _address = begin(owner)
    Payment.objects.update(answer_word="insufficient_funds")
    told = standing(view_of(payment.pk))
    assert (told.title, told.wait, told.again) == ("Карта не прошла", False, False)
    assert re.match("На карте не хватает денег.*Деньги не списаны. Страница банка", told.text)


def test_a_payment_that_waits_can_be_gone_on_with(owner, bank):
    payment, address = begin(owner)
    answer = owner.get(address)
    page = body(answer)
    assert "<h1>Платёж ждёт оплаты</h1>" in answer.content.decode()
    assert "второй раз платить не нужно" in page
    assert f'href="{payment.confirmation_url}"' in answer.content.decode().replace("&amp;", "&")
    assert "19:42 Готовим платёж" in page
    assert "19:42 Ждём оплату потом Деньги на лицевом счёте" in page
    assert f'href="{address}?ask=now">Проверить сейчас</a>' in answer.content.decode()


def test_the_way_back_asks_the_bank_and_shows_that_it_is_done(owner, bank):
    payment, address = begin(owner)
    bank.pays(payment)
    with later(bank):
        answer = owner.get(address)
        page = body(answer)
    assert "<h1>Платёж зачислен</h1>" in answer.content.decode()
    assert "Зачислен 23 ноября 2026, 19:43" in page
    assert f"Лицевой счёт {NUMBER}, г. Тюмень, ул. Примерная, д. 1, кв. 15" in page
    assert "Как шёл платёж" in page
    assert "19:43 Зачислен" in page
    assert "hx-get" not in answer.content.decode(), "there is nothing left to wait for"
    assert "Проверить сейчас" not in page


@pytest.mark.parametrize("lie", ["?status=succeeded", "?paid=1&was=captured", "?polls=-1"])
def test_nothing_in_the_address_is_believed(owner, bank, lie):
    _, address = begin(owner)
    with later(bank):
        assert "Платёж ждёт оплаты" in words(owner.get(f"{address}{lie}"))
    assert Payment.objects.get().state == PaymentState.AWAITING


def test_what_surely_did_not_pass_says_why_and_offers_another_try(owner, bank):
    payment, address = begin(owner)
    bank.pays(payment, act="decline", reason="insufficient_funds")
    with later(bank):
        answer = owner.get(address)
    page = body(answer)
    assert "<h1>Платёж не прошёл</h1>" in answer.content.decode()
    assert "На карте не хватает денег." in page
    assert "Деньги не списаны." in page
    assert "Заплатить снова" in page
    assert "Не платите второй раз" not in page


def test_silence_never_means_that_it_failed(owner, bank):
    bank.simulator.fault(Fault("after", "reset", path="/v3/payments", count=2))  # and at a look
    payment, address = begin(owner)
    assert payment.state == PaymentState.UNKNOWN
    answer = owner.get(address)
    page = body(answer)
    assert "<h1>Проверяем платёж</h1>" in answer.content.decode()
    assert "Не платите второй раз 100,00 ₽" in page
    assert "не прошёл" not in page.replace("прошёл ли", "")
    assert "Заплатить снова" not in page
    assert "Если прошло больше часа" in page
    with later(bank):
        assert "Платёж ждёт оплаты" in words(owner.get(address))


def test_the_words_of_the_rarer_states(owner, bank):
    payment, _ = begin(owner)
    seen = view_of(payment.pk)
    said = {
        state: standing(replace(seen, state=state, confirmation_url="")) for state in PaymentState
    }
    assert said[PaymentState.EXPIRED].title == "Платёж не состоялся"
    assert said[PaymentState.EXPIRED].again
    assert said[PaymentState.QUARANTINED].title == "Проверяем платёж вручную"
    waiting = {state for state, one in said.items() if one.wait}
    assert waiting == {
        PaymentState.CREATED, PaymentState.SENT, PaymentState.AWAITING,
        PaymentState.UNKNOWN, PaymentState.QUARANTINED,
    }  # fmt: skip
    assert standing(replace(seen, kind=Kind.REFUND)).title == "Деньги возвращены"
    assert standing(replace(seen, kind=Kind.CANCEL)).title == "Платёж отменён"


def test_a_script_asks_on_until_something_changes(owner, bank):
    payment, address = begin(owner)
    page = owner.get(address)
    polling = re.search(r'hx-get="([^"]+)"', page.content.decode())[1].replace("&amp;", "&")
    assert polling == f"{address}?was=awaiting_payer&polls=1"
    same = owner.get(polling, headers={"HX-Request": "true"})
    assert same.status_code == 200
    assert "<html" not in same.content.decode()
    assert "polls=2" in same.content.decode()
    assert "HX-Refresh" not in same
    bank.pays(payment)
    with later(bank):
        changed = owner.get(polling, headers={"HX-Request": "true"})
    assert changed["HX-Refresh"] == "true"


def test_a_page_left_open_stops_asking(owner, bank):
    _, address = begin(owner)
    last = ask(owner, address, was="awaiting_payer", polls="120")
    assert "hx-get" not in last.content.decode()
    assert "Проверить сейчас" in words(last)


def test_the_page_keeps_to_the_policy(owner, bank):
    _, address = begin(owner)
    assert keeps_the_policy(owner.get(address))


# The receipt


def test_the_receipt_has_what_a_bookkeeper_asks_for(owner, bank):
    payment, address = begin(owner)
    assert owner.get(f"{address}receipt/").status_code == 404, "nothing has come yet"
    bank.pays(payment)
    with later(bank):
        owner.get(address)
        page = body(owner.get(f"{address}receipt/"))
    for piece in (
        "Оплачено 100,00 ₽", "Номер платежа П-2026-1123-", "День оплаты 23 ноября 2026",
        f"Лицевой счёт {NUMBER}", "Комиссия 0,00 ₽", "последние цифры", "ЮKassa",
        f"Номер операции в банке {Payment.objects.get().external_id}",
        "АО «Пример-Энерго», ИНН 7204000019", "40702810138250123017",
    ):  # fmt: skip
        assert piece in page


def test_another_owner_sees_the_payment_without_the_card(owner, home, bank):
    payment, address = begin(owner)
    bank.pays(payment)
    with later(bank):
        assert "последние цифры" in body(owner.get(address))
        relative = signed_in("relative@example.ru")
        link(relative, home[0], AccessState.ACTIVE, LONG_AGO)
        page = body(relative.get(address))
    assert "100,00 ₽" in page
    assert "последние цифры" not in page


# Who may


def test_strangers_find_no_payment(owner, home, bank):
    _, address = begin(owner)
    outsider = stranger()
    for place in (address, f"{address}receipt/"):
        assert outsider.get(place).status_code == 404
    unknown = f"{PAY}00000000-0000-4000-8000-000000000000/"
    assert owner.get(unknown).status_code == 404


def test_a_payment_is_found_under_its_own_account_alone(owner, home, bank):
    _, address = begin(owner)
    other = AccountAccess.objects.get().account
    with transaction.atomic():
        other.pk, other.number = None, "0010012399"
        other.save(force_insert=True)
    AccountAccess.objects.create(
        supplier_id=home[0].supplier_id, account=other, role="owner", state="active",
        user_id=int(owner.session["_auth_user_id"]), evidence="staff", asked_at=LONG_AGO,
        opens_at=LONG_AGO,
    )  # fmt: skip
    assert owner.get(address).status_code == 200
    assert owner.get(address.replace(NUMBER, "0010012399")).status_code == 404
    assert Supplier.objects.count() == 1


# The code


def modules(svg: str) -> Image.Image:
    """Draw the picture as a browser does: horizontal strokes of one module."""
    size = int(re.search(r'width="(\d+)"', svg)[1])
    scale = int(re.search(r"scale\((\d+)\)", svg)[1])
    picture = Image.new("L", (size // scale, size // scale), 255)
    x = y = 0.0
    path = re.search(r'class="[^"]*"? ?d="([^"]+)"|d="(M[^"]+)"', svg.split("stroke")[1])
    for word, numbers in re.findall(r"([Mmh])([-\d. ]+)", path[1] or path[2]):
        values = [float(one) for one in numbers.split()]
        if word == "M":
            x, y = values
        elif word == "m":
            x, y = x + values[0], y + values[1]
        else:
            for step in range(int(values[0])):
                picture.putpixel((int(x) + step, int(y)), 0)
            x += values[0]
    return picture.resize((size, size), Image.Resampling.NEAREST)


def test_the_code_holds_what_is_left_to_pay(owner, home):
    move(home[0], Reason.PAYMENT, -300_000, date(2026, 11, 12), "november")
    page = owner.get(f"{PAY}code/")
    assert "2 198,26 ₽" in body(page)
    assert f'<img src="{PAY}code.svg"' in page.content.decode()
    picture = owner.get(f"{PAY}code.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    svg = picture.content.decode()
    assert "<script" not in svg
    assert "style" not in svg
    read = zxingcpp.read_barcode(modules(svg)).text
    assert read.startswith("ST00012|Name=АО «Пример-Энерго»|PersonalAcc=40702810138250123017")
    assert "|Sum=219826|" in read
    assert f"|PersAcc={NUMBER}|PaymPeriod=102026|" in read
    assert "|LastName=Иванов|" in read


def test_without_a_debt_there_is_no_code(owner, home):
    move(home[0], Reason.PAYMENT, -519_826, date(2026, 11, 12), "november")
    assert "Платить сейчас нечего" in words(owner.get(f"{PAY}code/"))
    assert owner.get(f"{PAY}code.svg").status_code == 404
