"""Lists: the way to find a payment whose create answer was lost."""

import pytest


@pytest.fixture
def many(bank, merchant):
    made = []
    for number in range(25):
        made.append(merchant.create(metadata={"number": str(number)})["id"])
        bank.advance(1)
    return made


def ids(answer):
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def test_ten_are_shown_newest_first_unless_asked(merchant, many):
    answer = merchant.get("/v3/payments")
    assert answer.json()["type"] == "list"
    assert ids(answer) == many[:14:-1]
    assert answer.json()["items"][0]["metadata"] == {"number": "24"}
    assert ids(merchant.get("/v3/payments", limit=100)) == many[::-1]


def test_pages_follow_the_cursor_and_lose_nothing(bank, merchant, many):
    seen, cursor = [], {}
    while True:
        answer = merchant.get("/v3/payments", limit=10, **cursor)
        seen += ids(answer)
        merchant.create()  # a payment made meanwhile does not shift the pages
        if "next_cursor" not in answer.json():
            break
        cursor = {"cursor": answer.json()["next_cursor"]}
    assert seen == many[::-1]


def test_moments_filter_at_both_ends(merchant, many):
    def between(**bounds):
        named = {
            f"created_at.{sign}": f"2026-11-24T09:00:{second:02d}.000Z"
            for sign, second in bounds.items()
        }
        return ids(merchant.get("/v3/payments", limit=100, **named))

    assert between(gte=3, lt=6) == many[5:2:-1]
    assert between(gt=3, lte=6) == many[6:3:-1]
    moscow = {"created_at.gte": "2026-11-24T12:00:24+03:00"}
    assert ids(merchant.get("/v3/payments", **moscow)) == [many[24]]


def test_states_and_captures_filter(bank, merchant, many):
    bank.payer(many[3], act="pay")
    assert ids(merchant.get("/v3/payments", status="succeeded")) == [many[3]]
    since = {"captured_at.gte": "2026-11-24T00:00:00Z"}
    assert ids(merchant.get("/v3/payments", **since)) == [many[3]]
    assert ids(merchant.get("/v3/payments", payment_method="bank_card")) == [many[3]]
    assert ids(merchant.get("/v3/payments", status="waiting_for_capture")) == []


def test_a_shop_sees_only_its_own(other_merchant, many):
    assert ids(other_merchant.get("/v3/payments")) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "ten"),
        ("status", "paid"),
        ("cursor", "not-given"),
        ("created_at.gte", "yesterday"),
        ("created_at.gte", "2026-11-24T09:00:00"),
        ("created_at", "2026-11-24T09:00:00Z"),
        ("metadata.number", "3"),
    ],
)
def test_an_unreadable_filter_is_refused(merchant, name, value):
    answer = merchant.get("/v3/payments", **{name: value})
    assert answer.status_code == 400
    assert answer.json()["parameter"] == name


def test_refunds_are_listed_by_payment(bank, merchant):
    one, two = merchant.create()["id"], merchant.create()["id"]
    for payment in (one, two):
        bank.payer(payment, act="pay")
    first, second = merchant.refund(one, "1.00").json(), merchant.refund(two, "2.00").json()
    assert ids(merchant.get("/v3/refunds")) == [second["id"], first["id"]]
    assert ids(merchant.get("/v3/refunds", payment_id=one)) == [first["id"]]
    assert ids(merchant.get("/v3/refunds", status="pending", limit=1)) == [second["id"]]
