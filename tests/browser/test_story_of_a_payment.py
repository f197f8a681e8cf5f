"""A payment that goes otherwise: a silent bank, two tabs, steps back."""

import pytest
from browser_world import WHOLE
from playwright.sync_api import expect
from steps import COLD, owner, pay_at_the_bank, posted, submissions, wheels
from visitor import DESK, PHONE, Window

from bank_simulator.faults import Fault

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
PAY = "Заплатить 5 198,26 ₽"


def silence(town, kind):
    """Let the bank take the money at once and never say so."""
    town.bank.pay_before_answer()
    for method in ("GET", "POST"):
        town.bank.fault(Fault("after", kind, method=method, path="/v3/payments*", count=99))


def to_the_check(person, flat):
    person.open(f"/{WHOLE}/accounts/{flat.number}/payments/")
    person.press("Проверить")
    expect(person.page.locator("h1")).to_have_text("Проверьте платёж")


@pytest.mark.parametrize(
    ("window", "kind"), [(PHONE, "500"), (Window(1280, 900, scripts=False), "reset")], ids=str
)
def test_while_the_bank_is_silent_nobody_is_asked_to_pay_twice(visit, town, window, kind):
    flat, anna = town.flat(), visit(window)
    owner(anna, flat)
    to_the_check(anna, flat)
    silence(town, kind)
    anna.press(PAY)
    anna.at("Проверяем платёж")
    anna.sees("Не платите второй раз", "Банк ещё не ответил, прошёл ли платёж")
    anna.go_to("Обзор")
    anna.sees("Проверяем платёж, не платите второй раз")
    anna.go_to("Оплата")
    anna.sees("Не платите второй раз")
    anna.follow("Открыть платёж")
    anna.at("Проверяем платёж")
    assert posted(flat) == []

    town.mend_bank()
    town.pass_time(120)
    town.settle()
    if not window.scripts:
        anna.follow("Проверить сейчас")
    anna.at("Платёж зачислен")
    assert posted(flat) == [519826]
    anna.go_to("Обзор")
    anna.sees("Всё оплачено")


def test_without_scripts_services_and_the_older_debt_are_paid_apart(visit, town):
    flat, anna = town.flat(), visit(Window(1280, 900, scripts=False))
    owner(anna, flat)
    anna.open(f"/{WHOLE}/accounts/{flat.number}/payments/")
    anna.follow("Заплатить по услугам")
    debt = anna.page.get_by_label("Долг за прошлые месяцы, ₽")
    expect(debt).to_have_value("200,00")
    debt.fill("50")
    for name in ("Холодная вода", "Горячая вода", "Отопление"):
        anna.page.get_by_label(f"{name} за октябрь 2026, ₽").fill("")
    anna.press("Проверить")
    anna.sees("долг за прошлые месяцы", "электроэнергия за октябрь 2026", "819,20 ₽")
    anna.press("Заплатить 819,20 ₽")
    pay_at_the_bank(anna)
    anna.at("Платёж зачислен")
    assert sorted(posted(flat)) == [5_000, 76_920]


def test_two_tabs_make_one_payment(visit, town):
    flat, anna = town.flat(), visit(DESK)
    owner(anna, flat)
    to_the_check(anna, flat)
    first, second = anna.page, anna.another_tab()
    anna.page = second
    to_the_check(anna, flat)
    anna.page = first
    anna.press(PAY)
    expect(first.locator("h1")).to_have_text("Оплата картой")
    anna.page = second
    anna.press(PAY)
    anna.at("Не платите второй раз")
    anna.page = first
    pay_at_the_bank(anna)
    anna.at("Платёж зачислен")
    anna.page = second
    anna.follow("Открыть тот платёж")
    anna.at("Платёж зачислен")
    assert posted(flat) == [519826]


@pytest.mark.parametrize("window", [PHONE, Window(1280, 900, scripts=False)], ids=str)
def test_a_step_back_from_the_bank_does_not_pay_twice(visit, town, window):
    flat, anna = town.flat(), visit(window)
    owner(anna, flat)
    to_the_check(anna, flat)
    anna.page.reload()
    expect(anna.page.locator("h1")).to_have_text("Проверьте платёж")
    anna.press(PAY)
    expect(anna.page.locator("h1")).to_have_text("Оплата картой")
    at_the_bank = anna.page.url
    anna.step_back()
    anna.press(PAY)
    expect(anna.page).to_have_url(at_the_bank)
    pay_at_the_bank(anna)
    anna.at("Платёж зачислен")
    anna.page.reload()
    anna.at("Платёж зачислен")
    assert posted(flat) == [519826]
    assert town.deliver() >= 1
    assert posted(flat) == [519826]


@pytest.mark.parametrize("window", [PHONE, Window(1280, 900, scripts=False)], ids=str)
def test_a_step_back_from_the_proof_gives_the_same_proof(visit, town, window):
    flat, anna = town.flat(), visit(window)
    owner(anna, flat)
    anna.open(f"/{WHOLE}/accounts/{flat.number}/readings/")
    wheels(anna, COLD, "128,250")
    anna.press("Проверить")
    expect(anna.page.locator("h1")).to_have_text("Проверьте показания")
    anna.page.reload()
    expect(anna.page.locator("h1")).to_have_text("Проверьте показания")
    anna.press("Подтвердить и передать")
    expect(anna.page.locator("h1")).to_have_text("Показания приняты")
    proof = anna.page.url
    anna.step_back()
    anna.press("Подтвердить и передать")
    expect(anna.page).to_have_url(proof)
    anna.follow("Передать ещё показания")
    anna.step_back()
    expect(anna.page).to_have_url(proof)
    assert submissions(flat) == 1
