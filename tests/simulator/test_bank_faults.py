"""Each fault is exact: before the change of state nothing happened, after it all did."""

from time import monotonic

import httpx
import pytest
from bank_world import order, payment

from bank_simulator import Fault, Simulator

WIRE = ("timeout", "reset", "truncate", "badgzip")
"""Kinds after which the client's library itself raises."""
KINDS = (*WIRE, "500", "502html", "garbage", "wrong_type", "slow")


def ask(merchant, kind):
    """Send one create with the key op-1 and tell how the answer came."""
    headers = {"Idempotence-Key": "op-1"}
    patience = 0.6 if kind == "timeout" else 10
    return merchant.http.post("/v3/payments", json=payment(), headers=headers, timeout=patience)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", ["before", "after"])
def test_a_fault_strikes_exactly_where_it_was_ordered(bank, merchant, where, kind):
    seconds = 0.3 if kind == "slow" else None
    bank.fault(Fault(where=where, kind=kind, method="POST", path="/v3/payments", seconds=seconds))
    if kind in WIRE:
        with pytest.raises(httpx.HTTPError):
            ask(merchant, kind)
    else:
        started = monotonic()
        answer = ask(merchant, kind)
        if kind == "500":
            assert answer.json()["code"] == "internal_server_error"
        elif kind == "502html":
            assert answer.status_code == 502
            assert answer.headers["Content-Type"] == "text/html"
        elif kind == "garbage":
            assert answer.status_code == 200
            with pytest.raises(ValueError):  # noqa: PT011  (any way of not being JSON)
                answer.json()
        elif kind == "wrong_type":
            assert answer.headers["Content-Type"].startswith("text/html")
        else:
            assert monotonic() - started >= 0.3
            assert answer.json()["status"] == "pending"
    done = len(bank.truth()["payments"])
    assert done == (1 if where == "after" or kind == "slow" else 0)
    assert bank.faults_left() == []
    again = merchant.post("/v3/payments", payment(), key="op-1")
    assert again.json()["status"] == "pending"
    assert len(bank.truth()["payments"]) == 1


def test_the_kinds_of_the_wire_look_different(bank, merchant):
    seen = {}
    for kind in WIRE:
        bank.fault(Fault(where="after", kind=kind))
        try:
            ask(merchant, kind)
        except httpx.HTTPError as problem:
            seen[kind] = type(problem)
    assert seen == {
        "timeout": httpx.ReadTimeout,
        "reset": httpx.ReadError,
        "truncate": httpx.RemoteProtocolError,
        "badgzip": httpx.DecodingError,
    }


def test_a_capture_whose_answer_was_lost_has_happened_once(bank, merchant):
    made = merchant.create(capture=False)
    bank.payer(made["id"], act="pay")
    path = f"/v3/payments/{made['id']}/capture"
    bank.fault(Fault(where="after", kind="reset", path="/v3/payments/*/capture"))
    with pytest.raises(httpx.ReadError):
        merchant.post(path, key="capture-1")
    assert merchant.post(path, key="capture-1").json()["status"] == "succeeded"
    assert len(bank.truth()["movements"]) == 1


def test_a_fault_waits_for_its_own_request(bank, merchant):
    bank.fault(Fault(where="before", kind="500", method="POST", path="/v3/refunds", count=2))
    made = merchant.create()
    bank.payer(made["id"], act="pay")
    assert [merchant.refund(made["id"]).status_code for _ in range(3)] == [500, 500, 200]


def test_too_many_requests_promises_that_nothing_was_done(bank, merchant):
    bank.fault(Fault(where="before", kind="429"))
    answer = merchant.post("/v3/payments", payment())
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert answer.json()["retry_after"] > 0
    assert bank.truth()["payments"] == []


def test_faults_do_not_touch_the_page_or_the_control(bank, merchant):
    made = merchant.create()
    bank.fault(Fault(where="before", kind="500"))
    assert httpx.get(made["confirmation"]["confirmation_url"]).status_code == 200
    assert httpx.get(f"{bank.url}/_sim/truth").status_code == 200
    assert merchant.get("/v3/me").status_code == 500


@pytest.mark.parametrize(
    "wrong",
    [
        {"where": "during", "kind": "500"},
        {"where": "before", "kind": "503"},
        {"where": "after", "kind": "429"},
        {"where": "before", "kind": "500", "count": 0},
        {"where": "before", "kind": "500", "path": "/v3"},
        {"where": "before"},
        {"where": "before", "kind": "500", "match": {"url": "/v3"}},
    ],
)
def test_an_order_nobody_understands_is_refused(bank, wrong):
    answer = order(bank, "/_sim/fault", wrong)
    assert answer.status_code == 400
    assert answer.json()["problem"]
    assert bank.faults_left() == []


def test_a_fault_can_be_ordered_over_http(bank, merchant):
    body = {
        "where": "before",
        "kind": "500",
        "match": {"method": "GET", "path": "/v3/me"},
        "count": 2,
    }
    assert order(bank, "/_sim/fault", body).status_code == 200
    left = httpx.get(f"{bank.url}/_sim/fault").json()["left"]
    assert left == [{"where": "before", "kind": "500", "count": 2}]
    assert [merchant.get("/v3/me").status_code for _ in range(3)] == [500, 500, 200]


def test_stopping_does_not_wait_for_a_silent_answer():
    with Simulator() as bank:
        bank.fault(Fault(where="before", kind="timeout"))
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{bank.url}/v3/me", timeout=0.3)
        started = monotonic()
    assert monotonic() - started < 5
