"""MONETA's check and pay addresses: its vectors, its states, our orders and its own payers."""

from hashlib import md5

import pytest
import time_machine
from django.db import OperationalError

from abonent.adapters.agents.channel import channel_of
from abonent.adapters.agents.moneta import MonetaAgent
from abonent.domain.payments.models import Notice, Payment
from abonent.domain.payments.operations import accepting
from abonent.domain.payments.ports import AgentCall
from abonent.domain.payments.rules import PayAsked, PaymentState
from agents import said
from paying import NOW, charge

pytestmark = pytest.mark.django_db
SHOP, CODE_WORD = "54600817", "QWERTY"
ORDER = (
    "MNT_COMMAND", "MNT_ID", "MNT_TRANSACTION_ID", "MNT_OPERATION_ID", "MNT_AMOUNT",
    "MNT_CURRENCY_CODE", "MNT_SUBSCRIBER_ID", "MNT_TEST_MODE",
)  # fmt: skip
FLAT = {"MNT_TRANSACTION_ID": "0010012345", "MNT_AMOUNT": "1000.00"}


def mark(text):
    return md5((text + CODE_WORD).encode(), usedforsecurity=False).hexdigest()


def told(**own):
    values = {"MNT_ID": SHOP, "MNT_CURRENCY_CODE": "RUB", "MNT_TEST_MODE": "0"} | own
    return values | {"MNT_SIGNATURE": mark("".join(values.get(name, "") for name in ORDER))}


def check(**own):
    return told(MNT_COMMAND="CHECK", **own)


def pay(number="123456", **own):
    return told(MNT_OPERATION_ID=number, **own)


@pytest.fixture(autouse=True)
def shop(agents_file, monkeypatch):
    monkeypatch.setenv("MONETA_CODE", CODE_WORD)
    agents_file.write_text(
        f'[demo.moneta]\nprotocol = "moneta"\nshop = "{SHOP}"\nsecret_env = "MONETA_CODE"\n'
        'addresses = ["127.0.0.0/8"]\ntells = ["debt"]\n'
    )
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ordered(world, bank):
    """A payment that Anna has begun; this house has no page of MONETA's yet."""
    view = world.pay(100_000)
    Payment.objects.filter(pk=view.id).update(channel="moneta", external_id="")
    return Payment.objects.get()


# The vectors of PROTOCOLS 5.2


def test_the_published_vectors(monkeypatch):
    assert mark("20054600817FF790ABCD") == "29807c8e5d82198b5c4360e6ec711cce"
    published = pay(MNT_TRANSACTION_ID="FF790ABCD", MNT_AMOUNT="120.25")
    assert published["MNT_SIGNATURE"] == "69bdf9bd91820b8f7b4c4b25d3d22dfa"
    table = {"protocol": "moneta", "shop": SHOP, "secret_env": "MONETA_CODE", "addresses": ["::1"]}
    agent = MonetaAgent(channel_of("moneta", table, None))
    query = "&".join(f"{name}={value}" for name, value in published.items()).encode()
    asked = agent.read(AgentCall("GET", query, b"", "", "", "", ""))
    assert asked == PayAsked("123456", "FF790ABCD", 12_025, None, order="FF790ABCD")


# Somebody pays for an account at MONETA


def test_a_payer_of_its_own_is_checked_and_credited_once(world, door):
    charge(world, 30_000)
    found = said(door.call("moneta", **check(**FLAT)))
    assert found["MNT_RESULT_CODE"] == "402"
    assert found["MNT_SIGNATURE"] == mark("402" + SHOP + "0010012345")
    free = said(door.call("moneta", **check(MNT_TRANSACTION_ID="0010012345")))
    assert (free["MNT_RESULT_CODE"], free["MNT_AMOUNT"]) == ("100", "300.00")
    unknown = check(MNT_TRANSACTION_ID="17", MNT_SUBSCRIBER_ID="0010099999", MNT_AMOUNT="1.00")
    assert said(door.call("moneta", **unknown))["MNT_RESULT_CODE"] == "500"
    for _ in range(3):
        assert door.call("moneta", **pay(**FLAT)).content == b"SUCCESS"
    assert world.owes() == -70_000
    assert door.call("moneta", **pay(**FLAT | {"MNT_AMOUNT": "1001.00"})).content == b"FAIL"
    assert Notice.objects.count() == 1
    assert door.call("moneta", **pay("7", **FLAT)).content == b"SUCCESS"
    assert world.owes() == -170_000
    assert world.broken() == {}


# Somebody pays an order of ours


def test_an_order_is_settled_and_then_it_is_already_paid(world, door, ordered):
    order = {"MNT_TRANSACTION_ID": str(ordered.uuid), "MNT_AMOUNT": "1000.00"}
    assert said(door.call("moneta", **check(**order)))["MNT_RESULT_CODE"] == "402"
    other = order | {"MNT_AMOUNT": "1.00"}
    assert said(door.call("moneta", **check(**other)))["MNT_RESULT_CODE"] == "500"
    assert door.call("moneta", **pay(**other)).content == b"FAIL"
    for _ in range(2):
        assert door.call("moneta", **pay(**order)).content == b"SUCCESS"
    row = Payment.objects.get()
    assert (row.state, row.external_id, row.amount) == (PaymentState.CAPTURED, "123456", 100_000)
    assert said(door.call("moneta", **check(**order)))["MNT_RESULT_CODE"] == "200"
    assert world.owes() == -100_000
    assert world.broken() == {}


def test_an_order_that_was_paid_twice_is_credited_twice(world, door, ordered):
    order = {"MNT_TRANSACTION_ID": str(ordered.uuid), "MNT_AMOUNT": "1000.00"}
    for number in ("1", "2", "1", "2"):
        assert door.call("moneta", **pay(number, **order)).content == b"SUCCESS"
    assert sorted(Payment.objects.values_list("external_id", flat=True)) == ["1", "2"]
    assert world.owes() == -200_000
    assert world.broken() == {}


@pytest.mark.parametrize("state", [PaymentState.EXPIRED, PaymentState.CANCELLED])
def test_money_for_an_order_that_was_given_up_is_money(world, door, ordered, state):
    Payment.objects.update(state=state)
    order = {"MNT_TRANSACTION_ID": str(ordered.uuid), "MNT_AMOUNT": "1000.00"}
    assert door.call("moneta", **pay(**order)).content == b"SUCCESS"
    assert world.owes() == -100_000


def test_a_failure_of_ours_is_told_again(world, door, ordered, monkeypatch):
    def fails(*_args, **_told):
        raise OperationalError("the disk is full")

    order = {"MNT_TRANSACTION_ID": str(ordered.uuid), "MNT_AMOUNT": "1000.00"}
    with monkeypatch.context() as patched:
        patched.setattr(accepting, "settle_reported", fails)
        assert door.call("moneta", **pay(**order)).content == b"FAIL"
    assert door.call("moneta", **pay(**order)).content == b"SUCCESS"


# What is not ours


@pytest.mark.parametrize(
    "lie",
    [
        {"MNT_ID": "54600818"},
        {"MNT_CURRENCY_CODE": "USD"},
        {"MNT_TEST_MODE": "1"},
        {"MNT_TEST_MODE": ""},
        {"MNT_AMOUNT": "1000.0"},
        {"MNT_OPERATION_ID": ""},
        {"MNT_SUBSCRIBER_ID": "a b"},
    ],
)
def test_a_signed_call_that_is_not_ours_is_set_aside(world, door, lie):
    lying = told(**{"MNT_OPERATION_ID": "123456", **FLAT, **lie})
    assert door.call("moneta", **lying).content == b"FAIL"
    assert Notice.objects.count() == 1
    assert not Payment.objects.exists()


def test_a_signature_that_was_split_otherwise_pays_nothing_for_an_order(world, door, ordered):
    """The number lends its digits to the sum: the sum of an order is its own."""
    honest = pay("345", MNT_TRANSACTION_ID=str(ordered.uuid), MNT_AMOUNT="1000.00")
    resplit = honest | {"MNT_OPERATION_ID": "34", "MNT_AMOUNT": "51000.00"}
    assert door.call("moneta", **resplit).content == b"FAIL"
    assert world.owes() == 0
    assert door.call("moneta", **honest).content == b"SUCCESS"


@pytest.mark.parametrize("name", ["MNT_ID", "MNT_CURRENCY_CODE", "MNT_TEST_MODE"])
def test_what_is_signed_must_be_told_too(world, door, name):
    silent = {key: value for key, value in pay(**FLAT).items() if key != name}
    assert door.call("moneta", **silent).content == b"FAIL"
    assert not Payment.objects.exists()


def test_without_a_signature_nothing_is_told(world, door):
    unsigned = check(**FLAT) | {"MNT_SIGNATURE": ""}
    found = said(door.call("moneta", **unsigned))
    assert (found["MNT_RESULT_CODE"], found["MNT_TRANSACTION_ID"]) == ("500", "")
    assert Notice.objects.get().reason == "Неверная подпись"


def test_a_shop_without_addresses_is_not_there(world, door, agents_file):
    text = agents_file.read_text()
    agents_file.write_text(text.replace('addresses = ["127.0.0.0/8"]', ""))
    assert door.call("moneta", **check(**FLAT)).status_code == 404


XML = (
    '<?xml version="1.0"?>{head}<MNT_REQUEST><MNT_ID>{shop}</MNT_ID>'
    "<MNT_TRANSACTION_ID>{order}</MNT_TRANSACTION_ID><MNT_OPERATION_ID>7</MNT_OPERATION_ID>"
    "<MNT_AMOUNT>1000.00</MNT_AMOUNT></MNT_REQUEST>"
)


@pytest.mark.parametrize(
    ("head", "order"),
    [
        ('<!DOCTYPE r [<!ENTITY x "0010012345">]>', "&x;"),
        ('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"),
        ("", "0010012345</MNT_TRANSACTION_ID><MNT_TRANSACTION_ID>0010012346"),
        ("", "<b/>"),
    ],
)
def test_dangerous_or_doubled_xml_pays_nothing_and_is_kept(world, door, head, order):
    body = XML.format(head=head, shop=SHOP, order=order).encode()
    assert door.post("moneta", body).content == b"FAIL"
    assert Notice.objects.count() == 1
    assert not Payment.objects.exists()


def test_more_than_the_contract_takes_is_refused_for_a_payer_of_its_own(world, door):
    above = FLAT | {"MNT_AMOUNT": "500001.00"}
    assert said(door.call("moneta", **check(**above)))["MNT_RESULT_CODE"] == "500"
    assert door.call("moneta", **pay(**above)).content == b"FAIL"
    assert world.owes() == 0


def test_an_order_of_a_stranger_supplier_is_not_settled(world, door, ordered):
    Payment.objects.update(supplier_id=world.supplier.pk + 1)
    order = {"MNT_TRANSACTION_ID": str(ordered.uuid), "MNT_AMOUNT": "1000.00"}
    assert said(door.call("moneta", **check(**order)))["MNT_RESULT_CODE"] == "500"
    assert Payment.objects.get().state == ordered.state
