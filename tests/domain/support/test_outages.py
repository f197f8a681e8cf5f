"""Outages by street, told to mailboxes that confirmed it; the open pages; the command."""

import re
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from abonent.common.refusals import NotFound, Refusal
from abonent.domain.messaging.models import Message
from abonent.domain.support import operations, queries
from abonent.domain.support.models import OutageWatch
from abonent.domain.support.operations import UnfitAnnouncement
from abonent.domain.support.rules.outages import street_key, touches
from entrance import text
from town import NOW, Town, build_town

LOCAL = ZoneInfo("Asia/Yekaterinburg")
BEGINS = datetime(2026, 11, 30, 9, 0, tzinfo=LOCAL)
PLACES = "ул. Малышева, 84–96\nул. 8 Марта, 1"


@pytest.mark.parametrize(
    "written", ["ул. Малышева", "Малышева улица", "МАЛЫШЕВА", "г. , ул Малышева", "малышева"]
)
def test_a_street_is_known_however_it_is_written(written: str):
    assert street_key(written) == "малышева"
    assert touches(PLACES, street_key(written))


@pytest.mark.parametrize("other", ["Маршала Малышева", "ул.", "", "84", "Март"])
def test_another_street_is_another(other: str):
    assert not touches(PLACES, street_key(other))


@pytest.fixture
def town(db: None):
    with time_machine.travel(NOW, tick=False):
        yield build_town({"hotline": "8 (000) 000-66-01"})


def announce(town: Town, **other) -> int:
    given = {
        "service": "Горячая вода", "places": PLACES, "reason": "испытания",
        "begins_at": BEGINS, "ends_at": BEGINS + timedelta(days=2),
    }  # fmt: skip
    return operations.announce_outage(
        supplier_id=town.supplier_id, actor_id=None, now=NOW, **given | other
    )


def ask(email: str = "anna@mail.ru", street: str = "Малышева"):
    return Client().post("/test/outages/", {"street": street, "email": email})


def link_to(email: str) -> str:
    body = Message.objects.filter(recipient=email).latest("pk").body
    return re.search(r"/test/outages/\w+/\S+/", body)[0]


def confirmed(email: str = "anna@mail.ru", street: str = "Малышева") -> None:
    ask(email, street)
    Client().post(link_to(email))


def test_outages_are_found_by_street_and_leave_the_page_when_they_end(town: Town):
    number = announce(town)
    announce(town, service="Свет", places="ул. Ленина", ends_at=None, begins_at=NOW)
    page = text(Client().get("/test/outages/"))
    assert "Отключено сейчас" in page
    assert "30\u00a0ноября\u00a02026, 09:00" in page
    own = text(Client().get("/test/outages/", {"street": "ул. Малышева <b>"}))
    assert "<b>" not in own.split("<h1>")[1]
    own = text(Client().get("/test/outages/", {"street": "ул. Малышева"}))
    assert "Горячая вода" in own
    assert "Ленина" not in own
    assert "отключений нет" in text(Client().get("/test/outages/", {"street": "Бебеля"}))
    operations.end_outage(supplier_id=town.supplier_id, outage_id=number, actor_id=None, now=NOW)
    later = BEGINS + timedelta(days=9)
    (left,) = queries.outages(supplier_id=town.supplier_id, now=later)
    assert left.service == "Свет"


def test_only_a_mailbox_that_confirmed_is_told_and_once(town: Town):
    confirmed()
    confirmed("boris@mail.ru", "Бебеля")
    ask("vera@mail.ru")
    announce(town)
    (letter,) = Message.objects.filter(kind="outage")
    assert letter.recipient == "anna@mail.ru"
    assert "с 30\u00a0ноября\u00a02026, 09:00" in letter.body


def test_opening_a_letters_link_changes_nothing_and_the_button_does(town: Town):
    ask()
    link = link_to("anna@mail.ru")
    assert "Подтвердить подписку" in text(Client().get(link))
    assert OutageWatch.objects.get().confirmed_at is None
    assert "Подписка подтверждена" in text(Client().post(link, follow=True))
    announce(town)
    away = link_to("anna@mail.ru")
    assert "/end/" in away
    assert OutageWatch.objects.get().ended_at is None
    assert "писем больше не будет" in text(Client().post(away, follow=True))
    announce(town)
    assert Message.objects.filter(kind="outage").count() == 1


def test_links_are_for_one_purpose_and_one_supplier_and_three_days(town: Town):
    ask()
    link = link_to("anna@mail.ru")
    assert Client().post(link.replace("/confirm/", "/end/")).status_code == 404
    assert Client().get("/test/outages/confirm/x:y:z/").status_code == 404
    with time_machine.travel(NOW + timedelta(days=4), tick=False):
        assert Client().post(link).status_code == 404
    token = link.split("/")[-2]
    with pytest.raises(NotFound):
        queries.watch_of(supplier_id=town.supplier_id + 1, token=token, purpose="confirm")


def test_nobody_floods_a_mailbox_nor_learns_what_it_watches(town: Town):
    answers = {ask().content for _ in range(5)}
    assert len(answers) == 1
    assert Message.objects.count() == 3
    confirmed("boris@mail.ru")
    ask("boris@mail.ru")
    assert Message.objects.filter(recipient="boris@mail.ru").count() == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"street": "", "email": "a@mail.ru"}, "Напишите улицу"),
        ({"street": "ул.", "email": "a@mail.ru"}, "например: Малышева"),
        ({"street": "Малышева", "email": "a"}, "В адресе почты ошибка"),
        ({"street": "Малышева", "email": "a@mail.ru", "company_site": "x"}, "машиной"),
    ],
)
def test_what_is_wrong_in_the_form_is_told(town: Town, typed: dict[str, str], words: str):
    answer = Client().post("/test/outages/", typed)
    assert answer.status_code == 422
    assert words in text(answer)
    assert not Message.objects.exists()


def test_an_outage_without_a_street_or_with_a_wrong_end_is_refused(town: Town):
    for wrong in ({"places": " \n"}, {"ends_at": BEGINS}):
        with pytest.raises(UnfitAnnouncement):
            announce(town, **wrong)
    with pytest.raises(Refusal):
        operations.end_outage(supplier_id=town.supplier_id, outage_id=1, actor_id=None, now=NOW)


def test_the_command_announces_and_the_page_of_news_shows(town: Town):
    said = StringIO()
    call_command(
        "announce", "news", "--supplier", "test", "--title", "Переезд", "--text", "<b>Адрес</b>",
        stdout=said,
    )  # fmt: skip
    outage = (
        "announce", "outage", "--supplier", "test", "--service", "Свет", "--place", "ул. Ленина",
        "--reason", "ремонт", "--begins",
    )  # fmt: skip
    call_command(*outage, "2026-11-30T09:00", stdout=said)
    with pytest.raises(UnfitAnnouncement, match="не время"):
        call_command(*outage, "завтра", stdout=said)
    (found,) = queries.outages(supplier_id=town.supplier_id, now=NOW)
    assert found.begins_at == BEGINS
    call_command("announce", "end", "--supplier", "test", "--id", str(found.id), stdout=said)
    assert not queries.outages(supplier_id=town.supplier_id, now=NOW)
    page = text(Client().get("/test/news/"))
    assert "Переезд" in page
    assert "&lt;b&gt;Адрес" in page


def test_what_nobody_confirmed_is_forgotten(town: Town):
    ask("vera@mail.ru")
    confirmed()
    assert operations.forget_unconfirmed(now=NOW + timedelta(days=3)) == 0
    assert operations.forget_unconfirmed(now=NOW + timedelta(days=3, seconds=1)) == 1
    assert OutageWatch.objects.get().email == "anna@mail.ru"
