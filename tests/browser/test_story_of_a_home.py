"""From the supplier's page to a paid month, as a household lives it."""

import re

import pypdfium2
import pytest
import zxingcpp
from browser_bundles import DUE
from browser_world import WHOLE
from playwright.sync_api import expect
from steps import COLD, HOT, LIGHT, open_at_once, pay_at_the_bank, posted, sign_up_by_mail, wheels
from visitor import UNFOLD_ALL, WINDOWS

from commands import statement

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture(params=WINDOWS, ids=str)
def anna(request: pytest.FixtureRequest, visit):
    return visit(request.param)


def test_from_the_first_page_to_a_paid_month(anna, town):
    home = town.flat()
    title = f"г. Тюмень, ул. Примерная, д. 1, кв. {home.place}"
    _comes_in(anna, home, title)
    _gives_readings(anna, home)
    _reads_the_bill(anna, home)
    _pays(anna, town, home)


def _comes_in(anna, home, title):
    anna.open(f"/{WHOLE}/")
    anna.at("Личный кабинет")
    anna.follow("Зарегистрироваться")
    sign_up_by_mail(anna, home)
    anna.at("Лицевые счета")
    anna.sees("Откроется 26 ноября 2026")
    anna.follow("Открыть сейчас")
    anna.at(f"Лицевой счёт {home.number}")
    anna.sees("Счёт откроется 26 ноября 2026", "ждём трое суток")
    anna.does_not_see("Иванов Иван", "Примерная", DUE)
    anna.follow("Как открыть сразу")
    anna.at(f"Лицевой счёт {home.number}")
    anna.sees("Начислений, истории и имени владельца до открытия не видно")
    anna.does_not_see("Иванов Иван", "Примерная", DUE)
    open_at_once(anna, home, home.contract_mail)
    anna.at(title)
    anna.sees("Передайте показания до 25 ноября – осталось 2 дня", "Осталось заплатить", DUE)


def _gives_readings(anna, home):
    anna.go_to("Показания")
    anna.at("Передать показания")
    wheels(anna, COLD, "118,250")
    wheels(anna, f"{LIGHT}, день", "12 590")
    wheels(anna, f"{LIGHT}, ночь", "4325")
    anna.press("Проверить")
    anna.at("Передать показания")
    expect(anna.page).to_have_title(re.compile("^Ошибка: Передать показания"))
    anna.sees("Проверьте введённое", "Показание меньше прошлого (125,9)")
    if anna.window.scripts:
        expect(anna.page.locator("#errors")).to_be_focused()
    assert anna.typed(COLD) == "118,250"
    assert anna.typed(f"{LIGHT}, день") in {"12 590", "12590"}
    wheels(anna, COLD, "128,250")
    wheels(anna, HOT, "195,000")
    anna.press("Проверить")
    anna.at("Проверьте показания")
    anna.sees("расход в 32 раза больше обычного. Всё верно?", "2,350", "113,53")
    # What is asked is not told a second time above.
    anna.does_not_see("нет ли утечки")
    anna.press("Подтвердить и передать")
    anna.at("Проверьте показания")
    anna.sees("Горячая вода: ответьте, верно ли показание")
    anna.tick("Да, всё верно")
    anna.press("Подтвердить и передать")
    anna.at("Показания приняты")
    anna.sees("Код подтверждения", "ноябрь 2026")
    number = anna.page.locator(".proof dd").first.inner_text()
    anna.page.reload()
    anna.at("Показания приняты")
    assert anna.page.locator(".proof dd").first.inner_text() == number


def _reads_the_bill(anna, home):
    anna.go_to("Начисления")
    anna.at("Начисления")
    anna.follow("октябрь 2026")
    anna.at("Счёт за октябрь 2026")
    anna.page.evaluate(UNFOLD_ALL)
    anna.sees("123,456", "125,900", "48,31", "118,07")
    anna.look("Счёт, развёрнутый")
    link = anna.page.get_by_role("link", name=re.compile("^Скачать PDF"))
    answer = anna.page.context.request.get(link.get_attribute("href"))
    assert answer.headers["content-type"] == "application/pdf"
    picture = pypdfium2.PdfDocument(answer.body())[0].render(scale=200 / 72).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.bytes.decode() == statement(WHOLE, home.number, "2026-10")["qr"]
    assert "|Sum=519826|" in code.bytes.decode()
    anna.go_to("Счета в PDF")
    anna.at("Счета в PDF")


def _pays(anna, town, home):
    anna.go_to("Оплата")
    anna.at("Оплатить")
    anna.press("Проверить")
    anna.at("Проверьте платёж")
    anna.sees(DUE, "Комиссия")
    anna.press("Заплатить 5 198,26 ₽")
    pay_at_the_bank(anna)
    anna.at("Платёж зачислен")
    anna.sees("Деньги на лицевом счёте", DUE, "последние цифры 4477")
    assert posted(home) == [519826]
    assert town.deliver() >= 1
    assert posted(home) == [519826]
    anna.follow("Справка об оплате")
    anna.at("Справка об оплате")
    anna.go_to("Обзор")
    anna.sees("Всё оплачено")
    anna.at(f"г. Тюмень, ул. Примерная, д. 1, кв. {home.place}")
    anna.follow("История платежей")
    anna.at("История платежей")
    anna.sees("5 198,26", "Зачислен")
    anna.go_to("Показания")
    anna.at("Передать показания")
    anna.sees("23 ноября уже передали 128,250. Новое показание заменит его.")
    anna.follow("История показаний")
    anna.at("История показаний и расход")
    anna.sees("195,000")
