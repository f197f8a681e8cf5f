"""Letters about links: to the contacts of the contract and to those who see the account."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.core import signing

from abonent.common.words import moment_in_words
from abonent.domain.accounts.models import AccountAccess
from abonent.domain.accounts.queries.access import living
from abonent.domain.accounts.queries.linking import OBJECTION_SALT, contacts_on_file
from abonent.domain.accounts.rules import ROLE_WORDS, AccessRole, masked_number
from abonent.domain.identity import queries as identity
from abonent.domain.messaging import operations as messaging
from abonent.domain.suppliers import queries as suppliers


def tell_of_pending_link(
    *, link: AccountAccess, number: str, objection_url: str, now: datetime
) -> None:
    """Tell everybody who can be reached that somebody asks for the account, and how to object.

    The contacts of the contract and those of the owners. The letter names neither the address
    nor the person who asks.
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
    short = f"Кто-то добавил ваш лицевой счёт {masked_number(number)} в кабинет. Не вы? {url}"
    _tell_owners(link, number, letter=body, short=short, now=now)


def tell_of_guest(*, link: AccountAccess, number: str, objection_url: str, now: datetime) -> None:
    """Tell every owner that a relative has accepted, what they may do, and how to end it.

    The inviter is told too. The letter names neither the address nor the relative.
    """
    supplier = suppliers.supplier_by_id(link.supplier_id)
    url = objection_url.replace("{token}", signing.dumps(link.pk, salt=OBJECTION_SALT))
    may = ROLE_WORDS[AccessRole(link.role)]
    body = (
        f"Здравствуйте!\n\n"
        f"По приглашению владельца лицевой счёт {masked_number(number)} поставщика "
        f"{supplier.called} открыт ещё одному человеку. Ему можно {may}.\n\n"
        f"Если вы об этом знаете, ничего делать не нужно. Кто это, видно в кабинете, на странице "
        f"счёта.\n\n"
        f"Если вы против, закройте доступ по ссылке:\n{url}\n"
    )
    short = f"Лицевой счёт {masked_number(number)} открыт ещё одному человеку. Против? {url}"
    _tell_owners(link, number, letter=body, short=short, now=now)


def _tell_owners(
    link: AccountAccess, number: str, *, letter: str, short: str, now: datetime
) -> None:
    """Write to the contract's contacts and to every owner but the user of the link."""
    on_file = contacts_on_file(supplier_id=link.supplier_id, number=number)
    owners = living(AccountAccess.objects.filter(account_id=link.account_id), now)
    owners = owners.filter(role=AccessRole.OWNER).exclude(pk=link.pk)
    people = identity.user_views(owners.values_list("user_id", flat=True))
    mailboxes = {on_file.email, *(person.email for person in people.values())} - {""}
    for mailbox in sorted(mailboxes):
        _write(link, mailbox, subject="Доступ к вашему лицевому счёту", body=letter, now=now)
    phones = {on_file.phone, *(one.phone for one in people.values() if not one.email)} - {""}
    for phone in sorted(phones):
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
        key=f"access:{link.pk}:{link.state}:{link.role}:{channel}:{recipient}"[:120],
        now=now,
    )
