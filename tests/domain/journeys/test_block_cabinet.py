"""A stolen cabinet: closed under a number, the intruder's readings replaced by a control one."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from abonent.common.periods import Period
from abonent.common.refusals import NotFound
from abonent.domain.billing.models import BillingRun
from abonent.domain.identity import operations as identity
from abonent.domain.identity import queries as people
from abonent.domain.identity.models import BlockRequest, User
from abonent.domain.identity.rules import BlockChannel, block_number, read_block_number
from abonent.domain.journal.models import JournalEntry
from abonent.domain.journeys.block_cabinet import block_cabinet, unblock_cabinet
from abonent.domain.messaging.models import Message
from abonent.domain.metering.models import Reading
from abonent.domain.metering.operations.submit import submit_readings
from abonent.domain.metering.queries.meters import meters_for
from abonent.domain.metering.rules import ReadingQuality, ReadingSource
from abonent.domain.suppliers.models import Supplier
from bills import NUMBER
from cabinets import owner_of
from commands import run
from flat import COLD, NOVEMBER_23, flat, micro, read

NOVEMBER = Period(2026, 11)
HOUR = timedelta(hours=1)


@pytest.fixture
def home(db: None):
    with time_machine.travel(NOVEMBER_23, tick=False):
        yield flat()


@pytest.fixture
def anna(home) -> Client:
    return owner_of(home[0])


def user_id(anna: Client) -> int:
    return int(anna.session["_auth_user_id"])


def send(home, anna: Client, value: str, at) -> None:
    household, registers = home
    submit_readings(
        supplier_id=household.supplier_id, account_id=household.account_id,
        values={registers[COLD, "single"].pk: micro(value)}, confirmed=frozenset(),
        taken_on=at.date(), source=ReadingSource.CABINET, user_id=user_id(anna),
        key=f"{value}-{at}", now=at,
    )  # fmt: skip


def counted(home) -> tuple[int, ...]:
    """Return what the cold meter's readings of November that count show."""
    rows = Reading.objects.filter(
        period=NOVEMBER.first_day, register_id=home[1][COLD, "single"].pk
    ).exclude(quality=int(ReadingQuality.SET_ASIDE))
    return tuple(rows.order_by("value").values_list("value", flat=True))


def block(home, who: int, **changed):
    given = {
        "user_id": who, "supplier_id": home[0].supplier_id, "channel": BlockChannel.HOTLINE,
        "actor_id": None, "why": "позвонил", "suspected_since": None, "now": NOVEMBER_23,
    }  # fmt: skip
    return block_cabinet(**given | changed)


def test_a_blocked_cabinet_is_left_by_everybody_and_has_a_number(home, anna: Client) -> None:
    who = user_id(anna)
    assert anna.get("/demo/profile/").status_code == 200
    done = block(home, who)
    assert re.fullmatch(r"Б-\d{6}", done.number)
    assert anna.get("/demo/profile/").status_code == 302
    person = people.user_view(who)
    assert (person.is_active, person.blocked_at) == (False, NOVEMBER_23)
    assert people.block_of(who).number == done.number
    letter = Message.objects.get(recipient="owner@example.ru", kind="cabinet_blocked").body
    assert done.number in letter
    assert "пригласите комиссию" in letter
    assert "придите в офис с паспортом и назовите номер заявки" in letter


def test_asking_twice_gives_the_first_number_and_one_letter(home, anna: Client) -> None:
    who = user_id(anna)
    first, second = block(home, who), block(home, who, now=NOVEMBER_23 + HOUR)
    assert first.number == second.number
    assert BlockRequest.objects.count() == 1
    assert Message.objects.filter(kind="cabinet_blocked", channel="email").count() == 1


def test_only_what_came_since_the_moment_counts_no_more(home, anna: Client) -> None:
    send(home, anna, "127.100", NOVEMBER_23 - 5 * HOUR)
    send(home, anna, "131.000", NOVEMBER_23 - HOUR)
    done = block(home, user_id(anna), suspected_since=NOVEMBER_23 - 2 * HOUR)
    assert len(done.set_aside) == 1
    assert counted(home) == (micro("127.100"),)
    assert done.set_aside[0].number in Message.objects.get(channel="email").body
    acts = JournalEntry.objects.filter(action="readings_set_aside")
    assert [act.details["number"] for act in acts] == [done.set_aside[0].number]


def test_without_a_moment_no_readings_are_touched(home, anna: Client) -> None:
    send(home, anna, "131.000", NOVEMBER_23 - HOUR)
    assert block(home, user_id(anna)).set_aside == ()
    assert counted(home) == (micro("131.000"),)


def test_readings_of_others_and_of_a_month_billed_already_stay(home, anna: Client) -> None:
    send(home, anna, "131.000", NOVEMBER_23 - HOUR)
    BillingRun.objects.filter(period=Period(2026, 10).first_day).update(period=NOVEMBER.first_day)
    since = NOVEMBER_23 - 2 * HOUR
    assert block(home, user_id(anna), suspected_since=since).set_aside == ()
    other = User.objects.create(login="other")
    billed = BillingRun.objects.filter(period=NOVEMBER.first_day)
    billed.update(period=Period(2026, 10).first_day)
    assert block(home, other.pk, suspected_since=since).set_aside == ()
    assert counted(home) == (micro("131.000"),)


def test_the_control_reading_of_the_commission_takes_the_place(home, anna: Client) -> None:
    household, registers = home
    send(home, anna, "131.000", NOVEMBER_23 - HOUR)
    block(home, user_id(anna), suspected_since=NOVEMBER_23 - 2 * HOUR)
    cold = registers[COLD, "single"]
    read(cold, NOVEMBER, "126.900", day=24, source=ReadingSource.CONTROL)
    meters = meters_for(
        supplier_id=household.supplier_id, account_id=household.account_id, month=NOVEMBER.plus(1)
    )
    states = {one.id: one.state for meter in meters for one in meter.registers}
    assert states[cold.pk].last_value == micro("126.900")


def test_opened_again_by_its_number_with_a_new_password_to_set(home, anna: Client) -> None:
    who = user_id(anna)
    User.objects.filter(pk=who).update(password="argon2$known-to-the-thief")
    number = block(home, who).number
    with pytest.raises(NotFound):
        unblock_cabinet(
            number="Б-999999", supplier_id=home[0].supplier_id, actor_id=None, why="паспорт",
            now=NOVEMBER_23,
        )  # fmt: skip
    unblock_cabinet(
        number=number, supplier_id=home[0].supplier_id, actor_id=None, why="паспорт",
        now=NOVEMBER_23 + HOUR,
    )  # fmt: skip
    assert people.user_view(who).is_active
    assert not people.has_password(who)
    assert people.block_of(who) is None
    row = BlockRequest.objects.get()
    assert (row.lifted_at, row.lifted_why) == (NOVEMBER_23 + HOUR, "паспорт")
    assert block(home, who, now=NOVEMBER_23 + 2 * HOUR).number != number, "a new theft, a new one"


@pytest.mark.parametrize("said", ["Б-000017", "б 17", " 17 ", "б-17", "B-17", "000017"])
def test_a_number_is_read_as_it_is_told_by_telephone(said: str) -> None:
    assert read_block_number(said) == 17
    assert block_number(17) == "Б-000017"


@pytest.mark.parametrize("said", ["", "Б-", "17а", "восемь"])
def test_what_is_no_number_means_no_request(said: str) -> None:
    assert read_block_number(said) == 0


# The hotline


def test_the_hotline_blocks_by_the_account_and_opens_by_the_number(home, anna: Client) -> None:
    send(home, anna, "131.000", NOVEMBER_23 - HOUR)
    left, out, _ = run(
        "block_cabinet", "--supplier", "demo", "--who", NUMBER, "--since", "2026-11-23",
        "--why", "позвонил",
    )  # fmt: skip
    number = re.search(r"Б-\d{6}", out)
    assert left == 0
    assert number
    assert "Отменены показания: 23-" in out
    assert counted(home) == ()
    assert anna.get("/demo/profile/").status_code == 302
    left, out, _ = run(
        "block_cabinet", "--supplier", "demo", "--open", number[0], "--why", "паспорт"
    )
    assert (left, "Кабинет открыт" in out) == (0, True)
    assert people.user_by_email("owner@example.ru").is_active


def test_the_hotline_finds_nobody_by_a_wrong_name(home, anna: Client) -> None:
    left, _, err = run("block_cabinet", "--supplier", "demo", "--who", "nobody@example.ru")
    assert left == 1
    assert "Такого кабинета нет" in err
    assert not BlockRequest.objects.exists()


# The pages


def test_from_the_profile_with_the_readings_of_a_day(home, anna: Client) -> None:
    send(home, anna, "131.000", NOVEMBER_23 - HOUR)
    assert "Мой кабинет украли" in anna.get("/demo/profile/").content.decode()
    anna.get("/demo/profile/stolen/")
    assert not BlockRequest.objects.exists(), "opening the page does nothing"
    after = anna.post("/demo/profile/stolen/", {"readings": "day"}, follow=True)
    page = after.content.decode()
    assert BlockRequest.objects.get().channel == BlockChannel.CABINET
    assert block_number(BlockRequest.objects.get().pk) in page
    assert "Как открыть кабинет" in page
    assert counted(home) == ()
    assert anna.get("/demo/profile/").status_code == 302


def test_by_the_link_of_a_notice_without_signing_in(home, anna: Client) -> None:
    Supplier.objects.update(cabinet={})
    who = user_id(anna)
    page = f"/demo/stolen/{people.stolen_mark(who)}/"
    scanner = Client()
    shown = scanner.get(page).content.decode()
    assert "Это не я, заблокировать" in shown
    assert "owner@example.ru" not in shown
    assert not BlockRequest.objects.exists()
    after = scanner.post(page, follow=True).content.decode()
    assert block_number(BlockRequest.objects.get().pk) in after
    assert anna.get("/demo/profile/").status_code == 302


@pytest.mark.parametrize("days", [0, 31])
def test_a_forged_or_an_old_mark_blocks_nobody(home, anna: Client, days: int) -> None:
    mark = people.stolen_mark(user_id(anna)) if days else "1:forged:mark"
    with time_machine.travel(NOVEMBER_23 + timedelta(days=days), tick=False):
        assert Client().get(f"/demo/stolen/{mark}/").status_code == 404
        assert Client().post(f"/demo/stolen/{mark}/").status_code == 404
    assert not BlockRequest.objects.exists()


def test_keys_added_by_the_thief_go_when_the_cabinet_is_opened(home, anna: Client) -> None:
    from allauth.mfa.models import Authenticator

    who = user_id(anna)
    for at in (NOVEMBER_23 - 10 * HOUR, NOVEMBER_23 - HOUR):
        with time_machine.travel(at, tick=False):
            Authenticator.objects.create(user_id=who, type="webauthn", data={})
    number = block(home, who, suspected_since=NOVEMBER_23 - 2 * HOUR).number
    with transaction.atomic():
        identity.unblock_user(number=number, actor_id=None, why="паспорт", now=NOVEMBER_23)
    assert [one.created_at for one in Authenticator.objects.all()] == [NOVEMBER_23 - 10 * HOUR]
