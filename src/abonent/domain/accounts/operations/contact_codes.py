"""A code to the contact that stands in the contract opens the account at once."""

from datetime import datetime

from abonent.common.refusals import Refusal
from abonent.common.transactions import outermost
from abonent.domain.accounts.operations.limits import take_turn
from abonent.domain.accounts.operations.linking import LinkOutcome, LinkState, open_link
from abonent.domain.accounts.queries.linking import DAY, account_id_of, contacts_on_file
from abonent.domain.accounts.rules import (
    CODES_TO_ACCOUNT,
    TRIES_OF_USER,
    Evidence,
    masked_number,
)
from abonent.domain.identity import operations as identity_verbs
from abonent.domain.identity import queries as identity
from abonent.domain.identity.rules import CodePurpose
from abonent.domain.messaging import operations as messaging
from abonent.domain.suppliers import queries as suppliers

_USER_EXHAUSTED = (
    "За сутки можно запросить пять кодов. Попробуйте завтра, возьмите код из бумажной квитанции "
    "или придите в офис с паспортом."
)
_ACCOUNT_EXHAUSTED = (
    "По этому счёту за сутки уже запросили три кода. Проверьте почту и СМС, попробуйте завтра, "
    "возьмите код из бумажной квитанции или придите в офис с паспортом."
)


@outermost
def ask_contact_code(
    *, user_id: int, supplier_id: int, number: str, address: str, now: datetime
) -> Refusal | None:
    """Send a code of six digits to the mailbox, else to the telephone, of the contract.

    Returns None whether or not the account exists and has a contact: the page says «если
    номер верный, код отправлен». Returns what to say when the user has asked 5 times in a
    day or the account was asked for 3 times; those are counted alike for both.
    """
    take_turn(user_id=user_id, supplier_id=supplier_id, number=number)
    purpose, subject = CodePurpose.LINK_ACCOUNT, _subject(supplier_id, number)
    since = now - DAY
    if identity.codes_issued_to(user_id=user_id, purpose=purpose, since=since) >= TRIES_OF_USER:
        return Refusal(_USER_EXHAUSTED)
    issued = identity.codes_issued_for(subject=subject, purpose=purpose, since=since)
    if issued >= CODES_TO_ACCOUNT:
        return Refusal(_ACCOUNT_EXHAUSTED)
    # Made in any case: an account that does not exist must cost the same work.
    code = identity_verbs.issue_code(user_id=user_id, purpose=purpose, subject=subject, now=now)
    on_file = contacts_on_file(supplier_id=supplier_id, number=number)
    supplier = suppliers.supplier_by_id(supplier_id).called
    text = (
        f"{code} – код доступа к лицевому счёту {masked_number(number)}, {supplier}. "
        "Если вы его не просили, никому не говорите."
    )
    if on_file.email:
        messaging.enqueue(
            supplier_id=supplier_id,
            channel="email",
            recipient=on_file.email,
            kind="account_code",
            subject="Код доступа к лицевому счёту",
            body=f"Здравствуйте!\n\n{text}\n\nКод действует 10\u00a0минут.\n",
            now=now,
        )
    elif on_file.phone:
        _send_sms(supplier_id, on_file.phone, address, text, now)
    return None


@outermost
def link_by_contact_code(
    *, user_id: int, supplier_id: int, number: str, code: str, now: datetime
) -> LinkOutcome:
    """Open the account to the user who knows the code that went to the contract's contact.

    Three tries within ten minutes; the wrong ones are counted, so the outcome is returned.
    """
    wrong = identity_verbs.check_code(
        user_id=user_id,
        purpose=CodePurpose.LINK_ACCOUNT,
        subject=_subject(supplier_id, number),
        code=code,
        now=now,
    )
    exists = account_id_of(supplier_id=supplier_id, number=number) is not None
    if wrong is not None or not exists:
        text = wrong.text if wrong else "Код устарел. Запросите новый."
        return LinkOutcome(LinkState.REFUSED, text)
    return open_link(
        user_id=user_id,
        supplier_id=supplier_id,
        number=number,
        evidence=Evidence.CONTACT_CODE,
        now=now,
    )


def _send_sms(supplier_id: int, phone: str, address: str, text: str, now: datetime) -> None:
    """Send the code by SMS; a ceiling that is reached is not told, it would tell of a contact."""
    try:
        identity_verbs.send_sms_code(
            supplier_id=supplier_id,
            number=phone,
            address=address,
            kind="account_code",
            body=text,
            now=now,
        )
    except (identity_verbs.TooManySms, identity_verbs.ForeignNumber):
        return


def _subject(supplier_id: int, number: str) -> str:
    """Name the account in the store of codes, whether it exists or not."""
    return f"account:{supplier_id}:{number}"[:80]
