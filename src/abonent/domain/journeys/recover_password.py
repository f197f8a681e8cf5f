"""A password is recovered: whoever did it must not reach the cards (MISSION A9, TRUST T10)."""

from datetime import datetime

from abonent.common.transactions import outermost
from abonent.domain.identity import queries as identity
from abonent.domain.journal import operations as journal
from abonent.domain.messaging import operations as messaging

_WORDS = (
    "Пароль вашего личного кабинета восстановлен, все прежние входы закрыты. "
    "Если это были не вы, сразу позвоните на горячую линию: кабинет заблокируют."
)


@outermost
def recover_password(*, user_id: int, supplier_id: int, now: datetime) -> None:
    """Tell every proven contact of the user and write it down.

    The door has set the password already. There are no refusals.
    """
    user = identity.user_view(user_id)
    contacts = [("email", user.email, "Пароль восстановлен"), ("sms", user.phone, "")]
    for channel, recipient, subject in contacts:
        if recipient:
            messaging.enqueue(
                supplier_id=supplier_id,
                channel=channel,
                recipient=recipient,
                kind="password_recovered",
                subject=subject,
                body=_WORDS,
                now=now,
            )
    journal.record(
        supplier_id=supplier_id,
        actor_id=user_id,
        action="password_recovered",
        subject=f"user:{user_id}",
        details={},
        now=now,
    )
