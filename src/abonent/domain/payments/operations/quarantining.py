"""Calls of agents that contradict what stands: kept as they came, moving nothing, told to staff."""

import hashlib
import logging
from datetime import datetime

from django.db import connection

from abonent.common.transactions import requires_transaction
from abonent.domain.journal import operations as journal
from abonent.domain.payments.rules import AgentTerms, RawCall
from abonent.domain.payments.rules.notices import Outcome

_log = logging.getLogger("abonent.payments")

_KEEP = """
INSERT INTO payments_notice
    (channel, supplier_id, body_hash, body, address, received_at, handled_at, outcome, reason,
     payment_id)
VALUES (%(channel)s, %(supplier)s, %(hash)s, %(body)s, %(address)s, %(now)s, %(now)s,
        %(outcome)s, %(reason)s, %(payment)s)
ON CONFLICT (channel, supplier_id, body_hash) DO UPDATE SET times = payments_notice.times + 1
RETURNING id, times
"""


@requires_transaction
def quarantine(
    *,
    supplier_id: int,
    terms: AgentTerms,
    raw: RawCall,
    reason: str,
    payment_id: int | None,
    now: datetime,
) -> None:
    """Keep a call with the reason why it was not carried out; the journal tells staff, once.

    ``reason`` is Russian, for staff. The same call again is only counted. No refusals.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            {
                "channel": terms.channel,
                "supplier": supplier_id,
                "hash": hashlib.sha256(raw.text).hexdigest(),
                "body": raw.text,
                "address": raw.address[:64],
                "now": now,
                "outcome": Outcome.QUARANTINED,
                "reason": reason[:200],
                "payment": payment_id,
            },
        )
        notice_id, times = cursor.fetchone()
    _log.error("call %s of %s quarantined: %s", notice_id, terms.channel, reason)
    if times == 1:
        journal.record(
            supplier_id=supplier_id,
            actor_id=None,
            action="agent_call_quarantined",
            subject=f"notice:{notice_id}",
            details={"channel": terms.channel, "reason": reason, "payment": payment_id},
            now=now,
        )
