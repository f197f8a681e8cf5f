"""Reminders: to who asked and has not sent, once a window; of verification, once a stage."""

from datetime import date, datetime, timedelta

import pytest

from abonent.common.periods import Period
from abonent.domain.accounts.models import AccountAccess
from abonent.domain.accounts.operations.reminders import NoContact, choose_reminders
from abonent.domain.accounts.queries import account_for
from abonent.domain.accounts.rules import AccessState
from abonent.domain.messaging.models import Message, Subscription
from abonent.domain.messaging.rules import Channel, SubscriptionKind
from abonent.domain.metering.models import Meter
from abonent.domain.metering.operations import remind_of_readings, remind_of_verification
from abonent.domain.metering.rules import ReadingQuality
from abonent.domain.metering.rules.reminders import stage_reached
from bills import NUMBER
from cabinets import owner_of
from flat import COLD, HOT, LIGHT, NOVEMBER_23, flat, read

NOVEMBER = Period(2026, 11)
SCALES = ((LIGHT, "day", "14450"), (LIGHT, "night", "6240"), (COLD, "single", "128"),
          (HOT, "single", "92"))  # fmt: skip


@pytest.fixture
def home(db):
    return flat()


@pytest.fixture
def owner(home):
    user_id = int(owner_of(home[0]).session["_auth_user_id"])
    account = account_for(user_id=user_id, supplier_id=home[0].supplier_id, number=NUMBER)
    return account, user_id


def choose(owner, kind: SubscriptionKind, *channels: Channel) -> None:
    account, user_id = owner
    choose_reminders(account=account, user_id=user_id, wanted={kind: channels}, now=NOVEMBER_23)


def remind(home, now: datetime = NOVEMBER_23) -> int:
    return remind_of_readings(supplier_id=home[0].supplier_id, now=now)


def test_whoever_has_not_sent_is_reminded_once_before_the_window_closes(home, owner):
    choose(owner, SubscriptionKind.READINGS, Channel.EMAIL)
    assert remind(home, NOVEMBER_23 - timedelta(days=2)) == 0, "four days are left"
    assert remind(home) == 1
    assert remind(home, NOVEMBER_23 + timedelta(days=1)) == 0
    letter = Message.objects.get()
    assert letter.subject == "Передайте показания за ноябрь"
    assert "до 25\u00a0ноября – осталось 2\u00a0дня" in letter.body
    assert "/readings/" in letter.body
    assert letter.unsubscribe_url.endswith("/end/")
    for private in ("Иванов", "Примерная", NUMBER):
        assert private not in letter.body
    assert remind(home, NOVEMBER_23 + timedelta(days=31)) == 1, "the next window"


def test_whoever_has_sent_everything_is_left_alone(home, owner):
    choose(owner, SubscriptionKind.READINGS, Channel.EMAIL)
    for serial, zone, value in SCALES[:-1]:
        read(home[1][serial, zone], NOVEMBER, value)
    last = home[1][HOT, "single"]
    read(last, NOVEMBER, "92", quality=ReadingQuality.SET_ASIDE)
    assert remind(home) == 1, "one scale is not sent: it was set aside"
    Subscription.objects.update(served_through=None)
    read(last, NOVEMBER, "92.5", day=22)
    assert remind(home) == 0


def test_nobody_is_reminded_who_did_not_ask_or_sees_the_account_no_more(home, owner):
    assert remind(home) == 0
    choose(owner, SubscriptionKind.READINGS, Channel.EMAIL)
    AccountAccess.objects.update(state=AccessState.REVOKED)
    assert remind(home) == 0
    assert not Message.objects.exists()
    assert Subscription.objects.get().ended_at == NOVEMBER_23


def test_a_way_without_a_proven_contact_is_refused(owner):
    with pytest.raises(NoContact):
        choose(owner, SubscriptionKind.READINGS, Channel.SMS)
    assert not Subscription.objects.exists()


def test_what_is_not_ticked_ends_and_other_kinds_stay(owner):
    choose(owner, SubscriptionKind.READINGS, Channel.EMAIL)
    choose(owner, SubscriptionKind.VERIFICATION, Channel.EMAIL)
    choose(owner, SubscriptionKind.READINGS)
    living = Subscription.objects.filter(ended_at=None)
    assert [one.kind for one in living] == ["verification"]


def test_a_verification_is_told_at_each_stage_once(home, owner):
    choose(owner, SubscriptionKind.VERIFICATION, Channel.EMAIL)
    until = date(2027, 1, 31)
    Meter.objects.filter(serial=HOT).update(verified_until=until)
    told = []
    for days in (61, 60, 59, 15, 14, 13, 1, 0, -1, -30):
        moment = datetime.combine(until - timedelta(days=days), NOVEMBER_23.timetz())
        told.append(remind_of_verification(supplier_id=home[0].supplier_id, now=moment))
    assert told == [0, 1, 0, 0, 1, 0, 0, 1, 0, 0]
    letter = Message.objects.first()
    assert letter is not None
    assert f"№\u00a0{HOT}: поверен до 31\u00a0января\u00a02027" in letter.body
    assert COLD not in letter.body, "only meters that are near their day"


def test_a_meter_that_is_overdue_when_one_asks_is_told_at_once(home, owner):
    Meter.objects.filter(serial=HOT).update(verified_until=date(2026, 1, 1))
    choose(owner, SubscriptionKind.VERIFICATION, Channel.EMAIL)
    for expected in (1, 0):
        sent = remind_of_verification(supplier_id=home[0].supplier_id, now=NOVEMBER_23)
        assert sent == expected


def test_stages_that_were_missed_are_told_once_together():
    until = date(2026, 12, 1)
    assert stage_reached(until, told_on=date(2026, 9, 1), today=date(2026, 12, 5))
    assert not stage_reached(until, told_on=date(2026, 12, 1), today=date(2026, 12, 5))
