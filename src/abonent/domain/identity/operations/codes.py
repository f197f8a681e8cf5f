"""One-time codes: six digits, hashed, good once, three tries, ten minutes (TRUST B3)."""

import hmac
import secrets
from datetime import datetime
from hashlib import sha256

from django.conf import settings

from abonent.common.refusals import Refusal
from abonent.common.transactions import requires_transaction
from abonent.domain.identity.models import OneTimeCode
from abonent.domain.identity.rules import CODE_DIGITS, CODE_LIFE, CODE_TRIES, CodePurpose


class NoCode(Refusal):
    """There is no code to compare with: none was asked for, it is too old or was spent."""


class WrongCode(Refusal):
    """The code differs; the refusal says how many tries are left."""


@requires_transaction
def issue_code(*, user_id: int, purpose: CodePurpose, subject: str, now: datetime) -> str:
    """Return a new code of six digits; a code given before for the same thing is void.

    Only its keyed hash is stored. There are no refusals; the caller limits how often.
    """
    OneTimeCode.objects.filter(
        user_id=user_id, purpose=purpose, subject=subject, closed_at=None
    ).update(closed_at=now)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    OneTimeCode.objects.create(
        user_id=user_id,
        purpose=purpose,
        subject=subject,
        code_hash=_hash(user_id, purpose, subject, code),
        issued_at=now,
        expires_at=now + CODE_LIFE,
    )
    return code


@requires_transaction
def check_code(
    *, user_id: int, purpose: CodePurpose, subject: str, code: str, now: datetime
) -> Refusal | None:
    """Spend a try at the code; return None when it is right, else what to tell the person.

    The answer is returned, not raised, because the try must be counted even when the code
    is wrong. A right code is closed at once; the third wrong try closes it as well.
    """
    row = (
        OneTimeCode.objects.select_for_update()
        .filter(user_id=user_id, purpose=purpose, subject=subject, closed_at=None)
        .first()
    )
    if row is None or row.expires_at <= now:
        return NoCode("Код устарел. Запросите новый.", field="code")
    row.tries += 1
    right = hmac.compare_digest(row.code_hash, _hash(user_id, purpose, subject, code))
    if right or row.tries >= CODE_TRIES:
        row.closed_at = now
    row.save(update_fields=["tries", "closed_at"])
    if right:
        return None
    if row.closed_at:
        text = "Код трижды введён неверно и больше не действует. Запросите новый."
        return NoCode(text, field="code")
    left = {1: "осталась одна попытка", 2: "остались две попытки"}[CODE_TRIES - row.tries]
    return WrongCode(f"Код не подошёл. Проверьте цифры: {left}.", field="code")


def _hash(user_id: int, purpose: str, subject: str, code: str) -> str:
    """Return the keyed hash of a code: without our key a copy of the table is worthless."""
    text = f"{user_id}|{purpose}|{subject}|{code}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), sha256).hexdigest()
