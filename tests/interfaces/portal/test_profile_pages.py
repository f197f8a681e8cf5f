"""The profile: contacts proven anew, password, sessions, consents, journal, keys."""

import re

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from abonent.domain.identity import operations as identity
from abonent.domain.identity import queries as people
from abonent.domain.identity.models import Consent, User
from abonent.domain.suppliers.models import Supplier
from entrance import (
    PASSWORD,
    build_supplier,
    code_in,
    is_inside,
    letters,
    link_in,
    make_person,
    shown_again,
    sign_in,
    text,
)

MAIL, NEW_MAIL = "anna@mail.ru", "anna.new@mail.ru"
ROOT = "/test/profile/"
NEW = "другой длинный пароль"


@pytest.fixture
def anna(db: None) -> Client:
    build_supplier()
    client = Client()
    make_person(client, MAIL)
    sign_in(client, MAIL)
    cache.clear()
    return client


def user() -> User:
    return User.objects.get()


def post(client: Client, page: str, data: dict[str, str]) -> HttpResponse:
    """Send a form; when the password is asked once more, give it."""
    answer = client.post(f"{ROOT}{page}", data)
    if answer.status_code == 302 and "/profile/confirm/" in answer["Location"]:
        asked = client.get(answer["Location"])
        next_page = re.search(r'name="next" value="([^"]+)"', text(asked))
        assert next_page
        again = {"password": PASSWORD, "next": next_page[1]}
        answer = client.post(answer["Location"], again)
    return answer


def test_the_profile_shows_who_one_is(anna: Client) -> None:
    page = text(anna.get(ROOT))
    assert MAIL in page
    assert "Согласие на обработку персональных данных" in page


def test_a_name_and_a_login_are_kept(anna: Client) -> None:
    assert post(anna, "name/", {"full_name": "Анна", "login": "Anna-77"})["Location"] == ROOT
    assert people.user_view(user().pk).login == "anna-77"
    anna.post("/test/sign-out/")
    assert sign_in(anna, "anna-77")["Location"] == "/test/home/"


@pytest.mark.parametrize("login", ["anna@mail.ru", "9122000417", "анна", "anna k"])
def test_a_login_that_looks_like_a_contact_is_refused(anna: Client, login: str) -> None:
    answer = post(anna, "name/", {"full_name": "Анна К.", "login": login})
    page = text(shown_again(anna, answer))
    assert f'value="{login}"' in page
    assert 'value="Анна К."' in page, "what was right is kept too"


def test_a_form_with_errors_is_shown_again_by_an_address_that_is_only_read(anna: Client) -> None:
    anna.get(ROOT)
    where = post(anna, "name/", {"full_name": "Анна К.", "login": "a@b"})["Location"]
    pages = [text(anna.get(where)) for _ in range(2)]
    assert pages[0] == pages[1]
    assert "только латинские буквы и цифры" in pages[0]
    assert people.user_view(user().pk).full_name == ""
    make_person(Client(), "boris@mail.ru")
    boris = Client()
    sign_in(boris, "boris@mail.ru")
    assert "Анна К." not in text(boris.get(where)), "it is the sender's alone"
    assert "Анна К." not in text(anna.get(f"{ROOT}name/")), "an empty page is empty"


def test_a_form_that_waited_for_the_password_comes_back_with_what_was_typed(anna: Client) -> None:
    answer = post(anna, "phone/", {"phone": "8 912"})
    assert answer["Location"].startswith(f"{ROOT}phone/?kept=")
    assert 'value="8 912"' in text(shown_again(anna, answer))
    cache.clear()
    again = post(anna, answer["Location"].removeprefix(ROOT), {"phone": "8 912 200-04-17"})
    assert again["Location"] == "/test/sign-in/phone/"


def test_a_new_mailbox_counts_only_after_its_letter_is_answered(anna: Client) -> None:
    post(anna, "email/", {"action_add": "1", "email": NEW_MAIL})
    assert people.user_view(user().pk).email == MAIL
    assert "Ждём подтверждения" in text(anna.get(f"{ROOT}email/"))
    link = link_in(letters(NEW_MAIL)[0])
    anna.get(link)
    assert people.user_view(user().pk).email == MAIL
    anna.post(link)
    assert people.user_view(user().pk).email == NEW_MAIL
    assert user().email == NEW_MAIL
    assert any("изменена" in one.subject for one in letters(MAIL)), "the old mailbox is told"


def test_anothers_mailbox_gives_the_same_page(anna: Client) -> None:
    make_person(Client(), "boris@mail.ru")
    cache.clear()
    taken = post(anna, "email/", {"action_add": "1", "email": "boris@mail.ru"})
    cache.clear()
    free = post(anna, "email/", {"action_add": "1", "email": "free@mail.ru"})
    assert (taken.status_code, taken["Location"]) == (free.status_code, free["Location"])


def test_a_new_telephone_counts_only_after_its_code(anna: Client) -> None:
    page = post(anna, "phone/", {"phone": "8 912 200-04-17"})["Location"]
    assert people.user_view(user().pk).phone == ""
    anna.post(page, {"action": "verify", "code": code_in(letters("+79122000417")[0])})
    assert people.user_view(user().pk).phone == "+79122000417"


def test_a_ceiling_of_sms_is_told_at_the_field(anna: Client, settings: object) -> None:
    settings.SMS_PER_DAY = 0  # type: ignore[attr-defined]  # set by a middleware or a library without types
    anna.post(f"{ROOT}confirm/", {"password": PASSWORD})
    answer = anna.post(f"{ROOT}phone/", {"phone": "8 912 200-04-17"})
    page = text(shown_again(anna, answer))
    assert "Сегодня по СМС больше не получится" in page
    assert "8 912 200-04-17" in page


@pytest.mark.parametrize("page", ["email/", "phone/", "keys/add/", "keys/application/"])
def test_what_matters_asks_for_the_password_once_more(anna: Client, page: str) -> None:
    data = {"action_add": "1", "email": NEW_MAIL, "phone": "8 912 200-04-17"}
    answer = anna.post(f"{ROOT}{page}", data)
    assert answer["Location"].startswith(f"{ROOT}confirm/")
    wrong = anna.post(answer["Location"], {"password": "не тот"})
    assert "не тот" not in text(shown_again(anna, wrong)), "a password is never kept"
    assert "next=" in wrong["Location"], "the way on is not lost"
    assert not letters(NEW_MAIL)


def test_a_changed_password_ends_every_session(anna: Client) -> None:
    elsewhere = Client()
    sign_in(elsewhere, MAIL)
    answer = post(
        anna,
        "password/",
        {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW},
    )
    assert answer["Location"] == "/test/sign-in/"
    assert not is_inside(anna)
    assert elsewhere.get(ROOT).status_code == 302
    assert sign_in(anna, MAIL, NEW)["Location"] == "/test/home/"
    assert any("Пароль изменён" in one.subject for one in letters(MAIL))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"oldpassword": "не тот", "password1": NEW, "password2": NEW}, "не нынешний"),
        ({"oldpassword": PASSWORD, "password1": NEW, "password2": "иное"}, "не совпали"),
        (
            {"oldpassword": PASSWORD, "password1": "1234", "password2": "1234"},
            "Пароль короче 10 знаков. Добавьте ещё слово или два",
        ),
        (
            {"oldpassword": PASSWORD, "password1": "7391826450", "password2": "7391826450"},
            "Пароль из одних цифр легко подобрать. Добавьте слова",
        ),
        (
            {"oldpassword": PASSWORD, "password1": "qwertyuiop", "password2": "qwertyuiop"},
            "Этот пароль подбирают одним из первых.",
        ),
    ],
)
def test_a_password_is_not_changed_by_mistake(
    anna: Client, data: dict[str, str], words: str
) -> None:
    answer = post(anna, "password/", data)
    page = text(shown_again(anna, answer))
    assert words in page
    assert data["password1"] not in page
    assert is_inside(anna)


def test_all_other_sessions_are_closed_by_one_button(anna: Client) -> None:
    elsewhere = Client(headers={"user-agent": "Старый телефон"})
    sign_in(elsewhere, MAIL)
    assert "Старый телефон" in text(anna.get(f"{ROOT}sessions/"))
    assert elsewhere.get(ROOT).status_code == 200
    anna.post(f"{ROOT}sessions/")
    assert elsewhere.get(ROOT).status_code == 302
    assert anna.get(ROOT).status_code == 200


def test_a_consent_is_withdrawn_after_a_question(anna: Client) -> None:
    page = f"{ROOT}consents/personal_data/"
    assert "Отозвать согласие?" in text(anna.get(page))
    assert Consent.objects.get(purpose="personal_data").withdrawn_at is None
    anna.post(page)
    assert Consent.objects.get(purpose="personal_data").withdrawn_at is not None
    assert anna.post(page).status_code == 404
    assert anna.get(f"{ROOT}consents/else/").status_code == 404


def test_mailings_are_joined_with_their_text_and_left(anna: Client) -> None:
    anna.post(f"{ROOT}mailings/")
    supplier = Supplier.objects.get()
    given = Consent.objects.get(purpose="mailings")
    assert given.text == supplier.cabinet["consents"]["mailings"]["text"]
    assert "Получать новости и акции" not in text(anna.get(ROOT))
    anna.post(f"{ROOT}consents/mailings/")
    assert "Получать новости и акции" in text(anna.get(ROOT))


def test_the_journal_tells_what_was_done_in_words(anna: Client) -> None:
    identity.change_name(user_id=user().pk, full_name="А", login="", now=timezone.now())
    page = text(anna.get(f"{ROOT}journal/"))
    for words in ("Регистрация", "Дано согласие", "Вход", "Изменены имя или логин"):
        assert words in page
    assert "127.0.0.1" in page


def test_the_pages_of_keys_open_and_an_application_is_added(anna: Client) -> None:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
    from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters

    anna.post(f"{ROOT}confirm/", {"password": PASSWORD})
    assert "Ключей пока нет" in text(anna.get(f"{ROOT}keys/"))
    assert "mfa_webauthn_add" in text(anna.get(f"{ROOT}keys/add/"))
    page = anna.get(f"{ROOT}keys/application/")
    secret = page.context["form"].secret
    assert secret in text(page)
    code = format_hotp_value(hotp_value(secret, next(iter(counters()))))
    done = anna.post(f"{ROOT}keys/application/", {"code": code})
    assert done["Location"] == f"{ROOT}keys/spare/"
    spare = text(anna.get(done["Location"]))
    assert "Осталось 10 из 10" in spare
    assert anna.get(f"{ROOT}keys/spare/new/").status_code == 200
    assert anna.get(f"{ROOT}keys/application/off/").status_code == 200

    anna.post("/test/sign-out/")
    second = sign_in(anna, MAIL)
    assert second["Location"] == "/test/sign-in/second-step/"
    assert not is_inside(anna)
    assert "Подтвердите вход" in text(anna.get(second["Location"]))
    assert anna.post(second["Location"], {"code": "000000"}).status_code == 422
    assert not is_inside(anna)


@pytest.mark.parametrize(
    "page", ["", "name/", "email/", "phone/", "password/", "sessions/", "journal/", "keys/"]
)
def test_nobody_gets_in_without_signing_in(anna: Client, page: str) -> None:
    answer = Client().get(f"{ROOT}{page}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/test/sign-in/")


@pytest.mark.parametrize("page", ["name/", "sessions/", "consents/terms/", "email/", "password/"])
def test_forged_requests_are_refused(anna: Client, page: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = anna.cookies
    assert strict.post(f"{ROOT}{page}", {}).status_code == 403
