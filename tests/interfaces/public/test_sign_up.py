"""Signing up by mail and by telephone: proof, consents, equal answers."""

import pytest
from django.core.cache import cache
from django.test import Client

from abonent.domain.identity import queries as people
from abonent.domain.identity.models import Consent, User
from abonent.domain.suppliers.models import Branch, Supplier
from abonent.presets.load import shipped_codes
from entrance import (
    PASSWORD,
    ROOT,
    build_supplier,
    code_in,
    is_inside,
    letters,
    link_in,
    make_person,
    prove_mail,
    sign_in,
    sign_up_by_mail,
    text,
)

MAIL = "anna@mail.ru"
PHONE = "8 (912) 200-04-17"


def test_a_person_signs_up_proves_the_mailbox_and_signs_in(
    client: Client, supplier: Supplier
) -> None:
    answer = sign_up_by_mail(client, MAIL)
    assert answer.status_code == 302
    assert answer["Location"] == f"{ROOT}/mail/check/"
    assert "Проверьте почту" in text(client.get(answer["Location"]))
    assert not is_inside(client)

    assert prove_mail(client, MAIL)["Location"] == f"{ROOT}/sign-in/"
    assert not is_inside(client), "the link proves the address and nothing more"

    assert sign_in(client, MAIL)["Location"] == f"{ROOT}/home/"
    assert is_inside(client)


def test_the_page_names_the_mailbox_and_sends_the_letter_once_more(
    client: Client, supplier: Supplier
) -> None:
    page = sign_up_by_mail(client, MAIL)["Location"]
    assert f"Мы отправили письмо на <b>{MAIL}</b>" in text(client.get(page))
    cache.clear()  # three minutes have passed
    assert "Отправили письмо ещё раз" in text(client.post(page, follow=True))
    assert len(letters(MAIL)) == 2
    assert "можно через три минуты" in text(client.post(page, follow=True))
    assert len(letters(MAIL)) == 2
    assert prove_mail(client, MAIL)["Location"] == f"{ROOT}/sign-in/"
    assert MAIL not in text(Client().get(page)), "another browser is told nothing"


def test_opening_the_letters_link_changes_nothing(client: Client, supplier: Supplier) -> None:
    sign_up_by_mail(client, MAIL)
    for _ in range(2):
        page = Client().get(link_in(letters(MAIL)[0]))
        assert "Да, подтвердить" in text(page)
    assert people.user_by_email(MAIL) is None


def test_the_link_works_once_and_a_forged_one_never(client: Client, supplier: Supplier) -> None:
    sign_up_by_mail(client, MAIL)
    link = link_in(letters(MAIL)[0])
    assert "Ссылка не подходит" in text(client.get(link.replace("mail/", "mail/x")))
    client.post(link)
    assert "Ссылка не подходит" in text(client.get(link))


def test_nobody_signs_in_before_the_mailbox_is_proven(client: Client, supplier: Supplier) -> None:
    sign_up_by_mail(client, MAIL)
    other = Client()
    assert sign_in(other, MAIL)["Location"] == f"{ROOT}/mail/check/"
    assert not is_inside(other)


def test_a_letter_asked_again_still_speaks_of_signing_up(
    client: Client, supplier: Supplier
) -> None:
    sign_up_by_mail(client, MAIL)
    cache.clear()  # a mailbox gets one letter in three minutes; they have passed
    sign_in(Client(), MAIL)
    found = letters(MAIL)
    assert len(found) == 2
    assert "Вы зарегистрировались" in found[0].body
    assert "прежней" not in found[0].body


def test_each_consent_is_kept_apart_with_its_very_text(client: Client, supplier: Supplier) -> None:
    sign_up_by_mail(client, MAIL, consent_mailings="on")
    given = {row.purpose: row for row in Consent.objects.all()}
    assert set(given) == {"terms", "personal_data", "mailings"}
    for purpose, row in given.items():
        assert row.text == supplier.cabinet["consents"][purpose]["text"]
        assert row.version == supplier.cabinet["consents"][purpose]["version"]
        assert len(row.text_hash) == 64
        assert row.address == "127.0.0.1"


def test_nothing_is_ticked_beforehand_and_the_needed_ones_are_needed(
    client: Client, supplier: Supplier
) -> None:
    assert " checked" not in text(client.get(f"{ROOT}/sign-up/"))
    answer = sign_up_by_mail(client, MAIL, consent_personal_data="")
    assert answer.status_code == 422
    assert "Без этого кабинет завести нельзя" in text(answer)
    assert not User.objects.exists()


def test_what_was_typed_stays_after_an_error(client: Client, supplier: Supplier) -> None:
    answer = sign_up_by_mail(client, MAIL, password_again="не то")
    assert answer.status_code == 422
    page = text(answer)
    assert "<title>Ошибка: Регистрация" in page
    assert f'value="{MAIL}"' in page
    assert "Пароли не совпали" in page
    assert PASSWORD not in page
    assert "Пароль введите ещё раз, остальное сохранено." in page


@pytest.mark.parametrize("password", ["короткий", "1234567890123", "password1234"[:8]])
def test_a_weak_password_is_refused(client: Client, supplier: Supplier, password: str) -> None:
    answer = sign_up_by_mail(client, MAIL, password1=password, password_again=password)
    assert answer.status_code == 422


def test_a_known_mailbox_gets_the_same_page_and_a_letter(
    client: Client, supplier: Supplier
) -> None:
    make_person(Client(), MAIL)
    cache.clear()  # a mailbox gets one letter in three minutes; they have passed
    known, unknown = Client(), Client()
    first, second = sign_up_by_mail(known, MAIL), sign_up_by_mail(unknown, "new@mail.ru")
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    pages = [text(one.get(first["Location"])) for one in (known, unknown)]
    assert pages[0].replace(MAIL, "") == pages[1].replace("new@mail.ru", "")
    again = [text(one.post(first["Location"], follow=True)) for one in (known, unknown)]
    assert again[0].replace(MAIL, "") == again[1].replace("new@mail.ru", "")
    assert len(letters(MAIL)) == 3, "of signing up, and twice that there is a cabinet"
    assert "recovery" in letters(MAIL)[0].body
    assert User.objects.filter(email=MAIL).count() == 1


def test_a_machine_that_fills_everything_in_makes_nothing(
    client: Client, supplier: Supplier
) -> None:
    answer = sign_up_by_mail(client, MAIL, company_site="https://spam.example")
    assert answer.status_code == 302
    assert not User.objects.exists()
    assert letters() == []


def test_the_form_needs_the_token_against_forged_requests(supplier: Supplier) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_up_by_mail(strict, MAIL).status_code == 403
    assert not User.objects.exists()


@pytest.fixture
def by_phone(db: None) -> Supplier:
    supplier = build_supplier()
    supplier.cabinet["sign_up"] = {
        "method": "email_or_phone",
        "fields": ["email", "phone", "password"],
        "consents": ["personal_data"],
    }
    supplier.save()
    return supplier


def _by_phone(client: Client, phone: str, **other: str):
    data = {"phone": phone, "password1": PASSWORD, "consent_personal_data": "on"}
    return client.post(f"{ROOT}/sign-up/", data | other)


def test_a_person_signs_up_by_a_code_to_the_telephone(client: Client, by_phone: Supplier) -> None:
    answer = _by_phone(client, PHONE)
    assert answer["Location"] == f"{ROOT}/sign-in/phone/"
    page = text(client.get(answer["Location"]))
    assert "+7\u00a0912\u00a0•••-••-17" in page
    message = letters()[0]
    assert (message.channel, message.recipient) == ("sms", "+79122000417")

    done = client.post(answer["Location"], {"action": "verify", "code": code_in(message)})
    assert done["Location"] == f"{ROOT}/home/"
    assert is_inside(client)
    assert people.user_by_phone("+79122000417") is not None


@pytest.mark.parametrize("phone", ["+7 912 200 04 17", "9122000417", "8-912-200-04-17"])
def test_a_number_is_read_in_every_russian_spelling(
    client: Client, by_phone: Supplier, phone: str
) -> None:
    _by_phone(client, phone)
    assert letters()[0].recipient == "+79122000417"


def test_three_wrong_codes_end_the_sign_up(client: Client, by_phone: Supplier) -> None:
    page = _by_phone(client, PHONE)["Location"]
    right = code_in(letters()[0])
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    answers = [client.post(page, {"action": "verify", "code": wrong}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [422, 422, 302]
    client.post(page, {"action": "verify", "code": right})
    assert not is_inside(client)


def test_a_known_number_gets_the_same_page_and_no_code(client: Client, by_phone: Supplier) -> None:
    page = _by_phone(client, PHONE)["Location"]
    client.post(page, {"action": "verify", "code": code_in(letters()[0])})

    known, unknown = Client(), Client()
    cache.clear()  # a number gets one code in half a minute; it has passed
    first, second = _by_phone(known, PHONE), _by_phone(unknown, "8 912 200-05-17")
    assert first["Location"] == second["Location"]
    assert text(known.get(page)) == text(unknown.get(page))
    assert "уже есть" in letters("+79122000417")[0].body
    assert "код" in letters("+79122000517")[0].body


def test_either_contact_will_do_but_one_is_needed(client: Client, by_phone: Supplier) -> None:
    answer = _by_phone(client, "")
    assert answer.status_code == 422
    assert "Введите почту или телефон" in text(answer)
    assert _by_phone(client, "", email=MAIL)["Location"] == f"{ROOT}/mail/check/"


def test_a_number_that_was_typed_by_another_does_not_keep_its_owner_out(
    client: Client, by_phone: Supplier
) -> None:
    _by_phone(Client(), PHONE)
    cache.clear()
    page = _by_phone(client, PHONE)["Location"]
    client.post(page, {"action": "verify", "code": code_in(letters()[0])})
    assert is_inside(client)


@pytest.mark.parametrize(
    "preset",
    ["", "nesk", "sesb", "teplo-nn", "tmesbyt", "tns-kuban", "tns-voronezh"],
)
def test_every_presets_form_shows_its_fields(client: Client, preset: str, db: None) -> None:
    supplier = build_supplier(preset)
    ways = ["0", "1", "org"] if supplier.cabinet.get("sign_up_also") else ["0", "org"]
    for way in ways:
        page = client.get(f"{ROOT}/sign-up/?way={way}")
        assert page.status_code == 200
        assert "<h1>" in text(page)


def test_a_login_that_is_taken_is_told_by_letter_not_by_the_page(client: Client, db: None) -> None:
    build_supplier("tmesbyt")
    cities = {"city": "Тюмень"}
    data = {
        "login": "x",
        "username": "anna",
        "password1": PASSWORD,
        "password_again": PASSWORD,
        "consent_terms": "on",
        "consent_personal_data": "on",
        **cities,
    }
    first = client.post(f"{ROOT}/sign-up/", data | {"email": MAIL})
    second = Client().post(f"{ROOT}/sign-up/", data | {"email": "other@mail.ru"})
    assert first.status_code == second.status_code == 302, text(first)
    assert "занят" not in letters(MAIL)[0].body
    assert "Логин «anna» занят" in letters("other@mail.ru")[0].body


def test_a_sign_up_without_a_password_sets_it_from_the_letter(client: Client, db: None) -> None:
    build_supplier("tns-voronezh")
    client.post(
        f"{ROOT}/sign-up/",
        {
            "account": "6600123417",
            "last_paid": "1284,93",
            "email": MAIL,
            "email_again": MAIL,
            "consent_terms": "on",
            "consent_personal_data": "on",
        },
    )
    assert "пароль" in letters(MAIL)[0].body.lower()
    page = client.get(prove_mail(client, MAIL)["Location"], follow=True)
    assert "Придумайте пароль" in text(page)
    client.post(page.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
    assert sign_in(client, MAIL)["Location"] == f"{ROOT}/home/"


TYPED = {
    "full_name": "Иванова Анна Петровна",
    "email": MAIL,
    "email_again": MAIL,
    "phone": PHONE,
    "username": "anna77",
    "password1": PASSWORD,
    "password_again": PASSWORD,
    "account": "6600123417",
    "last_paid": "1 284,93",
    "branch": "",
    "city": "",
    "locality": "Краснодар",
    "street": "Бекетова",
    "house": "12",
    "flat": "7",
    "inn": "7707083893",
    "send_letter": "on",
    "consent_terms": "on",
    "consent_personal_data": "on",
}


@pytest.mark.parametrize(
    "preset", [code for code in shipped_codes() if code not in ("plain", "tns-kuban")]
)
def test_every_presets_form_signs_a_person_up(client: Client, db: None, preset: str) -> None:
    supplier = build_supplier(preset)
    Branch.objects.create(supplier=supplier, code="b1", name="Первый филиал")
    cities = supplier.cabinet.get("cities") or ["Краснодар"]
    for way in ("0", "1", "org"):
        page = f"{ROOT}/sign-up/?way={way}"
        form = client.get(page).context.get("form")
        if form is None:
            continue
        answer = Client().post(page, TYPED | {"branch": "b1", "city": cities[0]})
        assert answer.status_code == 302, (way, text(answer))
        assert User.objects.filter(email=MAIL).exists() or letters("+79122000417")
        User.objects.all().delete()
        cache.clear()


def test_a_preset_with_access_at_the_counter_shows_only_words(client: Client, db: None) -> None:
    build_supplier("tns-kuban")
    assert "<form" not in text(client.get(f"{ROOT}/sign-up/"))
    client.post(f"{ROOT}/sign-up/", TYPED)
    assert not User.objects.exists()


@pytest.mark.parametrize("number", ["7707083894", "123", "ИНН"])
def test_a_wrong_inn_is_refused(client: Client, db: None, number: str) -> None:
    build_supplier("teplo-nn")
    answer = client.post(f"{ROOT}/sign-up/?way=org", TYPED | {"inn": number})
    assert answer.status_code == 422
    assert "В ИНН ошибка" in text(answer)
