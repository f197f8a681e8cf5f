"""YooKassa's words as ours: sums exactly, unknown words never as a refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abonent.adapters.acquirers.wire import masked
from abonent.adapters.acquirers.yookassa.messages import read_payment
from abonent.common.money import plain_roubles
from abonent.domain.payments.ports import Exchange, Seen, Standing, Unknown

EXCHANGE = Exchange(question="GET")
PENDING = {
    "id": "2d1e", "status": "pending", "amount": {"value": "10.00", "currency": "RUB"},
    "metadata": {"abonent_payment": "n"},
}  # fmt: skip


@given(kopecks=st.integers(1, 10**15))
def test_a_sum_goes_there_and_back_exactly(kopecks):
    amount = {"value": plain_roubles(kopecks), "currency": "RUB"}
    seen = read_payment(PENDING | {"amount": amount}, EXCHANGE)
    assert isinstance(seen, Seen)
    assert seen.amount == kopecks


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": {"value": "10.001", "currency": "RUB"}},
        {"amount": {"value": "0.00", "currency": "RUB"}},
        {"amount": {"value": "-1.00", "currency": "RUB"}},
        {"amount": {"value": "NaN", "currency": "RUB"}},
        {"amount": {"value": "Infinity", "currency": "RUB"}},
        {"amount": {"value": "ten", "currency": "RUB"}},
        {"amount": {"value": 10, "currency": "RUB"}},
        {"amount": {"value": "10.00"}},
        {"amount": None},
        {"status": "waiting_for_capture"},
        {"status": "succeeded"},
        {"status": "succeeded", "paid": "true"},
        {"status": "chargeback"},
        {"status": None},
        {"status": []},
        {"id": None},
        {"metadata": []},
        {"metadata": {"abonent_payment": 5}},
        {"test": "yes"},
        {"captured_at": "yesterday"},
        {"captured_at": "2026-11-24T10:00:00"},
        {"payment_method": "card"},
    ],
)
def test_what_cannot_be_read_is_unknown(changes):
    assert isinstance(read_payment(PENDING | changes, EXCHANGE), Unknown)


@pytest.mark.parametrize("left_out", sorted(PENDING))
def test_a_payment_without_a_needed_field_is_unknown_or_nobodys(left_out):
    answer = read_payment({k: v for k, v in PENDING.items() if k != left_out}, EXCHANGE)
    assert isinstance(answer, Unknown) or answer.number == ""


def test_a_page_that_is_no_web_address_is_not_offered():
    told = PENDING | {"confirmation": {"confirmation_url": "javascript:alert(1)"}}
    assert read_payment(told, EXCHANGE).confirmation_url == ""


def test_both_ends_of_time_are_expiry_and_other_ends_are_declines():
    ends = {"expired_on_confirmation": Standing.EXPIRED, "expired_on_capture": Standing.EXPIRED,
            "general_decline": Standing.DECLINED, "a_new_word": Standing.DECLINED}  # fmt: skip
    for reason, standing in ends.items():
        told = PENDING | {"status": "canceled", "cancellation_details": {"reason": reason}}
        assert read_payment(told, EXCHANGE).standing == standing


def test_card_numbers_and_secrets_are_masked_and_bank_accounts_are_not():
    text = (
        '{"a":"4111111111111111","account":"40702810900000000001","cvc":"123","payment_token":"t"}'
    )
    assert (
        masked(text)
        == '{"a":"411111…1111","account":"40702810900000000001","cvc":"…","payment_token":"…"}'
    )
