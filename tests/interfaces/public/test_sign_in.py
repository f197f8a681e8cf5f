"""Signing in: by password and by code, with equal answers to known and unknown people."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from abonent.domain.accounts.models import AccountAccess, Customer, CustomerAccount
from abonent.domain.accounts.operations import grant_access
from abonent.domain.accounts.rules import AccountKind, Evidence
from abonent.domain.identity import operations as identity
from abonent.domain.identity.models import SmsRequest, User
from abonent.domain.identity.rules import BlockChannel
from abonent.domain.journal import queries as journal
from abonent.domain.suppliers.models import Supplier
from entrance import (
    PASSWORD,
    ROOT,
    build_supplier,
    code_in,
    in_transaction,
    is_inside,
    letters,
    make_person,
    sign_in,
    text,
)

MAIL, UNKNOWN = "anna@mail.ru", "nobody@mail.ru"
PHONE, NO_PHONE = "8 (912) 200-04-17", "8 (912) 200-05-17"


@pytest.fixture
def anna(supplier: Supplier) -> User:
    make_person(Client(), MAIL)
    user = User.objects.get(email=MAIL)
    identity.prove_phone(user_id=user.pk, phone="+79122000417", now=timezone.now())
    cache.clear()
    return User.objects.get(email=MAIL)


@pytest.mark.parametrize("name", [MAIL, " Anna@Mail.ru ", PHONE, "+79122000417", "9122000417"])
def test_a_person_signs_in_by_mail_or_telephone(client: Client, anna: User, name: str) -> None:
    assert sign_in(client, name)["Location"] == f"{ROOT}/home/"
    assert is_inside(client)


def test_the_session_changes_its_name_at_sign_in(client: Client, anna: User) -> None:
    client.get(f"{ROOT}/sign-in/code/")
    client.post(f"{ROOT}/sign-in/code/", {"contact": MAIL})
    before = client.session.session_key
    sign_in(client, MAIL)
    assert client.session.session_key != before


@pytest.mark.parametrize(
    ("known", "unknown"),
    [
        (MAIL, UNKNOWN),
        (PHONE, NO_PHONE),
        (MAIL, "6600123417"),
        (MAIL, "lubava"),
        (MAIL, "люба ва"),
    ],
)
def test_a_wrong_password_and_an_unknown_person_look_the_same(
    client: Client, anna: User, known: str, unknown: str
) -> None:
    first, second = sign_in(client, known, "не тот пароль"), sign_in(client, unknown, "не тот")
    assert first.status_code == second.status_code == 422
    assert text(first).replace(known, "") == text(second).replace(unknown, "")
    assert "Такого входа с таким паролем нет" in text(first)


def test_five_wrong_passwords_slow_this_name_down_and_no_other(client: Client, anna: User) -> None:
    pages = [text(sign_in(client, PHONE, f"не тот {at}")) for at in range(6)]
    assert "Слишком много попыток" in pages[5]
    assert not any("Слишком много попыток" in page for page in pages[:5])
    assert "Слишком много" not in text(sign_in(client, NO_PHONE, "не тот"))
    assert sign_in(client, MAIL)["Location"] == f"{ROOT}/home/"


def test_a_foreign_address_to_go_on_to_is_ignored(client: Client, anna: User) -> None:
    data = {"login": MAIL, "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post(f"{ROOT}/sign-in/", data)["Location"] == f"{ROOT}/home/"


def test_a_blocked_person_is_told_so_only_after_the_right_password(
    client: Client, anna: User
) -> None:
    sign_in(client, MAIL)
    block = in_transaction(
        identity.block_user, user_id=anna.pk, supplier_id=None, channel=BlockChannel.HOTLINE,
        actor_id=None, why="позвонил", suspected_since=None, now=timezone.now(),
    )  # fmt: skip
    assert client.get(f"{ROOT}/profile/")["Location"].startswith(f"{ROOT}/sign-in/")
    assert block.number not in text(client.get(f"{ROOT}/sign-in/blocked/"))
    assert sign_in(client, MAIL)["Location"] == f"{ROOT}/sign-in/blocked/"
    assert block.number in text(client.get(f"{ROOT}/sign-in/blocked/"))
    wrong = sign_in(client, MAIL, "не тот пароль")
    assert text(wrong).count("заблокирован") == 0


def test_signing_out_takes_a_button(client: Client, anna: User) -> None:
    sign_in(client, MAIL)
    assert client.get(f"{ROOT}/sign-out/").status_code == 200
    assert is_inside(client)
    assert client.post(f"{ROOT}/sign-out/")["Location"] == f"{ROOT}/"
    assert not is_inside(client)


def test_an_entry_is_in_the_journal(client: Client, anna: User) -> None:
    sign_in(client, MAIL)
    entry = journal.entries_for(f"user:{anna.pk}")[0]
    assert entry.action == "signed_in"
    assert entry.details["address"] == "127.0.0.1"


def test_coming_back_from_the_code_begins_anew(client: Client, anna: User) -> None:
    code_page = _ask(client, MAIL)["Location"]
    back = client.get(f"{ROOT}/sign-in/code/")
    assert "Прислать код" in text(back)
    assert client.get(code_page).status_code == 302


def _ask(client: Client, contact: str):
    return client.post(f"{ROOT}/sign-in/code/", {"contact": contact})


@pytest.mark.parametrize("contact", [MAIL, PHONE])
def test_a_code_signs_in(client: Client, anna: User, contact: str) -> None:
    page = _ask(client, contact)["Location"]
    client.post(page, {"action": "verify", "code": code_in(letters()[0])})
    assert is_inside(client)


@pytest.mark.parametrize(("known", "unknown"), [(MAIL, UNKNOWN), (PHONE, NO_PHONE)])
def test_asking_for_a_code_does_not_tell_who_is_known(anna: User, known: str, unknown: str) -> None:
    first, second = Client(), Client()
    answers = [_ask(first, known), _ask(second, unknown)]
    assert answers[0]["Location"] == answers[1]["Location"]
    pages = [text(browser.get(answers[0]["Location"])) for browser in (first, second)]
    hidden = [re.sub(r"(\w•+\w?@|•••-••-)\S*?(?=</span>)", "", page) for page in pages]
    assert hidden[0] == hidden[1]
    wrong = [
        browser.post(answers[0]["Location"], {"action": "verify", "code": "000000"})
        for browser in (first, second)
    ]
    assert wrong[0].status_code == wrong[1].status_code


def test_three_wrong_codes_void_the_right_one(client: Client, anna: User) -> None:
    page = _ask(client, MAIL)["Location"]
    right = code_in(letters()[0])
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for _ in range(3):
        client.post(page, {"action": "verify", "code": wrong})
    client.post(page, {"action": "verify", "code": right})
    assert not is_inside(client)


def test_an_unknown_number_gets_no_message_but_is_counted(client: Client, anna: User) -> None:
    _ask(client, NO_PHONE)
    assert not letters("+79122000517")
    assert [row.sent for row in SmsRequest.objects.all()] == [False]


@pytest.mark.parametrize("contact", [PHONE, NO_PHONE])
def test_an_eleventh_code_a_day_to_a_number_is_refused_whoever_it_is(
    client: Client, anna: User, contact: str
) -> None:
    answers = []
    for _ in range(11):
        cache.clear()
        answers.append(_ask(Client(), contact).status_code)
    assert answers == [302] * 10 + [429]
    assert len(letters("+7912200")) == (10 if contact == PHONE else 0)


def test_the_ceiling_of_a_block_and_of_the_house(anna: User, settings) -> None:
    now = timezone.now()
    ask = {"address": "203.0.113.7", "now": now}
    for at in range(30):
        in_transaction(identity.pass_over_sms, number=f"+791220{at:05d}", **ask)
    with pytest.raises(identity.TooManySms):
        in_transaction(identity.pass_over_sms, number="+79122100000", **ask)
    in_transaction(identity.pass_over_sms, number="+79122100000", address="203.0.114.7", now=now)
    in_transaction(
        identity.pass_over_sms, number="+79122100000", **(ask | {"now": now + timedelta(days=1)})
    )
    settings.SMS_PER_DAY = 0
    with pytest.raises(identity.TooManySms):
        in_transaction(identity.pass_over_sms, number="+79122100001", address="", now=now)


def test_foreign_numbers_get_no_codes(client: Client, anna: User) -> None:
    answer = _ask(client, "+44 20 7946 0958")
    assert answer.status_code == 429
    assert "российские" in text(answer)


def test_something_that_is_no_contact_is_told_kindly(client: Client, anna: User) -> None:
    answer = _ask(client, "Анна")
    assert answer.status_code == 422
    assert "не похоже" in text(answer)
    assert 'value="Анна"' in text(answer)


def test_an_owner_signs_in_by_the_accounts_number(client: Client, anna: User) -> None:
    number = "6600123417"
    supplier = Supplier.objects.get(code="test")
    customer = Customer.objects.create(supplier=supplier, kind=AccountKind.HOUSEHOLD)
    CustomerAccount.objects.create(
        supplier=supplier, customer=customer, number=number, kind=AccountKind.HOUSEHOLD
    )
    in_transaction(
        grant_access,
        user_id=anna.pk,
        supplier_id=supplier.pk,
        number=number,
        evidence=Evidence.STAFF,
        actor_id=None,
        now=timezone.now(),
    )
    assert sign_in(client, number)["Location"] == f"{ROOT}/home/"
    soon = timezone.now() + timedelta(hours=1)
    AccountAccess.objects.update(state="pending", opens_at=soon)
    assert sign_in(Client(), number).status_code == 422
    AccountAccess.objects.update(opens_at=timezone.now())
    assert sign_in(Client(), number)["Location"] == f"{ROOT}/home/", "it has waited its time"


def test_organisations_have_an_entrance_of_their_own(client: Client, db: None) -> None:
    build_supplier("sesb")
    page = text(client.get(f"{ROOT}/sign-in/?side=org"))
    assert "<h1>Вход для организаций</h1>" in page
    assert f"{ROOT}/sign-up/?way=org" in page
    assert "Вход для организаций" not in text(client.get(f"{ROOT}/sign-in/"))


def test_the_page_needs_the_token_against_forged_requests(anna: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, MAIL).status_code == 403
    assert not is_inside(strict)


def test_without_a_supplier_there_is_no_sign_in(client: Client, db: None) -> None:
    assert client.get("/sign-in/").status_code == 404


def test_a_name_with_markup_is_shown_as_text(client: Client, anna: User) -> None:
    name = "<script>alert(1)</script>\"'><img src=x>"
    identity.change_name(user_id=anna.pk, full_name=name, login="", now=timezone.now())
    sign_in(client, MAIL)
    for address in ("/profile/", "/profile/name/", "/accounts/", "/sign-out/"):
        page = text(client.get(f"{ROOT}{address}"))
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)" in page
