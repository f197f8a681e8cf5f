"""A card is bound, pays, pays the bill by itself, and is stopped from the letter."""

import re
from datetime import timedelta

import pytest
from browser_world import EVENING, WHOLE
from playwright.sync_api import expect
from steps import owner, pay_at_the_bank, posted, read_outbox
from visitor import DESK, PHONE, Window

from abonent.domain.messaging import operations as messaging
from abonent.domain.payments.models import Autopay
from abonent.interfaces.jobs.schedule import run_autopays

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
TICK = "Запомнить карту для оплаты счетов"


def bind(anna, flat):
    """Pay 100 ₽ at the bank's page with the box ticked."""
    anna.open(f"/{WHOLE}/accounts/{flat.number}/payments/")
    anna.follow("Карты и автоплатёж")
    anna.at("Карты и автоплатёж")
    anna.sees("Привязанных карт нет")
    anna.follow("Заплатить")
    anna.page.get_by_label("Сумма, ₽").fill("100")
    expect(anna.page.get_by_label(TICK)).not_to_be_checked()
    anna.tick(TICK)
    anna.press("Проверить")
    anna.sees("запомним для оплаты счетов")
    anna.press("Заплатить 100,00 ₽")
    pay_at_the_bank(anna)
    anna.at("Платёж зачислен")
    anna.sees("Карта привязана")


def pay_by_it(anna):
    """Pay 98,26 ₽ by the card, without the bank's page."""
    anna.go_to("Оплата")
    anna.page.get_by_label("Сумма, ₽").fill("98,26")
    anna.tick("Карта Mastercard ··4477")
    anna.look("Оплата с картой")
    anna.press("Проверить")
    anna.sees("Спишем сразу с карты ··4477")
    anna.press("Заплатить 98,26 ₽")
    anna.at("Платёж зачислен")


def set_up(anna, flat):
    """Let the card pay the bills, at most 6 000 ₽ each."""
    anna.open(f"/{WHOLE}/accounts/{flat.number}/payments/cards/")
    anna.look("Карта без автоплатежа")
    anna.follow("Подключить автоплатёж")
    anna.at("Подключить автоплатёж")
    anna.type("Не больше за раз, ₽", "6 000")
    anna.press("Проверить")
    anna.at("Проверьте автоплатёж")
    anna.press("Подтвердить и подключить")
    anna.at("Карты и автоплатёж")
    anna.sees("Работает", "6 000,00 ₽")


def stop_from_the_letter(stranger, flat):
    """Open the link of the letter in a browser in which nobody is signed in, and press."""
    letter = read_outbox(stranger, flat, f"owner-{flat.supplier}-{flat.place}@example.ru")
    stranger.page.goto(re.search(r"https?://\S+/open/autopay/\S+/", letter)[0])
    stranger.at("Остановить автоплатёж?")
    stranger.does_not_see(flat.number, "5 000")
    stranger.press("Остановить автоплатёж")
    stranger.at("Автоплатёж остановлен")


@pytest.mark.parametrize("window", [PHONE, Window(1280, 900, scripts=False)], ids=str)
def test_from_the_box_to_the_stop_link(visit, town, window):
    flat, anna, stranger = town.flat(), visit(window), visit(DESK)
    owner(anna, flat)
    bind(anna, flat)
    pay_by_it(anna)
    assert sorted(posted(flat)) == [9_826, 10_000]
    set_up(anna, flat)
    run_autopays(timestamp=0)
    messaging.send_due(now=EVENING + timedelta(hours=1))
    anna.page.reload()
    anna.sees("5 000,00 ₽, не раньше 24 ноября")
    anna.look("Автоплатёж назначен")
    stop_from_the_letter(stranger, flat)
    assert Autopay.objects.latest("pk").state == "stopped"
    anna.page.reload()
    anna.sees("Подключить автоплатёж")
    anna.follow("Удалить карту ··4477")
    anna.at("Удалить карту ··4477?")
    anna.press("Удалить карту")
    anna.sees("Карта удалена.", "Привязанных карт нет")
