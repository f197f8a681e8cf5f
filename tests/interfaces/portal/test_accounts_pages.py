"""Linked accounts on the pages: the steps of linking, waiting, names, ends, strangers."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from abonent.common.periods import Period
from abonent.domain.accounts.models import AccountAccess
from abonent.domain.accounts.operations import grant_access
from abonent.domain.accounts.queries import bill_code_for
from abonent.domain.accounts.rules import Evidence
from abonent.domain.identity.models import User
from abonent.domain.messaging.models import Message
from abonent.domain.suppliers.models import Supplier
from abonent.presets.load import load_preset
from agreed import agree
from entrance import code_in, in_transaction, letters, link_in, shown_again, text
from seen import plain
from town import NOW, Town, build_town

UNKNOWN = "6600999999"
ROOT = "/test/accounts/"
RIGHT = {"house": "12", "letter": "А", "flat": "7", "flat_extension": ""}
PRIVATE = ("Иванова", "Бекетова", "anna@mail.ru", "200-04-17", "2000417")


@pytest.fixture
def town(db: None) -> Town:
    cabinet = load_preset("").preset.cabinet
    asked = ["house", "letter", "flat", "flat_extension", "contact_code", "bill_code"]
    return build_town(cabinet | {"sign_up": {**cabinet["sign_up"], "evidence": asked}})


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


def agreeing(user_id: int) -> Client:
    """Be inside as somebody who has given this supplier the consents it needs."""
    agree(user_id, Supplier.objects.get().pk, NOW)
    return inside(user_id)


def inside(user_id: int) -> Client:
    client = Client()
    client.force_login(
        User.objects.get(pk=user_id),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def give(town: Town, user_id: int) -> None:
    in_transaction(
        grant_access,
        user_id=user_id,
        supplier_id=town.supplier_id,
        number=town.number,
        evidence=Evidence.STAFF,
        actor_id=None,
        now=NOW,
    )


def prove(client: Client, number: str, **typed: str) -> HttpResponse:
    return client.post(f"{ROOT}link/{number}/", RIGHT | typed)


def test_a_newcomer_is_asked_for_an_account(town: Town) -> None:
    client = agreeing(town.stranger_id)
    assert client.get("/test/home/")["Location"] == ROOT
    page = text(client.get(ROOT))
    assert "Счетов пока нет" in page
    assert "Добавить лицевой счёт" in page


def test_linking_goes_from_the_number_to_the_evidence_to_waiting(town: Town) -> None:
    client = agreeing(town.stranger_id)
    step = client.post(f"{ROOT}link/", {"number": "6600 123417"})
    assert step["Location"] == f"{ROOT}link/{town.number}/"
    form = text(client.get(step["Location"]))
    assert "Подтвердите, что счёт ваш" in form
    assert 'name="house"' in form
    assert 'name="flat"' in form

    done = prove(client, town.number)
    assert done["Location"] == f"{ROOT}{town.number}/about/"
    page = text(client.get(done["Location"]))
    assert "27\u00a0ноября\u00a02026, 17:00" in page, "by the clock of Yekaterinburg"
    assert "Ввести код из бумажной квитанции" in page


def test_nothing_private_is_on_any_page_while_the_link_waits(town: Town) -> None:
    client = agreeing(town.stranger_id)
    prove(client, town.number)
    for address in ("", f"{town.number}/about/", f"{town.number}/unlink/", f"{town.number}/name/"):
        answer = client.get(f"{ROOT}{address}")
        assert answer.status_code == 200
        for secret in PRIVATE:
            assert secret not in text(answer), (address, secret)
    closed = client.get(f"{ROOT}{town.number}/access/1/")
    assert closed["Location"] == f"{ROOT}{town.number}/about/"


def test_after_72_hours_the_account_is_open(town: Town) -> None:
    client = agreeing(town.stranger_id)
    prove(client, town.number)
    with time_machine.travel(NOW + timedelta(hours=72), tick=False):
        page = text(client.get(f"{ROOT}{town.number}/about/"))
    assert "Бекетова" in page


@pytest.mark.parametrize("typed", [{"flat": "8"}, {"house": "13"}, {"letter": "Б"}])
def test_wrong_evidence_and_an_unknown_number_look_the_same(
    town: Town, typed: dict[str, str]
) -> None:
    client = agreeing(town.stranger_id)
    known, unknown = (
        shown_again(client, prove(client, number, **typed)) for number in (town.number, UNKNOWN)
    )
    assert text(known).replace(town.number, "") == text(unknown).replace(UNKNOWN, "")
    assert next(iter(typed.values())) in text(known)


def test_it_is_told_how_many_tries_are_left_and_when_they_return(town: Town) -> None:
    client = agreeing(town.stranger_id)
    page = f"{ROOT}link/{town.number}/"
    assert "Попыток за сутки: 3." in plain(text(client.get(page)))
    for at, said in (
        (0, "Осталось 2 попытки."),
        (1, "Осталась последняя попытка: если не подойдёт, снова – 25 ноября 2026, 17:00, а по"),
        (2, "Попытки на сегодня закончились. Снова можно 25 ноября 2026, 17:00, а по коду из"),
    ):
        with time_machine.travel(NOW + timedelta(hours=at), tick=False):
            again = shown_again(client, prove(client, town.number, flat="8"))
            assert said in plain(text(again))
            assert said in plain(text(client.get(page))) or at != 1
    with time_machine.travel(NOW + timedelta(hours=23, minutes=59), tick=False):
        assert shown_again(client, prove(client, town.number))
    with time_machine.travel(NOW + timedelta(hours=24), tick=False):
        assert "Осталась последняя попытка" in text(client.get(page)), "the oldest has aged"
        assert prove(client, town.number)["Location"] == f"{ROOT}{town.number}/about/"


def test_a_wrong_code_of_the_bill_counts_the_users_own_tries(town: Town) -> None:
    client = agreeing(town.stranger_id)
    page = f"{ROOT}link/{town.number}/bill-code/"
    answers = [
        plain(text(shown_again(client, client.post(page, {"code": "0000-0000"})))) for _ in range(5)
    ]
    assert "Осталось 4 попытки." in answers[0]
    assert "Осталась последняя попытка" in answers[3]
    assert "Попытки на сегодня закончились" in answers[4]


def test_a_fourth_try_on_the_account_is_refused_even_with_right_evidence(town: Town) -> None:
    client = agreeing(town.stranger_id)
    for _ in range(3):
        prove(client, town.number, flat="8")
    answer = shown_again(client, prove(client, town.number))
    assert "по коду из бумажной квитанции" in text(answer)
    assert not AccountAccess.objects.exists()


def test_the_owner_objects_by_the_letter_without_signing_in(town: Town) -> None:
    thief = agreeing(town.stranger_id)
    prove(thief, town.number)
    link = link_in(letters("anna@mail.ru")[0])

    scanner = Client()
    for _ in range(2):
        page = text(scanner.get(link))
        assert "Это не я, закрыть доступ" in page
        assert "Вера" not in page
    assert thief.get(f"{ROOT}{town.number}/about/").status_code == 200

    assert scanner.post(link)["Location"] == link
    assert "Доступ закрыт" in text(scanner.get(link))
    assert thief.get(f"{ROOT}{town.number}/about/").status_code == 404
    assert shown_again(thief, prove(thief, town.number))


@pytest.mark.parametrize("token", ["x", "1:x:y", "MQ"])
def test_a_forged_objection_is_no_page(town: Town, token: str) -> None:
    assert Client().get(f"/test/objection/{token}/").status_code == 404
    assert Client().post(f"/test/objection/{token}/").status_code == 404


def test_a_code_from_the_contracts_mailbox_opens_the_account_at_once(town: Town) -> None:
    client = agreeing(town.stranger_id)
    ask = f"{ROOT}link/{town.number}/send-code/"
    client.get(ask)
    assert not Message.objects.exists(), "opening the page sends nothing"
    page = client.post(ask)["Location"]
    code = code_in(letters("anna@mail.ru")[0])
    done = client.post(page, {"code": code})
    assert "Его адрес: " in text(client.get(done["Location"]))
    assert "Бекетова" in text(client.get(f"{ROOT}{town.number}/about/"))


def test_asking_for_a_code_does_not_tell_an_unknown_number(town: Town) -> None:
    client = agreeing(town.stranger_id)
    pages = []
    for number in (town.number, UNKNOWN):
        page = client.post(f"{ROOT}link/{number}/send-code/")["Location"]
        wrong = client.post(page, {"code": "000000"})
        answers = [client.get(page), shown_again(client, wrong)]
        pages.append([text(answer).replace(number, "") for answer in answers])
    assert pages[0] == pages[1]
    assert len(letters()) == 1


def test_the_code_of_the_paper_bill_opens_the_account_at_once(town: Town) -> None:
    client = agreeing(town.stranger_id)
    code = bill_code_for(
        supplier_id=town.supplier_id, account_id=town.account_id, period=Period(2026, 10)
    )
    page = f"{ROOT}link/{town.number}/bill-code/"
    wrong = client.post(page, {"code": "0000-0000"})
    assert "0000-0000" in text(shown_again(client, wrong)), "what was typed can be mended"
    client.post(page, {"code": code.lower()})
    assert "Бекетова" in text(client.get(f"{ROOT}{town.number}/about/"))


def test_an_account_gets_the_persons_own_name(town: Town) -> None:
    give(town, town.owner_id)
    client = inside(town.owner_id)
    client.post(f"{ROOT}{town.number}/name/", {"alias": "  Мама <b> "})
    page = text(client.get(ROOT))
    assert "Мама &lt;b&gt;" in page
    assert "Мама <b>" not in page


def test_unlinking_is_asked_first_and_ends_at_once(town: Town) -> None:
    give(town, town.owner_id)
    client = inside(town.owner_id)
    assert "Убрать счёт из кабинета?" in text(client.get(f"{ROOT}{town.number}/unlink/"))
    assert client.get(f"{ROOT}{town.number}/about/").status_code == 200
    client.post(f"{ROOT}{town.number}/unlink/")
    assert client.get(f"{ROOT}{town.number}/about/").status_code == 404


def test_an_owner_sees_who_has_access_and_ends_it(town: Town) -> None:
    give(town, town.owner_id)
    give(town, town.stranger_id)
    owner, other = inside(town.owner_id), agreeing(town.stranger_id)
    page = text(owner.get(f"{ROOT}{town.number}/about/"))
    assert "Вера" in page
    address = re.search(r'href="(\S+/access/\d+/)"', page)
    assert address
    assert "Вера больше не увидит" in text(owner.get(address[1]))
    assert other.get(f"{ROOT}{town.number}/about/").status_code == 200
    owner.post(address[1])
    assert other.get(f"{ROOT}{town.number}/about/").status_code == 404


def test_a_waiting_person_cannot_end_the_owners_access(town: Town) -> None:
    give(town, town.owner_id)
    thief = agreeing(town.stranger_id)
    prove(thief, town.number)
    owners = AccountAccess.objects.get(user_id=town.owner_id).pk
    thief.post(f"{ROOT}{town.number}/access/{owners}/")
    assert inside(town.owner_id).get(f"{ROOT}{town.number}/about/").status_code == 200


@pytest.mark.parametrize(
    "address", ["about/", "name/", "unlink/", "access/1/", "readings/", "payments/", ""]
)
def test_another_persons_account_is_no_page(town: Town, address: str) -> None:
    give(town, town.owner_id)
    stranger = agreeing(town.stranger_id)
    for number in (town.number, UNKNOWN):
        assert stranger.get(f"{ROOT}{number}/{address}").status_code == 404
        assert stranger.post(f"{ROOT}{number}/{address}").status_code in (404, 405)


@pytest.mark.parametrize("address", ["", "link/", "6600123417/about/", "link/6600123417/"])
def test_nobody_gets_in_without_signing_in(town: Town, address: str) -> None:
    answer = Client().get(f"{ROOT}{address}")
    assert answer["Location"] == f"/test/sign-in/?next={ROOT}{address}"


@pytest.mark.parametrize(
    "address", ["link/", "link/6600123417/", "6600123417/unlink/", "6600123417/name/"]
)
def test_forged_requests_are_refused(town: Town, address: str) -> None:
    give(town, town.owner_id)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = inside(town.owner_id).cookies
    assert strict.post(f"{ROOT}{address}", RIGHT).status_code == 403
    assert AccountAccess.objects.filter(revoked_at=None).count() == 1


def test_the_account_named_at_sign_up_is_linked_at_the_first_entry(town: Town) -> None:
    from entrance import PASSWORD, prove_mail, sign_in

    supplier = Supplier.objects.get()
    supplier.cabinet = load_preset("sesb").preset.cabinet
    supplier.save()
    client = Client()
    data = {"account": town.number, **RIGHT, "email": "new@mail.ru", "password1": PASSWORD}
    client.post("/test/sign-up/", data | {"consent_personal_data": "on"})
    assert not letters("anna@mail.ru"), "nobody is told before a contact is proven"
    prove_mail(client, "new@mail.ru")
    answer = sign_in(client, "new@mail.ru")
    assert "пока закрыт" in text(client.get(answer["Location"], follow=True))
    assert letters("anna@mail.ru")


def test_only_digits_are_taken_where_the_preset_says_so(town: Town) -> None:

    client = agreeing(town.stranger_id)
    assert client.post(f"{ROOT}link/", {"number": "66-АБ 1"})["Location"] == (
        f"{ROOT}link/66-%D0%90%D0%911/"
    )
    supplier = Supplier.objects.get()
    supplier.cabinet = load_preset("tmesbyt").preset.cabinet
    supplier.save()
    answer = client.post(f"{ROOT}link/", {"number": "66-АБ 1"})
    page = text(shown_again(client, answer))
    assert "только цифры" in page
    assert "66-АБ 1" in page


def test_a_number_without_digits_is_refused_before_anything_is_asked(town: Town) -> None:
    client = agreeing(town.stranger_id)
    answer = client.post(f"{ROOT}link/", {"number": "абв"})
    assert "В номере нет цифр" in text(shown_again(client, answer))
