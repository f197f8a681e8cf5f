"""Grown-up children see to their parents' account (S): invited, accepted, ended."""

import pytest
from browser_world import WHOLE
from steps import owner, read_outbox
from visitor import PHONE, Window

from cabinets import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.mark.parametrize("window", [PHONE, Window(1280, 900, scripts=False)], ids=str)
def test_a_mother_lets_her_son_send_readings_and_takes_it_back(visit, town, window):
    flat, mother, son = town.flat(), visit(window), visit(window)
    mailbox = f"son-{flat.place}@example.ru"
    client = signed_in(mailbox)
    son.take_cookies({name: morsel.value for name, morsel in client.cookies.items()})
    owner(mother, flat)
    about = f"/{WHOLE}/accounts/{flat.number}/about/"
    home = f"г. Тюмень, ул. Примерная, д. 1, кв. {flat.place}"
    mother.open(about)
    mother.follow("Открыть счёт близкому")
    mother.at("Открыть счёт близкому")
    mother.type("Почта или телефон близкого", "son@")
    mother.tick("Смотреть и передавать показания")
    mother.press("Отправить приглашение")
    mother.at("Открыть счёт близкому")
    mother.sees("Это не похоже ни на почту")
    assert mother.page.get_by_label("Смотреть и передавать показания").is_checked()
    mother.type("Почта или телефон близкого", mailbox)
    mother.page.get_by_label("До какого дня").fill("2026-12-31")
    mother.press("Отправить приглашение")
    mother.at(home)
    mother.sees("Приглашение отправлено", "Ждут ответа")
    read_outbox(son, flat, mailbox)
    son.page.locator("main section a").first.click()
    son.at("Вам открывают лицевой счёт")
    son.sees("смотреть и передавать показания", "31 декабря 2026")
    for consent in son.page.locator("[name^=consent_]").all():
        consent.check()
    son.press("Принять")
    son.at(home)
    son.sees("Передать показания", "Последний платёж")
    son.open(f"/{WHOLE}/accounts/{flat.number}/payments/")
    son.at("Оплатить")
    son.sees("Оплата этого счёта вам не открыта")
    son.open(about)
    son.at(home)
    son.sees("Счёт открыл вам владелец", "до 1 января 2027")
    mother.open(about)
    mother.at(home)
    mother.sees("Смотреть и передавать показания")
    mother.follow("Закрыть доступ")
    mother.at("Закрыть доступ?")
    mother.press("Закрыть доступ")
    mother.at(home)
    son.open(f"/{WHOLE}/accounts/")
    son.at("Лицевые счета")
    son.sees("Счетов пока нет")
