"""What sign-in leaves behind and nobody needs any more: a job of the night."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import connection

from abonent.common.transactions import outermost
from abonent.domain.identity.models import Draft, OneTimeCode, SmsRequest
from abonent.domain.identity.rules import DRAFT_KEPT

# Longer than any limit looks back.
_KEPT = timedelta(days=30)


@outermost
def forget_expired(*, now: datetime) -> None:
    """Remove ended sessions, expired counts, old drafts, codes and SMS counts of a month ago.

    Nothing here is evidence: entries and acts stand in the journal. There are no refusals.
    """
    Session.objects.filter(expire_date__lt=now).delete()
    OneTimeCode.objects.filter(issued_at__lt=now - _KEPT).delete()
    Draft.objects.filter(kept_at__lt=now - DRAFT_KEPT).delete()
    SmsRequest.objects.filter(asked_at__lt=now - _KEPT).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM shared_cache WHERE expires < %s", [now])
