"""The outbox: written with its cause, sent once, tried again later, never forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import transaction

from abonent.adapters.carriers.smtp.carrier import Smtp
from abonent.domain.messaging import operations, queries
from abonent.domain.messaging.models import Message
from abonent.domain.messaging.ports import CarrierError, Parcel

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def write(key: str | None = None, channel: str = "email", subject: str = "Тема") -> int:
    with transaction.atomic():
        return operations.enqueue(
            supplier_id=None,
            channel=channel,
            recipient="anna@mail.ru",
            kind="test",
            subject=subject,
            body="Текст",
            key=key,
            now=NOW,
        )


class Broken:
    """A carrier that is out of order; remembers how often it was asked."""

    keeps_only = False
    asked = 0

    def takes(self, channel: str) -> bool:
        return bool(channel)

    def send(self, parcel: Parcel) -> None:
        Broken.asked += parcel.id > 0
        raise CarrierError("mail server is away")


@pytest.fixture
def broken(settings):
    Broken.asked = 0
    settings.CARRIERS = {"broken": f"{__name__}.Broken"}


@pytest.mark.django_db(transaction=True)
def test_a_message_cannot_be_written_outside_its_cause():
    with pytest.raises(RuntimeError, match="inside a transaction"):
        operations.enqueue(
            supplier_id=None,
            channel="email",
            recipient="a@b.ru",
            kind="t",
            subject="",
            body="",
            now=NOW,
        )


@pytest.mark.django_db(transaction=True)
def test_a_message_goes_when_and_only_when_its_cause_is_committed():
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert operations.send_due(now=NOW) == 0
    write()
    assert operations.send_due(now=NOW) == 1
    assert operations.send_due(now=NOW) == 0


def test_a_key_makes_a_message_exist_once():
    assert write("bill:1") == write("bill:1")
    assert write() != write()
    assert operations.send_due(now=NOW) == 3


def test_nothing_typed_can_add_a_header_to_a_letter():
    write(subject="Привет\r\nBcc: all@example.ru")
    assert queries.recent_messages()[0].subject == "Привет Bcc: all@example.ru"


def test_a_failure_waits_longer_each_time_and_ends_in_failed(broken):
    write()
    moment = NOW
    for minutes in (1, 5, 30, 180):
        assert operations.send_due(now=moment) == 0
        assert operations.send_due(now=moment + timedelta(minutes=minutes, seconds=-1)) == 0
        moment += timedelta(minutes=minutes)
    operations.send_due(now=moment)
    row = Message.objects.get()
    assert (row.state, row.attempts, row.last_error) == ("failed", 5, "mail server is away")
    assert Broken.asked == 5


def test_one_failure_does_not_hold_the_others_up(broken):
    for _ in range(3):
        write()
    operations.send_due(now=NOW)
    assert Broken.asked == 3


def test_a_channel_nobody_carries_is_a_failure_not_a_crash(settings):
    settings.CARRIERS = {"smtp": "abonent.adapters.carriers.smtp.carrier.Smtp"}
    write(channel="sms")
    assert operations.send_due(now=NOW) == 0
    assert "no carrier for sms" in Message.objects.get().last_error


def test_the_demonstration_keeps_everything_for_reading():
    write(channel="sms")
    assert operations.send_due(now=NOW) == 1
    assert queries.recent_messages(recipient="anna")[0].state == "sent"
    assert queries.recent_messages(recipient="boris") == []


def test_a_letter_leaves_by_smtp(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Smtp().send(Parcel(7, "email", "anna@mail.ru", "Тема", "Текст"))
    (letter,) = mail.outbox
    assert (letter.to, letter.subject, letter.body) == (["anna@mail.ru"], "Тема", "Текст")
    assert letter.extra_headers["X-Message-Number"] == "7"


def test_a_mail_server_that_is_away_is_tried_again(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(CarrierError):
        Smtp().send(Parcel(7, "email", "anna@mail.ru", "Тема", "Текст"))
