"""Sberbank's engine at the simulator: two styles, three shapes of errors, one more notice."""

from datetime import timedelta
from urllib.parse import parse_qsl

import httpx
import pytest
from bank_world import MORNING, OTHER_SECRET, OTHER_SHOP, RETURN_URL, SECRET, SHOP, ShopSite

from bank_simulator import Shop, Simulator
from bank_simulator.protocols.rbs import RbsWays
from bank_simulator.protocols.rbs.notifications import checksum
from bank_simulator.simulator import Options

ORDER = {"orderNumber": "order-1", "amount": "34567", "currency": "643", "returnUrl": RETURN_URL}


class Merchant:
    """A shop's own client, in the old style or the new one."""

    def __init__(self, url, style="new", shop=SHOP, secret=SECRET):
        path = {"new": "/ecomm/gw/partner/api/v1", "old": "/payment/rest"}[style]
        self.url, self.style = f"{url}{path}", style
        self.login = {"userName": shop, "password": secret}

    def ask(self, method, **fields):
        body = self.login | fields
        given = {"json": body} if self.style == "new" else {"data": body}
        answer = httpx.post(f"{self.url}/{method}.do", trust_env=False, **given)
        assert answer.status_code == 200
        return answer.json()

    def register(self, **changes):
        return self.ask("register", **ORDER | changes)

    def order(self, made):
        return self.ask("getOrderStatusExtended", orderId=made["orderId"])


def code(answer):
    return answer.get("errorCode") or answer.get("ErrorCode") or answer["error"]["code"]


@pytest.fixture(params=["new", "old"])
def merchant(request, bank):
    return Merchant(bank.url, request.param)


def test_an_order_is_registered_and_paid(bank, merchant):
    made = merchant.register(jsonParams='{"account": "1"}' if merchant.style == "old" else {"a": 1})
    assert made["formUrl"] == f"{bank.url}/pay/{made['orderId']}"
    waiting = merchant.order(made)
    assert (waiting["orderStatus"], waiting["paymentAmountInfo"]["depositedAmount"]) == (0, 0)
    bank.payer(made["orderId"], act="pay")
    paid = merchant.ask("getOrderStatusExtended", orderNumber="order-1")
    assert (paid["orderStatus"], paid["paymentAmountInfo"]["depositedAmount"]) == (2, 34567)
    assert paid["attributes"] == [{"name": "mdOrder", "value": made["orderId"]}]
    assert paid["cardAuthInfo"]["maskedPan"] == "555555**4477"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"password": "wrong"}, "5"), ({"userName": "nobody"}, "5"), ({"currency": "840"}, "3"),
        ({"amount": "0"}, "4"), ({"amount": "12.50"}, "4"), ({"orderNumber": "x" * 33}, "4"),
        ({"orderNumber": ""}, "4"), ({"returnUrl": "here"}, "4"), ({"misspelt": "x"}, "4"),
        ({"sessionTimeoutSecs": "0"}, "4"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_refused_by_its_code(bank, merchant, changes, expected):
    assert code(merchant.register(**changes)) == expected
    assert bank.truth()["payments"] == []


def test_each_address_reads_its_own_kind_of_body(bank):
    forms = httpx.post(f"{bank.url}/ecomm/gw/partner/api/v1/register.do", data=ORDER)
    texts = httpx.post(f"{bank.url}/payment/rest/register.do", json=ORDER)
    assert [code(answer.json()) for answer in (forms, texts)] == ["4", "4"]


def test_a_number_is_registered_once(bank, merchant):
    merchant.register()
    assert code(merchant.register()) == "1"
    assert len(bank.truth()["payments"]) == 1


def test_a_stranger_sees_nothing_and_errors_come_in_three_shapes(bank):
    made = Merchant(bank.url).register()
    stranger = Merchant(bank.url, shop=OTHER_SHOP, secret=OTHER_SECRET)
    answers = [stranger.order(made) for _ in range(30)]
    assert {code(answer) for answer in answers} == {"6"}
    assert {next(iter(answer)) for answer in answers} == {"errorCode", "ErrorCode", "error"}


def test_the_payer_comes_back_with_the_banks_number(bank):
    made = Merchant(bank.url).register(failUrl="http://shop.test/failed")
    (order,) = bank.truth()["payments"]
    assert order["return_url"] == f"{RETURN_URL}&orderId={made['orderId']}&lang=ru"
    closed = httpx.post(f"{bank.url}/pay/{made['orderId']}/close")
    assert (
        closed.headers["Location"] == f"http://shop.test/failed?orderId={made['orderId']}&lang=ru"
    )


def test_a_payer_who_went_away_at_the_code_stays_there_until_his_time_is_over(bank):
    merchant = Merchant(bank.url)
    made = merchant.register(sessionTimeoutSecs=1800)
    card = {"number": "5555 5555 5555 4477", "validity": "12/30", "code": "321"}
    assert httpx.post(f"{bank.url}/pay/{made['orderId']}/card", data=card).status_code == 303
    assert merchant.order(made)["orderStatus"] == 5
    bank.advance(1799)
    assert merchant.order(made)["orderStatus"] == 5
    bank.advance(1)
    ended = merchant.order(made)
    assert (ended["orderStatus"], ended["actionCode"]) == (6, -2007)


def test_money_may_come_five_minutes_after_the_session(bank):
    merchant = Merchant(bank.url)
    made = merchant.register(sessionTimeoutSecs=1200)
    bank.payer(made["orderId"], act="pay_late", after=timedelta(minutes=5))
    bank.advance(1200)
    assert merchant.order(made)["orderStatus"] == 6
    bank.advance(300)
    assert merchant.order(made)["orderStatus"] == 2


def test_held_money_is_taken_or_let_go(bank):
    merchant = Merchant(bank.url)
    held = [merchant.ask("registerPreAuth", **ORDER | {"orderNumber": n}) for n in "ab"]
    for one in held:
        bank.payer(one["orderId"], act="pay")
        assert merchant.order(one)["orderStatus"] == 1
    assert code(merchant.ask("deposit", orderId=held[0]["orderId"], amount="34567")) == "0"
    assert code(merchant.ask("reverse", orderId=held[1]["orderId"])) == "0"
    assert [merchant.order(one)["orderStatus"] for one in held] == [2, 3]
    assert code(merchant.ask("reverse", orderId=held[0]["orderId"])) == "7"


def test_what_was_given_back_is_admitted_late():
    ways = RbsWays(refund_lag=timedelta(seconds=60))
    shops = [Shop(SHOP, SECRET)]
    with Simulator(shops=shops, starts_at=MORNING, options=Options(rbs=ways)) as bank:
        merchant = Merchant(bank.url)
        made = merchant.register()
        bank.payer(made["orderId"], act="pay")
        assert code(merchant.ask("refund", orderId=made["orderId"], amount="10000")) == "0"
        seen = []
        for _ in range(3):
            seen.append(merchant.order(made)["paymentAmountInfo"]["refundedAmount"])
            bank.advance(60)
        assert seen == [0, 0, 10_000]
        assert code(merchant.ask("refund", orderId=made["orderId"], amount="30000")) == "7"


@pytest.mark.parametrize("by", ["GET", "POST"])
@pytest.mark.parametrize("signs", [True, False])
def test_a_notice_comes_twice_at_most_by_get_or_by_a_form(by, signs):
    site = ShopSite()
    site.status = 500
    ways = RbsWays(notices_by=by, signs_notices=signs)
    shops = [Shop(SHOP, SECRET, site.url)]
    with Simulator(shops=shops, starts_at=MORNING, options=Options(rbs=ways)) as bank:
        made = Merchant(bank.url).register()
        bank.payer(made["orderId"], act="pay")
        bank.advance(40 * 24 * 3600)
        assert [one.status for one in bank.deliver_due()] == [500, 500]
    site.stop()
    for method, text in site.calls:
        fields = dict(parse_qsl(text))
        assert method == by
        assert (fields["mdOrder"], fields["operation"], fields["status"]) == (
            made["orderId"], "deposited", "1",
        )  # fmt: skip
        assert fields.get("checksum") == (checksum(fields, SECRET) if signs else None)


@pytest.mark.parametrize(
    ("act", "operation", "status"),
    [("pay", "deposited", "1"), ("decline", "deposited", "0"), ("close", "declinedByTimeout", "1")],
)
def test_each_end_has_its_notice(bank, act, operation, status):
    made = Merchant(bank.url).register()
    bank.payer(made["orderId"], act=act, reason="general_decline")
    bank.advance(3600)
    fields = dict(parse_qsl(bank.truth()["notifications"][-1]["body"]))
    assert (fields["operation"], fields["status"]) == (operation, status)
