"""The door of the acquirer's notices: no session, no signature, no outside call, no waiting."""

import time

import pytest
from django.test import Client

from abonent.domain.payments import operations, queries
from abonent.domain.payments.models import Notice
from abonent.domain.payments.rules import PaymentState
from abonent.domain.payments.rules.notices import Outcome
from bank_simulator.faults import Fault
from bank_simulator.mischief import Mischief
from bank_simulator.records import Shop
from paying import CODE, NOW, SECRET, SHOP, posted_for

ADDRESS = f"/api/callbacks/yookassa/{CODE}/"


def send(client, body, address=ADDRESS):
    return client.post(address, body, content_type="application/json")


@pytest.mark.django_db
def test_a_notice_is_answered_without_a_token_of_ours(world, bank):
    answer = send(Client(enforce_csrf_checks=True), b"{}")
    assert answer.status_code == 200
    assert bytes(Notice.objects.get().body) == b"{}"


@pytest.mark.django_db
def test_it_is_answered_within_a_tenth_of_a_second_while_the_bank_is_down(world, bank, client):
    view = world.pay()
    bank.pays(view)
    body = bank.notice(view)
    bank.simulator.fault(Fault("before", "timeout", count=1000))
    send(client, b"warm up")
    spent = []
    for place in range(20):
        started = time.perf_counter()
        assert send(client, body + b" " * place).status_code == 200
        spent.append(time.perf_counter() - started)
    assert sorted(spent)[len(spent) // 2] < 0.1
    assert sum(fault.count for fault in bank.simulator.faults_left()) == 1000


@pytest.mark.django_db
@pytest.mark.parametrize(("size", "status"), [(64 * 1024, 200), (64 * 1024 + 1, 413)])
def test_a_body_of_64_kb_is_the_largest(world, client, size, status):
    assert send(client, b"x" * size).status_code == status
    assert Notice.objects.count() == int(status == 200)


@pytest.mark.django_db
def test_an_unknown_supplier_or_another_method_is_no_door(world, client):
    assert send(client, b"{}", "/api/callbacks/yookassa/nobody/").status_code == 404
    assert client.get(ADDRESS).status_code == 405
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_the_door_stands_under_the_suppliers_prefix_too(world, client):
    assert send(client, b"{}", f"/{CODE}{ADDRESS}").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/api/healthz", "/api/readyz"])
def test_health_is_told(client, address):
    answer = client.get(address)
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.fixture
def heard(bank, live_server):
    """Let the bank send its notices to our door."""
    url = f"{live_server.url}{ADDRESS}"
    bank.simulator._shops[SHOP] = Shop(SHOP, SECRET, url)
    return bank


def work():
    for notice in Notice.objects.filter(handled_at__isnull=True).order_by("pk"):
        operations.handle_notice(notice_id=notice.pk, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_the_bank_tells_and_the_money_is_credited(world, heard):
    view = world.pay()
    heard.pays(view)
    assert [one.status for one in heard.simulator.deliver_due()] == [200]
    work()
    assert posted_for(view) == [view.amount]


@pytest.mark.django_db(transaction=True)
def test_the_bank_tells_before_our_create_call_has_returned(world, heard):
    heard.simulator.pay_before_answer()
    view = world.pay()
    assert Notice.objects.count() == 1
    work()
    assert queries.view_of(view.id).state == PaymentState.CAPTURED
    assert posted_for(view) == [view.amount]


@pytest.mark.django_db(transaction=True)
def test_a_hundred_copies_are_told_and_credited_once(world, heard):
    heard.simulator.mischief(Mischief(duplicate=99))
    view = world.pay()
    heard.pays(view)
    told = heard.simulator.deliver_due(workers=8)
    assert [one.status for one in told] == [200] * 100
    work()
    assert Notice.objects.get().times == 100
    assert posted_for(view) == [view.amount]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("lie", "outcome"),
    [
        ("amount", Outcome.QUARANTINED),
        ("currency", Outcome.QUARANTINED),
        ("unknown_id", Outcome.QUARANTINED),
        ("foreign_shop", Outcome.QUARANTINED),
        ("status", Outcome.NOTED),
    ],
)
def test_a_forged_notice_moves_nothing(world, heard, lie, outcome):
    view = world.pay()
    heard.simulator.forge(view.external_id, lie=lie)
    heard.simulator.deliver_due()
    work()
    assert Notice.objects.get().outcome == outcome
    assert posted_for(view) == []
    heard.pays(view)
    heard.simulator.deliver_due()
    work()
    assert posted_for(view) == [view.amount]
