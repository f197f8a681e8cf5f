"""What a person keeps in hand: sessions, who looked, contacts that rest, the data to take away."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone

from abonent.domain.identity import operations as identity
from abonent.domain.identity.models import User
from abonent.domain.identity.rules import Proof, rests_on_one_contact
from abonent.domain.journal import operations as journal
from abonent.domain.journal.models import JournalEntry
from abonent.interfaces.portal.profile.my_data import _csv
from bills import Household
from cabinets import signed_in
from entrance import (
    PASSWORD,
    ROOT,
    build_supplier,
    code_in,
    letters,
    link_in,
    make_person,
    shown_again,
    sign_in,
    text,
)

MAIL, PHONE, OTHER_PHONE = "anna@mail.ru", "+79122000417", "+79122000517"
PROFILE = f"{ROOT}/profile/"


@pytest.fixture
def anna(db: None) -> Client:
    build_supplier()
    client = Client()
    make_person(client, MAIL)
    sign_in(client, MAIL)
    cache.clear()
    return client


def with_phone(client: Client, phone: str = PHONE) -> None:
    identity.prove_phone(user_id=User.objects.get(email=MAIL).pk, phone=phone, now=timezone.now())


def by_sms(phone: str = PHONE) -> Client:
    """Sign in by a code to the telephone, as a thief of the telephone would."""
    cache.clear()
    thief = Client()
    page = thief.post(f"{ROOT}/sign-in/code/", {"contact": phone})["Location"]
    thief.post(page, {"action": "verify", "code": code_in(letters(phone)[0])})
    cache.clear()
    return thief


# Sessions


def test_one_sign_in_is_closed_and_the_others_stay(anna: Client) -> None:
    lost, other = (Client(headers={"user-agent": name}) for name in ("Потерян", "Дома"))
    sign_in(lost, MAIL)
    sign_in(other, MAIL)
    anna.get(f"{PROFILE}sessions/")
    row = UserSession.objects.get(user_agent="Потерян")
    assert f"{PROFILE}sessions/{row.pk}/close/" in text(anna.get(f"{PROFILE}sessions/"))
    anna.post(f"{PROFILE}sessions/{row.pk}/close/")
    assert lost.get(PROFILE).status_code == 302
    assert other.get(PROFILE).status_code == anna.get(PROFILE).status_code == 200
    assert "Закрыт один из входов" in text(anna.get(f"{PROFILE}journal/"))


def test_nobody_closes_a_strangers_sign_in(anna: Client) -> None:
    boris = Client()
    make_person(boris, "boris@mail.ru")
    sign_in(boris, "boris@mail.ru")
    row = UserSession.objects.get(user__email=MAIL)
    boris.post(f"{PROFILE}sessions/{row.pk}/close/")
    assert anna.get(PROFILE).status_code == 200
    assert not JournalEntry.objects.filter(action="session_closed").exists()


# Who looked


def look(actor_id: int | None, subject: str, at) -> None:
    with transaction.atomic():
        journal.record(
            supplier_id=None, actor_id=actor_id, action="data_viewed", subject=subject,
            details={}, now=at,
        )  # fmt: skip


def test_a_look_of_the_staff_is_seen_by_the_person_looked_at(
    home: tuple[Household, object], owner: Client
) -> None:
    household, now = home[0], timezone.now()
    galina = signed_in("galina@example.ru")
    staff_id = int(galina.session["_auth_user_id"])
    User.objects.filter(pk=staff_id).update(is_staff=True)
    account = f"account:{household.account_id}"
    page = "/demo/profile/journal/"
    assert "Никто" in owner.get(page).content.decode()
    look(staff_id, account, now)
    look(staff_id, f"user:{owner.session['_auth_user_id']}", now)
    look(staff_id, account, now - timedelta(days=3650))
    look(staff_id, "account:999999", now)
    look(None, account, now)
    shown = owner.get(page).content.decode()
    assert shown.count("Сотрудник поставщика</td>") == 2, "before the link and of others: no"
    assert f"Счёт {household.number}" in shown
    assert "galina" not in shown
    assert "Сотрудник поставщика</td>" not in galina.get(page).content.decode()


# A telephone alone does not change both contacts in a day (T11)


def test_who_holds_the_telephone_alone_changes_one_contact_a_day(anna: Client) -> None:
    with_phone(anna)
    User.objects.update(password="!none")
    thief = by_sms()
    first = thief.post(f"{PROFILE}email/", {"action_add": "1", "email": "thief@mail.ru"})
    assert first["Location"] == f"{PROFILE}email/"
    cache.clear()
    second = thief.post(f"{PROFILE}phone/", {"phone": OTHER_PHONE})
    assert "Вход держится на одном телефоне" in text(shown_again(thief, second))
    assert not letters(OTHER_PHONE)
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        late = by_sms()
        late.post(f"{PROFILE}phone/", {"phone": OTHER_PHONE})
        assert letters(OTHER_PHONE)


def test_a_password_recovered_by_the_telephone_proves_no_more_than_it(anna: Client) -> None:
    with_phone(anna)
    cache.clear()
    thief = Client()
    page = thief.post(f"{ROOT}/recovery/", {"contact": PHONE})["Location"]
    done = thief.post(page, {"action": "verify", "code": code_in(letters(PHONE)[0])})
    new = {"password1": "пароль похитителя телефона", "password2": "пароль похитителя телефона"}
    thief.post(done["Location"], new)
    cache.clear()
    sign_in(thief, PHONE, new["password1"])
    thief.post(f"{PROFILE}confirm/", {"password": new["password1"]})
    cache.clear()
    thief.post(f"{PROFILE}phone/", {"phone": OTHER_PHONE})
    assert letters(OTHER_PHONE)
    second = thief.post(f"{PROFILE}email/", {"action_add": "1", "email": "thief@mail.ru"})
    assert "Вход держится на одном телефоне" in text(shown_again(thief, second))


def test_with_a_password_of_ones_own_both_contacts_change_in_a_day(anna: Client) -> None:
    anna.post(f"{PROFILE}confirm/", {"password": PASSWORD})
    anna.post(f"{PROFILE}phone/", {"phone": PHONE})
    anna.post(f"{PROFILE}email/", {"action_add": "1", "email": "anna.new@mail.ru"})
    assert letters(PHONE)
    assert link_in(letters("anna.new@mail.ru")[0])


@pytest.mark.parametrize(
    ("proofs", "recovered", "weak"),
    [
        ((), False, True),
        ((Proof.SMS,), False, True),
        ((Proof.PASSWORD,), False, False),
        ((Proof.SMS, Proof.MAIL_CODE), False, False),
        ((Proof.PASSWORD,), True, True),
        ((Proof.PASSWORD, Proof.KEY), True, False),
    ],
)
def test_what_rests_on_one_contact(proofs, recovered: bool, weak: bool) -> None:
    assert rests_on_one_contact(proofs, recovered=recovered) is weak


def test_the_old_number_and_the_mailbox_hear_of_a_new_number(anna: Client) -> None:
    with_phone(anna)
    assert not letters(PHONE), "the first number takes nobody's place"
    with_phone(anna, OTHER_PHONE)
    assert "заменили телефон" in letters(PHONE)[0].body
    assert letters(MAIL)[0].subject == "Телефон изменён"
    assert not letters(OTHER_PHONE)


# The data to take away


def test_the_data_of_the_cabinet_come_as_tables_and_as_json(
    home: tuple[Household, object], owner: Client
) -> None:
    household = home[0]
    answer = owner.post("/demo/profile/data/")
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith("attachment")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    whole = json.loads(archive.read("cabinet.json"))
    assert whole["profil"][0]["Почта"] == "owner@example.ru"
    assert whole["scheta"][0]["Лицевой счёт"] == household.number
    table = archive.read("pokazaniya.csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table), delimiter=";"))
    assert rows == whole["pokazaniya"]
    assert {row["Лицевой счёт"] for row in rows} == {household.number}
    assert JournalEntry.objects.filter(action="data_exported").count() == 1


def test_the_password_is_asked_before_the_data_are_given(anna: Client) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        asked = anna.post(f"{PROFILE}data/")
        assert asked["Location"].startswith(f"{PROFILE}confirm/")
        given = anna.post(asked["Location"], {"password": PASSWORD, "next": f"{PROFILE}data/"})
    assert given["Content-Type"] == "application/zip"


@pytest.mark.parametrize("name", ['=HYPERLINK("x")', "@SUM(1)", "-2+3", "+7", "\tx"])
def test_no_cell_is_a_formula_and_sums_stay_numbers(name: str) -> None:
    table = _csv([{"Имя": name, "Сумма": "-12.50"}]).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(table), delimiter=";")
    assert row == {"Имя": f"'{name}", "Сумма": "-12.50"}


# The offer of a passkey


def test_a_passkey_is_offered_where_a_newcomer_lands(anna: Client) -> None:
    page = anna.get(anna.get(f"{ROOT}/home/")["Location"])
    assert f"{PROFILE}keys/add/" in text(page)
