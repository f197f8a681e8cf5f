"""What a person is told about cards and autopayments: to the mailbox, else to the telephone."""

from datetime import datetime

from abonent.common.transactions import requires_transaction
from abonent.domain.identity import queries as identity
from abonent.domain.messaging import operations as messaging


@requires_transaction
def tell_person(
    *,
    user_id: int,
    supplier_id: int,
    kind: str,
    subject: str,
    body: str,
    key: str | None,
    now: datetime,
) -> bool:
    """Write to the person; False when there is no proven contact to write to.

    The subject holds no sum: it shows on a locked screen (TRUST T3).
    """
    person = identity.user_view(user_id)
    channel, recipient = ("email", person.email) if person.email else ("sms", person.phone)
    if not recipient:
        return False
    messaging.enqueue(
        supplier_id=supplier_id,
        channel=channel,
        recipient=recipient,
        kind=kind,
        subject=subject if channel == "email" else "",
        body=f"Здравствуйте!\n\n{body}\n" if channel == "email" else body,
        now=now,
        key=key,
    )
    return True
