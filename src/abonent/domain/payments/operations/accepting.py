"""Money that an agent took for us: checked before, accepted once, answered alike for ever."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import connection

from abonent.common import clock
from abonent.common.crash import crash_point
from abonent.common.transactions import outermost
from abonent.domain.accounts.operations.agent_checks import count_wrong_number, refuse_searching
from abonent.domain.accounts.operations.open_pages import TooManyTries
from abonent.domain.accounts.queries.payable import PayableAccount, payable_account
from abonent.domain.journal import operations as journal
from abonent.domain.ledger import queries as ledger
from abonent.domain.payments.models import AgentOperation, Payment
from abonent.domain.payments.operations.crediting import credit_received, received
from abonent.domain.payments.operations.moving import be_brief
from abonent.domain.payments.operations.quarantining import quarantine
from abonent.domain.payments.operations.reporting import (
    account_number,
    order_of,
    settle_reported,
    standing_of,
)
from abonent.domain.payments.operations.twice import tell_twice
from abonent.domain.payments.queries.agents import answer_of
from abonent.domain.payments.rules import (
    AgentAnswer,
    AgentTerms,
    CheckAsked,
    Kind,
    PayAsked,
    RawCall,
    Telling,
    UnknownAccount,
    Verdict,
    agreed_sum,
    day_of_payment,
)
from abonent.domain.suppliers import queries as suppliers

_CLAIM = """
INSERT INTO payments_agentoperation
    (supplier_id, channel, external_id, account_text, amount, verdict, answered_at)
VALUES (%(supplier)s, %(channel)s, %(number)s, %(account)s, %(amount)s, %(verdict)s, %(now)s)
ON CONFLICT (supplier_id, channel, external_id) DO NOTHING
RETURNING id, (
    SELECT id FROM payments_payment
    WHERE supplier_id = %(supplier)s AND channel = %(channel)s AND external_id = %(number)s
)
"""


@dataclass(frozen=True)
class _Told:
    """A payment as it was told, translated in: the day it counts for, the account if known."""

    supplier_id: int
    terms: AgentTerms
    asked: PayAsked
    raw: RawCall
    paid_on: date
    account: PayableAccount | None
    now: datetime


@outermost
def check_account(
    *, supplier_id: int, terms: AgentTerms, asked: CheckAsked, now: datetime
) -> AgentAnswer:
    """Say whether money may be taken for a number, and to whom it would go, masked.

    Whoever goes through numbers is answered BUSY for every number, known or not, until an
    hour has passed (TRUST T1). Writes nothing but the count of wrong numbers.
    """
    be_brief()
    begun = order_of(supplier_id=supplier_id, channel=terms.channel, order=asked.order)
    if begun is not None:
        return standing_of(begun, asked.amount)
    try:
        refuse_searching(
            supplier_id=supplier_id,
            channel=terms.channel,
            terminal=asked.terminal,
            limits=(terms.misses_of_terminal, terms.misses_of_channel),
            now=now,
        )
    except TooManyTries:
        return AgentAnswer(Verdict.BUSY)
    if not terms.taking or terms.service_code(asked.service) is None:
        return AgentAnswer(Verdict.STOPPED)
    zone = suppliers.supplier_by_id(supplier_id).timezone
    account = payable_account(
        supplier_id=supplier_id, number=asked.account, on=clock.local_day(now, zone)
    )
    if account is None:
        count_wrong_number(
            supplier_id=supplier_id,
            channel=terms.channel,
            terminal=asked.terminal,
            number=asked.account,
            now=now,
        )
        return AgentAnswer(Verdict.NOT_FOUND)
    if account.closed:
        return AgentAnswer(Verdict.CLOSED)
    wrong = agreed_sum(asked.amount, terms) if asked.amount is not None else None
    if wrong is not None:
        return AgentAnswer(wrong)
    return AgentAnswer(
        Verdict.ACCEPTED,
        name=account.masked_name if Telling.NAME in terms.tells else "",
        owed=ledger.subject_total(supplier_id=supplier_id, subject_id=account.id)
        if Telling.DEBT in terms.tells
        else None,
    )


@outermost
def accept_payment(
    *, supplier_id: int, terms: AgentTerms, asked: PayAsked, raw: RawCall, now: datetime
) -> AgentAnswer:
    """Credit money that an agent took, once for the number of his operation.

    In one transaction: the operation with its answer, the payment, ``payment:<channel>:<number>``
    from the channel's clearing account to the account's advance, its allocation, the journal.
    The day is the agent's. Money for a number that we do not have waits in suspense, or is
    refused where the channel's terms say so. The same number again gets the first answer;
    with another sum or account it gets DIFFERS and staff are told. Two at once: one waits
    for the other at the unique index.
    """
    be_brief()
    begun = order_of(supplier_id=supplier_id, channel=terms.channel, order=asked.order)
    if begun is not None:
        settled = settle_reported(begun, terms=terms, asked=asked, raw=raw, now=now)
        if settled is not None:
            return settled
        # Somebody has paid one order twice: the second money is the account's too.
        asked = replace(asked, account=account_number(begun))
    today = clock.local_day(now, suppliers.supplier_by_id(supplier_id).timezone)
    paid_on = day_of_payment(asked.paid_on, today)
    if paid_on is None:
        quarantine(
            supplier_id=supplier_id,
            terms=terms,
            raw=raw,
            reason=f"невозможная дата платежа {asked.paid_on}",
            payment_id=None,
            now=now,
        )
        return AgentAnswer(Verdict.WRONG_MOMENT)
    account = payable_account(supplier_id=supplier_id, number=asked.account, on=paid_on)
    told = _Told(supplier_id, terms, asked, raw, paid_on, account, now)
    row = _claim(told)
    if row is None:
        stands = AgentOperation.objects.get(
            supplier_id=supplier_id, channel=terms.channel, external_id=asked.number
        )
        return _again(stands, told)
    if row.verdict == Verdict.ACCEPTED:
        _take(row, told)
    if begun is not None and row.payment_id:
        tell_twice(begun, Payment.objects.get(pk=row.payment_id), now=now)
    return answer_of(row, repeated=False)


def _claim(told: _Told) -> AgentOperation | None:
    """Write the operation down with what is decided of it; None when it stands already.

    ``payment_id`` is that of a payment which a registry has brought under the number.
    """
    row = AgentOperation(
        supplier_id=told.supplier_id,
        channel=told.terms.channel,
        external_id=told.asked.number,
        account_text=told.asked.account,
        amount=told.asked.amount,
        verdict=_decide(told),
        answered_at=told.now,
        cancel_number="",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {
                "supplier": row.supplier_id,
                "channel": row.channel,
                "number": row.external_id,
                "account": row.account_text,
                "amount": row.amount,
                "verdict": row.verdict,
                "now": row.answered_at,
            },
        )
        claimed = cursor.fetchone()
    if claimed is None:
        return None
    # A registry may have been faster; one that is faster still makes the call be repeated.
    row.pk, row.payment_id = claimed
    return row


def _decide(told: _Told) -> Verdict:
    wrong = agreed_sum(told.asked.amount, told.terms)
    if wrong is not None:
        return wrong
    if told.account is None and told.terms.unknown == UnknownAccount.REFUSE:
        return Verdict.NOT_FOUND
    # Money for a closed account is money all the same (TRUST R7).
    return Verdict.ACCEPTED


def _take(row: AgentOperation, told: _Told) -> None:
    """Turn a new operation into money, unless a registry was faster and brought it."""
    if row.payment_id is not None:
        stands = Payment.objects.get(pk=row.payment_id)
        same_account = stands.account_id in {0, told.account.id if told.account else 0}
        same = stands.kind == Kind.PAYMENT and stands.amount == told.asked.amount and same_account
        row.verdict = Verdict.ACCEPTED if same else Verdict.DIFFERS
        row.save(update_fields=["verdict", "payment_id"])
        if not same:
            _set_aside(told, _differs(told), stands.pk)
        return
    payment = received(
        supplier_id=told.supplier_id,
        channel=told.terms.channel,
        external_id=told.asked.number,
        account_id=told.account.id if told.account else 0,
        amount=told.asked.amount,
        on=told.paid_on,
        service_id=_service(told),
        named_account=told.asked.account,
        now=told.now,
    )
    payment.save(force_insert=True)
    row.payment_id = payment.pk
    row.save(update_fields=["payment_id"])
    crash_point("terminal.inserted")
    credit_received(payment, now=told.now)
    journal.record(
        supplier_id=told.supplier_id,
        actor_id=None,
        action="payment_accepted" if payment.account_id else "payment_unmatched",
        subject=f"payment:{payment.pk}",
        details={
            "amount": payment.amount,
            "channel": payment.channel,
            "external_id": payment.external_id,
            "account": told.asked.account,
        },
        now=told.now,
    )
    crash_point("terminal.posted")


def _service(told: _Told) -> int:
    """Return the service that the channel's contract names; 0 leaves it to the rules."""
    code = told.terms.service_code(told.asked.service)
    if not code:
        return 0
    found = [one.id for one in suppliers.services(supplier_id=told.supplier_id) if one.code == code]
    return found[0] if found else 0


def _again(row: AgentOperation, told: _Told) -> AgentAnswer:
    """Answer a number that was answered before, and tell staff when it is used otherwise."""
    if row.verdict == Verdict.VOID:
        reason = f"операция {row.external_id} отменена агентом до платежа, а потом оплачена"
        _set_aside(told, reason, None)
        return answer_of(row, repeated=True)
    # One that a registry brought was cancelled before it was told: its account is not known.
    same_account = row.account_text in {"", told.asked.account}
    if not same_account or row.amount != told.asked.amount:
        _set_aside(told, _differs(told), row.payment_id)
        return AgentAnswer(Verdict.DIFFERS)
    return answer_of(row, repeated=True)


def _differs(told: _Told) -> str:
    return f"операция {told.asked.number} уже записана с другой суммой или другим счётом"


def _set_aside(told: _Told, reason: str, payment_id: int | None) -> None:
    """Keep a call that contradicts what stands."""
    quarantine(
        supplier_id=told.supplier_id,
        terms=told.terms,
        raw=told.raw,
        reason=reason,
        payment_id=payment_id,
        now=told.now,
    )
