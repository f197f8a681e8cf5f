"""Link an account by what its papers say: some of it only the rooms above accounts know."""

from collections.abc import Collection, Mapping
from datetime import datetime

from abonent.common.money import plain_roubles
from abonent.common.periods import Period
from abonent.common.transactions import outermost, requires_transaction
from abonent.domain.accounts import operations as accounts
from abonent.domain.accounts.operations import LinkOutcome
from abonent.domain.accounts.queries import account_id_of
from abonent.domain.accounts.rules import evidence_asked
from abonent.domain.metering.queries.meters import meters_for
from abonent.domain.payments import queries as payments
from abonent.domain.payments.rules import Kind
from abonent.domain.suppliers import queries as suppliers

# Enough to step over refunds and payments that have not come through.
_PAYMENTS_LOOKED_AT = 20


@outermost
def link_account(
    *,
    user_id: int,
    supplier_id: int,
    number: str,
    given: Mapping[str, str],
    objection_url: str,
    now: datetime,
) -> LinkOutcome:
    """Link the account by the evidence that the supplier's preset asks for (TRUST B5).

    See ``accounts.operations.link_by_evidence`` for what becomes true; the answer says how
    it ended and what to tell the person.
    """
    return link_by_papers(
        user_id=user_id,
        supplier_id=supplier_id,
        number=number,
        given=given,
        objection_url=objection_url,
        now=now,
    )


@requires_transaction
def link_by_papers(
    *,
    user_id: int,
    supplier_id: int,
    number: str,
    given: Mapping[str, str],
    objection_url: str,
    now: datetime,
) -> LinkOutcome:
    """Do the work of ``link_account`` inside the transaction of another journey."""
    asked = evidence_asked(suppliers.supplier_by_id(supplier_id).cabinet)
    return accounts.link_by_evidence(
        user_id=user_id,
        supplier_id=supplier_id,
        number=number,
        given=given,
        asked=asked,
        facts=_facts(supplier_id, number, asked, now),
        objection_url=objection_url,
        now=now,
    )


def _facts(
    supplier_id: int, number: str, asked: Collection[str], now: datetime
) -> dict[str, list[str]]:
    """Return what payments and meters know of the account; an unknown number costs the same."""
    account_id = account_id_of(supplier_id=supplier_id, number=number) or 0
    facts: dict[str, list[str]] = {}
    if "last_paid" in asked:
        facts["last_paid"] = _last_sums(supplier_id, account_id, now)
    if "meter_serial" in asked:
        meters = meters_for(
            account_id=account_id, supplier_id=supplier_id, month=Period.of(now.date())
        )
        facts["meter_serial"] = [meter.serial for meter in meters]
    return facts


def _last_sums(supplier_id: int, account_id: int, now: datetime) -> list[str]:
    """Return the sums of the last payment and of the last one before this month.

    The bill in hand was printed then and does not know what was paid since.
    """
    found = payments.payments_of(
        supplier_id=supplier_id, account_ids=[account_id], limit=_PAYMENTS_LOOKED_AT
    )
    paid = [one for one in found if one.paid and one.kind == Kind.PAYMENT]
    printed = [one for one in paid if one.happened_on < now.date().replace(day=1)]
    return [plain_roubles(one.amount_for(account_id)) for one in (*paid[:1], *printed[:1])]
