"""Creating a payment: what the vendor answers, and what it refuses."""

import socket
from copy import deepcopy

import httpx
import pytest
from bank_world import ORDER, RETURN_URL, SECRET, SHOP, payment

from bank_simulator import Options, Shop, Simulator


def test_a_new_payment_waits_for_its_payer(bank, merchant):
    made = merchant.create()
    assert made["status"] == "pending"
    assert made["amount"] == {"value": "345.67", "currency": "RUB"}
    assert made["test"] is True
    assert made["paid"] is False
    assert made["refundable"] is False
    assert made["created_at"] == "2026-11-24T09:00:00.000Z"
    assert made["metadata"] == {"operation": "op-17"}
    assert made["recipient"]["account_id"] == SHOP
    assert len(made["id"]) == 36
    assert made["confirmation"] == {
        "type": "redirect",
        "return_url": RETURN_URL,
        "confirmation_url": f"{bank.url}/pay/{made['id']}",
    }
    assert merchant.payment(made["id"]) == made


@pytest.mark.parametrize("auth", [None, (SHOP, "wrong"), ("999", SECRET), ("", ""), (SHOP, "")])
def test_a_stranger_gets_401_in_the_vendors_shape(bank, auth):
    answer = httpx.get(f"{bank.url}/v3/me", auth=auth)
    assert answer.status_code == 401
    error = answer.json()
    assert error["type"] == "error"
    assert error["code"] == "invalid_credentials"
    assert len(error["id"]) == 36
    assert error["description"]


@pytest.mark.parametrize("header", ["Bearer x", "Basic ???", "Basic w7/Dvw==", "Basic"])
def test_a_broken_authorization_header_is_401(bank, header):
    answer = httpx.get(f"{bank.url}/v3/me", headers={"Authorization": header})
    assert answer.status_code == 401


def test_the_shop_can_ask_about_itself(merchant):
    me = merchant.get("/v3/me").json()
    assert me["account_id"] == SHOP
    assert me["test"] is True
    assert "bank_card" in me["payment_methods"]


def test_the_payment_of_another_shop_is_not_found(merchant, other_merchant):
    made = merchant.create()
    for answer in (
        other_merchant.get(f"/v3/payments/{made['id']}"),
        other_merchant.post(f"/v3/payments/{made['id']}/capture"),
        other_merchant.post(f"/v3/payments/{made['id']}/cancel"),
    ):
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"
    assert other_merchant.refund(made["id"]).status_code == 400


@pytest.mark.parametrize("path", ["/v3/payments/unknown", "/v3/nothing", "/v3/refunds/unknown"])
def test_what_does_not_exist_is_404(merchant, path):
    assert merchant.get(path).status_code == 404


@pytest.mark.parametrize("key", ["", "x" * 65, "with space", "кириллица".encode()])
def test_every_post_needs_a_proper_key(merchant, key):
    answer = merchant.post("/v3/payments", payment(), key=key)
    assert answer.status_code == 400
    assert answer.json()["parameter"] == "Idempotence-Key"


def test_a_key_of_64_characters_is_taken(merchant):
    assert merchant.post("/v3/payments", payment(), key="aZ0+-_." + "x" * 57).status_code == 200


def money(value, currency="RUB"):
    return {"value": value, "currency": currency}


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"amount": None}, "amount"),
        ({"amount": money(345.67)}, "amount.value"),
        ({"amount": money("345.6")}, "amount.value"),
        ({"amount": money("345,67")}, "amount.value"),
        ({"amount": money("-1.00")}, "amount.value"),
        ({"amount": money("0.00")}, "amount.value"),
        ({"amount": money("0.99")}, "amount.value"),
        ({"amount": money("٣.٠٠")}, "amount.value"),
        ({"amount": money("350000.01")}, "amount.value"),
        ({"amount": money("345.67", "USD")}, "amount.currency"),
        ({"confirmation": None}, "confirmation"),
        ({"confirmation": {"type": "qr"}}, "confirmation.type"),
        ({"confirmation": {"type": "redirect"}}, "confirmation.return_url"),
        ({"confirmation": {"type": "redirect", "return_url": "javascript:alert(1)"}}, "confirmation.return_url"),
        ({"confirmation": {"type": "redirect", "return_url": "http://s.test/" + "x" * 2048}}, "confirmation.return_url"),
        ({"description": "x" * 129}, "description"),
        ({"capture": "true"}, "capture"),
        ({"metadata": {f"n{i}": "v" for i in range(17)}}, "metadata"),
        ({"metadata": {"n" * 33: "v"}}, "metadata"),
        ({"metadata": {"n": "v" * 513}}, "metadata.n"),
        ({"metadata": {"n": 5}}, "metadata.n"),
        ({"payment_method_data": {"type": "sbp"}}, "payment_method_data.type"),
        ({"payment_token": "t"}, "payment_token"),
        ({"descripton": "misspelt"}, "descripton"),
        ({"merchant_customer_id": "x" * 201}, "merchant_customer_id"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(bank, merchant, changes, parameter):
    answer = merchant.post("/v3/payments", payment(**changes))
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_request"
    assert answer.json()["parameter"] == parameter
    assert bank.truth()["payments"] == []


def test_a_body_that_is_not_json_is_refused(merchant):
    headers = {"Idempotence-Key": "k", "Content-Type": "application/json"}
    for body in (b"{", b"[]", b"null", b"\xff", b'{"a": "\\ud800"}', b"[" * 100_000):
        answer = merchant.http.post("/v3/payments", content=body, headers=headers)
        assert answer.status_code == 400
        assert answer.json()["code"] == "invalid_request"


def test_half_a_request_asks_for_nothing(bank, merchant):
    whole = merchant.http.build_request(
        "POST", "/v3/payments", json=payment(), headers={"Idempotence-Key": "k"}
    )
    head = f"POST /v3/payments HTTP/1.1\r\nAuthorization: {merchant.http.auth._auth_header}\r\n"
    for name in ("Host", "Idempotence-Key", "Content-Length"):
        head += f"{name}: {whole.headers[name]}\r\n"
    place = (merchant.http.base_url.host, merchant.http.base_url.port)
    for sent in (whole.content[:-1], whole.content):
        with socket.create_connection(place) as line:
            line.sendall(head.encode() + b"\r\n" + sent)
            line.shutdown(socket.SHUT_WR)
            answer = line.makefile("rb").read()
        done = len(bank.truth()["payments"])
        assert (done, b" 200 " in answer) == (int(sent == whole.content), done == 1)


def changed(path, value):
    """Return the order with the field at the path changed, or removed by None."""
    order = deepcopy(ORDER)
    *way, last = path.split(".")
    place = order
    for step in way:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return order


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("type", "taxes"),
        ("amount", {"value": "345.68", "currency": "RUB"}),
        ("payment_purpose", None),
        ("payment_purpose", "x" * 211),
        ("recipient", None),
        ("recipient.name", None),
        ("recipient.inn", "667000000"),
        ("recipient.inn", "66700000001"),
        ("recipient.kpp", "66700100x"),
        ("recipient.bank", None),
        ("recipient.bank.name", "x" * 46),
        ("recipient.bank.bic", "04452522"),
        ("recipient.bank.account", "4070281000000000000"),
        ("recipient.bank.correspondent_account", None),
        ("kbk", "123"),
        ("oktmo", "657010001"),
        ("payment_period.month", 13),
        ("payment_period.year", "2026"),
        ("account_number", "x" * 31),
        ("payment_document_id", "x" * 17),
        ("payment_document_number", "x" * 31),
        ("unified_account_number", "x" * 11),
        ("service_id", "x" * 12),
    ],
)
def test_the_order_for_utilities_is_checked(merchant, path, value):
    answer = merchant.post("/v3/payments", payment(payment_order=changed(path, value)))
    assert answer.status_code == 400
    assert answer.json()["parameter"] == f"payment_order.{path}"


def test_the_order_must_say_what_is_paid(merchant):
    order = changed("account_number", None)
    assert merchant.post("/v3/payments", payment(payment_order=order)).status_code == 400
    for name, value in (
        ("payment_document_id", "x" * 18),
        ("payment_document_number", "Д-17"),
        ("unified_account_number", "40АА012345"),
        ("service_id", "40АА01234501a"),
    ):
        named = payment(payment_order=order | {name: value})
        assert merchant.post("/v3/payments", named).status_code == 200


def test_the_order_is_obligatory_unless_switched_off(merchant_at):
    with Simulator(shops=[Shop(SHOP, SECRET)]) as strict:
        merchant = merchant_at(strict.url)
        answer = merchant.post("/v3/payments", payment(payment_order=None))
        assert answer.json()["parameter"] == "payment_order"
    options = Options(payment_order="optional")
    with Simulator(shops=[Shop(SHOP, SECRET)], options=options) as lenient:
        merchant = merchant_at(lenient.url)
        assert merchant.post("/v3/payments", payment(payment_order=None)).status_code == 200
        wrong = payment(payment_order=changed("recipient.inn", "1"))
        assert merchant.post("/v3/payments", wrong).status_code == 400


def receipt(*lines):
    items = [
        {"description": "Электроэнергия", "quantity": quantity, "vat_code": 11,
         "amount": {"value": value, "currency": "RUB"}}
        for quantity, value in lines
    ]  # fmt: skip
    return {"customer": {"email": "anna@example.org"}, "items": items}


def test_a_receipt_must_add_up(merchant):
    short = receipt(("1.000", "300.00"), ("3", "15.22"))
    answer = merchant.post("/v3/payments", payment(receipt=short))
    assert answer.json()["parameter"] == "receipt.items"
    made = merchant.create(receipt=receipt(("1.000", "300.00"), (3, "15.22"), ("1", "0.01")))
    assert made["receipt_registration"] == "pending"
    lonely = receipt(("1", "345.67")) | {"customer": {}}
    assert merchant.post("/v3/payments", payment(receipt=lonely)).status_code == 400


def test_a_receipt_is_registered_with_the_money_unless_stuck(bank, merchant):
    made = merchant.create(receipt=receipt(("1", "345.67")))
    bank.bank.receipts_stuck = True
    bank.payer(made["id"], act="pay")
    assert merchant.payment(made["id"])["receipt_registration"] == "pending"
    bank.bank.receipts_stuck = False
    assert merchant.payment(made["id"])["receipt_registration"] == "succeeded"


def test_a_kept_card_is_charged_without_a_payer(bank, merchant):
    first = merchant.create(save_payment_method=True)
    bank.payer(first["id"], act="pay")
    method = merchant.payment(first["id"])["payment_method"]
    assert method["saved"] is True
    second = merchant.create(confirmation=None, payment_method_id=method["id"])
    assert second["status"] == "succeeded"
    assert second["payment_method"]["id"] == method["id"]
    assert second["authorization_details"]["three_d_secure"]["applied"] is False
    bank.spoil_saved(method["id"], refusal="permission_revoked")
    third = merchant.create(confirmation=None, payment_method_id=method["id"])
    assert third["cancellation_details"] == {
        "party": "payment_network",
        "reason": "permission_revoked",
    }


def test_a_card_that_was_not_kept_is_not_charged(bank, merchant, other_merchant):
    first = merchant.create()
    bank.payer(first["id"], act="pay")
    assert merchant.payment(first["id"])["payment_method"]["saved"] is False
    body = payment(confirmation=None, payment_method_id=first["id"])
    assert merchant.post("/v3/payments", body).json()["parameter"] == "payment_method_id"
    kept = merchant.create(save_payment_method=True)
    bank.payer(kept["id"], act="pay")
    foreign = payment(confirmation=None, payment_method_id=kept["id"])
    assert other_merchant.post("/v3/payments", foreign).status_code == 400
    assert len(bank.truth()["payments"]) == 2
