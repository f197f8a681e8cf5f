"""Access for relatives: invited by an owner, accepted by the invited alone, ended at once."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from abonent.domain.accounts import operations
from abonent.domain.accounts.models import AccessInvitation, AccountAccess
from abonent.domain.accounts.operations import CannotInvite, Guest, NotYours
from abonent.domain.accounts.queries import accounts_of, user_for_sign_in, who_has_access
from abonent.domain.accounts.rules import AccessRole, AccessState, Evidence
from abonent.domain.identity.models import User
from abonent.domain.identity.rules import BlockChannel
from abonent.domain.journeys.block_cabinet import block_cabinet
from abonent.domain.messaging.models import Message
from abonent.domain.suppliers.models import Supplier
from abonent.presets.load import load_preset
from bills import NUMBER, Household
from cabinets import LONG_AGO, link, reader_of, signed_in, waiting_for
from entrance import letters, link_in, shown_again, text
from flat import HOME, NOVEMBER_23, PREVIEW, READINGS

ABOUT, INVITE = f"{HOME}about/", f"{HOME}invite/"
ACCOUNTS = "/demo/accounts/"
SON = "son@example.ru"
DAY = timedelta(days=1)
NIGHT = datetime.fromisoformat("2026-12-31T23:59:59+05:00")


@pytest.fixture
def household(home: tuple[Household, object]) -> Household:
    return home[0]


def invite(owner: Client, **changed: Any):
    return owner.post(INVITE, {"contact": SON, "role": "reader", "ends_on": ""} | changed)


def who(client: Client) -> int:
    return int(client.session["_auth_user_id"])


def let_in(owner: Client, **changed: Any) -> Client:
    """Invite the son and let him accept; returns his browser."""
    son = signed_in(SON)
    invite(owner, **changed)
    son.post(link_in(letters(SON)[0]))
    return son


def enter(client: Client, user_id: int) -> None:
    """Sign in at another time: the session of weeks ago is over."""
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(User.objects.get(pk=user_id), backend=backend)


def account_of(client: Client, household: Household, now: datetime = NOVEMBER_23):
    found = accounts_of(user_id=who(client), supplier_id=household.supplier_id, now=now)
    return found[0] if found else None


# The way of it


def test_invited_by_mail_accepted_after_sign_in_and_seen_by_the_owner(
    household: Household, owner: Client
) -> None:
    page = text(owner.get(ABOUT))
    assert "Открыть счёт близкому" in page
    assert invite(owner)["Location"] == ABOUT
    letter = letters(SON)[0]
    assert "Иванов Иван открывает вам лицевой счёт …2345" in letter.body
    assert NUMBER not in letter.body
    assert "Можно будет смотреть." in letter.body
    where = link_in(letter)
    assert Client().get(where)["Location"].startswith("/demo/sign-in/?next=")
    son = signed_in(SON)
    offered = text(son.get(where))
    assert "Вам открывают лицевой счёт" in offered
    assert not AccountAccess.objects.filter(user_id=who(son)).exists(), "reading opens nothing"
    assert son.post(where)["Location"] == HOME
    assert son.get(HOME).status_code == 200
    shown = text(owner.get(ABOUT))
    assert "Смотреть</span>" in shown
    assert "Ждут ответа" not in shown
    told = letters("owner@example.ru")[0]
    assert "открыт ещё одному человеку. Ему можно смотреть" in told.body
    assert SON not in told.body
    assert son.post(where)["Location"] == HOME, "a second press does nothing new"
    assert AccountAccess.objects.filter(user_id=who(son)).count() == 1


def test_invited_by_telephone_with_an_sms(household: Household, owner: Client) -> None:
    invite(owner, contact="8 912 200-04-17")
    sms = Message.objects.get(recipient="+79122000417")
    son = signed_in(SON)
    where = re.search(r"/demo/accounts/invitation/\S+", sms.body)[0]
    assert "Приглашение другому человеку" in text(son.get(where))
    User.objects.filter(pk=who(son)).update(phone="+79122000417", phone_proven_at=NOVEMBER_23)
    assert son.post(where)["Location"] == HOME


def test_a_forwarded_link_opens_nothing_and_names_nobody(
    household: Household, owner: Client
) -> None:
    invite(owner)
    where = link_in(letters(SON)[0])
    thief = signed_in("thief@example.ru")
    page = text(thief.get(where))
    assert "Иванов Иван" not in page.replace("Иванов Иван</a>", "")
    assert SON not in page
    refused = shown_again(thief, thief.post(where))
    assert "на другую почту или телефон" in text(refused)
    assert not AccountAccess.objects.filter(user_id=who(thief)).exists()


def test_consents_of_the_supplier_come_first(household: Household, owner: Client) -> None:
    invite(owner)
    Supplier.objects.update(cabinet=load_preset("").preset.cabinet)
    where, son = link_in(letters(SON)[0]), signed_in(SON)
    page = text(son.get(where))
    assert 'name="consent_personal_data"' in page
    assert "checked" not in page
    assert shown_again(son, son.post(where))
    assert not AccountAccess.objects.filter(user_id=who(son)).exists()
    given = {"consent_personal_data": "on", "consent_terms": "on"}
    assert son.post(where, given)["Location"] == HOME


# Rights


@pytest.mark.parametrize(
    ("role", "sends", "pays"),
    [("reader", False, False), ("sender", True, False), ("payer", True, True)],
)
def test_each_page_respects_the_right(
    household: Household, owner: Client, bank: object, role: str, sends: bool, pays: bool
) -> None:
    son = let_in(owner, role=role)
    for page in ("", "charges/", "documents/", "readings/history/", "payments/history/", "about/"):
        assert son.get(f"{HOME}{page}").status_code == 200, page
    assert ('name="key"' in text(son.get(READINGS))) is sends
    sent = son.post(PREVIEW, {})["Location"]
    assert (sent != READINGS) is sends
    assert ('name="key"' in text(son.get(f"{HOME}payments/"))) is pays
    for page in ("invite/", "access/1/"):
        assert son.get(f"{HOME}{page}")["Location"] == ABOUT, page
    assert invite(son, contact="other@example.ru")["Location"] == ABOUT
    assert not letters("other@example.ru")
    shown = text(son.get(ABOUT))
    assert "Счёт открыл вам владелец" in shown
    assert "Кто видит счёт" not in shown
    assert ("Передать показания</a>" in text(son.get(HOME))) is sends


def test_nobody_but_an_owner_learns_who_else_sees_the_account(
    household: Household, owner: Client
) -> None:
    son = let_in(owner)
    given = {"supplier_id": household.supplier_id, "number": NUMBER, "now": NOVEMBER_23}
    assert [one.is_you for one in who_has_access(user_id=who(son), **given)] == [True]
    assert len(who_has_access(user_id=who(owner), **given)) == 2


@pytest.mark.parametrize("make", [reader_of, waiting_for])
def test_who_is_no_open_owner_invites_nobody(household: Household, make) -> None:
    client = make(household)
    with pytest.raises(NotYours):
        operations.invite_to_account(
            user_id=who(client), supplier_id=household.supplier_id, number=NUMBER,
            guest=Guest(SON, AccessRole.READER), url="{token}", address="", now=NOVEMBER_23,
        )  # fmt: skip
    assert not AccessInvitation.objects.exists()


def test_a_guest_is_not_whom_the_accounts_number_signs_in(
    household: Household, owner: Client
) -> None:
    let_in(owner, role="payer")
    owner.post(f"{HOME}unlink/")
    found = user_for_sign_in(supplier_id=household.supplier_id, number=NUMBER, now=NOVEMBER_23)
    assert found is None


def test_a_guest_who_proves_the_account_becomes_its_owner(
    household: Household, owner: Client
) -> None:
    son = let_in(owner, ends_on="2026-12-31")
    with transaction.atomic():
        operations.grant_access(
            user_id=who(son), supplier_id=household.supplier_id, number=NUMBER,
            evidence=Evidence.STAFF, actor_id=None, now=NOVEMBER_23,
        )  # fmt: skip
    view = account_of(son, household, NIGHT + DAY)
    assert (view.role, view.ends_at) == (AccessRole.OWNER, None)
    owner.post(f"{HOME}unlink/")
    assert account_of(son, household) is not None, "what is one's own does not end with another's"


# Ends


def test_on_its_last_day_it_is_open_and_after_it_closed(
    household: Household, owner: Client
) -> None:
    son = let_in(owner, ends_on="31.12.2026")
    his, hers = who(son), who(owner)
    assert "до 1 января 2027" in text(son.get(ABOUT)).replace("\u00a0", " ")
    for moment, status in ((NIGHT, 200), (NIGHT + timedelta(seconds=1), 404)):
        with time_machine.travel(moment, tick=False):
            enter(son, his)
            assert son.get(HOME).status_code == status
    with time_machine.travel(NIGHT + DAY, tick=False):
        enter(owner, hers)
        enter(son, his)
        invite(owner)
        son.post(link_in(letters(SON)[0]))
        assert son.get(HOME).status_code == 200, "invited anew after the end"


def test_an_owner_ends_it_at_once(household: Household, owner: Client) -> None:
    son = let_in(owner)
    access = AccountAccess.objects.get(user_id=who(son))
    owner.post(f"{HOME}access/{access.pk}/")
    assert son.get(HOME).status_code == 404


def test_another_owner_vetoes_by_the_letter(household: Household, owner: Client) -> None:
    wife = signed_in("wife@example.ru")
    link(wife, household, AccessState.ACTIVE, LONG_AGO)
    son = let_in(owner)
    where = link_in(letters("wife@example.ru")[0])
    assert "Я против, закрыть доступ" in text(Client().get(where))
    assert son.get(HOME).status_code == 200
    Client().post(where)
    assert son.get(HOME).status_code == 404


def test_with_the_inviters_own_link_it_ends_too(household: Household, owner: Client) -> None:
    son = let_in(owner)
    invite(owner, contact="other@example.ru")
    waiting = link_in(letters("other@example.ru")[0])
    owner.post(f"{HOME}unlink/")
    assert account_of(son, household) is None
    assert signed_in("other@example.ru").get(waiting).status_code == 404


def test_a_blocked_cabinet_takes_back_what_it_gave_since_then(
    household: Household, owner: Client
) -> None:
    son = let_in(owner)
    given = {
        "user_id": who(owner), "supplier_id": household.supplier_id, "actor_id": None, "why": "",
        "channel": BlockChannel.HOTLINE, "now": NOVEMBER_23,
    }  # fmt: skip
    block_cabinet(**given, suspected_since=NOVEMBER_23 + timedelta(minutes=1))
    assert account_of(son, household) is not None
    block_cabinet(**given, suspected_since=NOVEMBER_23 - timedelta(hours=1))
    assert account_of(son, household) is None


# Invitations that do not count


def test_a_withdrawn_an_old_and_a_forged_one_are_no_pages(
    household: Household, owner: Client
) -> None:
    son = signed_in(SON)
    his = who(son)
    invite(owner)
    first = link_in(letters(SON)[0])
    invite(owner)
    second = link_in(letters(SON)[0])
    assert son.get(first).status_code == 404, "a new one takes its place"
    row = AccessInvitation.objects.get(cancelled_at=None)
    assert f"invitations/{row.pk}/cancel/" in text(owner.get(ABOUT))
    with time_machine.travel(NOVEMBER_23 + 14 * DAY, tick=False):
        later = Client()
        enter(later, his)
        assert later.get(second).status_code == 404
    assert son.get(second).status_code == 200
    owner.post(f"{HOME}invitations/{row.pk}/cancel/")
    assert son.get(second).status_code == 404
    assert son.get(f"{ACCOUNTS}invitation/forged/").status_code == 404
    assert not AccountAccess.objects.filter(user_id=his).exists()


def test_an_invitation_is_used_by_one_person(household: Household, owner: Client) -> None:
    let_in(owner)
    where = link_in(letters(SON)[0])
    User.objects.filter(email=SON).update(email="gone@example.ru")
    assert signed_in("else@example.ru").get(where).status_code == 404


def test_an_owner_who_accepts_stays_an_owner(household: Household, owner: Client) -> None:
    wife = signed_in("wife@example.ru")
    link(wife, household, AccessState.ACTIVE, LONG_AGO)
    invite(owner, contact="wife@example.ru")
    wife.post(link_in(letters("wife@example.ru")[0]))
    assert account_of(wife, household).role is AccessRole.OWNER


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"contact": "сын"}, "Это не похоже ни на почту, ни на телефон"),
        ({"contact": ""}, "Введите почту или телефон"),
        ({"ends_on": "2026-11-22"}, "Этот день уже прошёл"),
        ({"ends_on": "завтра"}, "Это не день"),
        ({"role": "owner"}, "Выберите"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field_and_kept(
    household: Household, owner: Client, changed: dict[str, str], said: str
) -> None:
    page = text(shown_again(owner, invite(owner, **changed)))
    assert said in page
    kept = {"contact": SON} | changed
    assert kept["contact"] in page
    assert not AccessInvitation.objects.exists()


def test_five_invitations_a_day_and_no_more(household: Household, owner: Client) -> None:
    for place in range(5):
        assert invite(owner, contact=f"r{place}@example.ru")["Location"] == ABOUT
    sixth = shown_again(owner, invite(owner, contact="r6@example.ru"))
    assert "пять приглашений" in text(sixth)
    assert not letters("r6@example.ru")


def test_nobody_is_made_an_owner_by_an_invitation(household: Household, owner: Client) -> None:
    with pytest.raises(CannotInvite):
        operations.invite_to_account(
            user_id=who(owner), supplier_id=household.supplier_id, number=NUMBER,
            guest=Guest(SON, AccessRole.OWNER, date(2027, 1, 1)), url="{token}", address="",
            now=NOVEMBER_23,
        )  # fmt: skip


def test_whom_a_dead_invitation_went_to_is_forgotten(household: Household, owner: Client) -> None:
    invite(owner)
    assert operations.forget_invited(now=NOVEMBER_23 + 13 * DAY) == 0
    assert operations.forget_invited(now=NOVEMBER_23 + 14 * DAY) == 1
    assert AccessInvitation.objects.get().contact == ""
    assert operations.forget_invited(now=NOVEMBER_23 + 15 * DAY) == 0
