"""Signing up by telephone at a supplier of electricity, and what a waiting link may do."""

import re

import pytest
from browser_world import LIGHT
from playwright.sync_api import expect
from steps import LIGHT as LAMPS
from steps import PASSWORD, code_in_outbox, open_at_once, wheels
from visitor import PHONE, Window

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
OVERPAID = "230,80"


@pytest.mark.parametrize("window", [PHONE, Window(1280, 900, scripts=False)], ids=str)
def test_a_code_by_sms_then_the_address_then_the_code_of_the_contract(visit, town, window):
    flat, boris = town.flat(LIGHT), visit(window)
    boris.open(f"/{LIGHT}/sign-up/?way=1")
    boris.at("По почте или телефону")
    boris.type("Мобильный телефон", f"8 (912) 700-00-{flat.place:02d}")
    boris.type("Пароль", PASSWORD)
    boris.tick("Принимаю")
    boris.tick("Даю согласие на обработку")
    boris.press("Зарегистрироваться")
    boris.at("Введите код")
    code = code_in_outbox(boris, flat, f"+791270000{flat.place:02d}")
    boris.open(f"/{LIGHT}/sign-in/phone/")
    boris.page.locator("[name=code]").fill(code)
    boris.press("Войти")
    boris.at("Лицевые счета")
    boris.sees("Счетов пока нет")
    boris.follow("Добавить лицевой счёт")
    boris.at("Добавить лицевой счёт")
    boris.type("Номер лицевого счёта", flat.number)
    boris.press("Дальше")
    boris.at("Подтвердите, что счёт ваш")
    _proves_by_the_address(boris, flat, number="99")
    boris.at("Подтвердите, что счёт ваш")
    expect(boris.page).to_have_title(re.compile("^Ошибка: "))
    assert boris.page.get_by_label("Улица").input_value() == "Примерная"
    _proves_by_the_address(boris, flat, number=str(flat.place))
    boris.at(f"Лицевой счёт {flat.number}")
    boris.sees("Данные счёта откроются сами 26 ноября 2026")
    _does_what_a_waiting_link_may(boris, flat)
    open_at_once(boris, flat, flat.contract_mail)
    boris.at(f"г. Тюмень, ул. Примерная, д. 1, кв. {flat.place}")
    boris.sees("Переплата", OVERPAID)


def _proves_by_the_address(boris, flat, number):
    boris.page.get_by_label("Филиал").select_option("krasnodar")
    boris.page.get_by_label("Населённый пункт").fill("Тюмень")
    boris.page.get_by_label("Улица").fill("Примерная")
    boris.page.get_by_label("Дом").fill("1")
    boris.page.get_by_label("Квартира").fill(number)
    boris.press("Добавить счёт")


def _does_what_a_waiting_link_may(boris, flat):
    boris.follow("передать показания")
    boris.at("Передать показания")
    boris.does_not_see("12 465", "012465", "Примерная", "Было")
    wheels(boris, f"{LAMPS}, день", "12600,7")
    wheels(boris, f"{LAMPS}, ночь", "4300")
    boris.press("Проверить")
    boris.at("Проверьте показания")
    boris.sees("вы ввели 12 600,7, возьмём 12 600 – цифры после запятой отбрасываем")
    boris.does_not_see("12 465", "665,55")
    boris.press("Подтвердить и передать")
    boris.at("Показания приняты")
    boris.does_not_see("12 465", "Примерная")
    boris.go_to("Оплата")
    boris.at("Оплатить")
    boris.sees("Долг покажем, когда откроется счёт")
    boris.does_not_see(OVERPAID, "Примерная")
