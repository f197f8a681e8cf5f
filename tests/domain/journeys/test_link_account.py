"""The last sum and the meter's number open an account's wait; both come from rooms above."""

from datetime import date

import polars as pl
import pytest
from django.db import transaction

from abonent.domain.accounts.operations import LinkState
from abonent.domain.journeys.link_account import link_account
from abonent.domain.journeys.sign_up import AccountWanted, first_entry, sign_up
from abonent.domain.messaging import queries as messaging
from abonent.domain.metering.models import Meter, Register
from abonent.domain.payments import operations as payments
from abonent.domain.suppliers.models import ServiceCategory, Supplier
from town import NOW, Town, build_town

SCHEMA = {
    "channel": pl.String, "external_id": pl.String, "account_id": pl.Int64, "paid_on": pl.Date,
    "credited_on": pl.Date, "amount": pl.Int64, "purpose_period": pl.Date,
    "purpose_service": pl.Int64, "purpose_part": pl.String, "kind": pl.String,
}  # fmt: skip


@pytest.fixture
def town(db: None) -> Town:
    return build_town({"sign_up": {"evidence": ["last_paid", "meter_serial", "bill_code"]}})


def pay(town: Town, day: date, kopecks: int, kind: str = "payment") -> None:
    row = dict.fromkeys(SCHEMA) | {
        "channel": "Сбербанк", "external_id": f"{day}-{kind}", "account_id": town.account_id,
        "paid_on": day, "amount": kopecks, "kind": kind,
    }  # fmt: skip
    with transaction.atomic():
        payments.load_payments(
            supplier_id=town.supplier_id, rows=pl.DataFrame([row], schema=SCHEMA), now=NOW
        )


def put_meter(town: Town, serial: str) -> None:
    service = ServiceCategory.objects.create(
        supplier_id=town.supplier_id, code=serial, kind="cold_water", name="Вода", unit="m3"
    )
    meter = Meter.objects.create(
        supplier_id=town.supplier_id, account_id=town.account_id, service=service, serial=serial
    )
    Register.objects.create(
        supplier_id=town.supplier_id,
        account_id=town.account_id,
        meter=meter,
        zone="single",
        initial=0,
    )


def link(town: Town, paid: str, serial: str, number: str = ""):
    return link_account(
        user_id=town.stranger_id,
        supplier_id=town.supplier_id,
        number=number or town.number,
        given={"last_paid": paid, "meter_serial": serial},
        objection_url="https://example.ru/{token}",
        now=NOW,
    )


@pytest.fixture
def lived_in(town: Town) -> Town:
    pay(town, date(2026, 9, 12), 99_999)
    pay(town, date(2026, 10, 12), 128_493)
    put_meter(town, "0071-2345")
    put_meter(town, "998877")
    return town


@pytest.mark.parametrize("serial", ["71 2345", "998877"])
def test_the_last_sum_and_any_meter_of_the_account(lived_in: Town, serial: str) -> None:
    assert link(lived_in, "1284.93", serial).state is LinkState.PENDING


@pytest.mark.parametrize(
    ("paid", "serial"),
    [("1285.00", "998877"), ("999.99", "998877"), ("1284.93", "112233"), ("", ""), ("0", "")],
)
def test_anything_else_is_refused(lived_in: Town, paid: str, serial: str) -> None:
    assert link(lived_in, paid, serial).state is LinkState.REFUSED


@pytest.mark.parametrize("paid", ["1284.93", "50.00"])
def test_a_sum_paid_since_the_bill_was_printed_may_be_unknown_to_the_person(
    lived_in: Town, paid: str
) -> None:
    pay(lived_in, date(2026, 11, 20), 5_000)
    assert link(lived_in, paid, "998877").state is LinkState.PENDING


def test_a_refund_is_no_payment(lived_in: Town) -> None:
    pay(lived_in, date(2026, 10, 20), 7_700, kind="refund")
    assert link(lived_in, "77.00", "998877").state is LinkState.REFUSED


def test_an_account_that_never_paid_cannot_be_linked_by_a_sum(town: Town) -> None:
    put_meter(town, "998877")
    for paid in ("", "0.00"):
        assert link(town, paid, "998877").state is LinkState.REFUSED


def test_an_unknown_number_gets_the_same_answer(lived_in: Town) -> None:
    assert link(lived_in, "1.00", "1") == link(lived_in, "1.00", "1", "6600999999")


def test_the_account_named_at_sign_up_is_tried_once_at_the_first_entry(lived_in: Town) -> None:
    Supplier.objects.update(cabinet={"sign_up": {"evidence": ["house", "flat"]}})
    sign_up(
        user_id=lived_in.stranger_id,
        supplier_id=lived_in.supplier_id,
        consents=[],
        account=AccountWanted(lived_in.number, {"house": "12А", "flat": "7"}),
        address="203.0.113.7",
        user_agent="",
        now=NOW,
    )
    assert messaging.recent_messages() == [], "nobody is told before a contact is proven"

    def enter():
        return first_entry(
            user_id=lived_in.stranger_id,
            supplier_id=lived_in.supplier_id,
            objection_url="{token}",
            now=NOW,
        )

    outcome = enter()
    assert outcome is not None
    assert outcome.state is LinkState.PENDING
    assert enter() is None
