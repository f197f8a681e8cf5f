"""A forgotten password: by the letter's link or by a code, equal answers, every entry closed."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from abonent.domain.identity import operations as identity
from abonent.domain.identity.models import User
from abonent.domain.journal import queries as journal
from abonent.domain.suppliers.models import Supplier
from entrance import ROOT, code_in, is_inside, letters, link_in, make_person, sign_in, text

MAIL, PHONE = "anna@mail.ru", "8 912 200-04-17"
NEW = "другой длинный пароль"


@pytest.fixture
def anna(supplier: Supplier) -> User:
    make_person(Client(), MAIL)
    user = User.objects.get(email=MAIL)
    identity.prove_phone(user_id=user.pk, phone="+79122000417", now=timezone.now())
    cache.clear()
    return User.objects.get(email=MAIL)


def _ask(client: Client, contact: str):
    return client.post(f"{ROOT}/recovery/", {"contact": contact})


def _new_password_page(client: Client) -> str:
    page = client.get(link_in(letters(MAIL)[0]))
    return page["Location"]


def test_the_letters_link_sets_a_new_password_and_closes_every_entry(
    client: Client, anna: User
) -> None:
    elsewhere = Client()
    sign_in(elsewhere, MAIL)
    _ask(client, MAIL)
    page = _new_password_page(client)
    assert "Придумайте пароль" in text(client.get(page))

    done = client.post(page, {"password1": NEW, "password2": NEW})
    assert done["Location"] == f"{ROOT}/sign-in/"
    assert not is_inside(client)
    assert elsewhere.get(f"{ROOT}/profile/").status_code == 302
    assert sign_in(client, MAIL).status_code == 422
    assert sign_in(client, MAIL, NEW)["Location"] == f"{ROOT}/home/"
    told = {message.recipient for message in letters() if message.kind == "password_recovered"}
    assert told == {MAIL, "+79122000417"}
    told_by_mail = [one for one in letters(MAIL) if one.subject == "Пароль восстановлен"]
    assert len(told_by_mail) == 1, "one event is one letter"
    actions = [line.action for line in journal.entries_for(f"user:{anna.pk}")]
    assert "password_recovered" in actions


def test_the_link_works_once(client: Client, anna: User) -> None:
    _ask(client, MAIL)
    link = link_in(letters(MAIL)[0])
    page = client.get(link)["Location"]
    client.post(page, {"password1": NEW, "password2": NEW})
    assert "Ссылка устарела" in text(Client().get(link))


def test_opening_the_link_changes_nothing(client: Client, anna: User) -> None:
    _ask(client, MAIL)
    for _ in range(2):
        client.get(_new_password_page(client))
    assert sign_in(Client(), MAIL)["Location"] == f"{ROOT}/home/"


def test_two_passwords_that_differ_are_refused(client: Client, anna: User) -> None:
    _ask(client, MAIL)
    answer = client.post(_new_password_page(client), {"password1": NEW, "password2": "не то"})
    assert answer.status_code == 422
    assert "Пароли не совпали" in text(answer)


def test_a_code_to_the_telephone_lets_set_a_new_password(client: Client, anna: User) -> None:
    code_page = _ask(client, PHONE)["Location"]
    code = code_in(letters("+79122000417")[0])
    page = client.post(code_page, {"action": "verify", "code": code})["Location"]
    assert page == f"{ROOT}/profile/password/new/"
    client.post(page, {"password1": NEW, "password2": NEW})
    assert not is_inside(client)
    assert sign_in(client, MAIL, NEW)["Location"] == f"{ROOT}/home/"


def test_the_page_of_the_code_asks_the_old_password_of_anybody_else(
    client: Client, anna: User
) -> None:
    sign_in(client, MAIL)
    answer = client.get(f"{ROOT}/profile/password/new/")
    assert answer["Location"] == f"{ROOT}/profile/password/"
    client.post(f"{ROOT}/profile/password/new/", {"password1": NEW, "password2": NEW})
    assert sign_in(Client(), MAIL)["Location"] == f"{ROOT}/home/"


@pytest.mark.parametrize(
    ("known", "unknown"), [(MAIL, "nobody@mail.ru"), (PHONE, "8 912 200-05-17")]
)
def test_recovery_does_not_tell_who_is_known(anna: User, known: str, unknown: str) -> None:
    first, second = Client(), Client()
    answers = [_ask(first, known), _ask(second, unknown)]
    assert answers[0]["Location"] == answers[1]["Location"]
    pages = [text(browser.get(answers[0]["Location"])) for browser in (first, second)]
    seen = [
        page.replace("-17<", "<").replace(f"<b>{typed}</b>", "")
        for page, typed in zip(pages, (known, unknown), strict=True)
    ]
    assert seen[0] == seen[1]


def test_an_unknown_mailbox_is_told_by_letter_that_it_has_no_cabinet(
    client: Client, anna: User
) -> None:
    _ask(client, "nobody@mail.ru")
    assert "такого кабинета нет" in letters("nobody@mail.ru")[0].body
    _ask(client, "8 912 200-05-17")
    assert not letters("+79122000517")


def test_a_preset_that_wants_number_and_mailbox_needs_both_to_agree(
    client: Client, anna: User
) -> None:
    supplier = Supplier.objects.get()
    supplier.cabinet["recovery"] = {"identifiers": ["login"], "with_email": True}
    supplier.save()
    identity.change_name(user_id=anna.pk, full_name="", login="anna", now=timezone.now())

    def ask(login: str, email: str) -> None:
        cache.clear()
        answer = client.post(f"{ROOT}/recovery/", {"contact": login, "email": email})
        assert answer["Location"] == f"{ROOT}/recovery/sent/"

    ask("anna", "other@mail.ru")
    ask("boris", MAIL)
    cache.clear()
    without = client.post(f"{ROOT}/recovery/", {"contact": "anna"})
    assert without.status_code == 422
    assert not [one for one in letters(MAIL) if "recovery/" in one.body]
    ask("anna", MAIL)
    assert "recovery/" in letters(MAIL)[0].body


def test_a_mailbox_or_a_telephone_needs_nothing_beside_it(client: Client, anna: User) -> None:
    supplier = Supplier.objects.get()
    ways = ["login", "account", "email", "phone"]
    supplier.cabinet["recovery"] = {"identifiers": ways, "with_email": True}
    supplier.save()
    client.post(f"{ROOT}/recovery/", {"contact": MAIL})
    assert "recovery/" in letters(MAIL)[0].body
    cache.clear()
    answer = client.post(f"{ROOT}/recovery/", {"contact": PHONE})
    assert answer["Location"].startswith(f"{ROOT}/sign-in/code/enter/")
    cache.clear()
    missing = client.post(f"{ROOT}/recovery/", {"contact": "anna"})
    assert missing.status_code == 422
    assert "Введите почту, на которую заведён кабинет" in text(missing)
