"""One key, one payment: the answer of the first request for a day."""

from concurrent.futures import ThreadPoolExecutor

from bank_world import payment


def test_the_same_key_gives_the_first_answer(bank, merchant):
    first = merchant.post("/v3/payments", payment(), key="op-1")
    bank.payer(first.json()["id"], act="pay")
    again = merchant.post("/v3/payments", payment(), key="op-1")
    assert again.content == first.content
    assert len(bank.truth()["payments"]) == 1


def test_the_order_of_fields_does_not_make_another_request(bank, merchant):
    body = payment()
    first = merchant.post("/v3/payments", body, key="op-1")
    turned = dict(reversed(body.items()))
    assert merchant.post("/v3/payments", turned, key="op-1").content == first.content


def test_the_same_key_with_another_body_is_refused(bank, merchant):
    first = merchant.post("/v3/payments", payment(), key="op-1")
    other = merchant.post("/v3/payments", payment(description="другое"), key="op-1")
    assert other.status_code == 400
    assert other.json()["code"] == "invalid_request"
    assert other.json()["parameter"] == "Idempotence-Key"
    assert merchant.post("/v3/payments", payment(), key="op-1").content == first.content
    assert len(bank.truth()["payments"]) == 1


def test_the_same_key_for_another_call_is_refused(bank, merchant):
    made = merchant.post("/v3/payments", payment(capture=False), key="op-1").json()
    bank.payer(made["id"], act="pay")
    assert merchant.post(f"/v3/payments/{made['id']}/capture", key="op-1").status_code == 400
    assert merchant.payment(made["id"])["status"] == "waiting_for_capture"


def test_a_key_belongs_to_its_shop(bank, merchant, other_merchant):
    mine = merchant.post("/v3/payments", payment(), key="op-1").json()
    theirs = other_merchant.post("/v3/payments", payment(), key="op-1").json()
    assert mine["id"] != theirs["id"]


def test_a_key_lives_a_day(bank, merchant):
    first = merchant.post("/v3/payments", payment(), key="op-1").json()
    bank.advance(24 * 3600 - 1)
    assert merchant.post("/v3/payments", payment(), key="op-1").json()["id"] == first["id"]
    bank.advance(1)
    later = merchant.post("/v3/payments", payment(), key="op-1").json()
    assert later["id"] != first["id"]


def test_a_refusal_is_remembered_too(merchant):
    wrong = payment(description="x" * 129)
    first = merchant.post("/v3/payments", wrong, key="op-1")
    assert first.status_code == 400
    assert merchant.post("/v3/payments", wrong, key="op-1").content == first.content
    assert merchant.post("/v3/payments", payment(), key="op-1").status_code == 400


def test_twenty_at_once_make_one_payment(bank, merchant):
    with ThreadPoolExecutor(20) as pool:
        calls = [pool.submit(merchant.post, "/v3/payments", payment(), "op-1") for _ in range(20)]
    answers = {call.result().content for call in calls}
    assert len(answers) == 1
    assert len(bank.truth()["payments"]) == 1


def test_twenty_refunds_at_once_give_the_money_back_once(bank, merchant):
    made = merchant.create()
    bank.payer(made["id"], act="pay")
    bank.advance(1)
    with ThreadPoolExecutor(20) as pool:
        calls = [pool.submit(merchant.refund, made["id"]) for _ in range(20)]
    statuses = sorted(call.result().status_code for call in calls)
    assert statuses == [200] + [400] * 19
    bank.advance(60)
    assert bank.truth()["totals"][0]["refunded"] == 34567
