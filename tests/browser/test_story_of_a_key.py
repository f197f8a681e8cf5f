"""A passkey and an application of codes, with the browser's own make-believe device."""

import re

import pytest
from browser_world import WHOLE
from playwright.sync_api import CDPSession
from steps import PASSWORD, mailbox, sign_in, sign_up_by_mail
from visitor import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def give_device(anna) -> tuple[CDPSession, str]:
    """Give the browser a device that knows its owner's finger."""
    wire = anna.page.context.new_cdp_session(anna.page)
    wire.send("WebAuthn.enable")
    made = wire.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return wire, made["authenticatorId"]


def leave(anna, root: str) -> None:
    anna.open(f"{root}/sign-out/")
    anna.press("Выйти")
    anna.at("Личный кабинет")


def test_a_passkey_is_offered_added_and_signs_in_without_a_password(visit, town):
    flat, anna = town.flat(), visit(PHONE)
    root = f"{town.named_url}/{WHOLE}"
    wire, device = give_device(anna)
    sign_up_by_mail(anna, flat)
    anna.at("Лицевые счета")
    # The story goes on at the name of the house: at a number there are no passkeys.
    anna.open(f"{root}/sign-in/")
    sign_in(anna, mailbox(flat))
    anna.at("Лицевые счета")
    anna.follow("Добавить ключ доступа")
    anna.at("Введите пароль ещё раз")
    anna.type("Пароль", PASSWORD)
    anna.press("Продолжить")
    anna.at("Добавить ключ доступа")
    anna.type("Название ключа", "Телефон")
    anna.tick("Входить без пароля")
    anna.press("Добавить")
    # Spare codes come with the first key: for the day when the telephone is lost.
    anna.at("Запасные коды")
    anna.sees("Осталось 10 из 10")
    assert (
        len(wire.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1
    )
    anna.open(f"{root}/profile/keys/")
    anna.at("Отпечаток, лицо или ключ")
    anna.sees("Телефон", "Добавлен 23 ноября 2026")
    leave(anna, root)
    anna.open(f"{root}/sign-in/")
    anna.press("Войти по отпечатку или лицу")
    anna.at("Лицевые счета")
    anna.does_not_see("Добавить ключ доступа")


def test_a_password_alone_is_not_enough_beside_a_key_and_a_spare_code_helps(visit, town):
    flat, anna = town.flat(), visit(PHONE)
    root = f"{town.named_url}/{WHOLE}"
    give_device(anna)
    sign_up_by_mail(anna, flat)
    anna.open(f"{root}/sign-in/")
    sign_in(anna, mailbox(flat))
    anna.open(f"{root}/profile/keys/add/")
    anna.type("Пароль", PASSWORD)
    anna.press("Продолжить")
    anna.type("Название ключа", "Телефон")
    anna.press("Добавить")
    anna.at("Запасные коды")
    spare = re.findall(r"\b\d{8}\b|\b[0-9a-f]{8}\b", anna.page.locator("main").inner_text())[0]
    leave(anna, root)
    anna.open(f"{root}/sign-in/")
    sign_in(anna, mailbox(flat))
    anna.at("Подтвердите вход")
    anna.type("Код", spare)
    anna.press("Подтвердить кодом")
    anna.at("Лицевые счета")
