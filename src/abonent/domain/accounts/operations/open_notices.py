"""Letters to the owners of an account about what was done with it without sign-in."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from abonent.common.transactions import requires_transaction
from abonent.domain.accounts.models import AccountAccess, CustomerAccount
from abonent.domain.accounts.queries.linking import contacts_on_file
from abonent.domain.accounts.rules import AccessRole, AccessState, masked_number
from abonent.domain.identity import queries as identity
from abonent.domain.messaging import operations as messaging
from abonent.domain.suppliers import queries as suppliers


@requires_transaction
def tell_of_open_readings(
    *,
    supplier_id: int,
    account_id: int,
    submission_id: UUID,
    number: str,
    lines: Sequence[str],
    doubts: bool,
    undo_url: str,
    now: datetime,
) -> None:
    """Tell the owners that readings came without sign-in, and how to undo them.

    The mailbox of the contract and those of users who own an open link get the values in
    ``lines``; ``number`` is that of the submission. Where there is no mailbox, the telephone
    of the contract gets an SMS without values.
    """
    account = CustomerAccount.objects.get(pk=account_id, supplier_id=supplier_id)
    masked = masked_number(account.number)
    on_file = contacts_on_file(supplier_id=supplier_id, number=account.number)
    mailboxes = {on_file.email, *_owners(account_id, now)} - {""}
    called = suppliers.supplier_by_id(supplier_id).called
    checked = "Часть показаний необычна, мы их проверим. " if doubts else ""
    body = (
        "Здравствуйте!\n\n"
        f"На сайте {called} без входа в кабинет передали показания по лицевому счёту {masked}:\n"
        + "\n".join(f"– {line}" for line in lines)
        + f"\n\nНомер передачи {number}. {checked}\n\n"
        "Если это вы или ваши близкие, ничего делать не нужно.\n\n"
        f"Если нет, отмените их по ссылке до конца недели:\n{undo_url}\n"
    )
    short = f"Переданы показания по счёту {masked} через сайт. Не вы? {undo_url}"
    letters = [(one, "Показания без входа в кабинет", body) for one in sorted(mailboxes)]
    if not letters and on_file.phone:
        letters = [(on_file.phone, "", short)]
    for recipient, subject, text in letters:
        messaging.enqueue(
            supplier_id=supplier_id,
            channel="email" if "@" in recipient else "sms",
            recipient=recipient,
            kind="open_readings",
            subject=subject,
            body=text,
            key=f"open:{submission_id}:{recipient}"[:120],
            now=now,
        )


def _owners(account_id: int, now: datetime) -> list[str]:
    """Return the mailboxes of users whose link to the account is open."""
    links = AccountAccess.objects.filter(account_id=account_id, role=AccessRole.OWNER).exclude(
        state=AccessState.REVOKED
    )
    users = [one.user_id for one in links if one.state == AccessState.ACTIVE or one.opens_at <= now]
    return [person.email for person in identity.user_views(users).values()]


@requires_transaction
def answer_debt_inquiry(
    *, supplier_id: int, number: str, text: str, pay_url: str, now: datetime
) -> None:
    """Send what is owed to the mailbox of the contract; nothing where there is none.

    The subject names no sum: it is seen on the locked screen of a telephone (TRUST T3).
    """
    mailbox = contacts_on_file(supplier_id=supplier_id, number=number).email
    if not mailbox:
        return
    called = suppliers.supplier_by_id(supplier_id).called
    messaging.enqueue(
        supplier_id=supplier_id,
        channel="email",
        recipient=mailbox,
        kind="open_debt",
        subject="Ответ на вопрос о лицевом счёте",
        body=(
            "Здравствуйте!\n\n"
            f"На сайте {called} спросили о лицевом счёте {masked_number(number)}.\n"
            f"{text}\n\nЗаплатить без входа в кабинет:\n{pay_url}\n\n"
            "Если спрашивали не вы, ничего делать не нужно: ответ пришёл только на эту почту.\n"
        ),
        now=now,
    )
