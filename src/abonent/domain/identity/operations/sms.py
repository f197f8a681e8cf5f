"""Codes by SMS within the day's ceilings: somebody else pays for every message (TRUST T12)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from abonent.common.refusals import Refusal
from abonent.common.transactions import requires_transaction
from abonent.domain.identity.models import SmsRequest
from abonent.domain.identity.rules import SmsLimits, address_block, is_russian
from abonent.domain.messaging import operations as messaging

_DAY = timedelta(days=1)


class TooManySms(Refusal):
    """A ceiling of the day is reached for the number, the address block or the house."""


class ForeignNumber(Refusal):
    """Codes go to Russian numbers only."""


@requires_transaction
def send_sms_code(
    *,
    supplier_id: int | None,
    number: str,
    address: str,
    kind: str,
    body: str,
    now: datetime,
) -> None:
    """Put a code for an E.164 number into the outbox, counted against the ceilings.

    Refuses with TooManySms above 10 a day for the number, 30 for the address block, the
    house's own budget in all, and with ForeignNumber for a number outside Russia.
    """
    _count(number, address, now, sent=True)
    messaging.enqueue(
        supplier_id=supplier_id,
        channel="sms",
        recipient=number,
        kind=kind,
        subject="",
        body=body,
        now=now,
    )


@requires_transaction
def pass_over_sms(*, number: str, address: str, now: datetime) -> None:
    """Count a code that was asked for a number nobody has proven, and send nothing.

    The same refusals as for a known number: an answer must not tell one from the other.
    """
    _count(number, address, now, sent=False)


def _count(number: str, address: str, now: datetime, *, sent: bool) -> None:
    """Add one request or refuse; requests are counted one at a time, so no race slips by."""
    if not is_russian(number):
        text = "Коды отправляем только на российские номера. Войдите по почте."
        raise ForeignNumber(text, field="phone")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sms ceilings'))")
    limits = SmsLimits(in_all=settings.SMS_PER_DAY)
    recent = SmsRequest.objects.filter(asked_at__gt=now - _DAY)
    block = address_block(address) if address else ""
    if recent.filter(number=number).count() >= limits.per_number:
        text = (
            f"На этот номер за сутки уже ушло {limits.per_number} кодов. "
            "Войдите по почте или позвоните на горячую линию."
        )
        raise TooManySms(text, field="phone")
    by_block = recent.filter(address_block=block).count() if block else 0
    if by_block >= limits.per_block or recent.filter(sent=True).count() >= limits.in_all:
        text = "Сегодня по СМС больше не получится. Войдите по почте или попробуйте завтра."
        raise TooManySms(text, field="phone")
    SmsRequest.objects.create(number=number, address_block=block, asked_at=now, sent=sent)
