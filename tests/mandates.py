"""Bound cards and autopayments: how tests bind a card, publish a bill and let a day pass."""

from datetime import date, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction

from abonent.common.partitions import ensure_partitions
from abonent.common.periods import Period
from abonent.domain.billing.models import Bill, BillingRun
from abonent.domain.ledger import operations as ledger
from abonent.domain.ledger.rules import Book, EntryLine, LedgerCode, Part, Reason
from abonent.domain.messaging import operations as messaging
from abonent.domain.messaging.models import Message
from abonent.domain.payments import operations, queries
from abonent.domain.payments.models import Payment
from abonent.domain.payments.operations import Addresses
from abonent.domain.payments.rules import Purpose
from abonent.domain.payments.rules.cards import AtPage, ByCard
from paying import NOW, row_of

KEEPS = AtPage(keeps_card=True)
ADDRESSES = Addresses(
    stop="https://example.org/{supplier}/open/autopay/{token}/",
    pay="https://example.org/{supplier}/accounts/{number}/payments/",
)
SEPTEMBER, OCTOBER, NOVEMBER = Period(2026, 9), Period(2026, 10), Period(2026, 11)
DAY = timedelta(days=1)


def reachable(user, email="anna@example.org"):
    """Give the person a proven mailbox."""
    EmailAddress.objects.get_or_create(user=user, email=email, verified=True, primary=True)


def bind(world, bank, *, amount=10_000, account=None, now=NOW):
    """Pay at the bank's page and let the card be kept; return the card."""
    reachable(world.anna)
    purposes = None
    if account is not None:
        purposes = [Purpose(account.pk, amount)]
    view = world.pay(amount, purposes=purposes, means=KEEPS, now=now)
    bank.simulator.payer(row_of(view).external_id, act="pay")
    operations.settle_payment(payment_id=view.id, now=now)
    return cards(world)[0]


def cards(world, user=None, now=NOW):
    return queries.cards_of(
        user_id=(user or world.anna).pk, supplier_id=world.supplier.pk, today=now.date()
    )


def by(card):
    return ByCard(card.uuid)


def bill(world, period, charged, *, out_at=NOW, account=None):
    """Publish a bill as a run would: the bill, its debt, the moment it came out."""
    account = account or world.flat
    ensure_partitions("billing_bill", [period])
    run, _ = BillingRun.objects.get_or_create(
        supplier_id=world.supplier.pk, period=period.first_day,
        defaults={
            "as_of": period.last_day, "state": "published", "opened_at": out_at,
            "published_at": out_at,
        },
    )  # fmt: skip
    Bill.objects.create(
        period=period.first_day, account_id=account.pk, supplier_id=world.supplier.pk,
        run_id=run.pk, number=f"{account.number}-{period}", opening=0, charged=charged, penalty=0,
        paid=0, due=charged, due_by=date(2026, 12, 10),
    )  # fmt: skip
    if charged <= 0:
        return
    code = LedgerCode(
        Book.RECEIVABLE, account.pk, world.service.pk, period.first_day, Part.PRINCIPAL
    )
    with transaction.atomic():
        ledger.post(
            supplier_id=world.supplier.pk, reason=Reason.CHARGE, happened_on=out_at.date(),
            key=f"bill:{account.pk}:{period}", subject_id=account.pk, now=out_at,
            lines=[
                EntryLine(code, charged),
                EntryLine(LedgerCode(Book.REVENUE, 0, world.service.pk), -charged),
            ],
        )  # fmt: skip


def mandate(world, card, *, ceiling=500_000, fixed=None, day=0, account=None, now=NOW):
    return operations.set_autopay(
        user_id=world.anna.pk, supplier_id=world.supplier.pk,
        number=(account or world.flat).number, card_uuid=card.uuid, ceiling=ceiling, fixed=fixed,
        day=day, now=now,
    )  # fmt: skip


def passes(bank, moment):
    """Let a moment come: letters leave, the round of autopayments is made."""
    bank.simulator.move_to(moment)
    operations.run_autopays(addresses=ADDRESSES, now=moment)
    messaging.send_due(now=moment)
    return moment


def letters(kind):
    return list(Message.objects.filter(kind=kind).order_by("pk").values_list("body", flat=True))


def charged(world):
    """Return the sums of the payments that autopayments have brought, in kopecks."""
    rows = Payment.objects.filter(turn_id__isnull=False, state="captured").order_by("pk")
    return list(rows.values_list("amount", flat=True))
