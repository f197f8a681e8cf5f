"""Bound cards and the autopayment in the cabinet: offered, proven, listed, removed at once."""

import re
from datetime import timedelta

import pytest
import time_machine

from abonent.domain.identity.models import User
from abonent.domain.messaging import operations as messaging
from abonent.domain.messaging.models import Message
from abonent.domain.payments import operations
from abonent.domain.payments.models import Autopay, AutopayTurn, BoundCard, Payment
from bills import NUMBER
from cabinets import stranger, waiting_for
from flat import HOME, NOVEMBER_23, policy
from mandates import ADDRESSES
from seen import body, box, hidden, keeps_the_policy, words

PAY, CARDS = f"{HOME}payments/", f"{HOME}payments/cards/"
AUTOPAY = f"{HOME}payments/autopay/"
KEY = "fedcba9876543210fedcba9876543210"
PASSWORD = "Verba-volant-7"


@pytest.fixture
def card(owner, bank):
    """The owner has paid 100 ₽ at the bank's page and let the card be kept."""
    checked = owner.post(
        f"{PAY}preview/", {"key": KEY, f"sum-{NUMBER}": "100", "keeps": "on"}, follow=True
    )
    assert "запомним для оплаты счетов" in words(checked)
    answer = owner.post(PAY, hidden(checked))
    assert answer.url.startswith(bank.simulator.url)
    payment = Payment.objects.get()
    bank.simulator.payer(payment.external_id, act="pay")
    operations.settle_payment(payment_id=payment.pk, now=NOVEMBER_23)
    return BoundCard.objects.get()


def with_password():
    """Give the owner a password: who has one is asked for it."""
    user = User.objects.get(emailaddress__email="owner@example.ru")
    user.set_password(PASSWORD)
    user.save()
    return user


def signed_in_by_password(client):
    user = with_password()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")


def choose(client, card, amount="50"):
    return client.post(
        f"{PAY}preview/",
        {"key": "a" * 32, f"sum-{NUMBER}": amount, "means": str(card.uuid)},
        follow=True,
    )


def set_up(client, **typed):
    """Send the form of the autopayment; return the page that it leads to."""
    told = {
        "key": "b" * 32, "card": str(BoundCard.objects.get().uuid), "how": "due", "when": "bill",
        "ceiling": "7000",
    } | typed  # fmt: skip
    return client.post(AUTOPAY, told, follow=True)


# Binding


def test_the_box_is_there_and_not_ticked(owner, bank):
    page = owner.get(PAY).content.decode()
    (tick,) = re.findall(r'<input type="checkbox" name="keeps"[^>]*>', page)
    assert "checked" not in tick
    assert 'name="means"' not in page, "without a card there is nothing to choose"


def test_without_cards_the_page_says_how_to_get_one(owner, bank):
    answer = owner.get(CARDS)
    assert "Привязанных карт нет" in words(answer)
    assert "Запомнить карту для оплаты счетов" in words(answer)
    assert keeps_the_policy(answer)


def test_a_card_is_listed_with_what_it_pays_and_never_whole(owner, card):
    answer = owner.get(CARDS)
    assert "Mastercard ··4477, до 12.2030" in words(answer)
    assert "счета за услуги" in words(answer)
    assert "5555" not in answer.content.decode()
    assert card.token not in answer.content.decode()
    assert "Подключить автоплатёж" in words(answer)
    assert keeps_the_policy(answer)


def test_the_profile_leads_to_the_cards(owner, card):
    assert f'href="{CARDS}"' in owner.get("/demo/profile/").content.decode()


def test_the_journal_tells_of_the_card(owner, card):
    assert "Привязана карта" in words(owner.get("/demo/profile/journal/"))


# Paying by it


def test_the_banks_page_stays_the_first_choice(owner, card):
    page = owner.get(PAY).content.decode()
    chosen = re.findall(r'<input type="radio" name="means" value="([^"]+)"[^>]*?( checked)?>', page)
    assert chosen == [("page", " checked"), (str(card.uuid), "")]
    assert "Карта Mastercard ··4477" in words(owner.get(PAY))


def test_a_card_pays_after_a_check_without_the_banks_page(owner, card):
    checked = choose(owner, card)
    assert "Спишем сразу с карты ··4477" in words(checked)
    answer = owner.post(PAY, hidden(checked))
    paid = Payment.objects.get(bound_card_id__isnull=False)
    assert answer.url == f"{PAY}{paid.uuid}/"
    assert "Платёж зачислен" in words(owner.get(answer.url))
    assert (paid.amount, paid.state) == (5_000, "captured")
    owner.post(PAY, hidden(checked))
    assert Payment.objects.filter(bound_card_id__isnull=False).count() == 1


def test_a_refused_card_says_why_and_offers_to_pay_again(owner, card, bank):
    bank.simulator.spoil_saved(card.token, refusal="insufficient_funds")
    answer = owner.post(PAY, hidden(choose(owner, card)), follow=True)
    assert "На карте не хватает денег" in words(answer)
    assert "Заплатить снова" in words(answer)


def test_a_card_asks_for_the_password_first(owner, card):
    signed_in_by_password(owner)
    asked = choose(owner, card)
    assert asked.request["PATH_INFO"].endswith("/profile/confirm/"), "the password is asked"
    # Even a form that was already checked pays nothing.
    typed = {"key": "a" * 32, f"sum-{NUMBER}": "50", "means": str(card.uuid)}
    owner.post(PAY, typed)
    assert Payment.objects.count() == 1
    address = asked.redirect_chain[-1][0]
    checked = owner.post(
        address, {"password": PASSWORD, "next": f"{PAY}preview/{'a' * 8}-{'a' * 4}-{'a' * 4}-"
                  f"{'a' * 4}-{'a' * 12}/"}, follow=True,
    )  # fmt: skip
    assert "Спишем сразу с карты ··4477" in words(checked)
    owner.post(PAY, hidden(checked))
    assert Payment.objects.filter(state="captured").count() == 2


def test_keeping_a_card_asks_for_the_password_and_plain_paying_does_not(owner, bank):
    signed_in_by_password(owner)
    typed = {"key": KEY, f"sum-{NUMBER}": "100"}
    asked = owner.post(f"{PAY}preview/", typed | {"keeps": "on"}, follow=True)
    assert asked.request["PATH_INFO"].endswith("/profile/confirm/")
    plain = owner.post(f"{PAY}preview/", typed, follow=True)
    assert "Проверьте платёж" in words(plain)


def test_a_strangers_card_is_no_choice(owner, card):
    BoundCard.objects.update(user_id=User.objects.create_user(login="x", password=None).pk)
    answer = owner.post(
        f"{PAY}preview/",
        {"key": KEY, f"sum-{NUMBER}": "50", "means": str(card.uuid)},
        follow=True,
    )
    # The form does not know the word at all: the money would be paid at the bank's page.
    assert "страница банка" in words(answer)
    assert "··4477" not in words(answer)


# Removing it


def test_a_card_is_removed_after_a_question_and_at_once(owner, card):
    address = f"{CARDS}{card.uuid}/remove/"
    assert "Удалить карту ··4477?" in words(owner.get(address))
    assert BoundCard.objects.exists(), "looking removes nothing"
    answer = owner.post(address, follow=True)
    assert "Карта удалена." in words(answer)
    assert "Привязанных карт нет" in words(answer)
    assert not BoundCard.objects.exists()


def test_others_neither_see_nor_remove_it(home, owner, card):
    address = f"{CARDS}{card.uuid}/remove/"
    newcomer = waiting_for(home[0])
    for client in (stranger(), newcomer):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    assert BoundCard.objects.exists()
    assert "··4477" not in words(newcomer.get(CARDS))


# The autopayment


def test_an_autopayment_is_set_up_with_a_check(owner, card):
    checked = set_up(owner)
    assert "Проверьте автоплатёж" in words(checked)
    assert "7 000,00 ₽" in words(checked)
    assert not Autopay.objects.exists()
    answer = owner.post(checked.redirect_chain[-1][0], {}, follow=True)
    assert "Автоплатёж работает" in words(answer)
    assert "Работает" in words(answer)
    row = Autopay.objects.get()
    assert (row.ceiling, row.fixed, row.day, row.state) == (700_000, None, 0, "active")
    assert Message.objects.filter(kind="autopay_set").count() == 1


def test_the_check_asks_for_the_password(owner, card):
    signed_in_by_password(owner)
    asked = set_up(owner)
    assert asked.request["PATH_INFO"].endswith("/profile/confirm/")
    owner.post(f"{AUTOPAY}check/{'b' * 8}-{'b' * 4}-{'b' * 4}-{'b' * 4}-{'b' * 12}/", {})
    assert not Autopay.objects.exists()


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"ceiling": ""}, "введите сумму"),
        ({"how": "fixed"}, "введите сумму"),
        ({"how": "fixed", "fixed": "8000"}, "сумма больше предела"),
        ({"when": "day"}, "от 1 до 28"),
        ({"when": "day", "day": "31"}, "от 1 до 28"),
        ({"when": "day", "day": "пятого"}, "день цифрами"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(owner, card, typed, wrong):
    answer = set_up(owner, **typed)
    assert answer.redirect_chain[-1][0].startswith(f"{AUTOPAY}draft/")
    assert wrong in " ".join(box(answer))
    assert "<title>Ошибка: " in body(answer) or "<title>Ошибка: " in answer.content.decode()


def test_the_suggested_sum_is_fixed_for_the_autopayment(owner, card):
    page = owner.get(PAY)
    assert "Зафиксировать для автоплатежа" in words(page)
    answer = owner.post(
        f"{PAY}preview/", {"key": KEY, f"sum-{NUMBER}": "1 500", "fix": "yes"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == f"{AUTOPAY}?fix=150000"
    assert 'name="fixed" value="1\u00a0500,00"' in answer.content.decode()


def test_it_is_changed_paused_resumed_and_ended(owner, card):
    checked = set_up(owner)
    owner.post(checked.redirect_chain[-1][0], {})
    page = owner.get(AUTOPAY)
    assert "Изменить автоплатёж" in words(page)
    assert 'name="card"' not in page.content.decode()
    checked = set_up(owner, ceiling="3000", when="day", day="5", key="c" * 32)
    answer = owner.post(checked.redirect_chain[-1][0], {}, follow=True)
    assert "5-го числа" in words(answer)
    assert "Приостановлен" in words(owner.post(f"{AUTOPAY}hold/", follow=True))
    assert "Работает" in words(owner.post(f"{AUTOPAY}hold/", follow=True))
    assert "Отключить автоплатёж?" in words(owner.get(f"{AUTOPAY}end/"))
    assert Autopay.objects.get().state == "active"
    assert "Подключить автоплатёж" in words(owner.post(f"{AUTOPAY}end/", follow=True))
    assert Autopay.objects.get().state == "stopped"


def test_the_page_tells_of_the_next_charge_and_of_the_last(home, owner, card, bank):
    # October is the first month with heating: far above September.
    policy(home[0], "autopay_most_times", "10")
    checked = set_up(owner)
    owner.post(checked.redirect_chain[-1][0], {})
    operations.run_autopays(addresses=ADDRESSES, now=NOVEMBER_23)
    messaging.send_due(now=NOVEMBER_23)
    assert "5 098,26 ₽, не раньше 24 ноября" in words(owner.get(CARDS))
    tomorrow = bank.at(NOVEMBER_23 + timedelta(hours=25))
    operations.run_autopays(addresses=ADDRESSES, now=tomorrow)
    assert AutopayTurn.objects.get().state == "paid"
    with time_machine.travel(tomorrow, tick=False):
        assert "за октябрь 2026 оплачен, 5 098,26 ₽" in words(owner.get(CARDS))
        paid = Payment.objects.get(turn_id__isnull=False)
        assert "автоплатёж, банковская карта" in words(owner.get(f"{PAY}{paid.uuid}/"))


def test_the_link_of_the_letter_is_a_question_to_whoever_opens_it(home, owner, card, client):
    policy(home[0], "autopay_most_times", "10")
    checked = set_up(owner)
    owner.post(checked.redirect_chain[-1][0], {})
    operations.run_autopays(addresses=ADDRESSES, now=NOVEMBER_23)
    letter = Message.objects.get(kind="autopay_announced").body
    address = re.search(r"https://example\.org(/demo/open/autopay/\S+)", letter)[1]
    page = client.get(address)
    assert "Остановить автоплатёж?" in words(page)
    assert NUMBER not in page.content.decode()
    assert "Иванов" not in page.content.decode()
    assert Autopay.objects.get().state == "active"
    answer = client.post(address, follow=True)
    assert "Автоплатёж остановлен" in words(answer)
    assert Autopay.objects.get().state == "stopped"
    assert client.get(address[:-8] + "xxxxxxx/").status_code == 404


def test_an_account_that_leaves_the_cabinet_takes_its_autopayment_along(owner, card):
    checked = set_up(owner)
    owner.post(checked.redirect_chain[-1][0], {})
    owner.post(f"{HOME}unlink/")
    assert (Autopay.objects.get().state, Autopay.objects.get().stopped_why) == (
        "stopped", "no_access",
    )  # fmt: skip
