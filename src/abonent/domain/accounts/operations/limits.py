"""How often an account may be tried: counted alike for accounts that exist and that do not."""

from datetime import datetime, timedelta

from django.db import connection

from abonent.domain.accounts.models import LinkAttempt
from abonent.domain.accounts.rules import TRIES_OF_USER, TRIES_ON_ACCOUNT

DAY = timedelta(days=1)
USER_EXHAUSTED = (
    "За сутки можно попробовать пять раз. Попробуйте завтра или придите в офис с паспортом."
)
ACCOUNT_EXHAUSTED = (
    "Этот счёт сегодня больше нельзя добавить по таким данным. Добавьте его по коду из бумажной "
    "квитанции, по коду на почту или телефон из договора или в офисе с паспортом."
)


def take_turn(*, user_id: int, supplier_id: int, number: str) -> None:
    """Let the tries of one user and of one account come one after another, so none slips by."""
    keys = [f"link user {user_id}", f"link account {supplier_id} {number}"]
    with connection.cursor() as cursor:
        for key in sorted(keys):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def user_is_exhausted(*, user_id: int, now: datetime) -> bool:
    """Tell whether the user has used up the tries of a day, over all accounts."""
    tries = LinkAttempt.objects.filter(user_id=user_id, tried_at__gt=now - DAY)
    return tries.count() >= TRIES_OF_USER


def account_is_exhausted(*, supplier_id: int, number: str, now: datetime) -> bool:
    """Tell whether all users together have used up the tries of a day on this number."""
    tries = LinkAttempt.objects.filter(
        supplier_id=supplier_id, account_number=number, tried_at__gt=now - DAY
    )
    return tries.count() >= TRIES_ON_ACCOUNT


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
