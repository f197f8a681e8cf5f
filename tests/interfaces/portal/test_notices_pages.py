"""The page of notices, and a bill sent from its page."""

from django.test import Client

from abonent.domain.messaging.models import Message, Subscription
from bills import NUMBER
from cabinets import stranger

NOTICES = f"/demo/accounts/{NUMBER}/notices/"
SEND = f"/demo/accounts/{NUMBER}/charges/2026-10/send/"
OWN = "owner@example.ru"


def words(client: Client, address: str) -> str:
    return client.get(address).content.decode().replace("\u00a0", " ")


def test_bills_are_ordered_to_the_own_mailbox_and_ended(owner):
    assert f'value="{OWN}"' in words(owner, NOTICES)
    owner.post(NOTICES, {"email": OWN})
    page = words(owner, NOTICES)
    assert f"Следующий счёт придёт на {OWN}" in page
    assert "Приходит в день, когда готов" in page
    kept = Subscription.objects.get()
    assert stranger().post(f"{NOTICES}{kept.pk}/end/").status_code == 404
    assert owner.post(f"{NOTICES}{kept.pk}/end/")["Location"] == NOTICES
    kept.refresh_from_db()
    assert kept.ended_at is not None
    assert "Приходит в день" not in words(owner, NOTICES)


def test_anothers_mailbox_is_asked_first(owner):
    owner.post(NOTICES, {"email": "mama@example.ru"})
    assert "Ждём, пока в письме нажмут кнопку" in words(owner, NOTICES)
    assert Message.objects.get().recipient == "mama@example.ru"


def test_what_is_no_mailbox_is_told_at_the_field(owner):
    answer = owner.post(NOTICES, {"email": "mama"}, follow=True)
    assert "id_email-error" in answer.content.decode()


def test_a_bill_is_sent_from_its_page(owner):
    bill = f"/demo/accounts/{NUMBER}/charges/2026-10/"
    assert f'href="{SEND}"' in words(owner, bill)
    answer = owner.post(SEND, {"email": "son@example.ru"})
    assert answer["Location"] == bill
    assert "Отправили счёт на son@example.ru" in words(owner, bill)
    letter = Message.objects.get()
    assert letter.recipient == "son@example.ru"
    assert letter.attachment.startswith("document:")
    assert not letter.unsubscribe_url
    assert "Счёт отправлен на почту" in words(owner, "/demo/profile/journal/")


def test_a_month_without_a_bill_cannot_be_sent(owner):
    address = SEND.replace("2026-10", "2026-11")
    assert owner.get(address).status_code == 404
    assert owner.post(address, {"email": "son@example.ru"}).status_code == 404


def test_reminders_are_ticked_and_stay_ticked(owner):
    page = words(owner, NOTICES)
    assert "За три дня до конца приёма" in page
    assert f"Письмо на {OWN}" in page
    assert "СМС на" not in page, "no telephone was proven"
    answer = owner.post(f"{NOTICES}reminders/", {"readings": ["email"]})
    assert answer["Location"] == NOTICES
    page = words(owner, NOTICES)
    assert page.count('name="readings" value="email" id="id_readings_0" checked') == 1
    assert Subscription.objects.get().kind == "readings"
    owner.post(f"{NOTICES}reminders/", {})
    assert Subscription.objects.get().ended_at is not None


def test_a_way_that_is_not_offered_changes_nothing(owner):
    owner.post(f"{NOTICES}reminders/", {"readings": ["sms"]})
    assert not Subscription.objects.exists()
