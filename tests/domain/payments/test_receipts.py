"""Fiscal receipts: by service, month and rate; sent with the money, asked about until given."""

import json
import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest

from abonent.domain.accounts.rules import AccessState
from abonent.domain.identity.models import User
from abonent.domain.ledger.rules import Part
from abonent.domain.payments import operations, queries
from abonent.domain.payments.models import FiscalReceipt, Payment
from abonent.domain.payments.rules import Kind, Purpose
from abonent.domain.payments.rules.notices import Outcome
from abonent.domain.payments.rules.receipts import (
    MOST_LINES,
    Mode,
    ReceiptLine,
    ReceiptState,
    advance_vat_code,
    lines_given_back,
    vat_code,
    whole_lines,
)
from abonent.domain.suppliers.models import Rulebook, ServiceCategory
from bank_simulator.faults import Fault
from banks import KINDS, counter, outcomes
from paying import NOW, charge, give_access

NOVEMBER, DECEMBER_25 = date(2026, 11, 1), date(2025, 12, 1)


@pytest.mark.parametrize(
    ("percent", "month", "code"),
    [("22", NOVEMBER, 11), ("22", DECEMBER_25, 1), ("20", NOVEMBER, 1), ("10", NOVEMBER, 2),
     ("0", NOVEMBER, 5), ("5", NOVEMBER, 7), (None, NOVEMBER, 6)],
)  # fmt: skip
def test_the_rate_is_that_of_the_months_service(percent, month, code):
    assert vat_code(Decimal(percent) if percent else None, month) == code


def test_an_advance_has_the_rate_within_it():
    assert advance_vat_code([Decimal(22), None]) == 12
    assert advance_vat_code([None]) == 6


def test_lines_never_lose_a_kopeck():
    many = [ReceiptLine(f"Услуга {n}", n + 1, 11) for n in range(MOST_LINES + 20)]
    short = whole_lines(many)
    assert len(short) <= MOST_LINES
    assert sum(line.amount for line in short) == sum(line.amount for line in many)
    two = whole_lines([ReceiptLine("Свет", 5, 11), ReceiptLine("Вода", 7, 11)])
    assert lines_given_back(two, before=0, amount=12) == two
    first, second = (lines_given_back(two, before=gone, amount=6) for gone in (0, 6))
    assert [line.amount for line in first] == [6]
    assert [(line.name, line.amount) for line in second] == [("Свет", 5), ("Вода", 1)]


@pytest.fixture
def debtor(world):
    """Anna with a mailbox, who owes for October, for December of last year, and a penalty."""
    ServiceCategory.objects.filter(pk=world.service.pk).update(vat_percent=22)
    world.anna.emailaddress_set.create(email="anna@example.org", verified=True, primary=True)
    charge(world, 20_000, month=DECEMBER_25)
    charge(world, 30_000)
    charge(world, 1_000, part=Part.PENALTY)
    return world


def settle(world, bank, amount=60_000, **how):
    view = world.pay(amount, **how)
    bank.pays(view)
    return operations.settle_payment(payment_id=view.id, now=NOW)


def asked_of_the_bank(bank):
    return bank.simulator.truth()["payments"][-1]["details"].get("receipt")


def janitor(bank, count):
    operations.settle_awaiting(now=bank.at(NOW + timedelta(minutes=count)))


@pytest.mark.django_db
def test_the_receipt_goes_with_the_payment_by_service_month_and_rate(debtor, bank):
    settle(debtor, bank)
    sent = asked_of_the_bank(bank)
    assert sent["customer"] == {"email": "anna@example.org"}
    assert sent["tax_system_code"] == 1
    number = debtor.flat.number
    # The numbers of YooKassa: 4 is 20 %, 11 is 22 %, 1 is no VAT, 12 is 22/122.
    shown = [
        (one["description"], one["amount"]["value"], one["vat_code"], one["payment_mode"])
        for one in sent["items"]
    ]
    assert shown == [
        (f"Электроэнергия, л/с {number}, 12.2025", "200.00", 4, "full_payment"),
        (f"Электроэнергия, л/с {number}, 10.2026", "300.00", 11, "full_payment"),
        (f"Пени, л/с {number}", "10.00", 1, "full_payment"),
        (f"Аванс, л/с {number}", "90.00", 12, "advance"),
    ]
    assert debtor.broken() == {}


@pytest.mark.django_db
def test_what_the_payer_named_is_what_the_receipt_names(debtor, bank):
    purposes = [Purpose(debtor.flat.pk, 1_000, part=Part.PENALTY), Purpose(debtor.dacha.pk, 500)]
    settle(debtor, bank, purposes=purposes)
    names = [one["description"] for one in asked_of_the_bank(bank)["items"]]
    assert names == [f"Пени, л/с {debtor.flat.number}", f"Аванс, л/с {debtor.dacha.number}"]


@pytest.mark.django_db
def test_a_stuck_register_is_asked_until_it_gives_the_receipt_once(debtor, bank):
    bank.simulator.bank.receipts_stuck = True
    view = settle(debtor, bank)
    for count in (2, 4):
        janitor(bank, count)
    assert queries.fiscal_receipt(payment_id=view.id).state == ReceiptState.PENDING
    assert debtor.owes() == -9_000, "the money does not wait for the receipt"
    bank.simulator.bank.receipts_stuck = False
    for count in (11, 31, 95):
        janitor(bank, count)
    seen = queries.fiscal_receipt(payment_id=view.id)
    assert (seen.state, seen.amount, seen.sent_to) == (
        ReceiptState.REGISTERED, 60_000, "anna@example.org",
    )  # fmt: skip
    assert seen.document_number
    assert seen.storage_number
    assert seen.registered_at is not None
    assert FiscalReceipt.objects.count() == 1
    assert debtor.broken() == {}


@pytest.mark.django_db
def test_a_lost_answer_sends_the_same_receipt_again(debtor, bank):
    bank.simulator.fault(Fault("after", "reset", method="POST", path="/v3/payments"))
    view = debtor.pay(60_000)
    # A bill that comes meanwhile does not change what was sent: the key would be refused.
    charge(debtor, 5_000, month=NOVEMBER)
    janitor(bank, 2)
    assert queries.view_of(view.id).can_continue
    assert len(bank.simulator.truth()["payments"]) == 1


@pytest.mark.django_db
def test_a_refund_has_a_receipt_of_its_own(debtor, bank):
    clerk = User.objects.create_user(login="clerk", password=None)
    view = settle(debtor, bank)
    operations.refund_payment(
        supplier_id=debtor.supplier.pk, payment_id=view.id, account_id=debtor.flat.pk,
        amount=9_500, why="ошибка", key=uuid.uuid4(), actor_id=clerk.pk, now=NOW,
    )  # fmt: skip
    for count in (5, 8, 15):
        janitor(bank, count)
    back = Payment.objects.get(kind=Kind.REFUND)
    seen = queries.fiscal_receipt(payment_id=back.pk)
    assert seen.state == ReceiptState.REGISTERED
    assert [(line.amount, line.mode) for line in seen.lines] == [
        (500, Mode.FULL), (9_000, Mode.ADVANCE),
    ]  # fmt: skip
    assert FiscalReceipt.objects.count() == 2
    assert debtor.broken() == {}


@pytest.mark.django_db
def test_no_receipt_without_a_contact_or_where_the_supplier_gives_none(world, bank, debtor):
    Rulebook.objects.create(supplier=world.supplier, name="receipts", value="none")
    settle(debtor, bank)
    assert asked_of_the_bank(bank) is None
    Rulebook.objects.all().delete()
    world.anna.emailaddress_set.all().delete()
    settle(debtor, bank, 1_000)
    assert asked_of_the_bank(bank) is None
    assert not FiscalReceipt.objects.exists()
    assert debtor.broken() == {}


@pytest.mark.django_db
def test_who_may_not_see_the_debt_yet_does_not_learn_it_from_the_receipt(debtor, bank):
    debtor.vera.emailaddress_set.create(email="vera@example.org", verified=True, primary=True)
    give_access(
        debtor.flat, debtor.vera, state=AccessState.PENDING, opens_at=NOW + timedelta(hours=72)
    )
    settle(debtor, bank, user=debtor.vera)
    sent = asked_of_the_bank(bank)["items"]
    assert [(one["description"], one["amount"]["value"]) for one in sent] == [
        (f"Аванс, л/с {debtor.flat.number}", "600.00")
    ]


@pytest.fixture(params=["rbs", "rbs by forms", "tbank"])
def at_bank(request, settings):
    """Let the debtor's bank be one that takes the receipt with the money and tells of it later."""
    with counter(KINDS[request.param], settings) as opened:
        yield opened


def told(world, at_bank, now):
    """Let every notice arrive and be weighed, T-Bank's about receipts among them."""
    with at_bank.simulator.bank.work():
        rows = at_bank.simulator.store.rows("SELECT body FROM notifications ORDER BY seq")
    for row in rows:
        operations.receive_notice(
            channel=at_bank.channel, supplier_id=world.supplier.pk, body=row["body"].encode(),
            address="", now=now,
        )  # fmt: skip
    operations.settle_awaiting(now=now + timedelta(minutes=2))


def sent_lines(at_bank, sent):
    """Return the sums and rates of what a bank was sent, in one shape for both."""
    if at_bank.channel == "tbank":
        return [(one["Amount"], one["Tax"], one["PaymentMethod"]) for one in sent["Items"]]
    items = sent["cartItems"]["items"]
    methods = [one["itemAttributes"]["attributes"][0]["value"] for one in items]
    return [
        (one["itemAmount"], one["tax"]["taxType"], method)
        for one, method in zip(items, methods, strict=True)
    ]


SENT = {
    "tbank": [
        (20_000, "vat20", "full_payment"), (30_000, "vat22", "full_payment"),
        (1_000, "none", "full_payment"), (9_000, "vat122", "advance"),
    ],
    "rbs": [(20_000, 6, "4"), (30_000, 14, "4"), (1_000, 0, "4"), (9_000, 15, "3")],
}  # fmt: skip


@pytest.mark.django_db
def test_each_bank_gets_the_lines_and_tells_of_the_receipt_and_of_its_refunds(debtor, at_bank):
    clerk = User.objects.create_user(login="clerk", password=None)
    view = debtor.pay(60_000)
    at_bank.simulator.payer(view.external_id, act="pay")
    operations.settle_payment(payment_id=view.id, now=NOW)
    (paid,) = at_bank.operations("captured")
    lines = sent_lines(at_bank, paid["details"]["receipt"])
    assert lines == SENT[at_bank.channel]
    assert sum(amount for amount, *_ in lines) == paid["amount"]
    told(debtor, at_bank, NOW)
    seen = queries.fiscal_receipt(payment_id=view.id)
    assert (seen.state, seen.amount) == (ReceiptState.REGISTERED, 60_000)
    assert seen.document_number
    assert seen.storage_number
    assert seen.sign

    operations.refund_payment(
        supplier_id=debtor.supplier.pk, payment_id=view.id, account_id=debtor.flat.pk,
        amount=9_500, why="ошибка", key=uuid.uuid4(), actor_id=clerk.pk, now=NOW,
    )  # fmt: skip
    for count in (4, 8, 20, 40, 100):
        operations.settle_awaiting(now=at_bank.at(NOW + timedelta(minutes=count)))
    told(debtor, at_bank, NOW + timedelta(minutes=101))
    back = Payment.objects.get(kind=Kind.REFUND)
    seen = queries.fiscal_receipt(payment_id=back.pk)
    assert (seen.state, seen.amount) == (ReceiptState.REGISTERED, 9_500)
    assert FiscalReceipt.objects.count() == 2
    if at_bank.channel == "tbank":
        (returned,) = at_bank.simulator.truth()["refunds"]
        sums = [one["Amount"] for one in returned["details"]["receipt"]["Items"]]
        assert sums == [500, 9_000]
    assert debtor.broken() == {}


@pytest.mark.django_db
def test_a_register_that_is_stuck_keeps_the_receipt_waiting_and_not_the_money(debtor, at_bank):
    at_bank.simulator.bank.receipts_stuck = True
    view = debtor.pay(60_000)
    at_bank.simulator.payer(view.external_id, act="pay")
    operations.settle_payment(payment_id=view.id, now=NOW)
    told(debtor, at_bank, NOW)
    assert queries.fiscal_receipt(payment_id=view.id).state == ReceiptState.PENDING
    assert debtor.owes() == -9_000


@pytest.mark.django_db
@pytest.mark.parametrize("lie", [{"Amount": 1}, {"FnNumber": "1"}, {"Token": "guessed"}])
def test_a_forged_word_about_a_receipt_changes_nothing(debtor, settings, lie):
    with counter(KINDS["tbank"], settings) as at_bank:
        view = debtor.pay(60_000)
        at_bank.simulator.payer(view.external_id, act="pay")
        operations.settle_payment(payment_id=view.id, now=NOW)
        body = json.loads(at_bank.notice()) | lie
        assert body["Status"] == "RECEIPT"
        operations.receive_notice(
            channel="tbank", supplier_id=debtor.supplier.pk, address="", now=NOW,
            body=json.dumps(body).encode(),
        )  # fmt: skip
        operations.settle_awaiting(now=NOW + timedelta(minutes=2))
    assert queries.fiscal_receipt(payment_id=view.id).state == ReceiptState.PENDING
    assert outcomes() == [Outcome.QUARANTINED]
