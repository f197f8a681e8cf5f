"""Signing up, signing in and coming back in, as each of the five articles tells it.

A story walks the paragraphs of its article in their order; where safety changed what the
article says, the line beside it says so. The table is in docs/sources.md.
"""

import re

import pytest
from browser_bundles import serial
from browser_world import LIGHT, WHOLE
from playwright.sync_api import expect
from steps import (
    PASSWORD,
    code_in_outbox,
    open_at_once,
    owner,
    read_outbox,
    sign_in,
    sign_up_by_mail,
)
from visitor import PHONE, Window

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
HEAT, TYUMEN, VORONEZH = "teplo-nn", "tmesbyt", "tns-voronezh"
OWNERS = ("Иванов Иван", "Примерная", "dogovor-")
NEW = "совсем другой пароль"
WINDOWS = [PHONE, Window(360, 800, scripts=False)]


@pytest.fixture(params=WINDOWS, ids=str)
def anna(request: pytest.FixtureRequest, visit):
    return visit(request.param)


def mail_of(flat) -> str:
    """Return a mailbox that no other story has."""
    return f"{flat.supplier}-{flat.place}@example.ru"


def telephone_of(flat) -> str:
    return f"+7903{len(flat.supplier):03d}00{flat.place:02d}"


def answer_letter(anna, flat, recipient: str) -> str:
    """Open the link of the newest letter and press the button; returns the letter."""
    letter = read_outbox(anna, flat, recipient)
    anna.page.locator("main section a").first.click()
    anna.at("Подтвердите почту")
    anna.sees(recipient)
    anna.press("Да, подтвердить")
    return letter


def agree(anna) -> None:
    anna.tick("Принимаю условия")
    anna.tick("Даю согласие на обработку персональных данных")


def passwords(anna, password: str = PASSWORD) -> None:
    anna.page.locator("[name=password1]").fill(password)
    anna.page.locator("[name^=password_again], [name=password2]").fill(password)


def leave(anna, flat) -> None:
    anna.open(f"/{flat.supplier}/sign-out/")
    anna.press("Выйти")


def new_password_by_letter(anna, flat, recipient: str) -> None:
    """Set another password by the link of recovery; it asks to sign in."""
    read_outbox(anna, flat, recipient)
    anna.page.locator("main section a").first.click()
    anna.at("Придумайте пароль")
    anna.type("Новый пароль", NEW)
    anna.type("Пароль ещё раз", NEW)
    anna.press("Сохранить пароль")
    anna.at("Войти")
    anna.page.locator("[name=login]").fill(recipient)
    anna.type("Пароль", NEW)
    anna.press("Войти")


def waits(anna, flat) -> None:
    """See an account that waits: nothing of its owner is told, the owner is."""
    anna.open(f"/{flat.supplier}/accounts/{flat.number}/about/")
    anna.at(f"Лицевой счёт {flat.number}")
    anna.sees("Данные счёта откроются сами 26 ноября 2026", "заплатить", "передать показания")
    anna.does_not_see(*OWNERS)
    told = read_outbox(anna, flat, flat.contract_mail)
    assert "закройте доступ по ссылке" in told
    assert mail_of(flat) not in told


def test_teploenergo(anna, town):
    flat = town.flat(HEAT)
    anna.open(f"/{HEAT}/sign-in/")
    anna.follow("Зарегистрироваться", within=anna.page.locator("main"))
    anna.at("Регистрация")
    anna.type("Фамилия, имя, отчество", "Петрова Анна Сергеевна")
    anna.type("Электронная почта", mail_of(flat))
    passwords(anna)
    anna.type("Мобильный телефон", telephone_of(flat))
    agree(anna)
    anna.press("Зарегистрироваться")
    # The article sends the code before the form: it would be an SMS for anybody who asks.
    anna.at("Введите код")
    code = code_in_outbox(anna, flat, telephone_of(flat))
    anna.open(f"/{HEAT}/sign-in/phone/")
    anna.page.locator("[name=code]").fill(code)
    anna.press("Войти")
    anna.at("Лицевые счета")
    anna.sees("Счетов пока нет")
    anna.follow("Добавить лицевой счёт")
    anna.type("Номер лицевого счёта", flat.number)
    anna.press("Дальше")
    anna.at("Подтвердите, что счёт ваш")
    anna.type("Фамилия владельца счёта", "Иванов")
    anna.type("Оплачено, ₽", "1000")
    anna.press("Добавить счёт")
    waits(anna, flat)
    for name in (telephone_of(flat), mail_of(flat)):
        if name == mail_of(flat):
            answer_letter(anna, flat, name)
        leave(anna, flat)
        anna.open(f"/{HEAT}/sign-in/")
        if anna.window.scripts:
            anna.tick("Показать пароль")
            expect(anna.page.locator("[name=password]")).to_have_attribute("type", "text")
        sign_in(anna, name)
        anna.at("Лицевые счета")
    leave(anna, flat)
    anna.open(f"/{HEAT}/sign-in/")
    anna.follow("Не помню пароль")
    anna.at("Новый пароль")
    anna.sees("напишите в техническую поддержку: e-service@teploenergo-nn.ru")
    anna.type("Почта или телефон", mail_of(flat))
    anna.press("Продолжить")
    anna.at("Проверьте почту")
    new_password_by_letter(anna, flat, mail_of(flat))
    anna.at("Лицевые счета")


def test_the_entrance_of_teploenergos_organisations(visit, town):
    anna = visit(PHONE)
    anna.open(f"/{HEAT}/")
    anna.follow("Для организаций Договоры и предприниматели")
    anna.at("Вход для организаций")
    anna.sees("Вход по логину и паролю отдельно от кабинета для дома")
    anna.follow("Зарегистрироваться", within=anna.page.locator("main"))
    anna.at("Регистрация организации")
    anna.sees("ИНН организации", "Пароль временный")


def test_tyumenenergosbyt(anna, town):
    flat = town.flat(TYUMEN)
    anna.open(f"/{TYUMEN}/sign-up/")
    anna.at("Регистрация")
    anna.sees("Посторонний не сможет подключить ваш счёт")
    anna.type("Логин", f"anna-{flat.place}")
    passwords(anna)
    anna.type("Электронная почта", mail_of(flat))
    anna.page.get_by_label("Город").select_option("Тюмень")
    agree(anna)
    anna.press("Зарегистрироваться")
    anna.at("Проверьте почту")
    answer_letter(anna, flat, mail_of(flat))
    sign_in(anna, f"anna-{flat.place}")
    anna.at("Лицевые счета")
    anna.follow("Добавить лицевой счёт")
    anna.sees("Только цифры")
    anna.type("Номер лицевого счёта", f"{flat.number}-А")
    anna.press("Дальше")
    anna.at("Добавить лицевой счёт")
    anna.sees("В номере счёта только цифры")
    anna.type("Номер лицевого счёта", flat.number)
    anna.press("Дальше")
    anna.at("Подтвердите, что счёт ваш")
    # The article shows the address before the proof: a stranger would learn it by numbers.
    anna.does_not_see(*OWNERS)
    anna.type("Заводской номер счётчика", serial("12345678", flat.place))
    anna.type("Оплачено, ₽", "1000,00")
    anna.press("Добавить счёт")
    waits(anna, flat)
    open_at_once(anna, flat, flat.contract_mail)
    anna.at(f"г. Тюмень, ул. Примерная, д. 1, кв. {flat.place}")
    anna.sees(f"Его адрес: г. Тюмень, ул. Примерная, д. 1, кв. {flat.place}")
    leave(anna, flat)
    anna.open(f"/{TYUMEN}/sign-in/")
    sign_in_wrongly(anna, f"anna-{flat.place}")
    anna.sees(
        "Проверьте раскладку клавиатуры", "Очистите кэш", "256 кбит/с", "Попробуйте другой браузер",
        "по будням с 8:00 до 17:00", "lk.erc@erc-progress.ru",
    )  # fmt: skip


def sign_in_wrongly(anna, login: str) -> None:
    anna.page.locator("[name=login]").fill(login)
    anna.type("Пароль", "не тот пароль")
    anna.press("Войти")
    anna.at("Войти")
    anna.sees("Такого входа с таким паролем нет. Проверьте раскладку клавиатуры")
    assert anna.page.locator("[name=login]").input_value() == login


def test_tns_energo_voronezh(anna, town):
    flat = town.flat(VORONEZH)
    anna.open(f"/{VORONEZH}/sign-up/")
    anna.at("Регистрация")
    anna.sees("сумма последнего платежа из квитанции за прошлый месяц")
    anna.type("Номер лицевого счёта", flat.number)
    anna.type("Оплачено, ₽", "1 000,00")
    anna.type("Электронная почта", mail_of(flat))
    anna.type("Почта ещё раз", "other@example.ru")
    agree(anna)
    anna.press("Зарегистрироваться")
    anna.sees("Адреса не совпали")
    anna.type("Почта ещё раз", mail_of(flat))
    anna.press("Зарегистрироваться")
    anna.at("Проверьте почту")
    anna.sees("придите в отделение с паспортом")
    # No password comes by mail: the letter leads to where one's own is set.
    letter = answer_letter(anna, flat, mail_of(flat))
    assert "Логин – номер вашего лицевого счёта" in " ".join(letter.split())
    anna.at("Придумайте пароль")
    anna.type("Новый пароль", PASSWORD)
    anna.type("Пароль ещё раз", PASSWORD)
    anna.press("Сохранить пароль")
    sign_in(anna, mail_of(flat))
    anna.at("Лицевые счета")
    waits(anna, flat)
    open_at_once(anna, flat, flat.contract_mail)
    anna.at(f"г. Тюмень, ул. Примерная, д. 1, кв. {flat.place}")
    leave(anna, flat)
    anna.open(f"/{VORONEZH}/sign-in/")
    sign_in(anna, flat.number)
    anna.at(f"г. Тюмень, ул. Примерная, д. 1, кв. {flat.place}")
    leave(anna, flat)
    anna.open(f"/{VORONEZH}/recovery/")
    anna.at("Новый пароль")
    anna.type("Номер лицевого счёта", flat.number)
    anna.type("Почта кабинета", mail_of(flat))
    anna.press("Продолжить")
    anna.at("Проверьте почту")
    new_password_by_letter(anna, flat, mail_of(flat))
    anna.at(f"г. Тюмень, ул. Примерная, д. 1, кв. {flat.place}")


def test_voronezh_is_refused_with_a_wrong_sum_and_told_of_the_office(visit, town):
    flat, anna = town.flat(VORONEZH), visit(WINDOWS[1])
    anna.open(f"/{VORONEZH}/sign-up/")
    anna.type("Номер лицевого счёта", flat.number)
    anna.type("Оплачено, ₽", "999")
    anna.type("Электронная почта", mail_of(flat))
    anna.type("Почта ещё раз", mail_of(flat))
    agree(anna)
    anna.press("Зарегистрироваться")
    answer_letter(anna, flat, mail_of(flat))
    anna.type("Новый пароль", PASSWORD)
    anna.type("Пароль ещё раз", PASSWORD)
    anna.press("Сохранить пароль")
    sign_in(anna, mail_of(flat))
    anna.at("Лицевые счета")
    anna.sees(
        "По этим данным счёт добавить не получилось", "Осталось 2 попытки",
        "Зарегистрироваться с этими данными не получилось", "придите в отделение с паспортом",
    )  # fmt: skip
    anna.does_not_see(*OWNERS)


def test_sverdlovenergosbyt(anna, town):
    flat = town.flat(WHOLE)
    anna.open(f"/{WHOLE}/")
    anna.at("Личный кабинет")
    expect(anna.page.get_by_role("link", name=re.compile("^Для дома"))).to_be_visible()
    anna.follow("Зарегистрироваться", within=anna.page.locator("main"))
    anna.sees("Литера дома", "Расширение квартиры", "у 141/1 это 1", "новостей и акций")
    anna.sees("позвоните по номеру из квитанции или напишите нам")
    sign_up_by_mail(anna, flat)
    anna.at("Лицевые счета")
    waits(anna, flat)


def test_nesk_by_the_account(anna, town):
    flat = town.flat(LIGHT)
    login = f"krasnodar-{flat.place}"
    anna.open(f"/{LIGHT}/sign-in/")
    anna.follow("Зарегистрироваться", within=anna.page.locator("main"))
    anna.at("Регистрация по лицевому счёту")
    anna.page.get_by_label("Филиал").select_option("krasnodar")
    for label, text in {
        "Номер лицевого счёта": flat.number, "Населённый пункт": "Тюмень", "Улица": "Примерная",
        "Дом": "1", "Квартира": str(flat.place), "Логин": login,
        "Электронная почта": mail_of(flat), "Почта ещё раз": mail_of(flat),
        "Мобильный телефон": telephone_of(flat),
    }.items():  # fmt: skip
        anna.type(label, text)
    passwords(anna)
    agree(anna)
    anna.press("Зарегистрироваться")
    anna.sees("Без письма кабинет не открыть. Поставьте отметку")
    passwords(anna)
    anna.tick("Прислать мне письмо со ссылкой")
    anna.press("Зарегистрироваться")
    anna.at("Проверьте почту")
    anna.sees("Ссылка действует 14 дней")
    # The link proves the mailbox; it lets nobody in.
    answer_letter(anna, flat, mail_of(flat))
    sign_in(anna, login)
    anna.at("Лицевые счета")
    waits(anna, flat)
    leave(anna, flat)
    anna.open(f"/{LIGHT}/recovery/")
    anna.page.locator("[name=contact]").fill(login)
    anna.press("Продолжить")
    anna.sees("Введите почту, на которую заведён кабинет")
    anna.type("Почта кабинета", mail_of(flat))
    anna.press("Продолжить")
    anna.at("Проверьте почту")
    new_password_by_letter(anna, flat, mail_of(flat))
    anna.at("Лицевые счета")


def test_nesk_new_cabinet_by_telephone_and_its_recovery(anna, town):
    flat = town.flat(LIGHT)
    phone = telephone_of(flat)
    anna.open(f"/{LIGHT}/sign-up/")
    anna.follow("По почте или телефону")
    anna.at("По почте или телефону")
    anna.type("Мобильный телефон", phone)
    anna.type("Пароль", PASSWORD)
    agree(anna)
    anna.press("Зарегистрироваться")
    anna.at("Введите код")
    code = code_in_outbox(anna, flat, phone)
    anna.open(f"/{LIGHT}/sign-in/phone/")
    anna.page.locator("[name=code]").fill(code)
    anna.press("Войти")
    anna.at("Лицевые счета")
    leave(anna, flat)
    town.pass_time(60)
    anna.open(f"/{LIGHT}/sign-in/")
    anna.follow("Не помню пароль")
    anna.page.locator("[name=contact]").fill(phone)
    anna.press("Продолжить")
    anna.at("Введите код")
    code = code_in_outbox(anna, flat, phone)
    anna.open(f"/{LIGHT}/sign-in/code/enter/?next=/{LIGHT}/profile/password/new/")
    anna.page.locator("[name=code]").fill(code)
    anna.press("Войти")
    anna.at("Придумайте пароль")
    anna.page.locator("[name=password1]").fill(NEW)
    anna.page.locator("[name=password2]").fill(NEW)
    anna.press("Сохранить пароль")
    anna.at("Войти")
    anna.page.locator("[name=login]").fill(phone)
    anna.type("Пароль", NEW)
    anna.press("Войти")
    anna.at("Лицевые счета")


def test_a_stolen_cabinet_of_tyumen(anna, town):
    flat = town.flat(TYUMEN)
    owner(anna, flat)
    anna.open(f"/{TYUMEN}/advice/")
    anna.at("Как беречь кабинет")
    anna.sees(
        "должен начинаться с https://", "Не доверяйте логин и пароль чужим", "вирусы", "Антивирус",
        "Запишите номер обращения", "пригласите комиссию",
    )  # fmt: skip
    anna.follow("Заблокируйте кабинет")
    anna.at("Заблокировать кабинет?")
    anna.tick("За последние сутки")
    anna.press("Заблокировать")
    anna.at("Кабинет заблокирован")
    anna.sees("Номер заявки", "8-800-250-60-06", "контрольные показания", "с паспортом")
    number = anna.page.locator(".proof dd").inner_text()
    told = read_outbox(anna, flat, f"owner-{flat.supplier}-{flat.place}@example.ru")
    assert number in told
    anna.open(f"/{TYUMEN}/home/")
    anna.at("Войти")
