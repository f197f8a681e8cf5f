"""The whole house is measured: by hand at any time, every night with the result kept."""

import logging
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from abonent.common import clock
from abonent.common.invariants import Invariant
from abonent.common.periods import Period
from abonent.domain.accounts.queries.registers import register_invariants as account_registers
from abonent.domain.billing import queries as billing
from abonent.domain.invoicing.queries import papers as invoicing
from abonent.domain.journal import operations as journal
from abonent.domain.ledger import queries as ledger
from abonent.domain.ledger.operations import close_days, seal_ledger
from abonent.domain.ledger.queries import ChainHead, TrialLine
from abonent.domain.messaging import queries as messaging
from abonent.domain.metering.queries.registers import register_invariants as meter_registers
from abonent.domain.payments import queries as payments
from abonent.domain.suppliers.queries import all_suppliers

_log = logging.getLogger("abonent.audit")


@dataclass(frozen=True)
class Audit:
    """What was measured: invariants, the trial balance, and where the ledger's chain ends."""

    invariants: tuple[Invariant, ...]
    trial: tuple[TrialLine, ...]
    chain: ChainHead

    @property
    def broken(self) -> tuple[Invariant, ...]:
        """Return the invariants that do not hold."""
        return tuple(one for one in self.invariants if one.breaches)


def measure_house(*, supplier_id: int | None) -> Audit:
    """Measure every invariant of TRUST A1 that applies, of one supplier or of all; change nothing.

    The chain of seals is the whole installation's, whichever supplier is asked about.
    """
    return Audit(
        invariants=(
            *ledger.invariants(supplier_id=supplier_id),
            *payments.invariants(supplier_id=supplier_id),
            *messaging.invariants(),
            *billing.invariants(supplier_id=supplier_id),
            *account_registers(supplier_id=supplier_id),
            *meter_registers(supplier_id=supplier_id),
            *invoicing.invariants(supplier_id=supplier_id),
        ),
        trial=tuple(ledger.trial_balance(supplier_id=supplier_id)),
        chain=ledger.chain_head(),
    )


def audit_house(*, now: datetime) -> Audit:
    """Seal what was posted, close the months behind, measure everything, keep the result.

    The journal gets ``audit_passed`` or ``audit_failed`` with each broken invariant, an example
    of it and the end of the chain; a failure is an error in the log as well. No refusals.
    """
    seals = seal_ledger(now=now)
    for supplier in all_suppliers():
        today = clock.local_day(now, supplier.timezone)
        close_days(supplier_id=supplier.id, before=Period.of(today).first_day, now=now)
    found = measure_house(supplier_id=None)
    for one in found.broken:
        _log.error("audit: %s, %s: %s, %s", one.code, one.text, one.breaches, one.example)
    with transaction.atomic():
        journal.record(
            supplier_id=None,
            actor_id=None,
            action="audit_failed" if found.broken else "audit_passed",
            subject="house",
            details={
                "measured": len(found.invariants),
                "broken": [asdict(one) for one in found.broken],
                "sealed": seals,
                "chain": asdict(found.chain),
            },
            now=now,
        )
    return found
