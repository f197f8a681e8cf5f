"""A payer at MONETA's form: asked before, reported after, found when nobody could report it."""

import re
import uuid
from datetime import timedelta

import httpx
import pytest
import time_machine

from abonent.adapters.acquirers.moneta import acquirer
from abonent.adapters.acquirers.wire import Reply
from abonent.domain.exchange.operations import registries
from abonent.domain.identity.models import User
from abonent.domain.messaging.models import Message
from abonent.domain.payments import operations, queries
from abonent.domain.payments.models import Payment
from abonent.domain.payments.ports import Exchange
from abonent.domain.payments.rules import PaymentState
from abonent.domain.payments.rules.refunds import RefundState
from abonent.domain.suppliers.models import Rulebook
from banks import KINDS, SECRET, counter
from paying import CODE, NOW, RETURN_URL, posted_for

pytestmark = pytest.mark.django_db(transaction=True)
GOOD = {"number": "5555 5555 5555 4477", "validity": "12/30", "code": "321"}
CHANNEL = """[demo.moneta]
protocol = "moneta"
shop = "54600817"
secret_env = "MONETA_CODE"
addresses = ["127.0.0.0/8", "::1"]
"""


@pytest.fixture
def at_bank(world, settings, live_server, agents_file, monkeypatch):
    """Let MONETA know our door as its check and pay address, and the supplier choose MONETA."""
    monkeypatch.setenv("MONETA_CODE", SECRET)
    agents_file.write_text(CHANNEL)
    Rulebook.objects.create(supplier=world.supplier, name="acquirer", value="moneta")
    hook = f"{live_server.url}/api/agents/{CODE}/moneta/"
    with counter(KINDS["moneta"], settings, hook=hook) as opened:
        yield opened


def get(address):
    return httpx.get(address, trust_env=False)


def shows_a_card(page, card=GOOD):
    """Pay at the bank's page up to the code; returns where the payer is sent."""
    httpx.post(f"{page}/card", data=card, trust_env=False)
    code = re.search(r'class="code">(\d{6})<', get(f"{page}/code").text)[1]
    return httpx.post(f"{page}/code", data={"code": code}, trust_env=False).headers["Location"]


def out_of_reach(agents_file):
    """Let the check and pay address be gone."""
    agents_file.write_text("")


def row(view):
    return Payment.objects.get(pk=view.id)


def test_a_payer_brings_the_form_is_asked_about_pays_and_is_credited_before_he_is_back(
    world, at_bank
):
    view = world.pay(128_493)
    assert (view.state, view.channel) == (PaymentState.AWAITING, "moneta")
    assert at_bank.simulator.truth()["payments"] == []
    page = get(view.confirmation_url).headers["Location"]
    back = shows_a_card(page)
    assert back == RETURN_URL.replace("{payment}", str(view.uuid))
    assert posted_for(view) == [128_493]
    (told,) = at_bank.simulator.truth()["notifications"]
    assert (told["state"], told["deliveries"][0]["answer"]) == ("delivered", "SUCCESS")
    assert row(view).external_id == page.rpartition("/")[2]
    # Back at the form: the order is paid, and nobody is charged again.
    again = get(view.confirmation_url)
    assert (again.status_code, "200" in again.text) == (409, True)
    assert world.broken() == {}


def test_a_form_that_was_changed_on_its_way_is_not_taken(world, at_bank):
    view = world.pay(128_493)
    assert get(view.confirmation_url.replace("1284.93", "1.00")).status_code == 400
    assert at_bank.simulator.truth()["payments"] == []


def test_a_form_whose_hour_is_over_is_refused_when_moneta_asks(world, at_bank):
    view = world.pay(128_493)
    with time_machine.travel(NOW + timedelta(minutes=61)):
        operations.settle_awaiting(now=NOW + timedelta(minutes=61))
        assert queries.view_of(view.id).state == PaymentState.EXPIRED
        late = get(view.confirmation_url)
    assert (late.status_code, "500" in late.text) == (409, True)
    assert [one["state"] for one in at_bank.simulator.truth()["payments"]] == ["cancelled"]


def test_money_whose_report_never_arrives_is_found_by_looking(world, at_bank, agents_file):
    """The pay address is down for thirty hours: MONETA completes the operation without us."""
    view = world.pay(128_493)
    page = get(view.confirmation_url).headers["Location"]
    out_of_reach(agents_file)
    shows_a_card(page)
    at_bank.at(NOW + timedelta(hours=30))
    at_bank.simulator.deliver_due()
    (told,) = at_bank.simulator.truth()["notifications"]
    assert (told["state"], len(told["deliveries"])) == ("given_up", 29)
    operations.settle_awaiting(now=NOW + timedelta(minutes=60))
    assert posted_for(view) == [128_493]
    assert world.broken() == {}


def test_money_whose_report_never_arrives_is_found_by_the_registry(
    world, at_bank, agents_file, settings
):
    """Of three operations one was reported; the others and a double payment come in the file."""
    views = [
        world.pay(100_000 + place, start=operations.start_another_payment) for place in range(3)
    ]
    pages = [get(view.confirmation_url).headers["Location"] for view in views]
    shows_a_card(pages[0])
    out_of_reach(agents_file)
    for page in pages[1:]:
        shows_a_card(page)
    settings.MONETA_URL = "http://127.0.0.1:1/services"
    lines = [
        f"{page.rpartition('/')[2]};{view.uuid};24.11.2026 12:00:00;1000.0{place}"
        for place, (page, view) in enumerate(zip(pages, views, strict=True))
    ]
    # And one of the orders was paid a second time by another operation.
    lines.append(f"399999999;{views[1].uuid};24.11.2026 12:30:00;1000.01")
    content = "\r\n".join([*lines, "=4;4000.04", ""]).encode()
    given = {"supplier_id": world.supplier.pk, "channel": "moneta", "layout": "terminals"}
    tomorrow = NOW + timedelta(days=1)
    registries.load_registry(**given, name="20261124.txt", body=content, now=tomorrow)
    with pytest.raises(registries.RegistryRefused):
        registries.load_registry(**given, name="again.txt", body=content, now=tomorrow)
    assert [posted_for(view) for view in views] == [[100_000], [100_001], [100_002]]
    assert world.owes() == -(100_000 + 100_001 + 100_002 + 100_001)
    assert world.broken() == {}


def test_one_order_paid_by_two_operations_is_credited_twice(world, at_bank, agents_file):
    """Two windows with one form, both paid: the second money is the account's too (R7)."""
    world.anna.emailaddress_set.create(email="anna@example.org", verified=True, primary=True)
    view = world.pay(128_493)
    first = get(view.confirmation_url).headers["Location"]
    out_of_reach(agents_file)
    shows_a_card(first)
    assert posted_for(view) == []
    agents_file.write_text(CHANNEL)
    second = get(view.confirmation_url).headers["Location"]
    assert second != first
    shows_a_card(second)
    at_bank.at(NOW + timedelta(hours=1))
    at_bank.simulator.deliver_due()
    assert world.owes() == -2 * 128_493
    assert Message.objects.filter(kind="payment_paid_twice").count() == 1
    assert len(at_bank.operations("captured")) == Payment.objects.count() == 2
    assert world.broken() == {}


@pytest.mark.parametrize("lost", [False, True])
def test_money_goes_back_once_though_the_answer_was_lost(world, at_bank, monkeypatch, lost):
    view = world.pay(50_000)
    shows_a_card(get(view.confirmation_url).headers["Location"])
    clerk = User.objects.create_user(login="clerk", password=None).pk
    asked = acquirer._ask

    def loses(shop, name, told, *, seconds):
        reply = asked(shop, name, told, seconds=seconds)
        return Reply(None, None, Exchange(question=name)) if name == "Refund" else reply

    if lost:
        monkeypatch.setattr(acquirer, "_ask", loses)
    given = operations.refund_payment(
        supplier_id=world.supplier.pk, payment_id=view.id, account_id=world.flat.pk,
        amount=20_000, why="ошибка", key=uuid.uuid4(), actor_id=clerk, now=NOW,
    )  # fmt: skip
    assert given.state == (RefundState.UNKNOWN if lost else RefundState.PENDING)
    for minutes in (4, 8, 20, 40, 100):
        operations.settle_awaiting(now=at_bank.at(NOW + timedelta(minutes=minutes)))
    assert queries.refund_view(given.id).state == RefundState.DONE
    truth = at_bank.simulator.truth()["refunds"]
    assert [(one["amount"], one["state"]) for one in truth] == [(20_000, "succeeded")]
    assert world.owes() == -30_000
    assert world.broken() == {}
