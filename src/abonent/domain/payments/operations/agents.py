"""The one place where agents of every protocol are answered: check, pay, cancel, status."""

import logging
from datetime import datetime

from django.db import DatabaseError

from abonent.common.crash import crash_point
from abonent.common.transactions import outermost
from abonent.domain.payments.operations.accepting import accept_payment, check_account
from abonent.domain.payments.operations.quarantining import quarantine
from abonent.domain.payments.operations.returning import cancel_accepted
from abonent.domain.payments.queries.agents import operation_status
from abonent.domain.payments.rules import (
    AgentAnswer,
    AgentTerms,
    Asked,
    CancelAsked,
    CheckAsked,
    PayAsked,
    RawCall,
    StatusAsked,
    Unanswerable,
    Verdict,
)
from abonent.domain.payments.rules.words import VERDICT_TEXTS
from abonent.domain.suppliers import queries as suppliers

_log = logging.getLogger("abonent.payments")


def answer_agent(
    *, supplier_code: str, terms: AgentTerms, asked: Asked, raw: RawCall, now: datetime
) -> AgentAnswer:
    """Do what an agent asks and say what became of it; whatever fails here is BUSY.

    A failure of ours must never look final: the cash is in the machine already, and the
    agent repeats a call that was answered BUSY (PROTOCOLS 7.4). There are no refusals.
    """
    try:
        supplier_id = suppliers.get_supplier(supplier_code).id
        answer = _carry_out(supplier_id, terms, asked, raw, now)
    except DatabaseError:
        _log.exception("a call of %s could not be carried out", terms.channel)
        return AgentAnswer(Verdict.BUSY)
    crash_point("terminal.committed")
    return answer


def _carry_out(
    supplier_id: int, terms: AgentTerms, asked: Asked, raw: RawCall, now: datetime
) -> AgentAnswer:
    if isinstance(asked, CheckAsked):
        return check_account(supplier_id=supplier_id, terms=terms, asked=asked, now=now)
    if isinstance(asked, PayAsked):
        return accept_payment(supplier_id=supplier_id, terms=terms, asked=asked, raw=raw, now=now)
    if isinstance(asked, CancelAsked):
        return cancel_accepted(supplier_id=supplier_id, terms=terms, asked=asked, raw=raw, now=now)
    if isinstance(asked, StatusAsked):
        return operation_status(supplier_id=supplier_id, terms=terms, number=asked.number)
    return _set_aside(supplier_id, terms, asked, raw, now)


@outermost
def _set_aside(
    supplier_id: int, terms: AgentTerms, asked: Unanswerable, raw: RawCall, now: datetime
) -> AgentAnswer:
    """Keep a call that is not one of the protocol, when money or a forger may be behind it."""
    if not asked.grave:
        return AgentAnswer(asked.verdict)
    quarantine(
        supplier_id=supplier_id,
        terms=terms,
        raw=raw,
        reason=VERDICT_TEXTS[asked.verdict],
        payment_id=None,
        now=now,
    )
    return AgentAnswer(asked.verdict)
