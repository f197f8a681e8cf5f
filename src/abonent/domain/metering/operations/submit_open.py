"""Readings that come without sign-in: taken as they are, judged in silence (TRUST B5).

Whoever sends them proves little, so the answer must not tell what the meter showed before:
a strange value is not asked about but marked, an impossible one waits for staff.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from abonent.common.clock import local_day
from abonent.common.partitions import ensure_partitions
from abonent.common.periods import Period
from abonent.common.refusals import Refusal
from abonent.common.transactions import requires_transaction
from abonent.domain.metering import models
from abonent.domain.metering.operations.submit import (
    TABLE,
    Acceptance,
    account_lock,
    months_of,
    record_submission,
    refuse_unfit,
    sent_before,
)
from abonent.domain.metering.queries.meters import MeterView, meters_for
from abonent.domain.metering.rules import ReadingQuality, ReadingSource
from abonent.domain.metering.rules.judgement import Judgement, Verdict, judge_reading
from abonent.domain.suppliers import queries as suppliers

MOST_A_DAY = 5
_DAY = timedelta(days=1)
_QUALITY = {
    Verdict.FINE: ReadingQuality.ACCEPTED,
    Verdict.ASK: ReadingQuality.DOUBTFUL,
    Verdict.REFUSE: ReadingQuality.SET_ASIDE,
}


class TooManySubmissions(Refusal):
    """The account has got too many readings without sign-in within a day."""


@requires_transaction
def submit_open_readings(
    *,
    supplier_id: int,
    account_id: int,
    values: Mapping[int, int],
    key: str,
    now: datetime,
) -> Acceptance:
    """Take the values of some registers (millionths) as one submission of the open page.

    A strange value is kept as doubtful, an impossible one (less than before, more digits than
    the meter has) is set aside for staff; the answer does not say which. The same key with
    the same values returns the first submission. Refuses with ReadingsRefused for a register
    that the account does not have and for a zone left out, with TooManySubmissions above 5
    submissions within a day.
    """
    today = local_day(now, suppliers.supplier_by_id(supplier_id).timezone)
    account_lock(account_id)
    first = sent_before(
        supplier_id=supplier_id, account_id=account_id, key=key, values=values, taken_on=today
    )
    if first is not None:
        return first
    _refuse_too_many(supplier_id, account_id, now)
    source = ReadingSource.OPEN_PAGE
    meters = meters_for(supplier_id=supplier_id, account_id=account_id, month=Period.of(today))
    rulebook = suppliers.rulebook(supplier_id=supplier_id)
    periods = months_of(rulebook, meters, values, today, source)
    period = max(periods.values(), default=Period.of(today))
    if period != Period.of(today):
        meters = meters_for(supplier_id=supplier_id, account_id=account_id, month=period)
    refuse_unfit(meters, values)
    ensure_partitions(TABLE, periods.values())
    return record_submission(
        supplier_id=supplier_id,
        account_id=account_id,
        user_id=None,
        key=key,
        source=source,
        judged=_judged(meters, values, today),
        values=values,
        periods=periods,
        taken_on=today,
        now=now,
    )


def _judged(
    meters: list[MeterView], values: Mapping[int, int], today: date
) -> dict[int, Judgement]:
    judged = {}
    for one in (register for meter in meters for register in meter.registers):
        if one.id in values:
            found = judge_reading(one.state, values[one.id], today, today)
            judged[one.id] = replace(found, quality=_QUALITY[found.verdict])
    return judged


def _refuse_too_many(supplier_id: int, account_id: int, now: datetime) -> None:
    recent = models.MeterReading.objects.filter(
        supplier_id=supplier_id,
        account_id=account_id,
        source=int(ReadingSource.OPEN_PAGE),
        received_at__gt=now - _DAY,
    )
    if recent.count() >= MOST_A_DAY:
        raise TooManySubmissions(
            "По этому счёту сегодня уже передавали показания несколько раз. Войдите в кабинет, "
            "попробуйте завтра или позвоните нам."
        )
