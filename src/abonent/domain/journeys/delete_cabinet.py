"""A person deletes the cabinet: access and sign-in go for good, the bills stay (RULES 7.3)."""

from datetime import datetime, timedelta

from abonent.common.refusals import Refusal
from abonent.common.transactions import outermost
from abonent.domain.accounts import operations as accounts
from abonent.domain.accounts import queries as links
from abonent.domain.identity import operations as identity
from abonent.domain.identity import queries as people
from abonent.domain.identity.rules import ERASED_AFTER, CodePurpose
from abonent.domain.messaging import operations as messaging
from abonent.domain.payments import operations as payments
from abonent.domain.payments.rules.autopay import Why
from abonent.domain.suppliers import queries as suppliers

_WHY = "Кабинет удалён"
_DAY = timedelta(days=1)
_CODES_A_DAY = 5
_SUBJECT = "cabinet"
_WRONG_PASSWORD = "Пароль не подошёл. Проверьте раскладку и Caps Lock."  # noqa: S105  (no secret: a text)
_TOO_OFTEN = "За сутки уже запросили пять кодов. Попробуйте завтра или позвоните нам."


@outermost
def delete_cabinet(
    *, user_id: int, supplier_id: int, password: str, now: datetime
) -> Refusal | None:
    """Delete the cabinet of a person who knows its password; None when it is done.

    At all suppliers: the accounts leave the cabinet, consents end, sessions end, the name,
    login, contacts, password and keys are erased for good. Charges, payments, readings and
    the journal stay. A letter says so to the last mailbox. Returns what to say when the
    password is wrong; refuses with StaffStays for a person of the staff.
    """
    if not people.is_password(user_id=user_id, password=password):
        return Refusal(_WRONG_PASSWORD, field="password")
    _delete(user_id, supplier_id, now)
    return None


@outermost
def delete_cabinet_by_code(
    *, user_id: int, supplier_id: int, code: str, now: datetime
) -> Refusal | None:
    """Do what ``delete_cabinet`` does for a person without a password, by a code just sent."""
    wrong = identity.check_code(
        user_id=user_id,
        purpose=CodePurpose.DELETE_CABINET,
        subject=_SUBJECT,
        code=code,
        now=now,
    )
    if wrong is None:
        _delete(user_id, supplier_id, now)
    return wrong


@outermost
def send_deletion_code(
    *, user_id: int, supplier_id: int, address: str, now: datetime
) -> Refusal | None:
    """Send the code that confirms the deletion to the person's mailbox, else to the telephone.

    Returns what to say after five codes in a day. Refuses as ``send_sms_code`` does.
    """
    since = now - _DAY
    purpose = CodePurpose.DELETE_CABINET
    if people.codes_issued_to(user_id=user_id, purpose=purpose, since=since) >= _CODES_A_DAY:
        return Refusal(_TOO_OFTEN)
    code = identity.issue_code(user_id=user_id, purpose=purpose, subject=_SUBJECT, now=now)
    person = people.user_view(user_id)
    called = suppliers.supplier_by_id(supplier_id).called
    text = f"{code} – код, чтобы удалить личный кабинет, {called}. Не вы? Никому его не говорите."
    if person.email:
        messaging.enqueue(
            supplier_id=supplier_id,
            channel="email",
            recipient=person.email,
            kind="deletion_code",
            subject="Код для удаления кабинета",
            body=f"Здравствуйте!\n\n{text}\n\nКод действует 10\u00a0минут.\n",
            now=now,
        )
    elif person.phone:
        identity.send_sms_code(
            supplier_id=supplier_id,
            number=person.phone,
            address=address,
            kind="deletion_code",
            body=text,
            now=now,
        )
    return None


@outermost
def erase_withdrawn(*, now: datetime) -> int:
    """Erase who has withdrawn the consent weeks ago and has no account left; return how many.

    A job of the night. Whoever still has an account somewhere, opened at an office under the
    contract, keeps the cabinet. There are no refusals.
    """
    waiting = people.users_without_consent(since=now - ERASED_AFTER)
    linked = {one.user_id for one in links.linked_numbers(user_ids=waiting)}
    gone = [user_id for user_id in waiting if user_id not in linked]
    for user_id in gone:
        payments.remove_cards(
            user_id=user_id, supplier_id=None, why=Why.CABINET_CLOSED, actor_id=None, now=now
        )
        accounts.end_links(user_id=user_id, supplier_id=None, why=_WHY, now=now)
        identity.erase_user(user_id=user_id, supplier_id=None, actor_id=None, now=now)
    return len(gone)


def _delete(user_id: int, supplier_id: int, now: datetime) -> None:
    """Take everything away, and say so to the mailbox that is about to be forgotten."""
    mailbox = people.user_view(user_id).email
    payments.remove_cards(
        user_id=user_id, supplier_id=None, why=Why.CABINET_CLOSED, actor_id=user_id, now=now
    )
    accounts.end_links(user_id=user_id, supplier_id=None, why=_WHY, now=now)
    identity.erase_user(user_id=user_id, supplier_id=supplier_id, actor_id=user_id, now=now)
    if mailbox:
        messaging.enqueue(
            supplier_id=supplier_id,
            channel="email",
            recipient=mailbox,
            kind="cabinet_deleted",
            subject="Кабинет удалён",
            body=(
                "Здравствуйте!\n\nЛичный кабинет удалён, как вы просили: имя, почта, телефон, "
                "пароль и доступ к лицевым счетам. Начисления, платежи и показания остались у "
                "поставщика, как требует закон.\n\nЕсли это сделали не вы, сразу позвоните "
                "поставщику: телефон есть в квитанции.\n"
            ),
            now=now,
        )
