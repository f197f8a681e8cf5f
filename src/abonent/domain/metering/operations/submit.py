"""A person's readings are accepted, all of one submission together."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from abonent.common.clock import local_day
from abonent.common.identifiers import readable_code
from abonent.common.partitions import ensure_partitions
from abonent.common.periods import Period
from abonent.common.refusals import Refusal
from abonent.common.transactions import outermost, requires_transaction
from abonent.domain.journal import operations as journal
from abonent.domain.metering import models
from abonent.domain.metering.queries.meters import MeterView, meters_for
from abonent.domain.metering.rules import ReadingSource, period_for
from abonent.domain.metering.rules.judgement import Judgement, Verdict, judge_reading
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.rules import Rulebook

TABLE = "metering_reading"
NOTHING = "Впишите хотя бы одно показание."


@dataclass(frozen=True)
class Acceptance:
    """The proof of a submission: its number and code, and the month it counts for."""

    id: uuid.UUID
    number: str
    code: str
    period: Period
    taken_on: date
    received_at: datetime
    repeated: bool = False


class ReadingsRefused(Refusal):
    """Some values cannot be taken; ``by_register`` says which and why."""

    def __init__(self, by_register: Mapping[int, str]) -> None:
        super().__init__("Проверьте показания: " + " ".join(by_register.values()))
        self.by_register = dict(by_register)


class ReadingsDoubtful(Refusal):
    """Some values are strange and the person has not confirmed them yet."""

    def __init__(self, by_register: Mapping[int, str]) -> None:
        super().__init__("Подтвердите показания: " + " ".join(by_register.values()))
        self.by_register = dict(by_register)


class SubmissionKeyReused(Refusal):
    """The same form was sent again with other values."""


@outermost
def submit_readings(
    *,
    supplier_id: int,
    account_id: int,
    values: Mapping[int, int],
    confirmed: frozenset[int],
    taken_on: date,
    source: ReadingSource,
    user_id: int | None,
    key: str,
    now: datetime,
) -> Acceptance:
    """Accept the values of some registers as one numbered submission (RULES 4).

    ``values``: register → millionths; a meter with several zones needs all of them.
    ``confirmed``: registers whose strange value the person has confirmed; such a value
    is kept as doubtful. The same key with the same values returns the first submission.
    Several submissions of one month are all kept, the last one counts.
    """
    supplier = suppliers.supplier_by_id(supplier_id)
    account_lock(account_id)
    first = sent_before(
        supplier_id=supplier_id, account_id=account_id, key=key, values=values, taken_on=taken_on
    )
    if first is not None:
        return first
    meters = meters_for(supplier_id=supplier_id, account_id=account_id, month=Period.of(taken_on))
    rulebook = suppliers.rulebook(supplier_id=supplier_id)
    periods = months_of(rulebook, meters, values, taken_on, source)
    period = max(periods.values(), default=Period.of(taken_on))
    if period != Period.of(taken_on):
        meters = meters_for(supplier_id=supplier_id, account_id=account_id, month=period)
    today = local_day(now, supplier.timezone)
    judged = judge_all(meters, values, taken_on, today)
    asked = {
        register: one.text
        for register, one in judged.items()
        if one.verdict == Verdict.ASK and register not in confirmed
    }
    if asked:
        raise ReadingsDoubtful(asked)
    ensure_partitions(TABLE, periods.values())
    return record_submission(
        supplier_id=supplier_id,
        account_id=account_id,
        user_id=user_id,
        key=key,
        source=source,
        judged=judged,
        values=values,
        periods=periods,
        taken_on=taken_on,
        now=now,
    )


def account_lock(account_id: int) -> None:
    """Let one submission of an account at a time through."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7204, %s::bigint::int)", [account_id % 2**31])


def sent_before(
    *, supplier_id: int, account_id: int, key: str, values: Mapping[int, int], taken_on: date
) -> Acceptance | None:
    """Return the submission of this key, None when it is new.

    Refuses with SubmissionKeyReused when its values were others.
    """
    row = models.MeterReading.objects.filter(supplier_id=supplier_id, key=key).first()
    if row is None:
        return None
    if row.fingerprint != _fingerprint(account_id, values, taken_on):
        raise SubmissionKeyReused(
            "Эти показания уже переданы. Чтобы исправить их, откройте страницу заново."
        )
    return _acceptance(row, repeated=True)


@requires_transaction
def record_submission(
    *,
    supplier_id: int,
    account_id: int,
    user_id: int | None,
    key: str,
    source: ReadingSource,
    judged: Mapping[int, Judgement],
    values: Mapping[int, int],
    periods: Mapping[int, Period],
    taken_on: date,
    now: datetime,
) -> Acceptance:
    """Store judged values as one numbered submission, and say so in the journal."""
    row = _record(
        supplier_id=supplier_id,
        account_id=account_id,
        key=key,
        fingerprint=_fingerprint(account_id, values, taken_on),
        source=int(source),
        user_id=user_id,
        period=max(periods.values()).first_day,
        taken_on=taken_on,
        received_at=now,
    )
    _insert(row, judged, values, periods)
    _journal(row)
    return _acceptance(row)


def _journal(row: models.MeterReading) -> None:
    journal.record(
        supplier_id=row.supplier_id,
        actor_id=row.user_id,
        action="readings_submitted",
        subject=f"account:{row.account_id}",
        details={"number": row.number, "source": row.source},
        now=row.received_at,
    )


def judge_all(
    meters: Sequence[MeterView], values: Mapping[int, int], taken_on: date, today: date
) -> dict[int, Judgement]:
    """Judge every value; refuses with all that is wrong at once, missing zones included."""
    states = {one.id: one.state for meter in meters for one in meter.registers}
    wrong = _unfit(meters, values)
    judged = {
        register: judge_reading(states[register], value, taken_on, today)
        for register, value in values.items()
        if register in states
    }
    wrong |= {
        register: one.text for register, one in judged.items() if one.verdict == Verdict.REFUSE
    }
    if wrong or not values:
        raise ReadingsRefused(wrong or {0: NOTHING})
    return judged


def refuse_unfit(meters: Sequence[MeterView], values: Mapping[int, int]) -> None:
    """Refuse with ReadingsRefused what concerns no register of these meters or half a meter."""
    wrong = _unfit(meters, values)
    if wrong or not values:
        raise ReadingsRefused(wrong or {0: NOTHING})


def _unfit(meters: Sequence[MeterView], values: Mapping[int, int]) -> dict[int, str]:
    """Return the registers that the account does not have, and zones that were left out."""
    known = {one.id for meter in meters for one in meter.registers}
    wrong = {
        register: "Этого счётчика нет на лицевом счёте. Обновите страницу."
        for register in values
        if register not in known
    }
    for meter in meters:
        given = [one for one in meter.registers if one.id in values]
        if given and len(given) < len(meter.registers):
            wrong |= {
                one.id: f"Впишите и показание «{one.zone_name}»: зоны передают вместе."
                for one in meter.registers
                if one.id not in values
            }
    return wrong


def months_of(
    rulebook: Rulebook,
    meters: Sequence[MeterView],
    values: Mapping[int, int],
    taken_on: date,
    source: ReadingSource,
) -> dict[int, Period]:
    """Return the month that each register's value counts for: windows differ by service."""
    return {
        one.id: period_for(
            taken_on,
            source,
            rulebook.number("window_to_day", service=meter.service_code, kind=meter.service_kind),
        )
        for meter in meters
        for one in meter.registers
        if one.id in values
    }


def _record(
    *,
    supplier_id: int,
    account_id: int,
    key: str,
    fingerprint: str,
    source: int,
    user_id: int | None,
    period: date,
    taken_on: date,
    received_at: datetime,
) -> models.MeterReading:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('metering_submission')")
        (number,) = cursor.fetchone() or (0,)
    return models.MeterReading.objects.create(
        id=uuid.uuid4(),
        supplier_id=supplier_id,
        account_id=account_id,
        number=f"{taken_on:%d}-{number // 1000:03d}\u00a0{number % 1000:03d}",
        code=readable_code(),
        key=key,
        fingerprint=fingerprint,
        source=source,
        user_id=user_id,
        period=period,
        taken_on=taken_on,
        received_at=received_at,
    )


def _insert(
    row: models.MeterReading,
    judged: Mapping[int, Judgement],
    values: Mapping[int, int],
    periods: Mapping[int, Period],
) -> None:
    """Add one reading a register; a later one of the same day gets the next sequence."""
    with connection.cursor() as cursor:
        cursor.executemany(
            f"""INSERT INTO {TABLE} (supplier_id, account_id, register_id, period, taken_on,
                       source, sequence, value, quality, submission_id, received_at, comment)
                SELECT %s, %s, %s, %s, %s, %s, coalesce(max(sequence) + 1, 0), %s, %s, %s, %s, ''
                  FROM {TABLE}
                 WHERE period = %s AND account_id = %s AND register_id = %s AND taken_on = %s
                   AND source = %s""",
            [
                (
                    row.supplier_id, row.account_id, register, periods[register].first_day,
                    row.taken_on, row.source, value, int(judged[register].quality), row.pk,
                    row.received_at, periods[register].first_day, row.account_id, register,
                    row.taken_on, row.source,
                )
                for register, value in values.items()
            ],
        )  # fmt: skip


def _fingerprint(account_id: int, values: Mapping[int, int], taken_on: date) -> str:
    body = ";".join(f"{register}={value}" for register, value in sorted(values.items()))
    return hashlib.sha256(f"{account_id} {taken_on} {body}".encode()).hexdigest()


def _acceptance(row: models.MeterReading, *, repeated: bool = False) -> Acceptance:
    return Acceptance(
        id=row.pk,
        number=row.number,
        code=row.code,
        period=Period.of(row.period),
        taken_on=row.taken_on,
        received_at=row.received_at,
        repeated=repeated,
    )
