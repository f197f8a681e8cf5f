"""Letters about links: to the contacts of the contract and to those who see the account."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.core import signing

from abonent.common.words import moment_in_words
from abonent.domain.accounts.models import AccountAccess
from abonent.domain.accounts.queries.linking import OBJECTION_SALT, contacts_on_file
from abonent.domain.accounts.rules import AccessState, masked_number
from abonent.domain.identity import queries as identity
from abonent.domain.messaging import operations as messaging
from abonent.domain.suppliers import queries as suppliers


def tell_of_pending_link(
    *, link: AccountAccess, number: str, objection_url: str, now: datetime
) -> None:
    """Tell everybody who can be reached that somebody asks for the account, and how to object.

    The mailbox and the telephone of the contract and the mailboxes of users with a living
    link. The letter names neither the address nor the person who asks.
    """
    supplier = suppliers.supplier_by_id(link.supplier_id)
    opens = moment_in_words(link.opens_at.astimezone(ZoneInfo(supplier.timezone)))
    url = objection_url.replace("{token}", signing.dumps(link.pk, salt=OBJECTION_SALT))
    body = (
        f"Здравствуйте!\n\n"
        f"Кто-то добавил в свой личный кабинет лицевой счёт {masked_number(number)} "
        f"поставщика {supplier.called}. {opens} он увидит данные счёта. "
        f"До этого можно только платить и передавать показания.\n\n"
        f"Если это вы или ваши близкие, ничего делать не нужно.\n\n"
        f"Если нет, закройте доступ по ссылке:\n{url}\n"
    )
    on_file = contacts_on_file(supplier_id=link.supplier_id, number=number)
    others = AccountAccess.objects.filter(account_id=link.account_id).exclude(
        state=AccessState.REVOKED
    )
    people = identity.user_views(others.exclude(pk=link.pk).values_list("user_id", flat=True))
    mailboxes = {on_file.email, *(person.email for person in people.values())} - {""}
    for mailbox in sorted(mailboxes):
        _write(link, mailbox, subject="Доступ к вашему лицевому счёту", body=body, now=now)
    phones = {on_file.phone, *(one.phone for one in people.values() if not one.email)} - {""}
    for phone in sorted(phones):
        short = f"Кто-то добавил ваш лицевой счёт {masked_number(number)} в кабинет. Не вы? {url}"
        _write(link, phone, subject="", body=short, now=now)


def tell_of_objection(*, link: AccountAccess, number: str, now: datetime) -> None:
    """Tell the user whose link was closed by an objection, and what they can do."""
    person = identity.user_view(link.user_id)
    body = (
        f"Здравствуйте!\n\n"
        f"Владелец лицевого счёта {masked_number(number)} не подтвердил ваш доступ, "
        f"поэтому счёт убран из вашего кабинета.\n\n"
        f"Если это ошибка, добавьте счёт по коду из бумажной квитанции или придите в офис "
        f"с паспортом.\n"
    )
    if person.email:
        _write(link, person.email, subject="Доступ к лицевому счёту закрыт", body=body, now=now)


def _write(link: AccountAccess, recipient: str, *, subject: str, body: str, now: datetime) -> None:
    """Put one letter about a link into the outbox, once; a telephone gets it as an SMS."""
    channel = "email" if "@" in recipient else "sms"
    messaging.enqueue(
        supplier_id=link.supplier_id,
        channel=channel,
        recipient=recipient,
        kind="account_access",
        subject=subject,
        body=body,
        key=f"access:{link.pk}:{link.state}:{channel}:{recipient}"[:120],
        now=now,
    )
