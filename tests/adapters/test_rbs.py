"""What Sberbank's engine alone has: checksum, three shapes of errors, money told apart from state."""

import json
from urllib.parse import parse_qs

import pytest

from abonent.adapters.acquirers.rbs import messages
from abonent.adapters.acquirers.rbs.acquirer import Rbs
from abonent.adapters.acquirers.shops import Shop
from abonent.domain.payments.ports import Exchange, NotDone, Seen, Standing, Unknown
from bank_simulator.cards import TRIAL_CARDS, TypedCard
from bank_simulator.faults import Fault
from bank_simulator.protocols.rbs import RbsWays
from bank_simulator.protocols.rbs.errors import error_body
from bank_simulator.protocols.rbs.notifications import checksum
from bank_simulator.simulator import Options
from banks import KINDS, ORDER, QUICK, counter, open_with
from paying import CODE

SHOP = Shop("sesb-api", "password", notice_key="test-callback-key")
EXCHANGE = Exchange(question="POST /getOrderStatusExtended.do")
MONEY = {"paymentState": "DEPOSITED", "depositedAmount": 128_493, "refundedAmount": 0}
ORDER_TOLD = {
    "errorCode": "0", "orderNumber": "H4OCWHTPBZGWVGSTBVNXUTY4CE-1", "orderStatus": 2,
    "actionCode": 0, "amount": 128_493, "currency": "643",
    "attributes": [{"name": "mdOrder", "value": "3ff6962a-7dcc-4283-ab50-a6d7dd3386fe"}],
    "paymentAmountInfo": MONEY,
}  # fmt: skip


@pytest.fixture
def acquirer():
    return Rbs()


@pytest.fixture(params=["rbs", "rbs by forms"])
def bank(request, settings):
    with counter(KINDS[request.param], settings) as opened:
        yield opened


def told(**changes):
    return messages.read_order(ORDER_TOLD | changes, EXCHANGE, test=False)


@pytest.mark.parametrize("of", [messages.checksum, checksum], ids=["ours", "the bank's"])
def test_the_checksum_is_that_of_the_vector(of):
    # PROTOCOLS 3.4.
    fields = {
        "status": "1", "orderNumber": "LK-000001", "operation": "deposited", "amount": "123456",
        "mdOrder": "3ff6962a-7dcc-4283-ab50-a6d7dd3386fe", "sign_alias": "left out",
        "checksum": "left out too",
    }  # fmt: skip
    expected = "A01139A6B6A2ED3400E508067162BC914177ADF063FCE1A2D95F3A0AC419ED9C"
    assert of(fields, "test-callback-key") == expected


def test_money_is_what_was_deposited_less_what_was_given_back():
    assert (told().standing, told().amount) == (Standing.PAID, 128_493)
    given_back = told(paymentAmountInfo=MONEY | {"refundedAmount": 28_493})
    assert (given_back.standing, given_back.amount) == (Standing.PAID, 100_000)
    assert told(amount=1).amount == 128_493


@pytest.mark.parametrize(
    ("changes", "standing", "reason"),
    [
        ({"orderStatus": 0}, Standing.PENDING, ""),
        ({"orderStatus": 5}, Standing.PENDING, "3d_secure_failed"),
        ({"orderStatus": "5"}, Standing.PENDING, "3d_secure_failed"),
        ({"orderStatus": 3}, Standing.DECLINED, "canceled_by_merchant"),
        ({"orderStatus": 6, "actionCode": 116}, Standing.DECLINED, "insufficient_funds"),
        ({"orderStatus": 6, "actionCode": 5}, Standing.DECLINED, "5"),
        ({"orderStatus": 6, "actionCode": -2007}, Standing.EXPIRED, ""),
    ],
)
def test_a_state_without_money_has_its_standing(changes, standing, reason):
    seen = told(paymentAmountInfo={"depositedAmount": 0}, **changes)
    assert isinstance(seen, Seen)
    assert (seen.standing, seen.reason) == (standing, reason)


@pytest.mark.parametrize(
    "changes",
    [
        # A state that says paid while no money says so, and the reverse.
        {"paymentAmountInfo": {}},
        {"paymentAmountInfo": None},
        {"paymentAmountInfo": MONEY | {"refundedAmount": 128_493}},
        *({"orderStatus": state} for state in (0, 1, 3, 4, 5, 6, 7, None, "", "paid", True)),
        {"orderStatus": 1, "paymentAmountInfo": {}},
        {"attributes": []},
        {"attributes": None},
        {"attributes": [{"name": "mdOrder", "value": "../x"}]},
        {"orderNumber": None},
        {"currency": None},
        {"paymentAmountInfo": MONEY | {"depositedAmount": "1284.93"}},
        {"paymentAmountInfo": MONEY | {"depositedAmount": -5}},
        {"cardAuthInfo": "card"},
    ],
)
def test_what_cannot_be_read_or_contradicts_itself_is_unknown(changes):
    assert isinstance(told(**changes), Unknown)


def test_another_currency_is_told_as_it_is():
    assert told(currency="840").currency == "840"
    assert told(currency=643).currency == "RUB"


@pytest.mark.parametrize("shape", range(3))
def test_an_error_is_read_in_every_shape(shape):
    assert messages.error_code(error_body("6", "no order", shape)) == "6"


@pytest.mark.parametrize(
    ("url", "test"),
    [
        ("https://securepayments.sberbank.ru/payment/rest", False),
        ("https://ecommerce.sberbank.ru/ecomm/gw/partner/api/v1", False),
        ("https://pay.alfabank.ru/payment/rest", False),
        ("https://3dsec.sberbank.ru/payment/rest", True),
        ("https://ecomtest.sberbank.ru/ecomm/gw/partner/api/v1", True),
        ("https://alfa.rbsuat.com/payment/rest", True),
        ("http://127.0.0.1:8100/payment/rest", True),
        ("https://notrbsuat.com/payment/rest", False),
        ("http://securepayments.sberbank.ru/payment/rest", True),
        ("nonsense", True),
    ],
)
def test_a_test_contour_is_known_by_its_host(url, test):
    assert messages.is_test(url) == test


def test_the_address_chooses_the_style():
    content, kind = messages.written({"a": {"b": 1}}, SHOP, "https://bank/payment/rest")
    assert kind == "application/x-www-form-urlencoded"
    assert parse_qs(content) == {
        "userName": ["sesb-api"],
        "password": ["password"],
        "a": ['{"b": 1}'],
    }
    content, kind = messages.written({"a": 1}, Shop("", "", token="t"), "https://bank/api/v1")
    assert (json.loads(content), kind) == ({"token": "t", "a": 1}, "application/json")


def test_an_order_whose_page_was_lost_is_left_and_the_next_has_its_own_number(acquirer, bank):
    bank.simulator.fault(Fault("after", "reset", path=bank.kind.opens))
    assert isinstance(acquirer.create(ORDER, seconds=QUICK), Unknown)
    second = acquirer.create(ORDER, seconds=QUICK)
    numbers = [one["details"]["number"] for one in bank.simulator.truth()["payments"]]
    assert [number[-2:] for number in numbers] == ["-1", "-2"]
    assert max(map(len, numbers)) <= 32
    assert second.number == ORDER.number
    bank.simulator.payer(second.provider_id, act="pay")
    assert acquirer.find(ORDER, seconds=QUICK).provider_id == second.provider_id


def test_a_payer_at_the_code_keeps_his_order(acquirer, bank):
    opened = open_with(acquirer)
    with bank.simulator.bank.work() as now:
        operation = bank.simulator.bank.operation(opened.provider_id)
        typed = TypedCard(TRIAL_CARDS[0], "12", "2030")
        bank.simulator._payer.show_card(operation, typed, now=now)
    again = acquirer.create(ORDER, seconds=QUICK)
    assert (again.standing, again.provider_id) == (Standing.PENDING, opened.provider_id)
    assert len(bank.simulator.truth()["payments"]) == 1


def test_a_paid_order_names_its_card(acquirer, bank):
    opened = open_with(acquirer)
    bank.simulator.payer(opened.provider_id, act="pay")
    paid = acquirer.state(ORDER, opened.provider_id, seconds=QUICK)
    assert (paid.card, paid.method) == ("5555 55•• •••• 4477", "bank_card")


@pytest.mark.parametrize("reason", ["insufficient_funds", "fraud_suspected"])
def test_a_declined_order_is_the_end(acquirer, bank, reason):
    opened = open_with(acquirer)
    bank.simulator.payer(opened.provider_id, act="decline", reason=reason)
    seen = acquirer.state(ORDER, opened.provider_id, seconds=QUICK)
    assert seen.standing == Standing.DECLINED
    assert seen.reason == ("insufficient_funds" if reason == "insufficient_funds" else "5")


def test_a_number_that_was_registered_meanwhile_is_looked_up_later(acquirer, bank, monkeypatch):
    acquirer.create(ORDER, seconds=QUICK)
    look = "abonent.adapters.acquirers.rbs.acquirer._order"
    monkeypatch.setattr(look, lambda _shop, reply: NotDone("absent", reply.exchange))
    assert isinstance(acquirer.create(ORDER, seconds=QUICK), Unknown)
    assert len(bank.simulator.truth()["payments"]) == 1


@pytest.mark.parametrize("by", ["GET", "POST"])
@pytest.mark.parametrize("signs", [True, False])
def test_a_notice_is_read_with_and_without_a_checksum(acquirer, settings, by, signs):
    options = Options(rbs=RbsWays(notices_by=by, signs_notices=signs))
    with counter(KINDS["rbs"], settings, options=options) as bank:
        opened = open_with(acquirer)
        bank.simulator.payer(opened.provider_id, act="pay")
        # Our shop has a key, so a notice without a checksum is somebody else's.
        assert acquirer.read_notice(bank.notice(), supplier_code=CODE).forged == (not signs)
        shop = json.loads(settings.RBS_SHOPS)[CODE]
        del shop["notice_key"]
        settings.RBS_SHOPS = json.dumps({CODE: shop})
        assert not acquirer.read_notice(bank.notice(), supplier_code=CODE).forged
