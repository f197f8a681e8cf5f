"""Consents by operator, their withdrawal with all that follows, the cabinet deleted for good."""

from datetime import timedelta
from hashlib import sha256

import pytest
import time_machine
from django.test import Client
from test_accounts_pages import give, inside

from abonent.domain.accounts.models import AccountAccess
from abonent.domain.identity import queries as people
from abonent.domain.identity.models import Consent, User
from abonent.domain.journal.models import JournalEntry
from abonent.domain.suppliers.models import Supplier
from abonent.presets.load import load_preset
from entrance import (
    PASSWORD,
    build_supplier,
    code_in,
    is_inside,
    letters,
    make_person,
    shown_again,
    sign_in,
    text,
)
from seen import box, plain
from town import NOW, Town, build_town

PROFILE = "/test/profile/"
ACCOUNTS = "/test/accounts/"


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def town(db: None) -> Town:
    return build_town(load_preset("").preset.cabinet)


def words(answer) -> str:
    return plain(text(answer))


# A consent to each operator apart (RULES 7.2)


def test_another_supplier_asks_for_its_own_consents_unticked(town: Town) -> None:
    client = inside(town.stranger_id)
    page = text(client.get(f"{ACCOUNTS}link/"))
    for purpose in ("terms", "personal_data"):
        assert f'name="consent_{purpose}"' in page
    assert "checked" not in page
    sent = client.post(f"{ACCOUNTS}link/", {"number": town.number, "consent_terms": "on"})
    refused = shown_again(client, sent)
    assert any("без этого счёт в кабинет не добавить" in line for line in box(refused))
    assert text(refused).count("checked") == 1, "what was ticked stays ticked"
    assert not Consent.objects.exists()


def test_no_step_of_linking_is_open_before_the_consents(town: Town) -> None:
    client = inside(town.stranger_id)
    for step in ("", "send-code/", "code/", "bill-code/"):
        for answer in (client.get, client.post):
            assert answer(f"{ACCOUNTS}link/{town.number}/{step}")["Location"] == f"{ACCOUNTS}link/"
    assert not letters(), "nobody is told of a try that was not allowed"


def test_each_consent_is_kept_with_its_version_text_and_hash(town: Town) -> None:
    client = inside(town.stranger_id)
    ticks = {"consent_terms": "on", "consent_personal_data": "on"}
    step = client.post(
        f"{ACCOUNTS}link/", {"number": town.number, **ticks}, headers={"User-Agent": "Браузер"}
    )
    assert step["Location"] == f"{ACCOUNTS}link/{town.number}/"
    assert client.get(step["Location"]).status_code == 200
    document = Supplier.objects.get().cabinet["consents"]["personal_data"]
    kept = Consent.objects.get(purpose="personal_data")
    assert (kept.supplier_id, kept.user_id) == (town.supplier_id, town.stranger_id)
    assert (kept.version, kept.text) == (document["version"], document["text"])
    assert kept.text_hash == sha256(document["text"].encode()).hexdigest()
    assert (kept.given_at, kept.user_agent) == (NOW, "Браузер")
    assert "consent_terms" not in text(client.get(f"{ACCOUNTS}link/")), "asked once"


# Withdrawn (RULES 7.3)


@pytest.fixture
def anna(db: None) -> Client:
    build_supplier()
    client = Client()
    make_person(client, "anna@mail.ru")
    sign_in(client, "anna@mail.ru")
    return client


def test_withdrawing_tells_first_what_follows(anna: Client) -> None:
    page = words(anna.get(f"{PROFILE}consents/personal_data/"))
    assert "удалим имя, почту, телефон и пароль" in page.lower()
    assert "До 24 декабря 2026" in page
    assert "начисления, платежи и показания" in page
    assert Consent.objects.filter(withdrawn_at=None).count() == 2


def test_a_withdrawn_consent_has_its_time_its_line_and_its_letter(anna: Client) -> None:
    anna.post(f"{PROFILE}consents/personal_data/")
    assert set(Consent.objects.values_list("withdrawn_at", flat=True)) == {NOW}
    acts = JournalEntry.objects.filter(action="consent_withdrawn")
    assert sorted(act.details["purpose"] for act in acts) == ["personal_data", "terms"]
    letter = letters("anna@mail.ru")[0]
    assert letter.subject == "Согласие отозвано"
    assert "24 декабря 2026" in letter.body.replace("\u00a0", " ")
    assert "consent_personal_data" in text(anna.get(f"{ACCOUNTS}link/")), "asked anew"


# Deleted


def test_deleting_names_what_goes_and_what_stays_and_asks_for_the_password(anna: Client) -> None:
    page = words(anna.get(f"{PROFILE}delete/"))
    assert "Имя, почту, телефон, логин, пароль и ключи входа. Вернуть их нельзя." in page
    assert "начисления, счета за месяцы, платежи и показания" in page
    unsure = anna.post(f"{PROFILE}delete/", {"password": PASSWORD})
    assert "Поставьте отметку" in words(shown_again(anna, unsure))
    wrong = anna.post(f"{PROFILE}delete/", {"sure": "on", "password": "не тот пароль"})
    assert "Пароль не подошёл" in words(shown_again(anna, wrong))
    assert is_inside(anna)
    assert User.objects.get().erased_at is None


def test_a_deleted_cabinet_lets_nobody_in_and_names_nobody(anna: Client) -> None:
    elsewhere = Client()
    sign_in(elsewhere, "anna@mail.ru")
    user_id = User.objects.get().pk
    answer = anna.post(f"{PROFILE}delete/", {"sure": "on", "password": PASSWORD}, follow=True)
    assert "Кабинет удалён. Начисления и платежи остались у поставщика." in words(answer)
    for client in (anna, elsewhere):
        assert client.get(PROFILE).status_code == 302
    assert sign_in(Client(), "anna@mail.ru").status_code == 422
    row = User.objects.get(pk=user_id)
    assert (row.login, row.email, row.phone, row.full_name) == (None, None, None, "")
    assert (row.is_active, row.has_usable_password(), row.erased_at) == (False, False, NOW)
    assert people.user_by_email("anna@mail.ru") is None
    assert set(Consent.objects.values_list("withdrawn_at", flat=True)) == {NOW}
    assert JournalEntry.objects.filter(action="cabinet_deleted", actor_id=user_id).count() == 1
    assert letters("anna@mail.ru")[0].subject == "Кабинет удалён"
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        again = Client()
        make_person(again, "anna@mail.ru")
        assert sign_in(again, "anna@mail.ru")["Location"] == "/test/home/", "the mailbox is free"


def test_whoever_signs_in_by_codes_deletes_by_a_code(town: Town) -> None:
    give(town, town.owner_id)
    client = inside(town.owner_id)
    page = words(client.get(f"{PROFILE}delete/"))
    assert f"Лицевой счёт {town.number}, Горсети" in page
    assert "anna.home@ya.ru" in page
    step = client.post(f"{PROFILE}delete/", {"sure": "on"})
    assert step["Location"] == f"{PROFILE}delete/code/"
    assert shown_again(client, client.post(step["Location"], {"code": "000000"}))
    assert AccountAccess.objects.get().revoked_at is None
    done = client.post(step["Location"], {"code": code_in(letters("anna.home@ya.ru")[0])})
    assert done["Location"] == "/test/"
    access = AccountAccess.objects.get()
    assert (access.revoked_at, access.revoked_why) == (NOW, "Кабинет удалён")
    assert client.get(f"{ACCOUNTS}{town.number}/about/").status_code == 302


def test_codes_of_deletion_are_few_a_day(town: Town) -> None:
    client = inside(town.owner_id)
    for _ in range(5):
        sent = client.post(f"{PROFILE}delete/", {"sure": "on"})
        assert sent["Location"] == f"{PROFILE}delete/code/"
    sixth = client.post(f"{PROFILE}delete/", {"sure": "on"})
    assert "За сутки уже запросили пять кодов" in words(shown_again(client, sixth))
    assert len(letters("anna.home@ya.ru")) == 5


def test_a_person_of_the_staff_is_not_deleted_here(anna: Client) -> None:
    User.objects.update(is_staff=True)
    answer = anna.post(f"{PROFILE}delete/", {"sure": "on", "password": PASSWORD})
    assert "Его закрывает руководитель" in words(shown_again(anna, answer))
    assert is_inside(anna)
