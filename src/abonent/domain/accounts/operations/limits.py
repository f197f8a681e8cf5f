"""How often an account may be tried: counted alike for accounts that exist and that do not."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection

from abonent.common.words import moment_in_words
from abonent.domain.accounts.models import LinkAttempt
from abonent.domain.accounts.queries.linking import tries_left
from abonent.domain.accounts.rules import tries_words
from abonent.domain.suppliers import queries as suppliers


def take_turn(*, user_id: int, supplier_id: int, number: str) -> None:
    """Let the tries of one user and of one account come one after another, so none slips by."""
    keys = [f"link user {user_id}", f"link account {supplier_id} {number}"]
    with connection.cursor() as cursor:
        for key in sorted(keys):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def exhausted(*, user_id: int, supplier_id: int, number: str | None, now: datetime) -> str:
    """Return what to say when the tries of a day are used up, '' while some are left."""
    tries = tries_left(user_id=user_id, supplier_id=supplier_id, number=number, now=now)
    return "" if tries.left else tries_words(0, _there(supplier_id, tries.opens_at))


def after_a_wrong_try(*, user_id: int, supplier_id: int, number: str | None, now: datetime) -> str:
    """Return how many tries are left, when the next one is free, and what else helps."""
    tries = tries_left(user_id=user_id, supplier_id=supplier_id, number=number, now=now)
    return tries_words(tries.left, _there(supplier_id, tries.opens_at))


def count_try(
    *, user_id: int, supplier_id: int, number: str, succeeded: bool, now: datetime
) -> None:
    """Remember a try, right or wrong."""
    LinkAttempt.objects.create(
        supplier_id=supplier_id,
        user_id=user_id,
        account_number=number,
        tried_at=now,
        succeeded=succeeded,
    )


def _there(supplier_id: int, moment: datetime) -> str:
    """Return a moment in words by the clock of the supplier's place."""
    zone = ZoneInfo(suppliers.supplier_by_id(supplier_id).timezone)
    return moment_in_words(moment.astimezone(zone))
