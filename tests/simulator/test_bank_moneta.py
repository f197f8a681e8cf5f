"""MONETA as the simulator plays it: vectors, what it refuses, how long it tells, what it completes."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from bank_world import MORNING

from bank_simulator.protocols.moneta import calls
from bank_simulator.protocols.moneta.marks import ANSWER, CALL, REQUEST, mark, signed
from bank_simulator.records import Shop
from bank_simulator.simulator import Simulator
from bank_simulator.web import Request

SHOP = Shop("54600817", "QWERTY", "http://127.0.0.1:1/")
FIELDS = {
    "MNT_ID": SHOP.id, "MNT_TRANSACTION_ID": "FF790ABCD", "MNT_AMOUNT": "120.25",
    "MNT_CURRENCY_CODE": "RUB", "MNT_TEST_MODE": "0", "MNT_SUCCESS_URL": "https://shop.example/",
}  # fmt: skip


@pytest.fixture
def bank():
    with Simulator(seed=7, shops=[Shop(SHOP.id, SHOP.secret)], starts_at=MORNING) as simulator:
        yield simulator


def bring(bank, **changes):
    form = signed(FIELDS | changes, REQUEST, SHOP.secret)
    return bank.answer(Request("GET", "/assistant.htm", query=urlencode(form)))


@pytest.mark.parametrize(
    ("fields", "order", "code", "expected"),
    [
        (
            {"MNT_RESULT_CODE": "200", "MNT_ID": "54600817", "MNT_TRANSACTION_ID": "FF790ABCD"},
            ANSWER, "QWERTY", "29807c8e5d82198b5c4360e6ec711cce",
        ),
        (
            FIELDS | {"MNT_OPERATION_ID": "123456"}, CALL, "QWERTY",
            "69bdf9bd91820b8f7b4c4b25d3d22dfa",
        ),
    ],
)  # fmt: skip
def test_the_published_vectors(fields, order, code, expected):
    assert mark(fields, order, code) == expected


def test_a_form_opens_one_operation_and_the_same_form_the_same(bank):
    first, second = bring(bank), bring(bank)
    assert (first.status, first.headers) == (303, second.headers)
    (operation,) = bank.truth()["payments"]
    assert (operation["amount"], operation["details"]["number"]) == (12_025, "FF790ABCD")


@pytest.mark.parametrize(
    "changes",
    [
        {"MNT_AMOUNT": "120.2"},
        {"MNT_CURRENCY_CODE": "USD"},
        {"MNT_TEST_MODE": "1"},
        {"MNT_TRANSACTION_ID": ""},
        {"MNT_SUCCESS_URL": "nowhere"},
        {"MNT_ID": "1"},
        {"MNT_MISSPELT": "x"},
    ],
)
def test_a_wrong_form_is_refused(bank, changes):
    assert bring(bank, **changes).status == 400
    assert bank.truth()["payments"] == []


def test_a_form_signed_otherwise_is_refused(bank):
    form = "&".join(f"{name}={value}" for name, value in FIELDS.items())
    answer = bank.answer(Request("GET", "/assistant.htm", query=f"{form}&MNT_SIGNATURE=00"))
    assert answer.status == 400


def test_reports_are_repeated_for_twenty_six_hours_and_then_no_more():
    lived, attempts = timedelta(), 0
    while step := calls.pause(attempts, lived):
        lived, attempts = lived + step, attempts + 1
    assert timedelta(hours=25) < lived <= timedelta(hours=26)
    assert calls.accepts(200, b"SUCCESS\n")
    assert not calls.accepts(200, b"FAIL")
    assert not calls.accepts(500, b"SUCCESS")


def test_a_lie_by_another_split_keeps_the_signature(bank):
    number = bring(bank).headers[0][1].rpartition("/")[2]
    bank.payer(number, act="pay")
    bank.forge(number, lie="split")
    honest, lying = (
        dict(parse_qsl(one["body"], keep_blank_values=True))
        for one in bank.truth()["notifications"]
    )
    assert honest["MNT_SIGNATURE"] == lying["MNT_SIGNATURE"]
    assert honest["MNT_AMOUNT"] != lying["MNT_AMOUNT"]
    assert mark(lying, CALL, SHOP.secret) == lying["MNT_SIGNATURE"]
