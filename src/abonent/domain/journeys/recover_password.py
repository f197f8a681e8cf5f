"""A password is recovered: whoever did it must not reach the cards (MISSION A9, TRUST T10)."""

from datetime import datetime

from abonent.common.transactions import outermost
from abonent.domain.identity import queries as identity
from abonent.domain.journal import operations as journal
from abonent.domain.messaging import operations as messaging
from abonent.domain.payments import operations as payments
from abonent.domain.payments.rules.autopay import Why

_WORDS = (
    "Пароль вашего личного кабинета восстановлен, все прежние входы закрыты.{cards} "
    "Если это были не вы, сразу заблокируйте кабинет: {url} или позвоните на горячую линию."
)
_CARDS = " Привязанные карты удалены, автоплатежи остановлены."


@outermost
def recover_password(*, user_id: int, supplier_id: int, stolen_url: str, now: datetime) -> None:
    """Remove every bound card, tell every proven contact of the user and write it down.

    At all suppliers: the password was one for all. By ``stolen_url`` the person blocks the
    cabinet without signing in. The door has set the password already. There are no refusals.
    """
    gone = payments.remove_cards(
        user_id=user_id,
        supplier_id=None,
        why=Why.PASSWORD_RECOVERED,
        actor_id=user_id,
        now=now,
    )
    words = _WORDS.format(cards=_CARDS if gone else "", url=stolen_url)
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
                body=words,
                now=now,
            )
    journal.record(
        supplier_id=supplier_id,
        actor_id=user_id,
        action="password_recovered",
        subject=f"user:{user_id}",
        details={"cards": gone},
        now=now,
    )
