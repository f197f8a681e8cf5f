"""Bills by e-mail: each letter once, on the day the bill is out, with links that do one thing."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail

from abonent.domain.accounts.models import AccountAccess
from abonent.domain.accounts.queries import account_for
from abonent.domain.accounts.rules import AccessState
from abonent.domain.billing.models import BillingRun
from abonent.domain.billing.operations import deliver_bills, send_bill, subscribe_to_bills
from abonent.domain.billing.operations.bill_letters import TooManyLetters
from abonent.domain.messaging.models import Message, Subscription
from abonent.domain.messaging.operations import send_due
from bills import NUMBER, OCTOBER, Household, two_bills
from cabinets import owner_of
from flat import NOVEMBER_23

pytestmark = pytest.mark.django_db
OWN = "owner@example.ru"


@pytest.fixture
def home() -> Household:
    return two_bills()


@pytest.fixture
def owner(home: Household):
    client = owner_of(home)
    user_id = int(client.session["_auth_user_id"])
    account = account_for(user_id=user_id, supplier_id=home.supplier_id, number=NUMBER)
    return account, user_id


def subscribe(owner, recipient: str = OWN) -> Subscription:
    account, user_id = owner
    subscribe_to_bills(account=account, user_id=user_id, recipient=recipient, now=NOVEMBER_23)
    return Subscription.objects.get(recipient=recipient.lower())


def deliver(home: Household) -> int:
    """Deliver October's bills as its publication does, whatever was out before."""
    Subscription.objects.update(served_through=None)
    run = BillingRun.objects.get(supplier_id=home.supplier_id, period=OCTOBER.first_day)
    return deliver_bills(run_id=run.pk, now=NOVEMBER_23)


def test_the_own_mailbox_is_subscribed_at_once_another_is_asked(owner):
    assert subscribe(owner).confirmed_at is not None
    assert subscribe(owner, "Son@Example.ru").confirmed_at is None
    asked = Message.objects.get(recipient="son@example.ru")
    assert "/letters/" in asked.body
    assert NUMBER not in asked.body + asked.subject


def test_a_letter_carries_the_bill_and_its_links_once(home, owner, settings):
    subscribe(owner)
    assert deliver(home) == 1
    run = BillingRun.objects.get(supplier_id=home.supplier_id, period=OCTOBER.first_day)
    assert deliver_bills(run_id=run.pk, now=NOVEMBER_23) == 0
    settings.CARRIERS = {"smtp": "abonent.adapters.carriers.smtp.carrier.Smtp"}
    assert send_due(now=NOVEMBER_23) == 1
    letter = mail.outbox[0]
    assert letter.subject == "Счёт за октябрь\u00a02026"
    name, content, kind = letter.attachments[0]
    assert (name, kind, bytes(content)[:5]) == ("bill-2026-10.pdf", "application/pdf", b"%PDF-")
    page = letter.alternatives[0].content
    total = re.search(r'href="(\S+/pay/)"[^>]*>5\u00a0198,26\u00a0₽<', page)
    assert total, "the sum itself leads to its payment"
    assert total[1] in page.replace(total[0], ""), "and so does the button"
    for ending in ("readings/", "end/"):
        assert re.search(rf"/letters/\S+/{ending}", letter.body)
    url = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert url.endswith("/end/")
    assert url in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_neither_subject_nor_words_tell_whose_the_bill_is(home, owner):
    subscribe(owner)
    deliver(home)
    letter = Message.objects.get(kind="bill")
    assert not re.search(r"\d[\d\u00a0]*,\d\d", letter.subject)
    for private in ("Иванов", "Примерная", NUMBER):
        assert private not in letter.subject + letter.body + letter.html


def test_whoever_subscribes_after_the_bill_waits_for_the_next(home, owner):
    subscribe(owner)
    run = BillingRun.objects.get(supplier_id=home.supplier_id, period=OCTOBER.first_day)
    assert deliver_bills(run_id=run.pk, now=NOVEMBER_23) == 0


def test_a_person_who_sees_the_account_no_more_gets_nothing(home, owner):
    kept = subscribe(owner)
    AccountAccess.objects.update(state=AccessState.REVOKED)
    assert deliver(home) == 0
    kept.refresh_from_db()
    assert kept.ended_at == NOVEMBER_23


def test_an_unanswered_question_brings_no_bill(home, owner):
    subscribe(owner, "son@example.ru")
    assert deliver(home) == 0


def test_a_stopped_delivery_goes_on_where_it_was(home, owner, monkeypatch):
    first, second = subscribe(owner), subscribe(owner, "son@example.ru")
    Subscription.objects.update(confirmed_at=NOVEMBER_23)
    from abonent.domain.billing.operations import bill_letters

    whole, told = bill_letters._tell, []

    def dies_at_the_second(*given):
        told.append(given)
        if len(told) == 2:
            raise KeyboardInterrupt
        return whole(*given)

    monkeypatch.setattr(bill_letters, "_tell", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        deliver(home)
    monkeypatch.setattr(bill_letters, "_tell", whole)
    run = BillingRun.objects.get(supplier_id=home.supplier_id, period=OCTOBER.first_day)
    assert deliver_bills(run_id=run.pk, now=NOVEMBER_23) == 1
    sent = Message.objects.filter(kind="bill").values_list("recipient", flat=True)
    assert sorted(sent) == sorted([first.recipient, second.recipient])


def test_five_letters_a_day_to_any_mailbox(home, owner):
    account, user_id = owner
    for step in range(5):
        send_bill(
            account=account, user_id=user_id, period=OCTOBER, recipient=f"{step}@example.ru",
            now=NOVEMBER_23,
        )  # fmt: skip
    again = {"user_id": user_id, "period": OCTOBER, "recipient": "6@example.ru"}
    with pytest.raises(TooManyLetters):
        send_bill(account=account, now=NOVEMBER_23, **again)
    tomorrow = NOVEMBER_23 + timedelta(days=1, seconds=1)
    send_bill(account=account, now=tomorrow, **again)
    assert Message.objects.filter(kind="bill_copy").count() == 6


def test_three_questions_a_day_to_mailboxes_of_others(owner):
    for step in range(3):
        subscribe(owner, f"{step}@example.ru")
    with pytest.raises(TooManyLetters):
        subscribe(owner, "4@example.ru")
    assert not Message.objects.filter(recipient="4@example.ru").exists()


def test_a_month_without_a_bill_is_not_sent(owner):
    account, user_id = owner
    from abonent.domain.billing.queries.statements import NotPublished

    with pytest.raises(NotPublished):
        send_bill(
            account=replace(account), user_id=user_id, period=OCTOBER.plus(5),
            recipient="a@b.ru", now=NOVEMBER_23,
        )  # fmt: skip
